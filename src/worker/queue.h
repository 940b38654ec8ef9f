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
	int most; /* so many may wait, from 1 to QUEUE_MOST; for a moment one
		   * more */
	int count;
	struct waiting client[QUEUE_MOST + 1];
};

/* Adds a client. There has to be room. */
void queue_add(struct queue *q, int fd, const struct peer *peer, int64_t now);

/* Takes the client at i off the queue; its socket is the caller's. */
void queue_remove(struct queue *q, int i);

/* If it is time to look again: has the client, to which that service speaks,
 * asked by now (w->asks)? False: it has closed the connection. */
bool queue_look(struct waiting *w, const struct service *service, int64_t now);

/* The first client that has waited for CONN_MOMENT_MS and has not asked, -1:
 * there is none. */
int queue_silent(const struct queue *q, int64_t now);

#endif
