/*
 * prethread: a pool in each of N threads of one process. The first thread
 * serves no client: it waits for signals and for the end of the lifeline, and
 * tells the others through pipes that it is time to leave.
 */
#include "worker/worker.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "child.h"
#include "os/ready.h"
#include "os/signals.h"
#include "pool.h"

enum { TICK_MS = 500, RETRY_MAX_MS = 10000, STACK_BYTES = 256 * 1024 };

struct threads;

struct member {
	struct threads *group;
	int row;
	int leave[2];	   /* a byte: it is to look at `told` */
	bool running;	   /* between start and join */
	_Atomic bool told; /* to leave */
	pthread_t thread;
	_Atomic int state; /* MEMBER_* */
};

enum {
	MEMBER_STARTING,
	MEMBER_SERVING,
	MEMBER_DRAINING, /* it does not accept any more */
	MEMBER_FAILED,
	MEMBER_GONE
};

struct threads {
	const struct worker_config *config;
	_Atomic bool draining; /* all are to leave, */
	_Atomic bool closed;   /* and the listeners are closed */
	int wake[2];	       /* a thread writes here when its state changes */
	int64_t retry;	       /* clock_now() when to start one again */
	int64_t retry_after;   /* ms; 0: none has failed of late */
	struct member member[BOARD_ROWS_MAX];
};

static void
announce(struct member *m, int state)
{
	m->state = state;
	if (write(m->group->wake[1], "", 1) < 0)
		errno = 0; /* the pipe is full: the reader will look anyway */
}

/* All threads stop listening before the first lets a client go. */
static void
member_drain(struct member *m, struct pool *pool)
{
	pool_drain(pool);
	announce(m, MEMBER_DRAINING);
	while (m->group->draining && !m->group->closed)
		ready_pause(1);
	pool_dismiss(pool);
}

/* Told to leave, or to stay after all. 0; -1 if it cannot. */
static int
member_heed(struct member *m, struct pool *pool)
{
	char waste[64];

	while (read(m->leave[0], waste, sizeof(waste)) > 0)
		;
	if (m->told && m->state == MEMBER_SERVING)
		member_drain(m, pool);
	else if (!m->told && m->state == MEMBER_DRAINING) {
		if (pool_stay(pool) != 0)
			return -1;
		announce(m, MEMBER_SERVING);
	}
	return 0;
}

static void *
member_main(void *arg)
{
	struct member *m = arg;
	struct pool pool;

	if (pool_open(&pool, m->group->config, m->row, &m->leave[0], 1) != 0) {
		log_error("thread %d cannot begin:", m->row);
		announce(m, MEMBER_FAILED);
		return NULL;
	}
	announce(m, MEMBER_SERVING);
	while (!pool_drained(&pool))
		if (pool_turn(&pool) != 0 && member_heed(m, &pool) != 0)
			break;
	pool_close(&pool);
	announce(m, MEMBER_GONE);
	return NULL;
}

static int
member_start(struct threads *group, int row)
{
	struct member *m = &group->member[row];
	pthread_attr_t attr;
	sigset_t all, before;
	int error;

	m->group = group;
	m->row = row;
	m->told = false;
	m->state = MEMBER_STARTING;
	if (pipe_nonblocking(m->leave) != 0)
		return -1;
	board_begin(group->config->board, row, clock_now());
	worker_note_program(group->config, row);
	(void)pthread_attr_init(&attr);
	(void)pthread_attr_setstacksize(&attr, STACK_BYTES);
	/* Signals are for the first thread. */
	sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&m->thread, &attr, member_main, m);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	(void)pthread_attr_destroy(&attr);
	if (error != 0) {
		(void)close(m->leave[0]);
		(void)close(m->leave[1]);
		errno = error;
		return -1;
	}
	m->running = true;
	return 0;
}

/* Tells the thread to leave; or, if it has not left yet, to stay. */
static void
member_tell(struct member *m, bool leave)
{
	if (!m->running || m->told == leave)
		return;
	m->told = leave;
	if (write(m->leave[1], "", 1) < 0)
		errno = 0; /* the pipe is full: it will look anyway */
}

/* Joins those that have ended. Returns how many run; *serving of them are
 * past their start, *starting before it; *failed is set if one could not start.
 */
