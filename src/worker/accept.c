#include "accept.h"

#include "base/clock.h"
#include "evict.h"
#include "place.h"
#include "polling.h"
#include "pool_state.h"

enum {
	RETRY_MIN_MS = 1, /* between two tries while paused: at first, */
	RETRY_MAX_MS = BALANCE_WAIT_MS, /* and when nothing changes: so one
					 * client that is late for a look does
					 * no harm */
	BATCH = 4,			/* clients accepted in one turn */
	BATCH_FULL = 64,		/* in one try, if others give way */
	BATCH_ANYWAY = 4 /* of those left for others, in one try */
};

static bool
is_ahead(const struct pool *p)
{
	return balance_is_ahead(&p->balance, pool_clients(p), p->serving.now);
}

void
accept_pause(struct pool *p, unsigned why)
{
	polling_turn_away(p);
	balance_pause(&p->balance);
	p->paused |= why;
	p->retry_after = why == PAUSE_AHEAD ? RETRY_MIN_MS : RETRY_MAX_MS;
	p->retry = p->serving.now + p->retry_after;
	board_set(board_row(p->config->board, p->row)->accepting, 0);
}

/* Takes up to `most` of the clients that wait at one listener. */
static void
accept_some(struct pool *p, int listener, int most)
{
	struct peer peer;
	int fd;

	while (most > 0) {
		if (pool_clients(p) == p->config->max_clients &&
		    !(admission_awaited(listener) && evict_one(p))) {
			accept_pause(p, PAUSE_FULL);
			return;
		}
		fd = admission_next(
		    &p->admission, listener, &most, &peer, p->serving.now);
		/* The listener stays ready: a worker that tries again at once
		 * does nothing but that. */
		if (fd == ADMISSION_FAILED)
			accept_pause(p, PAUSE_FAILED);
		if (fd < 0)
			return;
		place_take(p, fd, listener, &peer);
		if (is_ahead(p)) {
			accept_pause(p, PAUSE_AHEAD);
			return;
		}
	}
}

/* Takes clients of the status. When all their places are taken, the one that
 * asked longest ago goes. */
static void
accept_status(struct pool *p, int listener)
{
	int fd, tries = BATCH;
	struct peer peer;

	for (;;) {
		fd = admission_next(
		    &p->admission, listener, &tries, &peer, p->serving.now);
		if (fd == ADMISSION_FAILED) {
			polling_turn_away_status(p);
			p->status_retry = p->serving.now + RETRY_MAX_MS;
		}
		if (fd < 0)
			return;
		if (p->apart == STATUS_PLACES)
			evict_status(p);
		place_take(p, fd, listener, &peer);
	}
}

void
accept_ready(struct pool *p, int listener)
{
	if (worker_status_at(p->config, listener)) {
		accept_status(p, listener);
		return;
	}
	/* An event before this one, in the same turn, may have led to a
	 * pause. */
	if (p->listening)
		accept_some(p, listener, BATCH);
}

static bool
is_any_awaited(const struct pool *p)
{
	int i = 0;

	while (i < p->config->listeners &&
	       (worker_status_at(p->config, i) || !admission_awaited(i)))
		i++;
	return i < p->config->listeners;
}

/* Takes off those reasons for the pause that are gone. */
static void
reconsider(struct pool *p)
{
	p->paused &= ~(unsigned)PAUSE_FAILED;
	if (pool_clients(p) < p->config->max_clients)
		p->paused &= ~(unsigned)PAUSE_FULL;
	if ((p->paused & PAUSE_AHEAD) && !is_ahead(p))
		p->paused &= ~(unsigned)PAUSE_AHEAD;
}

/* Clients that were left for emptier executors are taken if they still wait
 * after a while. */
static void
try_to_accept(struct pool *p)
{
	bool was_ahead = p->paused & PAUSE_AHEAD;
	int i, most = was_ahead		       ? BATCH_ANYWAY
		      : p->paused & PAUSE_FULL ? BATCH_FULL
					       : BATCH;

	if (p->paused == PAUSE_AHEAD)
		balance_look(&p->balance, pool_clients(p), is_any_awaited(p),
		    p->serving.now);
	reconsider(p);
	p->retry_after = p->paused == 0 ? POOL_TICK_MS
			 : 2 * p->retry_after < RETRY_MAX_MS
			     ? 2 * p->retry_after
			     : RETRY_MAX_MS;
	p->retry = p->serving.now + p->retry_after;
	if (p->paused != PAUSE_AHEAD || p->retry_after == RETRY_MAX_MS)
		for (i = 0; i < p->config->listeners; i++)
			if (!worker_status_at(p->config, i))
				accept_some(p, i, most);
	if (p->paused == 0 && !p->listening && polling_listen(p) != 0)
		accept_pause(p, PAUSE_FAILED);
}

static void
tend_status(struct pool *p)
{
	if (p->status_retry == 0 || p->serving.now < p->status_retry)
		return;
	p->status_retry = 0;
	if (!p->listening_status && polling_listen_status(p) != 0)
		p->status_retry = p->serving.now + RETRY_MAX_MS;
}

void
accept_tend(struct pool *p)
{
	tend_status(p);
	if (p->serving.now < p->retry &&
	    (p->paused != PAUSE_AHEAD || is_ahead(p)))
		return;
	if (p->paused & PAUSE_LEAVE)
		p->retry = CLOCK_NEVER;
	else
		try_to_accept(p);
}
