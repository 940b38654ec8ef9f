/*
 * prefork's worker, and its standby. Both run live(), at the bottom of the
 * stack: whenever a standby is made, the new process returns there and sleeps
 * until it is told to take over. So the stack does not grow from one takeover
 * to the next. Before it serves it begins its program anew, if it may, and goes
 * on in worker_go_on. The processes behind it are the matter of followers.c.
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

/* What a standby has from its worker, by the fork. */
struct worker {
	const struct worker_config *config;
	int row;
	struct pool pool;
	struct followers followers;
	bool inherited; /* from a worker that died */
	bool closed;	/* the listeners are */
};

static const struct board_orders *
orders_to(const struct worker *w)
{
	return followers_orders(&w->followers);
}

/* One line about a takeover. */
static void
report(const struct worker *w, const struct board_orders *orders,
    const struct takeover_report *h)
{
	char how[64], why[160 + PEER_TEXT + sizeof(h->request)] = "";
	int signo = board_get(orders->signo), cause = board_get(orders->cause);
	const int64_t ns = clock_ns() - board_get(orders->at);

	board_set(followers_row(&w->followers)->took,
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
	    w->row, (long)getpid(), (int)board_get(orders->dead), how,
	    (double)ns / 1e6, h->kept, h->kept == 1 ? "" : "s", h->dropped,
	    why);
}

static bool
is_wanted(const struct worker *w)
{
	return !board_get(orders_to(w)->draining);
}

/* When the server stops, new connections are to be refused. A worker that may
 * be wanted again keeps its listeners. */
static void
close_listeners(struct worker *w)
{
	if (w->closed || !board_get(board_master(w->config->board)->stopping))
		return;
	child_close_listeners(w->config);
	w->closed = true;
}

static void
drain(struct worker *w)
{
	if (w->pool.serving.draining)
		return;
	pool_drain(&w->pool);
	close_listeners(w);
	pool_dismiss(&w->pool);
}

/* Told to leave, and wanted after all. 0; -1 if it cannot. */
static int
stay(struct worker *w)
{
	if (pool_stay(&w->pool) != 0) {
		log_error("worker %d cannot listen again:", w->row);
		return -1;
	}
	(void)child_says(SAYS_READY, 0);
	return 0;
}

/* Goes on with a dead worker's clients. 0; -1 if it cannot. */
static int
take_over(struct worker *w)
{
	const struct board_orders *orders = orders_to(w);
	struct board_row *row = followers_row(&w->followers);
	struct takeover_report h;
	bool draining, open;

	board_set(row->beat, clock_now());
	open = child_open(w->config) == 0;
	/* After the handlers: what was told before them is on the scoreboard.
	 */
	draining = !is_wanted(w);
	if (!open || pool_inherit(&w->pool, watch, 2, w->followers.cause,
			 draining, &h) != 0) {
		log_error("worker %d cannot take over:", w->row);
		return -1;
	}
	board_add(row, COUNT_TAKEOVERS, 1);
	board_add(row, COUNT_KEPT, (uint64_t)h.kept);
	board_add(row, COUNT_DROPPED, (uint64_t)h.dropped);
	board_add(row, COUNT_BLAMED, (uint64_t)h.condemned);
	process_batch(true);
	report(w, orders, &h);
	if (h.condemned > 0)
		(void)child_says(SAYS_BLAMED, h.network);
	if (draining)
		drain(w);
	return 0;
}

static int
start_cold(struct worker *w)
{
	if (child_open(w->config) != 0 ||
	    pool_open(&w->pool, w->config, w->row, watch, 2) != 0) {
		log_error("worker %d cannot begin:", w->row);
		return -1;
	}
	return 0;
}

/* 0; -1 if it cannot go on. */
static int
heed(struct worker *w, unsigned orders)
{
	bool draining = w->pool.serving.draining;

	/* Of two orders that come together the last holds. */
	if ((orders & ORDER_STANDBY) && is_wanted(w)) {
		if ((draining || (orders & ORDER_DRAIN)) && stay(w) != 0)
			return -1;
	} else if (orders & ORDER_DRAIN) {
		drain(w);
	}
	if (draining)
		close_listeners(w);
	/* SIGUSR2 only makes it look: the one that woke this process when it
	 * was a standby may come late. */
	if (!w->config->standby || (!followers_are_asked_for(&w->followers) &&
				       !(orders & ORDER_RETIRE)))
		return 0;
	/* Here, so that the next worker has it in its memory, and need not read
	 * it while clients wait. */
	if (orders & ORDER_RETIRE)
		child_reread(w->config);
	/* A worker that makes way makes a standby first: the one that it has
	 * may have died just now. */
	followers_want(
	    &w->followers, (orders & ORDER_RETIRE) != 0, w->pool.serving.now);
	return 0;
}

/* Serves until it is time to leave: returns the exit status; or, in a new
 * standby, BECAME_STANDBY. */
static int
serve(struct worker *w)
{
	struct followers *f = &w->followers;
	unsigned woken, orders;

	/* The next standby first, and only then the title: behind a worker that
	 * can be seen, and killed, there is always a standby. */
	if (w->inherited &&
	    (followers_renew(f, w->pool.journal.kept) || followers_make(f)))
		return BECAME_STANDBY;
	HOOK("followed");
	followers_end_holder(f);
	HOOK("alone");
	worker_note_program(w->config, w->row);
	followers_title(f, "worker");
	if ((w->inherited ? take_over(w) : start_cold(w)) != 0)
		return WORKER_FAILED;
	if (!w->inherited && w->config->standby && followers_make(f))
		return BECAME_STANDBY;
	(void)child_says(SAYS_READY, 0);
	while (!pool_drained(&w->pool)) {
		woken = pool_turn(&w->pool);
		orders = woken & WATCH_SIGNALS ? child_orders(w->config)
					       : ORDER_NONE;
		/* The clients' descriptors are left open: if a standby is there
		 * and is not told to go as well, it goes on with them. */
		if (((woken & WATCH_LIFELINE) && pipe_ended(FD_LIFELINE)) ||
		    (orders & ORDER_LEAVE))
			return WORKER_LEFT;
		if (heed(w, orders) != 0)
			return WORKER_FAILED;
		if (followers_make_way(f, w->pool.serving.now))
			return WORKER_RETIRED;
		if (followers_are_due(f, w->pool.serving.now) &&
		    followers_make(f))
			return BECAME_STANDBY;
	}
	pool_close(&w->pool);
	return WORKER_LEFT;
}

static int
live(struct worker *w)
{
	int status;

	while ((status = serve(w)) == BECAME_STANDBY) {
		if (!followers_wait(&w->followers))
			return WORKER_LEFT;
		w->inherited = true;
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
