/*
 * tally.h - what a load run counted, and how it is told.
 */
#ifndef CLIENT_TALLY_H
#define CLIENT_TALLY_H

#include "histogram.h"

#include <stdbool.h>
#include <stdint.h>

/* How a connection that stood was lost. */
enum loss {
	LOSS_RESET,   /* by the server or the network */
	LOSS_SHORT,   /* ended before everything due had come */
	LOSS_CLOSED,  /* ended with nothing due, but unasked */
	LOSS_TIMEOUT, /* nothing came for as long as --patience */
	LOSS_EXTRA,   /* bytes came that nobody had asked for */
	LOSS_GARBLED, /* no HTTP response */
	LOSS_COUNT
};

/* The word for it in tables and timelines. */
const char *loss_name(enum loss loss);

struct tally {
	uint64_t connected; /* connections that stood */
	uint64_t refused;   /* connecting: refused or reset */
	uint64_t no_port;   /* connecting: no source port left */
	uint64_t unreached; /* connecting: any other failure */

	uint64_t round_trips;
	uint64_t bytes;	     /* received: echoes, or bodies */
	uint64_t bytes_sent; /* echoes only */
	uint64_t bytes_wrong;
	uint64_t lost[LOSS_COUNT];

	uint64_t bodies_whole; /* and equal */
	uint64_t bodies_wrong;
	uint64_t not_ok;   /* answers of another status than was due */
	uint64_t in_order; /* connections that ended as they should */

	int64_t open_ns; /* until all were connected */
	int64_t run_ns;	 /* from then to the last answer */
	int64_t first_answer_ns, last_answer_ns; /* since then; 0: none */
	int64_t cpu_user_us, cpu_sys_us; /* of this process, since then */

	struct histogram latency; /* ns */
};

uint64_t tally_lost(const struct tally *t);
uint64_t tally_unconnected(const struct tally *t);

/* Did nothing go wrong? */
bool tally_is_clean(const struct tally *t);

#endif
