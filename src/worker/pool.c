#include "pool.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hook.h"
#include "base/log.h"
#include "child.h"
#include "os/memory.h"
#include "service/registry.h"

enum {
	TICK_MS = 500,	     /* the longest wait: the heart beats at least so */
	LAST_WORD_MS = 1000, /* for the silent, when all are to go */
	RETRY_MIN_MS = 1,    /* between two tries while paused: at first, */
	RETRY_MAX_MS = 20,   /* and when nothing changes */
	ACCEPT_BATCH = 4,    /* clients accepted in one turn */
	ACCEPT_FULL = 64,    /* in one try, if others give way */
	ACCEPT_ANYWAY = 4,   /* of those left for others, in one try */
	DOUBT_MIN_MS = 20,   /* not to wait for one who takes nobody: first, */
	DOUBT_MAX_MS = 5000, /* and when it goes on */
	DOUBT_FORGOTTEN_MS = 2 * DOUBT_MAX_MS,
	SLACK = 16,    /* clients more than the emptiest has: fair */
	UNKNOWN = -1,  /* what the poller waits for: never asked for */
	LATE_MS = 100, /* woken so much too late it was stopped */
	STALE_MS = 2 * TICK_MS + 500 /* a row without a beat does not count */
};

/* A poller's tag: what it is, and which one. */
enum { TAG_PLACE, TAG_LISTENER, TAG_WATCH };

static uint64_t
tag(int kind, int index)
{
	return (uint64_t)kind << 32 | (uint32_t)index;
}

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
	board_set(row->clients, p->journal.used);
	board_set(row->unlogged_why, p->serving.unlogged_why);
	board_set(row->root_seen, p->config->service.root->seen);
	board_set(row->root_seen_at, p->config->service.root->seen_at);
	board_set(row->accepting, p->listening);
}

int
pool_listen(struct pool *p)
{
	int i;

	for (i = 0; i < p->config->listeners; i++)
		if (poller_add_shared(p->poller, FD_LISTEN + i, POLLIN,
			tag(TAG_LISTENER, i)) != 0)
			return -1;
	p->listening = true;
	return 0;
}

/* Nobody new is accepted until the reason is gone. */
static void
pause_for(struct pool *p, unsigned why)
{
	int i;

	if (p->listening)
		for (i = 0; i < p->config->listeners; i++)
			(void)poller_del(p->poller, FD_LISTEN + i);
	p->listening = false;
	p->paused |= why;
	p->awaited = 0;
	p->retry_after = why == PAUSE_AHEAD ? RETRY_MIN_MS : RETRY_MAX_MS;
	p->retry = p->serving.now + p->retry_after;
	board_set(board_row(p->config->board, p->row)->accepting, 0);
}

/* A poller that has no descriptor leaves its number free, and a client is not
 * to get that. */
static void
keep_number(void)
{
	int null;

	if (fcntl(FD_POLLER, F_GETFD) >= 0)
		return;
	null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (null < 0 || null == FD_POLLER)
		return;
	if (dup2(null, FD_POLLER) >= 0)
		(void)fcntl(FD_POLLER, F_SETFD, FD_CLOEXEC);
	(void)close(null);
}

/* A poller from scratch. It is not whole until all who wait are known to it. */
static struct poller *
make_poller(struct pool *p, const char *name)
{
	int fd;

	p->journal.head->polled = 0;
	atomic_signal_fence(memory_order_seq_cst);
	p->poller = poller_new(name, p->config->descriptors);
	if (p->poller == NULL)
		return NULL;
	/* With standbys what is not a client's must be told by its number. */
	fd = poller_fd(p->poller);
	if (p->config->standby && fd < 0)
		keep_number();
	if (p->config->standby && fd >= 0 && fd != FD_POLLER) {
		if (dup2(fd, FD_POLLER) < 0)
			return NULL;
		(void)close(fd);
		poller_move_fd(p->poller, FD_POLLER);
	}
	return p->poller;
}

/* That which was asked for worked at the start, and may not any more. */
static struct poller *
new_poller(struct pool *p)
{
	if (make_poller(p, p->config->poller) == NULL)
		(void)make_poller(p, "poll");
	return p->poller;
}

/* The poller that a dead worker has left, if it was whole. */
static struct poller *
inherit_poller(struct pool *p)
{
	int i;

	if (p->journal.head->polled != 1)
		return NULL;
	p->poller = poller_inherit(p->config->poller, FD_POLLER);
	/* Before their descriptors may be closed, for others keep them open. */
	if (p->poller != NULL)
		for (i = 0; i < p->config->listeners; i++)
			(void)poller_del(p->poller, FD_LISTEN + i);
	return p->poller;
}

