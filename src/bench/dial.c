#include "bench/dial.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "os/socket.h"

enum { DIAL_TIMEOUT = 30000 };

/* Closes it; -1 with errno as it was. */
static int
give_up(int fd)
{
	int saved = errno;

	(void)close(fd);
	errno = saved;
	return -1;
}

int
dial_start(const struct dial *d)
{
	int fd = socket(d->family, SOCK_STREAM, 0), one = 1;

	if (fd < 0)
		return -1;
	if (d->narrow)
		socket_narrow(fd);
	/* Messages are sent whole: waiting for more would only delay the
	 * last segment of each. */
	if (fcntl(fd, F_SETFL, O_NONBLOCK) == 0 &&
	    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) == 0 &&
	    (connect(fd, (const struct sockaddr *)&d->address, d->len) == 0 ||
		errno == EINPROGRESS))
		return fd;
	return give_up(fd);
}

int
dial_result(int fd)
{
	int error = 0;
	socklen_t len = sizeof(error);

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) != 0)
		return errno;
	return error;
}

int
dial_wait(int fd, int ms)
{
	struct pollfd p = {.fd = fd, .events = POLLOUT};
	int n;

	do
		n = poll(&p, 1, ms);
	while (n < 0 && errno == EINTR);
	if (n > 0)
		errno = dial_result(fd);
	else if (n == 0)
		errno = ETIMEDOUT;
	return n > 0 && errno == 0 ? 0 : -1;
}

/* A connection to d that stands, or -1 with errno. */
static int
dial_now(const struct dial *d)
{
	int fd = dial_start(d);

	if (fd < 0 || dial_wait(fd, DIAL_TIMEOUT) == 0)
		return fd;
	return give_up(fd);
}

static void
take_address(struct dial *d, const struct addrinfo *found)
{
	char host[48] = "?", port[8] = "?";

	memset(d, 0, sizeof(*d));
	memcpy(&d->address, found->ai_addr, found->ai_addrlen);
	d->len = found->ai_addrlen;
	d->family = found->ai_family;
	getnameinfo(found->ai_addr, found->ai_addrlen, host, sizeof(host), port,
	    sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV);
	snprintf(d->text, sizeof(d->text),
	    d->family == AF_INET6 ? "[%s]:%s" : "%s:%s", host, port);
}

/* The first of several addresses that answers: "localhost" is two, and the
 * server may serve only one. A connection is the only way to know. */
static int
choose(struct dial *d, const struct addrinfo *all, bool probe, int *connected)
{
	const struct addrinfo *one;
	int fd = -1;

	for (one = all; one != NULL; one = one->ai_next) {
		take_address(d, one);
		if (!probe)
			return 0;
		fd = dial_now(d);
		if (fd >= 0)
			break;
	}
	if (fd < 0)
		return -1;
	if (connected != NULL)
		*connected = fd;
	else
		close(fd);
	return 0;
}

int
dial_resolve(struct dial *d, const char *host, const char *port, int *connected,
    char *why, size_t whysize)
{
	struct addrinfo hints = {
	    .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
	struct addrinfo *all = NULL;
	int error, result;

	error = getaddrinfo(host, port, &hints, &all);
	if (error != 0) {
		snprintf(why, whysize, "%s: %s", host,
		    error == EAI_SYSTEM ? strerror(errno)
					: gai_strerror(error));
		return -1;
	}
	result = choose(
	    d, all, connected != NULL || all->ai_next != NULL, connected);
	if (result != 0)
		snprintf(
		    why, whysize, "connect %s: %s", d->text, strerror(errno));
	freeaddrinfo(all);
	return result;
}
