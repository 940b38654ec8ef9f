/*
 * served - prefork with a service more: each line comes back as an answer that
 * was rendered, and a line `exit` ends it. It is all that a service has to be:
 *
 *	PREFORK=tests/sweep/served scripts/sweep echo
 */
#include <errno.h>
#include <poll.h>
#include <string.h>

#include "../served.h"
#include "service/config.h"
#include "service/conn.h"
#include "stream/input.h"
#include "stream/output.h"

/* Answers a line. 1: it did; 0: there is none; -1: there is no room. */
static int
answer(struct journal *j, struct record *r)
{
	int64_t from = answer_now(r)->parsed;
	const char *p, *end;
	size_t len, n;

	if (from == r->in)
		return 0;
	p = input_at(j, r, from, r->in, &len);
	end = memchr(p, '\n', len);
	if (end == NULL)
		return len < 1024 ? 0 : -1;
	n = (size_t)(end - p) + 1;
	if (n == 5 && memcmp(p, "exit", 4) == 0)
		return output_push(j, r, "", 0, from + 5, true) == 0 ? 1 : -1;
	return output_push(j, r, p, n, from + (int64_t)n, false) == 0 ? 1 : -1;
}

static struct wait
lines_step(struct conn *c, struct serving *s)
{
	struct record *r = c->r;
	int64_t want;
	bool all = false;
	int answered;

	r->deadline = s->now + s->config->idle_timeout;
	for (;;) {
		while (r->out < answer_now(r)->mem_end)
			if (output_send(s->journal, r, 0, &want) < 0)
				return errno == EAGAIN ? conn_wait(c, POLLOUT)
						       : conn_done();
		output_settle(s->journal, r, false);
		if (answer_now(r)->last)
			return conn_finish(c, s, true);
		answered = answer(s->journal, r);
		if (answered > 0)
			continue;
		if (answered < 0 || r->eof || conn_may_leave(c, s) ||
		    input_make_room(s->journal, r) != 0)
			return conn_done();
		if (all)
			return conn_wait(c, POLLIN);
		if (conn_receive(c, s, &all) < 0 && errno != EAGAIN)
			return conn_done();
	}
}

static int64_t
lines_owed(const struct record *r, int64_t consumed)
{
	const struct answer *a = answer_now(r);

	return a->last || consumed <= a->parsed ? a->mem_end : INT64_MAX;
}

static bool
lines_busy(const struct record *r)
{
	return r->out < answer_now(r)->mem_end;
}

static bool
lines_plausible(const struct record *r)
{
	return answer_now(r)->file_fd < 0 && answer_now(r)->own_fd < 0;
}

static const struct service lines = {
    .name = "lines",
    .id = 9,
    .direct = true,
    .step = lines_step,
    .owed = lines_owed,
    .retained = record_unanswered,
    .busy = lines_busy,
    .plausible = lines_plausible,
};

int
main(int argc, char **argv)
{
	return served_main(&lines, argc, argv);
}
