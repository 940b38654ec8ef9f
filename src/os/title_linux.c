#define _GNU_SOURCE
#include "os/title.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "proc.h"

extern char **environ;

enum {
	ROOM = 128,
	STAT_BYTES = 1024,
	STATE_BYTES = 4 /* ") S ", before the parent's pid */
};

enum {
	PARENT = 4,
	START_CODE = 26,
	END_CODE,
	START_STACK,
	START_DATA = 45,
	END_DATA,
	START_BRK,
	ENV_START = 50,
	ENV_END,
	FIELDS
};

static char *area;	 /* where argv[0] begins; or room */
static size_t area_size; /* up to the end of the environment; or all of it */
static char room[ROOM];

/* The numbers of this process's stat, by their place there (proc(5)). */
static bool
read_stat(uint64_t field[FIELDS])
{
	char text[STAT_BYTES], *at;
	int i;

	if (!proc_read(0, "stat", text, sizeof(text)))
		return false;
	at = strrchr(text, ')');
	if (at == NULL || strlen(at) < STATE_BYTES)
		return false;
	at += STATE_BYTES;
	for (i = PARENT; i < FIELDS; i++)
		field[i] = strtoull(at, &at, 10);
	return true;
}

/* With few arguments and an empty environment there is no room for a title:
 * tells the kernel that the arguments lie in `room`. It takes the whole map of
 * the memory, and wants no capability (prctl(2), PR_SET_MM_MAP). False where it
 * does not. */
static bool
move_area(void)
{
	uint64_t field[FIELDS];
	struct prctl_mm_map map;

	if (!read_stat(field))
		return false;
	map = (struct prctl_mm_map){
	    .start_code = field[START_CODE],
	    .end_code = field[END_CODE],
	    .start_data = field[START_DATA],
	    .end_data = field[END_DATA],
	    .start_brk = field[START_BRK],
	    .brk = (uintptr_t)sbrk(0),
	    .start_stack = field[START_STACK],
	    .arg_start = (uintptr_t)room,
	    .arg_end = (uintptr_t)room + ROOM,
	    .env_start = field[ENV_START],
	    .env_end = field[ENV_END],
	    .exe_fd = (uint32_t)-1,
	};
	return prctl(PR_SET_MM, PR_SET_MM_MAP, &map, sizeof(map), 0) == 0;
}

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
	(void)snprintf(room, sizeof(room), "%s", argv[0]);
	if (area_size < ROOM && move_area()) {
		area = room;
		area_size = ROOM;
	}
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
	return proc_read(pid, "cmdline", out, size);
}

int
title_children(pid_t pid, pid_t *child, size_t most)
{
	char file[40];
	long one;
	size_t n = 0;
	FILE *f;
	int fd;

	(void)snprintf(file, sizeof(file), "task/%ld/children", (long)pid);
	fd = proc_open(pid, file);
	f = fd >= 0 ? fdopen(fd, "r") : NULL;
	if (f == NULL) {
		if (fd >= 0)
			(void)close(fd);
		return 0;
	}
	while (n < most && fscanf(f, "%ld", &one) == 1)
		child[n++] = (pid_t)one;
	(void)fclose(f);
	return (int)n;
}
