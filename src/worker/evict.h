/*
 * evict.h - which clients of a pool lose their places to others. For
 * src/worker.
 */
#ifndef WORKER_EVICT_H
#define WORKER_EVICT_H

#include <stdbool.h>

struct pool;

/* All places are taken, and a client waits: another gives way, if one does. */
bool evict_one(struct pool *p);

/* All places of the status are taken: the client goes that has been longest
 * without a whole request. */
void evict_status(struct pool *p);

/* Places are scarce: those that are slower than allowed go. To be called each
 * turn. */
void evict_slow(struct pool *p);

/* The master refuses a network from now on: its clients go. To be called each
 * turn. */
void evict_refused(struct pool *p);

#endif