static int
look_after(struct threads *group, int *serving, int *starting, bool *failed)
{
	char waste[64];
	int i, running = 0;

	while (read(group->wake[0], waste, sizeof(waste)) > 0)
		;
	*serving = *starting = 0;
	for (i = 0; i < BOARD_ROWS_MAX; i++) {
		struct member *m = &group->member[i];
		int state = m->state;

		if (!m->running)
			continue;
		if (state == MEMBER_FAILED || state == MEMBER_GONE) {
			*failed = *failed || state == MEMBER_FAILED;
			(void)pthread_join(m->thread, NULL);
			(void)close(m->leave[0]);
			(void)close(m->leave[1]);
			m->running = false;
			continue;
		}
		running++;
		*serving += state == MEMBER_SERVING;
		*starting += state == MEMBER_STARTING;
	}
	return running;
}

/* Has every thread been joined? */
static bool
is_empty(const struct threads *group)
{
	int i = 0;

	while (i < BOARD_ROWS_MAX && !group->member[i].running)
		i++;
	return i == BOARD_ROWS_MAX;
}

/* A thread could not be made: the others go on, and it is tried again after a
 * pause that grows. */
static void
try_later(struct threads *group)
{
	group->retry_after *= 2;
	if (group->retry_after < TICK_MS)
		group->retry_after = TICK_MS;
	if (group->retry_after > RETRY_MAX_MS)
		group->retry_after = RETRY_MAX_MS;
	group->retry = clock_now() + group->retry_after;
	log_warn("the next thread starts in %.1f s",
	    (double)group->retry_after / 1000);
}

/* Starts threads, or tells some to leave: there are to be as many as the master
 * wants now. 0, or -1 with errno. */
static int
adjust(struct threads *group, bool draining, int64_t now)
{
	int i, wanted = board_get(board_master(group->config->board)->rows);

	if (draining)
		wanted = 0;
	for (i = 0; i < BOARD_ROWS_MAX; i++) {
		if (i >= wanted)
			member_tell(&group->member[i], true);
		else if (group->member[i].running)
			member_tell(&group->member[i], false);
		else if (now < group->retry)
			continue;
		else if (member_start(group, i) != 0)
			return -1;
	}
	return 0;
}

static unsigned
threads_wait(const struct threads *group)
{
	struct pollfd set[3];

	set[0].fd = FD_SIGNAL_READ;
	set[1].fd = FD_LIFELINE;
	set[2].fd = group->wake[0];
	set[0].events = set[1].events = set[2].events = POLLIN;
	if (ready_wait(set, 3, TICK_MS) == 0)
		return ORDER_NONE;
	if (set[1].revents != 0 && pipe_ended(FD_LIFELINE))
		return ORDER_LEAVE;
	return set[0].revents != 0 ? child_orders(group->config) : ORDER_NONE;
}

static int
threads_run(struct threads *group)
{
	bool ready = false, draining = false, failed = false;
	int running, serving, starting;
	unsigned orders;
	int64_t now;

	for (;;) {
		now = clock_now();
		failed = adjust(group, draining, now) != 0;
		if (failed)
			log_error("cannot start a thread:");
		running = look_after(group, &serving, &starting, &failed);
		if (failed && !ready)
			return WORKER_FAILED;
		if (failed)
			try_later(group);
		else if (starting == 0 && now >= group->retry)
			group->retry_after = 0;
		if (!ready && !draining && running > 0 && serving == running) {
			(void)child_says(SAYS_READY, 0);
			ready = true;
		}
		/* Not while a poller knows them: it would go on waiting. */
		if (draining && !group->closed && serving + starting == 0) {
			child_close_listeners(group->config);
			group->closed = true;
		}
		if (draining && running == 0)
			return WORKER_LEFT;
		orders = threads_wait(group);
		/* Memory goes with the process: threads are not waited for. */
		if (orders & ORDER_LEAVE)
			return WORKER_LEFT;
		if (orders & ORDER_DRAIN)
			group->draining = draining = true;
	}
}

int
worker_threads(const struct worker_config *config, int row)
{
	struct threads *group = calloc(1, sizeof(*group));
	int status;

	(void)row;
	if (group == NULL || pipe_nonblocking(group->wake) != 0 ||
	    child_open(config) != 0) {
		log_error("threads cannot begin:");
		return WORKER_FAILED;
	}
	group->config = config;
	status = threads_run(group);
	/* Threads may still run on it: no free, and no handlers of exit. But
	 * where none do, a sanitizer is to see what they have left. */
	if (!is_empty(group))
		_exit(status);
	free(group);
	return status;
}
