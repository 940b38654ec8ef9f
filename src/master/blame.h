/*
 * blame.h - how many workers' deaths each network has caused of late. Pure: no
 * clock, no log; messages.c publishes which networks are refused.
 *
 * A worker may be a copy of the one before it. A client that may crash as many
 * as it likes then finds out, byte by byte, what it must not know (a canary, an
 * address). So no network may crash more than a few in a minute.
 */
#ifndef MASTER_BLAME_H
#define MASTER_BLAME_H

#include <stdbool.h>
#include <stdint.h>

#include "stream/board.h"

enum {
	BLAME_WINDOW_MS = 60000, /* deaths within it are counted together */
	BLAME_REFUSE_MS =
	    60000 /* how long it is refused, from the last one on */
};

/* All zeros at first. It remembers the networks that were blamed last. */
struct blame_list {
	struct blame {
		uint64_t network; /* 0: free */
		int64_t since;	  /* clock_now() of the first death counted, */
		int64_t last;	  /* and of the last */
		int64_t count;
		bool refused;
	} blame[BOARD_REFUSED_MAX];
};

/* Counts one death that a network is to blame for. If there were more than
 * `most` in a window it is to be refused: returns its index in the list; *anew:
 * it was not refused before. Else, and always if most is 0, -1. */
int blame_count(struct blame_list *list, uint64_t network, int64_t now,
    int most, bool *anew);

#endif
