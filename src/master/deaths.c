/*
 * Which of our processes has died, what that means to its slot, and the line in
 * the log.
 */
#include "processes.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "os/process.h"
#include "os/watch.h"

/* Logs one line: which process died, of what, and what that cost. */
static void
report_death(
    const struct master *m, int index, const struct child *child, int status)
{
	long lost = rows_clients(m, index);
	char name[32], cause[64];

	if (!child->ordered)
		log_warn("%s (pid %ld) %s after %.1f s: %ld client%s lost",
		    children_name(m, index, name), (long)child->pid,
		    children_cause(cause, child, status),
		    (double)(m->now - child->born) / 1000, lost,
		    lost == 1 ? "" : "s");
}

static void
count_death(_Atomic uint64_t *deaths)
{
	board_set(*deaths, board_get(*deaths) + 1);
}

/* Returns what the child's death means to the slot. */
static enum slot_event
record_child(struct master *m, int index, int status)
{
	struct slot *s = &m->slot[index];
	bool taken = standbys_may_take_over(m, index, status);
	const enum death cause = s->child.ordered && !s->child.hung
				     ? DEATH_PLANNED
				     : standbys_cause(&s->child, status);

	count_death(&board_master(m->config->worker.board)->deaths[cause]);
	if (taken) {
		standbys_write_cause(m, index, status);
	} else {
		report_death(m, index, &s->child, status);
		s->fork_only = s->child.served == 0 && !s->fork_only;
		rows_end(m, index, s->child.pid);
	}
	s->child.pid = 0;
	return taken ? SLOT_LEFT : SLOT_DIED;
}

/* Returns whether the standby's death means something to the slot: no process
 * is there any more. */
static bool
record_standby(struct master *m, int index, int status)
{
	struct slot *s = &m->slot[index];
	char name[32], cause[64], cost[48] = "";
	long lost = rows_clients(m, index);
	struct child none;

	memset(&none, 0, sizeof(none));
	count_death(&board_master(m->config->worker.board)
			 ->standby_deaths[standbys_cause(&none, status)]);
	if (s->state == SLOT_RESTING) {
		(void)snprintf(cost, sizeof(cost), ": %ld client%s lost", lost,
		    lost == 1 ? "" : "s");
		rows_end(m, index, board_get(standbys_orders(m, index)->dead));
	}
	log_note("standby of %s (pid %ld) %s%s", children_name(m, index, name),
	    (long)s->standby, children_cause(cause, &none, status), cost);
	standbys_lost(
	    m, index, WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	return s->state == SLOT_RESTING;
}

static bool
record_leaving(struct master *m, pid_t pid)
{
	const struct board *board = m->config->worker.board;
	int i, row;

	for (i = 0; i < m->leavings; i++) {
		if (m->leaving[i].pid == pid) {
			/* A successor that was given up may have clients
			 * counted in a row's table. */
			for (row = 0; row < m->rows; row++)
				board_end(board, row, (int32_t)pid);
			children_close_end(&m->leaving[i].lifeline);
			m->leaving[i].pid = 0;
			while (m->leavings > 0 &&
			       m->leaving[m->leavings - 1].pid == 0)
				m->leavings--;
			return true;
		}
	}
	return false;
}

/* A standby that died before it had reported. That it was ours the kernel has
 * said; of which slot, the row says. */
static bool
record_unheard(struct master *m, pid_t pid, int status, int *index)
{
	const struct board *board = m->config->worker.board;
	int i;

	for (i = 0; i < m->slots && m->config->worker.standby; i++) {
		if (m->slot[i].standby != 0 ||
		    board_row(board, i)->standby != pid)
			continue;
		/* In other states the slot is not wanted, or its worker has yet
		 * to serve: then standbys_check() sees that it is gone. */
		if (m->slot[i].state != SLOT_SERVING &&
		    m->slot[i].state != SLOT_RESTING)
			continue;
		m->slot[i].standby = pid;
		m->slot[i].standby_born = m->now;
		*index = i;
		return record_standby(m, i, status);
	}
	return false;
}

bool
deaths_record(
    struct master *m, pid_t pid, int status, int *index, enum slot_event *event)
{
	int i;

	if (record_leaving(m, pid))
		return false;
	for (i = 0; i < m->slots; i++) {
		struct slot *s = &m->slot[i];

		*index = i;
		if (s->child.pid == pid) {
			*event = record_child(m, i, status);
			return true;
		}
		if (s->standby == pid) {
			*event = SLOT_DIED;
			return record_standby(m, i, status);
		}
		if (s->successor.pid == pid) {
			s->successor.pid = 0;
			rows_end(m, i, pid);
			*event = SLOT_LOST;
			return true;
		}
	}
	*event = SLOT_DIED;
	return record_unheard(m, pid, status, index);
}

/* The status of a process of which it cannot be known: as if it was killed from
 * outside, which blames no client. But a child that was told to leave, and has
 * no clients, has left. */
static int
likely_status(const struct master *m, pid_t pid)
{
	int i;

	for (i = 0; i < m->slots; i++)
		if (m->slot[i].child.pid == pid &&
		    m->slot[i].state == SLOT_LEAVING && rows_clients(m, i) == 0)
			return WORKER_LEFT << 8;
	return SIGKILL;
}

/* For a pid that is not ours: is there no such process, or has another one got
 * the number? A zombie has no parent that can be seen, and may be ours. */
static bool
is_gone(pid_t pid)
{
	return kill(pid, 0) != 0 || process_parent(pid) != 0;
}

/* Tells of one process, if it is dead, or watches it. Its parent is a process
 * that is not ours: so it has to be of our process group. */
static void
seek(struct master *m, pid_t pid, reaped_fn *told)
{
	if (pid <= 0 || process_is_child(pid))
		return;
	if (getpgid(pid) == getpgrp() && watch_process(pid))
		return;
	if (!children_own(m, pid) && is_gone(pid))
		told(m, pid, likely_status(m, pid));
	else
		m->blind = true;
}

void
deaths_seek(struct master *m, reaped_fn *told)
{
	int i, status;
	pid_t pid;

	m->blind = false;
	for (i = 0; i < m->slots; i++) {
		const pid_t of[] = {m->slot[i].standby, m->slot[i].child.pid,
		    m->slot[i].successor.pid};
		size_t k;

		for (k = 0; k < sizeof(of) / sizeof(of[0]); k++)
			seek(m, of[k], told);
	}
	for (i = 0; i < m->leavings; i++)
		seek(m, m->leaving[i].pid, told);
	while ((pid = watch_next(&status)) > 0)
		told(m, pid, status >= 0 ? status : likely_status(m, pid));
}
