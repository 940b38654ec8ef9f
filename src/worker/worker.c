/*
 * prefork's worker, and its standby, which are one after the other the same
 * function: worker_main stands at the bottom of the stack; whenever a standby
 * is made, the new process returns to there and sleeps until it is told to
 * take over. However many generations there are, none stands on the frames
 * of another. Before it serves it begins its program anew, if it may, and goes
 * on in worker_go_on.
 */
#include "worker/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hook.h"
#include "base/log.h"
#include "child.h"
#include "os/channel.h"
#include "os/process.h"
#include "os/exec.h"
#include "os/signals.h"
#include "os/standby.h"
#include "os/title.h"
#include "pool.h"
#include "renew.h"

enum { WATCH_SIGNALS = 1, WATCH_LIFELINE = 2 };
enum { RETRY_MIN_MS = 100, RETRY_MAX_MS = 5000 };
enum { BECAME_STANDBY = -1 };
enum { STRIKES = 3 }; /* programs in a row that die when they have just begun */

static const int watch[] = {FD_SIGNAL_READ, FD_LIFELINE};

/* What a slot's processes hand down. */
struct worker {
	const struct worker_config *config;
	int row;
	struct pool pool;
	bool inherited;	     /* from a worker that died */
	bool renewed;	     /* in a program that has just begun */
	bool holds;	     /* made to stand behind one that changes its
			      * program */
	bool second;	     /* made to stand behind a standby */
	int cause;	     /* enum death: of the one that served last */
	int strikes;	     /* programs in a row that died of a fault before
			      * they served */
	uint64_t struck_at;  /* COUNT_TAKEOVERS of the row at the last */
	int next;	     /* the number of the program at FD_PROGRAM */
	bool held;	     /* somebody was made to stand behind this one */
	int holder;	     /* and is at FD_HOLDER + holder: 0, 1 */
	bool wanted;	     /* a standby is to be made */
	int32_t asked;	     /* how often the master had asked for one */
	bool retiring;	     /* to make way, as soon as it is made */
	bool deaf;	     /* the listeners are given up */
	int64_t retry;	     /* clock_now() when to try to make one again */
	int64_t retry_after; /* ms, the time between tries */
};

static void
set_titles(const struct worker *t, const char *what)
{
	char title[48], brief[16];

	(void)snprintf(title, sizeof(title), "prefork: %s %d%s", what, t->row,
	    t->wanted ? ", no standby" : "");
	(void)snprintf(brief, sizeof(brief), "prefork-%.7s", what);
	title_set(title, brief);
}

static const struct board_orders *
orders_to(const struct worker *t)
{
	return &board_master(t->config->board)->orders[t->row];
}

static struct board_row *
row_of(const struct worker *t)
{
	return board_row(t->config->board, t->row);
}

/* The one that was made to stand behind a standby: at FD_HOLDER + holder, if it
 * is there. Its pid is in a row, which may hold any number: it is one of our
 * group, or it is not meant. */
static void
find_second(struct worker *t)
{
	pid_t pid = row_of(t)->second;

	if (t->held || pid <= 0 || pid == getpid() || getpgid(pid) != getpgrp())
		return;
	t->holder = !t->holder;
	t->held = exec_watch(pid, FD_HOLDER + t->holder) == 0;
}

/* Ends the holder, and waits until it has let go of what it had open: a close
 * is a close only then, and what was closed before would stay with the poller.
 */
static void
dismiss_holder(struct worker *t)
{
	if (t->held && exec_end(FD_HOLDER + t->holder) != 0)
		log_warn("worker %d: its holder could not be ended:", t->row);
	t->held = false;
	row_of(t)->second = 0;
}

/* A standby that a slot is left to is not to be alone in it, not for the moment
 * that it takes to make the next: a holder stands behind it, until there is
 * one. Returns true in the holder. */
static bool
make_second(struct worker *t, pid_t standby)
{
	pid_t pid = standby_make(
	    &row_of(t)->second, standby, FD_STANDBY, &orders_to(t)->woken);

	if (pid < 0)
		row_of(t)->second = 0;
	t->second = pid == 0;
	return pid == 0;
}

/* There is one at most. */
static void
dismiss_second(struct worker *t)
{
	find_second(t);
	dismiss_holder(t);
}

