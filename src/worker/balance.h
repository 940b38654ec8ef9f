/*
 * balance.h - which of several executors is to take the next client. For
 * src/worker.
 *
 * All accept from the same listeners, and the wake-ups are uneven. So an
 * executor that has far more clients than another, by the scoreboard, leaves
 * the next ones to it. What a row says is believed only within reason: if
 * clients wait nevertheless, the executors that they were left for are in
 * doubt, and are not waited for. Nothing here waits or reads a clock.
 */
#ifndef WORKER_BALANCE_H
#define WORKER_BALANCE_H

#include <stdbool.h>
#include <stdint.h>

#include "stream/board.h"

/* If clients have waited at every look for so long, no executor takes them. */
enum { BALANCE_WAIT_MS = 20 };

/* What this executor alone knows of another, which says that it has fewer
 * clients and does not take those that wait. */
struct doubt {
	int64_t until; /* clock_now() until which it is not waited for */
	int64_t ms;    /* how long the last doubt was, 0: there was none */
};

/* All 0 at first, but for board and row. */
struct balance {
	const struct board *board;
	int row;	 /* this executor's */
	int64_t awaited; /* clock_now() since when a client waited at every
			  * look; 0: none did at the last one */
	struct doubt doubt[BOARD_ROWS_MAX]; /* by row */
};

/* Has this executor, with so many clients, so many more than another that the
 * next ones are for that? */
bool balance_is_ahead(const struct balance *b, int32_t clients, int64_t now);

/* A pause in favour of others begins: forgets what earlier looks have seen. */
void balance_pause(struct balance *b);

/* A look during such a pause, while balance_is_ahead: does a client wait at a
 * listener? After BALANCE_WAIT_MS of that, the emptier executors do not take
 * any, whatever they say. Each is in doubt for a while then, which is longer
 * each time that this happens again. */
void
balance_look(struct balance *b, int32_t clients, bool awaited, int64_t now);

#endif
