#include "pulse.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "probe.h"
#include "os/poller.h"

enum { WARM_MOST_MS = 10000, AGAIN_MS = 10, LINE = 48 };

#define MS INT64_C(1000000)

static float
since_begin(const struct pulse *p, int64_t at)
{
	return (float)((double)(at - p->begun) / 1e6);
}

static void
add_span(struct pulse *p, struct pulse_client *c, int64_t from, int64_t to,
    bool lost)
{
	struct pulse_span *s = &c->span[c->spans];

	if (c->spans == PULSE_SPANS)
		return;
	s->from = since_begin(p, from);
	s->to = since_begin(p, to);
	s->lost = lost;
	c->spans++;
}

/* The line that c sends now, different for each client and number. */
static size_t
line_of(const struct pulse *p, const struct pulse_client *c, char out[LINE])
{
	return (size_t)snprintf(out, LINE, "client %02d line %06d\n",
	    (int)(c - p->client), c->number);
}

static void
note_wait(struct pulse *p, struct pulse_client *c, int64_t now)
{
	double ms = (double)(now - c->asked) / 1e6;

	if (p->fault != 0 && ms > c->longest)
		c->longest = ms;
	if (c->lost_at != 0)
		add_span(p, c, c->lost_at, now, true);
	else if (ms >= PULSE_SEEN_MS)
		add_span(p, c, c->asked, now, false);
}

static void
answered(struct pulse *p, struct pulse_client *c, int64_t now)
{
	char line[LINE];
	size_t len = line_of(p, c, line);

	c->wrong += c->got != len || memcmp(c->in, line, len) != 0;
	note_wait(p, c, now);
	c->got = 0;
	c->waiting = false;
	c->lost_at = 0;
	c->number++;
	c->next = now + PULSE_PERIOD_MS * MS;
}

static void
lose(struct pulse *p, struct pulse_client *c, int64_t now)
{
	poller_forget(p->poller, c->fd);
	(void)close(c->fd);
	c->fd = -1;
	c->got = 0;
	c->silent = false;
	c->next = c->connecting ? now + AGAIN_MS * MS : now;
	if (!c->connecting) {
		c->lost += p->fault != 0;
		if (c->lost_at == 0) {
			if (c->waiting && now - c->asked >= PULSE_SEEN_MS * MS)
				add_span(p, c, c->asked, now, false);
			c->lost_at = now;
		}
		/* What it wants from now on is to be served again. */
		if (!c->waiting)
			c->asked = now;
	}
	c->connecting = false;
	c->waiting = true;
}

static void
send_line(struct pulse *p, struct pulse_client *c, int64_t now)
{
	char line[LINE];
	size_t len = line_of(p, c, line);

	if (!c->waiting)
		c->asked = now;
	c->waiting = true;
	c->got = 0;
	c->next = CLOCK_NEVER;
	if (send(c->fd, line, len, MSG_NOSIGNAL) != (ssize_t)len)
		lose(p, c, now);
}

static void
dial(struct pulse *p, struct pulse_client *c, int64_t now)
{
	c->fd = dial_start(p->dial);
	c->next = now + AGAIN_MS * MS;
	if (c->fd < 0)
		return;
	c->connecting = true;
	c->next = CLOCK_NEVER;
	(void)poller_add(p->poller, c->fd, POLLOUT, (uint64_t)(c - p->client));
}

static void
connected(struct pulse *p, struct pulse_client *c, int64_t now)
{
	if (dial_result(c->fd) != 0) {
		lose(p, c, now);
		return;
	}
	c->connecting = false;
	(void)poller_mod(p->poller, c->fd, POLLIN, (uint64_t)(c - p->client));
	send_line(p, c, now);
}

static void
readable(struct pulse *p, struct pulse_client *c, int64_t now)
{
	ssize_t n = recv(c->fd, c->in + c->got, sizeof(c->in) - c->got, 0);

	if (n <= 0) {
		if (n == 0 || (errno != EAGAIN && errno != EINTR))
			lose(p, c, now);
		return;
	}
	c->got += (size_t)n;
	if (c->in[c->got - 1] != '\n' && c->got < sizeof(c->in))
		return;
	if (c->waiting && !c->silent) {
		answered(p, c, now);
		return;
	}
	/* Nothing was asked. */
	c->wrong++;
	c->got = 0;
}

static void
act(struct pulse *p, struct pulse_client *c, int64_t now)
{
	if (c->silent || c->next > now)
		return;
	if (c->fd < 0)
		dial(p, c, now);
	else if (!c->connecting)
		send_line(p, c, now);
}

