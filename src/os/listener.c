#include "os/listener.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "os/socket.h"

/* Above what any system grants: it cuts this down to its own limit. */
enum { BACKLOG = 65535, PORT_TRIES = 64 };

void
listeners_close(struct listeners *l)
{
	while (l->count > 0)
		(void)close(l->fd[--l->count]);
}

static bool
is_loopback(const struct sockaddr_storage *address)
{
	struct sockaddr_in in;
	struct sockaddr_in6 in6;

	if (address->ss_family == AF_INET) {
		memcpy(&in, address, sizeof(in));
		return (ntohl(in.sin_addr.s_addr) >> 24) == 127;
	}
	memcpy(&in6, address, sizeof(in6));
	return IN6_IS_ADDR_LOOPBACK(&in6.sin6_addr);
}

static int
set_options(int fd, int family)
{
	const int on = 1;

	/* For clients to inherit: two calls less for each of them. */
	socket_prepare(fd);
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0)
		return -1;
	/* Urgent data in line: the count of bytes stays what it seems. */
	if (setsockopt(fd, SOL_SOCKET, SO_OOBINLINE, &on, sizeof(on)) != 0)
		return -1;
	/* Else "::" would take the port of "0.0.0.0" as well. */
	if (family == AF_INET6 &&
	    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) != 0)
		return -1;
	if (fcntl(fd, F_SETFL, O_NONBLOCK) != 0 ||
	    fcntl(fd, F_SETFD, FD_CLOEXEC) != 0)
		return -1;
	return 0;
}

/* Opens one address on *port; stores the port that it got. */
static int
open_one(struct listeners *l, const struct addrinfo *ai, uint16_t *port)
{
	struct sockaddr_storage address;
	socklen_t len = sizeof(address);
	struct peer name;
	int saved, fd = socket(ai->ai_family, SOCK_STREAM, 0);

	if (fd < 0)
		return -1;
	memset(&address, 0, sizeof(address));
	memcpy(&address, ai->ai_addr, ai->ai_addrlen);
	/* The port stands at the same place in both. */
	((struct sockaddr_in *)&address)->sin_port = htons(*port);
	if (set_options(fd, ai->ai_family) != 0 ||
	    bind(fd, (struct sockaddr *)&address, ai->ai_addrlen) != 0 ||
	    listen(fd, BACKLOG) != 0 ||
	    getsockname(fd, (struct sockaddr *)&address, &len) != 0) {
		saved = errno;
		(void)close(fd);
		errno = saved;
		return -1;
	}
	peer_from(&name, &address);
	*port = name.port;
	peer_format(l->name[l->count], &name);
	l->loopback = l->loopback && is_loopback(&address);
	l->fd[l->count++] = fd;
	return 0;
}

/* Does errno say that the machine lacks this kind of address? */
static bool
is_absent(void)
{
	return errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL ||
	       errno == EPROTONOSUPPORT;
}

/* Opens all of them on one port. `optional`: some may be absent. */
static int
open_all(struct listeners *l, const struct addrinfo *list, uint16_t port,
    bool optional)
{
	const struct addrinfo *ai;
	int saved;

	l->count = 0;
	l->loopback = true;
	for (ai = list; ai != NULL && l->count < LISTENERS_MAX;
	     ai = ai->ai_next) {
		if (open_one(l, ai, &port) == 0 || (optional && is_absent()))
			continue;
		saved = errno;
		listeners_close(l);
		errno = saved;
		return -1;
	}
	if (l->count == 0) {
		errno = EADDRNOTAVAIL;
		return -1;
	}
	return 0;
}

int
listeners_open(struct listeners *l, const char *host, uint16_t port,
    const char **failed, const char **cause)
{
	/* localhost is not looked up: /etc/hosts may name but one of them. */
	const bool local = strcmp(host, "localhost") == 0;
	const bool all = strcmp(host, "*") == 0;
	struct addrinfo hints, *list = NULL, *second = NULL, *last;
	int error, tries = 0, opened;

	memset(&hints, 0, sizeof(hints));
	memset(l, 0, sizeof(*l));
	hints.ai_socktype = SOCK_STREAM;
	hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
	if (local || all)
		hints.ai_flags |= AI_NUMERICHOST;
	*failed = host;
	error = getaddrinfo(local ? "127.0.0.1"
			    : all ? "0.0.0.0"
				  : host,
	    "0", &hints, &list);
	if (error == 0 && (local || all))
		error = getaddrinfo(local ? "::1" : "::", "0", &hints, &second);
	if (error != 0) {
		if (list != NULL)
			freeaddrinfo(list);
		*cause = gai_strerror(error);
		return -1;
	}
	for (last = list; last->ai_next != NULL; last = last->ai_next)
		;
	last->ai_next = second;
	/* A port that is free for one address may be taken for the next. */
	do
		opened = open_all(l, list, port, local || all);
	while (opened != 0 && port == 0 && errno == EADDRINUSE &&
	       ++tries < PORT_TRIES);
	if (opened != 0)
		*cause = strerror(errno);
	last->ai_next = NULL;
	freeaddrinfo(list);
	if (second != NULL)
		freeaddrinfo(second);
	return opened;
}
