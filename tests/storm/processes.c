#include "processes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "bench/proc.h"

enum { GIVE_UP_US = 10 * 1000 * 1000 };

static void
enlist(struct processes *k, pid_t pid)
{
	char name[32];

	if (!proc_text(name, sizeof(name), pid, "comm"))
		return;
	if (strcmp(name, "prefork-worker\n") == 0 && k->workers < PROCESSES_MAX)
		k->worker[k->workers++] = pid;
	else if (strcmp(name, "prefork-standby\n") == 0 &&
		 k->standbys < PROCESSES_MAX)
		k->standby[k->standbys++] = pid;
	else if (strcmp(name, "prefork-master\n") == 0 && k->master == 0)
		k->master = pid;
	else
		k->others++;
}

static bool
enlist_children(struct processes *k, pid_t of)
{
	char text[PROCESSES_MAX * 24], name[48], *at = text, *end;
	long pid;

	(void)snprintf(name, sizeof(name), "task/%ld/children", (long)of);
	if (!proc_text(text, sizeof(text), of, name))
		return false;
	while ((pid = strtol(at, &end, 10)) > 0 && end != at) {
		enlist(k, (pid_t)pid);
		at = end;
	}
	return true;
}

bool
processes_look(struct processes *k, pid_t first)
{
	memset(k, 0, sizeof(*k));
	if (!enlist_children(k, first))
		return false;
	/* It may be dead by now. */
	if (k->master != 0)
		(void)enlist_children(k, k->master);
	return true;
}

static bool
holds(const struct processes *k, pid_t pid)
{
	int i;

	for (i = 0; i < k->workers; i++)
		if (k->worker[i] == pid)
			return true;
	for (i = 0; i < k->standbys; i++)
		if (k->standby[i] == pid)
			return true;
	return pid != 0 && k->master == pid;
}

int64_t
processes_whole(
    struct processes *k, pid_t master, int slots, pid_t dead, int64_t from)
{
	const bool keeps = k->master != 0;
	int64_t took;

	do {
		took = processes_clock() - from;
		if (!processes_look(k, master) || took > GIVE_UP_US)
			return -1;
	} while (k->workers != slots || k->standbys != slots || k->others > 0 ||
		 holds(k, dead) || (keeps && k->master == 0));
	return took;
}

int64_t
processes_cpu(pid_t pid)
{
	char text[128];

	/* proc(5), schedstat: nanoseconds on a processor come first. */
	if (!proc_text(text, sizeof(text), pid, "schedstat"))
		return -1;
	return (int64_t)(strtoll(text, NULL, 10) / 1000);
}

/* Its share of memory that no file is behind: what it has of the program and
 * the libraries depends on who else runs them. */
static long
pss_of(pid_t pid)
{
	static const char *const kinds[] = {"\nPss_Anon:", "\nPss_Shmem:"};
	char text[2048], *line;
	long sum = 0;
	size_t i;

	if (!proc_text(text, sizeof(text), pid, "smaps_rollup"))
		return -1;
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		line = strstr(text, kinds[i]);
		if (line == NULL)
			return -1;
		sum += strtol(line + strlen(kinds[i]), NULL, 10);
	}
	return sum;
}

long
processes_pss(pid_t master)
{
	struct processes k;
	long sum = pss_of(master), one;
	int i;

	if (sum < 0 || !processes_look(&k, master))
		return -1;
	if (k.master != 0)
		sum += pss_of(k.master);
	for (i = 0; i < k.workers + k.standbys; i++) {
		one = pss_of(
		    i < k.workers ? k.worker[i] : k.standby[i - k.workers]);
		if (one < 0)
			return -1;
		sum += one;
	}
	return sum;
}

int64_t
processes_clock(void)
{
	return clock_ns() / 1000;
}

static int
compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

int64_t
processes_median(int64_t *figures, int n)
{
	qsort(figures, (size_t)n, sizeof(*figures), compare);
	return figures[n / 2];
}

int64_t
processes_most(int64_t *figures, int n)
{
	qsort(figures, (size_t)n, sizeof(*figures), compare);
	return figures[n - 1];
}
