#include "os/root.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "base/log.h"
#include "beneath.h"

/* What was seen: errno and one of these, or the directory as a number with
 * this bit. */
enum { SEEN_MISSING = 1, SEEN_HIDDEN = 2, SEEN_KINDS = 4 };
#define SEEN_DIRECTORY (UINT64_C(1) << 63)
/* An errno is below it: what is read of a number may be anything. */
enum { ERRNO_MAX = 4096 };

enum { PATH_LONGEST = 4096 };
_Static_assert(PATH_LONGEST >= PATH_MAX, "realpath(3) asks for it");

enum { FILE_FLAGS = O_RDONLY | O_NONBLOCK | O_NOCTTY };

static bool
is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* Does the path begin with '/', and has it no "." or ".."? */
static bool
is_whole(const char *path)
{
	size_t len;

	if (path == NULL || path[0] != '/')
		return false;
	for (path++; *path != '\0'; path += len + (path[len] == '/')) {
		len = strcspn(path, "/");
		if ((len == 1 && path[0] == '.') ||
		    (len == 2 && path[0] == '.' && path[1] == '.'))
			return false;
	}
	return true;
}

/* As of pwd(1): by the name it was entered by, which may be that of a link. */
static bool
working_directory(char path[PATH_LONGEST])
{
	const char *pwd = getenv("PWD");
	struct stat a, b;

	if (!is_whole(pwd) || strlen(pwd) >= PATH_LONGEST ||
	    stat(pwd, &a) != 0 || stat(".", &b) != 0 || !is_same(&a, &b))
		return getcwd(path, PATH_LONGEST) != NULL;
	memcpy(path, pwd, strlen(pwd) + 1);
	return true;
}

/* The path from '/' on, in memory of its own; NULL if that is not known. */
static char *
whole_path(const char *path)
{
	char from[PATH_LONGEST] = "", *whole;
	size_t len;

	if (path[0] != '/' && !working_directory(from))
		return NULL;
	len = strlen(from);
	whole = malloc(len + 1 + strlen(path) + 1);
	if (whole == NULL)
		return NULL;
	memcpy(whole, from, len);
	if (len > 0 && strcmp(path, ".") != 0)
		whole[len++] = '/';
	memcpy(whole + len, path, strlen(path) + 1);
	if (strcmp(path, ".") == 0)
		whole[len] = '\0';
	return whole;
}

/* Splits the path of a file. */
static int
keep_file(struct root *root, char *path)
{
	char *slash = strrchr(path, '/');

	root->only = strdup(slash + 1);
	if (root->only == NULL)
		return -1;
	slash[slash == path ? 1 : 0] = '\0';
	return 0;
}

static int
open_directory(const char *path)
{
	return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static uint64_t
number_of(const struct stat *st)
{
	return ((uint64_t)st->st_ino ^ (uint64_t)st->st_dev << 40) |
	       SEEN_DIRECTORY;
}

int
root_open(struct root *root, const char *path, int fd)
{
	char *whole = whole_path(path);
	struct stat st;

	memset(root, 0, sizeof(*root));
	root->fd = fd;
	root->path = whole;
	if (stat(path, &st) != 0)
		return -1;
	if (S_ISREG(st.st_mode)) {
		if (whole == NULL || keep_file(root, whole) != 0)
			return -1;
		path = whole;
	} else if (!S_ISDIR(st.st_mode)) {
		errno = ENOTDIR;
		return -1;
	}
	if (descriptor_move(open_directory(path), root->fd) != 0 ||
	    fstat(fd, &st) != 0)
		return -1;
	root->seen = number_of(&st);
	return 0;
}

/* Is there nothing, as far as this error tells? */
static bool
is_nothing(int error)
{
	return error == ENOENT || error == ENOTDIR || error == ELOOP;
}

/* Opens the directory that is at the path if it is not the one that is open.
 * 0; -1 with errno. */
static int
follow(struct root *root)
{
	struct stat there, here;

	if (stat(root->path, &there) != 0)
		return -1;
	if (fstat(root->fd, &here) == 0 && is_same(&there, &here))
		return 0;
	if (descriptor_move(open_directory(root->path), root->fd) != 0)
		return -1;
	atomic_fetch_add(&root->change, 1);
	return 0;
}

static void
look(struct root *root, int64_t now)
{
	bool before = root->missing;
	struct stat st;
	int failed = follow(root);

	if (failed == 0 && root->only != NULL)
		failed = fstatat(root->fd, root->only, &st, 0);
	if (failed == 0)
		failed = fstat(root->fd, &st);
	root->missing = failed != 0 && is_nothing(errno);
	if (root->missing != before)
		atomic_fetch_add(&root->change, 1);
	if (failed == 0)
		root->seen = number_of(&st);
	else if (root->missing)
		root->seen = (uint64_t)errno * SEEN_KINDS + SEEN_MISSING;
	else if (errno == EACCES || errno == EPERM)
		root->seen = (uint64_t)errno * SEEN_KINDS + SEEN_HIDDEN;
	root->seen_at = now;
}

void
root_look(struct root *root, int64_t now)
{
	int64_t next = atomic_load_explicit(&root->next, memory_order_relaxed);

	/* Of several threads one looks. */
	if (now >= next && root->path != NULL &&
	    atomic_compare_exchange_strong(&root->next, &next, now + ROOT_MS))
		look(root, now);
}

void
root_forget(struct root *root)
{
	root->next = root->seen_at = 0;
}

/* An absolute link may name the root by its path, or by where that leads. */
static int
open_by_path(const struct root *root, const char *name)
{
	struct beneath_links links = {.root = {root->path}};
	char real[PATH_LONGEST];

	links.root[1] = realpath(root->path, real);
	return beneath_open(root->fd, name, &links);
}

int
root_open_beneath(const struct root *root, const char *name)
{
	const struct beneath_links links = {
	    .none = root->links == ROOT_NO_LINKS};
	struct stat st;
	int fd = -1;

	errno = ESTALE;
	if (!root->missing)
		fd = beneath_open(root->fd, name, &links);
	if (fd < 0 && errno == EXDEV && root->links == ROOT_LINKS &&
	    root->path != NULL)
		fd = open_by_path(root, name);
	/* Removed since it was looked at: it has no name any more. */
	if (fd < 0 && errno == ENOENT && fstat(root->fd, &st) == 0 &&
	    st.st_nlink == 0)
		errno = ESTALE;
	return fd;
}

int
root_open_only(const struct root *root)
{
	int fd = openat(root->fd, root->only, FILE_FLAGS);

	if (fd < 0 && is_nothing(errno))
		errno = ESTALE;
	return fd;
}

static bool
is_missing(uint64_t seen)
{
	return (seen & SEEN_DIRECTORY) == 0 &&
	       seen % SEEN_KINDS == SEEN_MISSING;
}

void
root_say(const struct root *root, uint64_t before, uint64_t seen)
{
	const char *slash = root->only != NULL ? "/" : "";
	const char *only = root->only != NULL ? root->only : "";

	if ((seen & SEEN_DIRECTORY) != 0) {
		if (is_missing(before))
			log_note("root %s%s%s is there again", root->path,
			    slash, only);
		else
			log_note(
			    "root %s is another directory now", root->path);
		return;
	}
	errno = (int)(seen / SEEN_KINDS % ERRNO_MAX);
	if (is_missing(seen))
		log_warn("root %s%s%s is missing, clients get 503:", root->path,
		    slash, only);
	else
		log_warn("root %s%s%s cannot be looked at, what was there is "
			 "served:",
		    root->path, slash, only);
}
