/*
 * budget.h - the memory that the listings of many executors may take together,
 * where each executor serves one client: processes, or threads.
 *
 * All of it is in memory that they share, and atomic. What an executor has
 * taken stands in its share, so that its host can give that back for one that
 * died. A death between two stores leaves the sum wrong by what was just taken,
 * until no executor is left.
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
	_Atomic(struct share *) big; /* whose page may grow big now, or NULL */
	_Atomic bool stalled;	     /* that one finds no room */
};

/* Makes the share of a class `bytes`, if that fits, or if there is no other;
 * what is less always fits. */
bool
budget_set(struct budget *b, struct share *share, int class, int64_t bytes);

/* The right to make a page that is big; one has it at a time. */
bool budget_begin_big(struct budget *b, struct share *share);
void budget_end_big(struct budget *b, struct share *share);

/* Gives all back. */
void budget_return(struct budget *b, struct share *share);

#endif
