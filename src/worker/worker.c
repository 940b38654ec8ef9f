/*
 * prefork's worker, and its standby, which are one after the other the same
 * function: worker_main stands at the bottom of the stack; whenever a standby
 * is made, the new process returns to there and sleeps until it is told to
 * take over. However many generations there are, none stands on the frames
 * of another. Before it serves it begins its program anew, if it may, and goes
 * on in worker_go_on. What stands behind it is in followers.c.
 */
#include "worker/worker.h"

#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hook.h"
#include "base/log.h"
#include "child.h"
#include "followers.h"
#include "os/process.h"
#include "os/signals.h"
#include "pool.h"

enum { WATCH_SIGNALS = 1, WATCH_LIFELINE = 2 };
enum { BECAME_STANDBY = -1 };

static const int watch[] = {FD_SIGNAL_READ, FD_LIFELINE};

/* What a slot's processes hand down. */
struct worker {
	const struct worker_config *config;
	int row;
	struct pool pool;
	struct followers followers;
	bool inherited; /* from a worker that died */
	bool deaf;	/* the listeners are given up */
};

static const struct board_orders *
orders_to(const struct worker *t)
{
	return followers_orders(&t->followers);
}

/* One line about a takeover. */
static void
report(const struct worker *t, const struct board_orders *orders,
    const struct takeover_report *h)
{
	char how[64], why[160 + PEER_TEXT + sizeof(h->request)] = "";
	int signo = board_get(orders->signo), cause = board_get(orders->cause);
	const int64_t ns = clock_ns() - board_get(orders->at);

	board_set(followers_row(&t->followers)->took,
	    ns > 0 ? (uint32_t)(ns / 1000) : 0);
	if (cause == DEATH_PLANNED)
		(void)snprintf(how, sizeof(how), "which made way");
	else if (signo != 0)
		(void)snprintf(how, sizeof(how), "%skilled by SIG%s",
		    cause == DEATH_HUNG	     ? "hung and "
		    : cause == DEATH_STOPPED ? "stopped and "
					     : "",
		    signals_name(signo));
	else
		(void)snprintf(how, sizeof(how), "which exited");
	if (h->condemned > 0)
		(void)snprintf(why, sizeof(why),
		    " (%s is blamed, it sent \"%s\")", h->blamed, h->request);
	else if (h->dropped > 0)
		(void)snprintf(why, sizeof(why),
		    " (%d with damaged records, %d broken off)", h->damaged,
		    h->broken);
	log_note("worker %d (pid %ld) took over from pid %d, %s, in %.1f ms: "
		 "%d client%s kept, %d dropped%s",
	    t->row, (long)getpid(), (int)board_get(orders->dead), how,
	    (double)ns / 1e6, h->kept, h->kept == 1 ? "" : "s", h->dropped,
	    why);
}

static bool
is_wanted(const struct worker *t)
{
	return !board_get(orders_to(t)->draining);
}

/* When the server stops, new connections are to be refused; a worker that may
 * be wanted again keeps its listeners. */
static void
turn_deaf(struct worker *t)
{
	if (t->deaf || !board_get(board_master(t->config->board)->stopping))
		return;
	child_deaf(t->config);
	t->deaf = true;
}

static void
drain(struct worker *t)
{
	if (t->pool.serving.draining)
		return;
	pool_drain(&t->pool);
	turn_deaf(t);
	pool_dismiss(&t->pool);
}

/* Told to leave, and wanted after all. 0; -1 if it cannot. */
static int
stay(struct worker *t)
{
	if (pool_stay(&t->pool) != 0) {
		log_error("worker %d cannot listen again:", t->row);
		return -1;
	}
	(void)child_says(SAYS_READY, 0);
	return 0;
}

/* Goes on with a dead worker's clients. 0; -1 if it cannot. */
static int
take_over(struct worker *t)
{
	const struct board_orders *orders = orders_to(t);
	struct board_row *row = followers_row(&t->followers);
	struct takeover_report h;
	bool draining, open;

	board_set(row->beat, clock_now());
	open = child_open(t->config) == 0;
	/* After the handlers: what was told before them is on the scoreboard.
	 */
	draining = !is_wanted(t);
	if (!open || pool_inherit(&t->pool, watch, 2, t->followers.cause,
			 draining, &h) != 0) {
		log_error("worker %d cannot take over:", t->row);
		return -1;
	}
	board_add(row, COUNT_TAKEOVERS, 1);
	board_add(row, COUNT_KEPT, (uint64_t)h.kept);
	board_add(row, COUNT_DROPPED, (uint64_t)h.dropped);
	board_add(row, COUNT_BLAMED, (uint64_t)h.condemned);
	process_batch(true);
	report(t, orders, &h);
	if (h.condemned > 0)
		(void)child_says(SAYS_BLAMED, h.network);
	if (draining)
		drain(t);
	return 0;
}

