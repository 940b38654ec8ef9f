#include "os/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int64_t
socket_unsent(int fd)
{
	(void)fd;
	return 0;
}

ssize_t
socket_send(int fd, const void *data, size_t len, bool more)
{
	(void)more;
	return send(fd, data, len, MSG_NOSIGNAL);
}

void
socket_narrow(int fd)
{
	const int room = 65536;

	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
}

int
socket_accept(int listener, struct peer *peer)
{
	struct sockaddr_storage address;
	socklen_t len = sizeof(address);
	int fd;

	address.ss_family = AF_UNSPEC;
	fd = accept(listener, (struct sockaddr *)&address, &len);
	if (fd < 0)
		return -1;
	if (fcntl(fd, F_SETFL, O_NONBLOCK) != 0 ||
	    fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) {
		int saved = errno;

		(void)close(fd);
		errno = saved;
		return -1;
	}
	peer_from(peer, &address);
	socket_prepare(fd);
	return fd;
}
