#include "os/socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void
socket_prepare(int fd)
{
	const int on = 1;

	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	(void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	(void)setsockopt(fd, SOL_SOCKET, SO_OOBINLINE, &on, sizeof(on));
}

int
socket_accept_plainly(int listener, struct peer *peer)
{
	struct sockaddr_storage address;
	socklen_t len = sizeof(address);
	int fd;

	address.ss_family = AF_UNSPEC;
	fd = accept(listener, (struct sockaddr *)&address, &len);
	if (fd < 0)
		return -1;
	if (fcntl(fd, F_SETFL, O_NONBLOCK) != 0) {
		int saved = errno;

		(void)close(fd);
		errno = saved;
		return -1;
	}
	peer_from(peer, &address);
	socket_prepare(fd);
	return fd;
}

/* A pending error of the network belongs to the client (accept(2)): it is as if
 * that one had gone. What is not known is likely to last. */
static const struct {
	int error;
	enum socket_failure failure;
} failures[] = {
    {EAGAIN, SOCKET_NOBODY},
    {EWOULDBLOCK, SOCKET_NOBODY},
    {ECONNABORTED, SOCKET_GONE},
    {EINTR, SOCKET_GONE},
    {ECONNRESET, SOCKET_GONE},
    {EHOSTUNREACH, SOCKET_GONE},
    {ENETDOWN, SOCKET_GONE},
    {ENETUNREACH, SOCKET_GONE},
    {ENOPROTOOPT, SOCKET_GONE},
    {EPROTO, SOCKET_GONE},
    {ETIMEDOUT, SOCKET_GONE},
    {EMFILE, SOCKET_SCARCE},
    {ENFILE, SOCKET_SCARCE},
    {ENOBUFS, SOCKET_SCARCE},
    {ENOMEM, SOCKET_SCARCE},
    {EBADF, SOCKET_NO_LISTENER},
    {EINVAL, SOCKET_NO_LISTENER},
    {ENOTSOCK, SOCKET_NO_LISTENER},
    {EOPNOTSUPP, SOCKET_NO_LISTENER},
};

enum socket_failure
socket_judge(int error)
{
	size_t i;

	for (i = 0; i < sizeof(failures) / sizeof(failures[0]); i++)
		if (failures[i].error == error)
			return failures[i].failure;
	return SOCKET_DENIED;
}

void
socket_reset(int fd)
{
	const struct linger at_once = {.l_onoff = 1, .l_linger = 0};

	(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
}

void
peer_from(struct peer *peer, const struct sockaddr_storage *address)
{
	struct sockaddr_in in;
	struct sockaddr_in6 in6;

	memset(peer, 0, sizeof(*peer));
	if (address->ss_family == AF_INET) {
		memcpy(&in, address, sizeof(in));
		peer->family = 4;
		peer->port = ntohs(in.sin_port);
		memcpy(peer->address, &in.sin_addr, 4);
	} else if (address->ss_family == AF_INET6) {
		memcpy(&in6, address, sizeof(in6));
		peer->family = 6;
		peer->port = ntohs(in6.sin6_port);
		memcpy(peer->address, &in6.sin6_addr, 16);
	} else if (address->ss_family == AF_UNIX) {
		peer->family = PEER_UNIX;
	}
}

/* With each request that is logged or has a handler: inet_ntop takes some
 * thousand instructions for it. */
static void
put_ipv4(char *out, const uint8_t address[4])
{
	int i, n;

	for (i = 0; i < 4; i++) {
		n = address[i];
		if (n >= 100)
			*out++ = (char)('0' + n / 100);
		if (n >= 10)
			*out++ = (char)('0' + n / 10 % 10);
		*out++ = (char)('0' + n % 10);
		*out++ = i < 3 ? '.' : '\0';
	}
}

void
peer_address(char out[PEER_TEXT], const struct peer *peer)
{
	if (peer->family == 4)
		put_ipv4(out, peer->address);
	else if (peer->family == PEER_UNIX)
		(void)snprintf(out, PEER_TEXT, "unix:");
	else if (peer->family != 6 ||
		 inet_ntop(AF_INET6, peer->address, out, PEER_TEXT) == NULL)
		(void)snprintf(out, PEER_TEXT, "?");
}

/* No network of IPv6 that is assigned begins with these; 0 is taken. */
static const uint64_t ipv4_mark = UINT64_C(0x0000ffff) << 32;
enum { LOOPBACK6 = 1 };

uint64_t
peer_network(const struct peer *peer)
{
	uint64_t network = 0;
	int i, n = peer->family == 6 ? 8 : peer->family == 4 ? 4 : 0;

	for (i = 0; i < n; i++)
		network = network << 8 | peer->address[i];
	if (peer->family == 4)
		return network | ipv4_mark;
	return peer->family == 6 && network == 0 ? LOOPBACK6 : network;
}

void
peer_of_network(struct peer *peer, uint64_t network)
{
	int i, n = network >> 32 == ipv4_mark >> 32 ? 4 : 8;

	memset(peer, 0, sizeof(*peer));
	if (network == 0)
		return;
	peer->family = n == 4 ? 4 : 6;
	if (network == LOOPBACK6)
		return;
	for (i = n - 1; i >= 0; i--, network >>= 8)
		peer->address[i] = (uint8_t)(network & 0xff);
}

void
peer_format(char out[PEER_TEXT], const struct peer *peer)
{
	char host[PEER_TEXT];

	peer_address(host, peer);
	if (peer->family != 4 && peer->family != 6)
		(void)snprintf(out, PEER_TEXT, "%s", host);
	else
		(void)snprintf(out, PEER_TEXT,
		    peer->family == 6 ? "[%.45s]:%u" : "%.45s:%u", host,
		    (unsigned)peer->port);
}
