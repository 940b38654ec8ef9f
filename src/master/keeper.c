/*
 * The keeper: the process that the user starts. It makes the master, and
 * another one when that dies. It passes on the signals that it gets, and tells
 * the master of the deaths of processes that it took over from a dead master.
 * It does nothing else: it reads nothing that others write, and allocates
 * nothing.
 */
#include "keeper.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "os/channel.h"
#include "os/keep.h"
#include "os/notify.h"
#include "os/process.h"
#include "os/reap.h"
#include "os/signals.h"
#include "os/title.h"
#include "processes.h"
#include "state.h"
#include "master/master.h"

enum {
	RETRY_MS = 100,
	ORDERS_MAX = 16,
	SIGNALS_MAX = ORDERS_MAX + 2 * KEEPER_SIGNALS
};

static const int by_accident[] = {SIGPIPE, 0};

struct keeper {
	struct master_config *config;
	struct state *state;
	pid_t master; /* 0: none */
	int64_t born;
	int64_t due; /* clock_now() when the next is to be made */
	bool failed; /* none could be made, and the log was told */
	struct slot_history deaths;
	struct stat before;	/* the file at FD_OTHER when this program began:
				 * the program before it, as long as it is there;
				 * all 0: none */
	uint64_t messages;	/* that were sent */
	bool order[ORDERS_MAX]; /* by master_signals: not passed on yet */
	bool stops;		/* it was told to */
	bool held;		/* there was no room for a message */
	bool changing;	/* an upgrade was ordered: a master that exits may have
			 * been of a bad program */
	bool goes_back; /* it is to begin the program before */
};

static void
make_master(struct keeper *k)
{
	const pid_t keeper = getpid();
	pid_t pid = keep_fork();

	if (pid == 0)
		exit(master_serve(k->config, k->state, keeper));
	k->born = clock_now();
	k->due = k->born + RETRY_MS;
	if (pid < 0 && !k->failed)
		log_warn("the master could not be forked:");
	k->failed = pid < 0;
	k->master = pid < 0 ? 0 : pid;
	if (pid > 0)
		log_hand_over();
}

/* Sends the master a message. False: there is no room just now. */
static bool
say(struct keeper *k, pid_t pid, int status)
{
	struct keeper_message message = {k->messages + 1, (int32_t)pid, status};

	k->held = write(FD_KEEPER_SAYS, &message, sizeof(message)) !=
		  (ssize_t)sizeof(message);
	if (!k->held)
		k->messages++;
	return !k->held;
}

/* Tells the supervisor, before the master hears of it. */
static void
tell_of_order(int signo)
{
	if (signo == SIGHUP)
		notify_reloading();
	else if (signo == SIGTERM || signo == SIGINT || signo == SIGQUIT)
		notify_stopping();
}

/* This process begins the other program. Returns if it cannot. */
static void
change(struct keeper *k)
{
	struct successor next = {
	    .role = ROLE_KEEPER,
	    .program = k->config->worker.program + 1,
	    .other = k->master,
	    .messages = k->messages,
	};
	int i;

	for (i = 0; master_signals[i] != 0; i++)
		next.orders |= (unsigned)k->order[i] << i;
	succeed(&next);
	log_warn("the keeper cannot begin another program:");
}

static void
note_order(struct keeper *k, int signo)
{
	int i;

	tell_of_order(signo);
	k->stops =
	    k->stops || signo == SIGTERM || signo == SIGINT || signo == SIGQUIT;
	for (i = 0; master_signals[i] != 0; i++)
		if (master_signals[i] == signo && signo != SIGCHLD)
			k->order[i] = true;
}

static void
pass_orders(struct keeper *k)
{
	int i;

	for (i = 0; master_signals[i] != 0; i++)
		if (k->order[i] && say(k, 0, master_signals[i])) {
			k->order[i] = false;
			k->changing =
			    k->changing || master_signals[i] == SIGUSR2;
		}
}

/* Has this program yet to prove itself? The file's number alone does not tell:
 * when no process has the file open any more, the next file may get it. */
static bool
is_on_trial(const struct keeper *k)
{
	struct stat st;

	return k->before.st_ino != 0 && fstat(FD_OTHER, &st) == 0 &&
	       st.st_dev == k->before.st_dev && st.st_ino == k->before.st_ino &&
	       st.st_ctim.tv_sec == k->before.st_ctim.tv_sec &&
	       st.st_ctim.tv_nsec == k->before.st_ctim.tv_nsec;
}

/* A death from outside says nothing about the next. */
static void
record_death(struct keeper *k, int status)
{
	const bool killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
	const int64_t now = clock_now();
	const bool well = now - k->born >= SLOT_HEALTHY_MS;
	const int64_t delay = killed ? 0 : slot_delay(&k->deaths, true, well);
	char cause[64], when[24] = "";

	k->due = now + delay;
	if (delay != 0)
		(void)snprintf(
		    when, sizeof(when), " in %.1f s", (double)delay / 1000);
	log_warn("master (pid %ld) %s: another goes on%s", (long)k->master,
	    children_cause(cause, &no_child, status), when);
	k->master = 0;
	k->goes_back = !killed && is_on_trial(k);
}

