#include "os/listener.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/num.h"
#include "listener_file.h"
#include "os/socket.h"

/* Above what any system grants: it cuts this down to its own limit. */
enum { BACKLOG = 65535, PORT_TRIES = 64 };

static const char file_scheme[] = "unix:";
enum { FILE_SCHEME = sizeof(file_scheme) - 1 };

bool
listener_is_path(const char *address)
{
	return strncmp(address, file_scheme, FILE_SCHEME) == 0;
}

bool
listener_is_address(const char *address)
{
	size_t len = strlen(address);

	if (!listener_is_path(address))
		return len > 0;
	return len > FILE_SCHEME && len - FILE_SCHEME < LISTENER_PATH;
}

int
listener_try_path(const char *address)
{
	return listener_file_try(address + FILE_SCHEME);
}

/* The host is text[0..len). */
static bool
take_host(struct listener_status *s, const char *text, size_t len)
{
	if (len > 1 && text[0] == '[' && text[len - 1] == ']') {
		text++;
		len -= 2;
	} else if (memchr(text, ':', len) != NULL) {
		return false;
	}
	if (len == 0) {
		text = "localhost";
		len = strlen(text);
	}
	if (len >= sizeof(s->host))
		return false;
	memcpy(s->host, text, len);
	s->host[len] = '\0';
	return true;
}

bool
listener_parse_status(struct listener_status *s, const char *text)
{
	const char *colon = strrchr(text, ':');
	size_t len = colon != NULL ? (size_t)(colon - text) : 0;
	int64_t port;

	memset(s, 0, sizeof(*s));
	if (listener_is_path(text)) {
		if (!listener_is_address(text))
			return false;
		memcpy(s->host, text, strlen(text) + 1);
		return true;
	}
	if (num_parse(colon != NULL ? colon + 1 : text, 0, UINT16_MAX, &port) !=
	    0)
		return false;
	s->port = (uint16_t)port;
	return take_host(s, text, len);
}

void
listeners_find(struct listeners *l, int first, int count, int adopted)
{
	int i;

	for (i = 0; i < count && i < LISTENERS_MAX; i++) {
		l->fd[l->count++] = first + i;
		if (i >= adopted &&
		    listener_file_find(&l->file[l->files], first + i))
			l->files++;
	}
}

void
listeners_close(struct listeners *l)
{
	while (l->count > 0)
		(void)close(l->fd[--l->count]);
}

/* All but the first `kept`. */
static void
remove_files(struct listeners *l, int kept)
{
	while (l->files > kept)
		listener_file_remove(&l->file[--l->files]);
}

void
listeners_remove(struct listeners *l)
{
	if (l->maker == getpid())
		remove_files(l, 0);
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

static void
add(struct listeners *l, int fd, const struct sockaddr_storage *address)
{
	char *text = l->name[l->count];
	struct sockaddr_un un;
	struct peer name;

	peer_from(&name, address);
	peer_format(text, &name);
	if (name.family == PEER_UNIX) {
		memcpy(&un, address, sizeof(un));
		(void)snprintf(text, LISTENER_TEXT, "unix:%.*s",
		    (int)sizeof(un.sun_path), un.sun_path);
	} else if (l->outside == NULL && !is_loopback(address)) {
		l->outside = text;
	}
	l->fd[l->count++] = fd;
}

int
listeners_adopt(struct listeners *l, int fd)
{
	struct sockaddr_storage address;
	socklen_t size = sizeof(int), len = sizeof(address);
	int type = 0, listens = 0;
	const int on = 1;

	memset(&address, 0, sizeof(address));
	if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) != 0 ||
	    getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) != 0 ||
	    getsockname(fd, (struct sockaddr *)&address, &len) != 0)
		return -1;
	if (l->count == LISTENERS_MAX || type != SOCK_STREAM || !listens) {
		errno = EINVAL;
		return -1;
	}
	socket_prepare(fd);
	if (setsockopt(fd, SOL_SOCKET, SO_OOBINLINE, &on, sizeof(on)) != 0 ||
	    fcntl(fd, F_SETFL, O_NONBLOCK) != 0 ||
	    fcntl(fd, F_SETFD, FD_CLOEXEC) != 0)
		return -1;
	add(l, fd, &address);
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
	add(l, fd, &address);
	return 0;
}

/* Does errno say that the machine lacks this kind of address? */
static bool
is_absent(void)
{
	return errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL ||
	       errno == EPROTONOSUPPORT;
}

/* Stands the address in the list before? A host has one twice if two lines of
 * a table of hosts say so. */
