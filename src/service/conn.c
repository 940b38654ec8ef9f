#include "service/conn.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/hook.h"
#include "service/config.h"
#include "service/registry.h"
#include "stream/input.h"

/* Reading on after our last byte: or the kernel would answer what the client
 * still sends with a reset, and the reset can overtake our answer (RFC 9112
 * section 9.6). A byte gives a millisecond more, up to LINGER_MS from now: a
 * client that only trickles has not much more than one that is silent. */
enum {
	LINGER_MS = 30000,
	LINGER_LEAVING_MS = 1000, /* when draining, whatever comes */
	LINGER_BYTES = 64 << 20,
	LINGER_STEP = 1 << 20 /* read in one step, then the others' turn */
};

/* Over how long the rate of a client is taken: what it takes comes in lumps. */
enum { WINDOW_MS = 5000 };

int
serving_open(struct serving *s)
{
	int i, tended = 0;

	memset(s->tended, 0, sizeof(s->tended));
	for (i = 0; i < SERVICES_MAX; i++) {
		if (services[i] == NULL)
			continue;
		if (services[i]->open != NULL && services[i]->open(s) != 0)
			return -1;
		if (services[i]->tend != NULL && tended < SERVICES_MAX - 1)
			s->tended[tended++] = services[i];
	}
	return 0;
}

void
serving_tend(struct serving *s, int64_t now)
{
	int i;

	for (i = 0; s->tended[i] != NULL; i++)
		s->tended[i]->tend(s, now);
}

void
serving_close(struct serving *s)
{
	int i;

	for (i = 0; i < SERVICES_MAX; i++)
		if (services[i] != NULL && services[i]->shut != NULL)
			services[i]->shut(s);
	memset(s->tended, 0, sizeof(s->tended));
}

void
conn_attach(struct conn *c, struct record *r)
{
	c->r = r;
	c->own = NULL;
}

struct wait
conn_wait(const struct conn *c, short events)
{
	return conn_wait_own(c, events, 0);
}

struct wait
conn_wait_own(const struct conn *c, short events, short own)
{
	struct wait w = {c->r->fd, events, own, c->r->deadline};

	return w;
}

struct wait
conn_done(void)
{
	struct wait w = {.fd = -1};

	return w;
}

void
conn_drop(struct conn *c, struct serving *s)
{
	const struct service *service = service_of(c->r);

	if (service->close != NULL)
		service->close(c, s);
	journal_drop(s->journal, c->r);
	c->r = NULL;
}

int64_t
conn_receive(struct conn *c, struct serving *s, bool *all)
{
	int64_t n = input_receive(s->journal, c->r, all);

	if (n > 0)
		s->count[COUNT_BYTES_IN] += (uint64_t)n;
	return n;
}

struct wait
conn_finish(struct conn *c, struct serving *s, bool linger)
{
	struct record *r = c->r;

	if (!linger || r->eof)
		return conn_done();
	r->deadline = s->now + LINGER_MS;
	r->phase = PHASE_LINGER;
	HOOK("finishing");
	(void)shutdown(r->fd, SHUT_WR);
	HOOK("finished");
	/* What was received and is not wanted any more. */
	input_release(s->journal, r);
	journal_release(s->journal, &r->out_buf);
	return conn_wait(c, POLLIN);
}

bool
conn_is_busy(const struct conn *c)
{
	const struct record *r = c->r;

	return r->phase == PHASE_LINGER || service_of(r)->busy(r);
}

bool
conn_gives_way(const struct conn *c)
{
	const struct service *service = service_of(c->r);

	return c->r->phase == PHASE_LINGER ||
	       (service->yields != NULL && service->yields(c));
}

bool
conn_is_slow(struct conn *c, const struct serving *s, bool anew)
{
	struct record *r = c->r;
	uint64_t moved, since = (uint64_t)s->now - (uint64_t)r->paced_at;
	uint64_t rate = (uint64_t)s->config->min_rate;

	/* It has been answered: it goes as soon as it pauses. */
	if (r->phase == PHASE_LINGER)
		return r->deadline <= s->now + LINGER_MS - CONN_PACE_MS;
	/* What lies in the kernel's buffers nobody has taken yet. */
	moved =
	    (uint64_t)r->in + (uint64_t)r->out - (uint64_t)socket_unsent(r->fd);
	if (!anew && conn_is_busy(c) && since < WINDOW_MS)
		return false;
	if (!anew && conn_is_busy(c) && since < 2 * WINDOW_MS &&
	    (moved - r->paced) * 1000 < rate * since)
		return true;
	r->paced = moved;
	r->paced_at = s->now;
	return false;
}

void
conn_hurry(struct conn *c, const struct serving *s)
{
	struct record *r = c->r;
	const struct service *service = service_of(r);
	const int64_t latest =
	    s->now + (service->patience != NULL
			     ? service->patience(r, s->config)
			     : s->config->idle_timeout);

	if (r->deadline <= latest)
		return;
	r->deadline = latest;
	r->sum = journal_sum(s->journal, r);
}

/* gap is not negative; when may be any. */
static int64_t
later(int64_t when, int64_t gap, int64_t latest)
{
	if (when == CLOCK_NEVER)
		return when;
	return when < latest - gap ? when + gap : latest;
}

void
conn_delay(struct conn *c, const struct serving *s, int64_t gap)
{
	const struct service_config *config = s->config;
	struct record *r = c->r;
	int64_t longest = LINGER_MS;

	if (longest < config->idle_timeout)
		longest = config->idle_timeout;
	if (longest < config->header_timeout)
		longest = config->header_timeout;
	if (longest < config->keep_alive)
		longest = config->keep_alive;
	r->deadline = later(r->deadline, gap, s->now + longest);
	r->hold = later(r->hold, gap, s->now + longest);
	/* It is silence only if somebody listens. */
	if (r->hold < s->now + SILENCE_MS)
		r->hold = s->now + SILENCE_MS;
	r->sum = journal_sum(s->journal, r);
}

bool
conn_may_leave(const struct conn *c, const struct serving *s)
{
	return s->draining && (c->r->in > 0 || s->now >= s->drained);
}

static struct wait
linger(struct conn *c, struct serving *s)
{
	struct record *r = c->r;
	int64_t most = r->lingered + LINGER_STEP;
	char waste[8192];
	ssize_t n = 0;

	if (s->draining && r->deadline > s->now + LINGER_LEAVING_MS)
		r->deadline = s->now + LINGER_LEAVING_MS;
	while (r->lingered < LINGER_BYTES && r->lingered < most) {
		n = recv(r->fd, waste, sizeof(waste), 0);
		if (n <= 0)
			break;
		r->lingered += n;
		r->in += n;
		s->count[COUNT_BYTES_IN] += (uint64_t)n;
		if (!s->draining)
			r->deadline += n;
	}
	if (n == 0 || (n < 0 && errno != EAGAIN) ||
	    r->lingered >= LINGER_BYTES || s->now >= r->deadline)
		return conn_done();
	if (r->deadline > s->now + LINGER_MS)
		r->deadline = s->now + LINGER_MS;
	return conn_wait(c, POLLIN);
}

struct wait
conn_step(struct conn *c, struct serving *s)
{
	struct wait w;

	if (c->r->phase == PHASE_LINGER)
		return linger(c, s);
	w = service_of(c->r)->step(c, s);
	if (w.fd >= 0 && s->draining && c->r->in == 0 && w.until > s->drained)
		w.until = s->drained;
	return w;
}
