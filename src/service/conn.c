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
#include "stream/output.h"

/* After its last byte the server reads on. Else the kernel would answer what
 * the client still sends with a reset, which can overtake the answer (RFC 9112
 * section 9.6). Each byte gives the client a millisecond more, up to LINGER_MS
 * from now: one that sends slowly has not much more time than one that is
 * silent. */
enum {
	LINGER_MS = 30000,
	LINGER_LEAVING_MS = 1000, /* when draining, whatever comes */
	LINGER_BYTES = 64 << 20,
	LINGER_STEP = 1 << 20 /* read in one step, then the others' turn */
};

enum { STEP_BYTES = 1 << 20 }; /* sent in one step of a service that answers */

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

void
conn_count(
    const struct conn *c, struct serving *s, enum board_count what, uint64_t n)
{
	if (!service_of(c->r)->apart)
		board_tally_add(&s->tally, what, n);
}

void
conn_count_one(const struct conn *c, struct serving *s, enum board_count what)
{
	if (service_of(c->r)->apart)
		return;
	if (s->row != NULL)
		board_add(s->row, what, 1);
	else
		board_tally_add(&s->tally, what, 1);
}

int64_t
conn_receive(struct conn *c, struct serving *s, bool *all)
{
	int64_t n = input_receive(s->journal, c->r, all);

	if (n > 0)
		conn_count(c, s, COUNT_BYTES_IN, (uint64_t)n);
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

	return r->phase == PHASE_LINGER || service_busy(service_of(r), r);
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
	/* What is still in the kernel's buffers the client has not taken. */
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
	/* Silence counts only while there is a process that would hear. */
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
		conn_count(c, s, COUNT_BYTES_IN, (uint64_t)n);
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

/* Sends what is owed, up to byte `until` or so, for others have their turn
 * then. 1: all of it; 0: not yet; -1: it cannot be. */
static int
send_owed(struct conn *c, struct serving *s, int64_t until)
{
	struct record *r = c->r;
	int64_t want;
	ssize_t n;

	while (r->out < answer_now(r)->file_end) {
		if (r->out >= until)
			return 0;
		n = output_send(s->journal, r, STEP_BYTES, &want);
		if (n < 0 && errno == EAGAIN)
			return s->now < r->deadline ? 0 : -1;
		if (n <= 0)
			return -1;
		conn_count(c, s, COUNT_BYTES_OUT, (uint64_t)n);
		r->deadline = s->now + s->config->idle_timeout;
	}
	output_settle(s->journal, r, false);
	return 1;
}

/* Receives once. 0; -1: there will be no more. */
static int
receive(struct conn *c, struct serving *s, bool *all)
{
	int64_t n;

	/* A request that fills the buffer and is not whole never will be. */
	if (c->r->in - answer_now(c->r)->parsed == BUFFER_BYTES ||
	    input_make_room(s->journal, c->r) != 0)
		return -1;
	n = conn_receive(c, s, all);
	if (n > 0)
		c->r->deadline = s->now + s->config->idle_timeout;
	return n >= 0 || errno == EAGAIN ? 0 : -1;
}

/* The step of a service that only answers. */
static struct wait
answering_step(struct conn *c, struct serving *s)
{
	struct record *r = c->r;
	const int64_t until = r->out + STEP_BYTES;
	bool all = false;
	int done;

	if (r->deadline == CLOCK_NEVER || answer_now(r)->own_fd >= 0)
		r->deadline = s->now + s->config->idle_timeout;
	for (;;) {
		done = send_owed(c, s, until);
		if (done <= 0)
			return done < 0 ? conn_done() : conn_wait(c, POLLOUT);
		if (answer_now(r)->last)
			return conn_finish(c, s, answer_now(r)->linger);
		done = service_of(r)->answer(c, s);
		if (done > 0)
			continue;
		/* A deadline counts when nothing is there to be received. */
		if (done < 0 || r->eof || (all && s->now >= r->deadline))
			return conn_done();
		if (conn_may_leave(c, s) && answer_now(r)->parsed == r->in)
			return conn_finish(c, s, true);
		if (all)
			break;
		if (receive(c, s, &all) != 0)
			return conn_done();
	}
	if (answer_now(r)->parsed == r->in)
		input_release(s->journal, r);
	return conn_wait_own(c, POLLIN, answer_now(r)->own_fd < 0 ? 0 : POLLIN);
}

struct wait
conn_step(struct conn *c, struct serving *s)
{
	const struct service *service = service_of(c->r);
	struct wait w;

	if (c->r->phase == PHASE_LINGER)
		return linger(c, s);
	w = service->step != NULL ? service->step(c, s) : answering_step(c, s);
	if (w.fd >= 0 && s->draining && c->r->in == 0 && w.until > s->drained)
		w.until = s->drained;
	return w;
}
