#include "tally.h"

const char *
loss_name(enum loss loss)
{
	static const char *const names[LOSS_COUNT] = {
	    [LOSS_RESET] = "reset",
	    [LOSS_SHORT] = "short",
	    [LOSS_CLOSED] = "closed",
	    [LOSS_TIMEOUT] = "timeout",
	    [LOSS_EXTRA] = "extra",
	    [LOSS_GARBLED] = "garbled",
	};

	return names[loss];
}

uint64_t
tally_lost(const struct tally *t)
{
	uint64_t sum = 0;
	int i;

	for (i = 0; i < LOSS_COUNT; i++)
		sum += t->lost[i];
	return sum;
}

uint64_t
tally_unconnected(const struct tally *t)
{
	return t->refused + t->no_port + t->unreached;
}

bool
tally_is_clean(const struct tally *t)
{
	return tally_lost(t) == 0 && tally_unconnected(t) == 0 &&
	       t->bytes_wrong == 0 && t->bodies_wrong == 0 && t->not_ok == 0;
}
