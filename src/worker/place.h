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
	int own;	  /* the descriptor of the service's own that the poller
			   * waits for until the next step; -1: none */
	short events;	  /* what the poller waits for */
	bool counted;	  /* among the clients of its address */
	bool registered;  /* the poller knows the descriptor */
	bool apart;	  /* it speaks a service that is apart */
};

/* A new client, accepted on fd by that listener, is given a place and is run at
 * once. There must be room. */
void place_take(struct pool *p, int fd, int listener, const struct peer *peer);

/* Drops the connection. Poller, heap and the count of its address are left as
 * they are. */
void place_drop(struct pool *p, int index);

/* Steps the connection and waits for what it waits for, or leaves the place. */
void place_run(struct pool *p, int index);

/* The connection is dropped. reset: and what was not sent with it. */
void place_leave(struct pool *p, int index, bool reset);

/* Runs all; those whose deadline has come by now; or none, but their time moves
 * by so many ms in which nobody ran. */
void place_run_all(struct pool *p);
void place_run_due(struct pool *p);
void place_delay_all(struct pool *p, int64_t ms);

/* The poller is a new one, which knows none of them. */
void place_run_anew(struct pool *p);

/* In a takeover: gives the record of that index its place. known: the dead
 * worker had stepped it, and an inherited poller may know it. */
void place_give(struct pool *p, int index, bool known);

/* ... and waits for a connection that has nothing to do: so did its last
 * worker, and an inherited poller knows it. */
void place_sleep(struct pool *p, int index);

#endif
