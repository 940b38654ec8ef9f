/*
 * The slots' children: how one begins, what it is called, how it is told to
 * go.
 */
#include "processes.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "os/channel.h"
#include "os/process.h"
#include "os/signals.h"
#include "os/title.h"

const struct end no_end = {.fd = -1};
const struct child no_child = {.ready = {.fd = -1}, .lifeline = {.fd = -1}};

void
children_close_end(struct end *end)
{
	if (end->fd >= 0)
		(void)close(end->fd);
	*end = no_end;
}

struct end
children_end(int fd)
{
	struct end end = {.fd = fd};
	struct stat st;

	if (fstat(fd, &st) == 0)
		end.file = (uint64_t)st.st_ino;
	return end;
}

/* When the keeper is dead, the parent of its children is a process that is not
 * ours: so they are known by our process group as well. */
bool
children_own(const struct master *m, pid_t pid)
{
	if (pid == m->zombie)
		return false;
	if (process_is_child(pid))
		return true;
	if (!m->adopted || getpgid(pid) != getpgrp())
		return false;
	return process_parent(pid) == getppid() || process_is_hidden(pid);
}

void
children_forget(struct child *child)
{
	children_close_end(&child->ready);
	children_close_end(&child->lifeline);
	*child = no_child;
}

const char *
children_name(const struct master *m, int index, char out[32])
{
	if (m->config->model->children == 0)
		(void)snprintf(
		    out, 32, "%s %d", m->config->model->child, index);
	else
		(void)snprintf(out, 32, "%s", m->config->model->child);
	return out;
}

static uint64_t
layout(const struct master *m, int index)
{
	return board_get(
	    board_row(m->config->worker.board, rows_first(m, index))->layout);
}

void
children_tell(struct master *m, int index)
{
	struct slot *s = &m->slot[index];
	struct told now = {
	    s->child.pid, s->standby, 0, m->now, layout(m, index)};
	bool same = now.pid == s->told.pid && now.standby == s->told.standby &&
		    now.layout == s->told.layout;

	if ((same && m->now - s->told.at < TELL_MS) ||
	    (now.pid > 0 && now.layout == 0))
		return;
	now.clients = now.pid > 0 ? rows_clients(m, index) : 0;
	if (same && now.clients == s->told.clients)
		return;
	s->told = now;
	log_debug("slot %d: pid %ld, standby %ld, %ld client%s, program at "
		  "0x%" PRIx64,
	    index, (long)now.pid, (long)now.standby, now.clients,
	    now.clients == 1 ? "" : "s", now.layout);
}

void
children_close_masters(int except)
{
	static const int ours[] = {
	    FD_PID_FILE, FD_NOTIFY, FD_OTHER, FD_STATE, 0};
	int i;

	for (i = 0; ours[i] != 0; i++)
		if (ours[i] != except && dup2(FD_LOADER, ours[i]) < 0)
			_exit(WORKER_FAILED);
	process_close_from(FD_CLIENTS);
}

/* In the new child: puts its descriptors at their numbers, closes those of the
 * master and of other slots, and calls the model's body. Signals are held back
 * until its own handlers stand: none is lost, and none kills it. */
static _Noreturn void
be_child(const struct master *m, int index, int ready, int lifeline)
{
	const struct worker_config *w = &m->config->worker;
	const struct model *model = m->config->model;
	char title[64], name[32];
	int root,
	    rows = model->pools && model->children != 0 ? w->board->rows : 1;

	log_share(&board_row(w->board, rows_first(m, index))->unheard);
	if (dup2(ready, FD_READY) < 0 || dup2(lifeline, FD_LIFELINE) < 0)
		_exit(WORKER_FAILED);
	children_close_masters(0);
	state_forget(m->state);
	process_expendable();
	process_batch(true);
	(void)snprintf(
	    title, sizeof(title), "prefork: %s", children_name(m, index, name));
	title_set(title, model->title);
	root = openat(FD_ROOT, ".", O_RDONLY | O_CLOEXEC);
	if (root < 0) {
		log_error("%s cannot read the root:", name);
		_exit(WORKER_FAILED);
	}
	(void)close(root);
	if (board_restrict(w->board, rows_first(m, index), rows) != 0)
		_exit(WORKER_FAILED);
	if (!m->slot[index].fork_only)
		worker_renew(w, rows_first(m, index));
	worker_note_program(w, rows_first(m, index));
	exit(model->body(w, rows_first(m, index)));
}

int
children_spawn(struct master *m, int index, struct child *child)
{
	const struct board *board = m->config->worker.board;
	int ready[2], life[2], saved, i;
	sigset_t before;
	pid_t pid = -1;

	children_forget(child);
	if (channel_open(ready) != 0)
		return -1;
	if (pipe_nonblocking(life) == 0) {
		/* All rows of a thread pool: nothing else clears what a dead
		 * one has left. */
		for (i = 0; i < rows_of_slot(m); i++)
			board_begin(board, rows_first(m, index) + i, m->now);
		m->slot[index].given = rows_given(m, index);
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
	child->ready = children_end(ready[0]);
	child->lifeline = children_end(life[1]);
	child->born = m->now;
	return 0;
}

void
children_signal(const struct child *child, int signo)
{
	if (child->pid > 0)
		(void)kill(child->pid, signo);
}

void
children_order(const struct child *child, int signo)
{
	children_signal(child, SIGCONT);
	children_signal(child, signo);
}

void
children_add_leaving(
    struct master *m, pid_t pid, struct end lifeline, int64_t deadline)
{
	struct leaving *l;
	int i;

	for (i = 0; i < LEAVING_MAX; i++) {
		l = &m->leaving[i];
		if (l->pid != 0)
			continue;
		l->pid = pid;
		l->lifeline = lifeline;
		l->deadline = deadline;
		l->quit = false;
		if (m->leavings <= i)
			m->leavings = i + 1;
		return;
	}
	/* The table is full: there were very many SIGHUPs within one grace. */
	(void)kill(pid, SIGKILL);
	children_close_end(&lifeline);
}

void
children_let_leave(struct master *m, int index)
{
	struct child *child = &m->slot[index].child;

	children_order(child, SIGTERM);
	children_add_leaving(
	    m, child->pid, child->lifeline, m->now + m->config->grace);
	child->lifeline = no_end;
	children_forget(child);
}

void
children_dismiss_successor(struct master *m, int index)
{
	struct child *successor = &m->slot[index].successor;

	if (successor->pid > 0) {
		children_signal(successor, SIGKILL);
		children_add_leaving(m, successor->pid, no_end, CLOCK_NEVER);
	}
	children_forget(successor);
}

const char *
children_cause(char out[64], const struct child *child, int status)
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
children_find(struct master *m, pid_t pid)
{
	int i;

	for (i = 0; i < m->slots; i++)
		if (m->slot[i].child.pid == pid)
			return &m->slot[i].child;
	return NULL;
}
