/*
 * bench.h - prefork-client's load, run as a program beside the laboratory, so
 * that what it needs itself is not counted; and what it reports.
 */
#ifndef LAB_BENCH_H
#define LAB_BENCH_H

#include <stdbool.h>
#include <stdint.h>

#include "lab/specimen.h"

struct bench {
	double round_trips, per_second, p50_us, p99_us;
	double lost, wrong; /* clients; bytes, bodies and statuses */
	double cpu_us;	    /* of the server for each; < 0: not known */
};

/* Runs the program against the server with these options, ended by NULL. 0;
 * -1 if it told nothing. */
int bench_run(struct bench *b, const char *program, const struct specimen *s,
    const char *const options[]);

/* The number at "key": in flat JSON; -1 if it is not there. Pure. */
double bench_number(const char *json, const char *key);

#endif
