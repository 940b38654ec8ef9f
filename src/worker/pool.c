#include "pool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "accept.h"
#include "base/clock.h"
#include "base/log.h"
#include "child.h"
#include "evict.h"
#include "os/memory.h"
#include "os/root.h"
#include "polling.h"
#include "service/registry.h"

static void
read_clocks(struct pool *p)
{
	p->serving.now = clock_now();
	p->serving.wall = clock_wall();
}

static void
publish(struct pool *p)
{
	struct board_row *row = board_row(p->config->board, p->row);

	child_count(row, &p->serving);
	/* A successor may be writing the rest by now. */
	if (p->serving.draining)
		return;
	board_set(row->beat, p->serving.now);
	board_set(row->clients, pool_clients(p));
	board_set(row->unlogged_why, p->serving.unlogged_why);
	board_set(row->root_seen, p->config->service.root->seen);
	board_set(row->root_seen_at, p->config->service.root->seen_at);
	board_set(row->accepting, p->listening);
}

static size_t
places_size(const struct pool *p)
{
	return (size_t)worker_places(p->config) * sizeof(*p->place);
}

void
pool_init(struct pool *p, const struct worker_config *config, int row)
{
	memset(p, 0, sizeof(*p));
	p->config = config;
	p->row = row;
	p->serving.config = &config->service;
	p->serving.journal = &p->journal;
	p->serving.row = board_row(config->board, row);
	p->balance.board = config->board;
	p->balance.row = row;
}

void
pool_strip(struct pool *p, bool poller_stays)
{
	polling_end(p, poller_stays);
	heap_free(p->heap);
	serving_close(&p->serving);
	memory_drop(p->place, places_size(p));
	p->heap = NULL;
	p->place = NULL;
}

int
pool_equip(struct pool *p, bool inherit, const int *watch, int watched)
{
	p->watch = watch;
	p->watched = watched;
	p->place = memory_private(places_size(p));
	p->heap = heap_new(worker_places(p->config));
	if (p->place == NULL || p->heap == NULL ||
	    serving_open(&p->serving) != 0 || polling_begin(p, inherit) != 0)
		return -1;
	read_clocks(p);
	return 0;
}

int
pool_open(struct pool *p, const struct worker_config *config, int row,
    const int *watch, int watched)
{
	pool_init(p, config, row);
	if (journal_open(&p->journal, worker_places(config), services,
		config->standby ? FD_JOURNAL : JOURNAL_UNKEPT) != 0 ||
	    pool_equip(p, false, watch, watched) != 0 ||
	    polling_listen(p) != 0 || polling_listen_status(p) != 0) {
		pool_close(p);
		return -1;
	}
	polling_is_whole(p);
	admission_begin(&p->admission, config, row);
	publish(p);
	return 0;
}

int
pool_find(struct pool *p, const struct worker_config *config, int row)
{
	pool_init(p, config, row);
	if (journal_find(
		&p->journal, worker_places(config), services, FD_JOURNAL) != 0)
		return -1;
	p->admission.proxies = config->service.proxies;
	p->admission.status = config->status;
	addresses_resume(
	    &p->admission.addresses, config->board, row, config->per_address);
	return 0;
}

void
pool_close(struct pool *p)
{
	int i, saved = errno;

	if (p->journal.head != NULL) {
		for (i = 0; p->place != NULL && i < p->journal.head->top; i++)
			if (p->place[i].conn.r != NULL)
				conn_drop(&p->place[i].conn, &p->serving);
		serving_tend(&p->serving, CLOCK_NEVER);
		child_count(board_row(p->config->board, p->row), &p->serving);
		journal_close(&p->journal);
	}
	pool_strip(p, false);
	errno = saved;
}

bool
pool_keeps_status(const struct pool *p)
{
	return board_get(board_master(p->config->board)->stopping) ==
	       BOARD_STOPS;
}

void
pool_drain(struct pool *p)
{
	accept_pause(p, PAUSE_LEAVE);
	if (!pool_keeps_status(p))
		polling_turn_away_status(p);
}

void
pool_dismiss(struct pool *p)
{
	if (p->serving.draining)
		return;
	read_clocks(p);
	p->serving.draining = true;
	p->drained = p->serving.now + LAST_WORD_MS;
	place_run_all(p);
}

int
pool_stay(struct pool *p)
{
	p->serving.draining = false;
	p->paused &= ~(unsigned)PAUSE_LEAVE;
	read_clocks(p);
	p->retry = p->serving.now;
	if (!p->listening && p->paused == 0 && polling_listen(p) != 0)
		return -1;
	if (!p->listening_status && polling_listen_status(p) != 0)
		return -1;
	publish(p);
	return 0;
}

bool
pool_drained(const struct pool *p)
{
	return p->serving.draining && pool_clients(p) == 0 &&
	       (p->apart == 0 || p->serving.now >= p->drained);
}

/* ms */
static int
poll_timeout(const struct pool *p)
{
	int64_t now = p->serving.now, until = now + POOL_TICK_MS, due;
	int index;

	if (p->paused != 0 && p->retry < until)
		until = p->retry;
	due = heap_top(p->heap, &index);
	if (due < until)
		until = due;
	return until > now ? (int)(until - now) : 0;
}

/* Woken much later than it asked for, this process was stopped, or its machine
 * slept: no client's time has run meanwhile. */
static void
catch_up(struct pool *p)
{
	int64_t late = p->serving.now - p->journal.head->ran;

	p->journal.head->ran = p->serving.now;
	if (late >= LATE_MS)
		place_delay_all(p, late);
}

/* Deals with one event. Returns the mask of what it says of pool.watch. */
static unsigned
heed(struct pool *p, uint64_t tag)
{
	const unsigned index = (unsigned)(tag & UINT32_MAX);

	switch (tag >> 32) {
	case POLLED_PLACE:
		/* An event of a client that has left may meet the next one in
		 * its place: a step too many is harmless. */
		if (p->place[index].conn.r != NULL)
			place_run(p, (int)index);
		return 0;
	case POLLED_LISTENER:
		accept_ready(p, (int)index);
		return 0;
	default:
		return 1U << index;
	}
}

unsigned
pool_turn(struct pool *p)
{
	struct poller_event events[POLLER_EVENTS];
	int i, n, timeout = poll_timeout(p);
	unsigned woken = 0;

	p->journal.head->ran = clock_now() + timeout;
	n = poller_wait(p->poller, events, POLLER_EVENTS, timeout);
	read_clocks(p);
	catch_up(p);
	if (n < 0) {
		if (polling_replace(p) != 0)
			die("wait for clients:");
		place_run_anew(p);
	}
	for (i = 0; i < n; i++)
		woken |= heed(p, events[i].tag);
	place_run_due(p);
	evict_slow(p);
	evict_refused(p);
	serving_tend(&p->serving, p->serving.now);
	accept_tend(p);
	/* Those of the status that are there are the last: nobody waits for
	 * more. */
	if (p->serving.draining && pool_clients(p) == 0)
		polling_turn_away_status(p);
	/* Also when no client asks: if two executors looked while the root
	 * changed, the master may have read the older look last. */
	root_look(p->config->service.root, p->serving.now);
	publish(p);
	return woken;
}
