/*
 * pool.h - the driver that serves many clients from one executor.
 *
 * A poller over all of its connections, a heap of their deadlines, and the
 * connections' records in a journal. One thread uses a pool. It waits in
 * pool_turn and nowhere else.
 */
#ifndef WORKER_POOL_H
#define WORKER_POOL_H

#include <stdbool.h>
#include <stdint.h>

#include "admission.h"
#include "balance.h"
#include "base/heap.h"
#include "os/poller.h"
#include "place.h"
#include "service/conn.h"
#include "worker/worker.h"

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
	const int *watch;      /* the caller's, as long as the pool is */
	int watched;
	unsigned paused;       /* why no clients are taken: PAUSE_* (accept.h);
				* 0: they are */
	bool listening;	       /* the poller knows the listeners */
	bool listening_status; /* ... and those of the status */
	int64_t status_retry;  /* clock_now() when to try those again, 0: all is
				* well */
	int apart;	       /* clients of a service that is apart */
	int64_t retry;	       /* clock_now() to try the listener anyway */
	int64_t retry_after;   /* ms, the time between tries */
	int32_t refusals;      /* of the master's that were looked at */
	int64_t swept; /* clock_now() when slow ones were looked for, 0: not
			* while there was room */
	struct balance balance;
	struct admission admission;
};

/* Its clients, but for those of the status. */
static inline int
pool_clients(const struct pool *p)
{
	return p->journal.used - p->apart;
}

/* For a takeover: all but the journal is as it is at first; the private parts
 * are given back, and made. */
void pool_init(struct pool *p, const struct worker_config *config, int row);
void pool_strip(struct pool *p, bool poller_stays);
int pool_equip(struct pool *p, bool inherit, const int *watch, int watched);

/* A pool with an empty journal. watch: descriptors besides clients whose
 * readability pool_turn reports. 0; or -1 with errno, and nothing left behind.
 */
int pool_open(struct pool *p, const struct worker_config *config, int row,
    const int *watch, int watched);
void pool_close(struct pool *p);

/* For a program that has just begun: the journal that was kept at FD_JOURNAL,
 * and no more, for pool_inherit. 0, or -1 with errno. */
int pool_find(struct pool *p, const struct worker_config *config, int row);

/* What a takeover came to. */
struct takeover_report {
	int kept;
	int dropped;   /* with what follows */
	int condemned; /* blamed for the death */
	int damaged;   /* the record does not match its checksum */
	int broken;    /* reset, or its file has changed, or nonsense */
	char blamed[PEER_TEXT];
	uint64_t network;	  /* of the blamed; 0: nobody is */
	char request[4 * 64 + 1]; /* the first bytes of the blamed, escaped */
};

/* The same after a death: the journal is the one that was left, the
 * connections are those in it and in the descriptor table. cause: enum death.
 * draining: nothing new is accepted.
 * 0; or -1 with errno, and the caller had better start cold. */
int pool_inherit(struct pool *p, const int *watch, int watched, int cause,
    bool draining, struct takeover_report *h);

/* Waits for whatever comes first and deals with it. Returns a mask: bit i is
 * set if watch[i] is readable or at its end. */
unsigned pool_turn(struct pool *p);

/* From now on nothing new is accepted... */
void pool_drain(struct pool *p);

/* ... but for clients of the status, if no other worker is to stay. */
bool pool_says_goodbye(const struct pool *p);

/* ... and connections end as soon as what they asked for is sent. Between the
 * two the listeners may be closed: a client that sees its connection end shall
 * not be able to open another. */
void pool_dismiss(struct pool *p);

/* Takes both back: connections that have not ended yet stay. 0, or -1 if it
 * cannot listen. */
int pool_stay(struct pool *p);
bool pool_drained(const struct pool *p);

#endif
