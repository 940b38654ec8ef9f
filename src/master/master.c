#include "master/master.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "master/slot.h"
#include "os/process.h"
#include "os/signals.h"
#include "os/title.h"

enum {
	TICK_MS = 1000,	      /* the longest wait */
	RESTANDBY_MS = 1000,  /* without a standby: ask for one again */
	FAILED_TAKEOVERS = 3, /* in a row: then the slot starts cold */
	ABORT_MS = 1000,      /* between SIGABRT and SIGKILL */
	LEAVERS = 2 * BOARD_ROWS_MAX
};

static const int master_signals[] = {
    SIGCHLD, SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGTTIN, SIGTTOU, SIGUSR1, 0};

/* A process of ours. pid 0: none. */
struct child {
	pid_t pid;
	int ready;    /* what it says comes here; -1: nothing more will */
	int lifeline; /* open as long as we are there */
	int64_t born;
	int64_t served; /* clock_now() when it said that it serves, 0 before */
	bool stopped;	/* by SIGSTOP or its like */
	bool hung;	/* we ordered its death since it did not move */
	bool ordered;	/* we ordered its death for another reason */
	bool quit;	/* we told it to leave at once */
};

struct slot {
	enum slot_state state;
	struct child child;
	struct child successor; /* while renewing */
	pid_t standby;		/* 0: none that we know of */
	int64_t asked;		/* clock_now() when one was last asked for */
	int failed;		/* takeovers in a row that came to nothing */
	struct slot_history history;
	int64_t deadline;
};

/* One that is on its way out: told to finish while its successor serves
 * already, or a standby that is not needed. */
struct leaver {
	pid_t pid;
	int lifeline;
	int64_t deadline;
	bool quit; /* it was told to leave at once */
};

struct master {
	const struct master_config *config;
	struct slot slot[BOARD_ROWS_MAX];
	int slots;   /* in use or leaving: slot[0..slots-1] */
	int workers; /* wanted */
	struct leaver leaver[LEAVERS];
	bool stopping;
	bool announced; /* that all is ready */
	int64_t now;
	int64_t looked; /* when the hearts were last looked at */
};

static void handle(struct master *m, int index, enum slot_event event);

/* Rows of the scoreboard that belong to a slot. */
static int
first_row(const struct master *m, int index)
{
	return m->config->model->children == 0 ? index : 0;
}

static int
row_count(const struct master *m)
{
	return m->config->model->body == worker_threads ? m->workers : 1;
}

/* How many clients the slot's rows speak of: hostile numbers. */
static long
clients_of(const struct master *m, int index)
{
	const struct worker_config *w = &m->config->worker;
	int i, row = first_row(m, index);
	long n, sum = 0;

	for (i = 0; i < row_count(m); i++) {
		n = board_get(board_row(w->board, row + i)->clients);
		if (n > 0 && n <= w->max_clients)
			sum += n;
	}
	return sum;
}

static void
close_end(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}

static void
forget(struct child *child)
{
	close_end(&child->ready);
	close_end(&child->lifeline);
	memset(child, 0, sizeof(*child));
	child->ready = child->lifeline = -1;
}

/* The name of a slot's child for the log: "worker 2", "thread pool". */
static const char *
name_of(const struct master *m, int index, char out[32])
{
	if (m->config->model->children == 0)
		(void)snprintf(
		    out, 32, "%s %d", m->config->model->child, index);
	else
		(void)snprintf(out, 32, "%s", m->config->model->child);
	return out;
}

/* The first moments of a child: its own descriptors at their places, nothing
 * of the master's and of other slots' left. */
static _Noreturn void
be_child(const struct master *m, int index, int ready, int lifeline)
{
	const struct worker_config *w = &m->config->worker;
	const struct model *model = m->config->model;
	char title[64], name[32];
	int root, rows = model->body == worker_threads ? w->board->rows : 1;

	signals_default(master_signals);
	if (dup2(ready, FD_READY) < 0 || dup2(lifeline, FD_LIFELINE) < 0)
		_exit(WORKER_FAILED);
	process_close_from(FD_CLIENTS);
	process_expendable();
	(void)snprintf(
	    title, sizeof(title), "prefork: %s", name_of(m, index, name));
	title_set(
	    title, model->children == 0 ? "prefork-worker" : "prefork-host");
	root = openat(FD_ROOT, ".", O_RDONLY | O_CLOEXEC);
	if (root < 0) {
		log_error("%s cannot read the root:", name);
		_exit(WORKER_FAILED);
	}
	(void)close(root);
	if (board_restrict(w->board, first_row(m, index), rows) != 0)
		_exit(WORKER_FAILED);
	exit(model->body(w, first_row(m, index)));
}

