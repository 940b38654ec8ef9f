#include "config.h"

#include "outside/fetch.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/num.h"
#include "lookup.h"

enum { LOOK_MS = 100, HOST_MAX = 256, URL_MAX = 1024 };

struct url {
	char authority[HOST_MAX]; /* as it was given */
	char host[HOST_MAX];
	char port[8];
	const char *path; /* with its query; "": none */
};

static bool
take_port(struct url *u, const char *text)
{
	int64_t port = 80;

	if (text[0] == ':' && num_parse(text + 1, 1, 65535, &port) != 0)
		return false;
	if (text[0] != ':' && text[0] != '\0')
		return false;
	(void)snprintf(u->port, sizeof(u->port), "%d", (int)port);
	return true;
}

/* No blank, no control byte: it goes into a request as it is. */
static bool
is_plain(const char *text)
{
	for (; *text != '\0'; text++)
		if (*text <= ' ' || *text > '~' || *text == '#')
			return false;
	return true;
}

static bool
parse(struct url *u, const char *url)
{
	static const char scheme[] = "http://";
	const char *at = url + strlen(scheme), *end;
	size_t len;

	if (strncmp(url, scheme, strlen(scheme)) != 0 || !is_plain(url) ||
	    strlen(url) > URL_MAX)
		return false;
	len = strcspn(at, "/?@");
	if (len == 0 || len >= HOST_MAX || at[len] == '@')
		return false;
	u->path = at + len;
	(void)snprintf(u->authority, HOST_MAX, "%.*s", (int)len, at);
	end = u->authority[0] == '['
		  ? strchr(u->authority, ']')
		  : u->authority + strcspn(u->authority, ":");
	at = u->authority + (u->authority[0] == '[');
	if (end == NULL || end == at)
		return false;
	(void)snprintf(u->host, HOST_MAX, "%.*s", (int)(end - at), at);
	return take_port(u, end + (*end == ']'));
}

bool
fetch_is_url(const char *url)
{
	struct url u;

	return parse(&u, url);
}

/* Until one of the events comes. 0; -1 with errno: it does not. */
static int
await(int fd, short events, const struct fetch_patience *patience)
{
	struct pollfd set = {.fd = fd, .events = events};
	int64_t left;

	while ((left = patience->until - clock_now()) > 0) {
		if (patience->ended != NULL && patience->ended()) {
			errno = EINTR;
			return -1;
		}
		if (poll(&set, 1, left < LOOK_MS ? (int)left : LOOK_MS) > 0)
			return 0;
	}
	errno = ETIMEDOUT;
	return -1;
}

static int
connect_to(
    int fd, const struct addrinfo *to, const struct fetch_patience *patience)
{
	socklen_t len = sizeof(int);
	int error = 0;

	if (fcntl(fd, F_SETFL, O_NONBLOCK) != 0)
		return -1;
	if (connect(fd, to->ai_addr, to->ai_addrlen) == 0)
		return 0;
	if (errno != EINPROGRESS || await(fd, POLLOUT, patience) != 0 ||
	    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) != 0)
		return -1;
	errno = error;
	return error == 0 ? 0 : -1;
}

/* A connection to one of its addresses, of which each has its share of the
 * time; -1 with errno. */
static int
dial(const struct addrinfo *list, const struct fetch_patience *patience)
{
	struct fetch_patience share = *patience;
	const struct addrinfo *a;
	int fd = -1, left = 0, error = EADDRNOTAVAIL;
	int64_t now;

	for (a = list; a != NULL; a = a->ai_next)
		left++;
	for (a = list; a != NULL && fd < 0; a = a->ai_next) {
		now = clock_now();
		share.until = now + (patience->until - now) / left--;
		fd = socket(a->ai_family, SOCK_STREAM, 0);
		if (fd < 0 || connect_to(fd, a, &share) == 0)
			continue;
		error = errno;
		(void)close(fd);
		fd = -1;
	}
	errno = error;
	return fd;
}

static int
ask(int fd, const struct url *u, const char *path)
{
	char request[2 * URL_MAX];
	int n = snprintf(request, sizeof(request),
	    "GET %s%s HTTP/1.1\r\nHost: %s\r\n"
	    "User-Agent: prefork/" PACKAGE_VERSION "\r\n"
	    "Connection: close\r\n\r\n",
	    path[0] == '/' ? "" : "/", path, u->authority);

	return send(fd, request, (size_t)n, MSG_NOSIGNAL) == n ? 0 : -1;
}

/* 0: *list is the caller's. -1: *why says the cause. */
static int
find_host(const struct url *u, const struct fetch_patience *patience,
    struct addrinfo **list, const char **why)
{
	const struct addrinfo hints = {
	    .ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM};
	int fd, error = getaddrinfo(u->host, u->port, &hints, list);

	/* An address is nobody's to look up. */
	if (error == 0)
		return 0;
	fd = lookup_begin(u->host, u->port);
	if (fd < 0 || await(fd, POLLIN, patience) != 0) {
		*why = fd >= 0 && errno == ETIMEDOUT
			   ? "the look-up of its name takes too long"
			   : strerror(errno);
		if (fd >= 0)
			(void)close(fd);
		return -1;
	}
	error = lookup_end(fd, list);
	(void)close(fd);
	if (error != 0)
		*why = gai_strerror(error);
	return error == 0 ? 0 : -1;
}

int
fetch_ask(const char *url, const char *path,
    const struct fetch_patience *patience, const char **why)
{
	struct addrinfo *list = NULL;
	struct url u;
	int fd;

	if (!parse(&u, url)) {
		*why = "not http://HOST[:PORT][/PATH]";
		return -1;
	}
	if (find_host(&u, patience, &list, why) != 0)
		return -1;
	fd = dial(list, patience);
	freeaddrinfo(list);
	if (fd >= 0 && ask(fd, &u, path != NULL ? path : u.path) == 0)
		return fd;
	*why = strerror(errno);
	if (fd >= 0)
		(void)close(fd);
	return -1;
}

ssize_t
fetch_some(int fd, char *bytes, size_t size,
    const struct fetch_patience *patience, const char **why)
{
	ssize_t n = -1;

	if (await(fd, POLLIN, patience) == 0)
		n = recv(fd, bytes, size, 0);
	if (n < 0)
		*why = strerror(errno);
	return n;
}

ssize_t
fetch_read(int fd, char *bytes, size_t size,
    const struct fetch_patience *patience, const char **why)
{
	size_t len = 0;
	ssize_t n = 1;

	while (len < size && n > 0) {
		n = fetch_some(fd, bytes + len, size - len, patience, why);
		if (n < 0)
			return -1;
		len += (size_t)n;
	}
	return (ssize_t)len;
}
