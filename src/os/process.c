#include "os/process.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

int
process_raise_descriptors(int most)
{
	struct rlimit rl;
	rlim_t want;

	if (getrlimit(RLIMIT_NOFILE, &rl) != 0)
		return 256;
	want = rl.rlim_max;
	if (want == RLIM_INFINITY || want > (rlim_t)most)
		want = (rlim_t)most;
	if (rl.rlim_cur == RLIM_INFINITY || rl.rlim_cur < want ||
	    rl.rlim_cur > (rlim_t)most) {
		rl.rlim_cur = want;
		(void)setrlimit(RLIMIT_NOFILE, &rl);
		if (getrlimit(RLIMIT_NOFILE, &rl) != 0)
			return 256;
	}
	return rl.rlim_cur > (rlim_t)most ? most : (int)rl.rlim_cur;
}

void
process_no_core(void)
{
	struct rlimit rl;

	if (getrlimit(RLIMIT_CORE, &rl) != 0)
		return;
	rl.rlim_cur = 0;
	(void)setrlimit(RLIMIT_CORE, &rl);
}

bool
process_is_child(pid_t pid)
{
	siginfo_t info;

	return pid > 0 && waitid(P_PID, (id_t)pid, &info,
			      WEXITED | WNOHANG | WNOWAIT) == 0;
}

long long
process_cpu_ns(void)
{
	struct timespec ts;

	if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts) != 0)
		return 0;
	return (long long)ts.tv_sec * 1000000000 + ts.tv_nsec;
}
