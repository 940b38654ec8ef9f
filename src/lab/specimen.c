#include "lab/specimen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"

enum { READY_MS = 20000, QUIT_MS = 3000, GONE_MS = 20000 };

static const char listening[] = "listening on 127.0.0.1:";

/* Returns false at the end of what it says. */
static bool
read_log(struct specimen *s)
{
	char rest[512];
	size_t room = sizeof(s->log) - 1 - s->len;
	ssize_t n;

	/* Beyond that it is read all the same, so that nobody waits. */
	n = room > 0 ? read(s->task.out, s->log + s->len, room)
		     : read(s->task.out, rest, sizeof(rest));
	if (n > 0 && room > 0)
		s->len += (size_t)n;
	s->log[s->len] = '\0';
	return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

/* Waits until something was said. False after the time, or at the end. */
static bool
hear(struct specimen *s, int64_t until)
{
	struct pollfd p = {.fd = s->task.out, .events = POLLIN};
	int64_t left = until - clock_now();

	if (left < 0 || poll(&p, 1, (int)left) <= 0)
		return false;
	return read_log(s);
}

void
specimen_listen(struct specimen *s)
{
	while (hear(s, clock_now()))
		;
}

const char *
specimen_await(struct specimen *s, const char *text, int64_t ms)
{
	int64_t until = clock_now() + ms;
	const char *found;

	while ((found = strstr(s->log, text)) == NULL && hear(s, until))
		;
	return found;
}

static void
set_address(struct specimen *s)
{
	struct sockaddr_in *in = (struct sockaddr_in *)(void *)&s->dial.address;
	const char *at = strstr(s->log, listening);
	unsigned long port =
	    at == NULL ? 0 : strtoul(at + sizeof(listening) - 1, NULL, 10);

	memset(&s->dial, 0, sizeof(s->dial));
	in->sin_family = AF_INET;
	in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	in->sin_port = htons((uint16_t)port);
	s->dial.len = sizeof(*in);
	s->dial.family = AF_INET;
	(void)snprintf(
	    s->dial.text, sizeof(s->dial.text), "127.0.0.1:%lu", port);
}

static void
say_why(const struct specimen *s, char why[SPECIMEN_WHY])
{
	const char *line = s->log, *next;
	int len;

	/* Its last line is the cause. */
	while ((next = strchr(line, '\n')) != NULL && next[1] != '\0')
		line = next + 1;
	len = (int)strcspn(line, "\n");
	(void)snprintf(why, SPECIMEN_WHY, "it does not start: %.*s",
	    len > 90 ? 90 : len, len > 0 ? line : "it said nothing");
}

int
specimen_start(struct specimen *s, const struct specimen_ways *ways,
    const struct variant *variant, const char *const more[],
    const struct task_limits *limits, char why[SPECIMEN_WHY])
{
	const char *args[SPECIMEN_ARGS + 16] = {ways->program, "-b",
	    "127.0.0.1", "-p", "0", "-r", ways->root, "--demo", "--traceable",
	    "-m", variant->model};
	int64_t begun = clock_ns();
	int n = 11, i;

	memset(s, 0, sizeof(*s));
	s->variant = variant;
	if (variant->more != NULL)
		args[n++] = variant->more;
	for (i = 0; more != NULL && more[i] != NULL && i < SPECIMEN_ARGS; i++)
		args[n++] = more[i];
	args[n] = NULL;
	if (task_start(&s->task, args, STDERR_FILENO, limits) != 0) {
		(void)snprintf(why, SPECIMEN_WHY, "it cannot be started: %s",
		    strerror(errno));
		return -1;
	}
	if (specimen_await(s, "prefork: ready", READY_MS) == NULL) {
		say_why(s, why);
		specimen_end(s);
		return -1;
	}
	s->ready_ns = clock_ns() - begun;
	set_address(s);
	return 0;
}

void
specimen_end(struct specimen *s)
{
	int64_t until = clock_now() + QUIT_MS;
	int out = dup(s->task.out);

	/* All of its kin hold the pipe: its end is theirs. Told to stop, the
	 * master waits for its children; killed, it would leave that to
	 * others. */
	if (s->task.pid > 0)
		(void)kill(s->task.pid, SIGQUIT);
	while (out >= 0 && hear(s, until))
		;
	(void)task_end(&s->task);
	s->task.out = out;
	until = clock_now() + GONE_MS;
	while (out >= 0 && hear(s, until))
		;
	if (out >= 0)
		(void)close(out);
	s->task.out = -1;
}
