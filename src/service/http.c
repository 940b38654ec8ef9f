/*
 * The road of a request: send what is owed, then parse, decide and emit as
 * many as fit, then read more.
 */
#include "service/conn.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hook.h"
#include "os/memory.h"
#include "access.h"
#include "app.h"
#include "http_record.h"
#include "http_state.h"
#include "pages.h"
#include "reply.h"
#include "service/registry.h"
#include "services.h"
#include "status.h"
#include "stream/input.h"
#include "stream/output.h"

enum {
	DAY_MS = 86400000,
	STEP_BYTES = 4 << 20, /* sent in one step, then the others' turn */
	TURN_MS = 1,	      /* a listing goes on so soon, read or not */
	LOOK_MS = 5 /* ... and one that waits for another's looks so soon */
};

static int
http_open(struct serving *s)
{
	size_t size = sizeof(struct http) +
		      (size_t)s->journal->records * sizeof(struct http_client);
	struct http *http = memory_private(size);

	s->own[service_http.id] = http;
	if (http == NULL)
		return -1;
	http->size = size;
	http->date_of = -1;
	/* One client alone seldom asks twice for the same. */
	if (s->budget == NULL) {
		http->cache = cache_new();
		if (http->cache == NULL)
			return -1;
	}
	return 0;
}

static void
http_tend(struct serving *s, int64_t now)
{
	struct http *http = http_in(s);

	if (http == NULL)
		return;
	if (http->cache != NULL)
		cache_expire(http->cache, now);
	pages_expire(s, now);
}

static void
http_shut(struct serving *s)
{
	struct http *http = http_in(s);

	if (http == NULL)
		return;
	app_shut(http->app);
	pages_free(s);
	cache_free(http->cache);
	memory_drop(http, http->size);
	s->own[service_http.id] = NULL;
}

/* From its low bits; not more than a day ago. */
static int64_t
when(uint32_t low, int64_t now)
{
	const uint32_t ago = (uint32_t)now - low;

	return ago < DAY_MS && ago < now ? now - ago : now;
}

/* Binds the client to its part of what the process keeps. */
static void
http_attach(struct conn *c, struct serving *s)
{
	struct http_client *client =
	    &http_in(s)->client[journal_index(s->journal, c->r)];

	client->page = 0;
	client->busy = false;
	client->knocked = 0;
	client->waits = 0;
	client->held = 0;
	client->asked = 0;
	client->began = 0;
	if (!http_now(c->r)->taking &&
	    (c->r->out < answer_now(c->r)->file_end || http_has_more(c->r)))
		client->began = when(http_now(c->r)->began, s->now);
	request_init(&client->request);
	c->own = client;
	if (http_now(c->r)->taking)
		app_hold_again(c, s);
}

/* Sends what is owed. */
static enum result
flush(struct conn *c, struct serving *s)
{
	struct record *r = c->r;
	int64_t quota = STEP_BYTES, want;
	ssize_t n;

	for (;;) {
		if (r->out == answer_now(r)->file_end) {
			if (!http_has_more(r))
				break;
			if (emit_more(c, s) != 0)
				return BROKEN;
		}
		if (quota <= 0)
			return BLOCKED;
		n = output_send(s->journal, r, quota, &want);
		if (n < 0)
			return errno == EAGAIN ? BLOCKED : BROKEN;
		if (n == 0) /* truncated: it cannot be made whole */
			return BROKEN;
		quota -= n;
		conn_count(c, s, COUNT_BYTES_OUT, (uint64_t)n);
		r->deadline = s->now + s->config->idle_timeout;
		if (n < want)
			return BLOCKED;
	}
	output_settle(s->journal, r, false);
	emit_end(c, s);
	return GO_ON;
}

/* Drops what has come of a request's body. Where the next request begins
 * behind one that is broken is not known, and the end of one that is too long
 * is not waited for: what is owed is sent, and that is the end. */
