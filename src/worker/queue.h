/*
 * queue.h - clients that a host has accepted and that have no executor yet. For
 * src/worker.
 *
 * While places are scarce an executor is for a client that has asked for
 * something: a process made for every head that is never whole would be all
 * that a machine does. What a client has sent stays in its socket.
 */
#ifndef WORKER_QUEUE_H
#define WORKER_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "os/socket.h"
#include "stream/service.h"

enum { QUEUE_MOST = 512, QUEUE_LOOK_MS = 20 };

struct waiting {
	int fd;
	bool asks;	/* a whole request has come */
	int64_t came;	/* clock_now() */
	int64_t looked; /* clock_now() when it was looked at, 0: never */
	struct peer peer;
};

/* In the order in which they came. */
struct queue {
	int most; /* there may be, from 1 to QUEUE_MOST; and one more */
	int count;
	struct waiting client[QUEUE_MOST + 1];
};

/* There has to be room. */
void queue_add(struct queue *q, int fd, const struct peer *peer, int64_t now);

/* Its socket is the caller's. */
void queue_remove(struct queue *q, int i);

/* Looks whether a client of that service has asked by now, if it is time to
 * look again. False: it has gone. */
bool queue_look(struct waiting *w, const struct service *service, int64_t now);

/* The first that had its moment and has not asked, -1: there is none. */
int queue_silent(const struct queue *q, int64_t now);

#endif
