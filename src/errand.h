/*
 * errand.h - what else than to serve a program may be told to do.
 */
#ifndef ERRAND_H
#define ERRAND_H

#include "options.h"

/* Does as it was told: an errand, or serves (start.h). Returns the exit
 * status. argv: as it was parsed. */
int errand_or_start(const struct options *o, char **argv);

#endif
