#include "evict.h"

#include "place.h"
#include "pool_state.h"

static int64_t
idle(const void *of, int index, int64_t before)
{
	const struct place *place = &((const struct pool *)of)->place[index];

	return place->conn.r != NULL && !place->apart &&
		       place->since < before && conn_gives_way(&place->conn)
		   ? place->since
		   : INT64_MAX;
}

static void
count(const struct pool *p, enum board_count why)
{
	board_add(board_row(p->config->board, p->row), why, 1);
}

bool
evict_one(struct pool *p)
{
	int index =
	    admission_gives_way(idle, p, p->journal.head->top, p->serving.now);

	if (index < 0)
		return false;
	count(p, COUNT_GAVE_WAY);
	place_leave(p, index, false);
	return true;
}

void
evict_status(struct pool *p)
{
	int i, chosen = -1;

	for (i = 0; i < p->journal.head->top; i++)
		if (p->place[i].conn.r != NULL && p->place[i].apart &&
		    (chosen < 0 || p->place[i].since < p->place[chosen].since))
			chosen = i;
	if (chosen >= 0)
		place_leave(p, chosen, false);
}

void
evict_slow(struct pool *p)
{
	const struct journal *j = &p->journal;
	bool anew = p->serving.now - p->swept > 2 * CONN_PACE_MS;
	int i;

	if (!admission_is_scarce(pool_clients(p), p->config->max_clients)) {
		p->swept = 0;
		return;
	}
	if (p->serving.now - p->swept < CONN_PACE_MS)
		return;
	p->swept = p->serving.now;
	for (i = 0; i < j->head->top; i++)
		if (p->place[i].conn.r != NULL && !p->place[i].apart &&
		    conn_is_slow(&p->place[i].conn, &p->serving, anew)) {
			count(p, COUNT_SLOW);
			place_leave(p, i, true);
		}
}

void
evict_refused(struct pool *p)
{
	const struct board *b = p->config->board;
	int32_t refusals = board_get(board_master(b)->refusals);
	const struct record *r;
	int i;

	if (refusals == p->refusals)
		return;
	p->refusals = refusals;
	for (i = 0; i < p->journal.head->top; i++) {
		r = p->place[i].conn.r;
		if (r != NULL && !p->place[i].apart &&
		    board_refuses(b, peer_network(&r->peer), p->serving.now)) {
			count(p, COUNT_REFUSED_NETWORK);
			place_leave(p, i, true);
		}
	}
}