static size_t
places_size(const struct pool *p)
{
	return (size_t)p->config->max_clients * sizeof(*p->place);
}

void
pool_strip(struct pool *p, bool poller_stays)
{
	if (poller_stays && p->poller != NULL)
		poller_move_fd(p->poller, -1);
	poller_free(p->poller);
	heap_free(p->heap);
	serving_close(&p->serving);
	memory_drop(p->place, places_size(p));
	p->poller = NULL;
	p->heap = NULL;
	p->place = NULL;
}

static int
watch_all(struct pool *p)
{
	int i;

	for (i = 0; i < p->watched; i++)
		if (poller_add(
			p->poller, p->watch[i], POLLIN, tag(TAG_WATCH, i)) != 0)
			return -1;
	return 0;
}

/* The private parts, from scratch but for what may be inherited. */
int
pool_equip(struct pool *p, bool inherit, const int *watch, int watched)
{
	p->watch = watch;
	p->watched = watched;
	p->place = memory_private(places_size(p));
	p->heap = heap_new(p->config->max_clients);
	p->poller_inherited = inherit && inherit_poller(p) != NULL;
	if (p->place == NULL || p->heap == NULL ||
	    serving_open(&p->serving) != 0 ||
	    (!p->poller_inherited && new_poller(p) == NULL))
		return -1;
	if (watch_all(p) != 0)
		return -1;
	read_clocks(p);
	return 0;
}

