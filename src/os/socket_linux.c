#define _GNU_SOURCE
#include "os/socket.h"

#include <linux/sockios.h>
#include <sys/ioctl.h>

int64_t
socket_unsent(int fd)
{
	int n;

	return ioctl(fd, SIOCOUTQ, &n) == 0 && n > 0 ? n : 0;
}

ssize_t
socket_send(int fd, const void *data, size_t len, bool more)
{
	return send(fd, data, len, MSG_NOSIGNAL | (more ? MSG_MORE : 0));
}

int
socket_accept(int listener, struct peer *peer)
{
	struct sockaddr_storage address;
	socklen_t len = sizeof(address);
	int fd;

	address.ss_family = AF_UNSPEC;
	fd = accept4(listener, (struct sockaddr *)&address, &len,
	    SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd >= 0)
		peer_from(peer, &address);
	return fd;
}
