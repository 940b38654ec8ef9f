/*
 * renew.h - a worker's process begins its program anew: it goes on with its
 * descriptors, its journal and its rows, in a memory of another layout, which
 * nothing that was learnt of the old one fits.
 *
 * The new program finds what it needs at fixed descriptors (FD_IMAGE and those
 * beside it), and what only its predecessor's memory knew in an argument.
 */
#ifndef WORKER_RENEW_H
#define WORKER_RENEW_H

#include "worker/worker.h"

/* Begins the program that goes on so. Returns with errno if it cannot: nothing
 * has changed then. The caller's signals are blocked. */
void
renew_begin(const struct worker_config *config, const struct renewal *renewal);

#endif
