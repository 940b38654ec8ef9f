/*
 * The slots' standbys: which they are, and when one takes over.
 */
#include "processes.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/hook.h"
#include "base/log.h"

enum {
	RESTANDBY_MS = 1000, /* between two requests for a standby */
	FAILED_TAKEOVERS = 3 /* in a row: then the slot starts cold */
};

struct board_orders *
standbys_orders(const struct master *m, int index)
{
	return &board_master(m->config->worker.board)->orders[index];
}

/* Is the process one of ours already? */
static bool
is_known(const struct master *m, pid_t pid)
{
	int i;

	for (i = 0; i < m->slots; i++)
		if (m->slot[i].child.pid == pid || m->slot[i].standby == pid ||
		    m->slot[i].successor.pid == pid)
			return true;
	for (i = 0; i < m->leavings; i++)
		if (m->leaving[i].pid == pid)
			return true;
	return false;
}

static void
dismiss(struct master *m, pid_t standby)
{
	(void)kill(standby, SIGKILL);
	children_add_leaving(m, standby, no_end, CLOCK_NEVER);
}

/* The slot's standby is that process from now on, 0: none. */
static void
set_standby(struct master *m, int index, pid_t pid)
{
	m->slot[index].standby = pid;
	board_set(standbys_orders(m, index)->known, (int32_t)pid);
}

static void
dismiss_known(struct master *m, int index)
{
	const struct slot *s = &m->slot[index];

	if (s->standby == 0)
		return;
	dismiss(m, s->standby);
	set_standby(m, index, 0);
}

/* The one that the slot's worker made last, by its row. */
static pid_t
latest(const struct master *m, int index)
{
	return (pid_t)board_row(m->config->worker.board, index)->standby;
}

void
standbys_note(struct master *m, int index, pid_t pid)
{
	const struct slot *s = &m->slot[index];

	/* Any process that a child has made can write to its channel. */
	if (!m->config->worker.standby || is_known(m, pid) ||
	    !children_own(m, pid))
		return;
	/* If the worker has made two, the first may report last. */
	if (pid != latest(m, index)) {
		dismiss(m, pid);
		return;
	}
	dismiss_known(m, index);
	set_standby(m, index, pid);
	m->slot[index].standby_born = m->now;
	if (s->child.retires)
		children_signal(&s->child, SIGUSR2);
}

/* Is no standby known, and has one been made, by the slot's row, that has yet
 * to report? The row is hostile: nothing but a short wait may depend on it. */
static bool
is_expected(const struct master *m, int index)
{
	pid_t pid = latest(m, index);

	return m->config->worker.standby && m->slot[index].standby == 0 &&
	       pid > 0 && !is_known(m, pid) && children_own(m, pid);
}

void
standbys_adopt(struct master *m, int index)
{
	if (!is_expected(m, index))
		return;
	set_standby(m, index, latest(m, index));
	m->slot[index].standby_born = m->now;
}

static void
ask_for_standby(struct master *m, int index)
{
	struct board_orders *orders = standbys_orders(m, index);

	m->slot[index].ask = m->now + RESTANDBY_MS;
	board_set(orders->asked, board_get(orders->asked) + 1);
	children_signal(&m->slot[index].child, SIGUSR2);
}

void
standbys_lost(struct master *m, int index, bool killed)
{
	struct slot *s = &m->slot[index];
	bool well = m->now - s->standby_born >= SLOT_HEALTHY_MS;
	int64_t delay = killed ? 0 : slot_delay(&s->standbys, false, well);
	char name[32];

	set_standby(m, index, 0);
	s->ask = m->now + delay;
	if (delay > 0)
		log_warn("standbys of %s keep dying: the next is made in "
			 "%.1f s",
		    children_name(m, index, name), (double)delay / 1000);
	standbys_ask(m, index);
}

void
standbys_dismiss(struct master *m, int index)
{
	standbys_adopt(m, index);
	dismiss_known(m, index);
}

void
standbys_take_over(struct master *m, int index)
{
	struct slot *s = &m->slot[index];

	children_dismiss_successor(m, index);
	board_set(
	    standbys_orders(m, index)->draining, s->state == SLOT_LEAVING);
	board_set(standbys_orders(m, index)->at, clock_ns());
	s->child.pid = s->standby;
	s->child.born = m->now;
	s->child.stopped = s->child.hung = s->child.quit = false;
	s->child.retires = false;
	s->child.ordered = s->state == SLOT_LEAVING;
	s->child.accuses = true;
	s->child.excused = false;
	s->given = rows_given(m, index);
	set_standby(m, index, 0);
	memset(&s->standbys, 0, sizeof(s->standbys));
	/* It may be asked for a standby at once. */
	s->ask = m->now;
	if (s->state != SLOT_LEAVING)
		s->deadline = m->now + m->config->worker.timeout;
	else if (s->deadline == CLOCK_NEVER)
		s->deadline = m->now + m->config->grace;
	/* SIGUSR2 only makes it look at this. */
	board_set(standbys_orders(m, index)->woken, (int32_t)s->child.pid);
	children_order(&s->child, SIGUSR2);
	HOOK("woken");
}

