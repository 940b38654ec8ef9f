/*
 * child.h - what all bodies of the master's children have in common. For
 * src/worker alone.
 */
#ifndef WORKER_CHILD_H
#define WORKER_CHILD_H

#include <stdbool.h>
#include <stdint.h>

#include "worker/worker.h"

/* What a child has been told. */
enum order {
	ORDER_NONE = 0,
	ORDER_DRAIN = 1,   /* finish what was begun, then leave */
	ORDER_LEAVE = 2,   /* at once */
	ORDER_REAP = 4,	   /* a child of this child has died */
	ORDER_RETIRE = 8,  /* make way for the standby */
	ORDER_STANDBY = 16 /* make another standby; stay, if told to leave */
};

/* Signals become bytes at FD_SIGNAL_READ. What an earlier process of the
 * slot left at those numbers is closed first. Logs that were rotated before are
 * opened again. */
int child_open(const struct worker_config *config);

/* Reads again what was read at the start, if that is asked for. To be called
 * between two turns: what clients are answered with changes. */
void child_reread(const struct worker_config *config);

/* Gives up this process's copies of the listeners, so that a client that
 * connects from now on is refused as soon as no other process has any. The
 * numbers stay taken. Those of the status stay: until the end it says that this
 * is one. */
void child_deaf(const struct worker_config *config);

/* All signals that have come, as a mask of orders. Logs that were rotated have
 * been opened again when this returns. (A process per client is sent no signal:
 * it follows the access log before its next line.) */
unsigned child_orders(const struct worker_config *config);

/* Adds what was counted in `serving` to the row, and counts on from 0. */
void child_count(struct board_row *row, struct serving *serving);

/* Tells the master something: SAYS_*, and the pid that goes with it or 0. False
 * if it has not been told. */
bool child_says(int what, uint64_t value);

#endif
