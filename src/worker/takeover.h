/*
 * takeover.h - the three passes of a takeover: whom do the records say there
 * is; what else does the descriptor table hold; then go on with each. Private
 * to the files of the passes; pool.h has the whole. Nothing but the journal and
 * the descriptors of the dead worker is believed, and the journal only as far
 * as the kernel's ledger bears it out.
 */
#ifndef WORKER_TAKEOVER_H
#define WORKER_TAKEOVER_H

#include "pool.h"
#include "stream/audit.h"

enum { NOBODY = 0 }; /* in the maps below; else the record's index + 1 */

enum verdict { KEEP, FREE, ARRIVED, CONDEMNED, DAMAGED, BROKEN };

struct takeover {
	struct pool *p;
	struct takeover_report *h;
	struct audit audit;
	bool fault; /* memory may have been damaged */
	int cause;
	int64_t gap;	  /* ms that the dead one surely did not run */
	int top;	  /* records to look at */
	int *of_fd;	  /* of_fd[fd]: whose descriptor it is */
	int *of_buffer;	  /* of_buffer[b]: whose buffer it is */
	uint8_t *verdict; /* of each record */
};

/* --- takeover_records.c: the first pass --- */

/* Does it name a buffer or a file, or has it been shut down? Else it owes
 * nothing, and its counts are exact. */
bool takeover_owes(const struct record *r);

/* Judges all records, and lets go of those that are not kept. What the journal
 * has free is known then. */
void takeover_read_records(struct takeover *t);

/* --- takeover_table.c: the second --- */

/* Clients that were accepted and not yet recorded get a record, and are
 * ARRIVED; what else is open is closed. */
void takeover_walk_table(struct takeover *t);

#endif
