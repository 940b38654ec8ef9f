#include "balance.h"

enum {
	DOUBT_MIN_MS = 20,   /* in doubt at first, */
	DOUBT_MAX_MS = 5000, /* and when it goes on */
	DOUBT_FORGOTTEN_MS = 2 * DOUBT_MAX_MS,
	SLACK = 16,	/* clients more than the emptiest has: fair */
	STALE_MS = 1500 /* a row without a beat does not count */
};

static bool
is_ahead_of(const struct balance *b, int other, int32_t clients, int64_t now)
{
	struct board_row *row = board_row(b->board, other);
	int64_t beat = board_get(row->beat);
	int32_t theirs = board_get(row->clients);

	if (other == b->row || !board_get(row->accepting) ||
	    beat < now - STALE_MS || beat > now + STALE_MS ||
	    now < b->doubt[other].until)
		return false;
	return theirs >= 0 && clients - SLACK > theirs &&
	       clients - SLACK - theirs > theirs / 16;
}

/* The first such executor from `other` on, or -1. */
static int
next_emptier(const struct balance *b, int other, int32_t clients, int64_t now)
{
	int rows = board_get(board_master(b->board)->rows);

	if (clients <= SLACK)
		return -1;
	for (; other < rows && other < b->board->rows; other++)
		if (is_ahead_of(b, other, clients, now))
			return other;
	return -1;
}

bool
balance_is_ahead(const struct balance *b, int32_t clients, int64_t now)
{
	return next_emptier(b, 0, clients, now) >= 0;
}

void
balance_pause(struct balance *b)
{
	b->awaited = 0;
}

static void
doubt(struct doubt *d, int64_t now)
{
	if (d->ms == 0 || now - d->until > DOUBT_FORGOTTEN_MS)
		d->ms = DOUBT_MIN_MS;
	else if (d->ms < DOUBT_MAX_MS)
		d->ms = 2 * d->ms < DOUBT_MAX_MS ? 2 * d->ms : DOUBT_MAX_MS;
	d->until = now + d->ms;
}

void
balance_look(struct balance *b, int32_t clients, bool awaited, int64_t now)
{
	int i = -1;

	if (!awaited) {
		b->awaited = 0;
		return;
	}
	if (b->awaited == 0)
		b->awaited = now;
	if (now - b->awaited < BALANCE_WAIT_MS)
		return;
	b->awaited = 0;
	while ((i = next_emptier(b, i + 1, clients, now)) >= 0)
		doubt(&b->doubt[i], now);
}
