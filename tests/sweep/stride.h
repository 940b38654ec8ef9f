/*
 * stride.h - which points of a sweep are tried: every so-many-th of all.
 */
#ifndef TESTS_SWEEP_STRIDE_H
#define TESTS_SWEEP_STRIDE_H

#include <stdbool.h>

struct stride {
	long every; /* from 1 on */
	long next;  /* points until one is tried */
};

/* Reads -s STRIDE and -r SEED, of which the second says with which point it
 * begins, and says them; and -a, which sets *all, if all is not NULL.
 * getopt(3)'s optind is behind them. Exits with a line of usage that names the
 * program. */
void stride_read(
    struct stride *s, bool *all, const char *program, int argc, char **argv);

/* Another point: is it to be tried? */
bool stride_due(struct stride *s);

#endif
