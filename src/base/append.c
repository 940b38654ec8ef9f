#include "base/append.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/descriptor.h"

/* To open a pipe that no process reads does not wait, nor does a write to one
 * that another process has just filled. */
enum { OPEN_FLAGS = O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY | O_CLOEXEC };

int
append_open(const char *path, int fd)
{
	return descriptor_move(open(path, OPEN_FLAGS | O_CREAT, 0644), fd);
}

static bool
never_waits(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags >= 0 && (flags & O_NONBLOCK) != 0;
}

void
append_begin(struct append *a)
{
	struct stat st;

	a->way = APPEND_ASKS;
	a->terminal = isatty(a->fd) == 1;
	if (fstat(a->fd, &st) != 0)
		return;
	if (S_ISSOCK(st.st_mode))
		a->way = APPEND_SENDS;
	else if (S_ISREG(st.st_mode) || never_waits(a->fd))
		a->way = APPEND_WRITES;
}

/* Opens once more what fd stands for, by the names that a system may have for
 * it. -1: it has none, this process may not open it, or the name only makes a
 * copy of fd. */
static int
open_anew(int fd)
{
	char name[64];
	int opened;

	(void)snprintf(name, sizeof(name), "/dev/fd/%d", fd);
	opened = open(name, OPEN_FLAGS);
	if (opened < 0 && ttyname_r(fd, name, sizeof(name)) == 0)
		opened = open(name, OPEN_FLAGS);
	if (opened >= 0 && !never_waits(opened)) {
		(void)close(opened);
		return -1;
	}
	return opened;
}

void
append_own(struct append *a, int fd)
{
	struct stat st;
	int opened;

	/* A file's end is common to all that have it open. */
	if (fstat(a->fd, &st) == 0 &&
	    (S_ISFIFO(st.st_mode) || S_ISCHR(st.st_mode))) {
		opened = open_anew(a->fd);
		if (descriptor_move(opened, fd) == 0)
			a->fd = fd;
	}
	append_begin(a);
}

int
append_follow(struct append *a)
{
	int32_t now;

	if (a->rotations == NULL || a->path == NULL)
		return 0;
	now = atomic_load_explicit(a->rotations, memory_order_relaxed);
	/* If several threads come here, one of them opens the file. */
	if (atomic_exchange(&a->followed, now) == now)
		return 0;
	return append_open(a->path, a->fd);
}

/* Is there room, as far as can be known? Else errno. */
static bool
has_room(int fd)
{
	struct pollfd ready = {.fd = fd, .events = POLLOUT};

	errno = 0;
	if (poll(&ready, 1, 0) == 1 && (ready.revents & POLLOUT) != 0)
		return true;
	/* If poll(2) is denied the line is written all the same: it may be the
	 * one that says why the program cannot run. */
	if (errno == EPERM || errno == ENOSYS)
		return true;
	errno = ready.revents != 0 ? EPIPE : EAGAIN;
	return false;
}

static ssize_t
put(const struct append *a, const char *bytes, size_t len)
{
	ssize_t n;

	if (a->way == APPEND_ASKS && !has_room(a->fd))
		return -1;
	do
		n = a->way == APPEND_SENDS
			? send(a->fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL)
			: write(a->fd, bytes, len);
	while (n < 0 && errno == EINTR);
	return n;
}

static int
put_line(struct append *a, const char *line, size_t len)
{
	ssize_t n;

	if (atomic_exchange(&a->cut, false) && put(a, "\n", 1) != 1) {
		a->cut = true;
		return -1;
	}
	n = put(a, line, len);
	if (n == (ssize_t)len)
		return 0;
	if (n >= 0) {
		a->cut = true;
		errno = ENOSPC;
	}
	return -1;
}

int
append_line(struct append *a, const char *line, size_t len)
{
	sigset_t output, before;
	int result, saved;

	if (!a->terminal)
		return put_line(a, line, len);
	/* A job in the background that writes to its terminal may be sent
	 * SIGTTOU in place of that, again and again, unless it is blocked. */
	sigemptyset(&output);
	sigaddset(&output, SIGTTOU);
	(void)pthread_sigmask(SIG_BLOCK, &output, &before);
	result = put_line(a, line, len);
	saved = errno;
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	errno = saved;
	return result;
}
