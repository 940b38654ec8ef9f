/*
 * followers.h - the processes that stand behind a worker, so that one of them
 * takes over when it dies. For src/worker/worker.c alone.
 *
 * A worker has its standby. A process that begins its program anew, or that is
 * to take over from a worker that makes way, has no standby of its own yet: a
 * holder stands behind it until it has made one, and is ended then. All of them
 * share one table of descriptors. Their pids are in the slot's row of the
 * scoreboard, where the kernel writes them.
 *
 * A function that makes a process returns twice, as fork(2) does: true in the
 * new process, which is to go to followers_wait().
 */
#ifndef WORKER_FOLLOWERS_H
#define WORKER_FOLLOWERS_H

#include <stdbool.h>
#include <stdint.h>

#include "worker/config.h"

/* What a process knows of those behind it, and of itself as one of them. All
 * zeros at first, but for config, row and program. */
struct followers {
	const struct worker_config *config;
	int row;
	int program; /* the number of the one at FD_PROGRAM */
	int cause;   /* enum death: of the worker that served last */

	/* This process. */
	bool renewed;	    /* its program has just begun */
	bool holds;	    /* it was made as the holder of one that begins its
			     * program anew */
	bool second;	    /* it was made as the holder of a standby */
	int strikes;	    /* programs in a row that died of a fault before
			     * they served */
	uint64_t struck_at; /* COUNT_TAKEOVERS of the row at the last of them */

	/* Those behind it. */
	bool held;  /* it has a holder, */
	int holder; /* which is at FD_HOLDER + holder: 0, 1 */

	bool wanted;	     /* a standby is to be made, */
	int64_t retry;	     /* not before clock_now() is that */
	int64_t retry_after; /* ms between tries that fail; 0: none has */
	int32_t asked;	     /* board_orders.asked when the last was made */
	bool retiring;	     /* it is to make way as soon as that is there */
};

static inline const struct board_orders *
followers_orders(const struct followers *f)
{
	return &board_master(f->config->board)->orders[f->row];
}

static inline struct board_row *
followers_row(const struct followers *f)
{
	return board_row(f->config->board, f->row);
}

/* Sets the title of this process: "prefork: WHAT ROW". */
void followers_title(const struct followers *f, const char *what);

/* Makes a standby; and, if this worker is to make way, a holder behind that.
 * True in either of the two. If the standby cannot be made, the log says so
 * once, and it is still wanted. */
bool followers_make(struct followers *f);

/* One is to be made from now on. retires: and the worker makes way for it. */
void followers_want(struct followers *f, bool retires, int64_t now);

/* Is one to be made now? */
bool followers_are_due(const struct followers *f, int64_t now);

/* Has the master asked for a standby since the last one was made? */
bool followers_are_asked_for(const struct followers *f);

/* In a process that is to take over: begins its program anew, by exec, with a
 * holder behind it meanwhile, if that is wanted and kept: the journal has a
 * descriptor, by which the new program finds it. Returns true in the holder;
 * false if the old program is to go on. */
bool followers_renew(struct followers *f, bool kept);

/* Ends the holder, and waits until it has let go of what it had open: only then
 * is a close a close, and what was closed before would stay with the poller. */
void followers_end_holder(struct followers *f);

/* If this worker is to make way, and its standby is ready: true, and it is to
 * leave. From then on the row names the holder behind the standby. */
bool followers_make_way(struct followers *f, int64_t now);

/* In a standby or a holder: sleeps until it is to take over (true), or is not
 * needed any more (false). */
bool followers_wait(struct followers *f);

#endif
