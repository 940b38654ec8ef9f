/*
 * The road of a request: send what is owed, then parse, decide and emit as
 * many as fit, then read more.
 */
#include "service/conn.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hook.h"
#include "access.h"
#include "os/file.h"
#include "reply.h"
#include "services.h"

enum {
	STEP_BYTES = 4 << 20, /* sent in one step, then the others' turn */
	TURN_MS = 1,	      /* a listing goes on so soon, read or not */
	LOOK_MS = 5 /* ... and who waits for another's looks so soon */
};

/* What became of an attempt to do something. */
enum result { GO_ON, BLOCKED, BROKEN, HUNGRY, BUSY };

static const struct answer *
current(const struct conn *c)
{
	return &c->r->answer[c->r->half];
}

/* Is there more of the body than what is owed of it by now? */
static bool
has_more(const struct conn *c)
{
	return current(c)->part != 0 || current(c)->plan_fd >= 0;
}

static struct answer *
spare(struct conn *c)
{
	struct answer *next = &c->r->answer[!c->r->half];

	*next = *current(c);
	return next;
}

static void
commit(struct conn *c)
{
	atomic_signal_fence(memory_order_seq_cst);
	c->r->half = !c->r->half;
}

/* All is sent: lets go of the buffer and the file. */
static void
settle(struct conn *c, struct serving *s)
{
	int file = current(c)->file_fd;
	struct answer *next;

	if (file >= 0) {
		next = spare(c);
		next->file_fd = -1;
		next->mem_end = c->r->out;
		commit(c);
		HOOK("settled");
		(void)close(file);
	}
	journal_release(s->journal, &c->r->out_buf);
}

/* Sends once: from memory, or from the file. As send(2); *want: how much it
 * might have been. 0: the file is shorter than it was. */
static ssize_t
send_some(struct conn *c, struct serving *s, int64_t quota, int64_t *want)
{
	struct record *r = c->r;
	const struct answer *a = current(c);

	if (r->out < a->mem_end) {
		*want = a->mem_end - r->out;
		return socket_send(r->fd,
		    journal_data(s->journal, r->out_buf) +
			(r->out - s->journal->base[r->out_buf]),
		    (size_t)*want, a->file_end > a->mem_end);
	}
	*want = a->file_end - r->out;
	if (*want > quota)
		*want = quota;
	return file_send(
	    r->fd, a->file_fd, a->file_off + (r->out - a->mem_end), *want);
}

/* Sends what is owed. */
static enum result
flush(struct conn *c, struct serving *s)
{
	struct record *r = c->r;
	int64_t quota = STEP_BYTES, want;
	ssize_t n;

	for (;;) {
		if (r->out == current(c)->file_end) {
			if (!has_more(c))
				break;
			if (emit_more(c, s) != 0)
				return BROKEN;
		}
		if (quota <= 0)
			return BLOCKED;
		n = send_some(c, s, quota, &want);
		if (n < 0)
			return errno == EAGAIN ? BLOCKED : BROKEN;
		if (n == 0) /* truncated: it cannot be made whole */
			return BROKEN;
		HOOK("sent");
		r->out += n;
		quota -= n;
		s->bytes_out += (uint64_t)n;
		r->deadline = s->now + s->config->idle_timeout;
		if (n < want)
			return BLOCKED;
	}
	settle(c, s);
	return GO_ON;
}

/* Drops what has come of a request's body. Where the next request begins in
 * one that is broken nobody knows, and nobody waits for the end of one that is
 * too long: what is owed is sent, and that is the end. */
static enum result
drop_body(struct conn *c, struct serving *s)
{
	const uint64_t most = (uint64_t)s->config->max_body;
	struct answer *next;
	size_t len, taken;
	int status;
	char *p;

	if (current(c)->body.state == BODY_DONE)
		return GO_ON;
	if (current(c)->parsed == c->r->in)
		return HUNGRY;
	p = conn_input(c, s, current(c)->parsed, c->r->in, &len);
	next = spare(c);
	status = body_feed(&next->body, p, len, &taken);
	next->parsed += (int64_t)taken;
	if (status != 0 || next->body.all > most ||
	    (uint64_t)next->body.left > most)
		next->last = next->linger = 1;
	commit(c);
	return current(c)->body.state == BODY_DONE ? GO_ON : HUNGRY;
}

/* Makes what is left of the request stream begin a buffer of its own, since
 * a head must lie in one piece and bytes never move in place. */
static int
make_room(struct conn *c, struct serving *s)
{
	struct record *r = c->r;
	int64_t parsed = current(c)->parsed;
	int32_t old = r->in_buf, fresh;
	size_t len;
	char *p;

	if (old < 0)
		return 0;
	if (parsed == r->in) {
		journal_release(s->journal, &r->in_buf);
		return 0;
	}
	if (r->in - s->journal->base[old] < BUFFER_BYTES ||
	    s->journal->base[old] == parsed)
		return 0;
	fresh = journal_buffer(s->journal, parsed);
	if (fresh < 0)
		return -1;
	p = conn_input(c, s, parsed, r->in, &len);
	memcpy(journal_data(s->journal, fresh), p, len);
	atomic_signal_fence(memory_order_seq_cst);
	r->in_buf = fresh;
	journal_release(s->journal, &old);
	return 0;
}