/* Forks a child. 0; -1 with errno. */
static int
spawn(struct master *m, int index, struct child *child)
{
	int ready[2], life[2], saved;
	pid_t pid = -1;

	forget(child);
	if (pipe_nonblocking(ready) != 0)
		return -1;
	if (pipe_nonblocking(life) == 0) {
		board_begin(
		    m->config->worker.board, first_row(m, index), m->now);
		pid = fork();
		if (pid == 0)
			be_child(m, index, ready[1], life[0]);
		saved = errno;
		(void)close(life[0]);
		if (pid < 0)
			(void)close(life[1]);
		errno = saved;
	}
	saved = errno;
	(void)close(ready[1]);
	if (pid < 0) {
		(void)close(ready[0]);
		errno = saved;
		return -1;
	}
	child->pid = pid;
	child->ready = ready[0];
	child->lifeline = life[1];
	child->born = m->now;
	return 0;
}

static void
spawn_or_wait(struct master *m, int index)
{
	struct slot *s = &m->slot[index];
	bool renewing = s->state == SLOT_RENEWING;
	char name[32];

	if (spawn(m, index, renewing ? &s->successor : &s->child) == 0) {
		s->deadline = m->now + m->config->worker.timeout;
		return;
	}
	log_warn("%s could not be forked:", name_of(m, index, name));
	handle(m, index, SLOT_LOST);
}

static void
send_signal(const struct child *child, int signo)
{
	if (child->pid > 0)
		(void)kill(child->pid, signo);
}

/* Remembers one that leaves until it is dead; kills it at its deadline. */
static void
see_off(struct master *m, pid_t pid, int lifeline, int64_t deadline)
{
	struct leaver *l;
	int i;

	for (i = 0; i < LEAVERS; i++) {
		l = &m->leaver[i];
		if (l->pid != 0)
			continue;
		l->pid = pid;
		l->lifeline = lifeline;
		l->deadline = deadline;
		l->quit = false;
		return;
	}
	/* As many HUPs within one grace: no more patience. */
	(void)kill(pid, SIGKILL);
	close_end(&lifeline);
}

/* Puts the slot's child among those that leave in their own time. */
static void
let_leave(struct master *m, int index)
{
	struct child *child = &m->slot[index].child;

	send_signal(child, SIGTERM);
	see_off(m, child->pid, child->lifeline, m->now + m->config->grace);
	child->lifeline = -1;
	forget(child);
}

/* Ends a standby that has nothing to stand by for. */
static void
dismiss_standby(struct master *m, int index)
{
	struct slot *s = &m->slot[index];

	if (s->standby == 0)
		return;
	(void)kill(s->standby, SIGKILL);
	see_off(m, s->standby, -1, CLOCK_NEVER);
	s->standby = 0;
}

static struct board_word *
word_of(const struct master *m, int index)
{
	return &board_master(m->config->worker.board)->word[index];
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
	for (i = 0; i < LEAVERS; i++)
		if (m->leaver[i].pid == pid)
			return true;
	return false;
}

/* Notes who the slot's standby is. The number is hostile: it is believed only
 * of a child of ours that is nothing else yet. */
static void
note_standby(struct master *m, int index, pid_t pid)
{
	if (m->config->worker.standby && pid > 0 && !is_known(m, pid) &&
	    process_is_child(pid))
		m->slot[index].standby = pid;
}

/* Its worker may have died between making it and telling us: then the slot's
 * row names it. */
static void
find_standby(struct master *m, int index)
{
	if (m->slot[index].standby == 0)
		note_standby(m, index,
		    (pid_t)board_row(m->config->worker.board, index)->standby);
}