/* Makes a standby. Returns true in the standby. */
static bool
make_standby(struct worker *t)
{
	const struct board_orders *orders = orders_to(t);
	pid_t pid;

	if (t->retiring)
		dismiss_second(t);
	t->asked = board_get(orders->asked);
	pid = standby_make(
	    &row_of(t)->standby, getpid(), FD_MAKER, &orders->woken);
	if (pid == 0)
		return true;
	if (pid > 0) {
		t->retry_after = 0;
		if (t->wanted) {
			t->wanted = false;
			set_titles(t, "worker");
		}
		return t->retiring && make_second(t, pid);
	}
	t->wanted = true;
	row_of(t)->standby = 0;
	if (t->retry_after == 0) {
		log_warn("worker %d has no standby:", t->row);
		set_titles(t, "worker");
		t->retry_after = RETRY_MIN_MS;
	} else if (t->retry_after < RETRY_MAX_MS) {
		t->retry_after *= 2;
	}
	t->retry = clock_now() + t->retry_after;
	return false;
}

static uint64_t
takeovers(const struct worker *t)
{
	return board_get(row_of(t)->count[COUNT_TAKEOVERS]);
}

/* One that this was the holder of has died before it looked at any record:
 * these are as the one before it has left them, and whom that was serving is to
 * blame, if anybody is. Unless it was killed from outside it may have come to
 * grief by its new program: then this one takes over with the old, and after so
 * many in a row nobody of this line tries it again, until the slot starts
 * cold. */
static void
learn_from_death(struct worker *t)
{
	int cause = board_get(orders_to(t)->cause);

	if (!t->holds) {
		t->cause = cause;
		return;
	}
	if (cause == DEATH_KILLED || cause == DEATH_STOPPED)
		return;
	t->struck_at = takeovers(t);
	(void)child_says(SAYS_UNCHANGED, ++t->strikes < STRIKES ? 0 : ENOEXEC);
}

/* Takes the program that the master has given to the slot, if it has. There is
 * room for it, even where the table is full. The room is taken again by what
 * never ends in this table: a pipe for signals does, and the poller that it
 * leaves behind it would wake for its end for ever. */
static void
take_program(struct worker *t)
{
	struct worker_message word;
	int fd;

	(void)close(FD_LOADER);
	while (channel_take(FD_READY, &word, sizeof(word), &fd) > 0) {
		if (word.what == TOLD_PROGRAM && dup2(fd, FD_PROGRAM) >= 0) {
			t->next = (int)word.value;
			t->strikes = 0;
		}
		(void)close(fd);
	}
	if (dup2(FD_LIFELINE, FD_LOADER) >= 0)
		(void)fcntl(FD_LOADER, F_SETFD, FD_CLOEXEC);
}

/* It is tried again when there was a takeover without. */
static bool
may_renew(const struct worker *t)
{
	return t->config->renews && t->pool.journal.kept && !t->renewed &&
	       t->strikes < STRIKES &&
	       (t->strikes == 0 || takeovers(t) != t->struck_at);
}

/*
 * Begins the program anew. Until its own standby is made this process has
 * another behind it, the holder, which shares the table of descriptors as it is
 * now and is the one that the row names. After that the holder takes over
 * from nobody: the next worker ends it first.
 *
 * Who is made while a holder is there remembers it, since it may have to end
 * it; and each holder is at another number than the one before, which may be
 * there still. So no holder is where it looks for the one that it has to end.
 *
 * Returns true in the holder; false if the program is the old one.
 */
static bool
renew(struct worker *t)
{
	struct renewal next = {.row = t->row, .holder = !t->holder};
	pid_t pid;

	if (!t->renewed)
		learn_from_death(t);
	take_program(t);
	next.program = t->next;
	next.cause = t->cause;
	t->holds = may_renew(t);
	if (!t->holds)
		return false;
	if (make_standby(t))
		return true;
	t->holds = false;
	dismiss_holder(t);
	if (t->wanted)
		return false;
	HOOK("held");
	pid = row_of(t)->standby;
	t->held = exec_watch(pid, FD_HOLDER + next.holder) == 0;
	t->holder = next.holder;
	if (t->held)
		renew_begin(t->config, &next);
	(void)child_says(SAYS_UNCHANGED, (uint64_t)errno);
	/* It has the same table, so nobody needs to wait for its end. */
	if (!t->held)
		(void)kill(pid, SIGKILL);
	return false;
}