static enum result
drop_body(struct conn *c, struct serving *s)
{
	const uint64_t most = (uint64_t)s->config->max_body;
	struct answer *next;
	struct body *body;
	size_t len, taken;
	int status;
	char *p;

	if (http_now(c->r)->body.state == BODY_DONE)
		return GO_ON;
	if (answer_now(c->r)->parsed == c->r->in)
		return HUNGRY;
	p = input_at(
	    s->journal, c->r, answer_now(c->r)->parsed, c->r->in, &len);
	next = answer_begin(c->r);
	body = &http_of(next)->body;
	status = body_feed(body, p, len, &taken);
	next->parsed += (int64_t)taken;
	if (status != 0 || body->all > most || (uint64_t)body->left > most)
		next->last = next->linger = 1;
	answer_commit(c->r);
	return http_now(c->r)->body.state == BODY_DONE ? GO_ON : HUNGRY;
}

/* Parses and answers one request, if there is a whole one. */
static enum result
answer_one(struct conn *c, struct serving *s, int overdue)
{
	struct record *r = c->r;
	int64_t parsed = answer_now(r)->parsed;
	struct reply reply;
	int status = 0;
	size_t len = 0;
	char *p = NULL;

	if (parsed < r->in) {
		p = input_at(s->journal, r, parsed, r->in, &len);
		status = request_parse(
		    &client_of(c)->request, p, len, &s->config->limits);
	}
	if (status == 0 && overdue == 0)
		return HUNGRY;
	if (status == 0)
		status = overdue;
	if (client_of(c)->asked == 0)
		client_of(c)->asked = s->now;
	if (!decide(&reply, c, s, p, status))
		return BUSY;
	if (reply.route != NULL)
		return app_answer(c, s, &reply, p);
	if (status >= 400)
		return answer_with(c, s, &reply, p, len, r->in);
	len = client_of(c)->request.head_len;
	return answer_with(c, s, &reply, p, len, parsed + (int64_t)len);
}

/* Answers what has come, until a file or an end is owed or no room is left. */
static enum result
answer_all(struct conn *c, struct serving *s, int overdue)
{
	enum result result;

	do {
		if (answer_now(c->r)->last)
			return GO_ON;
		if (http_now(c->r)->taking) {
			result = app_take(c, s, overdue);
		} else {
			result = drop_body(c, s);
			if (result == GO_ON && !answer_now(c->r)->last)
				result = answer_one(c, s, overdue);
		}
		overdue = 0;
	} while (result == GO_ON && answer_now(c->r)->file_fd < 0 &&
		 !http_has_more(c->r));
	return result;
}

/* Has nothing come of the next request? */
static bool
is_idle(const struct record *r)
{
	return answer_now(r)->parsed == r->in && !http_now(r)->taking;
}

/* Nothing is owed: sets the deadline for what the client is to send next. The
 * time counts from when something `moved`, for a head from when it `begins`. A
 * step that finds nothing new gives the client no more time; but less, if the
 * worker died before it had set this deadline. */
static void
set_patience(struct conn *c, struct serving *s, bool moved, bool begins)
{
	const struct service_config *config = s->config;
	struct record *r = c->r;
	int64_t patience = http_patience(r, config);

	if (http_now(r)->body.state == BODY_DONE &&
	    r->in != answer_now(r)->parsed) {
		patience = config->header_timeout;
		moved = begins;
	}
	if (moved || r->deadline > s->now + patience)
		r->deadline = s->now + patience;
}

/* While a listing is made: the connection is stepped again when the others have
 * had their turn, even if the client does not take what was sent before, since
 * other clients may wait for the same listing. */
static struct wait
take_turns(const struct conn *c, const struct serving *s)
{
	struct wait w = conn_wait(c, client_of(c)->busy ? POLLOUT : 0);

	w.until = s->now + (client_of(c)->busy ? TURN_MS : LOOK_MS);
	return w;
}

/* Receives. *all: nothing is left to. False if the connection is broken. */
static bool
read_on(struct conn *c, struct serving *s, bool *all, bool idle)
{
	int64_t n = conn_receive(c, s, all);

	if (n < 0 && errno != EAGAIN)
		return false;
	if (n < 0)
		*all = true;
	else
		set_patience(c, s, n > 0, n > 0 && idle);
	return true;
}

