#include "os/reap.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/wait.h>

/* waitid(2) is denied: the dead are taken away as soon as they are seen. */
static bool denied;

/* The status that waitpid(2) would give, by its encoding on all systems that
 * there are. */
static int
status_of(const siginfo_t *info)
{
	enum { CONTINUED = 0xffff, STOPPED = 0x7f, CORE = 0x80 };

	switch (info->si_code) {
	case CLD_EXITED:
		return info->si_status << 8;
	case CLD_DUMPED:
		return info->si_status | CORE;
	case CLD_STOPPED:
	case CLD_TRAPPED:
		return info->si_status << 8 | STOPPED;
	case CLD_CONTINUED:
		return CONTINUED;
	default:
		return info->si_status;
	}
}

pid_t
reap_look(int *status)
{
	siginfo_t info = {.si_pid = 0};
	pid_t pid;

	if (!denied) {
		if (waitid(P_ALL, 0, &info,
			WEXITED | WSTOPPED | WCONTINUED | WNOHANG | WNOWAIT) ==
		    0) {
			*status = status_of(&info);
			return info.si_pid;
		}
		denied = errno != ECHILD && errno != EINTR;
	}
	if (!denied)
		return 0;
	pid = waitpid(-1, status, WNOHANG | WUNTRACED | WCONTINUED);
	return pid > 0 ? pid : 0;
}

void
reap_take(pid_t pid, int status)
{
	int what = WIFSTOPPED(status)	  ? WSTOPPED
		   : WIFCONTINUED(status) ? WCONTINUED
					  : WEXITED;
	siginfo_t info;

	if (!denied)
		(void)waitid(P_PID, (id_t)pid, &info, what | WNOHANG);
}
