/*
 * accept.h - when a pool takes new clients, and when it pauses. For src/worker.
 */
#ifndef WORKER_ACCEPT_H
#define WORKER_ACCEPT_H

struct pool;

/* Why no new clients are taken, as bits of pool.paused. */
enum {
	PAUSE_FULL = 1,	  /* max_clients */
	PAUSE_FAILED = 2, /* accept(2) is denied, or finds no descriptor */
	PAUSE_AHEAD = 4,  /* other executors have far fewer clients */
	PAUSE_LEAVE = 8	  /* draining */
};

/* A listener is readable: takes a few of the clients that wait there. */
void accept_ready(struct pool *p, int listener);

/* No client is taken until the reason is gone. */
void accept_pause(struct pool *p, unsigned why);

/* To be called each turn. Now and then it takes clients, whatever the poller
 * says, which may have woken another executor that was then killed or stopped.
 * While paused it looks whether the reasons are gone. */
void accept_tend(struct pool *p);

#endif