/* Did the master leave for good? */
static bool
has_ended(const struct keeper *k, int status)
{
	return WIFEXITED(status) &&
	       (WEXITSTATUS(status) == MASTER_ENDED || !k->changing);
}

/* Records the dead. True: the master has ended for good, with that status. */
static bool
reap(struct keeper *k, int *status)
{
	pid_t pid;

	while ((pid = reap_look(status)) > 0) {
		if (pid != k->master) {
			if (!say(k, pid, *status))
				return false;
		} else if (has_ended(k, *status)) {
			return true;
		} else if (WIFEXITED(*status) || WIFSIGNALED(*status)) {
			record_death(k, *status);
		}
		reap_take(pid, *status);
	}
	return false;
}

/* As a server of its own. The master that asked for it has no keeper any more,
 * and is told to leave when that server is ready. */
static void
begin_afresh(struct keeper *k)
{
	if (k->stops)
		return;
	succeed_afresh(k->config, k->master);
	log_warn("the keeper cannot begin another program:");
}

static void
heed(struct keeper *k, int signo, pid_t from, bool is_queued)
{
	enum keeper_signal what = 0;

	while (what < KEEPER_SIGNALS && signo != keeper_signo(what, false) &&
	       (signo != keeper_signo(what, true) || !is_queued))
		what++;
	if (what == KEEPER_SIGNALS)
		note_order(k, signo);
	else if (from == 0 || from != k->master)
		return;
	else if (what == KEEPER_READY)
		notify_ready(NOTICE_READY);
	else if (what == KEEPER_MOVES)
		notify_moves();
	else if (what == KEEPER_AFRESH)
		begin_afresh(k);
	else
		change(k);
}

/* The signals that are passed on, and those of the master to the keeper. */
static void
list_signals(int list[SIGNALS_MAX])
{
	int what, n = 0;

	while (master_signals[n] != 0) {
		list[n] = master_signals[n];
		n++;
	}
	for (what = 0; what < KEEPER_SIGNALS; what++) {
		list[n++] = keeper_signo(what, true);
		list[n++] = keeper_signo(what, false);
	}
	list[n] = 0;
}

static void
hold(void)
{
	int heeded[SIGNALS_MAX];

	list_signals(heeded);
	keep_hold(heeded);
}

/* How long to wait for a signal, ms; -1: for ever. */
static int
wait_timeout(const struct keeper *k)
{
	const int64_t now = clock_now();

	if (k->master == 0)
		return k->due > now ? (int)(k->due - now) : 0;
	return k->held ? RETRY_MS : -1;
}

static void
open_channel(void)
{
	int ends[2];

	if (channel_open(ends) != 0 || dup2(ends[0], FD_KEEPER_HEARD) < 0 ||
	    dup2(ends[1], FD_KEEPER_SAYS) < 0)
		die("channel to the master:");
	(void)close(ends[0]);
	(void)close(ends[1]);
}

static int
keep(struct keeper *k)
{
	int status = 0, signo, heeded[SIGNALS_MAX];
	bool is_queued;
	pid_t from;

	list_signals(heeded);
	signals_ignore(by_accident);
	title_set("prefork: keeper", "prefork");
	while (!reap(k, &status)) {
		if (k->goes_back)
			change(k);
		k->goes_back = false;
		if (k->master == 0 && clock_now() >= k->due)
			make_master(k);
		signo = keep_next(heeded, wait_timeout(k), &from, &is_queued);
		heed(k, signo, from, is_queued);
		pass_orders(k);
	}
	/* The keeper's own parent might never reap it. */
	reap_take(k->master, status);
	return WEXITSTATUS(status) == MASTER_ENDED ? 0 : WEXITSTATUS(status);
}

static struct keeper keeper;

int
keeper_run(struct master_config *config)
{
	struct keeper *k = &keeper;

	if (!config->keeper)
		return master_serve(config, NULL, 0);
	k->config = config;
	k->state = state_new();
	if (k->state == NULL)
		die("shared memory:");
	open_channel();
	keep_adopt();
	hold();
	return keep(k);
}

int
keeper_go_on(struct master_config *config, struct state *state,
    const struct successor *s)
{
	struct keeper *k = &keeper;
	int i, status;

	k->config = config;
	k->state = state;
	k->messages = s->messages;
	for (i = 0; master_signals[i] != 0; i++)
		k->order[i] = s->orders >> i & 1;
	if (fstat(FD_OTHER, &k->before) != 0)
		k->before.st_ino = 0;
	k->changing = true;
	hold();
	log_debug("keeper: program %d, after that of pid %ld", s->program,
	    (long)s->other);
	if (s->other > 0 && process_is_child(s->other)) {
		(void)kill(s->other, SIGKILL);
		(void)waitpid(s->other, &status, 0);
	}
	if (config->begun != NULL)
		config->begun();
	return keep(k);
}
