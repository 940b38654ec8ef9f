/*
 * preflight.h - tries, before any client is served, whether workers will be
 * able to begin: a child takes all that a worker takes, as the same user and
 * under the same limits, and exits.
 */
#ifndef WORKER_PREFLIGHT_H
#define WORKER_PREFLIGHT_H

#include "worker/worker.h"

/* In a child: opens the root and `pools` empty pools, with what a takeover of
 * each needs. user: for the message, NULL if none was given. Returns if that
 * went well; else says what failed and exits with 111. */
void worker_preflight(const struct worker_config *config, int pools,
    const char *root, const char *user);

/* Can a worker begin its program anew? A child does so, and that program looks
 * for all that it needs and exits. */
bool worker_try_renewal(const struct worker_config *config);

#endif
