/*
 * dry_run.h - the start of a worker, tried before any client is served: a child
 * takes all that a worker takes, as the same user and under the same limits,
 * and exits. It is over when these functions return.
 */
#ifndef WORKER_DRY_RUN_H
#define WORKER_DRY_RUN_H

#include "worker/config.h"

/* In a child: opens the root and `pools` empty pools, with what a takeover of
 * each needs. user: for the message, NULL if none was given. Returns if that
 * went well; else says what failed and exits with 111. */
void worker_dry_run(const struct worker_config *config, int pools,
    const char *root, const char *user);

/* Can a worker begin its program anew? A child does so, and that program looks
 * for all that it needs and exits. */
bool worker_try_renewal(const struct worker_config *config);

#endif
