#include "tally.h"

uint64_t
tally_unconnected(const struct tally *t)
{
	return t->refused + t->no_port + t->unreached;
}

bool
tally_is_clean(const struct tally *t, const struct clients_count *count)
{
	return clients_lost(count) == 0 && tally_unconnected(t) == 0 &&
	       count->bytes_wrong == 0 && t->bodies_wrong == 0 &&
	       t->not_ok == 0;
}
