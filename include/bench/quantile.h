/*
 * quantile.h - what stands in the middle of some figures, and how far apart
 * they are. Pure.
 */
#ifndef BENCH_QUANTILE_H
#define BENCH_QUANTILE_H

/* Sorts the n figures, and returns the one that a share of q of them is below:
 * q = 0 is the least, 0.5 the median, 1 the greatest. It may lie between two of
 * them. n is at least 1, and none of them is NaN. */
double quantile(double *figures, int n, double q);

#endif
