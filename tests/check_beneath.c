/*
 * check_beneath - what lies beneath a directory is opened, and nothing else:
 * by the kernel's own rule and by the walk alike.
 */
#include "os/beneath.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check_main.h"
#include "descriptors.h"
#include "guard.h"

enum { CHAIN = 41, DEPTH = 60, PATH_BYTES = 8192 };

static char top[] = "/tmp/check_beneath.XXXXXX";
static int root;
static const struct beneath_links *allowed;

static const struct {
	const char *name;
	int (*open)(int, const char *, const struct beneath_links *);
} twins[] = {{"open", beneath_open}, {"walk", beneath_walk}};

/* --- the tree --- */

/* Below top; what is served is below top/root. */
static const char *const files[] = {
    "outside", "root/plain", "root/dir/inner", "root/dir/sub/deep", "root/..."};

static const struct {
	const char *text, *name;
} links[] = {
    {"plain", "to_plain"},
    {"./dir/../plain", "to_plain_by_dots"},
    {"plain/", "to_plain_slash"},
    {"dir", "to_dir"},
    {"dir/", "to_dir_slash"},
    {".", "to_root"},
    {"to_dir/sub", "to_sub"},
    {"../plain", "dir/up"},
    {"..", "dir/parent"},
    {"../..", "dir/out"},
    {"../../root/plain", "dir/out_and_in"},
    {"../outside", "to_outside"},
    {"/etc/passwd", "absolute"},
    {"/", "absolute_root"},
    {"nowhere", "dangling"},
    {"loop", "loop"},
    {"pong", "ping"},
    {"ping", "pong"},
    {"loop/plain", "through_loop"},
    {"pipe", "to_pipe"},
};

static void
write_file(const char *name)
{
	FILE *f = fopen(name, "w");

	ck_assert_ptr_nonnull(f);
	ck_assert_int_ge(fputs(name, f), 0);
	ck_assert_int_eq(fclose(f), 0);
}

/* chain1 -> plain, chain2 -> chain1 ... */
static void
make_chain(void)
{
	char from[32] = "plain", name[32];
	int i;

	for (i = 1; i <= CHAIN; i++) {
		snprintf(name, sizeof(name), "chain%d", i);
		ck_assert_int_eq(symlinkat(from, root, name), 0);
		strcpy(from, name);
	}
}

/* "d/d/.../d" */
static char *
deep_path(int depth)
{
	static char path[PATH_BYTES];
	int i;

	path[0] = '\0';
	for (i = 0; i < depth; i++)
		strcat(path, i > 0 ? "/d" : "d");
	return path;
}

static void
make_deep(void)
{
	int i;

	for (i = 1; i <= DEPTH; i++)
		ck_assert_int_eq(mkdirat(root, deep_path(i), 0700), 0);
	i = openat(root, strcat(deep_path(DEPTH), "/bottom"),
	    O_WRONLY | O_CREAT, 0600);
	ck_assert_int_ge(i, 0);
	ck_assert_int_eq(write(i, "bottom", 6), 6);
	ck_assert_int_eq(close(i), 0);
}

