#include "steady.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"

enum { WARM_MOST_MS = 10000, AGAIN_MS = 10, LINE = 48 };

#define MS INT64_C(1000000)

/* --- what a client notices --- */

static float
since_begin(const struct steady *s, int64_t at)
{
	return (float)((double)(at - s->begun) / 1e6);
}

static void
add_span(struct steady *s, struct steady_client *c, int64_t from, int64_t to,
    bool lost)
{
	if (c->spans < STEADY_SPANS)
		c->span[c->spans++] = (struct steady_span){
		    since_begin(s, from), since_begin(s, to), lost};
}

static void
note_wait(struct steady *s, struct steady_client *c, int64_t now)
{
	double ms = (double)(now - c->asked) / 1e6;

	if (s->fault != 0 && ms > c->longest)
		c->longest = ms;
	if (c->lost_at != 0)
		add_span(s, c, c->lost_at, now, true);
	else if (ms >= STEADY_SEEN_MS)
		add_span(s, c, c->asked, now, false);
}

/* Does it wait for longer than usual? */
static bool
is_unheard(const struct steady_client *c, int64_t now)
{
	return c->waiting && now - c->asked > STEADY_UNHEARD_MS * MS;
}

/* --- what it does --- */

static int
number_of(const struct steady *s, const struct steady_client *c)
{
	return (int)(c - s->client);
}

/* The line that c sends now, different for each client and number. */
static size_t
line_of(const struct steady *s, const struct steady_client *c, char out[LINE])
{
	return (size_t)snprintf(
	    out, LINE, "client %02d line %06d\n", number_of(s, c), c->number);
}

static void
lose(struct steady *s, struct steady_client *c, int64_t now)
{
	int i = number_of(s, c);

	probes_drop(&s->probes, i, i + 1);
	c->silent = false;
	c->next = now;
	c->lost += s->fault != 0;
	if (c->lost_at == 0) {
		if (c->waiting && now - c->asked >= STEADY_SEEN_MS * MS)
			add_span(s, c, c->asked, now, false);
		c->lost_at = now;
	}
	/* What it wants from now on is to be served again. */
	if (!c->waiting)
		c->asked = now;
	c->waiting = true;
}

static void
answered(struct steady *s, struct steady_client *c, int64_t now)
{
	const struct probe *p = &s->probes.probe[number_of(s, c)];
	char line[LINE];
	size_t len = line_of(s, c, line) - 1;

	c->wrong += p->len != len || memcmp(p->text, line, len) != 0;
	note_wait(s, c, now);
	c->waiting = false;
	c->lost_at = 0;
	c->number++;
	c->next = now + STEADY_PERIOD_MS * MS;
}

/* What has become of its connection? */
static void
look(struct steady *s, struct steady_client *c, int64_t now)
{
	struct probe *p = &s->probes.probe[number_of(s, c)];

	c->wrong += p->unasked + (p->answered && c->silent);
	if (p->answered && c->waiting && !c->silent)
		answered(s, c, now);
	p->unasked = 0;
	p->answered = false;
	if (p->state == PROBE_LOST)
		lose(s, c, now);
}

/* Sends the line that is due, at once if it is to be sent again; or connects.
 */
static void
act(struct steady *s, struct steady_client *c, int64_t now)
{
	int i = number_of(s, c);
	const struct probe *p = &s->probes.probe[i];
	bool again = c->waiting && p->state == PROBE_OPEN;
	char line[LINE];

	if (c->silent || (c->next > now && !again))
		return;
	c->next = now + AGAIN_MS * MS;
	if (p->state == PROBE_OUT)
		(void)probes_dial(&s->probes, i);
	if (p->state != PROBE_OPEN)
		return;
	if (!c->waiting)
		c->asked = now;
	c->waiting = true;
	c->next = CLOCK_NEVER;
	(void)line_of(s, c, line);
	probes_send(&s->probes, i, i + 1, line);
	if (p->state == PROBE_LOST)
		lose(s, c, now);
}

