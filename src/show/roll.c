#include "roll.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
roll_init(struct roll *r, bool standbys)
{
	memset(r, 0, sizeof(*r));
	r->standbys = standbys;
}

/* "pid 22319, standby 22323, 75 clients" */
static bool
hear_pids(struct roll_slot *s, const char *text, int64_t now)
{
	long pid, standby, clients;

	if (sscanf(text, "pid %ld, standby %ld, %ld client", &pid, &standby,
		&clients) != 3)
		return false;
	if (pid != 0 && pid != s->pid) {
		/* Whoever is there for the first time restarts nothing. */
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
hear_state(struct roll_slot *s, const char *text)
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
hear_slot(struct roll *r, const char *line, int64_t now)
{
	int index, at = 0;

	if (sscanf(line, "slot %d: %n", &index, &at) != 1 || at == 0 ||
	    index < 0 || index >= ROLL_SLOTS)
		return false;
	if (index >= r->slots)
		r->slots = index + 1;
	return hear_pids(&r->slot[index], line + at, now) ||
	       hear_state(&r->slot[index], line + at);
}

/* "... in 1.3 ms: 2 clients kept, 0 dropped"; what a client has sent can only
 * come behind that. */
static bool
hear_takeover(struct roll *r, const char *line)
{
	const char *how = strstr(line, " took over from pid ");
	const char *kept = how != NULL ? strstr(how, " ms: ") : NULL;
	const char *dropped = kept != NULL ? strstr(kept, " kept, ") : NULL;

	if (dropped == NULL)
		return false;
	r->takeovers++;
	r->deaths += strstr(how, ", which made way, ") == NULL;
	r->kept += strtoul(kept + strlen(" ms: "), NULL, 10);
	r->dropped += strtoul(dropped + strlen(" kept, "), NULL, 10);
	return true;
}

/* "worker 0 (pid 5) was killed by SIGSEGV after 1.2 s: 75 clients lost" */
static void
hear_death(struct roll *r, const char *line)
{
	size_t len = strlen(line);
	const char *end = " lost", *colon = strrchr(line, ':');

	if (len < strlen(end) || strcmp(line + len - strlen(end), end) != 0 ||
	    colon == NULL)
		return;
	r->deaths++;
	r->lost += strtoul(colon + 1, NULL, 10);
}

enum roll_line
roll_hear(struct roll *r, const char *line, int64_t now)
{
	static const char ident[] = "prefork: ";

	if (strncmp(line, ident, sizeof(ident) - 1) != 0)
		return ROLL_NEWS;
	line += sizeof(ident) - 1;
	if (hear_slot(r, line, now))
		return ROLL_NOTED;
	if (sscanf(line, "listening on 127.0.0.1:%d", &r->port) == 1)
		return ROLL_NEWS;
	if (strncmp(line, "ready: ", 7) == 0)
		r->ready = true;
	else if (strncmp(line, "no standbys ", 12) == 0)
		r->standbys = false;
	else if (!hear_takeover(r, line))
		hear_death(r, line);
	return ROLL_NEWS;
}

bool
roll_whole(const struct roll *r)
{
	int i;

	for (i = 0; i < r->slots; i++) {
		const struct roll_slot *s = &r->slot[i];

		if (s->state[0] == '\0' && s->pid == 0)
			continue;
		if (strcmp(s->state, "serving") != 0 || s->pid == 0 ||
		    (r->standbys && s->standby == 0))
			return false;
	}
	return r->ready;
}

unsigned
roll_restarts(const struct roll *r)
{
	unsigned sum = 0;
	int i;

	for (i = 0; i < r->slots; i++)
		sum += r->slot[i].restarts;
	return sum;
}
