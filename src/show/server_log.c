#include "server_log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
server_log_init(struct server_log *r, bool standbys)
{
	memset(r, 0, sizeof(*r));
	r->standbys = standbys;
}

/* "pid 22319, standby 22323, 75 clients" */
static bool
hear_pids(struct log_slot *s, const char *text, int64_t now)
{
	long pid, standby, clients;

	if (sscanf(text, "pid %ld, standby %ld, %ld client", &pid, &standby,
		&clients) != 3)
		return false;
	if (pid != 0 && pid != s->pid) {
		/* The first in a slot restarts nothing. */
		s->restarts += s->since != 0;
		s->since = now;
	}
	s->pid = pid;
	s->standby = standby;
	s->clients = clients;
	return true;
}

/* "serving and left: take, taking": the last word is the state. */
static bool
hear_state(struct log_slot *s, const char *text)
{
	const char *colon = strchr(text, ':'), *comma;

	comma = colon != NULL ? strchr(colon, ',') : NULL;
	if (comma == NULL || sscanf(comma + 1, " %11s", s->state) != 1)
		return false;
	if (strcmp(s->state, "empty") == 0)
		memset(s, 0, sizeof(*s));
	return true;
}

static bool
hear_slot(struct server_log *r, const char *line, int64_t now)
{
	int index, at = 0;

	if (sscanf(line, "slot %d: %n", &index, &at) != 1 || at == 0 ||
	    index < 0 || index >= LOG_SLOTS)
		return false;
	if (index >= r->slots)
		r->slots = index + 1;
	return hear_pids(&r->slot[index], line + at, now) ||
	       hear_state(&r->slot[index], line + at);
}

/* "... in 1.3 ms: 2 clients kept, 0 dropped"; what a client has sent can only
 * come behind that. */
static bool
hear_takeover(struct server_log *r, const char *line)
{
	const char *how = strstr(line, " took over from pid ");
	const char *kept = how != NULL ? strstr(how, " ms: ") : NULL;

	if (kept == NULL || strstr(kept, " kept, ") == NULL)
		return false;
	r->deaths += strstr(how, ", which made way, ") == NULL;
	r->kept += strtoul(kept + strlen(" ms: "), NULL, 10);
	return true;
}

/* "worker 0 (pid 5) was killed by SIGSEGV after 1.2 s: 75 clients lost" */
static void
hear_death(struct server_log *r, const char *line)
{
	size_t len = strlen(line);
	const char *end = " lost", *colon = strrchr(line, ':');

	if (len < strlen(end) || strcmp(line + len - strlen(end), end) != 0 ||
	    colon == NULL)
		return;
	r->deaths++;
	r->lost += strtoul(colon + 1, NULL, 10);
}

/* Has an upgrade come to its end? */
static bool
hear_upgrade(struct server_log *r, const char *line)
{
	static const char *const begins[] = {"upgraded to prefork ",
	    "no upgrade to ", "the program before serves again",
	    "the program before comes back in part"};
	size_t i;

	for (i = 0; i < sizeof(begins) / sizeof(begins[0]); i++)
		if (strncmp(line, begins[i], strlen(begins[i])) == 0)
			break;
	if (i == sizeof(begins) / sizeof(begins[0]) &&
	    strstr(line, " is called off: its master did not come to ") == NULL)
		return false;
	r->upgrades++;
	return true;
}

enum log_line
server_log_hear(struct server_log *r, const char *line, int64_t now)
{
	static const char ident[] = "prefork: ";

	if (strncmp(line, ident, sizeof(ident) - 1) != 0)
		return LOG_LINE_NEWS;
	line += sizeof(ident) - 1;
	if (hear_slot(r, line, now))
		return LOG_LINE_NOTED;
	if (sscanf(line, "master: pid %ld", &r->master) == 1)
		return LOG_LINE_NOTED;
	if (sscanf(line, "listening on 127.0.0.1:%d", &r->port) == 1)
		return LOG_LINE_NEWS;
	if (strncmp(line, "ready: ", 7) == 0)
		r->ready = true;
	else if (strncmp(line, "no standbys ", 12) == 0)
		r->standbys = false;
	else if (!hear_upgrade(r, line) && !hear_takeover(r, line))
		hear_death(r, line);
	return LOG_LINE_NEWS;
}

bool
server_log_whole(const struct server_log *r)
{
	int i;

	for (i = 0; i < r->slots; i++) {
		const struct log_slot *s = &r->slot[i];

		if (s->state[0] == '\0' && s->pid == 0)
			continue;
		if (strcmp(s->state, "serving") != 0 || s->pid == 0 ||
		    (r->standbys && s->standby == 0))
			return false;
	}
	return r->ready;
}

unsigned
server_log_restarts(const struct server_log *r)
{
	unsigned sum = 0;
	int i;

	for (i = 0; i < r->slots; i++)
		sum += r->slot[i].restarts;
	return sum;
}
