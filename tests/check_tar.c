/*
 * check_tar - archives, as tar(1) reads them.
 */
#include "http/tar.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check_main.h"

enum { ROOM = 1 << 20 };

static char archive[ROOM];
static char listed[65536];
static bool gnu; /* there is a tar whose words are known */

static void
begin(struct out *o)
{
	out_init(o, archive, sizeof(archive));
}

static void
put(struct out *o, const char *path, int64_t size, int64_t mtime)
{
	struct tar_entry e = {path, size, mtime};
	size_t before = o->len;

	tar_head(o, &e);
	ck_assert_uint_le(o->len - before, TAR_HEAD_BYTES);
	ck_assert_uint_eq((o->len - before) % TAR_BLOCK, 0);
}

/* What tar says of it, in UTC. */
static void
list(const struct out *o)
{
	char path[] = "/tmp/prefork-test-XXXXXX", command[256];
	int fd = mkstemp(path);
	size_t len;
	FILE *f;

	ck_assert(!o->full);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, archive, o->len), (ssize_t)o->len);
	ck_assert_int_eq(close(fd), 0);
	(void)snprintf(command, sizeof(command),
	    "TZ=UTC tar --quoting-style=literal --full-time -tvf %s 2>&1",
	    path);
	f = popen(command, "r");
	ck_assert_ptr_nonnull(f);
	len = fread(listed, 1, sizeof(listed) - 1, f);
	listed[len] = '\0';
	(void)pclose(f);
	ck_assert_int_eq(unlink(path), 0);
}

START_TEST(test_tar_lists_files_and_directories)
{
	struct out o;

	begin(&o);
	put(&o, "d/", 0, 0);
	put(&o, "d/a file", 5, 1000000000);
	out_text(&o, "hello");
	tar_zeros(&o, tar_padding(5));
	put(&o, "d/full", TAR_BLOCK, 1);
	tar_zeros(&o, TAR_BLOCK);
	tar_zeros(&o, tar_padding(TAR_BLOCK));
	put(&o, "d/\xc3\xa9", 0, 1);
	tar_end(&o);
	list(&o);
	ck_assert_str_eq(listed,
	    "drwxr-xr-x 0/0               0 1970-01-01 00:00:00 d/\n"
	    "-rw-r--r-- 0/0               5 2001-09-09 01:46:40 d/a file\n"
	    "-rw-r--r-- 0/0             512 1970-01-01 00:00:01 d/full\n"
	    "-rw-r--r-- 0/0               0 1970-01-01 00:00:01 d/\xc3\xa9\n");
}
END_TEST

/* Whatever its segments are, and wherever it could be cut. */
START_TEST(test_a_path_may_have_any_length)
{
	static const int segments[] = {1, 7, 90, 99, 100, 101, 155, 255};
	char path[4096];
	const char *name;
	struct out o;
	size_t i, len, s = (size_t)segments[_i];

	for (len = 1; len < sizeof(path) - 1; len += len < 600 ? 1 : 97) {
		for (i = 0; i < len; i++)
			path[i] = i % (s + 1) == s ? '/' : 'x';
		path[len] = '\0';
		begin(&o);
		put(&o, path, 0, 0);
		tar_end(&o);
		/* One process for each would take long: what it is cut into
		 * is looked at here, and some are shown to tar. */
		name = archive[156] == 'x' ? strstr(archive + 512, " path=") + 6
					   : NULL;
		if (name != NULL) {
			ck_assert_int_eq(strncmp(name, path, len), 0);
			ck_assert_int_eq(name[len], '\n');
		} else if (archive[345] != '\0') {
			size_t a = strnlen(archive + 345, 155);

			ck_assert_int_eq(strncmp(archive + 345, path, a), 0);
			ck_assert_int_eq(path[a], '/');
			ck_assert_uint_eq(strnlen(archive, 100), len - a - 1);
			ck_assert_int_eq(
			    strncmp(archive, path + a + 1, 100), 0);
		} else {
			ck_assert_uint_eq(strnlen(archive, 100), len);
			ck_assert_int_eq(strncmp(archive, path, 100), 0);
		}
		if (!gnu || len % 64 != 1)
			continue;
		list(&o);
		ck_assert_msg(strstr(listed, path) != NULL, "%s", listed);
	}
}
END_TEST

START_TEST(test_a_size_and_a_time_may_have_any_value)
{
	static const struct {
		int64_t size, mtime;
		const char *size_shown, *time_shown;
	} rows[] = {
	    {8589934591, 0, " 8589934591 ", "1970-01-01 00:00:00"},
	    {8589934592, 0, " 8589934592 ", "1970-01-01 00:00:00"},
	    {INT64_C(1) << 50, 8589934591, " 1125899906842624 ",
		"2242-03-16 12:56:31"},
	    {0, 8589934592, " 0 ", "2242-03-16 12:56:32"},
	    {0, -1, " 0 ", "1969-12-31 23:59:59"},
	};
	struct out o;
	size_t i;

	for (i = 0; i < LENGTH(rows); i++) {
		begin(&o);
		put(&o, "a", rows[i].size, rows[i].mtime);
		list(&o);
		ck_assert_msg(
		    strstr(listed, rows[i].size_shown) != NULL, "%s", listed);
		ck_assert_msg(
		    strstr(listed, rows[i].time_shown) != NULL, "%s", listed);
	}
}
END_TEST

static void
add_tests(TCase *tc)
{
	gnu = system("tar --version 2>/dev/null | grep -q GNU") == 0;
	tcase_add_loop_test(tc, test_a_path_may_have_any_length, 0, 8);
	if (!gnu)
		return;
	tcase_add_test(tc, test_tar_lists_files_and_directories);
	tcase_add_test(tc, test_a_size_and_a_time_may_have_any_value);
}

int
main(void)
{
	return check_main("tar", add_tests);
}
