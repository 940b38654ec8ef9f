/*
 * polling.h - a pool's poller: made, inherited, replaced, and what it is told.
 * For src/worker.
 *
 * With standbys its descriptor is FD_POLLER, so that a takeover finds it. An
 * event's tag says what it is about and which one of those.
 */
#ifndef WORKER_POLLING_H
#define WORKER_POLLING_H

#include <stdbool.h>
#include <stdint.h>

struct pool;

enum polled {
	POLLED_PLACE,	 /* a client, or its service's own descriptor */
	POLLED_LISTENER, /* FD_LISTEN + index */
	POLLED_WATCHED	 /* pool.watch[index] */
};

static inline uint64_t
polling_tag(enum polled what, int index)
{
	return (uint64_t)what << 32 | (uint32_t)index;
}

/* Gives the pool a poller that knows what its caller watches. inherit: the one
 * that a dead worker has left, if that is whole; pool.poller_inherited says
 * whether it was. 0, or -1 with errno. */
int polling_begin(struct pool *p, bool inherit);

/* The poller has failed while it was in use: poll(2) takes its place. It knows
 * no client. 0, or -1. */
int polling_replace(struct pool *p);

/* The poller knows all clients: it is whole, and a takeover may inherit it. */
void polling_is_whole(struct pool *p);

/* Gives back the poller. stays: its descriptor is left open. */
void polling_end(struct pool *p, bool stays);

/* The poller waits for new clients, or does not. 0, or -1 with errno. */
int polling_listen(struct pool *p);
void polling_turn_away(struct pool *p);

/* The same for clients of the status. */
int polling_listen_status(struct pool *p);
void polling_turn_away_status(struct pool *p);

#endif
