#include "blame.h"

/* The network's entry; or a free one, or that of the network that was blamed
 * longest ago. */
static struct blame *
find(struct blame_list *list, uint64_t network)
{
	struct blame *quiet = &list->blame[0];
	int i;

	for (i = 0; i < BOARD_REFUSED_MAX; i++) {
		struct blame *b = &list->blame[i];

		if (b->network == network)
			return b;
		/* In a free entry it is 0. */
		if (b->last < quiet->last)
			quiet = b;
	}
	return quiet;
}

int
blame_count(struct blame_list *list, uint64_t network, int64_t now, int most,
    bool *anew)
{
	struct blame *b;

	*anew = false;
	if (network == 0 || most == 0)
		return -1;
	b = find(list, network);
	/* One that is refused stays so until it was quiet for a while. */
	if (b->network != network ||
	    now - (b->refused ? b->last : b->since) >= BLAME_WINDOW_MS)
		*b = (struct blame){.network = network, .since = now};
	b->last = now;
	if (++b->count <= most && !b->refused)
		return -1;
	*anew = !b->refused;
	b->refused = true;
	return (int)(b - list->blame);
}
