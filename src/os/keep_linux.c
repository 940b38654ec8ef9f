#define _GNU_SOURCE
#include "os/keep.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>

#include "clone.h"
#include "os/ready.h"

enum { FLAGS = CLONE_FILES | SIGCHLD, PAUSE_MS = 20 };

static bool
may_adopt(void)
{
	int adopts;

	return prctl(PR_GET_CHILD_SUBREAPER, (unsigned long)&adopts, 0, 0, 0) ==
	       0;
}

bool
keep_possible(void)
{
	static const int none[] = {0};
	bool queued;
	pid_t from;

	return clone_allowed(FLAGS) && may_adopt() &&
	       (keep_next(none, 0, &from, &queued) == 0 && errno == EAGAIN);
}

void
keep_adopt(void)
{
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
}

pid_t
keep_fork(void)
{
	pid_t pid = clone_self(FLAGS, NULL);

	if (pid == 0)
		(void)prctl(PR_SET_PDEATHSIG, SIGCHLD);
	return pid;
}

int
keep_part(void)
{
	return unshare(CLONE_FILES);
}

static void
set_of(sigset_t *set, const int *list)
{
	sigemptyset(set);
	for (; *list != 0; list++)
		(void)sigaddset(set, *list);
}

void
keep_hold(const int *list)
{
	sigset_t set;

	set_of(&set, list);
	(void)sigprocmask(SIG_SETMASK, &set, NULL);
}

int
keep_next(const int *list, int ms, pid_t *from, bool *queued)
{
	const struct timespec most = {ms / 1000, ms % 1000 * 1000000L};
	siginfo_t info;
	sigset_t set;
	int signo;

	set_of(&set, list);
	signo = ms < 0 ? sigwaitinfo(&set, &info)
		       : sigtimedwait(&set, &info, &most);
	*queued = signo > 0 && info.si_code == SI_QUEUE;
	*from =
	    *queued || (signo > 0 && info.si_code == SI_USER) ? info.si_pid : 0;
	/* Refused: it has not waited, so let others have the processor. */
	if (signo < 0 && errno != EAGAIN && errno != EINTR && ms != 0)
		ready_pause(PAUSE_MS);
	return signo > 0 ? signo : 0;
}
