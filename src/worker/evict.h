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

/* All places of the status are taken: of its clients the one goes that has been
 * longest without a whole request. */
void evict_status(struct pool *p);

/* If places are scarce, clients that are slower than allowed go. To be called
 * each turn. */
void evict_slow(struct pool *p);

/* If the master has refused another network, its clients go. To be called each
 * turn. */
void evict_refused(struct pool *p);

#endif
