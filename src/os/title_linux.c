#define _GNU_SOURCE
#include "os/title.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

extern char **environ;

static char *area;	 /* where argv[0] begins */
static size_t area_size; /* up to the end of the environment */

/* ps reads the memory in which the kernel placed the arguments. It is longer
 * with the environment's strings behind them, so those are copied away. */
void
title_init(int argc, char **argv)
{
	char *end;
	int i;

	if (argc < 1)
		return;
	end = argv[0] + strlen(argv[0]) + 1;
	for (i = 1; i < argc; i++)
		if (argv[i] == end)
			end += strlen(argv[i]) + 1;
	for (i = 0; environ[i] != NULL; i++) {
		char *copy;

		if (environ[i] != end)
			continue;
		copy = strdup(environ[i]);
		if (copy == NULL)
			break;
		end += strlen(environ[i]) + 1;
		environ[i] = copy;
	}
	for (i = 1; i < argc; i++) {
		char *copy = strdup(argv[i]);

		if (copy == NULL)
			return;
		argv[i] = copy;
	}
	area = argv[0];
	area_size = (size_t)(end - area);
}

void
title_set(const char *title, const char *brief)
{
	size_t len = strlen(title);

	(void)prctl(PR_SET_NAME, (unsigned long)brief, 0, 0, 0);
	if (area_size < 2)
		return;
	if (len > area_size - 1)
		len = area_size - 1;
	memcpy(area, title, len);
	memset(area + len, 0, area_size - len);
}

bool
title_read(pid_t pid, char *out, size_t size)
{
	char path[48];
	ssize_t n = -1;
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/%ld/cmdline", (long)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		n = read(fd, out, size - 1);
		(void)close(fd);
	}
	out[n > 0 ? n : 0] = '\0';
	return n > 0;
}

int
title_children(pid_t pid, pid_t *child, size_t most)
{
	char path[64];
	long one;
	size_t n = 0;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%ld/task/%ld/children",
	    (long)pid, (long)pid);
	f = fopen(path, "re");
	if (f == NULL)
		return 0;
	while (n < most && fscanf(f, "%ld", &one) == 1)
		child[n++] = (pid_t)one;
	(void)fclose(f);
	return (int)n;
}
