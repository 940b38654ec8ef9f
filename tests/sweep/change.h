/*
 * change.h - deaths on the way of a standby to the service, through a change of
 * its program: after each of its system calls, of the old program and of the
 * new one, and some instructions later.
 */
#ifndef TESTS_SWEEP_CHANGE_H
#define TESTS_SWEEP_CHANGE_H

#include "host.h"
#include "stride.h"
#include "talk.h"

/* For each call so many points: the first at its return. */
enum { CHANGE_POINTS = 64 };

struct change {
	long points;
	int calls;
	long kills, equal, missed;
};

/* Tries the points that are due. The client is connected to an echo and notices
 * nothing: if it does, that is said. 0; -1 with errno if it cannot be tried
 * here. */
int change_sweep(struct change *c, struct host *h, struct talk *client,
    struct stride *stride);

#endif
