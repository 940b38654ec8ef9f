#include "os/keep.h"

#include <errno.h>

bool
keep_possible(void)
{
	return false;
}

void
keep_adopt(void)
{
}

pid_t
keep_fork(void)
{
	errno = ENOSYS;
	return -1;
}

int
keep_part(void)
{
	errno = ENOSYS;
	return -1;
}

void
keep_hold(const int *list)
{
	(void)list;
}

int
keep_next(const int *list, int ms, pid_t *from, bool *queued)
{
	(void)list;
	(void)ms;
	*from = 0;
	*queued = false;
	return 0;
}
