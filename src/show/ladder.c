#include "ladder.h"

#include <string.h>

static bool
same(const struct endpoint *a, const struct endpoint *b)
{
	return a->port == b->port &&
	       memcmp(a->address, b->address, sizeof(a->address)) == 0;
}

bool
ladder_has(const struct ladder *l, const struct packet *p)
{
	const struct endpoint *c = &l->side[LADDER_CLIENT].address;
	const struct endpoint *s = &l->side[LADDER_SERVER].address;

	return l->version == p->version &&
	       ((same(c, &p->from) && same(s, &p->to)) ||
		   (same(c, &p->to) && same(s, &p->from)));
}

void
ladder_begin(struct ladder *l, const struct packet *p, int64_t at)
{
	bool opens = (p->flags & (TCP_SYN | TCP_ACK)) == TCP_SYN;
	bool answers = (p->flags & (TCP_SYN | TCP_ACK)) == (TCP_SYN | TCP_ACK);
	bool by_client = opens || (!answers && p->from.port >= p->to.port);

	memset(l, 0, sizeof(*l));
	l->version = p->version;
	l->side[LADDER_CLIENT].address = by_client ? p->from : p->to;
	l->side[LADDER_SERVER].address = by_client ? p->to : p->from;
	l->began = at;
	/* Seen from its middle, there is none to come. */
	l->greeted = (p->flags & TCP_SYN) == 0;
}

/* Without a SYN the first number seen is the one behind it. */
static void
learn(struct ladder_side *side, uint32_t number, bool syn)
{
	if (side->known)
		return;
	side->known = true;
	side->base = syn ? number : number - 1;
}

/* Is a behind b, in numbers that come round? */
static bool
behind(uint32_t a, uint32_t b)
{
	uint32_t d = a - b;

	return d != 0 && d < UINT32_C(0x80000000);
}

static enum rung_what
judge(
    struct ladder *l, const struct packet *p, const struct rung *r, bool again)
{
	const struct ladder_side *other = &l->side[!r->from];

	if ((p->flags & TCP_RST) != 0)
		return RUNG_RESET;
	if (again)
		return RUNG_AGAIN;
	if ((p->flags & TCP_SYN) != 0)
		return RUNG_HANDSHAKE;
	if ((p->flags & TCP_FIN) != 0)
		return RUNG_CLOSE;
	if (p->sent > 0)
		return RUNG_DATA;
	if (!l->greeted)
		return RUNG_HANDSHAKE;
	if (other->closed && r->ack == other->fin + 1)
		return RUNG_CLOSE;
	return RUNG_ACK;
}

/* Counts what was sent. True if all of it, and that is something, had been
 * sent before. */
static bool
advance(struct ladder_side *side, const struct packet *p, uint32_t seq)
{
	uint32_t len = (uint32_t)p->sent;
	uint32_t end = seq + len + ((p->flags & TCP_SYN) != 0) +
		       ((p->flags & TCP_FIN) != 0);

	if (side->sent && !behind(end, side->next))
		return end != seq;
	if (!side->sent || behind(seq, side->next))
		side->bytes += len;
	else if (side->next - seq < len)
		side->bytes += len - (side->next - seq);
	side->sent = true;
	side->next = end;
	return false;
}

void
ladder_add(
    struct ladder *l, const struct packet *p, int64_t at, struct rung *out)
{
	int from = same(&p->from, &l->side[LADDER_CLIENT].address) &&
			   same(&p->to, &l->side[LADDER_SERVER].address)
		       ? LADDER_CLIENT
		       : LADDER_SERVER;
	struct ladder_side *me = &l->side[from], *other = &l->side[!from];
	bool again;

	learn(me, p->seq, (p->flags & TCP_SYN) != 0);
	if ((p->flags & TCP_ACK) != 0)
		learn(other, p->ack, false);
	memset(out, 0, sizeof(*out));
	out->from = from;
	out->at = at - l->began;
	out->seq = p->seq - me->base;
	if ((p->flags & TCP_ACK) != 0)
		out->ack = p->ack - other->base;
	again = advance(me, p, out->seq);
	out->what = judge(l, p, out, again);
	if ((p->flags & TCP_SYN) == 0)
		l->greeted = true;
	if ((p->flags & TCP_FIN) != 0) {
		me->closed = true;
		me->fin = out->seq + (uint32_t)p->sent;
	}
	if (other->closed && (p->flags & TCP_ACK) != 0 &&
	    out->ack == other->fin + 1)
		other->confirmed = true;
	if ((p->flags & TCP_RST) != 0)
		l->reset = true;
	l->rungs++;
}

bool
ladder_over(const struct ladder *l)
{
	return l->reset || (l->side[LADDER_CLIENT].confirmed &&
			       l->side[LADDER_SERVER].confirmed);
}

const char *
rung_name(enum rung_what what)
{
	static const char *const names[] = {
	    [RUNG_HANDSHAKE] = "handshake",
	    [RUNG_DATA] = "data",
	    [RUNG_AGAIN] = "sent again",
	    [RUNG_ACK] = "ack",
	    [RUNG_CLOSE] = "close",
	    [RUNG_RESET] = "reset",
	};

	return names[what];
}