/* Takes one word of what a child says; false if there is none. The end of the
 * pipe: it is dying. */
static bool
hear(struct master *m, int index, struct child *child)
{
	struct worker_word word;
	ssize_t n;

	if (child->ready < 0)
		return false;
	n = read(child->ready, &word, sizeof(word));
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (n != (ssize_t)sizeof(word)) {
		close_end(&child->ready);
		return false;
	}
	if (word.what == SAYS_READY)
		handle(m, index, SLOT_READY);
	else if (m->slot[index].standby == 0)
		note_standby(m, index, (pid_t)word.standby);
	return true;
}

static void
ask_for_standby(struct master *m, int index)
{
	m->slot[index].asked = m->now;
	send_signal(&m->slot[index].child, SIGUSR2);
}

/* Wakes the standby: it is the slot's child from now on. */
static void
take_over(struct master *m, int index)
{
	struct slot *s = &m->slot[index];

	if (s->successor.pid > 0) {
		send_signal(&s->successor, SIGKILL);
		see_off(m, s->successor.pid, -1, CLOCK_NEVER);
		forget(&s->successor);
	}
	board_set(word_of(m, index)->draining, s->state == SLOT_LEAVING);
	board_set(word_of(m, index)->at, clock_ns());
	s->child.pid = s->standby;
	s->child.born = m->now;
	s->child.stopped = s->child.hung = s->child.quit = false;
	s->standby = 0;
	if (s->state != SLOT_LEAVING) {
		s->child.ordered = false;
		s->deadline = m->now + m->config->worker.timeout;
	}
	send_signal(&s->child, SIGUSR2);
}

static void
announce(struct master *m)
{
	int i, serving = 0;

	for (i = 0; i < m->slots; i++)
		serving += m->slot[i].state == SLOT_SERVING;
	if (m->announced || serving < m->slots)
		return;
	m->announced = true;
	log_note("ready: %d worker%s, model %s", m->workers,
	    m->workers == 1 ? "" : "s", m->config->model->name);
}

static void
welcome(struct master *m, int index)
{
	struct slot *s = &m->slot[index];
	bool respawned = m->announced && s->child.served == 0;
	char name[32];

	s->child.served = m->now;
	s->deadline = CLOCK_NEVER;
	find_standby(m, index);
	if (respawned)
		log_note("%s serves, pid %ld", name_of(m, index, name),
		    (long)s->child.pid);
	announce(m);
}

/* The time of the next start; none is a start at once. */
static void
wait_or_spawn(struct master *m, int index)
{
	struct slot *s = &m->slot[index];
	bool served = s->child.served != 0;
	int64_t delay;
	char name[32];

	delay = slot_delay(
	    &s->history, served, served ? m->now - s->child.served : 0);
	/* Its lifeline ends here: a standby that we have not heard of goes. */
	forget(&s->child);
	dismiss_standby(m, index);
	s->failed = 0;
	s->deadline = m->now + delay;
	if (delay == 0)
		handle(m, index, SLOT_DUE);
	else
		log_warn("%s keeps dying: the next starts in %.1f s",
		    name_of(m, index, name), (double)delay / 1000);
}

