#include "guess.h"

#include <string.h>

void
guess_init(struct guess *g)
{
	memset(g, 0, sizeof(*g));
	g->found = g->sure = GUESS_GIVEN;
}

/* Are those that were found to be tried again, in a process that is another?
 */
static bool
is_check(const struct guess *g)
{
	return g->fresh && g->found > g->sure;
}

int
guess_next(const struct guess *g, unsigned char bytes[GUESS_BYTES])
{
	memcpy(bytes, g->byte, GUESS_BYTES);
	if (is_check(g))
		return g->found;
	if (g->found < GUESS_BYTES) {
		bytes[g->found] = g->next;
		return g->found + 1;
	}
	/* What is left is to see them hold: another process is wanted. */
	bytes[GUESS_BYTES - 1] ^= 1;
	return GUESS_BYTES;
}

/* All that was not sure is in doubt. */
static void
refute(struct guess *g)
{
	g->refuted++;
	g->found = g->sure;
	g->next = 0;
}

static void
confirm(struct guess *g)
{
	int i;

	for (i = g->sure; i < g->found; i++)
		g->held[i]++;
	while (g->sure < g->found && g->held[g->sure] >= GUESS_SURE)
		g->sure++;
}

static void
find(struct guess *g)
{
	/* What seemed wrong a moment ago is right now. */
	if (g->found == GUESS_BYTES) {
		refute(g);
		return;
	}
	g->byte[g->found] = g->next;
	g->held[g->found++] = 0;
	g->next = 0;
}

void
guess_learn(struct guess *g, bool survived)
{
	bool check = is_check(g);

	g->tries++;
	g->deaths += !survived;
	g->fresh = !survived;
	if (check && survived)
		confirm(g);
	else if (check)
		refute(g);
	else if (survived)
		find(g);
	else if (g->found < GUESS_BYTES)
		g->next++;
}
