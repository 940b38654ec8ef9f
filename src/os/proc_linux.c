#define _GNU_SOURCE
#include "proc.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { PATH_BYTES = 80, NUMBER_BYTES = 24 };

/* Does a number there mean the same process as here? */
static bool
is_ours(void)
{
	char number[NUMBER_BYTES];
	ssize_t n = readlink("/proc/self", number, sizeof(number) - 1);

	number[n > 0 ? n : 0] = '\0';
	return strtol(number, NULL, 10) == (long)getpid();
}

int
proc_open(pid_t pid, const char *file)
{
	char path[PATH_BYTES];

	if (pid == 0)
		(void)snprintf(path, sizeof(path), "/proc/self/%s", file);
	else if (is_ours())
		(void)snprintf(
		    path, sizeof(path), "/proc/%ld/%s", (long)pid, file);
	else
		return -1;
	return open(path, O_RDONLY | O_CLOEXEC);
}

bool
proc_read(pid_t pid, const char *file, char *out, size_t size)
{
	ssize_t n = -1;
	int fd = proc_open(pid, file);

	if (fd >= 0) {
		n = read(fd, out, size - 1);
		(void)close(fd);
	}
	out[n > 0 ? n : 0] = '\0';
	return n > 0;
}
