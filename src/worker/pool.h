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

#include "pool_state.h"

/* For a takeover: sets all fields to what they are at first, and takes nothing;
 * gives back all but the journal, which is private to the process; takes that
 * again (0, or -1 with errno). */
void pool_init(struct pool *p, const struct worker_config *config, int row);
void pool_strip(struct pool *p, bool poller_stays);
int pool_equip(struct pool *p, bool inherit, const int *watch, int watched);

/* A pool with an empty journal. watch: descriptors besides those of clients, of
 * which pool_turn reports whether they are readable. 0; or -1 with errno, and
 * nothing left behind. */
int pool_open(struct pool *p, const struct worker_config *config, int row,
    const int *watch, int watched);
void pool_close(struct pool *p);

/* For a program that has just begun, before pool_inherit: finds the journal
 * that was kept at FD_JOURNAL, and takes nothing else. 0, or -1 with errno. */
int pool_find(struct pool *p, const struct worker_config *config, int row);

/* What a takeover came to. */
struct takeover_report {
	int kept;
	int dropped;   /* in all; of them: */
	int condemned; /* blamed for the death */
	int damaged;   /* the record does not pass the audit, or does not match
			* its checksum */
	int broken;    /* the record does not agree with the ledger, or its file
			* has changed, or there was no time left */
	char blamed[PEER_TEXT];	  /* the client that is blamed */
	uint64_t network;	  /* its network; 0: that is not known */
	char request[4 * 64 + 1]; /* the first bytes of its request, escaped */
};

/* As pool_open, after a death: the journal is the one that the dead worker has
 * left, the connections are those in it and in the descriptor table. cause:
 * enum death. draining: nothing new is accepted. 0; or -1 with errno, and the
 * caller is to exit, so that the slot starts cold. */
int pool_inherit(struct pool *p, const int *watch, int watched, int cause,
    bool draining, struct takeover_report *report);

/* Waits for whatever comes first and deals with it. Returns a mask: bit i is
 * set if watch[i] is readable or at its end. */
unsigned pool_turn(struct pool *p);

/* How a worker leaves. First nothing new is accepted from now on, but for
 * clients of the status, if pool_keeps_status. */
void pool_drain(struct pool *p);

/* Is this the end of the server, so that no other worker tells the status? */
bool pool_keeps_status(const struct pool *p);

/* Then connections end as soon as what they asked for is sent. Between the two
 * the caller may close the listeners: a client that sees its connection end is
 * not to be able to open another. */
void pool_dismiss(struct pool *p);

/* At last all have ended; those of the status are waited for no longer than
 * clients that have not sent a byte. */
bool pool_drained(const struct pool *p);

/* Takes all that back: connections that have not ended yet stay. 0, or -1 if it
 * cannot listen. */
int pool_stay(struct pool *p);

#endif
