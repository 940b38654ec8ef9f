#include "listen.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "base/log.h"
#include "base/num.h"
#include "master/succeed.h"
#include "os/activation.h"
#include "os/notify.h"
#include "os/process.h"
#include "worker/config.h"

/* Puts the listeners that were inherited, from ACTIVATION_FIRST on, and the
 * descriptor for the newline (-1: none) at their numbers, and closes the rest.
 */
static void
keep_inherited(int listeners, int newline)
{
	int i, end = FD_LISTEN + listeners;

	/* Out of the way first. */
	if (newline >= 0)
		newline = fcntl(newline, F_DUPFD, FD_CLIENTS);
	for (i = listeners - 1; i >= 0; i--)
		if (dup2(ACTIVATION_FIRST + i, FD_LISTEN + i) < 0)
			die("listener %d that was handed over:", i);
	if (newline >= 0 && dup2(newline, FD_NOTIFY) < 0)
		die("--notification-fd:");
	for (i = FD_ROOT; i < (newline >= 0 ? FD_NOTIFY : FD_LISTEN); i++)
		(void)close(i);
	process_close_from(end);
	if (newline >= 0)
		notify_at(FD_NOTIFY);
}

/* Takes the low numbers, so that nothing else gets one of them by chance. What
 * was inherited beyond the standard streams is not ours, whatever its number: a
 * lock of another program would be held for ever. */
