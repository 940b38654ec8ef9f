/*
 * The slots' children: how one begins, what it is called, how it is told to
 * go.
 */
#include "family.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "os/channel.h"
#include "os/process.h"
#include "os/signals.h"
#include "os/title.h"

/* Rows of the scoreboard that belong to a slot. */
int
family_first_row(const struct master *m, int index)
{
	return m->config->model->children == 0 ? index : 0;
}

int
family_rows(const struct master *m)
{
	return m->config->model->body == worker_threads ? m->workers : 1;
}

long
family_clients(const struct master *m, int index)
{
	const struct worker_config *w = &m->config->worker;
	int i, row = family_first_row(m, index);
	long n, sum = 0;

	for (i = 0; i < family_rows(m); i++) {
		n = board_get(board_row(w->board, row + i)->clients);
		if (n > 0 && n <= w->max_clients)
			sum += n;
	}
	return sum;
}

uint64_t
family_given(const struct master *m, int index)
{
	const struct board *board = m->config->worker.board;
	int i, first = family_first_row(m, index);
	uint64_t sum = 0;

	for (i = 0; i < family_rows(m); i++) {
		const struct board_row *row = board_row(board, first + i);

		sum += board_get(row->requests) + board_get(row->bytes_out);
	}
	return sum;
}

void
family_close_end(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}

void
family_forget(struct child *child)
{
	family_close_end(&child->ready);
	family_close_end(&child->lifeline);
	memset(child, 0, sizeof(*child));
	child->ready = child->lifeline = -1;
}

const char *
family_name(const struct master *m, int index, char out[32])
{
	if (m->config->model->children == 0)
		(void)snprintf(
		    out, 32, "%s %d", m->config->model->child, index);
	else
		(void)snprintf(out, 32, "%s", m->config->model->child);
	return out;
}

void
family_tell(struct master *m, int index)
{
	struct slot *s = &m->slot[index];
	struct told now = {s->child.pid, s->standby, 0, m->now};
	bool same = now.pid == s->told.pid && now.standby == s->told.standby;

	if (same && m->now - s->told.at < TELL_MS)
		return;
	now.clients = now.pid > 0 ? family_clients(m, index) : 0;
	if (same && now.clients == s->told.clients)
		return;
	s->told = now;
	log_debug("slot %d: pid %ld, standby %ld, %ld client%s", index,
	    (long)now.pid, (long)now.standby, now.clients,
	    now.clients == 1 ? "" : "s");
}

/* The first moments of a child: its own descriptors at their places, nothing
 * of the master's and of other slots' left. Signals are held back until its
 * own handlers stand: none is lost, and none kills it. */
static _Noreturn void
be_child(const struct master *m, int index, int ready, int lifeline)
{
	const struct worker_config *w = &m->config->worker;
	const struct model *model = m->config->model;
	char title[64], name[32];
	int root, rows = model->body == worker_threads ? w->board->rows : 1;

	log_share(&board_row(w->board, family_first_row(m, index))->unheard);
	if (dup2(ready, FD_READY) < 0 || dup2(lifeline, FD_LIFELINE) < 0)
		_exit(WORKER_FAILED);
	process_close_from(FD_CLIENTS);
	process_expendable();
	process_batch(true);
	(void)snprintf(
	    title, sizeof(title), "prefork: %s", family_name(m, index, name));
	title_set(
	    title, model->children == 0 ? "prefork-worker" : "prefork-host");
	root = openat(FD_ROOT, ".", O_RDONLY | O_CLOEXEC);
	if (root < 0) {
		log_error("%s cannot read the root:", name);
		_exit(WORKER_FAILED);
	}
	(void)close(root);
	if (board_restrict(w->board, family_first_row(m, index), rows) != 0)
		_exit(WORKER_FAILED);
	exit(model->body(w, family_first_row(m, index)));
}

/* Forks a child. 0; -1 with errno. */
int
family_spawn(struct master *m, int index, struct child *child)
{
	const struct board *board = m->config->worker.board;
	int ready[2], life[2], saved, i;
	sigset_t before;
	pid_t pid = -1;

	family_forget(child);
	if (channel_open(ready) != 0)
		return -1;
	if (pipe_nonblocking(life) == 0) {
		/* Of a pool all rows: nobody else clears those of the dead. */
		for (i = 0; i < family_rows(m); i++)
			board_begin(
			    board, family_first_row(m, index) + i, m->now);
		m->slot[index].given = family_given(m, index);
		signals_hold(&before);
		pid = fork();
		if (pid == 0)
			be_child(m, index, ready[1], life[0]);
		saved = errno;
		signals_restore(&before);
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

void
family_signal(const struct child *child, int signo)
{
	if (child->pid > 0)
		(void)kill(child->pid, signo);
}

void
family_order(const struct child *child, int signo)
{
	family_signal(child, signo);
	family_signal(child, SIGCONT);
}

void
family_see_off(struct master *m, pid_t pid, int lifeline, int64_t deadline)
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
	family_close_end(&lifeline);
}

void
family_let_leave(struct master *m, int index)
{
	struct child *child = &m->slot[index].child;

	family_order(child, SIGTERM);
	family_see_off(
	    m, child->pid, child->lifeline, m->now + m->config->grace);
	child->lifeline = -1;
	family_forget(child);
}

void
family_dismiss_successor(struct master *m, int index)
{
	struct child *successor = &m->slot[index].successor;

	if (successor->pid > 0) {
		family_signal(successor, SIGKILL);
		family_see_off(m, successor->pid, -1, CLOCK_NEVER);
	}
	family_forget(successor);
}

const char *
family_cause(char out[64], const struct child *child, int status)
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

struct child *
family_child(struct master *m, pid_t pid)
{
	int i;

	for (i = 0; i < m->slots; i++)
		if (m->slot[i].child.pid == pid)
			return &m->slot[i].child;
	return NULL;
}
