/*
 * takeover.h - the three passes of a takeover: which clients are there, by the
 * records; what else is in the descriptor table; then each client goes on.
 * Private to the files of the passes; pool_inherit (pool.h) runs all three.
 * Nothing but the journal and the descriptors of the dead worker is believed,
 * and the journal only as far as the kernel's ledger agrees with it.
 */
#ifndef WORKER_TAKEOVER_H
#define WORKER_TAKEOVER_H

#include "pool.h"
#include "stream/audit.h"

enum { NOBODY = 0 }; /* in the maps below; else the record's index + 1 */

/* What is done with a record; see struct takeover_report. */
enum verdict {
	KEEP,	   /* its client goes on */
	FREE,	   /* there is no client */
	ARRIVED,   /* its client was accepted, and had no record yet */
	CONDEMNED, /* its client is blamed */
	DAMAGED,
	BROKEN
};

struct takeover {
	struct pool *p;
	struct takeover_report *report;
	struct audit audit;
	bool fault;	  /* memory may have been damaged */
	int cause;	  /* enum death */
	int64_t gap;	  /* ms in which surely no worker ran */
	int top;	  /* records to look at */
	int *of_fd;	  /* of_fd[fd]: whose descriptor it is */
	int *of_buffer;	  /* of_buffer[b]: whose buffer it is */
	uint8_t *verdict; /* of each record */
};

/* --- takeover_records.c: the first pass --- */

/* May the record owe something? If it names neither buffer nor descriptor and
 * is not lingering, it owes nothing, and its counts are exact. */
bool takeover_owes(const struct record *r);

/* Judges all records, and closes what those had open that are not kept. After
 * that the journal's free lists are right. */
void takeover_read_records(struct takeover *t);

/* --- takeover_table.c: the second --- */

/* Clients that were accepted and not yet recorded get a record, and are
 * ARRIVED. What else is open, and named by no record, is closed. */
void takeover_walk_table(struct takeover *t);

#endif
