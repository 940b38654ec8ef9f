#include "followers.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hook.h"
#include "base/log.h"
#include "child.h"
#include "os/channel.h"
#include "os/exec.h"
#include "os/process.h"
#include "os/standby.h"
#include "os/title.h"
#include "worker/renew.h"

enum { RETRY_MIN_MS = 100, RETRY_MAX_MS = 5000 };
enum { STRIKES = 3 }; /* new programs in a row that die before they serve */

void
followers_title(const struct followers *f, const char *what)
{
	char title[48], brief[16];

	(void)snprintf(title, sizeof(title), "prefork: %s %d%s", what, f->row,
	    f->wanted ? ", no standby" : "");
	(void)snprintf(brief, sizeof(brief), "prefork-%.7s", what);
	title_set(title, brief);
}

void
followers_end_holder(struct followers *f)
{
	if (f->held && exec_end(FD_HOLDER + f->holder) != 0)
		log_warn("worker %d: its holder could not be ended:", f->row);
	f->held = false;
	followers_row(f)->second = 0;
}

/* Finds the holder that was made behind this standby, and has it at FD_HOLDER +
 * holder. Its pid is in the row, which may hold any number: one that is not of
 * our process group is not meant. */
static void
find_second(struct followers *f)
{
	pid_t pid = followers_row(f)->second;

	if (f->held || pid <= 0 || pid == getpid() || getpgid(pid) != getpgrp())
		return;
	f->holder = !f->holder;
	f->held = exec_watch(pid, FD_HOLDER + f->holder) == 0;
}

/* A standby that a slot is left to is not to be alone in it, not even while it
 * makes the next one. Returns true in the holder. */
static bool
make_second(struct followers *f, pid_t standby)
{
	pid_t pid = standby_make(&followers_row(f)->second, standby, FD_STANDBY,
	    &followers_orders(f)->woken);

	if (pid < 0)
		followers_row(f)->second = 0;
	f->second = pid == 0;
	return pid == 0;
}

/* No standby could be made, errno says why: it is tried again later. */
static void
put_off(struct followers *f)
{
	f->wanted = true;
	followers_row(f)->standby = 0;
	if (f->retry_after == 0) {
		log_warn("worker %d has no standby:", f->row);
		followers_title(f, "worker");
		f->retry_after = RETRY_MIN_MS;
	} else if (f->retry_after < RETRY_MAX_MS) {
		f->retry_after *= 2;
	}
	f->retry = clock_now() + f->retry_after;
}

bool
followers_make(struct followers *f)
{
	const struct board_orders *orders = followers_orders(f);
	pid_t pid;

	if (f->retiring) {
		/* There is one at most. */
		find_second(f);
		followers_end_holder(f);
	}
	f->asked = board_get(orders->asked);
	pid = standby_make(
	    &followers_row(f)->standby, getpid(), FD_MAKER, &orders->woken);
	if (pid == 0)
		return true;
	if (pid < 0) {
		put_off(f);
		return false;
	}
	f->retry_after = 0;
	if (f->wanted) {
		f->wanted = false;
		followers_title(f, "worker");
	}
	return f->retiring && make_second(f, pid);
}

void
followers_want(struct followers *f, bool retires, int64_t now)
{
	f->wanted = true;
	f->retiring = f->retiring || retires;
	f->retry = now;
}

bool
followers_are_due(const struct followers *f, int64_t now)
{
	return f->wanted && now >= f->retry;
}

bool
followers_are_asked_for(const struct followers *f)
{
	return board_get(followers_orders(f)->asked) != f->asked;
}

static uint64_t
takeovers(const struct followers *f)
{
	return board_get(followers_row(f)->count[COUNT_TAKEOVERS]);
}

/* A process has died, and this one takes over from it. If that was a worker,
 * the master has written down its cause. If it was a standby whose holder this
 * is, it died before it looked at any record: the records are as the worker
 * before it left them, and so is the blame. But unless it was killed from
 * outside, its new program may be at fault: so this process takes over with the
 * old one. After STRIKES such deaths in a row no follower tries the new program
 * again, until the slot starts cold. */
