/*
 * load.h - many clients at a time, all of whose bytes are verified.
 *
 * One thread, one poller. A run has four phases (see enum phase in run.h)
 * and ends early on SIGINT or SIGTERM: the first lets what is under way come
 * in, the second does not wait for it.
 */
#ifndef CLIENT_LOAD_H
#define CLIENT_LOAD_H

#include "bench/dial.h"
#include "settings.h"

/* Runs and reports. Blocks. Returns the exit status: 0 if nothing was lost
 * or wrong, else 1; EXIT_SYSTEM if no client at all could connect. */
int load_run(const struct settings *settings, const struct dial *dial);

#endif
