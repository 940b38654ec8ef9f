#include "config.h"

#include "outside/fetch.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/num.h"

enum { PATIENCE_S = 5, HOST_MAX = 256, URL_MAX = 1024 };

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

/* A connection to one of its addresses; -1 with errno. */
static int
dial(const struct addrinfo *list)
{
	const struct timeval limit = {PATIENCE_S, 0};
	int fd = -1, error = EADDRNOTAVAIL;

	for (; list != NULL && fd < 0; list = list->ai_next) {
		fd = socket(list->ai_family, SOCK_STREAM, 0);
		if (fd < 0)
			continue;
		(void)setsockopt(
		    fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
		if (connect(fd, list->ai_addr, list->ai_addrlen) == 0)
			continue;
		error = errno == EINPROGRESS ? ETIMEDOUT : errno;
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

int
fetch_ask(const char *url, const char *path, const char **why)
{
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
	struct addrinfo *list = NULL;
	struct url u;
	int fd, error;

	if (!parse(&u, url)) {
		*why = "not http://HOST[:PORT][/PATH]";
		return -1;
	}
	error = getaddrinfo(u.host, u.port, &hints, &list);
	if (error != 0) {
		*why = gai_strerror(error);
		return -1;
	}
	fd = dial(list);
	freeaddrinfo(list);
	if (fd >= 0 && ask(fd, &u, path != NULL ? path : u.path) == 0)
		return fd;
	*why = strerror(errno);
	if (fd >= 0)
		(void)close(fd);
	return -1;
}

ssize_t
fetch_read(int fd, char *bytes, size_t size, int64_t until, const char **why)
{
	struct pollfd set = {.fd = fd, .events = POLLIN};
	size_t len = 0;
	ssize_t n;
	int64_t now;

	while (len < size && (now = clock_now()) < until) {
		if (poll(&set, 1, (int)(until - now)) <= 0)
			continue;
		n = recv(fd, bytes + len, size - len, 0);
		if (n == 0)
			return (ssize_t)len;
		if (n < 0) {
			*why = strerror(errno);
			return -1;
		}
		len += (size_t)n;
	}
	*why = strerror(ETIMEDOUT);
	return len == size ? (ssize_t)len : -1;
}
