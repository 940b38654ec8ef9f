#include "client.h"

#include <string.h>
#include <unistd.h>

#include "admission.h"
#include "base/clock.h"
#include "base/log.h"
#include "child.h"
#include "os/process.h"
#include "os/ready.h"
#include "os/signals.h"
#include "service/conn.h"
#include "service/registry.h"

enum { HOUR_MS = 3600000 };

static void
mark(const struct client_task *task, int64_t since)
{
	if (task->busy != NULL)
		atomic_store_explicit(task->busy, since, memory_order_relaxed);
}

/* What the host's row has to know. */
static void
publish(const struct client_task *task, struct serving *s)
{
	child_count(task->row, s);
	if (s->unlogged_why == 0)
		return;
	board_set(task->row->unlogged_why, s->unlogged_why);
	s->unlogged_why = 0;
}

/* Are so many places taken that a slow client loses its own? */
static bool
is_scarce(const struct client_task *task)
{
	return admission_is_scarce(
	    board_get(task->row->clients), task->config->max_clients);
}

/* Is this client to lose its place? */
static bool
is_unwanted(const struct client_task *task, struct conn *c,
    const struct serving *s, int64_t *looked)
{
	bool anew = s->now - *looked > 2 * CONN_PACE_MS;

	if (task->status || s->now - *looked < CONN_PACE_MS || !is_scarce(task))
		return false;
	*looked = s->now;
	return conn_is_slow(c, s, anew);
}

/* While this executor waits, another client may have the place, if its own
 * gives way (conn.h); a client of the status always does. since: when its last
 * whole request came. */
static void
offer(const struct client_task *task, const struct conn *c, int64_t since)
{
	*task->place = task->status || conn_gives_way(c) ? since : PLACE_KEPT;
}

/* Is the place still this executor's? If so the host does not take it from now
 * on. */
static bool
keeps_place(const struct client_task *task)
{
	int64_t is = *task->place;

	while (is != PLACE_KEPT) {
		if (is == PLACE_LOST || (is == PLACE_TAKEN && task->process))
			return false;
		if (is != PLACE_TAKEN && atomic_compare_exchange_strong(
					     task->place, &is, PLACE_KEPT))
			return true;
		/* The host still uses our socket, so it has to stay open. */
		if (is == PLACE_TAKEN)
			ready_pause(1);
		is = *task->place;
	}
	return true;
}

/* Waits as the step asked; leaves early when it is time to leave. */
static void
await(const struct client_task *task, struct conn *c, struct serving *s,
    const struct wait *w, int64_t most)
{
	struct pollfd set[3];
	int64_t began = clock_now(), left = w->until - began, late;
	int timeout = left <= 0 ? 0 : left > most ? (int)most : (int)left;

	set[0].fd = w->fd;
	set[0].events = w->events;
	/* After end-of-file it would be readable for ever. */
	set[1].fd = s->draining ? -1 : task->leave;
	set[1].events = POLLIN;
	set[1].revents = 0;
	set[2].fd = w->own != 0 ? answer_now(c->r)->own_fd : -1;
	set[2].events = w->own;
	(void)ready_wait(set, 3, timeout);
	if (set[1].revents != 0 && pipe_ended(task->leave)) {
		s->draining = true;
		s->drained = clock_now() + LAST_WORD_MS;
	}
	s->now = clock_now();
	late = s->now - began - timeout;
	if (late >= LATE_MS)
		conn_delay(c, s, late);
}

int
client_serve(const struct client_task *task, int fd, const struct peer *peer)
{
	struct journal journal;
	struct serving s;
	struct conn c;
	struct wait w;
	struct share share = {{0}};
	int64_t looked = 0, since = task->came;

	memset(&s, 0, sizeof(s));
	s.config = &task->config->service;
	s.journal = &journal;
	s.row = task->row;
	s.budget = task->budget;
	s.share = task->share != NULL ? task->share : &share;
	if (journal_open(&journal, 1, services, JOURNAL_UNKEPT) != 0 ||
	    serving_open(&s) != 0) {
		serving_close(&s);
		journal_close(&journal);
		(void)close(fd);
		return -1;
	}
	conn_attach(&c, journal_take(&journal, fd,
			    service_met(s.config, task->status), peer));
	while (keeps_place(task)) {
		s.now = clock_now();
		s.wall = clock_wall();
		/* No signal tells a client's process that the log was rotated.
		 * And when its host is dead only the kernel watches it. */
		(void)log_follow();
		if (task->process)
			process_moves();
		mark(task, s.now);
		w = conn_step(&c, &s);
		if (s.answered)
			since = s.now;
		s.answered = false;
		/* A client that sees its connection end has been counted. */
		child_count(task->row, &s);
		if (w.fd < 0)
			break;
		mark(task, 0);
		/* What is not needed now no other client could share. */
		serving_tend(&s, CLOCK_NEVER);
		publish(task, &s);
		if (is_unwanted(task, &c, &s, &looked)) {
			board_add(task->row, COUNT_SLOW, 1);
			socket_reset(fd);
			break;
		}
		offer(task, &c, since);
		await(task, &c, &s, &w,
		    conn_is_busy(&c) ? CONN_PACE_MS : HOUR_MS);
	}
	conn_drop(&c, &s);
	/* Its share has to be returned before the place is another's. */
	serving_tend(&s, CLOCK_NEVER);
	serving_close(&s);
	publish(task, &s);
	journal_close(&journal);
	return 0;
}