static void
act(struct master *m, int index, enum slot_action action)
{
	struct slot *s = &m->slot[index];

	switch (action) {
	case DO_NOTHING:
		break;
	case DO_SPAWN:
		spawn_or_wait(m, index);
		break;
	case DO_WELCOME:
		welcome(m, index);
		break;
	case DO_REPLACE:
		let_leave(m, index);
		/* FALLTHROUGH */
	case DO_ADOPT:
		forget(&s->child);
		s->child = s->successor;
		memset(&s->successor, 0, sizeof(s->successor));
		s->successor.ready = s->successor.lifeline = -1;
		if (action == DO_REPLACE)
			welcome(m, index);
		break;
	case DO_TAKE:
		take_over(m, index);
		break;
	case DO_RETIRE:
		send_signal(&s->child, SIGHUP);
		break;
	case DO_DISCARD:
		send_signal(&s->successor, SIGKILL);
		forget(&s->successor);
		s->deadline = CLOCK_NEVER;
		break;
	case DO_ABORT:
		s->child.hung = true;
		send_signal(&s->child, SIGABRT);
		s->deadline = m->now + ABORT_MS;
		break;
	case DO_KILL:
		s->child.ordered = !s->child.hung;
		send_signal(&s->child, SIGKILL);
		send_signal(&s->successor, SIGKILL);
		if (s->state == SLOT_LEAVING)
			dismiss_standby(m, index);
		s->deadline = CLOCK_NEVER;
		break;
	case DO_DRAIN:
		s->child.ordered = true;
		board_set(word_of(m, index)->draining, 1);
		send_signal(&s->child, SIGTERM);
		send_signal(&s->successor, SIGKILL);
		s->deadline = m->now + m->config->grace;
		break;
	case DO_QUIT:
		s->child.ordered = true;
		dismiss_standby(m, index);
		send_signal(&s->child, s->child.quit ? SIGKILL : SIGQUIT);
		s->child.quit = true;
		send_signal(&s->successor, SIGKILL);
		s->deadline = m->now + ABORT_MS;
		break;
	case DO_FREE:
		dismiss_standby(m, index);
		forget(&s->child);
		forget(&s->successor);
		s->deadline = CLOCK_NEVER;
		while (
		    m->slots > 0 && m->slot[m->slots - 1].state == SLOT_EMPTY)
			m->slots--;
		break;
	case DO_WAIT:
		wait_or_spawn(m, index);
		break;
	}
}

static void
handle(struct master *m, int index, enum slot_event event)
{
	struct slot *s = &m->slot[index];
	struct slot_step step = slot_next(s->state, event);

	log_debug("slot %d: %s and %s: %s, %s", index,
	    slot_state_name(s->state), slot_event_name(event),
	    slot_action_name(step.action), slot_state_name(step.next));
	s->state = step.next;
	act(m, index, step.action);
}

static const char *
cause_text(char out[64], const struct child *child, int status)
{
	const char *before = child->stopped ? "was stopped and "
			     : child->hung  ? "hung and was "
					    : "was ";

	if (WIFSIGNALED(status))
		(void)snprintf(out, 64, "%skilled by SIG%s", before,
		    signals_name(WTERMSIG(status)));
	else
		(void)snprintf(
		    out, 64, "exited with status %d", WEXITSTATUS(status));
	return out;
}

/* One line: who died, of what, and what it cost. */
static void
report_death(
    const struct master *m, int index, const struct child *child, int status)
{
	long lost = clients_of(m, index);
	char name[32], cause[64];

	if (!child->ordered)
		log_warn("%s (pid %ld) %s after %.1f s: %ld client%s lost",
		    name_of(m, index, name), (long)child->pid,
		    cause_text(cause, child, status),
		    (double)(m->now - child->born) / 1000, lost,
		    lost == 1 ? "" : "s");
}

/* Why it died, for the standby that is to take over. */
static void
write_cause(const struct master *m, int index, int status)
{
	const struct child *child = &m->slot[index].child;
	struct board_word *word = word_of(m, index);
	int signo = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	enum death cause = DEATH_FAULT;

	if (child->stopped && signo == SIGKILL)
		cause = DEATH_STOPPED;
	else if (child->hung)
		cause = DEATH_HUNG;
	else if (signo == SIGKILL)
		cause = DEATH_KILLED;
	else if (signo == 0 && (WEXITSTATUS(status) == WORKER_RETIRED ||
				   WEXITSTATUS(status) == WORKER_LEFT))
		cause = DEATH_PLANNED;
	board_set(word->dead, (int32_t)child->pid);
	board_set(word->signo, signo);
	board_set(word->cause, (int32_t)cause);
}

/* May the standby take over? Not when the worker left in good order as told,
 * and not when takeovers keep failing. */
static bool
may_take_over(struct master *m, int index, int status)
{
	struct slot *s = &m->slot[index];
	bool killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
	char name[32], cause[64];

	while (s->state != SLOT_RENEWING && hear(m, index, &s->child))
		;
	find_standby(m, index);
	if (s->standby == 0)
		return false;
	if (s->state == SLOT_LEAVING && WIFEXITED(status) &&
	    WEXITSTATUS(status) == WORKER_LEFT)
		return false;
	if (s->state != SLOT_TAKING || (killed && !s->child.hung)) {
		s->failed = 0;
	} else {
		log_warn("%s (pid %ld) %s while taking over",
		    name_of(m, index, name), (long)s->child.pid,
		    cause_text(cause, &s->child, status));
		s->failed++;
	}
	return s->failed < FAILED_TAKEOVERS;
}