/* All that was owed of the last answer is sent. True: that was all of it, and
 * *w says what comes now; false: another piece of it is owed. */
static bool
end(struct conn *c, struct serving *s, struct wait *w)
{
	const struct record *r = c->r;
	int more = 0;

	if (http_now(r)->streams) {
		more = status_stream(c, s);
		*w = more < 0 ? conn_done() : status_await(c);
	} else {
		*w = conn_finish(c, s,
		    answer_now(r)->linger || answer_now(r)->parsed < r->in);
	}
	return more <= 0;
}

static struct wait
http_step(struct conn *c, struct serving *s)
{
	struct record *r = c->r;
	bool all = r->eof, fresh = r->deadline == CLOCK_NEVER;
	int64_t out = r->out, parsed;
	enum result result;
	bool idle, late;
	struct wait w;

	if (c->own == NULL)
		http_attach(c, s);
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
			/* The client does not take its answer yet: others may
			 * wait for the place of the listing that it asked
			 * for next. */
			pages_leave(c, s);
			return conn_wait(c, POLLOUT);
		}
		if (answer_now(r)->last && end(c, s, &w))
			return w;
		if (answer_now(r)->last)
			continue;
		idle = is_idle(r);
		if (late && idle)
			return conn_done();
		parsed = answer_now(r)->parsed;
		result = answer_all(c, s, late ? 408 : 0);
		if (result == BROKEN)
			return conn_done();
		if (r->out < answer_now(r)->file_end || answer_now(r)->last)
			continue;
		if (result == BUSY) {
			r->deadline = s->now + s->config->idle_timeout;
			return take_turns(c, s);
		}
		if (input_make_room(s->journal, r) != 0 ||
		    (r->eof && result == HUNGRY))
			return conn_done();
		idle = is_idle(r);
		set_patience(c, s,
		    r->out > out || answer_now(r)->parsed > parsed,
		    r->out > out);
		out = r->out;
		if (conn_may_leave(c, s) && idle)
			return conn_finish(c, s, true);
		if (all)
			return conn_wait(c, POLLIN);
		if (!read_on(c, s, &all, idle))
			return conn_done();
	}
}

static void
http_close(struct conn *c, struct serving *s)
{
	pages_leave(c, s);
	if (c->own != NULL) {
		app_hold(c, s, 0);
		emit_end(c, s);
	}
	/* An answer that was cut off gets its line as well. */
	if (c->r->log_buf >= 0)
		access_write(c, s, true);
}

/* Yes if the client is idle, has sent a part of a head, or sends a body that
 * was answered already. */
static bool
http_yields(const struct conn *c)
{
	const struct http_client *client = client_of(c);

	return (client == NULL || (client->page == 0 && client->waits == 0)) &&
	       !http_now(c->r)->taking &&
	       c->r->out >= answer_now(c->r)->file_end;
}

static bool
status_reached(const struct service_config *config)
{
	return config->status != NULL;
}

static bool
http_reached(const struct service_config *config)
{
	return config->first->guesses;
}

/* What both do alike. */
#define CONVERSES                                                          \
	.step = http_step, .close = http_close, .owed = http_owed,         \
	.busy = http_busy, .plausible = http_plausible, .asks = http_asks, \
	.yields = http_yields, .patience = http_patience

const struct service service_http = {
    .name = "http",
    .id = SPEAKS_HTTP,
    .open = http_open,
    .tend = http_tend,
    .shut = http_shut,
    .reached = http_reached,
    .kept = app_kept,
    .blames = http_blames,
    CONVERSES,
};

/* The same for the status: with a site of its own, and in the memory that http
 * has made. */
const struct service service_status = {
    .name = "status",
    .id = SPEAKS_STATUS,
    .hidden = true,
    .apart = true,
    .reached = status_reached,
    CONVERSES,
};
