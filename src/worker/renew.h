/*
 * renew.h - a worker's process begins its program anew. It goes on with its
 * descriptors, its journal and its row, in memory of another layout: what an
 * attacker has learnt of the old layout is of no use there.
 *
 * The new program finds what it needs at fixed descriptors (FD_IMAGE and those
 * beside it), and what stood in the old program's memory alone in an argument.
 * For src/worker.
 */
#ifndef WORKER_RENEW_H
#define WORKER_RENEW_H

#include "worker/worker.h"

/* Begins the program, which goes on as that says. Returns with errno if it
 * cannot be begun: nothing has changed then. The caller's signals have to be
 * blocked. */
void
renew_begin(const struct worker_config *config, const struct renewal *renewal);

#endif
