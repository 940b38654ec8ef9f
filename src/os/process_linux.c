#define _GNU_SOURCE
#include "os/process.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "os/signals.h"
#include "proc.h"

int
process_processors(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n > 0 ? (int)n : 1;
}

void
process_harden(bool traceable)
{
	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (!traceable)
		(void)prctl(PR_SET_DUMPABLE, 0);
}

int
process_switch(const struct identity *who)
{
	int failed = who->name != NULL ? initgroups(who->name, who->gid)
				       : setgroups(1, &who->gid);

	if (failed != 0 || setresgid(who->gid, who->gid, who->gid) != 0)
		return -1;
	return setresuid(who->uid, who->uid, who->uid);
}

/* The linker's name for it. */
extern const char __executable_start[];

uintptr_t
process_layout(void)
{
	return (uintptr_t)__executable_start;
}

/* "PID (NAME) STATE PARENT", and the name may hold any bytes. */
static bool
read_state(pid_t pid, char *state, long *parent)
{
	char text[128];
	const char *end;

	if (!proc_read(pid, "stat", text, sizeof(text)))
		return false;
	end = strrchr(text, ')');
	return end != NULL && sscanf(end, ") %c %ld", state, parent) == 2;
}

static bool
is_dead(char state)
{
	return state == 'Z' || state == 'X';
}

pid_t
process_parent(pid_t pid)
{
	long parent;
	char state;

	return read_state(pid, &state, &parent) && !is_dead(state)
		   ? (pid_t)parent
		   : 0;
}

bool
process_is_hidden(pid_t pid)
{
	struct pollfd end = {.events = POLLIN};
	long parent;
	char state;
	bool ended;

	if (pid <= 0 || read_state(pid, &state, &parent))
		return false;
	end.fd = (int)syscall(SYS_pidfd_open, pid, 0U);
	/* Where that is denied, too, one that is to be reaped counts. */
	if (end.fd < 0)
		return errno != ESRCH && kill(pid, 0) == 0;
	ended = poll(&end, 1, 0) != 0;
	(void)close(end.fd);
	return !ended;
}

bool
process_ended(pid_t pid)
{
	long parent;
	char state;

	return read_state(pid, &state, &parent) && is_dead(state);
}

void
process_close_from(int low)
{
	long i, most;

	if (syscall(SYS_close_range, (unsigned)low, ~0U, 0U) == 0)
		return;
	most = sysconf(_SC_OPEN_MAX);
	for (i = low; i < most; i++)
		(void)close((int)i);
}

void
process_expendable(void)
{
	const char *const path = "/proc/self/oom_score_adj";
	int dumpable = prctl(PR_GET_DUMPABLE);
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	/* Of one that is not to be traced, or has changed its user, what is in
	 * /proc is root's; but for this moment. */
	if (fd < 0 && errno == EACCES && dumpable == 0 &&
	    prctl(PR_SET_DUMPABLE, 1) == 0) {
		fd = open(path, O_WRONLY | O_CLOEXEC);
		(void)prctl(PR_SET_DUMPABLE, 0);
	}
	if (fd < 0)
		return;
	if (write(fd, "200", 3) < 0)
		errno = 0;
	(void)close(fd);
}

static pid_t leave_with;
static unsigned leave_in;
static int leave_at_end_of; /* this pipe, -1: none */
static volatile sig_atomic_t leaving;

/* SIGCONT: others send it as well, so the parent is asked for. SIGALRM: where
 * two held the lifeline and died at once, the last may still have been about to
 * let it go. */
static void
last_call(int signo)
{
	struct sigaction sa = {.sa_flags = SA_RESTART};
	const int saved = errno;
	const bool looked = signo == SIGALRM;
	bool stays;

	if (!looked && getppid() == leave_with)
		return;
	leave_with = getppid();
	stays = leave_at_end_of >= 0 && !pipe_ended(leave_at_end_of);
	sa.sa_handler = looked && stays ? SIG_IGN : stays ? last_call : SIG_DFL;
	(void)sigaction(SIGALRM, &sa, NULL);
	if (!stays)
		(void)alarm(leave_in);
	else if (!looked)
		(void)alarm(1);
	leaving = !stays;
	errno = saved;
}

void
process_leave_with_parent(unsigned seconds, int lifeline)
{
	struct sigaction sa = {.sa_handler = last_call, .sa_flags = SA_RESTART};

	leave_with = getppid();
	leave_in = seconds;
	leave_at_end_of = lifeline;
	leaving = 0;
	(void)sigaction(SIGCONT, &sa, NULL);
	(void)prctl(PR_SET_PDEATHSIG, SIGCONT);
}

void
process_forget_parent(void)
{
	(void)signal(SIGALRM, SIG_IGN);
	(void)alarm(0);
	leaving = 0;
}

void
process_end_with(int fd)
{
	const int flags = fcntl(fd, F_GETFL);

	if (setpgid(0, 0) == 0 && fcntl(fd, F_SETOWN, -getpid()) == 0 &&
	    fcntl(fd, F_SETSIG, SIGKILL) == 0)
		(void)fcntl(fd, F_SETFL, flags | O_ASYNC);
}

void
process_moves(void)
{
	if (leaving)
		(void)alarm(leave_in);
}

/* By the system call: musl's function of that name refuses. */
void
process_batch(bool batch)
{
	const struct sched_param none = {0};
	static bool ours;
	const int was = ours ? SCHED_BATCH : SCHED_OTHER;

	if (ours == batch || syscall(SYS_sched_getscheduler, 0) != was)
		return;
	if (syscall(SYS_sched_setscheduler, 0,
		batch ? SCHED_BATCH : SCHED_OTHER, &none) == 0)
		ours = batch;
}
