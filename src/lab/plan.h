/*
 * plan.h - a line that says what is being done and how long it will still
 * take: on a terminal it overwrites itself, elsewhere it is a line for each
 * step.
 */
#ifndef LAB_PLAN_H
#define LAB_PLAN_H

#include <stdbool.h>
#include <stdint.h>

struct plan {
	double total, done; /* seconds, as estimated beforehand */
	double current;	    /* of the step that runs */
	int64_t begun;	    /* clock_now() */
	bool terminal;
};

/* total: all the steps that will come. */
void plan_open(struct plan *p, double total);

/* The next step, which is estimated to take so long. */
void plan_step(struct plan *p, double seconds, const char *what);

/* Seconds that are left, judged by how long the steps so far really took.
 * Pure; elapsed in seconds. */
double plan_left(const struct plan *p, double elapsed);

/* All is done: clears the line. */
void plan_close(struct plan *p);

#endif