static void
bury_child(struct master *m, int index, int status)
{
	struct slot *s = &m->slot[index];

	if (may_take_over(m, index, status)) {
		write_cause(m, index, status);
		s->child.pid = 0;
		handle(m, index, SLOT_LEFT);
		return;
	}
	report_death(m, index, &s->child, status);
	s->child.pid = 0;
	handle(m, index, SLOT_DIED);
}

static void
bury_standby(struct master *m, int index, int status)
{
	struct slot *s = &m->slot[index];
	char name[32], cause[64];
	struct child none;

	memset(&none, 0, sizeof(none));
	log_note("standby of %s (pid %ld) %s", name_of(m, index, name),
	    (long)s->standby, cause_text(cause, &none, status));
	s->standby = 0;
	if (s->state == SLOT_SERVING)
		ask_for_standby(m, index);
}

/* Finds the dead one among ours; there may be others' (as PID 1 there are). */
static void
bury(struct master *m, pid_t pid, int status)
{
	int i;

	for (i = 0; i < LEAVERS; i++) {
		if (m->leaver[i].pid == pid) {
			close_end(&m->leaver[i].lifeline);
			m->leaver[i].pid = 0;
			return;
		}
	}
	for (i = 0; i < m->slots; i++) {
		if (m->slot[i].child.pid == pid) {
			bury_child(m, i, status);
			return;
		}
		if (m->slot[i].standby == pid) {
			bury_standby(m, i, status);
			return;
		}
		if (m->slot[i].successor.pid == pid) {
			m->slot[i].successor.pid = 0;
			handle(m, i, SLOT_LOST);
			return;
		}
	}
}

/* A child was stopped or goes on. */
static void
note_stop(struct master *m, pid_t pid, bool stopped)
{
	int i;

	for (i = 0; i < m->slots; i++)
		if (m->slot[i].child.pid == pid)
			m->slot[i].child.stopped = stopped;
}

static void
reap(struct master *m)
{
	pid_t pid;
	int status;

	while ((pid = waitpid(-1, &status, WNOHANG | WUNTRACED | WCONTINUED)) >
	       0) {
		if (WIFSTOPPED(status) || WIFCONTINUED(status))
			note_stop(m, pid, WIFSTOPPED(status));
		else
			bury(m, pid, status);
	}
}

static void
for_all(struct master *m, enum slot_event event)
{
	int i;

	for (i = m->slots - 1; i >= 0; i--)
		handle(m, i, event);
}

static void
stop(struct master *m, bool at_once)
{
	int i;

	if (!m->stopping) {
		log_note(at_once ? "stopping" : "stopping, clients may finish");
		listeners_close(m->config->listeners);
	}
	m->stopping = true;
	for (i = 0; i < LEAVERS; i++)
		if (at_once && m->leaver[i].pid > 0)
			m->leaver[i].deadline = m->now;
	for_all(m, at_once ? SLOT_STOP : SLOT_LEAVE);
}

/* One worker more or one fewer. */
static void
resize(struct master *m, int by)
{
	const struct model *model = m->config->model;
	int workers = m->workers + by;

	if (m->stopping || workers < 1 ||
	    workers > m->config->worker.board->rows)
		return;
	if (model->children != 0 && model->body != worker_threads) {
		log_note(
		    "model %s has no number of workers to change", model->name);
		return;
	}
	m->workers = workers;
	board_set(board_master(m->config->worker.board)->rows, workers);
	log_note("%d worker%s wanted", workers, workers == 1 ? "" : "s");
	if (model->children != 0)
		return; /* the thread pool reads the number */
	if (by < 0) {
		handle(m, workers, SLOT_LEAVE);
	} else {
		if (m->slots < workers)
			m->slots = workers;
		handle(m, workers - 1, SLOT_START);
	}
}

