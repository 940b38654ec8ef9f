/*
 * Signals to the server, as orders; and the reaping of the dead.
 */
#include "processes.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/append.h"
#include "base/clock.h"
#include "base/log.h"
#include "keeper.h"
#include "os/channel.h"
#include "os/listener.h"
#include "os/reap.h"
#include "os/signals.h"

enum {
	MESSAGES_LAST =
	    64, /* the most messages of a dead child that are read */
	PROCESSES_OF_SLOT = 3, /* worker, standby, successor */
	GONE_MAX = PROCESSES_OF_SLOT * BOARD_ROWS_MAX,
	SAME_MS = 1000 /* an order that comes by both ways within it is one */
};

const int master_signals[] = {SIGCHLD, SIGTERM, SIGINT, SIGQUIT, SIGHUP,
    SIGTTIN, SIGTTOU, SIGUSR1, SIGUSR2, 0};

/* Does what follows from the status of a process: a child of ours, or one that
 * the keeper has told of. */
static void
record(struct master *m, pid_t pid, int status)
{
	struct child *child = children_find(m, pid);
	enum slot_event event;
	int i, messages = MESSAGES_LAST;

	if (WIFSTOPPED(status) || WIFCONTINUED(status)) {
		if (child != NULL)
			child->stopped = WIFSTOPPED(status);
		return;
	}
	/* What it said before comes before its death; a flood of messages does
	 * not keep the other slots waiting. */
	for (i = 0; i < m->slots; i++)
		while (child == &m->slot[i].child && messages-- > 0 &&
		       m->slot[i].state != SLOT_RENEWING &&
		       messages_read(m, i, child))
			;
	m->zombie = pid;
	upgrade_suspects(m, pid, status);
	if (!upgrade_records(m, pid, status) &&
	    deaths_record(m, pid, status, &i, &event))
		actions_handle(m, i, event);
	m->zombie = 0;
}

static void
reap(struct master *m)
{
	pid_t pid;
	int status;

	while ((pid = reap_look(&status)) > 0) {
		record(m, pid, status);
		state_write(m);
		reap_take(pid, status);
	}
}

static void
stop(struct master *m, bool at_once)
{
	int i;

	board_set(board_master(m->config->worker.board)->stopping,
	    m->upgrade.stage == UPGRADE_AFRESH ? BOARD_MAKES_WAY : BOARD_STOPS);
	if (!m->stopping) {
		log_note(at_once ? "stopping" : "stopping, clients may finish");
		listeners_close(m->config->listeners);
		notices_stopping(m);
	}
	m->stopping = true;
	/* The one that this server was to replace has nobody else to tell it.
	 */
	if (m->config->replaces != 0 && !m->announced)
		(void)kill(m->config->replaces, at_once ? SIGQUIT : SIGTERM);
	for (i = 0; i < m->leavings; i++)
		if (at_once && m->leaving[i].pid > 0)
			m->leaving[i].deadline = m->now;
	actions_handle_all(m, at_once ? SLOT_STOP : SLOT_LEAVE);
}

/* SIGTERM. Where there is a drain delay, proxies see first that this server is
 * not ready, and only after the delay are clients refused. It does not wait if
 * it is told again, or if another server has taken its place. */
static void
drain(struct master *m)
{
	const int64_t delay = m->config->drain_delay;

	if (delay == 0 || m->stopping || m->stops != 0 ||
	    m->upgrade.stage == UPGRADE_AFRESH) {
		stop(m, false);
		return;
	}
	m->stops = m->now + delay;
	board_set(board_master(m->config->worker.board)->draining, 1);
	log_note("stopping in %.1f s: not ready, but serving until then",
	    (double)delay / 1000);
}

int64_t
orders_due(const struct master *m)
{
	return m->stops != 0 && !m->stopping ? m->stops : CLOCK_NEVER;
}

void
orders_turn(struct master *m)
{
	if (m->now >= orders_due(m))
		stop(m, false);
}

/* One worker more or one fewer. */
static void
resize(struct master *m, int by)
{
	const struct board *board = m->config->worker.board;
	const struct model *model = m->config->model;
	int workers = m->workers + by;
	bool returns;

	if (m->stopping || workers < 1 || workers > board->rows)
		return;
	if (!model->pools) {
		log_note(
		    "model %s has no number of workers to change", model->name);
		return;
	}
	m->workers = workers;
	if (m->rows < workers)
		m->rows = workers;
	/* A new thread has as long to begin as others have to move. */
	if (by > 0 && model->children != 0)
		board_set(board_row(board, workers - 1)->beat, m->now);
	board_set(board_master(board)->rows, workers);
	log_note("%d worker%s wanted", workers, workers == 1 ? "" : "s");
	if (model->children != 0)
		return; /* the thread pool reads the number */
	if (by < 0) {
		actions_handle(m, workers, SLOT_LEAVE);
	} else {
		if (m->slots < workers)
			m->slots = workers;
		returns = m->slot[workers - 1].state == SLOT_LEAVING;
		actions_handle(m, workers - 1, SLOT_START);
		if (returns)
			upgrade_catches_up(m, workers - 1);
	}
}