/* Parses and answers one request, if there is a whole one. */
static enum result
answer_one(struct conn *c, struct serving *s, int overdue)
{
	struct record *r = c->r;
	int64_t parsed = current(c)->parsed;
	struct reply reply;
	int status = 0;
	size_t len = 0;
	char *p = NULL;

	if (parsed < r->in) {
		p = conn_input(c, s, parsed, r->in, &len);
		status = request_parse(&c->request, p, len, &s->config->limits);
	}
	if (status == 0 && overdue == 0)
		return HUNGRY;
	if (status == 0)
		status = overdue;
	if (!decide(&reply, c, s, p, status))
		return BUSY;
	/* No room behind what is owed already: when that is sent, again. */
	if (!access_has_room(c, s) ||
	    (r->out_buf >= 0 && current(c)->mem_end -
					s->journal->base[r->out_buf] +
					emit_size(&reply) >
				    BUFFER_BYTES)) {
		if (reply.file >= 0)
			(void)close(reply.file);
		return BLOCKED;
	}
	reply.head = p;
	reply.head_len = status < 400 ? c->request.head_len : len;
	if (emit(c, s, &reply,
		status < 400 ? parsed + c->request.head_len : r->in) != 0)
		return BROKEN;
	HOOK("answered");
	request_init(&c->request);
	return GO_ON;
}

/* Answers what has come, until a file or an end is owed or no room is left. */
static enum result
answer_all(struct conn *c, struct serving *s, int overdue)
{
	enum result result;

	do {
		if (current(c)->last)
			return GO_ON;
		result = drop_body(c, s);
		if (result == GO_ON && !current(c)->last)
			result = answer_one(c, s, overdue);
		overdue = 0;
	} while (result == GO_ON && current(c)->file_fd < 0 && !has_more(c));
	return result;
}

/* How long there is for what comes next, once nothing is owed. That counts from
 * when something `moved`, and for a head from when it `begins`: a step that
 * finds nothing new, after a death or for no reason, gives nobody more time,
 * but less if a death came before the deadline was set. */
static void
set_patience(struct conn *c, struct serving *s, bool moved, bool begins)
{
	const struct service_config *config = s->config;
	struct record *r = c->r;
	int64_t patience;

	if (current(c)->body.state != BODY_DONE) {
		patience = config->idle_timeout;
	} else if (r->in == current(c)->parsed) {
		patience = config->keep_alive;
	} else {
		patience = config->header_timeout;
		moved = begins;
	}
	if (moved || r->deadline > s->now + patience)
		r->deadline = s->now + patience;
}

/* It is our turn again as soon as all others had theirs; also if the client
 * does not take what was sent before, for others wait until this is made. */
static struct wait
take_turns(const struct conn *c, const struct serving *s)
{
	struct wait w = conn_wait(c, c->busy ? POLLOUT : 0);

	w.until = s->now + (c->busy ? TURN_MS : LOOK_MS);
	return w;
}

static struct wait
http_step(struct conn *c, struct serving *s)
{
	struct record *r = c->r;
	bool all = r->eof, fresh = r->deadline == CLOCK_NEVER;
	int64_t n, out = r->out, parsed;
	enum result result;
	bool idle, late;

	if (fresh)
		set_patience(c, s, true, true);
	for (;;) {
		result = flush(c, s);
		if (r->log_buf >= 0)
			access_write(c, s, false);
		/* A due deadline counts once there is nothing to receive. */
		late = all && s->now >= r->deadline;
		if (result == BROKEN ||
		    (result == BLOCKED && s->now >= r->deadline))
			return conn_done();
		if (result == BLOCKED) {
			/* Others may wait for the place of what it asked for
			 * and does not take yet. */
			pages_leave(c, s);
			return conn_wait(c, POLLOUT);
		}
		if (current(c)->last)
			return conn_finish(c, s,
			    current(c)->linger || current(c)->parsed < r->in);
		idle = current(c)->parsed == r->in;
		if (late && idle)
			return conn_done();
		parsed = current(c)->parsed;
		result = answer_all(c, s, late ? 408 : 0);
		if (result == BROKEN)
			return conn_done();
		if (r->out < current(c)->file_end || current(c)->last)
			continue;
		if (result == BUSY) {
			r->deadline = s->now + s->config->idle_timeout;
			return take_turns(c, s);
		}
		if (make_room(c, s) != 0 || (r->eof && result == HUNGRY))
			return conn_done();
		idle = current(c)->parsed == r->in;
		set_patience(c, s, r->out > out || current(c)->parsed > parsed,
		    r->out > out);
		out = r->out;
		if (conn_may_leave(c, s) && idle)
			return conn_finish(c, s, true);
		if (all)
			return conn_wait(c, POLLIN);
		n = conn_receive(c, s, &all);
		if (n < 0 && errno != EAGAIN)
			return conn_done();
		if (n < 0) {
			all = true;
			continue;
		}
		set_patience(c, s, n > 0, n > 0 && idle);
	}
}

const struct service service_http = {.name = "http", .step = http_step};