/* With a standby nobody is disconnected; else a successor starts first. */
static void
renew(struct master *m)
{
	int i;

	for (i = 0; i < m->slots; i++)
		handle(
		    m, i, m->slot[i].standby != 0 ? SLOT_RETIRE : SLOT_RENEW);
}

static void
reopen_log(struct master *m)
{
	int i;

	if (m->config->worker.log == NULL)
		return;
	if (log_file(m->config->worker.log, FD_LOG) != 0)
		log_warn("reopen %s:", m->config->worker.log);
	for (i = 0; i < m->slots; i++)
		send_signal(&m->slot[i].child, SIGUSR1);
}

static void
obey_signals(struct master *m)
{
	bool reaping = false;
	int signo;

	while ((signo = signals_next()) != 0) {
		switch (signo) {
		case SIGCHLD:
			reaping = true;
			break;
		case SIGTERM:
			stop(m, false);
			break;
		case SIGINT:
		case SIGQUIT:
			stop(m, true);
			break;
		case SIGHUP:
			if (!m->stopping) {
				log_note("renewing all workers");
				renew(m);
			}
			break;
		case SIGTTIN:
		case SIGTTOU:
			resize(m, signo == SIGTTIN ? 1 : -1);
			break;
		case SIGUSR1:
			reopen_log(m);
			break;
		default:
			break;
		}
	}
	/* Last: a death that was ordered above is not to be mourned. */
	if (reaping)
		reap(m);
}

/* Has every executor of the slot moved within the timeout? */
static bool
beats(const struct master *m, int index)
{
	int i, row = first_row(m, index);
	int64_t beat;

	for (i = 0; i < row_count(m); i++) {
		beat = board_get(
		    board_row(m->config->worker.board, row + i)->beat);
		if (m->now - beat > m->config->worker.timeout)
			return false;
	}
	return true;
}

/* Word of a standby, or the order to make one, may have gone astray. */
static void
miss_standby(struct master *m, int index)
{
	struct slot *s = &m->slot[index];

	if (s->state != SLOT_SERVING || !m->config->worker.standby ||
	    s->standby != 0 || m->now - s->asked < RESTANDBY_MS)
		return;
	find_standby(m, index);
	if (s->standby == 0)
		ask_for_standby(m, index);
}

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
	if (late)
		return;
	for (i = 0; i < m->slots; i++) {
		struct slot *s = &m->slot[i];

		if (s->state == SLOT_SERVING && !beats(m, i))
			handle(m, i, SLOT_HUNG);
		else if (s->state == SLOT_STARTING &&
			 m->now - s->child.born > m->config->worker.timeout)
			handle(m, i, SLOT_HUNG);
		else
			miss_standby(m, i);
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
			handle(m, i, SLOT_DUE);
		}
	}
	for (i = 0; i < LEAVERS; i++) {
		struct leaver *l = &m->leaver[i];

		if (l->pid == 0 || m->now < l->deadline)
			continue;
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
	(void)poll(set, (nfds_t)n, until > m->now ? (int)(until - m->now) : 0);
	m->now = clock_now();
	for (i = 1; i < n; i++) {
		struct slot *s = &m->slot[owner[i]];

		if (set[i].revents != 0)
			(void)hear(m, owner[i],
			    s->state == SLOT_RENEWING ? &s->successor
						      : &s->child);
	}
	if (set[0].revents != 0)
		obey_signals(m);
	obey_deadlines(m);
}

static bool
anybody_left(const struct master *m)
{
	int i;

	for (i = 0; i < LEAVERS; i++)
		if (m->leaver[i].pid > 0)
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
	m->now = m->looked = clock_now();
	for (i = 0; i < BOARD_ROWS_MAX; i++) {
		forget(&m->slot[i].child);
		forget(&m->slot[i].successor);
		m->slot[i].deadline = CLOCK_NEVER;
	}
	board_set(board_master(config->worker.board)->rows,
	    row_count(m) > 1 || config->model->children == 0 ? m->workers : 1);
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
	for_all(m, SLOT_START);
	do
		master_turn(m);
	while (!m->stopping || anybody_left(m));
	free(m);
	return 0;
}
