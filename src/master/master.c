/* The master's loop: waits, and has each part of the room do what is due. */
#include "processes.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "keeper.h"
#include "os/ready.h"
#include "os/signals.h"
#include "os/title.h"
#include "os/watch.h"

enum {
	TICK_MS = 1000, /* the longest wait, */
	SEEK_MS = 100	/* and where deaths have to be looked for */
};

enum { FIRST_SLOT = 3 }; /* among the descriptors waited for */

/* Are some processes not children of this one, with no keeper that tells of
 * their deaths? */
static bool
seeks_deaths(const struct master *m)
{
	return m->adopted && m->keeper == 0;
}

/* Are there deaths among them of which nothing tells, so that it has to look
 * now and then? */
static bool
polls_for_deaths(const struct master *m)
{
	return seeks_deaths(m) && m->blind;
}

/* The longest wait, ms: the beats are looked at several times in a timeout. */
static int64_t
tick(const struct master *m)
{
	int64_t quarter = m->config->worker.timeout / 4;

	return quarter < TICK_MS ? quarter : TICK_MS;
}

static void
look_at_beats(struct master *m)
{
	/* If the master itself did not run for a while (the machine slept, or
	 * all processes were stopped), the others may not have run either. */
	bool late = m->now - m->looked > TICK_MS / 4 + 2 * tick(m);
	int i;

	if (m->now - m->looked < TICK_MS / 4)
		return;
	m->looked = m->now;
	if (late)
		m->woke = m->now;
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
			 m->now - s->child.born > m->config->worker.timeout &&
			 m->now - m->woke > m->config->worker.timeout)
			actions_handle(m, i, SLOT_HUNG);
		else
			standbys_ask(m, i);
		/* It may have been stopped after it was told to go on, or to
		 * leave. */
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
	for (i = 0; i < m->leavings; i++) {
		struct leaving *l = &m->leaving[i];

		if (l->pid == 0 || m->now < l->deadline)
			continue;
		(void)kill(l->pid, SIGCONT);
		(void)kill(l->pid, l->quit ? SIGKILL : SIGQUIT);
		l->quit = true;
		l->deadline = m->now + ABORT_MS;
	}
	look_at_beats(m);
}

static int64_t
next_deadline(const struct master *m)
{
	int64_t until = m->now + tick(m);
	int i;

	if (polls_for_deaths(m) && until > m->now + SEEK_MS)
		until = m->now + SEEK_MS;
	if (upgrade_due(m) < until)
		until = upgrade_due(m);
	if (orders_due(m) < until)
		until = orders_due(m);
	if (until > notices_due(m))
		until = notices_due(m);
	for (i = 0; i < m->slots; i++)
		if (m->slot[i].state != SLOT_EMPTY &&
		    m->slot[i].deadline < until)
			until = m->slot[i].deadline;
	return until;
}

static void
master_turn(struct master *m)
{
	struct pollfd set[FIRST_SLOT + BOARD_ROWS_MAX];
	int owner[FIRST_SLOT + BOARD_ROWS_MAX];
	int64_t until = next_deadline(m);
	int i, n = FIRST_SLOT;

	set[0].fd = signals_fd();
	set[1].fd = m->state != NULL ? FD_KEEPER_HEARD : -1;
	set[2].fd = seeks_deaths(m) ? watch_fd() : -1;
	for (i = 0; i < m->slots; i++) {
		struct slot *s = &m->slot[i];
		int fd = s->state == SLOT_RENEWING ? s->successor.ready.fd
						   : s->child.ready.fd;

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
	for (i = FIRST_SLOT; i < n; i++) {
		struct slot *s = &m->slot[owner[i]];

		if (set[i].revents != 0)
			(void)messages_read(m, owner[i],
			    s->state == SLOT_RENEWING ? &s->successor
						      : &s->child);
	}
	if (set[0].revents != 0 || set[1].revents != 0 || seeks_deaths(m))
		orders_obey(m);
	orders_turn(m);
	obey_deadlines(m);
	notices_tend(m);
	state_write(m);
	upgrade_turn(m);
	for (i = 0; i < m->slots; i++)
		children_tell(m, i);
	rows_show(m);
}

static bool
anybody_left(const struct master *m)
{
	int i;

	for (i = 0; i < m->leavings; i++)
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
	m->now = m->looked = m->moved = clock_now();
	m->root = m->root_seen = config->worker.service.root->seen;
	if (board_get(board_master(config->worker.board)->began) == 0)
		board_set(board_master(config->worker.board)->began, m->now);
	m->upgrade.says = no_end;
	for (i = 0; i < BOARD_ROWS_MAX; i++) {
		m->slot[i].child = m->slot[i].successor = no_child;
		m->slot[i].deadline = CLOCK_NEVER;
	}
	board_set(board_master(config->worker.board)->rows,
	    rows_of_slot(m) > 1 || config->model->children == 0 ? m->workers
								: 1);
	return m;
}

static void
open_signals(void)
{
	if (signals_open(master_signals) != 0 ||
	    signals_move(FD_SIGNAL_READ, FD_SIGNAL_WRITE) != 0)
		die("signals:");
}

/* For a master that follows another. Orders by signals the other one has
 * obeyed, or the keeper's channel still has them; only SIGCHLD has to be made
 * up for. */
static void
go_on(struct master *m)
{
	int i;

	if (m->keeper == 0) {
		state_forget(m->state);
		m->state = NULL;
	}
	for (i = 0; i < m->slots; i++)
		standbys_go_on(m, i);
	upgrade_resume(m);
	(void)raise(SIGCHLD);
	/* After a kill the keeper tells of all; what is known of a standby may
	 * be older than what it tells. */
	if (m->config->in_place)
		orders_miss(m);
}

/* Counts the death of the master before this one. */
static void
count_death(const struct master *m)
{
	struct board_master *to = board_master(m->config->worker.board);

	board_set(to->master_deaths, board_get(to->master_deaths) + 1);
}

int
master_serve(
    const struct master_config *config, struct state *state, pid_t keeper)
{
	struct master *m = master_new(config);
	bool begun;

	m->state = state;
	m->keeper = keeper;
	if (keeper != 0)
		log_debug("master: pid %ld, program %d", (long)getpid(),
		    config->worker.program);
	begun = state != NULL && resume_master(m);
	upgrade_title(m);
	open_signals();
	if (begun && !config->in_place)
		count_death(m);
	if (begun)
		go_on(m);
	else
		actions_handle_all(m, SLOT_START);
	state_write(m);
	do
		master_turn(m);
	while (!m->stopping || anybody_left(m));
	rows_read(m);
	rows_tell_totals(m);
	free(m);
	return keeper != 0 ? MASTER_ENDED : 0;
}
