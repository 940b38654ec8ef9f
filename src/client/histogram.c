#include "histogram.h"

/* Below 2^HISTOGRAM_BITS a value is its own step. Above, the leading one
 * chooses the row and the HISTOGRAM_BITS bits after it the step. */
static unsigned
step_of(uint64_t value)
{
	const uint64_t last = (UINT64_C(1) << HISTOGRAM_TOP) - 1;
	unsigned shift;

	if (value < HISTOGRAM_STEPS)
		return (unsigned)value;
	if (value > last)
		value = last;
	shift = 63 - HISTOGRAM_BITS - (unsigned)__builtin_clzll(value);
	return (shift + 1) * HISTOGRAM_STEPS +
	       (unsigned)((value >> shift) & (HISTOGRAM_STEPS - 1));
}

/* The largest value that step_of puts into this step. */
static uint64_t
end_of(unsigned step)
{
	unsigned row = step / HISTOGRAM_STEPS;
	uint64_t within = step % HISTOGRAM_STEPS;

	if (row == 0)
		return within;
	return ((HISTOGRAM_STEPS + within + 1) << (row - 1)) - 1;
}

void
histogram_add(struct histogram *h, uint64_t value)
{
	h->bucket[step_of(value)]++;
	h->count++;
	if (value > h->max)
		h->max = value;
}

uint64_t
histogram_at(const struct histogram *h, double share)
{
	uint64_t wanted = (uint64_t)(share * (double)h->count);
	uint64_t seen = 0;
	unsigned step;

	/* Round up: of ten values the 99th percentile is the tenth. */
	if ((double)wanted < share * (double)h->count)
		wanted++;
	if (wanted == 0)
		wanted = 1;
	/* The last step has no end of its own: max stands for it. */
	for (step = 0; step < HISTOGRAM_BUCKETS - 1; step++) {
		seen += h->bucket[step];
		if (seen >= wanted)
			return end_of(step) < h->max ? end_of(step) : h->max;
	}
	return h->max;
}