/* One line about a takeover. */
static void
report(const struct worker *t, const struct board_orders *orders,
    const struct takeover_report *h)
{
	char how[64], why[160 + PEER_TEXT + sizeof(h->request)] = "";
	int signo = board_get(orders->signo), cause = board_get(orders->cause);
	const int64_t ns = clock_ns() - board_get(orders->at);

	board_set(row_of(t)->took, ns > 0 ? (uint32_t)(ns / 1000) : 0);
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
	struct board_row *row = row_of(t);
	struct takeover_report h;
	bool draining, open;

	board_set(row->beat, clock_now());
	open = child_open(t->config) == 0;
	/* After the handlers: what was told before them is on the scoreboard.
	 */
	draining = !is_wanted(t);
	if (!open ||
	    pool_inherit(&t->pool, watch, 2, t->cause, draining, &h) != 0) {
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
	if (!t->config->standby ||
	    (board_get(orders_to(t)->asked) == t->asked &&
		!(orders & ORDER_RETIRE)))
		return 0;
	/* The next worker finds in its memory what is read here, and reads
	 * nothing while clients wait. */
	if (orders & ORDER_RETIRE)
		child_reread(t->config);
	/* A worker that makes way makes a standby first: the one that it has
	 * may have died just now. */
	t->wanted = true;
	t->retiring = t->retiring || (orders & ORDER_RETIRE);
	t->retry = t->pool.serving.now;
	return 0;
}

/* Is the last standby that was made there, and does the master know? That it
 * has died meanwhile the master may not know yet. */
static bool
has_standby(const struct worker *t)
{
	pid_t pid = row_of(t)->standby;

	return !t->wanted && board_get(orders_to(t)->known) == pid &&
	       standby_lives(pid);
}

/* Leaves the slot to its standby, if that is ready. From here on the row names
 * the one that stands behind it. */
static bool
makes_way(struct worker *t)
{
	struct board_row *row = row_of(t);

	if (!t->retiring || !has_standby(t))
		return false;
	/* 0: there was no memory for one. */
	if (row->second > 0 && !standby_lives(row->second)) {
		t->wanted = true;
		t->retry = t->pool.serving.now;
		return false;
	}
	if (row->second > 0)
		row->standby = row->second;
	return true;
}

/* Serves until it is time to leave: returns the exit status; or, in a new
 * standby, BECAME_STANDBY. */
static int
serve(struct worker *t)
{
	unsigned woken, orders;

	/* The next standby first, and only then the title: behind a worker that
	 * can be seen, and killed, there is always a standby. */
	if (t->inherited && (renew(t) || make_standby(t)))
		return BECAME_STANDBY;
	HOOK("followed");
	dismiss_holder(t);
	HOOK("alone");
	worker_runs(t->config, t->row);
	set_titles(t, "worker");
	if ((t->inherited ? take_over(t) : start_cold(t)) != 0)
		return WORKER_FAILED;
	if (!t->inherited && t->config->standby && make_standby(t))
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
		if (makes_way(t))
			return WORKER_RETIRED;
		if (t->wanted && t->pool.serving.now >= t->retry) {
			if (make_standby(t))
				return BECAME_STANDBY;
		}
	}
	pool_close(&t->pool);
	return WORKER_LEFT;
}

/* Sleeps until it is to take over: true. */
static bool
stand_by(struct worker *t)
{
	t->wanted = t->retiring = t->renewed = false;
	/* A takeover is in a hurry. */
	process_batch(false);
	set_titles(t, t->holds || t->second ? "holder" : "standby");
	process_leave_with_parent(1, FD_LIFELINE);
	/* A holder is to be gone before anybody needs to know. */
	if ((t->holds || t->second) && !standby_wait_orphaned(FD_LIFELINE))
		return false;
	(void)child_says(SAYS_STANDBY, 0);
	if (!standby_wait(FD_LIFELINE))
		return false;
	t->second = false;
	t->inherited = true;
	find_second(t);
	return true;
}

static int
live(struct worker *t)
{
	int status;

	while ((status = serve(t)) == BECAME_STANDBY)
		if (!stand_by(t))
			return WORKER_LEFT;
	return status;
}

static struct worker worker;

int
worker_main(const struct worker_config *config, int row)
{
	worker.config = config;
	worker.row = row;
	worker.next = config->program;
	return live(&worker);
}

int
worker_go_on(const struct worker_config *config, const struct renewal *renewal)
{
	worker.config = config;
	worker.row = renewal->row;
	worker.next = config->program;
	worker.renewed = true;
	if (renewal->holder == RENEWAL_COLD) {
		process_batch(true);
		return live(&worker);
	}
	HOOK("changed");
	worker.inherited = worker.held = true;
	worker.holder = renewal->holder & 1;
	worker.cause = renewal->cause;
	if (pool_find(&worker.pool, config, worker.row) != 0) {
		log_error("worker %d has no journal:", worker.row);
		return WORKER_FAILED;
	}
	return live(&worker);
}
