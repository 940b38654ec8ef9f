#include "visible.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "http/bytes.h"
#include "http/path.h"

enum {
	NAME_MOST = 255,
	/* Of a request line beside the path. */
	LINE_REST = sizeof("HEAD / HTTP/1.1\r\n")
};

static bool
is_hidden(
    const struct service_config *config, const char *path, const char *name)
{
	if (name[0] != '.')
		return false;
	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return true;
	return !config->site.dotfiles &&
	       !(strcmp(name, ".well-known") == 0 && strcmp(path, "/") == 0);
}

/* How long it is in a target; SIZE_MAX if it cannot be in one. */
static size_t
encoded(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++) {
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			return SIZE_MAX;
		n += *text == '/' || byte_is(*text, BYTE_UNRESERVED) ? 1 : 3;
	}
	return n;
}

static bool
can_be_asked_for(
    const struct service_config *config, const char *path, const char *name)
{
	size_t a = encoded(path), b = encoded(name), len = strlen(name);

	/* A '/' and a NUL follow, as path.h has it. */
	return a != SIZE_MAX && b != SIZE_MAX && len <= NAME_MOST &&
	       strlen(path + 1) + len + 3 <= PATH_BYTES &&
	       a + b + LINE_REST <= config->limits.line;
}

/* May this process read the entry, which is no link? */
static bool
may_read(int dir, const char *name, mode_t mode)
{
	int fd, how = S_ISDIR(mode) ? R_OK | X_OK : R_OK;

	if (faccessat(dir, name, how, AT_EACCESS) == 0)
		return true;
	/* Some sandboxes know the call not, or forbid it: then the question is
	 * whether it can be opened. */
	if (errno != ENOSYS && errno != EPERM && errno != EINVAL)
		return false;
	fd = openat(dir, name,
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return false;
	(void)close(fd);
	return true;
}

/* A link counts as what it leads to, if that lies beneath the root. */
static bool
follow(const struct service_config *config, const char *path, const char *name,
    struct stat *st)
{
	char whole[PATH_BYTES + 1];
	size_t n = strlen(path);
	bool found;
	int fd;

	memcpy(whole, path, n);
	memcpy(whole + n, name, strlen(name) + 1);
	fd = root_open_beneath(config->root, whole + 1);
	if (fd < 0)
		return false;
	found = fstat(fd, st) == 0 &&
		(!S_ISDIR(st->st_mode) || may_read(fd, ".", st->st_mode));
	(void)close(fd);
	return found;
}

bool
visible(const struct service_config *config, int dir, const char *path,
    const char *name, struct stat *st)
{
	if (is_hidden(config, path, name) ||
	    !can_be_asked_for(config, path, name) ||
	    fstatat(dir, name, st, AT_SYMLINK_NOFOLLOW) != 0)
		return false;
	if (S_ISLNK(st->st_mode))
		return follow(config, path, name, st) &&
		       (S_ISREG(st->st_mode) || S_ISDIR(st->st_mode));
	return (S_ISREG(st->st_mode) || S_ISDIR(st->st_mode)) &&
	       may_read(dir, name, st->st_mode);
}
