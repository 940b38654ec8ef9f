/*
 * loader.h - prefork-client's load, run as a program beside the laboratory, so
 * that what it needs itself is not counted; and what it reports.
 */
#ifndef LAB_LOADER_H
#define LAB_LOADER_H

#include <stdbool.h>
#include <stdint.h>

#include "bench/instance.h"

struct loader {
	double round_trips, per_second, p50_us, p99_us;
	double lost, wrong; /* clients; bytes, bodies and statuses */
	double cpu_us;	    /* of the server for each; < 0: not known */
};

/* Runs the program against the server with these options, ended by NULL. 0;
 * -1 if it told nothing. */
int loader_run(struct loader *b, const char *program, const struct instance *s,
    const char *const options[]);

/* The number at "key": in flat JSON; -1 if it is not there. Pure. */
double loader_number(const char *json, const char *key);

#endif
