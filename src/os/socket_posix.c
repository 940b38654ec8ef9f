#include "os/socket.h"

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
	return socket_accept_plainly(listener, peer);
}
