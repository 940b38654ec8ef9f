#include "processes.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "os/ready.h"
#include "os/signals.h"
#include "os/title.h"

enum { TICK_MS = 1000 }; /* the longest wait */

static void
look_at_hearts(struct master *m)
{
	/* If we ourselves did not run for a while (the machine slept, all of
	 * us were stopped), nobody can be blamed for not having run either. */
	bool late = m->now - m->looked > 2 * TICK_MS;
	int i;

	if (m->now - m->looked < TICK_MS / 4)
		return;
	m->looked = m->now;
	rows_read(m);
	rows_tell_of_root(m);
	unlogged_tell(m);
	if (late)
		return;
	for (i = 0; i < m->slots; i++) {
		struct slot *s = &m->slot[i];

		if (s->state == SLOT_SERVING && !rows_beat(m, i))
			actions_handle(m, i, SLOT_HUNG);
		else if (s->state == SLOT_STARTING &&
			 m->now - s->child.born > m->config->worker.timeout)
			actions_handle(m, i, SLOT_HUNG);
		else
			standbys_ask(m, i);
		/* A process that was stopped after it was told to go on, or to
		 * leave, is still to do so. */
		if (s->child.stopped &&
		    (s->state == SLOT_TAKING || s->state == SLOT_LEAVING))
			children_signal(&s->child, SIGCONT);
	}
}

static void
obey_deadlines(struct master *m)
{
	int i;

	for (i = m->slots - 1; i >= 0; i--) {
		struct slot *s = &m->slot[i];

		if (s->state != SLOT_EMPTY && m->now >= s->deadline) {
			s->deadline = CLOCK_NEVER;
			actions_handle(m, i, SLOT_DUE);
		}
	}
	for (i = 0; i < LEAVING_MAX; i++) {
		struct leaving *l = &m->leaving[i];

		if (l->pid == 0 || m->now < l->deadline)
			continue;
		(void)kill(l->pid, SIGCONT);
		(void)kill(l->pid, l->quit ? SIGKILL : SIGQUIT);
		l->quit = true;
		l->deadline = m->now + ABORT_MS;
	}
	look_at_hearts(m);
}

static int64_t
next_deadline(const struct master *m)
{
	int64_t tick = m->config->worker.timeout / 4, until;
	int i;

	if (tick > TICK_MS)
		tick = TICK_MS;
	until = m->now + tick;
	for (i = 0; i < m->slots; i++)
		if (m->slot[i].state != SLOT_EMPTY &&
		    m->slot[i].deadline < until)
			until = m->slot[i].deadline;
	return until;
}

static void
master_turn(struct master *m)
{
	struct pollfd set[1 + BOARD_ROWS_MAX];
	int owner[1 + BOARD_ROWS_MAX];
	int64_t until = next_deadline(m);
	int i, n = 1;

	set[0].fd = signals_fd();
	for (i = 0; i < m->slots; i++) {
		struct slot *s = &m->slot[i];
		int fd = s->state == SLOT_RENEWING ? s->successor.ready
						   : s->child.ready;

		if (fd < 0)
			continue;
		owner[n] = i;
		set[n++].fd = fd;
	}
	for (i = 0; i < n; i++) {
		set[i].events = POLLIN;
		set[i].revents = 0;
	}
	(void)ready_wait(set, n, until > m->now ? (int)(until - m->now) : 0);
	m->now = clock_now();
	for (i = 1; i < n; i++) {
		struct slot *s = &m->slot[owner[i]];

		if (set[i].revents != 0)
			(void)messages_read(m, owner[i],
			    s->state == SLOT_RENEWING ? &s->successor
						      : &s->child);
	}
	if (set[0].revents != 0)
		orders_obey(m);
	obey_deadlines(m);
	for (i = 0; i < m->slots; i++)
		children_tell(m, i);
}

static bool
anybody_left(const struct master *m)
{
	int i;

	for (i = 0; i < LEAVING_MAX; i++)
		if (m->leaving[i].pid > 0)
			return true;
	return m->slots > 0;
}

static struct master *
master_new(const struct master_config *config)
{
	struct master *m = calloc(1, sizeof(*m));
	int i;

	if (m == NULL)
		die("out of memory:");
	m->config = config;
	m->workers = config->workers;
	m->slots = config->model->children != 0 ? config->model->children
						: config->workers;
	m->rows = config->model->pools ? config->workers : 1;
	m->now = m->looked = clock_now();
	m->root = m->root_seen = config->worker.service.root->seen;
	for (i = 0; i < BOARD_ROWS_MAX; i++) {
		/* As children_forget() leaves them, and closing nothing. */
		m->slot[i].child.ready = m->slot[i].child.lifeline = -1;
		m->slot[i].successor.ready = m->slot[i].successor.lifeline = -1;
		m->slot[i].deadline = CLOCK_NEVER;
	}
	board_set(board_master(config->worker.board)->rows,
	    rows_of_slot(m) > 1 || config->model->children == 0 ? m->workers
								: 1);
	return m;
}

int
master_run(struct master_config *config)
{
	struct master *m = master_new(config);
	char title[64];

	if (signals_open(master_signals) != 0)
		die("signals:");
	(void)snprintf(title, sizeof(title), "prefork: master (%s, %d workers)",
	    config->model->name, config->workers);
	title_set(title, "prefork");
	actions_handle_all(m, SLOT_START);
	do
		master_turn(m);
	while (!m->stopping || anybody_left(m));
	rows_read(m);
	rows_tell_totals(m);
	free(m);
	return 0;
}
