/*
 * clock.h - the clocks.
 *
 * Only the drivers (worker/, master/, client/) read them; everything below
 * is passed `now`, so that tests own time.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

/* A deadline that never comes. */
#define CLOCK_NEVER INT64_MAX

/* Milliseconds of CLOCK_MONOTONIC: the time of deadlines. The same in all
 * processes of one host, so a deadline may live in shared memory. */
int64_t clock_now(void);

/* Nanoseconds of CLOCK_MONOTONIC: for measuring. */
int64_t clock_ns(void);

/* Nanoseconds that this process has had of processors: what something costs,
 * whatever else they do meanwhile. */
int64_t clock_spent(void);

/* Seconds since the Epoch: the time of Date and of log lines. */
int64_t clock_wall(void);

#endif
