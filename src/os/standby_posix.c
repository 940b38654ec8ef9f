#include "os/standby.h"

#include <errno.h>

bool
standby_possible(void)
{
	return false;
}

pid_t
standby_make(volatile int32_t *where, pid_t before, int number,
    const _Atomic int32_t *woken)
{
	(void)where;
	(void)before;
	(void)number;
	(void)woken;
	errno = ENOSYS;
	return -1;
}

bool
standby_lives(pid_t pid)
{
	(void)pid;
	return true;
}

bool
standby_wait(int lifeline)
{
	(void)lifeline;
	return false;
}

bool
standby_wait_orphaned(int lifeline)
{
	(void)lifeline;
	return false;
}
