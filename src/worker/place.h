/*
 * place.h - a client's place in a pool: taken, run, waited for, left. For
 * src/worker.
 *
 * A place is named by the index of its record in the journal.
 */
#ifndef WORKER_PLACE_H
#define WORKER_PLACE_H

#include <stdbool.h>
#include <stdint.h>

#include "os/socket.h"
#include "service/conn.h"

struct pool;

struct place {
	struct conn conn; /* conn.r is NULL: free */
	int64_t until;	  /* the deadline that holds; the heap's may be
			   * earlier, never later */
	int64_t since;	  /* clock_now() of its last whole request, or of
			   * when it came */
	int own;	 /* the service's own descriptor, which the poller waits
			  * for until the next step; -1: none */
	short events;	 /* what the poller waits for */
	bool counted;	 /* among the clients of its address */
	bool registered; /* the poller knows the descriptor */
	bool apart;	 /* it speaks a service that is apart */
};

/* A new client, accepted on fd by that listener, is given a place and is run at
 * once. There must be room. */
void place_take(struct pool *p, int fd, int listener, const struct peer *peer);

/* Steps the connection, and has the poller wait for what it waits for; or
 * leaves the place. */
void place_run(struct pool *p, int index);

/* Drops the connection, and the poller, the heap and the count of its address
 * forget it. reset: what was not sent is dropped as well. */
void place_leave(struct pool *p, int index, bool reset);

/* Runs all places; those whose deadline has come. */
void place_run_all(struct pool *p);
void place_run_due(struct pool *p);

/* Nobody ran for so many ms: all deadlines are later by that. */
void place_delay_all(struct pool *p, int64_t ms);

/* Runs all places when the poller is a new one, which knows none of them. */
void place_run_anew(struct pool *p);

/* In a takeover: gives the record of that index its place. known: the dead
 * worker had stepped it, and an inherited poller may know it. */
void place_give(struct pool *p, int index, bool known);

/* In a takeover: waits for a connection that has nothing to do, as its last
 * worker did. An inherited poller knows it. */
void place_sleep(struct pool *p, int index);

/* In a takeover: drops the connection. Poller, heap and the count of its
 * address do not know it yet. */
void place_drop(struct pool *p, int index);

#endif
