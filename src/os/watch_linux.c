#define _GNU_SOURCE
#include "os/watch.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "proc.h"

enum { WATCHED_MAX = 1024 };

/* By pidfd_open(2). */
static struct watched {
	pid_t pid;
	int fd;
} watched[WATCHED_MAX];
static int count;
static int epoll_fd = -1;

/* <linux/pidfd.h> of Linux 6.15. */
struct info {
	uint64_t mask, cgroup;
	uint32_t ids[11];
	int32_t exit_code;
};

#define GET_INFO _IOWR(0xff, 11, struct info)
#define INFO_EXIT (UINT64_C(1) << 3)

static bool
is_watched(pid_t pid)
{
	int i;

	for (i = 0; i < count; i++)
		if (watched[i].pid == pid)
			return true;
	return false;
}

bool
watch_process(pid_t pid)
{
	struct epoll_event event = {.events = EPOLLIN};
	int fd;

	if (is_watched(pid))
		return true;
	if (epoll_fd < 0)
		epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (epoll_fd < 0 || count == WATCHED_MAX)
		return false;
	fd = (int)syscall(SYS_pidfd_open, pid, 0U);
	if (fd < 0)
		return false;
	event.data.fd = fd;
	if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0) {
		(void)close(fd);
		return false;
	}
	watched[count++] = (struct watched){pid, fd};
	return true;
}

int
watch_fd(void)
{
	return count > 0 ? epoll_fd : -1;
}

/* The status of a zombie, as long as its parent has not reaped it: field 52 of
 * proc(5), stat. A process of the same user may read it, since a dead process
 * has no memory that could be looked into. */
static bool
read_remains(pid_t pid, int *status)
{
	enum { FIELD = 52, STATE = 3 };
	char text[1024], *at;
	int i;

	if (!proc_read(pid, "stat", text, sizeof(text)))
		return false;
	at = strrchr(text, ')');
	if (at == NULL || (at[1] == ' ' && at[2] != 'Z' && at[2] != 'X'))
		return false;
	for (i = STATE - 1; i < FIELD && at != NULL; i++)
		at = strchr(at + 1, ' ');
	return at != NULL && sscanf(at, "%d", status) == 1;
}

/* Known as soon as its parent has reaped it. */
static bool
ask_kernel(int fd, int *status)
{
	struct info info = {.mask = INFO_EXIT};

	if (ioctl(fd, GET_INFO, &info) != 0 || (info.mask & INFO_EXIT) == 0)
		return false;
	*status = info.exit_code;
	return true;
}

pid_t
watch_next(int *status)
{
	struct epoll_event event;
	pid_t pid;
	int i, fd;

	if (count == 0 || epoll_wait(epoll_fd, &event, 1, 0) != 1)
		return 0;
	fd = event.data.fd;
	for (i = 0; i < count - 1 && watched[i].fd != fd; i++)
		;
	pid = watched[i].pid;
	watched[i] = watched[--count];
	/* It may be taken away between the first two. */
	if (!ask_kernel(fd, status) && !read_remains(pid, status) &&
	    !ask_kernel(fd, status))
		*status = -1;
	(void)close(fd);
	return pid;
}
