/*
 * start.h - from options to a master: everything that may fail at start, in
 * the one order in which it is done.
 */
#ifndef START_H
#define START_H

#include "options.h"

/* argv: what the options were made of, for good. Checks, opens, binds, drops
 * rights and runs the master. Returns the exit status. Dies with the cause if
 * it cannot begin; nothing is forked before the last thing that can fail has
 * been done. */
int start(const struct options *o, char **argv);

#endif