/* The scoreboard may be ahead of what was written down at the end of the last
 * turn: the standby of then may have been dismissed, and its worker may have
 * made way for the next one. */
static void
reread_standby(struct master *m, int index)
{
	struct slot *s = &m->slot[index];
	const pid_t known = (pid_t)board_get(standbys_orders(m, index)->known);

	if (known == s->standby || (known != 0 && !children_own(m, known)))
		return;
	s->standby = known;
	s->standby_born = m->now;
	if (s->child.retires)
		children_signal(&s->child, SIGUSR2);
}

/* The standby that was woken may be serving by now, and have reported a standby
 * of its own: so it is made the slot's child before messages are read. */
void
standbys_go_on(struct master *m, int index)
{
	struct slot *s = &m->slot[index];
	pid_t woken = (pid_t)board_get(standbys_orders(m, index)->woken);

	reread_standby(m, index);
	if (s->child.pid <= 0 || woken <= 0 || woken == s->child.pid ||
	    (woken != s->standby && is_known(m, woken)) ||
	    !children_own(m, woken))
		return;
	if (s->state != SLOT_LEAVING)
		s->state = SLOT_TAKING;
	set_standby(m, index, woken);
	standbys_take_over(m, index);
}

/* The report of a standby, or the request for one, may have been lost: so it
 * asks again. */
void
standbys_ask(struct master *m, int index)
{
	struct slot *s = &m->slot[index];

	if (s->state != SLOT_SERVING || !m->config->worker.standby ||
	    s->standby != 0 || m->now < s->ask)
		return;
	ask_for_standby(m, index);
}

void
standbys_check(struct master *m, int index)
{
	if (is_expected(m, index))
		m->slot[index].ask = m->now + RESTANDBY_MS;
	else if (latest(m, index) > 0)
		standbys_ask(m, index);
}

/* Did it end as it was told, by its exit status? */
static bool
is_planned(int status)
{
	return status == WORKER_RETIRED || status == WORKER_LEFT;
}

enum death
standbys_cause(const struct child *child, int status)
{
	int signo = WIFSIGNALED(status) ? WTERMSIG(status) : 0;

	if (child->stopped && signo == SIGKILL)
		return DEATH_STOPPED;
	if (child->hung)
		return DEATH_HUNG;
	if (signo == SIGKILL)
		return DEATH_KILLED;
	return signo == 0 && is_planned(WEXITSTATUS(status)) ? DEATH_PLANNED
							     : DEATH_FAULT;
}

void
standbys_write_cause(struct master *m, int index, int status)
{
	struct child *child = &m->slot[index].child;
	struct board_orders *orders = standbys_orders(m, index);
	int signo = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	enum death cause = standbys_cause(child, status);

	child->excused = cause == DEATH_KILLED || cause == DEATH_STOPPED ||
			 status == WORKER_RETIRED << 8;
	board_set(orders->dead, (int32_t)child->pid);
	board_set(orders->signo, signo);
	board_set(orders->cause, (int32_t)cause);
}

/* Not when the worker has left as it was told, and not when takeovers keep
 * failing. */
bool
standbys_may_take_over(struct master *m, int index, int status)
{
	struct slot *s = &m->slot[index];
	bool killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
	bool planned = WIFEXITED(status) && is_planned(WEXITSTATUS(status));
	char name[32], cause[64];

	if (s->standby == 0 &&
	    (s->state == SLOT_LEAVING || !is_expected(m, index)))
		return false;
	if (s->state == SLOT_LEAVING && WIFEXITED(status) &&
	    WEXITSTATUS(status) == WORKER_LEFT)
		return false;
	if (s->state != SLOT_TAKING || planned || (killed && !s->child.hung)) {
		s->failed = 0;
	} else {
		log_warn("%s (pid %ld) %s while taking over",
		    children_name(m, index, name), (long)s->child.pid,
		    children_cause(cause, &s->child, status));
		s->failed++;
	}
	return s->failed < FAILED_TAKEOVERS;
}
