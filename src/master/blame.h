/*
 * blame.h - which networks have killed how many workers of late. Pure: no
 * clock, no log; the master (master.c) publishes which are refused.
 *
 * Every worker is a copy of the one before it. A client that may crash as many
 * as it likes finds out byte by byte what it must not know (a canary, an
 * address). So no client may crash more than a few in a minute.
 */
#ifndef MASTER_BLAME_H
#define MASTER_BLAME_H

#include <stdbool.h>
#include <stdint.h>

#include "stream/board.h"

enum {
	BLAME_WINDOW_MS = 60000, /* that is counted together */
	BLAME_REFUSE_MS = 60000	 /* refused, from the last blame on */
};

/* Zeroed: nobody. Of many networks those are remembered that were blamed
 * last. */
struct blame_list {
	struct blame {
		uint64_t network; /* 0: free */
		int64_t since;	  /* when the first was counted */
		int64_t last;
		int64_t count;
		bool refused;
	} blame[BOARD_REFUSED_MAX];
};

/* Counts one death that a network is to blame for. Returns where in the list
 * it is if it is to be refused, since there were more than `most` in a window,
 * or -1; *anew: it was not refused before. most 0: nobody ever is. */
int blame_count(struct blame_list *list, uint64_t network, int64_t now,
    int most, bool *anew);

#endif
