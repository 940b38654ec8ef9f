#define _GNU_SOURCE
#include "os/socket.h"

#include <errno.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>

/* Of others the kernel counts the memory that its bytes take, not the bytes. */
static bool
counts_bytes(int fd)
{
	int domain = AF_UNIX;
	socklen_t len = sizeof(domain);

	return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len) == 0 &&
	       domain != AF_UNIX;
}

int64_t
socket_unsent(int fd)
{
	int n;

	if (!counts_bytes(fd))
		return 0;
	return ioctl(fd, SIOCOUTQ, &n) == 0 && n > 0 ? n : 0;
}

ssize_t
socket_send(int fd, const void *data, size_t len, bool more)
{
	return send(fd, data, len, MSG_NOSIGNAL | (more ? MSG_MORE : 0));
}

/* The other side's buffer is measured in segments (tcp(7), tcp_wmem), and
 * those of the loopback are 64 KiB. */
void
socket_narrow(int fd)
{
	const int room = 65536, segment = 1400;

	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	(void)setsockopt(
	    fd, IPPROTO_TCP, TCP_MAXSEG, &segment, sizeof(segment));
}

int
socket_accept(int listener, struct peer *peer)
{
	struct sockaddr_storage address;
	socklen_t len = sizeof(address);
	int fd;

	address.ss_family = AF_UNSPEC;
	fd =
	    accept4(listener, (struct sockaddr *)&address, &len, SOCK_NONBLOCK);
	/* Not in this container; the second also means that a firewall has
	 * turned one away. */
	if (fd < 0 && (errno == ENOSYS || errno == EPERM))
		return socket_accept_plainly(listener, peer);
	if (fd < 0)
		return -1;
	peer_from(peer, &address);
	/* These inherit nothing. */
	if (peer->family == PEER_UNIX)
		socket_prepare(fd);
	return fd;
}