static void
learn_from_death(struct followers *f)
{
	int cause = board_get(followers_orders(f)->cause);

	if (!f->holds) {
		f->cause = cause;
		return;
	}
	if (cause == DEATH_KILLED || cause == DEATH_STOPPED)
		return;
	f->struck_at = takeovers(f);
	(void)child_says(SAYS_UNCHANGED, ++f->strikes < STRIKES ? 0 : ENOEXEC);
}

/* Takes the program that the master has given to the slot, if it has. Even
 * where the descriptor table is full there is room for it, since FD_LOADER is
 * given up. That number is then taken by a copy of the lifeline. A copy of a
 * pipe for signals would not do: a poller that was left behind may still watch
 * that, and would be woken for ever by its end. */
static void
take_program(struct followers *f)
{
	struct worker_message told;
	int fd;

	(void)close(FD_LOADER);
	while (channel_take(FD_READY, &told, sizeof(told), &fd) > 0) {
		if (told.what == TOLD_PROGRAM && dup2(fd, FD_PROGRAM) >= 0) {
			f->program = (int)told.value;
			f->strikes = 0;
		}
		(void)close(fd);
	}
	if (dup2(FD_LIFELINE, FD_LOADER) >= 0)
		(void)fcntl(FD_LOADER, F_SETFD, FD_CLOEXEC);
}

/* After a strike: not before a takeover has gone well with the old program. */
static bool
may_renew(const struct followers *f, bool kept)
{
	return f->config->renews && kept && !f->renewed &&
	       f->strikes < STRIKES &&
	       (f->strikes == 0 || takeovers(f) != f->struck_at);
}

/*
 * Until the new program has made its standby, the row names the holder, which
 * shares the table of descriptors as it is now. After that the holder takes
 * over from nobody: the next worker ends it first.
 *
 * The holder is made with a copy of this process's memory, and remembers the
 * holder before it, if that is still there, since it may have to end it. So the
 * two are at different numbers: FD_HOLDER and FD_HOLDER_TOO by turns.
 */
bool
followers_renew(struct followers *f, bool kept)
{
	struct renewal next = {.row = f->row, .holder = !f->holder};
	pid_t pid;

	if (!f->renewed)
		learn_from_death(f);
	take_program(f);
	next.program = f->program;
	next.cause = f->cause;
	f->holds = may_renew(f, kept);
	if (!f->holds)
		return false;
	if (followers_make(f))
		return true;
	f->holds = false;
	followers_end_holder(f);
	if (f->wanted)
		return false;
	HOOK("held");
	pid = followers_row(f)->standby;
	f->held = exec_watch(pid, FD_HOLDER + next.holder) == 0;
	f->holder = next.holder;
	if (f->held)
		renew_begin(f->config, &next);
	(void)child_says(SAYS_UNCHANGED, (uint64_t)errno);
	/* It shares our table, so there is no need to wait for its end. */
	if (!f->held)
		(void)kill(pid, SIGKILL);
	return false;
}

/* Is the standby that was made last there, and does the master know it? If it
 * has died meanwhile the master may not know that yet. */
static bool
has_standby(const struct followers *f)
{
	pid_t pid = followers_row(f)->standby;

	return !f->wanted && board_get(followers_orders(f)->known) == pid &&
	       standby_lives(pid);
}

bool
followers_make_way(struct followers *f, int64_t now)
{
	struct board_row *row = followers_row(f);

	if (!f->retiring || !has_standby(f))
		return false;
	/* 0: there was no memory for one. */
	if (row->second > 0 && !standby_lives(row->second)) {
		followers_want(f, true, now);
		return false;
	}
	if (row->second > 0)
		row->standby = row->second;
	return true;
}

bool
followers_wait(struct followers *f)
{
	f->wanted = f->retiring = f->renewed = false;
	/* A takeover is in a hurry. */
	process_batch(false);
	followers_title(f, f->holds || f->second ? "holder" : "standby");
	process_leave_with_parent(1, FD_LIFELINE);
	/* A holder is soon ended: the master is told of it only if the process
	 * before it dies. */
	if ((f->holds || f->second) && !standby_wait_orphaned(FD_LIFELINE))
		return false;
	(void)child_says(SAYS_STANDBY, 0);
	if (!standby_wait(FD_LIFELINE))
		return false;
	f->second = false;
	find_second(f);
	return true;
}
