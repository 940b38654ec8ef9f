#include "os/watch.h"

bool
watch_process(pid_t pid)
{
	(void)pid;
	return false;
}

int
watch_fd(void)
{
	return -1;
}

pid_t
watch_next(int *status)
{
	*status = -1;
	return 0;
}
