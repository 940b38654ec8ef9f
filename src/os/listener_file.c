#include "listener_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/process.h"

static int
address_of(struct sockaddr_un *address, const char *path)
{
	memset(address, 0, sizeof(*address));
	address->sun_family = AF_UNIX;
	if (strlen(path) >= sizeof(address->sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(address->sun_path, path, strlen(path));
	return 0;
}

/* Is a socket there at which no process listens? One that is merely busy, or
 * may not be connected to, is in use. */
static bool
is_stale(const struct sockaddr_un *address)
{
	struct stat st;
	bool stale;
	int fd;

	if (lstat(address->sun_path, &st) != 0 || !S_ISSOCK(st.st_mode))
		return false;
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	if (fd < 0)
		return false;
	stale = fcntl(fd, F_SETFL, O_NONBLOCK) == 0 &&
		connect(fd, (const struct sockaddr *)address,
		    sizeof(*address)) != 0 &&
		errno == ECONNREFUSED;
	(void)close(fd);
	return stale;
}

/* Nobody else may connect before the file has its rights. */
static int
bind_private(int fd, const struct sockaddr_un *address)
{
	const mode_t before = umask(S_IXUSR | S_IRWXG | S_IRWXO);
	int result, saved;

	result = bind(fd, (const struct sockaddr *)address, sizeof(*address));
	saved = errno;
	(void)umask(before);
	errno = saved;
	return result;
}

static int
bind_file(int fd, const struct sockaddr_un *address)
{
	if (bind_private(fd, address) == 0)
		return 0;
	if (errno != EADDRINUSE)
		return -1;
	if (!is_stale(address)) {
		errno = EADDRINUSE;
		return -1;
	}
	if (unlink(address->sun_path) != 0)
		return -1;
	return bind_private(fd, address);
}

static int
give_rights(const char *path, const struct listener_rights *rights)
{
	uid_t uid;
	gid_t gid;

	if (rights->owner != NULL &&
	    (process_find(rights->owner, &uid, &gid) != 0 ||
		chown(path, uid, gid) != 0))
		return -1;
	return chmod(path, rights->mode);
}

static int
note_file(struct listener_file *file, const char *path)
{
	struct stat st;

	if (lstat(path, &st) != 0)
		return -1;
	(void)snprintf(file->path, sizeof(file->path), "%s", path);
	file->device = st.st_dev;
	file->number = st.st_ino;
	return 0;
}

static int
give_up(int fd)
{
	const int saved = errno;

	(void)close(fd);
	errno = saved;
	return -1;
}

int
listener_file_open(struct listener_file *file, const char *path,
    const struct listener_rights *rights, int backlog)
{
	struct sockaddr_un address;
	int saved, fd;

	if (address_of(&address, path) != 0)
		return -1;
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	if (fd < 0)
		return -1;
	if (fcntl(fd, F_SETFL, O_NONBLOCK) != 0 ||
	    fcntl(fd, F_SETFD, FD_CLOEXEC) != 0 || bind_file(fd, &address) != 0)
		return give_up(fd);
	if (give_rights(path, rights) == 0 && listen(fd, backlog) == 0 &&
	    note_file(file, path) == 0)
		return fd;
	saved = errno;
	(void)unlink(path);
	errno = saved;
	return give_up(fd);
}

/* With the rights that a bind would have. */
static int
try_directory(const struct sockaddr_un *address)
{
	char path[sizeof(address->sun_path)];
	const char *end = strrchr(address->sun_path, '/');
	int len = end != NULL ? (int)(end - address->sun_path) + 1 : 0;

	/* Its last '/' may be the root. */
	(void)snprintf(path, sizeof(path), "%.*s", len, address->sun_path);
	if (len == 0)
		(void)snprintf(path, sizeof(path), ".");
	return faccessat(AT_FDCWD, path, W_OK | X_OK, AT_EACCESS);
}

int
listener_file_try(const char *path)
{
	struct sockaddr_un address;
	struct stat st;

	if (address_of(&address, path) != 0)
		return -1;
	if (lstat(path, &st) != 0)
		return errno == ENOENT ? try_directory(&address) : -1;
	if (S_ISSOCK(st.st_mode))
		return 0;
	errno = EADDRINUSE;
	return -1;
}

bool
listener_file_find(struct listener_file *file, int fd)
{
	struct sockaddr_un address = {.sun_path = ""};
	socklen_t len = sizeof(address);
	struct stat st;

	if (getsockname(fd, (struct sockaddr *)(void *)&address, &len) != 0 ||
	    address.sun_family != AF_UNIX ||
	    lstat(address.sun_path, &st) != 0 || !S_ISSOCK(st.st_mode))
		return false;
	(void)snprintf(file->path, sizeof(file->path), "%s", address.sun_path);
	file->device = st.st_dev;
	file->number = st.st_ino;
	return true;
}

void
listener_file_remove(const struct listener_file *file)
{
	struct stat st;

	if (lstat(file->path, &st) == 0 && st.st_dev == file->device &&
	    st.st_ino == file->number)
		(void)unlink(file->path);
}
