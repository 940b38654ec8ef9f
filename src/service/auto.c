/*
 * Which service a new client speaks: http if it opens with METHOD SP, else
 * echo. Bytes are kept back only while they may still become the former.
 */
#include "service/conn.h"

#include <errno.h>
#include <poll.h>

#include "base/clock.h"
#include "services.h"

const struct service *const services[] = {
    [SPEAKS_AUTO] = &service_auto,
    [SPEAKS_ECHO] = &service_echo,
    [SPEAKS_HTTP] = &service_http,
    [SPEAKS_DEMO] = &service_demo,
};

static struct wait
become(struct conn *c, struct serving *s, uint8_t speaks)
{
	/* A head has its time from its first byte on. */
	if (speaks != SPEAKS_HTTP)
		c->r->deadline = CLOCK_NEVER;
	c->r->speaks = speaks;
	return services[speaks]->step(c, s);
}

static struct wait
auto_step(struct conn *c, struct serving *s)
{
	struct record *r = c->r;
	enum greeting greeting = GREETING_OPEN;
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
	/* Whoever has begun, also if the store was missed by a death. */
	if (r->in > 0 && r->deadline > s->now + s->config->header_timeout)
		r->deadline = s->now + s->config->header_timeout;
	if (r->in > 0) {
		p = conn_input(c, s, 0, r->in, &len);
		greeting = greeting_look(p, len);
	}
	if (greeting == GREETING_HTTP)
		return become(c, s, SPEAKS_HTTP);
	if (greeting == GREETING_ECHO || r->eof ||
	    (r->in > 0 && n <= 0 && s->now >= r->deadline))
		return become(c, s, SPEAKS_ECHO);
	if ((n <= 0 && s->now >= r->deadline) ||
	    (r->in == 0 && conn_may_leave(c, s)))
		return conn_done();
	if (r->in == 0)
		journal_release(s->journal, &r->in_buf);
	return conn_wait(c, POLLIN);
}

const struct service service_auto = {.name = "auto", .step = auto_step};
