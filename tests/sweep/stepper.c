#define _GNU_SOURCE
#include "stepper.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

enum { SYSCALL_STOP = SIGTRAP | 0x80 };

/* The instruction that makes a system call. */
#if defined(__x86_64__)
enum { CALL_BYTES = 2 };
static const uint64_t CALL = 0x050f;
#elif defined(__aarch64__)
enum { CALL_BYTES = 4 };
static const uint64_t CALL = 0xd4000001;
#elif defined(__riscv)
enum { CALL_BYTES = 4 };
static const uint64_t CALL = 0x00000073;
#else
enum { CALL_BYTES = 0 }; /* it is not known */
static const uint64_t CALL = 0;
#endif

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
 * that comes meanwhile is delivered; but one who is stepped is not late. */
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
		if (signo == SIGALRM)
			signo = 0;
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

/* The same from a stop at the beginning of a call. */
static int
park_from_call(pid_t pid)
{
	struct __ptrace_syscall_info info;

	if (look(pid, &info) != 0)
		return -1;
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY && is_wait(info.entry.nr))
		return 0;
	return next_call_stop(pid, &info) == 0 ? park(pid) : -1;
}

int
stepper_attach(pid_t pid)
{
	if (CALL_BYTES == 0) {
		errno = ENOSYS;
		return -1;
	}
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
stepper_seize(pid_t pid)
{
	if (request(PTRACE_SEIZE, pid, 0,
		PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL) != 0 ||
	    request(PTRACE_INTERRUPT, pid, 0, 0) != 0)
		return -1;
	errno = ESRCH;
	return await_stop(pid) < 0 ? -1 : 0;
}

static bool
waits_for_clients(const struct __ptrace_syscall_info *info)
{
	return info->op == PTRACE_SYSCALL_INFO_ENTRY &&
#ifdef SYS_epoll_wait
	       (info->entry.nr == SYS_epoll_wait ||
		   info->entry.nr == SYS_epoll_pwait);
#else
	       info->entry.nr == SYS_epoll_pwait;
#endif
}

int
stepper_turn(pid_t pid)
{
	struct __ptrace_syscall_info info;

	return next_call_stop(pid, &info) == 0 ? park(pid) : -1;
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

/* Does it stand at a system call? */
static bool
is_call(pid_t pid, uint64_t at)
{
	const uint64_t mask = (UINT64_C(1) << (8 * CALL_BYTES)) - 1;
	long word = ptrace(PTRACE_PEEKTEXT, pid, at, 0);

	return ((uint64_t)word & mask) == CALL;
}

int
stepper_note(pid_t pid, struct turn *turn)
{
	/* It stands in the wait, and comes out of it by a step. */
	uint64_t at = step(pid);
	bool call;
	long n = 0;

	turn->calls = 1;
	turn->begin[0] = n;
	turn->wait = at - CALL_BYTES;
	turn->path[n++] = at;
	while (at != turn->wait) {
		call = is_call(pid, at);
		at = step(pid);
		if (at == 0 || n == STEPS_MAX ||
		    (call && turn->calls == CALLS_MAX))
			return -1;
		if (call)
			turn->begin[turn->calls++] = n;
		turn->path[n++] = at;
	}
	turn->begin[turn->calls] = n;
	return park(pid);
}

long
stepper_gap(const struct turn *turn, int call)
{
	return turn->begin[call + 1] - 1 - turn->begin[call];
}

/* Where a process is to stop (0: nowhere). A processor that we do not know has
 * no such thing. */
#ifdef __x86_64__
static int
set_mark(pid_t pid, uint64_t at)
{
	const size_t address = offsetof(struct user, u_debugreg[0]);
	const size_t control = offsetof(struct user, u_debugreg[7]);

	if (request(PTRACE_POKEUSER, pid, control, 0) != 0 ||
	    request(PTRACE_POKEUSER, pid, address, at) != 0)
		return -1;
	/* The first of four, for the execution of one byte. */
	return request(PTRACE_POKEUSER, pid, control, at != 0 ? 1 : 0);
}
#else
static int
set_mark(pid_t pid, uint64_t at)
{
	(void)pid;
	(void)at;
	return -1;
}
#endif

void
stepper_kill(pid_t pid)
{
	(void)kill(pid, SIGKILL);
	/* Until we have seen its death, its parent does not. */
	while (await_stop(pid) >= 0)
		;
}

static volatile int reached;

static void __attribute__((noinline)) landmark(void)
{
	reached = 1;
}

bool
stepper_has_marks(void)
{
	const pid_t pid = fork();
	bool works;

	if (pid == 0) {
		(void)ptrace(PTRACE_TRACEME, 0, 0, 0);
		(void)raise(SIGSTOP);
		landmark();
		_exit(0);
	}
	works = pid > 0 && await_stop(pid) == SIGSTOP &&
		set_mark(pid, (uintptr_t)landmark) == 0 &&
		request(PTRACE_CONT, pid, 0, 0) == 0 &&
		await_stop(pid) == SIGTRAP;
	if (pid > 0)
		stepper_kill(pid);
	return works;
}

/* How often it comes by the place of step `to` on the way there; 0: that
 * cannot be told, since an instruction that repeats itself counts once. */
static long
visits(const uint64_t *path, long to)
{
	long i, n = 0;

	if (path[0] == path[to])
		return 0;
	for (i = 1; i <= to; i++) {
		if (path[i] != path[to])
			continue;
		if (path[i - 1] == path[i])
			return 0;
		n++;
	}
	return n;
}

/* A step shortly before the end from which there are the fewest stops to make,
 * those on the way to it included; 0: all are to be stepped. */
static long
choose_mark(const uint64_t *path, long end)
{
	enum { REACH = 64 };
	long from, n, best = 0, least = end;

	for (from = end; from > 0 && from > end - REACH; from--) {
		n = visits(path, from);
		if (n > 0 && n + end - from < least) {
			least = n + end - from;
			best = from;
		}
	}
	return best;
}

/* On to the so-many-th visit of a place. 1: it is there; 0: it came to its
 * next call before, and is parked; -1: it died. */
static int
run_to(pid_t pid, uint64_t place, long times)
{
	int signo = SIGTRAP;

	if (set_mark(pid, place) != 0)
		return -1;
	for (; times > 0 && signo == SIGTRAP; times--) {
		signo = 0;
		do {
			if (request(PTRACE_SYSCALL, pid, 0, (uintptr_t)signo) !=
			    0)
				return -1;
			signo = await_stop(pid);
			if (signo < 0)
				return -1;
		} while (signo != SIGTRAP && signo != SYSCALL_STOP);
	}
	if (set_mark(pid, 0) != 0)
		return -1;
	return signo == SIGTRAP ? 1 : park_from_call(pid);
}

int
stepper_go(pid_t pid, const struct turn *turn, int call, long gap)
{
	const uint64_t *path = turn->path + turn->begin[call];
	struct __ptrace_syscall_info info;
	int n = next_call_stop(pid, &info) == 0 ? 1 : -1;
	long done = 0;

	for (; call > 0 && n > 0; call--)
		n = next_return(pid, &info);
	if (n > 0 && turn->marks) {
		done = choose_mark(path, gap);
		if (done > 0)
			n = run_to(pid, path[done], visits(path, done));
	}
	for (; done < gap && n > 0; done++) {
		uint64_t at = step(pid);

		if (at == 0)
			return -1;
		if (at == turn->wait && done + 1 < gap)
			return park(pid);
	}
	return n;
}

int
stepper_follow(pid_t pid, int calls, long gap, int *made)
{
	struct __ptrace_syscall_info info;
	bool cloned = false;

	*made = 0;
	while (*made < calls) {
		if (next_call_stop(pid, &info) != 0)
			return -1;
		if (waits_for_clients(&info))
			return 0;
		if (info.op != PTRACE_SYSCALL_INFO_ENTRY)
			*made += cloned;
		else if (info.entry.nr == SYS_clone)
			cloned = true;
	}
	for (; gap > 0; gap--)
		if (step(pid) == 0)
			return -1;
	return 1;
}

void
stepper_detach(pid_t pid)
{
	if (request(PTRACE_DETACH, pid, 0, 0) == 0 || errno != ESRCH)
		return;
	/* Somebody has killed it: as in stepper_kill(). */
	while (await_stop(pid) >= 0)
		;
}

int
stepper_walk(pid_t pid, struct point to)
{
	struct __ptrace_syscall_info info;

	while (to.call > 0) {
		if (next_call_stop(pid, &info) != 0)
			return -1;
		to.call -= info.op != PTRACE_SYSCALL_INFO_ENTRY;
	}
	for (; to.gap > 0; to.gap--)
		if (step(pid) == 0)
			return -1;
	return 1;
}

/* Over a system call, by its two stops. Where it stands then, 0 if it died; did
 * it do nothing but say that there is no such descriptor? */
static uint64_t
pass_call(pid_t pid, bool *nothing)
{
	struct __ptrace_syscall_info info;
	int stops;

	for (stops = 0; stops < 2; stops++)
		if (next_call_stop(pid, &info) != 0)
			return 0;
	*nothing = info.op == PTRACE_SYSCALL_INFO_EXIT && info.exit.is_error &&
		   info.exit.rval == -EBADF;
	return info.instruction_pointer;
}

int
stepper_watch(pid_t pid, const struct watcher *w)
{
	struct __ptrace_syscall_info info;
	struct point point = {0, 0};
	bool call, nothing;
	int64_t begin;
	uint64_t at;

	if (look(pid, &info) != 0)
		return -1;
	w->point(w->of, pid, point, (uintptr_t)info.instruction_pointer, false);
	for (at = info.instruction_pointer;;) {
		call = is_call(pid, at);
		nothing = true;
		begin = clock_now();
		at = call ? pass_call(pid, &nothing) : step(pid);
		if (at == 0 || (call && w->over(w->of, clock_now() - begin)))
			return point.call;
		point.gap++;
		if (call) {
			if (++point.call == w->calls_max)
				return -1;
			point.gap = 0;
		}
		w->point(w->of, pid, point, (uintptr_t)at, !nothing);
	}
}

/* Lets it go on until it has forked: one that is told to continue traps, too.
 */
static int
await_fork(pid_t pid)
{
	siginfo_t why;

	do {
		if (resume(pid, PTRACE_CONT, SIGTRAP) != 0 ||
		    request(PTRACE_GETSIGINFO, pid, 0, (uintptr_t)&why) != 0)
			return -1;
	} while (why.si_code != (SIGTRAP | PTRACE_EVENT_FORK << 8));
	return 0;
}

pid_t
stepper_born(pid_t pid)
{
	const uintptr_t traced = PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL;
	unsigned long child;

	if (request(PTRACE_SETOPTIONS, pid, 0, traced | PTRACE_O_TRACEFORK) !=
		0 ||
	    await_fork(pid) != 0 ||
	    request(PTRACE_GETEVENTMSG, pid, 0, (uintptr_t)&child) != 0 ||
	    await_stop((pid_t)child) < 0 ||
	    request(PTRACE_SETOPTIONS, (pid_t)child, 0, traced) != 0)
		return -1;
	stepper_detach(pid);
	return (pid_t)child;
}
