#define _GNU_SOURCE
#include "os/exec.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/descriptor.h"

extern char **environ;

char *
exec_path(bool by_descriptor)
{
	const char *path = (const char *)getauxval(AT_EXECFN);
	char from[PATH_MAX], *whole = NULL;

	if (path != NULL && strncmp(path, "/dev/fd/", 8) == 0)
		path = by_descriptor ? program_invocation_name : NULL;
	if (path == NULL)
		return NULL;
	if (path[0] == '/')
		return strdup(path);
	if (getcwd(from, sizeof(from)) == NULL ||
	    asprintf(&whole, "%s/%s", from, path) < 0)
		return NULL;
	return whole;
}

bool
exec_remember(int number, const char *path)
{
	int fd = open("/proc/self/exe", O_PATH | O_CLOEXEC);

	if (fd < 0 && path != NULL)
		fd = open(path, O_PATH | O_CLOEXEC);
	return descriptor_move(fd, number) == 0;
}

int
exec_open(const char *path, int number)
{
	int fd = open(path, O_PATH | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0)
		return -1;
	if (S_ISREG(st.st_mode))
		return descriptor_move(fd, number);
	(void)close(fd);
	errno = EACCES;
	return -1;
}

void
exec_begin(int number, char *const argv[])
{
	(void)syscall(
	    SYS_execveat, number, "", argv, environ, (long)AT_EMPTY_PATH);
}

/* Where no rights come by an exec it has none that its last program had not. */
bool
exec_is_raised(void)
{
	return getauxval(AT_SECURE) != 0 &&
	       prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1;
}

/* Leaves nothing that the next descriptor could be taken for. */
static int
leave_empty(int number)
{
	int saved = errno;

	(void)descriptor_move(descriptor_nothing(), number);
	errno = saved;
	return -1;
}

int
exec_watch(pid_t pid, int number)
{
	/* There is room for it, even if that is the last. */
	(void)close(number);
	if (descriptor_move((int)syscall(SYS_pidfd_open, pid, 0U), number) !=
		0 ||
	    syscall(SYS_pidfd_send_signal, number, 0, NULL, 0U) != 0)
		/* cppcheck-suppress deallocret ; another has it now */
		return leave_empty(number);
	return 0;
}

int
exec_end(int number)
{
	struct pollfd end = {.fd = number, .events = POLLIN};

	if (syscall(SYS_pidfd_send_signal, number, SIGKILL, NULL, 0U) != 0 &&
	    errno != ESRCH)
		return -1;
	/* It is so when the last of its threads has let go of its files. */
	while (poll(&end, 1, -1) < 0)
		if (errno != EINTR)
			return -1;
	return 0;
}