static void
turn(struct steady *s)
{
	int64_t now = clock_ns(), next = now + STEADY_PERIOD_MS * MS;
	struct steady_client *c;

	for (c = s->client; c < s->client + STEADY_CLIENTS; c++)
		if (!c->silent && c->next < next)
			next = c->next;
	(void)probes_turn(
	    &s->probes, next > now ? (next - now + MS - 1) / MS : 0);
	now = clock_ns();
	for (c = s->client; c < s->client + STEADY_CLIENTS; c++) {
		look(s, c, now);
		act(s, c, now);
	}
}

/* --- all of them --- */

static bool
all_at_pace(const struct steady *s)
{
	int i;

	for (i = 0; i < STEADY_CLIENTS; i++)
		if (s->client[i].number < 3)
			return false;
	return true;
}

static bool
any_unheard(const struct steady *s, int64_t now)
{
	int i;

	for (i = 1; i < STEADY_CLIENTS; i++)
		if (is_unheard(&s->client[i], now))
			return true;
	return false;
}

static bool
gather(struct steady *s, const struct dial *dial)
{
	struct sockaddr_in in;
	socklen_t len = sizeof(in);
	int i;

	if (probes_gather(
		&s->probes, dial, STEADY_CLIENTS, s->server, WARM_MOST_MS) != 0)
		return false;
	for (i = 0; i < STEADY_CLIENTS; i++)
		s->probes.probe[i].answered = false;
	if (getsockname(
		s->probes.probe[0].link.fd, (struct sockaddr *)&in, &len) != 0)
		return false;
	s->culprit_port = ntohs(in.sin_port);
	return true;
}

int
steady_begin(struct steady *s, const struct dial *dial, int warm_ms)
{
	int64_t until;
	int i;

	memset(s, 0, sizeof(*s));
	if (!gather(s, dial))
		return -1;
	s->begun = clock_ns();
	/* Not all in the same moment. */
	for (i = 0; i < STEADY_CLIENTS; i++)
		s->client[i].next =
		    s->begun + i * STEADY_PERIOD_MS * MS / STEADY_CLIENTS;
	until = clock_now() + WARM_MOST_MS;
	while (!all_at_pace(s) && clock_now() < until)
		turn(s);
	/* The picture begins when they are at their pace. */
	s->begun = clock_ns();
	for (i = 0; i < STEADY_CLIENTS; i++)
		s->client[i].spans = 0;
	until = clock_now() + warm_ms;
	while (clock_now() < until ||
	       (s->client[0].waiting && clock_now() < until + WARM_MOST_MS))
		turn(s);
	return all_at_pace(s) ? 0 : -1;
}

void
steady_fault(struct steady *s)
{
	s->fault = clock_ns();
}

void
steady_command(struct steady *s, const char *line)
{
	struct steady_client *c = &s->client[0];

	steady_fault(s);
	c->silent = true;
	c->waiting = true;
	c->asked = s->fault;
	probes_send(&s->probes, 0, 1, line);
	if (s->probes.probe[0].state == PROBE_LOST)
		lose(s, c, s->fault);
}

void
steady_go_on(struct steady *s, int64_t least, int64_t patient, int64_t most)
{
	int64_t begun = clock_now(), gone;

	do {
		turn(s);
		gone = clock_now() - begun;
	} while (gone < least || (gone < patient && s->client[0].silent) ||
		 (gone < most && any_unheard(s, clock_ns())));
}

/* Waits that have not ended are as long as they are now. */
void
steady_end(struct steady *s)
{
	struct steady_client *c;

	s->ended = clock_ns();
	for (c = s->client; c < s->client + STEADY_CLIENTS; c++)
		if (c->waiting)
			note_wait(s, c, s->ended);
	probes_close(&s->probes);
}

void
steady_facts(const struct steady *s, struct crash_facts *f)
{
	const struct steady_client *c;

	memset(f, 0, sizeof(*f));
	f->culprit_lost = s->client[0].lost > 0;
	for (c = s->client + 1; c < s->client + STEADY_CLIENTS; c++) {
		f->others++;
		f->lost += c->lost > 0;
		f->wrong += c->wrong;
		f->unheard += is_unheard(c, s->ended);
		if (c->longest > f->longest)
			f->longest = c->longest;
	}
}
