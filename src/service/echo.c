/*
 * The echo: the answer stream is the request stream, up to a line `exit`.
 *
 * Bytes that may yet turn out to be that line are held back for a moment,
 * since it is not echoed. The state of the line is one byte, kept in the
 * record in one word with the offset it belongs to:
 *
 *   bits 0-2  how much of "exit\r" the line so far is; NO_MATCH if it is
 *             something else
 *   bit  3    the candidate began not with a line but with a segment: all
 *             before it had been echoed when it came ("sent alone")
 *   bits 4-6  how much of the candidate was echoed after all, since nothing
 *             followed it for SILENCE_MS
 */
#include "service/conn.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "base/clock.h"
#include "base/hook.h"
#include "services.h"

enum {
	STEP_BYTES = 4 * BUFFER_BYTES, /* then it is the others' turn */
	WORD = 4,		       /* length of "exit" */
	NO_MATCH = 7,
	UNUSED_BIT = 1 << 7,
	COMMAND = '!' /* begins a command of the laboratory */
};

static const char exit_line[] = "exit\r";

struct line {
	int64_t at; /* offset of the next byte to look at */
	int match;
	int alone;
	int told; /* bytes of the candidate echoed already */
};

static struct line
line_load(const struct record *r)
{
	struct line l;

	l.at = (int64_t)(r->scan >> 8);
	l.match = (int)(r->scan & 7);
	l.alone = (int)(r->scan >> 3 & 1);
	l.told = (int)(r->scan >> 4 & 7);
	return l;
}

static void
line_store(struct record *r, const struct line *l)
{
	r->scan = (uint64_t)l->at << 8 | (uint64_t)l->told << 4 |
		  (uint64_t)l->alone << 3 | (uint64_t)l->match;
}

/* Up to where the echo may go: before what is held. */
static int64_t
line_limit(const struct line *l)
{
	return l->match == NO_MATCH ? l->at : l->at - l->match + l->told;
}

bool
echo_is_plausible(const struct record *r)
{
	struct line l = line_load(r);

	/* After its end the line is of no interest. */
	if (r->end != -1)
		return r->out <= r->end && r->end <= r->in;
	if ((r->scan & UNUSED_BIT) != 0 || l.told > l.match ||
	    (l.alone && l.told > 0))
		return false;
	if (l.match == NO_MATCH ? l.alone || l.told > 0 : l.match > WORD + 1)
		return false;
	return r->out <= line_limit(&l) && l.at <= r->in;
}

static void
line_restart(struct line *l, int match)
{
	l->match = match;
	l->alone = 0;
	l->told = 0;
}

/* Looks at bytes[0..len), in a demo not beyond a line that is a command.
 * Returns true if the line `exit` ended there. */
static bool
line_scan(struct line *l, const char *bytes, size_t len, bool demo)
{
	const char *p = bytes, *end = bytes + len;

	while (p < end) {
		if (l->match == NO_MATCH) {
			/* The common case: on to the next line. */
			const char *newline =
			    memchr(p, '\n', (size_t)(end - p));

			if (newline == NULL) {
				p = end;
				break;
			}
			p = newline + 1;
			line_restart(l, 0);
			continue;
		}
		if (demo && *p == COMMAND && l->match == 0)
			break;
		if (*p == '\n') {
			if (l->match >= WORD && !l->alone) {
				l->at += p - bytes;
				return true;
			}
			line_restart(l, 0);
		} else if (l->match <= WORD && *p == exit_line[l->match]) {
			l->match++;
		} else {
			line_restart(l, NO_MATCH);
		}
		p++;
	}
	l->at += p - bytes;
	return false;
}

/* Looks at all that came since the last time. */
static void
scan_new(struct conn *c, struct serving *s)
{
	struct record *r = c->r;
	struct line l = line_load(r);
	bool ended = false;
	int64_t before;
	size_t len;
	char *p;

	if (r->end >= 0)
		return;
	if (l.at >= r->in) {
		/* A death may have come before it was set. */
		if (r->hold == CLOCK_NEVER && line_limit(&l) < l.at)
			r->hold = s->now + SILENCE_MS;
		return;
	}
	p = conn_input(c, s, l.at, r->in, &len);
	/* In the middle of a line, but all before it is answered. */
	if (l.match == NO_MATCH && r->out == l.at && *p == exit_line[0]) {
		line_restart(&l, 0);
		l.alone = 1;
	}
	while (!ended && l.at < r->in) {
		p = conn_input(c, s, l.at, r->in, &len);
		before = l.at;
		ended = line_scan(&l, p, len, s->config->demo);
		if (l.at - before < (int64_t)len)
			break; /* at `exit` or at a command */
	}
	if (ended) {
		HOOK("exit");
		r->end = line_limit(&l);
	} else {
		line_store(r, &l);
	}
	r->hold = line_limit(&l) < l.at ? s->now + SILENCE_MS : CLOCK_NEVER;
}

