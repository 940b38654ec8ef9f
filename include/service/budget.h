/*
 * budget.h - the memory that the listings of many executors may take together,
 * where each executor serves one client: processes, or threads.
 *
 * All of it is in memory that they share, and atomic. What an executor has
 * taken is in its share, so that the host can give it back when the executor
 * has died. A death between two stores leaves the sum wrong by what was just
 * taken, until no executor is left. Listings of at most PAGE_BIG bytes
 * (pages.h) are of the class BUDGET_SMALL, longer ones of BUDGET_BIG, and each
 * class has a sum of its own.
 */
#ifndef SERVICE_BUDGET_H
#define SERVICE_BUDGET_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum { BUDGET_SMALL, BUDGET_BIG, BUDGET_CLASSES };

struct share {
	_Atomic int64_t bytes[BUDGET_CLASSES];
};

struct budget {
	_Atomic int64_t bytes[BUDGET_CLASSES]; /* of all shares */
	_Atomic(struct share *) big; /* of the executor whose listing may grow
				      * big now, or NULL */
	_Atomic bool stalled;	     /* that executor finds no room */
};

/* Makes the share of that class `bytes` and returns true, if the sum allows it,
 * if no other executor has any, or if it is less than before. Else false, and
 * nothing has changed. */
bool
budget_set(struct budget *b, struct share *share, int class, int64_t bytes);

/* Takes the right to make a big listing, which one executor has at a time.
 * False: another has it. */
bool budget_begin_big(struct budget *b, struct share *share);
void budget_end_big(struct budget *b, struct share *share);

/* Gives all back. */
void budget_return(struct budget *b, struct share *share);

#endif
