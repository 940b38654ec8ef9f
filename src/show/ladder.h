/*
 * ladder.h - TCP connections put together from their segments, rung by rung.
 *
 * Pure. The side that opened a connection is its client; if that was not seen,
 * the side with the greater port, since those of servers are small. Sequence
 * numbers are told from 0, as people do, whatever the sides began with.
 */
#ifndef SHOW_LADDER_H
#define SHOW_LADDER_H

#include "packet.h"

enum { LADDER_CLIENT, LADDER_SERVER };

struct ladder_side {
	struct endpoint address;
	bool known;	/* base is */
	uint32_t base;	/* the number that is told as 0 */
	uint32_t next;	/* behind all that was sent so far, from 0 */
	bool sent;	/* next is known */
	bool closed;	/* it has sent its FIN, */
	uint32_t fin;	/* which has this number, from 0 */
	bool confirmed; /* and the other one knows */
	uint64_t bytes; /* of data, each counted once */
};

struct ladder {
	int version;
	struct ladder_side side[2];
	bool greeted; /* the handshake is over */
	bool reset;
	unsigned rungs;
	int64_t began; /* ns */
};

/* What a segment is there for. */
enum rung_what {
	RUNG_HANDSHAKE,
	RUNG_DATA,
	RUNG_AGAIN, /* what was sent before */
	RUNG_ACK,
	RUNG_CLOSE,
	RUNG_RESET
};

struct rung {
	int from; /* LADDER_CLIENT or LADDER_SERVER */
	enum rung_what what;
	int64_t at;	   /* ns since the connection's first */
	uint32_t seq, ack; /* from 0; ack only with TCP_ACK */
};

/* Is p a segment between the two of l? */
bool ladder_has(const struct ladder *l, const struct packet *p);

/* Begins a ladder with p, which is then to be added. */
void ladder_begin(struct ladder *l, const struct packet *p, int64_t at);

/* Adds p, of which ladder_has() is true. */
void ladder_add(
    struct ladder *l, const struct packet *p, int64_t at, struct rung *out);

/* Have both sides closed it, and know that of each other? Or one broken it? */
bool ladder_over(const struct ladder *l);

const char *rung_name(enum rung_what what);

#endif
