#include "os/exec.h"

#include <errno.h>
#include <stddef.h>

char *
exec_path(bool by_descriptor)
{
	(void)by_descriptor;
	return NULL;
}

bool
exec_remember(int number, const char *path)
{
	(void)number;
	(void)path;
	return false;
}

int
exec_open(const char *path, int number)
{
	(void)path;
	(void)number;
	errno = ENOSYS;
	return -1;
}

void
exec_begin(int number, char *const argv[])
{
	(void)number;
	(void)argv;
	errno = ENOSYS;
}

/* Nothing is begun anew, so there is nothing to be found. */
bool
exec_is_raised(void)
{
	return true;
}

int
exec_watch(pid_t pid, int number)
{
	(void)pid;
	(void)number;
	errno = ENOSYS;
	return -1;
}

int
exec_end(int number)
{
	(void)number;
	errno = ENOSYS;
	return -1;
}
