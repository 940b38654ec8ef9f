/*
 * The echo: the answer stream is the request stream, up to a line `exit`.
 *
 * Bytes that may yet turn out to be that line are held back for a moment,
 * since it is not echoed. The state of the line is one byte, kept in the
 * record in one number with the offset it belongs to, so that one store changes
 * both:
 *
 *   bits 0-2  how much of "exit\r" the line so far is; NO_MATCH if it is
 *             something else
 *   bit  3    the candidate began not with a line but with a segment: all
 *             before it had been echoed when it came ("sent alone")
 *   bits 4-6  how much of the candidate was echoed after all, since nothing
 *             followed it for SILENCE_MS
 *   bit  7    there it ends: the offset is that where the echo stops, and the
 *             other bits are 0
 */
#include "service/conn.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "base/clock.h"
#include "base/hook.h"
#include "service/config.h"
#include "service/registry.h"
#include "services.h"
#include "stream/input.h"
#include "stream/output.h"

enum {
	STEP_BYTES = 4 * BUFFER_BYTES, /* then it is the others' turn */
	WORD = 4,		       /* length of "exit" */
	NO_MATCH = 7,
	END_BIT = 1 << 7,
	COMMAND = '!' /* begins a command of the laboratory */
};

static const char exit_line[] = "exit\r";

/* What the record has for an echo. */
struct echo {
	uint64_t scan; /* offset looked at << 8 | line state */
};

_Static_assert(sizeof(struct echo) <= RECORD_OWN, "an echo's own");

static struct echo *
echo_of(struct record *r)
{
	return (struct echo *)(void *)r->own;
}

static uint64_t
scan_of(const struct record *r)
{
	return ((const struct echo *)(const void *)r->own)->scan;
}

/* The offset where the echo stops, -1: none is known. */
static int64_t
end_of(const struct record *r)
{
	uint64_t scan = scan_of(r);

	return scan & END_BIT ? (int64_t)(scan >> 8) : -1;
}

static void
end_at(struct record *r, int64_t end)
{
	echo_of(r)->scan = (uint64_t)end << 8 | END_BIT;
}

struct line {
	int64_t at; /* offset of the next byte to look at */
	int match;
	int alone;
	int told; /* bytes of the candidate echoed already */
};

static struct line
line_load(const struct record *r)
{
	uint64_t scan = scan_of(r);
	struct line l;

	l.at = (int64_t)(scan >> 8);
	l.match = (int)(scan & 7);
	l.alone = (int)(scan >> 3 & 1);
	l.told = (int)(scan >> 4 & 7);
	return l;
}

static void
line_store(struct record *r, const struct line *l)
{
	echo_of(r)->scan = (uint64_t)l->at << 8 | (uint64_t)l->told << 4 |
			   (uint64_t)l->alone << 3 | (uint64_t)l->match;
}

/* Up to where the echo may go: before what is held. */
static int64_t
line_limit(const struct line *l)
{
	return l->match == NO_MATCH ? l->at : l->at - l->match + l->told;
}

/* Is the line in a state that there is, and nothing sent beyond what it
 * allows? */
static bool
echo_plausible(const struct record *r)
{
	struct line l = line_load(r);
	int64_t end = end_of(r);

	if (end != -1)
		return r->out <= end && end <= r->in && l.match == 0 &&
		       l.alone == 0 && l.told == 0;
	if (l.told > l.match || (l.alone && l.told > 0))
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

	if (end_of(r) >= 0)
		return;
	if (l.at >= r->in) {
		/* The worker before may have died before it set this. */
		if (r->hold == CLOCK_NEVER && line_limit(&l) < l.at)
			r->hold = s->now + SILENCE_MS;
		return;
	}
	p = input_at(s->journal, r, l.at, r->in, &len);
	/* In the middle of a line, but all before it is answered. */
	if (l.match == NO_MATCH && r->out == l.at && *p == exit_line[0]) {
		line_restart(&l, 0);
		l.alone = 1;
	}
	while (!ended && l.at < r->in) {
		p = input_at(s->journal, r, l.at, r->in, &len);
		before = l.at;
		ended = line_scan(&l, p, len, s->config->demo);
		if (l.at - before < (int64_t)len)
			break; /* at `exit` or at a command */
	}
	if (ended) {
		HOOK("exit");
		end_at(r, line_limit(&l));
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

	return s->config->demo && end_of(r) < 0 && l.match == 0 &&
	       r->out == l.at && l.at < r->in &&
	       *input_at(s->journal, r, l.at, r->in, &len) == COMMAND;
}

/* Silence, or the end of what the client sends: decide what is held. */
static void
decide_held(struct record *r)
{
	struct line l = line_load(r);

	r->hold = CLOCK_NEVER;
	if (end_of(r) >= 0 || line_limit(&l) == l.at)
		return;
	if (l.match >= WORD && l.told == 0) {
		end_at(r, line_limit(&l));
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
	struct line l = line_load(r);

	return scan_of(r) & END_BIT ? l.at : line_limit(&l);
}

/* Sends what may be sent. 0; -1 with errno. */
static int
send_some(struct conn *c, struct serving *s)
{
	struct record *r = c->r;
	int64_t until = limit(r);
	ssize_t n;
	size_t len;

	while (r->out < until) {
		n = output_mirror(s->journal, r, until, &len);
		if (n < 0)
			return -1;
		board_tally_add(&s->tally, COUNT_BYTES_OUT, (uint64_t)n);
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
			return conn_step(c, s);
		if (r->out == end_of(r))
			return conn_finish(c, s, true);
		if (r->in == r->out)
			input_release(s->journal, r);
		if (r->eof && r->in == r->out)
			return conn_done();
		if (r->eof || end_of(r) >= 0 || blocked || all || quota <= 0)
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
		input_release(s->journal, r);
	return wait_for(c, blocked);
}

static int64_t
echo_owed(const struct record *r, int64_t consumed)
{
	int64_t end = end_of(r);

	return end >= 0 ? end : consumed;
}

static int64_t
echo_retained(const struct record *r)
{
	return r->out;
}

static bool
echo_busy(const struct record *r)
{
	return r->out < r->in;
}

static bool
echo_reached(const struct service_config *config)
{
	return config->first->guesses;
}

const struct service service_echo = {
    .name = "echo",
    .id = SPEAKS_ECHO,
    .mirrors = true,
    .step = echo_step,
    .owed = echo_owed,
    .retained = echo_retained,
    .busy = echo_busy,
    .plausible = echo_plausible,
    .reached = echo_reached,
};
