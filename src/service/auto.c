/*
 * Which service a new client speaks: http if it opens with METHOD SP or in the
 * form of a request line, else echo. Bytes are kept back only while they may
 * still become the former. What is in the form of a method is, for a head's
 * time. Anything else may be meant for an echo: it is one when nothing has
 * followed for a moment, which is longer behind a space, as a request that
 * comes in pieces is mostly cut behind that.
 */
#include "service/conn.h"

#include <errno.h>
#include <poll.h>

#include "base/clock.h"
#include "http/greeting.h"
#include "service/config.h"
#include "service/registry.h"
#include "services.h"
#include "stream/input.h"

enum { LINE_MS = 1000 };

static struct wait
become(struct conn *c, struct serving *s, const struct service *service)
{
	/* A head has its time from its first byte on. */
	if (service != &service_http)
		c->r->deadline = CLOCK_NEVER;
	c->r->hold = CLOCK_NEVER;
	c->r->speaks = service->id;
	return service->step(c, s);
}

/* Until when what came may be kept back without more. */
static int64_t
hold_until(const struct serving *s, enum greeting greeting)
{
	if (greeting == GREETING_WORD)
		return s->now + SILENCE_MS;
	return greeting == GREETING_LINE ? s->now + LINE_MS : CLOCK_NEVER;
}

static struct wait
auto_step(struct conn *c, struct serving *s)
{
	struct record *r = c->r;
	enum greeting greeting = GREETING_OPEN;
	struct wait w;
	size_t len;
	char *p;
	bool all;
	int64_t n;

	/* Until the first byte it is idle, then it has a head's time. */
	if (r->deadline == CLOCK_NEVER)
		r->deadline = s->now + (r->in > 0 ? s->config->header_timeout
						  : s->config->idle_timeout);
	n = r->eof ? 0 : conn_receive(c, s, &all);
	if (n < 0 && errno != EAGAIN)
		return conn_done();
	if (n > 0 && r->in == n)
		r->deadline = s->now + s->config->header_timeout;
	/* A client that has begun, also if a death missed the store. */
	if (r->in > 0 && r->deadline > s->now + s->config->header_timeout)
		r->deadline = s->now + s->config->header_timeout;
	if (r->in > 0) {
		p = input_at(s->journal, r, 0, r->in, &len);
		greeting = greeting_look(p, len);
		if (n > 0 || r->hold == CLOCK_NEVER)
			r->hold = hold_until(s, greeting);
	}
	if (greeting == GREETING_HTTP)
		return become(c, s, &service_http);
	if (greeting == GREETING_ECHO || r->eof ||
	    (r->in > 0 && n <= 0 &&
		(s->now >= r->deadline || s->now >= r->hold)))
		return become(c, s, &service_echo);
	if ((n <= 0 && s->now >= r->deadline) ||
	    (r->in == 0 && conn_may_leave(c, s)))
		return conn_done();
	if (r->in == 0)
		input_release(s->journal, r);
	w = conn_wait(c, POLLIN);
	if (r->hold < w.until)
		w.until = r->hold;
	return w;
}

/* What a client asks for that has sent something is not known yet. */
static int64_t
auto_owed(const struct record *r, int64_t consumed)
{
	(void)r;
	return consumed > 0 ? INT64_MAX : 0;
}

static bool
auto_busy(const struct record *r)
{
	(void)r;
	return false;
}

static bool
auto_asks(const char *data, size_t len)
{
	enum greeting greeting = greeting_look(data, len);

	return greeting == GREETING_ECHO ||
	       (greeting == GREETING_HTTP && service_http.asks(data, len));
}

static bool
auto_yields(const struct conn *c)
{
	(void)c;
	return true;
}

const struct service service_auto = {
    .name = "auto",
    .id = SPEAKS_AUTO,
    .guesses = true,
    .mirrors = true, /* until it is known, no answer is begun */
    .step = auto_step,
    .owed = auto_owed,
    .busy = auto_busy,
    .plausible = record_is_fresh,
    .asks = auto_asks,
    .yields = auto_yields,
};