static void
reopen_logs(struct master *m)
{
	const struct worker_config *w = &m->config->worker;
	struct append *access = w->service.access;
	struct board_master *board = board_master(w->board);
	int i;

	board_set(board->rotations, board_get(board->rotations) + 1);
	/* Children that are made from now on inherit the master's. */
	if (log_follow() != 0)
		log_warn("reopen %s:", w->log);
	if (access != NULL && append_follow(access) != 0)
		log_warn("reopen %s:", access->path);
	rows_read(m);
	rows_tell_totals(m);
	unlogged_reopened(m);
	if (w->log == NULL && access == NULL)
		return;
	for (i = 0; i < m->slots; i++) {
		children_signal(&m->slot[i].child, SIGUSR1);
		children_signal(&m->slot[i].successor, SIGUSR1);
	}
	for (i = 0; i < m->leavings; i++)
		if (m->leaving[i].pid > 0)
			(void)kill(m->leaving[i].pid, SIGUSR1);
}

/* SIGHUP. The dead are reaped first: they are not told to make way. */
static void
renew_all(struct master *m)
{
	struct board_master *board = board_master(m->config->worker.board);

	if (m->stopping)
		return;
	log_note("renewing all workers");
	notices_reloading(m);
	board_set(board->rereads, board_get(board->rereads) + 1);
	reap(m);
	actions_handle_all(m, actions_renewal(m));
}

static void
obey(struct master *m, int signo)
{
	switch (signo) {
	case SIGTERM:
		drain(m);
		break;
	case SIGINT:
	case SIGQUIT:
		stop(m, true);
		break;
	case SIGHUP:
		renew_all(m);
		break;
	case SIGTTIN:
	case SIGTTOU:
		resize(m, signo == SIGTTIN ? 1 : -1);
		break;
	case SIGUSR1:
		reopen_logs(m);
		break;
	case SIGUSR2:
		upgrade_begin(m);
		break;
	default:
		break;
	}
}

static void
look_for_keeper(struct master *m)
{
	if (m->keeper == 0 || getppid() == m->keeper)
		return;
	log_warn("the keeper (pid %ld) is gone, and supervision is reduced: "
		 "no other master follows this one, and signals are for it, "
		 "pid %ld",
	    (long)m->keeper, (long)getpid());
	m->keeper = 0;
	if (m->config->alone != NULL)
		m->config->alone();
}

/* Is the order obeyed when it comes as a signal, before the keeper's message?
 * If it was sent to the whole group, the children obey it at once, and their
 * deaths are not to look as if nobody had ordered them. */
static bool
may_come_first(int signo)
{
	return signo == SIGTERM || signo == SIGINT || signo == SIGQUIT ||
	       signo == SIGHUP;
}

/* Has it been obeyed already, when it came the other way: as a signal to this
 * process, or as the keeper's message? */
static bool
is_obeyed(struct master *m, int signo, enum way way)
{
	int64_t *other =
	    &m->came[way == BY_SIGNAL ? BY_MESSAGE : BY_SIGNAL][signo];
	bool same = *other != 0 && m->now - *other < SAME_MS;

	m->came[way][signo] = same ? 0 : m->now;
	*other = 0;
	return same;
}

static void
obey_once(struct master *m, int signo, enum way way)
{
	if (m->keeper != 0 && may_come_first(signo) && is_obeyed(m, signo, way))
		return;
	if (m->keeper == 0 || way == BY_MESSAGE || may_come_first(signo))
		obey(m, signo);
}

/* True: a child has died. */
static bool
obey_signals(struct master *m)
{
	bool died = false;
	int signo;

	while ((signo = signals_next()) != 0) {
		if (signo == SIGCHLD)
			died = true;
		else
			obey_once(m, signo, BY_SIGNAL);
	}
	return died;
}

/* A message that was obeyed, but not taken away, by the master before this one
 * is not obeyed again. */
static void
obey_keeper(struct master *m)
{
	struct keeper_message message;
	pid_t from;

	while (channel_look(FD_KEEPER_HEARD, &message, sizeof(message), &from) >
	       0) {
		if (message.number > m->heard) {
			if (message.pid == 0)
				obey_once(m, message.status, BY_MESSAGE);
			else
				record(m, message.pid, message.status);
			m->heard = message.number;
			state_write(m);
		}
		(void)channel_hear(
		    FD_KEEPER_HEARD, &message, sizeof(message), &from);
	}
}

void
orders_obey(struct master *m)
{
	bool died;

	look_for_keeper(m);
	died = obey_signals(m);
	if (m->state != NULL)
		obey_keeper(m);
	/* Last, so that a death which an order above explains is no mishap. */
	if (died)
		reap(m);
	if (m->keeper == 0 && m->adopted)
		deaths_seek(m, record);
}

static bool
is_gone(pid_t pid)
{
	return pid > 0 && kill(pid, 0) != 0 && errno == ESRCH;
}

/* Which of the slots' processes are gone: at most so many. */
static int
list_gone(const struct master *m, pid_t gone[GONE_MAX])
{
	int i, k, n = 0;

	for (i = 0; i < m->slots; i++) {
		const pid_t of[] = {m->slot[i].standby, m->slot[i].child.pid,
		    m->slot[i].successor.pid};

		for (k = 0; k < PROCESSES_OF_SLOT; k++)
			if (is_gone(of[k]))
				gone[n++] = of[k];
	}
	return n;
}

void
orders_miss(struct master *m)
{
	static pid_t before[GONE_MAX], after[GONE_MAX];
	int i, k, n = list_gone(m, before), left;

	if (n == 0)
		return;
	/* The keeper tells before it reaps. */
	orders_obey(m);
	left = list_gone(m, after);
	for (i = 0; i < n; i++)
		for (k = 0; k < left; k++)
			if (before[i] == after[k])
				record(m, before[i], SIGKILL);
}
