#define _GNU_SOURCE
#include "os/standby.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "clone.h"
#include "os/ready.h"
#include "os/signals.h"

enum {
	LOOK_MS = 1000, /* until one that is alone looks whether another
			 * was chosen */
	NAP_MS = 50	/* until one looks that cannot be woken */
};

enum { FLAGS = CLONE_FILES | CLONE_PARENT | CLONE_PARENT_SETTID | SIGCHLD };

/* The process that this standby stands behind: its pid, and its pidfd, -1 if
 * there is none. */
static struct {
	pid_t pid;
	int fd;
} before;

/* The master's word, and what it was when this standby was made. */
static const _Atomic int32_t *woken;
static int32_t woken_first;

/* Has it no child, or one? Then it can be asked. */
static bool
may_ask_for_children(void)
{
	siginfo_t info;

	return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 ||
	       errno == ECHILD;
}

bool
standby_possible(void)
{
	const struct timespec none = {0, 0};

	return clone_allowed(FLAGS) && may_ask_for_children() &&
	       ppoll(NULL, 0, &none, NULL) == 0;
}

static void
note_before(pid_t pid, int number)
{
	int fd = (int)syscall(SYS_pidfd_open, pid, 0U);

	before.pid = pid;
	before.fd = descriptor_move(fd, number) == 0 ? number : -1;
}

static bool
is_before_dead(void)
{
	struct pollfd set = {.fd = before.fd, .events = POLLIN};
	int n = before.fd >= 0 ? poll(&set, 1, 0) : -1;

	/* With POLLHUP once it was reaped. */
	if (n >= 0)
		return n == 1 && (set.revents & POLLIN) != 0;
	return kill(before.pid, 0) != 0 && errno == ESRCH;
}

pid_t
standby_make(volatile int32_t *where, pid_t behind, int number,
    const _Atomic int32_t *word)
{
	sigset_t all, mask;
	pid_t pid;
	int saved;

	note_before(behind, number);
	woken = word;
	woken_first = *word;
	sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, &mask);
	pid = clone_self(FLAGS, where);
	if (pid == 0)
		return 0;
	saved = errno;
	(void)sigprocmask(SIG_SETMASK, &mask, NULL);
	errno = saved;
	return pid;
}

bool
standby_lives(pid_t pid)
{
	struct pollfd set = {
	    .fd = (int)syscall(SYS_pidfd_open, pid, 0U), .events = POLLIN};
	bool dead;

	if (set.fd < 0)
		return errno != ESRCH;
	dead = poll(&set, 1, 0) == 1;
	(void)close(set.fd);
	return !dead;
}

static void
wake(int signo)
{
	(void)signo;
}

/* Sleeps until there is something to look at. *fd, of the one before it, is -1
 * from the moment on when its end was seen. False: the lifeline is at its end.
 */
static bool
doze(int lifeline, int *fd)
{
	const struct timespec look = {LOOK_MS / 1000, 0};
	struct pollfd set[2] = {
	    {.fd = lifeline, .events = POLLIN},
	    {.fd = *fd, .events = POLLIN},
	};
	sigset_t none;
	int n;

	sigemptyset(&none);
	/* Signals come in ppoll alone: none is missed between the two. */
	n = ppoll(set, 2, *fd < 0 ? &look : NULL, &none);
	if (n > 0 && set[1].revents != 0)
		*fd = -1;
	if (n >= 0)
		return set[0].revents == 0;
	/* Denied, of late: it looks now and then. */
	if (errno != EINTR)
		ready_pause(NAP_MS);
	return !pipe_ended(lifeline);
}

/* From now on no signal does more than wake it. */
static void
ignore_signals(void)
{
	static const int meant[] = {SIGCONT, SIGUSR2, 0};
	struct sigaction sa = {.sa_handler = wake};

	signals_ignore_but(meant);
	(void)sigaction(SIGUSR2, &sa, NULL);
}

bool
standby_wait_orphaned(int lifeline)
{
	int fd = before.fd;

	ignore_signals();
	while (!is_before_dead())
		if (!doze(lifeline, &fd))
			return false;
	return true;
}

bool
standby_wait(int lifeline)
{
	const int32_t self = (int32_t)getpid();
	int fd = before.fd;
	int32_t now;

	ignore_signals();
	do {
		now = *woken;
		if (now == self && is_before_dead()) {
			signals_hold(NULL);
			return true;
		}
	} while ((now == self || now == woken_first || now == before.pid) &&
		 doze(lifeline, &fd));
	return false;
}
