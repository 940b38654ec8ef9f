#include "bench/instance.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

enum { READY_MS = 20000, QUIT_MS = 3000, GONE_MS = 20000 };

static const char listening[] = "listening on 127.0.0.1:";

/* --- the log --- */

static void
take_line(struct instance *in, const char *bytes, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (bytes[i] != '\n') {
			if (in->line_len < INSTANCE_LINE - 1)
				in->line[in->line_len++] = bytes[i];
			continue;
		}
		in->line[in->line_len] = '\0';
		in->line_len = 0;
		in->heard(in->context, in->line);
	}
}

/* Waits until something was said. 1; 0 after the time, -1 at the end. */
static int
hear(struct instance *in, int64_t until)
{
	size_t room = sizeof(in->log) - 1 - in->len;
	char bytes[4096];
	ssize_t n = program_read(
	    &in->program, bytes, sizeof(bytes), until - clock_now());

	if (n <= 0)
		return (int)n;
	if (in->heard != NULL)
		take_line(in, bytes, (size_t)n);
	/* Beyond the room it is read all the same, so that no process waits to
	 * write. */
	room = (size_t)n < room ? (size_t)n : room;
	memcpy(in->log + in->len, bytes, room);
	in->len += room;
	in->log[in->len] = '\0';
	return 1;
}

bool
instance_listen(struct instance *in)
{
	int news;

	do
		news = hear(in, 0);
	while (news > 0);
	return news == 0;
}

/* Waits up to ms for a line that holds the text; NULL if none came. */
static const char *
await(struct instance *in, const char *text, int64_t ms)
{
	int64_t until = clock_now() + ms;
	const char *found;

	while ((found = strstr(in->log, text)) == NULL && hear(in, until) > 0)
		;
	return found;
}

/* --- start and end --- */

/* It is on the loopback, and says on which port. */
static int
set_address(struct instance *in, char why[INSTANCE_WHY])
{
	const char *at = strstr(in->log, listening);
	char port[8] = "";

	if (at != NULL)
		(void)snprintf(port, sizeof(port), "%lu",
		    strtoul(at + sizeof(listening) - 1, NULL, 10));
	return dial_resolve(
	    &in->dial, "127.0.0.1", port, NULL, why, INSTANCE_WHY);
}

static void
say_why(const struct instance *in, char why[INSTANCE_WHY])
{
	const char *line = in->log, *next;
	int len;

	/* Its last line is the cause. */
	while ((next = strchr(line, '\n')) != NULL && next[1] != '\0')
		line = next + 1;
	len = (int)strcspn(line, "\n");
	(void)snprintf(why, INSTANCE_WHY, "it does not start: %.*s",
	    len > 90 ? 90 : len, len > 0 ? line : "it said nothing");
}

int
instance_start(struct instance *in, const char *const argv[],
    const struct program_limits *limits)
{
	in->len = in->line_len = 0;
	in->log[0] = '\0';
	return program_start(
	    &in->program, argv, PROGRAM_OUT | PROGRAM_ERR, limits);
}

void
instance_end(struct instance *in)
{
	int64_t until = clock_now() + QUIT_MS;

	/* Told to stop, the master waits for its children; killed, it would
	 * leave that to others. The end of the log is the end of them all. */
	if (in->program.pid > 0)
		(void)kill(in->program.pid, SIGQUIT);
	while (hear(in, until) > 0)
		;
	if (in->program.pid > 0)
		(void)kill(-in->program.pid, SIGKILL);
	(void)program_reap(&in->program);
	until = clock_now() + GONE_MS;
	while (hear(in, until) > 0)
		;
	program_end(&in->program);
}

int
instance_serve(struct instance *in, const char *const argv[],
    const struct program_limits *limits, char why[INSTANCE_WHY])
{
	int64_t begun = clock_ns();

	if (instance_start(in, argv, limits) != 0) {
		(void)snprintf(why, INSTANCE_WHY, "it cannot be started: %s",
		    strerror(errno));
		return -1;
	}
	if (await(in, "prefork: ready", READY_MS) == NULL) {
		say_why(in, why);
		instance_end(in);
		return -1;
	}
	in->ready_ns = clock_ns() - begun;
	if (set_address(in, why) == 0)
		return 0;
	instance_end(in);
	return -1;
}
