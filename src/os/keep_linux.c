#define _GNU_SOURCE
#include "os/keep.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { FLAGS = CLONE_FILES | SIGCHLD };

/* In vain: threads that share signals share memory. Some sandboxes refuse it
 * for its flags. */
static bool
may_clone(void)
{
	const unsigned long flags = FLAGS | CLONE_SIGHAND;

	return syscall(SYS_clone, flags, NULL, NULL, NULL, 0UL) < 0 &&
	       errno == EINVAL;
}

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

	return may_clone() && may_adopt() &&
	       (keep_next(none, 0) == 0 && errno == EAGAIN);
}

void
keep_adopt(void)
{
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
}

pid_t
keep_fork(void)
{
	/* No stack is given: as after fork, it is a copy of ours. The order of
	 * the last three arguments depends on the machine, and all are 0. */
	long pid =
	    syscall(SYS_clone, (unsigned long)FLAGS, NULL, NULL, NULL, 0UL);

	if (pid == 0)
		(void)prctl(PR_SET_PDEATHSIG, SIGCHLD);
	return (pid_t)pid;
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
keep_next(const int *list, int ms)
{
	const struct timespec most = {ms / 1000, ms % 1000 * 1000000L};
	sigset_t set;
	int signo;

	set_of(&set, list);
	signo =
	    ms < 0 ? sigwaitinfo(&set, NULL) : sigtimedwait(&set, NULL, &most);
	return signo > 0 ? signo : 0;
}
