/*
 * How a master says something to its keeper: by sigqueue(3), or where that has
 * no room by kill(2).
 */
#include "keeper.h"

#include <signal.h>

/* What stands for it where there is no room in the queue of signals
 * (RLIMIT_SIGPENDING): sent by kill(2) it has its sender all the same, unless
 * it is a real-time one. */
static const int plain[KEEPER_SIGNALS] = {
    [KEEPER_READY] = SIGURG,
    [KEEPER_MOVES] = SIGVTALRM,
    [KEEPER_AFRESH] = SIGPROF,
    [KEEPER_CHANGE] = SIGXCPU,
};

int
keeper_signo(enum keeper_signal what, bool queued)
{
	if (!queued)
		return plain[what];
	return what == KEEPER_CHANGE ? SIGUSR2 : SIGRTMIN + (int)what;
}

void
keeper_tell(pid_t keeper, enum keeper_signal what)
{
	/* SIGUSR2 would be sent without room, too, as if nobody had queued it:
	 * one more that the master moves tells if there is any. */
	const enum keeper_signal first =
	    what == KEEPER_CHANGE ? KEEPER_MOVES : what;
	const union sigval none = {0};

	if (sigqueue(keeper, keeper_signo(first, true), none) != 0)
		(void)kill(keeper, keeper_signo(what, false));
	else if (first != what)
		(void)sigqueue(keeper, keeper_signo(what, true), none);
}
