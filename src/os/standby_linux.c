#define _GNU_SOURCE
#include "os/standby.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "os/signals.h"

/* Who made this standby: its pid, and its pidfd, -1 if there is none. */
static pid_t maker_pid;
static int maker_fd;

bool
standby_possible(void)
{
	return true;
}

/* Of the caller, who is about to make a standby. */
static void
note_maker(int number)
{
	int fd;

	maker_pid = getpid();
	maker_fd = -1;
	fd = (int)syscall(SYS_pidfd_open, maker_pid, 0U);
	if (fd < 0)
		return;
	if (dup2(fd, number) >= 0) {
		(void)fcntl(number, F_SETFD, FD_CLOEXEC);
		maker_fd = number;
	}
	(void)close(fd);
}

static bool
is_maker_dead(void)
{
	struct pollfd set = {.fd = maker_fd, .events = POLLIN};

	if (maker_fd < 0)
		return kill(maker_pid, 0) != 0 && errno == ESRCH;
	/* With POLLHUP once it was reaped. */
	return poll(&set, 1, 0) == 1 && (set.revents & POLLIN) != 0;
}

pid_t
standby_make(volatile int32_t *where, int maker)
{
	const unsigned long flags =
	    CLONE_FILES | CLONE_PARENT | CLONE_PARENT_SETTID | SIGCHLD;
	sigset_t all, before;
	long pid;
	int saved;

	note_maker(maker);
	sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, &before);
	/* No stack is given: as after fork, it is a copy of ours. The order of
	 * the last three arguments depends on the machine, and all are 0. */
	pid = syscall(SYS_clone, flags, NULL, where, NULL, 0UL);
	if (pid == 0)
		return 0;
	saved = errno;
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	errno = saved;
	return (pid_t)pid;
}

static void
wake(int signo)
{
	(void)signo;
}

/* Ignores all that is neither a fault nor an end that is meant. */
static void
ignore_all(void)
{
	static const int not_those[] = {SIGABRT, SIGBUS, SIGCONT, SIGFPE,
	    SIGILL, SIGSEGV, SIGSYS, SIGTRAP, SIGUSR2, 0};
	struct sigaction sa = {.sa_handler = SIG_IGN};
	int signo, i;

	for (signo = 1; signo <= SIGRTMAX; signo++) {
		for (i = 0; not_those[i] != 0 && not_those[i] != signo; i++)
			;
		if (not_those[i] == 0)
			(void)sigaction(signo, &sa, NULL);
	}
}

bool
standby_wait(int lifeline, const _Atomic int32_t *heir)
{
	struct pollfd set = {.fd = lifeline, .events = POLLIN};
	struct sigaction sa = {.sa_handler = wake};
	bool told;
	sigset_t none;
	int n = -1;

	ignore_all();
	(void)sigaction(SIGUSR2, &sa, NULL);
	sigemptyset(&none);
	errno = EINTR;
	/* Signals come in ppoll alone: none is missed between the two. */
	while (!(told = *heir == (int32_t)getpid() && is_maker_dead()) &&
	       n < 0 && errno == EINTR)
		n = ppoll(&set, 1, NULL, &none);
	signals_hold(NULL);
	return told;
}
