#include "os/notify.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/descriptor.h"
#include "base/num.h"

enum { MESSAGE = 256 };

static struct sockaddr_un to; /* as long as the program; len 0: none */
static socklen_t to_len;
static int64_t period;
static int newline_fd = -1;

/* An absolute path, or '@' and a name that has no file. A datagram from another
 * place than the socket's directory must find it. */
static void
find_socket(const char *name)
{
	const size_t len = name != NULL ? strlen(name) : 0;

	to_len = 0;
	if (len < 2 || len >= sizeof(to.sun_path) ||
	    (name[0] != '/' && name[0] != '@'))
		return;
	memset(&to, 0, sizeof(to));
	to.sun_family = AF_UNIX;
	memcpy(to.sun_path, name, len);
	to_len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
	if (name[0] == '@')
		to.sun_path[0] = '\0';
	else
		to_len++;
}

/* Half of the time within which a sign of life must come, as
 * sd_watchdog_enabled recommends. */
static void
find_period(const char *usec, const char *pid)
{
	int64_t number, whose = getpid();

	period = 0;
	if (usec == NULL || num_parse(usec, 1, INT64_MAX, &number) != 0 ||
	    (pid != NULL && num_parse(pid, 1, INT64_MAX, &whose) != 0) ||
	    whose != getpid())
		return;
	/* Where a ms is too long it is the shortest. */
	period = number / 2000 > 0 ? number / 2000 : 1;
}

void
notify_begin(void)
{
	find_socket(getenv("NOTIFY_SOCKET"));
	find_period(getenv("WATCHDOG_USEC"), getenv("WATCHDOG_PID"));
	(void)unsetenv("NOTIFY_SOCKET");
	(void)unsetenv("WATCHDOG_USEC");
	(void)unsetenv("WATCHDOG_PID");
	if (to_len == 0)
		period = 0;
}

void
notify_pass_on(void)
{
	char name[sizeof(to.sun_path) + 1] = "", usec[24];

	if (to_len == 0)
		return;
	memcpy(
	    name, to.sun_path, to_len - offsetof(struct sockaddr_un, sun_path));
	if (name[0] == '\0')
		name[0] = '@';
	(void)setenv("NOTIFY_SOCKET", name, 1);
	(void)snprintf(usec, sizeof(usec), "%" PRId64, 2000 * period);
	if (period != 0)
		(void)setenv("WATCHDOG_USEC", usec, 1);
}

bool
notify_is_asked(void)
{
	return to_len != 0 || newline_fd >= 0;
}

void
notify_at(int fd)
{
	newline_fd = fd;
}

/* By a socket of its own each time: none stays open, and none is inherited. */
static void
say(const char *text)
{
	int fd;

	if (to_len == 0)
		return;
	fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	if (fd < 0)
		return;
	(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
	(void)fcntl(fd, F_SETFL, O_NONBLOCK);
	(void)sendto(fd, text, strlen(text), MSG_NOSIGNAL,
	    (const struct sockaddr *)&to, to_len);
	(void)close(fd);
}

/* Writes the newline, and closes the descriptor; its number stays taken. */
static void
say_newline(void)
{
	if (newline_fd < 0)
		return;
	/* If the reader has gone it need not be told. */
	while (write(newline_fd, "\n", 1) < 0 && errno == EINTR)
		;
	(void)descriptor_move(descriptor_nothing(), newline_fd);
	newline_fd = -1;
}

void
notify_ready(const char *status)
{
	char text[MESSAGE];

	(void)snprintf(text, sizeof(text), "READY=1\nSTATUS=%s", status);
	say(text);
	say_newline();
}

void
notify_reloading(void)
{
	char text[MESSAGE];

	(void)snprintf(text, sizeof(text),
	    "RELOADING=1\nMONOTONIC_USEC=%" PRId64
	    "\nSTATUS=renewing all workers",
	    clock_ns() / 1000);
	say(text);
}

void
notify_stopping(void)
{
	say("STOPPING=1\nSTATUS=stopping, clients may finish");
}

void
notify_moves(void)
{
	if (period != 0)
		say("WATCHDOG=1");
}

int64_t
notify_period(void)
{
	return period;
}
