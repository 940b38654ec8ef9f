#include "base/append.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

int
append_open(const char *path, int fd)
{
	/* Neither the opening of a pipe that nobody reads waits, nor a write
	 * to one that another process has just filled. */
	int opened = open(
	    path, O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK | O_CLOEXEC, 0644);

	if (opened < 0)
		return -1;
	/* It may have come to lie where it is wanted by itself. */
	if (opened != fd) {
		int moved = dup2(opened, fd);

		(void)close(opened);
		if (moved < 0)
			return -1;
	}
	(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
	return 0;
}

void
append_begin(struct append *a)
{
	struct stat st;

	a->patient = fstat(a->fd, &st) == 0 && S_ISREG(st.st_mode);
}

int
append_follow(struct append *a)
{
	int32_t now;

	if (a->rotations == NULL || a->path == NULL)
		return 0;
	now = atomic_load_explicit(a->rotations, memory_order_relaxed);
	/* Of several threads one does it. */
	if (atomic_exchange(&a->followed, now) == now)
		return 0;
	return append_open(a->path, a->fd);
}

int
append_line(struct append *a, const char *line, size_t len)
{
	struct pollfd ready = {.fd = a->fd, .events = POLLOUT};
	ssize_t n;

	if (!a->patient &&
	    (poll(&ready, 1, 0) != 1 || (ready.revents & POLLOUT) == 0)) {
		errno = ready.revents != 0 ? EPIPE : EAGAIN;
		return -1;
	}
	do
		n = write(a->fd, line, len);
	while (n < 0 && errno == EINTR);
	if (n == (ssize_t)len)
		return 0;
	if (n >= 0)
		errno = ENOSPC;
	return -1;
}
