#include "base/clock.h"

#include <time.h>

static struct timespec
read_clock(clockid_t id)
{
	struct timespec ts = {0, 0};

	/* Cannot fail: these clocks exist wherever this compiles. */
	(void)clock_gettime(id, &ts);
	return ts;
}

int64_t
clock_now(void)
{
	struct timespec ts = read_clock(CLOCK_MONOTONIC);

	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int64_t
clock_ns(void)
{
	struct timespec ts = read_clock(CLOCK_MONOTONIC);

	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

int64_t
clock_spent(void)
{
	struct timespec ts = read_clock(CLOCK_PROCESS_CPUTIME_ID);

	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

int64_t
clock_wall(void)
{
	return (int64_t)read_clock(CLOCK_REALTIME).tv_sec;
}
