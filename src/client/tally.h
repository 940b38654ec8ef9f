/*
 * tally.h - what a load run counted, and how it is told.
 */
#ifndef CLIENT_TALLY_H
#define CLIENT_TALLY_H

#include "bench/clients.h"
#include "histogram.h"

#include <stdbool.h>
#include <stdint.h>

struct tally {
	uint64_t refused;   /* connecting: refused or reset */
	uint64_t no_port;   /* connecting: no source port left */
	uint64_t unreached; /* connecting: any other failure */

	uint64_t round_trips;
	uint64_t bodies_whole; /* and equal */
	uint64_t bodies_wrong;
	uint64_t not_ok; /* answers of another status than was due */

	int64_t open_ns; /* until all were connected */
	int64_t run_ns;	 /* from then to the last answer */
	int64_t first_answer_ns, last_answer_ns; /* since then; 0: none */
	int64_t cpu_user_us, cpu_sys_us; /* of this process, since then */

	struct histogram latency; /* ns */
};

uint64_t tally_unconnected(const struct tally *t);

/* Did nothing go wrong? */
bool tally_is_clean(const struct tally *t, const struct clients_count *count);

#endif
