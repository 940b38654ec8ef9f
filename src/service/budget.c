#include "service/budget.h"

#include <stddef.h>

#include "pages.h"

bool
budget_set(struct budget *b, struct share *share, int class, int64_t bytes)
{
	int64_t more = bytes - share->bytes[class];
	int64_t all = b->bytes[class];

	do {
		/* All that there is may be its own. */
		if (more > 0 && all > share->bytes[class] &&
		    all + more > PAGE_CLASS_BYTES)
			return false;
	} while (
	    !atomic_compare_exchange_weak(&b->bytes[class], &all, all + more));
	share->bytes[class] = bytes;
	return true;
}

bool
budget_begin_big(struct budget *b, struct share *share)
{
	struct share *whose = NULL;

	return atomic_compare_exchange_strong(&b->big, &whose, share) ||
	       whose == share;
}

void
budget_end_big(struct budget *b, struct share *share)
{
	struct share *whose = share;

	(void)atomic_compare_exchange_strong(&b->big, &whose, NULL);
}

void
budget_return(struct budget *b, struct share *share)
{
	int i;

	for (i = 0; i < BUDGET_CLASSES; i++)
		if (share->bytes[i] != 0)
			(void)budget_set(b, share, i, 0);
	budget_end_big(b, share);
}
