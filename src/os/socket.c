#include "os/socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>

void
socket_prepare(int fd)
{
	const int on = 1;

	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	(void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
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
	}
}

void
peer_address(char out[PEER_TEXT], const struct peer *peer)
{
	if (peer->family == 0 ||
	    inet_ntop(peer->family == 6 ? AF_INET6 : AF_INET, peer->address,
		out, PEER_TEXT) == NULL)
		(void)snprintf(out, PEER_TEXT, "?");
}

void
peer_format(char out[PEER_TEXT], const struct peer *peer)
{
	char host[PEER_TEXT];

	peer_address(host, peer);
	if (host[0] == '?')
		(void)snprintf(out, PEER_TEXT, "?");
	else
		(void)snprintf(out, PEER_TEXT,
		    peer->family == 6 ? "[%.45s]:%u" : "%.45s:%u", host,
		    (unsigned)peer->port);
}