static void
turn(struct pulse *p)
{
	struct poller_event events[PULSE_CLIENTS];
	int64_t now = clock_ns(), next = now + PULSE_PERIOD_MS * MS;
	struct pulse_client *c;
	int i, n;

	for (c = p->client; c < p->client + PULSE_CLIENTS; c++) {
		act(p, c, now);
		if (!c->silent && c->next < next)
			next = c->next;
	}
	n = poller_wait(p->poller, events, PULSE_CLIENTS,
	    next > now ? (int)((next - now + MS - 1) / MS) : 0);
	now = clock_ns();
	for (i = 0; i < n; i++) {
		c = &p->client[events[i].tag];
		if (c->fd < 0)
			continue;
		if (c->connecting)
			connected(p, c, now);
		else
			readable(p, c, now);
	}
}

static bool
all_at_pace(const struct pulse *p)
{
	int i;

	for (i = 0; i < PULSE_CLIENTS; i++)
		if (p->client[i].number < 3)
			return false;
	return true;
}

/* Does it wait for longer than usual? */
static bool
is_unheard(const struct pulse_client *c, int64_t now)
{
	return c->waiting && now - c->asked > PULSE_UNHEARD_MS * MS;
}

static bool
any_unheard(const struct pulse *p, int64_t now)
{
	int i;

	for (i = 1; i < PULSE_CLIENTS; i++)
		if (is_unheard(&p->client[i], now))
			return true;
	return false;
}

/* Takes over the connections of a crowd that was gathered. */
static bool
gather(struct pulse *p)
{
	struct sockaddr_in in;
	socklen_t len = sizeof(in);
	struct probes ps;
	int i;

	if (probes_gather(
		&ps, p->dial, PULSE_CLIENTS, p->server, WARM_MOST_MS) != 0)
		return false;
	for (i = 0; i < PULSE_CLIENTS; i++) {
		p->client[i].fd = probes_release(&ps, i);
		(void)poller_add(
		    p->poller, p->client[i].fd, POLLIN, (uint64_t)i);
	}
	probes_close(&ps);
	if (getsockname(p->client[0].fd, (struct sockaddr *)&in, &len) != 0)
		return false;
	p->culprit_port = ntohs(in.sin_port);
	return true;
}

int
pulse_begin(struct pulse *p, const struct dial *to, int warm_ms)
{
	int64_t until;
	int i;

	memset(p, 0, sizeof(*p));
	p->dial = to;
	for (i = 0; i < PULSE_CLIENTS; i++)
		p->client[i].fd = -1;
	p->poller = poller_new(NULL, 1024);
	if (p->poller == NULL || !gather(p))
		return -1;
	p->begun = clock_ns();
	/* Not all in the same moment. */
	for (i = 0; i < PULSE_CLIENTS; i++)
		p->client[i].next =
		    p->begun + i * PULSE_PERIOD_MS * MS / PULSE_CLIENTS;
	until = clock_now() + WARM_MOST_MS;
	while (!all_at_pace(p) && clock_now() < until)
		turn(p);
	/* The picture begins when they are at their pace. */
	p->begun = clock_ns();
	for (i = 0; i < PULSE_CLIENTS; i++)
		p->client[i].spans = 0;
	until = clock_now() + warm_ms;
	while (clock_now() < until ||
	       (p->client[0].waiting && clock_now() < until + WARM_MOST_MS))
		turn(p);
	return all_at_pace(p) ? 0 : -1;
}

void
pulse_fault(struct pulse *p)
{
	p->fault = clock_ns();
}

void
pulse_command(struct pulse *p, const char *line)
{
	struct pulse_client *c = &p->client[0];

	pulse_fault(p);
	c->silent = true;
	c->waiting = true;
	c->asked = p->fault;
	if (send(c->fd, line, strlen(line), MSG_NOSIGNAL) < 0)
		lose(p, c, p->fault);
}

void
pulse_go_on(struct pulse *p, int64_t least, int64_t patient, int64_t most)
{
	int64_t begun = clock_now(), gone;

	do {
		turn(p);
		gone = clock_now() - begun;
	} while (gone < least || (gone < patient && p->client[0].silent) ||
		 (gone < most && any_unheard(p, clock_ns())));
}

/* Waits that have not ended are as long as they are now. */
void
pulse_end(struct pulse *p)
{
	struct pulse_client *c;

	p->ended = clock_ns();
	for (c = p->client; c < p->client + PULSE_CLIENTS; c++) {
		if (c->waiting)
			note_wait(p, c, p->ended);
		if (c->fd >= 0) {
			poller_forget(p->poller, c->fd);
			(void)close(c->fd);
		}
		c->fd = -1;
	}
	if (p->poller != NULL)
		poller_free(p->poller);
	p->poller = NULL;
}

void
pulse_sum(const struct pulse *p, struct pulse_sum *sum)
{
	const struct pulse_client *c;

	memset(sum, 0, sizeof(*sum));
	sum->culprit_lost = p->client[0].lost > 0;
	for (c = p->client + 1; c < p->client + PULSE_CLIENTS; c++) {
		sum->others++;
		sum->lost += c->lost > 0;
		sum->wrong += c->wrong;
		sum->unheard += is_unheard(c, p->ended);
		if (c->longest > sum->longest)
			sum->longest = c->longest;
	}
}
