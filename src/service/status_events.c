/*
 * The stream of events, text/event-stream as HTML has it: an answer without an
 * end. What is owed of it is in the record like any answer, and when the next
 * event is due is in `hold`: so a takeover goes on with the stream, and the
 * client hears nothing of it but another process.
 */
#include "status.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "app.h"
#include "base/clock.h"
#include "base/hook.h"
#include "service/config.h"
#include "stream/input.h"
#include "stream/output.h"

enum { EVENT_MS = 250, RETRY_MS = 500 };

/* Each line of the JSON is a line of data. */
static void
put_data(struct out *o, const char *text, size_t len)
{
	const char *end;

	while (len > 0 && (end = memchr(text, '\n', len)) != NULL) {
		out_bytes(o, text, (size_t)(end - text));
		out_text(o, "\ndata: ");
		len -= (size_t)(end + 1 - text);
		text = end + 1;
	}
	out_bytes(o, text, len);
}

/* Without the end of the last line. Of more slots than fit into a buffer the
 * page asks by itself. */
static void
render(struct serving *s, struct out *o)
{
	const struct status status = status_now(s);
	struct app *app = app_of(s);

	out_text(o, "data: {\"by\": ");
	out_uint(o, (uint64_t)getpid());
	out_text(o, ", \"status\": ");
	if (app != NULL) {
		pf_clear(&app->reply);
		status_json(&app->reply, &status);
	}
	if (app != NULL && app->reply.why == NULL && app->reply.file < 0)
		put_data(o, app->reply.bytes, app->reply.stage.len - 1);
	else
		out_text(o, "null");
	out_text(o, "}\n\n");
	if (app != NULL)
		pf_clear(&app->reply);
}

static int
tell(struct conn *c, struct serving *s)
{
	struct answer *next;
	struct out o;

	if (output_open(s->journal, c->r, &o) != 0)
		return -1;
	if (c->r->hold == CLOCK_NEVER) {
		out_text(&o, "retry: ");
		out_uint(&o, RETRY_MS);
		out_text(&o, "\n");
	}
	render(s, &o);
	if (o.full)
		return -1;
	next = answer_begin(c->r);
	output_owe(next, o.len, -1, 0, 0);
	HOOK("rendered");
	answer_commit(c->r);
	c->r->hold = s->now + EVENT_MS;
	return 1;
}

/* What the client says means nothing, but for its end. */
static int
listen_to(struct conn *c, struct serving *s)
{
	struct answer *next;
	int64_t n;
	bool all;

	n = conn_receive(c, s, &all);
	if (n == 0 || (n < 0 && errno != EAGAIN))
		return -1;
	/* Some of it may have come with the request. */
	if (answer_now(c->r)->parsed < c->r->in) {
		next = answer_begin(c->r);
		next->parsed = c->r->in;
		answer_commit(c->r);
	}
	input_release(s->journal, c->r);
	return 0;
}

int
status_stream(struct conn *c, struct serving *s)
{
	if (c->r->eof || s->draining || listen_to(c, s) != 0)
		return -1;
	c->r->deadline = s->now + s->config->idle_timeout;
	return c->r->hold == CLOCK_NEVER || s->now >= c->r->hold ? tell(c, s)
								 : 0;
}

struct wait
status_await(const struct conn *c)
{
	struct wait w = conn_wait(c, POLLIN);

	w.until = c->r->hold;
	return w;
}