int
pool_open(struct pool *p, const struct worker_config *config, int row,
    const int *watch, int watched)
{
	memset(p, 0, sizeof(*p));
	p->config = config;
	p->row = row;
	p->serving.config = &config->service;
	p->serving.journal = &p->journal;
	if (journal_open(&p->journal, config->max_clients, services) != 0 ||
	    pool_equip(p, false, watch, watched) != 0 || pool_listen(p) != 0) {
		pool_close(p);
		return -1;
	}
	p->journal.head->polled = poller_fd(p->poller) >= 0;
	admission_begin(&p->admission, config, row);
	publish(p);
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

/* The next step may close it. */
static void
forget_own(struct pool *p, struct pool_place *place)
{
	if (place->own >= 0)
		(void)poller_del(p->poller, place->own);
	place->own = -1;
}

static int
await_own(struct pool *p, int index, short events)
{
	const int fd = answer_now(p->place[index].conn.r)->own_fd;

	if (poller_add(p->poller, fd, events, tag(TAG_PLACE, index)) != 0)
		return -1;
	p->place[index].own = fd;
	return 0;
}

static void
leave_place(struct pool *p, int index)
{
	struct pool_place *place = &p->place[index];

	forget_own(p, place);
	if (place->registered)
		poller_forget(p->poller, place->conn.r->fd);
	place->registered = false;
	admission_leave(&p->admission, &place->conn.r->peer);
	conn_drop(&place->conn, &p->serving);
	heap_set(p->heap, index, CLOCK_NEVER);
}

/* Tells poller and heap what the connection waits for. 0, or -1. */
static int
await(struct pool *p, int index, const struct wait *w)
{
	struct pool_place *place = &p->place[index];
	bool same = place->registered && place->events == w->events;

	/* What a successor may believe of a poller that it inherits. */
	if (!same)
		place->conn.r->polled = 0;
	if (!place->registered) {
		if (poller_add(p->poller, w->fd, w->events,
			tag(TAG_PLACE, index)) != 0)
			return -1;
		place->registered = true;
	} else if (!same) {
		if (poller_mod(p->poller, w->fd, w->events,
			tag(TAG_PLACE, index)) != 0)
			return -1;
	}
	if (!same)
		place->conn.r->polled = w->events == POLLIN;
	place->events = w->events;
	place->until = w->until;
	if (w->own != 0 && await_own(p, index, w->own) != 0)
		return -1;
	/* Deadlines mostly move away: the heap hears of it when the old one
	 * comes due. */
	if (w->until < heap_get(p->heap, index))
		heap_set(p->heap, index, w->until);
	return 0;
}

/* Steps a connection. From before the record is looked at until after it is
 * consistent again, the journal says whose turn it is. */
void
pool_run(struct pool *p, int index)
{
	struct pool_place *place = &p->place[index];
	struct wait w;

	p->journal.head->noted = index;
	atomic_signal_fence(memory_order_seq_cst);
	forget_own(p, place);
	w = conn_step(&place->conn, &p->serving);
	if (p->serving.count[COUNT_REQUESTS] != 0)
		place->since = p->serving.now;
	/* A client that sees its connection end has been counted. */
	child_count(board_row(p->config->board, p->row), &p->serving);
	if (w.fd < 0 || await(p, index, &w) != 0) {
		leave_place(p, index);
	} else if (p->config->standby) {
		if (place->conn.r->strikes != 0)
			place->conn.r->strikes = 0;
		place->conn.r->sum = journal_sum(&p->journal, place->conn.r);
	}
	atomic_signal_fence(memory_order_seq_cst);
	p->journal.head->noted = -1;
}

/* Gives the record of that index its place. */
void
pool_give_place(struct pool *p, int index)
{
	conn_attach(&p->place[index].conn, &p->journal.record[index]);
	p->place[index].since = p->serving.now;
	p->place[index].own = -1;
}

void
pool_give_place_again(struct pool *p, int index)
{
	pool_give_place(p, index);
	p->place[index].registered = p->poller_inherited;
	/* It may be waited for, or not. */
	if (p->poller_inherited)
		p->place[index].own =
		    answer_now(p->place[index].conn.r)->own_fd;
	p->place[index].events = UNKNOWN;
}

/* Waits for a connection that has nothing to do: so did its last
 * worker, and a poller that was inherited knows it. */
void
pool_sleep(struct pool *p, int index)
{
	struct record *r = p->place[index].conn.r;
	struct wait w = {r->fd, POLLIN, 0, r->deadline};

	p->place[index].events = POLLIN;

	if (r->hold < w.until)
		w.until = r->hold;
	if (await(p, index, &w) != 0)
		leave_place(p, index);
}

static void
take_place(struct pool *p, int fd, const struct peer *peer)
{
	struct record *r =
	    journal_take(&p->journal, fd, p->config->service.first, peer);
	int index = journal_index(&p->journal, r);

	HOOK("recorded");
	/* After the record, which a takeover would count again. */
	board_add(board_row(p->config->board, p->row), COUNT_CLIENTS, 1);
	/* At once: the others weigh their next client against it. */
	board_set(
	    board_row(p->config->board, p->row)->clients, p->journal.used);
	pool_give_place(p, index);
	/* Often the request is there by now, and a short connection is over
	 * before the poller has heard of it. */
	pool_run(p, index);
}

/* Has this one so many more clients than that executor that the next ones are
 * for the other? What a row says is believed only within reason, and not while
 * it is in doubt. */
static bool
is_ahead_of(const struct pool *p, int other)
{
	struct board_row *row = board_row(p->config->board, other);
	int64_t beat = board_get(row->beat), now = p->serving.now;
	int32_t theirs = board_get(row->clients), mine = p->journal.used;

	if (other == p->row || !board_get(row->accepting) ||
	    beat < now - STALE_MS || beat > now + STALE_MS ||
	    now < p->doubt[other].until)
		return false;
	return theirs >= 0 && mine - SLACK > theirs &&
	       mine - SLACK - theirs > theirs / 16;
}

/* Who is to be waited for: the first such executor from `other` on, or -1. */
static int
next_emptier(const struct pool *p, int other)
{
	const struct board *b = p->config->board;
	int rows = board_get(board_master(b)->rows);

	if (p->journal.used <= SLACK)
		return -1;
	for (; other < rows && other < b->rows; other++)
		if (is_ahead_of(p, other))
			return other;
	return -1;
}

static bool
is_ahead(const struct pool *p)
{
	return next_emptier(p, 0) >= 0;
}

static bool
is_anybody_awaited(const struct pool *p)
{
	int i = 0;

	while (i < p->config->listeners && !admission_awaited(i))
		i++;
	return i < p->config->listeners;
}

/* Clients were left for executors which say that they are emptier. Somebody
 * waited at every look, for so long that those others do not take anybody,
 * whatever they say: then they are not waited for, for a while, which is longer
 * each time that this happens again. The pause between two looks grows to
 * RETRY_MAX_MS meanwhile, so one client who is late for a look does no harm. */
static void
doubt_who_takes_none(struct pool *p)
{
	int64_t now = p->serving.now;
	struct doubt *d;
	int i;

	if (!is_anybody_awaited(p)) {
		p->awaited = 0;
		return;
	}
	if (p->awaited == 0)
		p->awaited = now;
	if (now - p->awaited < RETRY_MAX_MS)
		return;
	p->awaited = 0;
	for (i = next_emptier(p, 0); i >= 0; i = next_emptier(p, i + 1)) {
		d = &p->doubt[i];
		if (d->ms == 0 || now - d->until > DOUBT_FORGOTTEN_MS)
			d->ms = DOUBT_MIN_MS;
		else if (d->ms < DOUBT_MAX_MS)
			d->ms =
			    2 * d->ms < DOUBT_MAX_MS ? 2 * d->ms : DOUBT_MAX_MS;
		d->until = now + d->ms;
	}
}

static int64_t
idle(const void *of, int index, int64_t before)
{
	const struct pool_place *place =
	    &((const struct pool *)of)->place[index];

	return place->conn.r != NULL && place->since < before &&
		       conn_gives_way(&place->conn)
		   ? place->since
		   : INT64_MAX;
}

/* All places are taken, and a client waits: another gives way. */
static bool
make_place(struct pool *p)
{
	int place =
	    admission_gives_way(idle, p, p->journal.head->top, p->serving.now);

	if (place >= 0)
		leave_place(p, place);
	return place >= 0;
}

/* Takes up to `most` of the clients that wait at one listener. */
static void
accept_some(struct pool *p, int listener, int most)
{
	struct peer peer;
	int fd;

	while (most > 0) {
		if (p->journal.used == p->journal.records &&
		    !(admission_awaited(listener) && make_place(p))) {
			pause_for(p, PAUSE_FULL);
			return;
		}
		fd = admission_next(
		    &p->admission, listener, &most, &peer, p->serving.now);
		/* The listener stays ready: a worker that tries again at once
		 * does nothing but that. */
		if (fd == ADMISSION_FAILED)
			pause_for(p, PAUSE_FAILED);
		if (fd < 0)
			return;
		take_place(p, fd, &peer);
		if (is_ahead(p)) {
			pause_for(p, PAUSE_AHEAD);
			return;
		}
	}
}

/* Takes off those reasons for the pause that are gone. */
static void
reconsider(struct pool *p)
{
	p->paused &= ~(unsigned)PAUSE_FAILED;
	if (p->journal.used < p->journal.records)
		p->paused &= ~(unsigned)PAUSE_FULL;
	if ((p->paused & PAUSE_AHEAD) && !is_ahead(p))
		p->paused &= ~(unsigned)PAUSE_AHEAD;
}

/* Now and then, whatever the poller says: it may have woken one who was then
 * killed or stopped. While paused: are the reasons gone? And those who were
 * left for emptier executors are taken if they still wait after a while. */
static void
try_listening(struct pool *p)
{
	bool was_ahead = p->paused & PAUSE_AHEAD;
	int i, most = was_ahead		       ? ACCEPT_ANYWAY
		      : p->paused & PAUSE_FULL ? ACCEPT_FULL
					       : ACCEPT_BATCH;

	if (p->paused & PAUSE_LEAVE) {
		p->retry = CLOCK_NEVER;
		return;
	}
	if (p->paused == PAUSE_AHEAD)
		doubt_who_takes_none(p);
	reconsider(p);
	p->retry_after = p->paused == 0 ? TICK_MS
			 : 2 * p->retry_after < RETRY_MAX_MS
			     ? 2 * p->retry_after
			     : RETRY_MAX_MS;
	p->retry = p->serving.now + p->retry_after;
	if (p->paused != PAUSE_AHEAD || p->retry_after == RETRY_MAX_MS)
		for (i = 0; i < p->config->listeners; i++)
			accept_some(p, i, most);
	if (p->paused == 0 && !p->listening && pool_listen(p) != 0)
		pause_for(p, PAUSE_FAILED);
}

void
pool_drain(struct pool *p)
{
	pause_for(p, PAUSE_LEAVE);
	board_set(board_row(p->config->board, p->row)->accepting, 0);
}

void
pool_dismiss(struct pool *p)
{
	int i;

	if (p->serving.draining)
		return;
	read_clocks(p);
	p->serving.draining = true;
	p->serving.drained = p->serving.now + LAST_WORD_MS;
	for (i = 0; i < p->journal.head->top; i++)
		if (p->place[i].conn.r != NULL)
			pool_run(p, i);
}

int
pool_stay(struct pool *p)
{
	p->serving.draining = false;
	p->paused &= ~(unsigned)PAUSE_LEAVE;
	read_clocks(p);
	p->retry = p->serving.now;
	if (!p->listening && p->paused == 0 && pool_listen(p) != 0)
		return -1;
	publish(p);
	return 0;
}

bool
pool_drained(const struct pool *p)
{
	return p->serving.draining && p->journal.used == 0;
}

/* Steps those whose time has come. */
static void
run_due(struct pool *p)
{
	int index;

	while (heap_top(p->heap, &index) <= p->serving.now) {
		heap_set(p->heap, index, CLOCK_NEVER);
		if (p->place[index].until > p->serving.now)
			heap_set(p->heap, index, p->place[index].until);
		else
			pool_run(p, index);
	}
}

static void
throw_out(struct pool *p, int index)
{
	socket_reset(p->place[index].conn.r->fd);
	leave_place(p, index);
}

/* Places are scarce: a client that is slower than allowed loses its place. */
static void
sweep(struct pool *p)
{
	const struct journal *j = &p->journal;
	bool anew = p->serving.now - p->swept > 2 * CONN_PACE_MS;
	int i;

	if (!admission_is_scarce(j->used, j->records)) {
		p->swept = 0;
		return;
	}
	if (p->serving.now - p->swept < CONN_PACE_MS)
		return;
	p->swept = p->serving.now;
	for (i = 0; i < j->head->top; i++) {
		struct pool_place *place = &p->place[i];

		if (place->conn.r == NULL ||
		    !conn_is_slow(&place->conn, &p->serving, anew))
			continue;
		throw_out(p, i);
	}
}

/* The master refuses a network from now on: whoever is there of it goes. */
static void
turn_away(struct pool *p)
{
	const struct board *b = p->config->board;
	int32_t refusals = board_get(board_master(b)->refusals);
	int i;

	if (refusals == p->refusals)
		return;
	p->refusals = refusals;
	for (i = 0; i < p->journal.head->top; i++) {
		struct conn *c = &p->place[i].conn;

		if (c->r == NULL || !board_refuses(b, peer_network(&c->r->peer),
					p->serving.now))
			continue;
		throw_out(p, i);
	}
}

static int
patience(const struct pool *p)
{
	int64_t now = p->serving.now, until = now + TICK_MS, due;
	int index;

	if (p->paused != 0 && p->retry < until)
		until = p->retry;
	due = heap_top(p->heap, &index);
	if (due < until)
		until = due;
	return until > now ? (int)(until - now) : 0;
}

/* Woken much later than it asked for, this process was stopped, or its machine
 * slept: nobody's time has run meanwhile. */
static void
catch_up(struct pool *p)
{
	int64_t late = p->serving.now - p->journal.head->ran;
	int i;

	p->journal.head->ran = p->serving.now;
	if (late < LATE_MS)
		return;
	for (i = 0; i < p->journal.head->top; i++)
		if (p->place[i].conn.r != NULL)
			conn_delay(&p->place[i].conn, &p->serving, late);
}

/* The poller has failed while it was in use: poll(2) goes on, and all who wait
 * are told to it. 0, or -1. */
static int
change_poller(struct pool *p)
{
	int i;

	log_warn("%s fails, poll is used:", p->config->poller);
	poller_free(p->poller);
	if (make_poller(p, "poll") == NULL || watch_all(p) != 0 ||
	    (p->listening && pool_listen(p) != 0))
		return -1;
	for (i = 0; i < p->journal.head->top; i++)
		p->place[i].registered = false;
	for (i = 0; i < p->journal.head->top; i++)
		if (p->place[i].conn.r != NULL)
			pool_run(p, i);
	return 0;
}

unsigned
pool_turn(struct pool *p)
{
	struct poller_event events[POLLER_EVENTS];
	unsigned i, index, woken = 0;
	int n, asked = patience(p);

	p->journal.head->ran = clock_now() + asked;
	n = poller_wait(p->poller, events, POLLER_EVENTS, asked);
	read_clocks(p);
	catch_up(p);
	if (n < 0 && change_poller(p) != 0)
		die("wait for clients:");
	for (i = 0; n > 0 && i < (unsigned)n; i++) {
		index = (unsigned)(events[i].tag & UINT32_MAX);
		switch (events[i].tag >> 32) {
		case TAG_PLACE:
			/* An event of a client that has left may meet the
			 * next one in its place: a step too many is harmless.
			 */
			if (p->place[index].conn.r != NULL)
				pool_run(p, (int)index);
			break;
		case TAG_LISTENER:
			if (p->listening)
				accept_some(p, (int)index, ACCEPT_BATCH);
			break;
		default:
			woken |= 1U << index;
			break;
		}
	}
	run_due(p);
	sweep(p);
	turn_away(p);
	serving_tend(&p->serving, p->serving.now);
	if (p->serving.now >= p->retry ||
	    (p->paused == PAUSE_AHEAD && !is_ahead(p)))
		try_listening(p);
	publish(p);
	return woken;
}
