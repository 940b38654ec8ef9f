#include "service/conn.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/hook.h"
#include "access.h"

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

void
conn_attach(struct conn *c, struct record *r)
{
	c->r = r;
	c->page = 0;
	c->busy = false;
	c->waits = 0;
	request_init(&c->request);
}

struct wait
conn_wait(const struct conn *c, short events)
{
	struct wait w = {c->r->fd, events, c->r->deadline};

	return w;
}

struct wait
conn_done(void)
{
	struct wait w = {-1, 0, 0};

	return w;
}

void
conn_drop(struct conn *c, struct serving *s)
{
	pages_leave(c, s);
	/* An answer that was broken off has its line too. */
	if (c->r->log_buf >= 0)
		access_write(c, s, true);
	journal_drop(s->journal, c->r);
	c->r = NULL;
}

int64_t
conn_receive(struct conn *c, struct serving *s, bool *all)
{
	struct record *r = c->r;
	size_t at, room;
	int64_t used;
	ssize_t n;

	*all = true;
	if (r->in_buf < 0) {
		int32_t buffer = journal_buffer(s->journal, r->in);

		if (buffer < 0) {
			errno = EAGAIN;
			return -1;
		}
		r->in_buf = buffer;
	}
	used = r->in - s->journal->base[r->in_buf];
	at = (size_t)(used & (BUFFER_BYTES - 1));
	/* An echo uses the buffer as a ring: what has been sent is room. */
	if (r->speaks == SPEAKS_ECHO)
		room = (size_t)(BUFFER_BYTES - (r->in - r->out));
	else
		room = (size_t)(BUFFER_BYTES - used);
	if (room > BUFFER_BYTES - at)
		room = BUFFER_BYTES - at;
	if (room == 0) {
		errno = EAGAIN;
		return -1;
	}
	n = recv(r->fd, journal_data(s->journal, r->in_buf) + at, room, 0);
	if (n < 0)
		return -1;
	HOOK("received");
	if (n == 0) {
		r->eof = 1;
		return 0;
	}
	r->in += n;
	s->bytes_in += (uint64_t)n;
	*all = (size_t)n < room;
	return n;
}

char *
conn_input(const struct conn *c, const struct serving *s, int64_t x,
    int64_t end, size_t *len)
{
	int64_t base = s->journal->base[c->r->in_buf];
	size_t at = (size_t)((x - base) & (BUFFER_BYTES - 1));

	*len = BUFFER_BYTES - at;
	if (end - x < (int64_t)*len)
		*len = (size_t)(end - x);
	return journal_data(s->journal, c->r->in_buf) + at;
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
	journal_release(s->journal, &r->in_buf);
	journal_release(s->journal, &r->out_buf);
	return conn_wait(c, POLLIN);
}

bool
conn_is_busy(const struct conn *c)
{
	const struct record *r = c->r;
	const struct answer *a = &r->answer[r->half];

	if (r->phase == PHASE_LINGER)
		return true;
	if (r->speaks == SPEAKS_AUTO)
		return false;
	if (r->speaks == SPEAKS_ECHO)
		return r->out < r->in;
	return r->out < a->file_end || a->body.state != BODY_DONE;
}

bool
conn_gives_way(const struct conn *c)
{
	const struct record *r = c->r;

	if (r->phase == PHASE_LINGER || r->speaks == SPEAKS_AUTO)
		return true;
	return r->speaks == SPEAKS_HTTP && c->page == 0 && c->waits == 0 &&
	       r->out >= r->answer[r->half].file_end;
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
	const int64_t latest = s->now + s->config->keep_alive;

	if (r->speaks != SPEAKS_HTTP ||
	    r->answer[r->half].body.state != BODY_DONE || r->deadline <= latest)
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
	w = services[c->r->speaks]->step(c, s);
	if (w.fd >= 0 && s->draining && c->r->in == 0 && w.until > s->drained)
		w.until = s->drained;
	return w;
}
