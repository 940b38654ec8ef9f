/*
 * rehearse.h - what can be known before any client is served: a child takes all
 * that a worker takes, as the same user and under the same limits, and leaves.
 */
#ifndef WORKER_REHEARSE_H
#define WORKER_REHEARSE_H

#include "worker/worker.h"

/* Opens the root and `pools` empty pools with what a takeover of each needs, in
 * a child. user: for the message, NULL if none was given. Returns if that went
 * well; else says what failed and exits with 111. */
void worker_rehearse(const struct worker_config *config, int pools,
    const char *root, const char *user);

/* Lets a child begin its program anew, which looks at all that it needs and
 * leaves. Does it work? */
bool worker_rehearse_renewal(const struct worker_config *config);

#endif
