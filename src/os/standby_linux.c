#define _GNU_SOURCE
#include "os/standby.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

bool
standby_possible(void)
{
	return true;
}

pid_t
standby_make(volatile int32_t *where)
{
	const unsigned long flags =
	    CLONE_FILES | CLONE_PARENT | CLONE_PARENT_SETTID | SIGCHLD;
	sigset_t all, before;
	long pid;
	int saved;

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

static volatile sig_atomic_t told;

static void
note(int signo)
{
	(void)signo;
	told = 1;
}

bool
standby_wait(int lifeline)
{
	static const int deaf[] = {SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGUSR1,
	    SIGCHLD, SIGPIPE, SIGTSTP, SIGTTIN, SIGTTOU, 0};
	struct pollfd set = {.fd = lifeline, .events = POLLIN};
	struct sigaction sa = {.sa_handler = SIG_IGN};
	sigset_t none, usr2;
	int i, n;

	for (i = 0; deaf[i] != 0; i++)
		(void)sigaction(deaf[i], &sa, NULL);
	/* An order that we inherited, not yet obeyed, was not for us. */
	told = 0;
	sa.sa_handler = note;
	(void)sigaction(SIGUSR2, &sa, NULL);
	sigemptyset(&none);
	do
		n = ppoll(&set, 1, NULL, &none);
	while (!told && n < 0 && errno == EINTR);
	sigemptyset(&usr2);
	sigaddset(&usr2, SIGUSR2);
	(void)sigprocmask(SIG_SETMASK, &usr2, NULL);
	return told != 0;
}
