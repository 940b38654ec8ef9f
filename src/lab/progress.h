/*
 * progress.h - a line that says what is being done and how long it will still
 * take: on a terminal it overwrites itself, elsewhere it is a line for each
 * step.
 */
#ifndef LAB_PROGRESS_H
#define LAB_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	double total, done; /* seconds, as estimated beforehand */
	double current;	    /* of the step that runs */
	int64_t begun;	    /* clock_now() */
	bool terminal;
};

/* total: all the steps that will come. */
void progress_open(struct progress *p, double total);

/* The next step, which is estimated to take so long. */
void progress_step(struct progress *p, double seconds, const char *what);

/* Seconds that are left, judged by how long the steps so far really took.
 * Pure; elapsed in seconds. */
double progress_left(const struct progress *p, double elapsed);

/* All is done: clears the line. */
void progress_close(struct progress *p);

#endif
