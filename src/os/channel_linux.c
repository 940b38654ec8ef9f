#define _GNU_SOURCE
#include "os/channel.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int
channel_open(int ends[2])
{
	const int on = 1;
	int saved;

	/* In packets: what one says does not run into what another says. */
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC,
		0, ends) != 0)
		return -1;
	if (setsockopt(ends[0], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) == 0)
		return 0;
	saved = errno;
	(void)close(ends[0]);
	(void)close(ends[1]);
	errno = saved;
	return -1;
}

/* Of one that the kernel names. 0: it names none. */
static pid_t
sender(struct msghdr *header)
{
	const struct cmsghdr *c = CMSG_FIRSTHDR(header);
	struct ucred who;

	if (c == NULL || c->cmsg_level != SOL_SOCKET ||
	    c->cmsg_type != SCM_CREDENTIALS ||
	    c->cmsg_len < CMSG_LEN(sizeof(who)))
		return 0;
	memcpy(&who, CMSG_DATA(c), sizeof(who));
	return who.pid;
}

static int
receive(int fd, void *message, size_t size, pid_t *from, int flags)
{
	struct iovec room = {.iov_base = message, .iov_len = size};
	/* No room for descriptors: those that are sent are closed. */
	union {
		struct cmsghdr aligned;
		char bytes[CMSG_SPACE(sizeof(struct ucred))];
	} control;
	struct msghdr header = {
	    .msg_iov = &room,
	    .msg_iovlen = 1,
	    .msg_control = control.bytes,
	    .msg_controllen = sizeof(control.bytes),
	};
	ssize_t n = recvmsg(fd, &header, MSG_CMSG_CLOEXEC | MSG_TRUNC | flags);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n <= 0)
		return -1;
	*from = sender(&header);
	return n == (ssize_t)size && *from > 0;
}

int
channel_hear(int fd, void *message, size_t size, pid_t *from)
{
	return receive(fd, message, size, from, 0);
}

int
channel_look(int fd, void *message, size_t size, pid_t *from)
{
	return receive(fd, message, size, from, MSG_PEEK);
}

int
channel_give(int fd, const void *message, size_t size, int descriptor)
{
	union {
		struct cmsghdr aligned;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = {.bytes = {0}};
	struct iovec bytes = {
	    .iov_base = (void *)(uintptr_t)message, .iov_len = size};
	struct msghdr header = {
	    .msg_iov = &bytes,
	    .msg_iovlen = 1,
	    .msg_control = control.bytes,
	    .msg_controllen = sizeof(control.bytes),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&header);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &descriptor, sizeof(int));
	return sendmsg(fd, &header, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 ? -1 : 0;
}

/* The descriptor of a message, -1 if it has none. */
static int
given(struct msghdr *header)
{
	const struct cmsghdr *c = CMSG_FIRSTHDR(header);
	int fd;

	if (c == NULL || c->cmsg_level != SOL_SOCKET ||
	    c->cmsg_type != SCM_RIGHTS || c->cmsg_len < CMSG_LEN(sizeof(fd)))
		return -1;
	memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	return fd;
}

int
channel_take(int fd, void *message, size_t size, int *descriptor)
{
	union {
		struct cmsghdr aligned;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec room = {.iov_base = message, .iov_len = size};
	struct msghdr header = {
	    .msg_iov = &room,
	    .msg_iovlen = 1,
	    .msg_control = control.bytes,
	    .msg_controllen = sizeof(control.bytes),
	};
	ssize_t n =
	    recvmsg(fd, &header, MSG_CMSG_CLOEXEC | MSG_TRUNC | MSG_DONTWAIT);

	*descriptor = n < 0 ? -1 : given(&header);
	if (*descriptor < 0)
		return 0;
	if (n == (ssize_t)size)
		return 1;
	(void)close(*descriptor);
	return 0;
}
