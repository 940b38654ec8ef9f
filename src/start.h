/*
 * start.h - starts a server as the options say: all that may fail at the start,
 * in the order in which it has to be done.
 */
#ifndef START_H
#define START_H

#include "options.h"

/* Checks, opens, binds, drops rights and runs the keeper or the master. argv:
 * what the options were made of; it must stay. Returns the exit status. Dies
 * with the cause if it cannot begin; no process is left behind then. */
int start(const struct options *o, char **argv);

#endif