/* Is a command next, and all before it answered? */
static bool
is_command(const struct conn *c, const struct serving *s)
{
	const struct record *r = c->r;
	struct line l = line_load(r);
	size_t len;

	return s->config->demo && r->end < 0 && l.match == 0 &&
	       r->out == l.at && l.at < r->in &&
	       *conn_input(c, s, l.at, r->in, &len) == COMMAND;
}

/* Silence, or the end of what the client sends: decide what is held. */
static void
decide_held(struct record *r)
{
	struct line l = line_load(r);

	r->hold = CLOCK_NEVER;
	if (r->end >= 0 || line_limit(&l) == l.at)
		return;
	if (l.match >= WORD && l.told == 0) {
		r->end = line_limit(&l);
		return;
	}
	if (l.alone)
		line_restart(&l, NO_MATCH);
	else
		l.told = l.match;
	line_store(r, &l);
}

/* Up to where the echo may go now. */
static int64_t
limit(const struct record *r)
{
	struct line l;

	if (r->end >= 0)
		return r->end;
	l = line_load(r);
	return line_limit(&l);
}

/* Sends what may be sent. 0; -1 with errno. */
static int
send_some(struct conn *c, struct serving *s)
{
	struct record *r = c->r;
	int64_t until = limit(r);
	ssize_t n;
	size_t len;
	char *p;

	while (r->out < until) {
		p = conn_input(c, s, r->out, until, &len);
		n = socket_send(r->fd, p, len, false);
		if (n < 0)
			return -1;
		HOOK("echoed");
		r->out += n;
		s->bytes_out += (uint64_t)n;
		r->deadline = s->now + s->config->idle_timeout;
		if ((size_t)n < len) {
			errno = EAGAIN;
			return -1;
		}
	}
	return 0;
}

static struct wait
wait_for(const struct conn *c, bool blocked)
{
	const struct record *r = c->r;
	struct wait w;

	/* While the client does not read, nothing more is read from it: it
	 * costs this buffer and no more. */
	w = conn_wait(c, blocked ? POLLOUT : r->eof ? 0 : POLLIN);
	if (!blocked && r->hold < w.until)
		w.until = r->hold;
	return w;
}

static struct wait
echo_step(struct conn *c, struct serving *s)
{
	struct record *r = c->r;
	int64_t quota = STEP_BYTES, n;
	bool all = false, blocked = false;

	if (r->deadline == CLOCK_NEVER)
		r->deadline = s->now + s->config->idle_timeout;
	for (;;) {
		scan_new(c, s);
		if (r->eof)
			decide_held(r);
		if (send_some(c, s) != 0) {
			if (errno != EAGAIN)
				return conn_done();
			blocked = true;
		}
		if (is_command(c, s) && demo_begin(c, s, r->out))
			return service_demo.step(c, s);
		if (r->end >= 0 && r->out == r->end)
			return conn_finish(c, s, true);
		if (r->in == r->out)
			journal_release(s->journal, &r->in_buf);
		if (r->eof && r->in == r->out)
			return conn_done();
		if (r->eof || r->end >= 0 || blocked || all || quota <= 0)
			break;
		n = conn_receive(c, s, &all);
		if (n < 0 && errno != EAGAIN)
			return conn_done();
		if (n < 0 && s->now < r->hold)
			break;
		if (n < 0) {
			/* Only now is it sure that there was silence. */
			decide_held(r);
			all = true;
			continue;
		}
		quota -= n;
		if (n > 0)
			r->deadline = s->now + s->config->idle_timeout;
	}
	if (s->now >= r->deadline)
		return conn_done();
	if (conn_may_leave(c, s) && r->in == r->out)
		return conn_finish(c, s, true);
	if (r->in == r->out)
		journal_release(s->journal, &r->in_buf);
	return wait_for(c, blocked);
}

const struct service service_echo = {.name = "echo", .step = echo_step};
