/*
 * errand.h - what a program may be told to do instead of serving: --upgrade,
 * --check, --top.
 */
#ifndef ERRAND_H
#define ERRAND_H

#include "options.h"

/* Does such an errand, if the options ask for one, or else serves (start.h).
 * Returns the exit status. argv: what the options were made of. */
int errand_or_start(const struct options *o, char **argv);

#endif
