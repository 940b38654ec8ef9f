/*
 * child.h - what all bodies of the master's children have in common. For
 * src/worker alone.
 */
#ifndef WORKER_CHILD_H
#define WORKER_CHILD_H

#include <stdbool.h>
#include <stdint.h>

#include "worker/config.h"

/* What a child has been told. */
enum order {
	ORDER_NONE = 0,
	ORDER_DRAIN = 1,   /* finish what was begun, then leave */
	ORDER_LEAVE = 2,   /* leave at once */
	ORDER_REAP = 4,	   /* a child of this child has died */
	ORDER_RETIRE = 8,  /* make way for the standby */
	ORDER_STANDBY = 16 /* make another standby; stay, if told to leave */
};

enum {
	LAST_WORD_MS =
	    1000,     /* draining: for clients that have not sent a byte */
	LATE_MS = 100 /* an executor that is woken so much too late was stopped:
		       * its clients get that time back */
};

/* How a child begins to serve: signals become bytes at FD_SIGNAL_READ, in place
 * of what an earlier process of the slot has left there; it leaves with its
 * master; the logs, and the files that were read at the start, are those of
 * now. 0, or -1 with errno. */
int child_open(const struct worker_config *config);

/* Reads again what was read at the start, if the master asks for that. To be
 * called between two turns, since it changes what clients are answered with. */
void child_reread(const struct worker_config *config);

/* Closes this process's copies of the listeners, so that a client that connects
 * from now on is refused as soon as no other process has any. Their numbers
 * stay taken. Those of the status stay open: it is to be asked until the end.
 */
void child_close_listeners(const struct worker_config *config);

/* All signals that have come, as a mask of orders. Logs that were rotated have
 * been opened again when this returns. (A process per client is sent no signal:
 * it follows the access log before its next line.) */
unsigned child_orders(const struct worker_config *config);

/* Adds to the row what was counted in `serving`, where it is 0 from then on. */
void child_count(struct board_row *row, struct serving *serving);

/* Tells the master something: SAYS_*, and the value that goes with it or 0.
 * False if it has not been told. */
bool child_says(int what, uint64_t value);

#endif
