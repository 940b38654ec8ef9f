/*
 * Who the client behind a proxy is: the PROXY protocol, before the client's
 * first byte, and then the service that clients get. Only proxies come here,
 * for others are not admitted (worker/admission.h).
 *
 * Nothing is consumed before all of it is there: until then it lies in the
 * kernel, and a takeover finds it there. Then the client's address is written
 * to the record, and how long the preface is, and only then is it consumed. By
 * that length the ledger says of how much of it that is true. The bytes of the
 * requests are counted from the one that follows.
 */
#include "service/conn.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/hook.h"
#include "base/log.h"
#include "http/preface.h"
#include "os/ledger.h"
#include "service/config.h"
#include "service/registry.h"
#include "services.h"

/* A part of a preface is left in the kernel, which would report it as readable
 * again and again. So the socket is not polled for the rest but looked at again
 * after this time. Proxies send all of a preface at once. */
enum { AGAIN_MS = 5 };

static void
note(struct record *r, const struct preface *p)
{
	if (p->family != 0) {
		memset(&r->peer, 0, sizeof(r->peer));
		r->peer.family = p->family;
		r->peer.port = p->port;
		memcpy(r->peer.address, p->address, sizeof(r->peer.address));
	}
	/* The compiler must not reorder: the address, then that it is known. */
	atomic_signal_fence(memory_order_seq_cst);
	r->preface = p->len;
	atomic_signal_fence(memory_order_seq_cst);
}

/* Looks for it. 1: there is one, and it is noted; 0: not yet, of which
 * *begun says whether some of it is there; -1: there will be none. */
static int
look(struct record *r, bool *begun)
{
	char data[PREFACE_MAX];
	struct preface p;
	ssize_t n = recv(r->fd, data, sizeof(data), MSG_PEEK);
	int whole;

	*begun = n > 0;
	if (n <= 0)
		return n < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
	whole = preface_parse(&p, data, (size_t)n);
	if (whole == 1)
		note(r, &p);
	return whole;
}

/* Has its client ended its side, as far as can be seen? Then all that it has
 * sent is there. */
static bool
has_ended(const struct record *r)
{
	struct ledger l;

	return ledger_read(r->fd, &l) == 0 && (l.peer_done || l.dead);
}

/* It is there as a whole. */
static bool
consume(struct record *r)
{
	char data[PREFACE_MAX];
	ssize_t n;

	while (r->skipped < r->preface) {
		n = recv(r->fd, data, (size_t)(r->preface - r->skipped), 0);
		HOOK("consumed");
		if (n <= 0)
			return false;
		r->skipped = (uint16_t)(r->skipped + n);
	}
	return true;
}

/* The next step is the first of the service. */
static struct wait
become(struct conn *c, struct serving *s)
{
	struct record *r = c->r;
	struct wait w;

	r->deadline = CLOCK_NEVER;
	r->speaks = s->config->first->id;
	w = conn_wait(c, POLLIN);
	w.until = s->now;
	return w;
}

static struct wait
refuse(struct conn *c)
{
	char name[PEER_TEXT];

	peer_format(name, &c->r->peer);
	log_debug("%s does not speak the PROXY protocol", name);
	return conn_done();
}

static struct wait
preface_step(struct conn *c, struct serving *s)
{
	struct record *r = c->r;
	struct wait w;
	bool begun, last = false;
	int whole;

	if (r->deadline == CLOCK_NEVER)
		r->deadline = s->now + s->config->header_timeout;
	else if (r->preface == 0)
		last = has_ended(r);
	if (r->preface == 0) {
		whole = look(r, &begun);
		if (whole < 0)
			return begun ? refuse(c) : conn_done();
		if (whole == 0) {
			if (last || s->now >= r->deadline ||
			    conn_may_leave(c, s))
				return begun ? refuse(c) : conn_done();
			w = conn_wait(c, begun ? 0 : POLLIN);
			if (begun && w.until > s->now + AGAIN_MS)
				w.until = s->now + AGAIN_MS;
			return w;
		}
		HOOK("noted");
	}
	return consume(r) ? become(c, s) : conn_done();
}

static int64_t
preface_owed(const struct record *r, int64_t consumed)
{
	(void)r;
	return consumed > 0 ? INT64_MAX : 0;
}

static bool
preface_busy(const struct record *r)
{
	(void)r;
	return false;
}

static bool
preface_plausible(const struct record *r)
{
	return record_is_fresh(r) && r->in == 0 && r->in_buf < 0 &&
	       r->preface <= PREFACE_MAX && r->skipped <= r->preface;
}

static bool
preface_yields(const struct conn *c)
{
	(void)c;
	return true;
}

static bool
preface_reached(const struct service_config *config)
{
	return config->proxies != NULL;
}

const struct service service_preface = {
    .name = "preface",
    .id = SPEAKS_PREFACE,
    .hidden = true,
    .prefaces = true,
    .mirrors = true, /* no answer is begun */
    .step = preface_step,
    .owed = preface_owed,
    .busy = preface_busy,
    .plausible = preface_plausible,
    .yields = preface_yields,
    .reached = preface_reached,
};
