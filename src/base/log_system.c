#include "log_system.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { MESSAGE_BYTES = 1024 + 64, DAEMON = 3 << 3 };

/* A socket of that type to the log at path. -1 with errno. */
static int
dial(const char *path, int type)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, type, 0), saved;

	if (fd < 0)
		return -1;
	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	if (fcntl(fd, F_SETFL, O_NONBLOCK) == 0 &&
	    fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 &&
	    connect(fd, (const struct sockaddr *)&address, sizeof(address)) ==
		0)
		return fd;
	saved = errno;
	(void)close(fd);
	errno = saved;
	return -1;
}

/* Where there are datagrams, each is a message; in a stream each ends in a
 * NUL. 0, or -1 with errno. */
static int
send_to(const char *path, const char *message, size_t len)
{
	int fd = dial(path, SOCK_DGRAM), saved;
	ssize_t n;

	if (fd < 0 && errno == EPROTOTYPE) {
		fd = dial(path, SOCK_STREAM);
		len++;
	}
	if (fd < 0)
		return -1;
	n = send(fd, message, len, MSG_NOSIGNAL);
	saved = errno;
	(void)close(fd);
	errno = saved;
	return n == (ssize_t)len ? 0 : -1;
}

int
log_system_line(
    const char *path, const char *ident, int level, const char *line)
{
	static const char *const paths[] = {
	    "/dev/log", "/var/run/log", "/var/run/syslog"};
	static const int severity[] = {3, 4, 5, 7};
	char message[MESSAGE_BYTES];
	size_t i;

	/* The time is left to the log, which knows it. */
	(void)snprintf(message, sizeof(message), "<%d>%s[%ld]: %s",
	    DAEMON | severity[level], ident, (long)getpid(), line);
	if (path != NULL)
		return send_to(path, message, strlen(message));
	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		if (send_to(paths[i], message, strlen(message)) == 0)
			return 0;
		else if (errno != ENOENT)
			return -1;
	return -1;
}