static void
plant(void)
{
	int here = open(".", O_RDONLY | O_DIRECTORY);
	size_t i;

	ck_assert_ptr_nonnull(mkdtemp(top));
	ck_assert_int_eq(chdir(top), 0);
	ck_assert_int_eq(mkdir("root", 0700), 0);
	ck_assert_int_eq(mkdir("root/dir", 0700), 0);
	ck_assert_int_eq(mkdir("root/dir/sub", 0700), 0);
	for (i = 0; i < LENGTH(files); i++)
		write_file(files[i]);
	root = open("root", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(root, 0);
	ck_assert_int_eq(mkfifoat(root, "pipe", 0600), 0);
	for (i = 0; i < LENGTH(links); i++)
		ck_assert_int_eq(
		    symlinkat(links[i].text, root, links[i].name), 0);
	make_chain();
	make_deep();
	ck_assert_int_eq(fchdir(here), 0);
	ck_assert_int_eq(close(here), 0);
}

static void
fell(void)
{
	ck_assert_int_eq(close(root), 0);
	ck_assert_int_eq(remove_tree(top), 0);
}

/* --- */

static void
expect_flags(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	ck_assert_int_eq(flags & O_ACCMODE, O_RDONLY);
	ck_assert_int_ne(flags & O_NONBLOCK, 0);
	ck_assert_int_eq(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
}

/* The same file, and not just one that looks like it. */
static void
expect_same(int fd, const char *path)
{
	struct stat is, due;

	ck_assert_int_eq(fstat(fd, &is), 0);
	ck_assert_int_eq(fstatat(root, path, &due, 0), 0);
	ck_assert_msg(is.st_dev == due.st_dev && is.st_ino == due.st_ino,
	    "%s: another file", path);
}

static void
expect(const char *path, const char *is, int error)
{
	int before = next_descriptor(), fd;
	size_t i;

	for (i = 0; i < LENGTH(twins); i++) {
		errno = 0;
		fd = twins[i].open(root, path, allowed);
		if (is == NULL) {
			ck_assert_msg(fd == -1 && errno == error,
			    "%s %.60s: %d, %s; due: %s", twins[i].name, path,
			    fd, strerror(errno), strerror(error));
		} else {
			ck_assert_msg(fd >= 0, "%s %.60s: %s", twins[i].name,
			    path, strerror(errno));
			expect_same(fd, is);
			expect_flags(fd);
			ck_assert_int_eq(close(fd), 0);
		}
		ck_assert_int_eq(next_descriptor(), before);
	}
}

static const struct {
	const char *path;
	const char *is; /* NULL: refused */
	int error;
} rows[] = {
    {"plain", "plain", 0},
    {"./plain", "plain", 0},
    {".//plain", "plain", 0},
    {"...", "...", 0},
    {"dir", "dir", 0},
    {"dir/", "dir", 0},
    {"dir//", "dir", 0},
    {"dir/.", "dir", 0},
    {".", ".", 0},
    {"./", ".", 0},
    {"dir/inner", "dir/inner", 0},
    {"dir//sub///deep", "dir/sub/deep", 0},

    {"dir/..", ".", 0},
    {"dir/../", ".", 0},
    {"dir/../plain", "plain", 0},
    {"dir/sub/../inner", "dir/inner", 0},
    {"dir/sub/../../plain", "plain", 0},
    {"..", NULL, EXDEV},
    {"../", NULL, EXDEV},
    {"../outside", NULL, EXDEV},
    {"../root/plain", NULL, EXDEV},
    {"./../outside", NULL, EXDEV},
    {"dir/../..", NULL, EXDEV},
    {"dir/../../outside", NULL, EXDEV},
    {"dir/../../root/plain", NULL, EXDEV},
    {"dir/sub/../../../outside", NULL, EXDEV},

    {"/", NULL, EXDEV},
    {"/etc/passwd", NULL, EXDEV},
    {"//etc/passwd", NULL, EXDEV},
    {"absolute", NULL, EXDEV},
    {"absolute/", NULL, EXDEV},
    {"absolute_root", NULL, EXDEV},
    {"absolute_root/etc/passwd", NULL, EXDEV},

    {"to_plain", "plain", 0},
    {"to_plain_by_dots", "plain", 0},
    {"to_dir", "dir", 0},
    {"to_dir/", "dir", 0},
    {"to_dir/inner", "dir/inner", 0},
    {"to_dir_slash", "dir", 0},
    {"to_dir_slash/", "dir", 0},
    {"to_dir_slash/inner", "dir/inner", 0},
    {"to_dir/..", ".", 0},
    {"to_root", ".", 0},
    {"to_root/to_root/to_root/plain", "plain", 0},
    {"to_sub", "dir/sub", 0},
    {"to_sub/deep", "dir/sub/deep", 0},
    {"to_sub/../inner", "dir/inner", 0},
    {"dir/up", "plain", 0},
    {"to_dir/up", "plain", 0},
    {"dir/parent", ".", 0},
    {"dir/parent/plain", "plain", 0},
    {"dir/parent/dir/parent/dir/inner", "dir/inner", 0},
    {"dir/parent/..", NULL, EXDEV},
    {"dir/out", NULL, EXDEV},
    {"dir/out/root/plain", NULL, EXDEV},
    {"dir/out_and_in", NULL, EXDEV},
    {"to_outside", NULL, EXDEV},

    {"chain1", "plain", 0},
    {"chain2", "plain", 0},
    {"chain40", "plain", 0},
    {"chain41", NULL, ELOOP},
    {"loop", NULL, ELOOP},
    {"loop/", NULL, ELOOP},
    {"loop/plain", NULL, ELOOP},
    {"through_loop", NULL, ELOOP},
    {"ping", NULL, ELOOP},
    {"pong/", NULL, ELOOP},

    {"plain/", NULL, ENOTDIR},
    {"plain/.", NULL, ENOTDIR},
    {"plain/..", NULL, ENOTDIR},
    {"plain/x", NULL, ENOTDIR},
    {"to_plain/", NULL, ENOTDIR},
    {"to_plain/x", NULL, ENOTDIR},
    {"to_plain_slash", NULL, ENOTDIR},
    {"pipe/", NULL, ENOTDIR},

    {"pipe", "pipe", 0},
    {"to_pipe", "pipe", 0},

    {"", NULL, ENOENT},
    {"nowhere", NULL, ENOENT},
    {"nowhere/", NULL, ENOENT},
    {"nowhere/x", NULL, ENOENT},
    {"nowhere/../plain", NULL, ENOENT},
    {"nowhere/../../outside", NULL, ENOENT},
    {"dir/nowhere", NULL, ENOENT},
    {"dangling", NULL, ENOENT},
    {"dangling/", NULL, ENOENT},
    {"dir/inner ", NULL, ENOENT},
};

START_TEST(test_both_open_the_same_and_refuse_the_same)
{
	expect(rows[_i].path, rows[_i].is, rows[_i].error);
}
END_TEST

START_TEST(test_absolute_links_lead_into_the_root_by_its_path)
{
	char path[64], slashes[64], text[128];
	const struct beneath_links by = {.root = {slashes, path}};

	(void)snprintf(path, sizeof(path), "%s/root", top);
	(void)snprintf(slashes, sizeof(slashes), "%s/other//", top);
	(void)snprintf(text, sizeof(text), "%s/dir/sub", path);
	ck_assert_int_eq(symlinkat(text, root, "by_path"), 0);
	(void)snprintf(text, sizeof(text), "%s/to_dir/inner", slashes);
	ck_assert_int_eq(symlinkat(text, root, "dir/by_other"), 0);
	ck_assert_int_eq(symlinkat(path, root, "dir/to_top"), 0);
	(void)snprintf(text, sizeof(text), "%s/../outside", path);
	ck_assert_int_eq(symlinkat(text, root, "by_path_out"), 0);
	(void)snprintf(text, sizeof(text), "%s2/plain", path);
	ck_assert_int_eq(symlinkat(text, root, "by_longer"), 0);
	expect("by_path", NULL, EXDEV);
	allowed = &by;
	expect("by_path", "dir/sub", 0);
	expect("by_path/deep", "dir/sub/deep", 0);
	expect("by_path/../inner", "dir/inner", 0);
	expect("dir/by_other", "dir/inner", 0);
	expect("dir/to_top", ".", 0);
	expect("dir/to_top/plain", "plain", 0);
	expect("dir/to_top/..", NULL, EXDEV);
	expect("by_path_out", NULL, EXDEV);
	expect("by_longer", NULL, EXDEV);
	expect("absolute", NULL, EXDEV);
	expect("absolute_root", NULL, EXDEV);
	expect("to_outside", NULL, EXDEV);
	expect("to_dir/inner", "dir/inner", 0);
	allowed = NULL;
}
END_TEST

START_TEST(test_all_links_may_be_refused)
{
	static const struct beneath_links none = {.none = true};

	allowed = &none;
	expect("to_plain", NULL, ELOOP);
	expect("to_dir/inner", NULL, ELOOP);
	expect("dir/parent/plain", NULL, ELOOP);
	expect("absolute", NULL, ELOOP);
	expect("dangling", NULL, ELOOP);
	expect("dir/../plain", "plain", 0);
	expect("dir/sub/deep", "dir/sub/deep", 0);
	expect("../outside", NULL, EXDEV);
	allowed = NULL;
}
END_TEST

START_TEST(test_names_and_paths_end_where_the_kernels_do)
{
	static char path[PATH_BYTES];
	int len;

	for (len = 254; len <= 257; len++) {
		memset(path, 'x', (size_t)len);
		path[len] = '\0';
		expect(path, NULL, len > 255 ? ENAMETOOLONG : ENOENT);
	}
	for (len = 4094; len <= 4097; len++) {
		memset(path, '/', (size_t)len);
		path[0] = '.';
		path[len] = '\0';
		expect(path, len < 4096 ? "." : NULL, ENAMETOOLONG);
	}
}
END_TEST

START_TEST(test_deep_directories_are_reached)
{
	char path[PATH_BYTES];

	snprintf(path, sizeof(path), "%s", deep_path(DEPTH));
	expect(path, path, 0);
	strcat(path, "/bottom");
	expect(path, path, 0);
}
END_TEST

START_TEST(test_as_many_steps_up_as_down_lead_back)
{
	char path[PATH_BYTES];
	int i;

	snprintf(path, sizeof(path), "%s", deep_path(DEPTH));
	for (i = 0; i < DEPTH; i++)
		strcat(path, "/..");
	expect(path, ".", 0);
	strcat(path, "/plain");
	expect(path, "plain", 0);
	path[strlen(path) - strlen("plain")] = '\0';
	strcat(path, "..");
	expect(path, NULL, EXDEV);
}
END_TEST

START_TEST(test_only_what_is_beneath_the_root_given_counts)
{
	int outer = root, inner = openat(root, "dir", O_RDONLY | O_DIRECTORY);
	size_t i;
	int fd;

	ck_assert_int_ge(inner, 0);
	root = inner;
	expect("up", NULL, EXDEV);
	expect("parent", NULL, EXDEV);
	expect("../plain", NULL, EXDEV);
	expect("inner", "inner", 0);
	root = outer;
	ck_assert_int_eq(close(inner), 0);
	inner = openat(root, "plain", O_RDONLY);
	for (i = 0; i < LENGTH(twins); i++) {
		fd = twins[i].open(inner, "x", NULL);
		ck_assert_int_eq(fd, -1);
		ck_assert_int_eq(errno, ENOTDIR);
		fd = twins[i].open(-1, "x", NULL);
		ck_assert_int_eq(fd, -1);
		ck_assert_int_eq(errno, EBADF);
	}
	ck_assert_int_eq(close(inner), 0);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_unchecked_fixture(tc, plant, fell);
	tcase_add_loop_test(tc, test_both_open_the_same_and_refuse_the_same, 0,
	    (int)LENGTH(rows));
	tcase_add_test(tc, test_absolute_links_lead_into_the_root_by_its_path);
	tcase_add_test(tc, test_all_links_may_be_refused);
	tcase_add_test(tc, test_names_and_paths_end_where_the_kernels_do);
	tcase_add_test(tc, test_deep_directories_are_reached);
	tcase_add_test(tc, test_as_many_steps_up_as_down_lead_back);
	tcase_add_test(tc, test_only_what_is_beneath_the_root_given_counts);
}

int
main(void)
{
	return check_main("beneath", add);
}