static bool
is_repeated(const struct addrinfo *ai, const struct addrinfo *list)
{
	for (; list != ai; list = list->ai_next)
		if (list->ai_addrlen == ai->ai_addrlen &&
		    memcmp(list->ai_addr, ai->ai_addr, ai->ai_addrlen) == 0)
			return true;
	return false;
}

/* Opens each of a host's addresses on *port. `optional`: some may be absent. */
static int
open_each(struct listeners *l, const struct addrinfo *list, uint16_t *port,
    bool optional)
{
	const struct addrinfo *ai;
	const int before = l->count;

	for (ai = list; ai != NULL; ai = ai->ai_next) {
		if (is_repeated(ai, list))
			continue;
		if (l->count == LISTENERS_MAX) {
			errno = EMFILE;
			return -1;
		}
		if (open_one(l, ai, port) != 0 && !(optional && is_absent()))
			return -1;
	}
	if (l->count > before)
		return 0;
	errno = EADDRNOTAVAIL;
	return -1;
}

static int
look_up(const char *host, int flags, struct addrinfo **list)
{
	struct addrinfo hints;

	memset(&hints, 0, sizeof(hints));
	hints.ai_socktype = SOCK_STREAM;
	hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV | flags;
	return getaddrinfo(host, "0", &hints, list);
}

/* One that there is no room for has not been tried. */
static const char *
cause_of(const struct listeners *l)
{
	return l->count == LISTENERS_MAX ? "there are too many listeners"
					 : strerror(errno);
}

/* 0; -1, and *cause says why, errno too if that is the system's. */
static int
open_found(struct listeners *l, const char *host, int flags, uint16_t *port,
    const char **cause)
{
	struct addrinfo *list;
	int result, error = look_up(host, flags, &list);

	if (error != 0) {
		*cause = gai_strerror(error);
		errno = EINVAL;
		return -1;
	}
	result = open_each(l, list, port, flags != 0);
	if (result != 0)
		*cause = cause_of(l);
	freeaddrinfo(list);
	return result;
}

/* Of two addresses of a host, one may be missing on the machine. */
static int
open_both(struct listeners *l, const char *host, const char *other,
    uint16_t *port, const char **cause)
{
	const int before = l->count;

	if (open_found(l, host, AI_NUMERICHOST, port, cause) != 0 &&
	    !is_absent())
		return -1;
	if (open_found(l, other, AI_NUMERICHOST, port, cause) != 0 &&
	    (!is_absent() || l->count == before))
		return -1;
	return 0;
}

static int
open_file(struct listeners *l, const char *address,
    const struct listener_rights *rights, const char **cause)
{
	int fd = -1;

	if (l->count == LISTENERS_MAX)
		errno = EMFILE;
	else
		fd = listener_file_open(
		    &l->file[l->files], address + FILE_SCHEME, rights, BACKLOG);
	if (fd < 0) {
		*cause = cause_of(l);
		return -1;
	}
	l->files++;
	(void)snprintf(l->name[l->count], LISTENER_TEXT, "%s", address);
	l->fd[l->count++] = fd;
	return 0;
}

static int
open_address(struct listeners *l, const char *address, uint16_t *port,
    const struct listener_rights *rights, const char **cause)
{
	if (listener_is_path(address))
		return open_file(l, address, rights, cause);
	/* localhost is not looked up: /etc/hosts may name but one of them. */
	if (strcmp(address, "localhost") == 0)
		return open_both(l, "127.0.0.1", "::1", port, cause);
	if (strcmp(address, "*") == 0)
		return open_both(l, "0.0.0.0", "::", port, cause);
	return open_found(l, address, 0, port, cause);
}

static int
open_all(struct listeners *l, const char *const *address, uint16_t port,
    const struct listener_rights *rights, const char **failed,
    const char **cause)
{
	const int before = l->count, files = l->files;
	int saved;

	for (; *address != NULL; address++) {
		if (open_address(l, *address, &port, rights, cause) == 0)
			continue;
		saved = errno;
		*failed = *address;
		while (l->count > before)
			(void)close(l->fd[--l->count]);
		remove_files(l, files);
		errno = saved;
		return -1;
	}
	return 0;
}

int
listeners_open(struct listeners *l, const char *const *address, uint16_t port,
    const struct listener_rights *rights, const char **failed,
    const char **cause)
{
	int opened, tries = 0;

	l->maker = getpid();
	/* A port that is free for one address may be taken for the next. */
	do
		opened = open_all(l, address, port, rights, failed, cause);
	while (opened != 0 && port == 0 && errno == EADDRINUSE &&
	       ++tries < PORT_TRIES);
	return opened;
}
