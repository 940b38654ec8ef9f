/*
 * field_list.h - how the fields of a header are put together.
 *
 * Pure. Places are counted from `base`, which is where the header begins in the
 * frame; the caller has seen that it was captured.
 */
#ifndef SHOW_FIELD_LIST_H
#define SHOW_FIELD_LIST_H

#include "base/log.h"
#include "packet.h"

struct list {
	const struct packet *p;
	size_t base; /* of the header, in the frame */
	struct field *field;
	int count;
};

static inline unsigned
one(const struct list *l, size_t at)
{
	return l->p->data[l->base + at];
}

static inline unsigned
two(const struct list *l, size_t at)
{
	return packet_two(l->p->data + l->base + at);
}

static inline uint32_t
four(const struct list *l, size_t at)
{
	return packet_four(l->p->data + l->base + at);
}

/* The next field: the len bytes at `at` of the header. */
LOG_PRINTF(5, 6)
void field_add(struct list *l, size_t at, size_t len, const char *name,
    const char *fmt, ...);

/* What the last field means. */
LOG_PRINTF(2, 3) void field_note(struct list *l, const char *fmt, ...);

/* The fields of TLS (RFC 8446) in the data of l->p, as far as anybody on the
 * way can read them; none if it does not begin with a record. */
void field_add_tls(struct list *l);

#endif
