#define _GNU_SOURCE
#include "stepper.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>

enum { SYSCALL_STOP = SIGTRAP | 0x80, CALL_BYTES_MAX = 8 };

static int
request(int what, pid_t pid, uintptr_t at, uintptr_t data)
{
	/* The type of the request is one of glibc's own. */
	return (int)ptrace(what, pid, at, data);
}

/* What stopped it; -1 if it is dead. */
static int
await_stop(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, __WALL) < 0)
		if (errno != EINTR)
			return -1;
	return WIFSTOPPED(status) ? WSTOPSIG(status) : -1;
}

/* Lets it go on in one of ptrace's ways up to the stop of that way. A signal
 * that comes meanwhile is delivered. */
static int
resume(pid_t pid, int way, int stop)
{
	int signo = 0;

	do {
		if (request(way, pid, 0, (uintptr_t)signo) != 0)
			return -1;
		signo = await_stop(pid);
		if (signo < 0)
			return -1;
	} while (signo != stop);
	return 0;
}

static int
look(pid_t pid, struct __ptrace_syscall_info *info)
{
	memset(info, 0, sizeof(*info));
	return request(PTRACE_GET_SYSCALL_INFO, pid, sizeof(*info),
		   (uintptr_t)info) > 0
		   ? 0
		   : -1;
}

/* Some systems have but the newer ones of these calls. */
static bool
is_wait(uint64_t number)
{
	static const long waits[] = {
#ifdef SYS_epoll_wait
	    SYS_epoll_wait,
#endif
#ifdef SYS_poll
	    SYS_poll,
#endif
	    SYS_epoll_pwait, SYS_ppoll};
	size_t i;

	for (i = 0; i < sizeof(waits) / sizeof(waits[0]); i++)
		if (number == (uint64_t)waits[i])
			return true;
	return false;
}

/* From one stop at a system call to the next, its return included. */
static int
next_call_stop(pid_t pid, struct __ptrace_syscall_info *info)
{
	return resume(pid, PTRACE_SYSCALL, SYSCALL_STOP) == 0 ? look(pid, info)
							      : -1;
}

/* To the next system call, and if that is not the wait, to its return. 1: it
 * has returned; 0: it is the wait, and it is parked; -1: it died. */
static int
next_return(pid_t pid, struct __ptrace_syscall_info *info)
{
	if (next_call_stop(pid, info) != 0)
		return -1;
	if (info->op == PTRACE_SYSCALL_INFO_ENTRY) {
		if (is_wait(info->entry.nr))
			return 0;
		if (next_call_stop(pid, info) != 0)
			return -1;
	}
	return 1;
}

/* From anywhere in a turn to its end. 0, or -1. */
static int
park(pid_t pid)
{
	struct __ptrace_syscall_info info;
	int n;

	while ((n = next_return(pid, &info)) > 0)
		;
	return n;
}

int
stepper_attach(pid_t pid)
{
	if (request(PTRACE_SEIZE, pid, 0,
		PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL) != 0 ||
	    request(PTRACE_INTERRUPT, pid, 0, 0) != 0)
		return -1;
	if (await_stop(pid) < 0 || park(pid) != 0) {
		/* Not understanding what is looked at is no death. */
		if (errno != EIO && errno != EINVAL)
			errno = ESRCH;
		return -1;
	}
	return 0;
}

int
stepper_turn(pid_t pid)
{
	struct __ptrace_syscall_info info;

	return next_call_stop(pid, &info) == 0 ? park(pid) : -1;
}

int
stepper_note_calls(pid_t pid, struct turn *turn)
{
	struct __ptrace_syscall_info info;
	int n;

	turn->calls = 0;
	if (next_call_stop(pid, &info) != 0)
		return -1;
	do {
		if (turn->calls == CALLS_MAX)
			return -1;
		turn->returns[turn->calls++] = info.instruction_pointer;
	} while ((n = next_return(pid, &info)) > 0);
	return n;
}

/* One instruction. Returns where it stands then, 0 if it died. */
static uint64_t
step(pid_t pid)
{
	struct __ptrace_syscall_info info;

	if (resume(pid, PTRACE_SINGLESTEP, SIGTRAP) != 0 ||
	    look(pid, &info) != 0)
		return 0;
	return info.instruction_pointer;
}

/* A step from `before` to `at` was the call that returns there. */
static bool
has_returned(uint64_t before, uint64_t at, uint64_t returns)
{
	return at == returns && before < at && at - before <= CALL_BYTES_MAX;
}

int
stepper_note_gaps(pid_t pid, struct turn *turn)
{
	uint64_t before, at;
	int call = 0;
	long gap = 0;

	turn->wait = 0;
	/* It stands in the wait, and comes out of it by a step. */
	at = step(pid);
	if (at != turn->returns[0] || turn->calls < 2)
		return -1;
	while (at != turn->wait) {
		before = at;
		at = step(pid);
		if (at == 0)
			return -1;
		if (call + 1 < turn->calls &&
		    has_returned(before, at, turn->returns[call + 1])) {
			turn->gap[call++] = gap;
			/* All calls are of one length. */
			turn->wait = turn->returns[0] - (at - before);
			gap = 0;
		} else {
			gap++;
		}
	}
	turn->gap[call] = gap;
	return call + 1 == turn->calls ? park(pid) : -1;
}

int
stepper_go(pid_t pid, const struct turn *turn, int call, long gap)
{
	struct __ptrace_syscall_info info;
	int n = next_call_stop(pid, &info) == 0 ? 1 : -1;

	for (; call > 0 && n > 0; call--)
		n = next_return(pid, &info);
	for (; gap > 0 && n > 0; gap--) {
		uint64_t at = step(pid);

		if (at == 0)
			return -1;
		if (at == turn->wait && gap > 1)
			return park(pid);
	}
	return n;
}

void
stepper_kill(pid_t pid)
{
	(void)kill(pid, SIGKILL);
	/* Until we have seen its death, its parent does not. */
	while (await_stop(pid) >= 0)
		;
}

void
stepper_detach(pid_t pid)
{
	(void)request(PTRACE_DETACH, pid, 0, 0);
}