static int
start_cold(struct worker *t)
{
	if (child_open(t->config) != 0 ||
	    pool_open(&t->pool, t->config, t->row, watch, 2) != 0) {
		log_error("worker %d cannot begin:", t->row);
		return -1;
	}
	return 0;
}

/* 0; -1 if it cannot go on. */
static int
heed(struct worker *t, unsigned orders)
{
	bool draining = t->pool.serving.draining;

	/* Of two orders that come together the last holds. */
	if ((orders & ORDER_STANDBY) && is_wanted(t)) {
		if ((draining || (orders & ORDER_DRAIN)) && stay(t) != 0)
			return -1;
	} else if (orders & ORDER_DRAIN) {
		drain(t);
	}
	if (draining)
		turn_deaf(t);
	/* The signal only makes us look: that which woke this one when it was a
	 * standby may come late. */
	if (!t->config->standby || (!followers_are_asked_for(&t->followers) &&
				       !(orders & ORDER_RETIRE)))
		return 0;
	/* The next worker finds in its memory what is read here, and reads
	 * nothing while clients wait. */
	if (orders & ORDER_RETIRE)
		child_reread(t->config);
	/* A worker that makes way makes a standby first: the one that it has
	 * may have died just now. */
	followers_want(
	    &t->followers, (orders & ORDER_RETIRE) != 0, t->pool.serving.now);
	return 0;
}

/* Serves until it is time to leave: returns the exit status; or, in a new
 * standby, BECAME_STANDBY. */
static int
serve(struct worker *t)
{
	struct followers *f = &t->followers;
	unsigned woken, orders;

	/* The next standby first, and only then the title: behind a worker that
	 * can be seen, and killed, there is always a standby. */
	if (t->inherited &&
	    (followers_renew(f, t->pool.journal.kept) || followers_make(f)))
		return BECAME_STANDBY;
	HOOK("followed");
	followers_end_holder(f);
	HOOK("alone");
	worker_runs(t->config, t->row);
	followers_title(f, "worker");
	if ((t->inherited ? take_over(t) : start_cold(t)) != 0)
		return WORKER_FAILED;
	if (!t->inherited && t->config->standby && followers_make(f))
		return BECAME_STANDBY;
	(void)child_says(SAYS_READY, 0);
	while (!pool_drained(&t->pool)) {
		woken = pool_turn(&t->pool);
		orders = woken & WATCH_SIGNALS ? child_orders(t->config)
					       : ORDER_NONE;
		/* The clients' descriptors are left open: if a standby is there
		 * and is not told to go as well, it goes on with them. */
		if (((woken & WATCH_LIFELINE) && pipe_ended(FD_LIFELINE)) ||
		    (orders & ORDER_LEAVE))
			return WORKER_LEFT;
		if (heed(t, orders) != 0)
			return WORKER_FAILED;
		if (followers_make_way(f, t->pool.serving.now))
			return WORKER_RETIRED;
		if (followers_are_due(f, t->pool.serving.now) &&
		    followers_make(f))
			return BECAME_STANDBY;
	}
	pool_close(&t->pool);
	return WORKER_LEFT;
}

static int
live(struct worker *t)
{
	int status;

	while ((status = serve(t)) == BECAME_STANDBY) {
		if (!followers_wait(&t->followers))
			return WORKER_LEFT;
		t->inherited = true;
	}
	return status;
}

static struct worker worker;

static void
begin(const struct worker_config *config, int row)
{
	worker.config = worker.followers.config = config;
	worker.row = worker.followers.row = row;
	worker.followers.program = config->program;
}

int
worker_main(const struct worker_config *config, int row)
{
	begin(config, row);
	return live(&worker);
}

int
worker_go_on(const struct worker_config *config, const struct renewal *renewal)
{
	begin(config, renewal->row);
	worker.followers.renewed = true;
	if (renewal->holder == RENEWAL_COLD) {
		process_batch(true);
		return live(&worker);
	}
	HOOK("changed");
	worker.inherited = worker.followers.held = true;
	worker.followers.holder = renewal->holder & 1;
	worker.followers.cause = renewal->cause;
	if (pool_find(&worker.pool, config, worker.row) != 0) {
		log_error("worker %d has no journal:", worker.row);
		return WORKER_FAILED;
	}
	return live(&worker);
}
