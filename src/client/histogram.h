/*
 * histogram.h - how often each latency was seen, log-linear.
 *
 * Pure. Every power of two is cut into HISTOGRAM_STEPS equal steps, so a
 * value is known to 1.6 percent whatever its size, adding one is O(1), and
 * the whole is 18 KiB that never grows. Values are nanoseconds here, but
 * the module does not care.
 */
#ifndef CLIENT_HISTOGRAM_H
#define CLIENT_HISTOGRAM_H

#include <stdint.h>

enum {
	HISTOGRAM_BITS = 6,
	HISTOGRAM_STEPS = 1 << HISTOGRAM_BITS,
	/* Values from 2^40 up share the last step; max stays exact. */
	HISTOGRAM_TOP = 40,
	HISTOGRAM_BUCKETS =
	    (HISTOGRAM_TOP - HISTOGRAM_BITS + 1) * HISTOGRAM_STEPS
};

/* All zero is an empty one. */
struct histogram {
	uint64_t count;
	uint64_t max;
	uint64_t bucket[HISTOGRAM_BUCKETS];
};

void histogram_add(struct histogram *h, uint64_t value);

/* The smallest value that `share` (0 to 1) of all values do not exceed,
 * rounded up to the end of its step but never above max: a percentile is
 * never reported better than it was. 0 if h is empty. */
uint64_t histogram_at(const struct histogram *h, double share);

#endif