static void
reserve_descriptors(int listeners, int newline)
{
	int fd;

	keep_inherited(listeners, newline);
	do {
		fd = descriptor_nothing();
		if (fd < 0)
			die("reserve descriptors:");
	} while (fd < FD_CLIENTS);
	(void)close(fd);
	for (fd = FD_ROOT; fd < FD_CLIENTS; fd++)
		(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
}

/* Adds those that were handed over, which are at FD_LISTEN and behind it. */
static void
adopt_listeners(struct listeners *l, const struct activation *a)
{
	int i;

	for (i = 0; i < a->count; i++) {
		if (listeners_adopt(l, FD_LISTEN + i) != 0)
			die("descriptor %d%s%s that was handed over is no "
			    "listening socket",
			    ACTIVATION_FIRST + i,
			    a->name[i][0] != '\0' ? " " : "", a->name[i]);
		if (strcmp(a->name[i], ACTIVATION_STATUS) == 0)
			l->status |= 1U << i;
	}
}

/* The master that this server is to take the place of: a child of this process,
 * whose program has changed. 0: none. */
static pid_t
find_replaced(void)
{
	const char *text = getenv(MASTER_REPLACES);
	pid_t replaced = 0;
	int64_t pid;

	if (text != NULL && num_parse(text, 1, INT32_MAX, &pid) == 0 &&
	    process_is_child((pid_t)pid))
		replaced = (pid_t)pid;
	(void)unsetenv(MASTER_REPLACES);
	return replaced;
}

pid_t
listen_inherit(struct listeners *l, const struct options *o)
{
	struct activation handed;
	pid_t replaced;

	notify_begin();
	if (activation_find(&handed, LISTENERS_MAX) != 0)
		die("LISTEN_PID, LISTEN_FDS: give a process and how many "
		    "sockets it is handed, at most %d",
		    LISTENERS_MAX);
	if (o->notification_fd >= 0 &&
	    fcntl((int)o->notification_fd, F_GETFD) < 0)
		die("--notification-fd %d:", (int)o->notification_fd);
	reserve_descriptors(handed.count, (int)o->notification_fd);
	adopt_listeners(l, &handed);
	replaced = find_replaced();
	if (replaced == 0)
		return 0;
	/* Their files are this process's own, as before. */
	l->count = 0;
	listeners_find(l, FD_LISTEN, handed.count, 0);
	l->maker = getpid();
	return replaced;
}

/* For remove_listeners(), which is called at the exit. */
static struct listeners *opened;

static void
remove_listeners(void)
{
	listeners_remove(opened);
}

static _Noreturn void
refuse_listener(const char *address, int port, const char *cause)
{
	if (listener_is_path(address))
		die("listen on %s: %s", address, cause);
	die("listen on %s port %d: %s", address, port, cause);
}

/* Tries the place of a unix socket, which none of the first n of --bind may
 * have as well. 0; -1 with errno. */
static int
try_path(const struct options *o, int n, const char *address)
{
	int i;

	for (i = 0; i < n; i++)
		if (strcmp(o->bind.value[i], address) == 0) {
			errno = EADDRINUSE;
			return -1;
		}
	return listener_try_path(address);
}

/* Lists the addresses to bind, NULL last. To test the options no unix socket is
 * made, since a server that runs may have its file: only its place is tried. */
static void
list_addresses(const struct options *o, int adopted, const char **address)
{
	int i, n = 0;

	for (i = 0; i < o->bind.count; i++)
		if (!o->test || !listener_is_path(o->bind.value[i]))
			address[n++] = o->bind.value[i];
		else if (try_path(o, i, o->bind.value[i]) != 0)
			refuse_listener(o->bind.value[i], 0, strerror(errno));
	if (o->bind.count == 0 && adopted == 0)
		address[n++] = "localhost";
	address[n] = NULL;
}

/* Puts the listeners from the i-th on at their numbers. */
static void
place_listeners(struct listeners *l, int i)
{
	for (; i < l->count; i++) {
		if (descriptor_move(l->fd[i], FD_LISTEN + i) != 0)
			die("dup2:");
		l->fd[i] = FD_LISTEN + i;
	}
}

/* How many of the first `count` are for clients. */
static int
count_public(const struct listeners *l, int count)
{
	int i, n = 0;

	for (i = 0; i < count; i++)
		n += !(l->status >> i & 1);
	return n;
}

static bool
is_wildcard(const char *name)
{
	return strncmp(name, "0.0.0.0:", 8) == 0 ||
	       strncmp(name, "[::]:", 5) == 0;
}

/* Could two listeners with these names not have the same port? */
static bool
share_host(const char *one, const char *other)
{
	const size_t len = (size_t)(strrchr(one, ':') - one);

	if ((one[0] == '[') != (other[0] == '['))
		return false;
	return is_wildcard(one) || is_wildcard(other) ||
	       strncmp(one, other, len + 1) == 0;
}

/* To test the options both have free ports, where they may be told the same:
 * those from the first on, and behind them from `status` on. */
static bool
meet(const struct listeners *l, int first, int status)
{
	int i, k;

	for (i = first; i < status; i++)
		for (k = status; k < l->count; k++)
			if (!listener_is_path(l->name[i]) &&
			    share_host(l->name[i], l->name[k]))
				return true;
	return false;
}

/* Opens the listeners of the status: where the options say, or with --demo at a
 * port that is free. */
static void
open_status(struct listeners *l, const struct options *o, int adopted)
{
	const struct listener_rights rights = {o->socket_mode, o->socket_owner};
	const char *outside = l->outside, *failed, *cause;
	struct listener_status s = {.host = "localhost"};
	const char *address[] = {s.host, NULL};
	int i, before = l->count;

	if (o->status != NULL)
		(void)listener_parse_status(&s, o->status);
	else if (!o->demo || l->status != 0)
		return;
	if (o->test && listener_is_path(s.host)) {
		if (try_path(o, o->bind.count, s.host) != 0)
			die("--status %s:", s.host);
		return;
	}
	l->outside = NULL;
	if (listeners_open(l, address, o->test ? 0 : s.port, &rights, &failed,
		&cause) != 0)
		die("--status %s: %s", o->status != NULL ? o->status : s.host,
		    cause);
	if (o->test && s.port != 0 && s.port == o->port &&
	    meet(l, adopted, before))
		die("--status %s: %s", o->status, strerror(EADDRINUSE));
	if (o->demo && l->outside != NULL)
		arguments_refuse("--status", l->outside,
		    "an address of this machine alone with --demo");
	if (outside != NULL)
		l->outside = outside;
	place_listeners(l, before);
	for (i = before; i < l->count; i++)
		l->status |= 1U << i;
}

static void
open_public(struct listeners *l, const struct options *o)
{
	const struct listener_rights rights = {o->socket_mode, o->socket_owner};
	const char *address[ARGUMENT_LIST_MAX + 1];
	const char *failed, *cause;
	const int adopted = l->count;

	list_addresses(o, count_public(l, adopted), address);
	/* A server that runs may have the port. */
	if (listeners_open(l, address, o->test ? 0 : (uint16_t)o->port, &rights,
		&failed, &cause) != 0)
		refuse_listener(failed, (int)o->port, cause);
	place_listeners(l, adopted);
}

/* errno is that of a user that cannot be found, or be taken on. */
static _Noreturn void
refuse_user(const char *what, const char *user)
{
	if (errno == ENOENT)
		die("%s %s: there is no such user, or group", what, user);
	die("%s %s:", what, user);
}

static void
find_owner(const struct options *o)
{
	uid_t uid;
	gid_t gid;

	if (o->socket_owner != NULL &&
	    process_find(o->socket_owner, &uid, &gid) != 0)
		refuse_user("--socket-owner", o->socket_owner);
}

void
listen_open(struct listeners *l, const struct options *o, bool all_are_there)
{
	const int adopted = l->count;

	opened = l;
	if (atexit(remove_listeners) != 0)
		die("atexit:");
	if (!all_are_there) {
		find_owner(o);
		open_public(l, o);
	}
	if (o->demo && l->outside != NULL)
		arguments_refuse("--bind", l->outside,
		    "an address of this machine alone with --demo");
	if (!all_are_there)
		open_status(l, o, adopted);
}

/* The option that has made it listen at l->outside. */
static const char *
outside_option(const struct listeners *l)
{
	int i = 0;

	while (i < l->count && l->outside != l->name[i])
		i++;
	return l->status >> i & 1 ? "--status" : "--bind";
}

void
listen_drop_rights(const struct listeners *l, const struct options *o)
{
	if (o->user != NULL) {
		if (process_become(o->user) != 0)
			refuse_user("become user", o->user);
	} else if (geteuid() == 0) {
		if (l->outside != NULL)
			arguments_refuse(outside_option(l), l->outside,
			    "--user too, or an address of this machine alone: "
			    "this is root");
		if (!o->test)
			log_warn(
			    "running as root; --user NAME would drop its rights");
	}
}
