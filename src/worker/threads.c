/*
 * prethread: a pool in each of N threads of one process. The first thread
 * serves nobody; it listens to signals and to the lifeline, and passes on
 * through a pipe that it is time to leave.
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

struct crew;

struct member {
	struct crew *crew;
	int row;
	int leave[2];	   /* a byte: look whether you are to leave */
	bool running;	   /* between start and join */
	_Atomic bool told; /* to leave */
	pthread_t thread;
	_Atomic int state; /* MEMBER_* */
};

enum {
	MEMBER_STARTING,
	MEMBER_SERVING,
	MEMBER_DRAINING, /* does not listen any more */
	MEMBER_FAILED,
	MEMBER_GONE
};

struct crew {
	const struct worker_config *config;
	_Atomic bool draining; /* all are to leave, */
	_Atomic bool deaf;     /* and the listeners are closed */
	int wake[2];	       /* a thread writes here when its state changes */
	int64_t retry;	       /* clock_now() when to start one again */
	int64_t retry_after;   /* ms; 0: none has failed of late */
	struct member member[BOARD_ROWS_MAX];
};

static void
announce(struct member *m, int state)
{
	m->state = state;
	if (write(m->crew->wake[1], "", 1) < 0)
		errno = 0; /* the pipe is full: the reader will look anyway */
}

/* All threads stop listening before the first lets a client go. */
static void
member_drain(struct member *m, struct pool *pool)
{
	pool_drain(pool);
	announce(m, MEMBER_DRAINING);
	while (m->crew->draining && !m->crew->deaf)
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

	if (pool_open(&pool, m->crew->config, m->row, &m->leave[0], 1) != 0) {
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
member_start(struct crew *crew, int row)
{
	struct member *m = &crew->member[row];
	pthread_attr_t attr;
	sigset_t all, before;
	int error;

	m->crew = crew;
	m->row = row;
	m->told = false;
	m->state = MEMBER_STARTING;
	if (pipe_nonblocking(m->leave) != 0)
		return -1;
	board_begin(crew->config->board, row, clock_now());
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

/* To leave; or, if it has not gone by then, to stay. */
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
look_after(struct crew *crew, int *serving, int *starting, bool *failed)
{
	char waste[64];
	int i, running = 0;

	while (read(crew->wake[0], waste, sizeof(waste)) > 0)
		;
	*serving = *starting = 0;
	for (i = 0; i < BOARD_ROWS_MAX; i++) {
		struct member *m = &crew->member[i];
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
is_empty(const struct crew *crew)
{
	int i = 0;

	while (i < BOARD_ROWS_MAX && !crew->member[i].running)
		i++;
	return i == BOARD_ROWS_MAX;
}

/* One more thread that cannot be had is no reason to give up those there are;
 * nor to try without a pause, or to say so without one. */
static void
try_later(struct crew *crew)
{
	crew->retry_after *= 2;
	if (crew->retry_after < TICK_MS)
		crew->retry_after = TICK_MS;
	if (crew->retry_after > RETRY_MAX_MS)
		crew->retry_after = RETRY_MAX_MS;
	crew->retry = clock_now() + crew->retry_after;
	log_warn("the next thread starts in %.1f s",
	    (double)crew->retry_after / 1000);
}

/* As many threads as the master wants now. */
static int
adjust(struct crew *crew, bool draining, int64_t now)
{
	int i, wanted = board_get(board_master(crew->config->board)->rows);

	if (draining)
		wanted = 0;
	for (i = 0; i < BOARD_ROWS_MAX; i++) {
		if (i >= wanted)
			member_tell(&crew->member[i], true);
		else if (crew->member[i].running)
			member_tell(&crew->member[i], false);
		else if (now < crew->retry)
			continue;
		else if (member_start(crew, i) != 0)
			return -1;
	}
	return 0;
}

static unsigned
crew_wait(const struct crew *crew)
{
	struct pollfd set[3];

	set[0].fd = FD_SIGNAL_READ;
	set[1].fd = FD_LIFELINE;
	set[2].fd = crew->wake[0];
	set[0].events = set[1].events = set[2].events = POLLIN;
	if (ready_wait(set, 3, TICK_MS) == 0)
		return ORDER_NONE;
	if (set[1].revents != 0 && pipe_ended(FD_LIFELINE))
		return ORDER_LEAVE;
	return set[0].revents != 0 ? child_orders(crew->config) : ORDER_NONE;
}

static int
crew_run(struct crew *crew)
{
	bool ready = false, draining = false, failed = false;
	int running, serving, starting;
	unsigned orders;
	int64_t now;

	for (;;) {
		now = clock_now();
		failed = adjust(crew, draining, now) != 0;
		if (failed)
			log_error("cannot start a thread:");
		running = look_after(crew, &serving, &starting, &failed);
		if (failed && !ready)
			return WORKER_FAILED;
		if (failed)
			try_later(crew);
		else if (starting == 0 && now >= crew->retry)
			crew->retry_after = 0;
		if (!ready && !draining && running > 0 && serving == running) {
			(void)child_says(SAYS_READY, 0);
			ready = true;
		}
		/* Not while a poller knows them: it would never forget. */
		if (draining && !crew->deaf && serving + starting == 0) {
			child_deaf(crew->config->listeners);
			crew->deaf = true;
		}
		if (draining && running == 0)
			return WORKER_LEFT;
		orders = crew_wait(crew);
		/* Memory goes with the process: threads are not waited for. */
		if (orders & ORDER_LEAVE)
			return WORKER_LEFT;
		if (orders & ORDER_DRAIN)
			crew->draining = draining = true;
	}
}

int
worker_threads(const struct worker_config *config, int row)
{
	struct crew *crew = calloc(1, sizeof(*crew));
	int status;

	(void)row;
	if (crew == NULL || pipe_nonblocking(crew->wake) != 0 ||
	    child_open(config) != 0) {
		log_error("threads cannot begin:");
		return WORKER_FAILED;
	}
	crew->config = config;
	status = crew_run(crew);
	/* Threads may still run on it: no free, and no handlers of exit. But
	 * where none do, a sanitizer is to see what they have left. */
	if (!is_empty(crew))
		_exit(status);
	free(crew);
	return status;
}
