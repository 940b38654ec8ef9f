/*
 * pool_state.h - what a pool is made of, for the files that are its parts:
 * those that accept, wait, evict and take over. All others see pool.h alone.
 */
#ifndef WORKER_POOL_STATE_H
#define WORKER_POOL_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "admission.h"
#include "balance.h"
#include "base/heap.h"
#include "os/poller.h"
#include "place.h"
#include "service/conn.h"
#include "worker/config.h"

enum { POOL_TICK_MS = 500 }; /* the longest wait: it beats at least so often */

struct pool {
	const struct worker_config *config;
	int row; /* of the scoreboard */
	struct journal journal;
	struct serving serving;
	struct place *place; /* one for each record of the journal */
	struct heap *heap;
	struct poller *poller;
	bool poller_inherited; /* it is the dead worker's */
	const int *watch; /* the caller's, which lasts as long as the pool */
	int watched;	  /* descriptors in it */
	unsigned paused;  /* why no clients are taken: PAUSE_* (accept.h);
			   * 0: they are */
	bool listening;	  /* the poller knows the listeners */
	bool listening_status; /* ... and those of the status */
	int64_t status_retry;  /* clock_now() when to try those again, 0: all is
				* well */
	int apart;	       /* clients of a service that is apart */
	int64_t drained;       /* draining: clock_now() when clients that were
				* there before, and have not sent a byte, are
				* let go */
	int64_t retry;	     /* clock_now() when to try the listeners, whatever
			      * the poller says */
	int64_t retry_after; /* ms between two such tries */
	int32_t refusals;    /* board_master.refusals, when looked at last */
	int64_t swept; /* clock_now() when slow clients were last looked for; 0:
			* there was room since */
	struct balance balance;
	struct admission admission;
};

/* Its clients, but for those of the status. */
static inline int
pool_clients(const struct pool *p)
{
	return p->journal.used - p->apart;
}

#endif
