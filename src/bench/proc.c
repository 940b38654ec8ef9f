#include "bench/proc.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { STAT_BYTES = 1024 };

bool
proc_text(char *text, size_t size, pid_t pid, const char *file)
{
	char path[64];
	size_t n;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%ld/%s", (long)pid, file);
	f = fopen(path, "r");
	if (f == NULL)
		return false;
	n = fread(text, 1, size - 1, f);
	(void)fclose(f);
	text[n] = '\0';
	return true;
}

/* The nth number of a line of which `third` is where the third begins; -1 if
 * it has fewer. */
static int64_t
number(const char *third, int n)
{
	for (; third != NULL && n > 3; n--) {
		third = strchr(third, ' ');
		third += third != NULL;
	}
	return third != NULL ? (int64_t)strtoll(third, NULL, 10) : -1;
}

bool
proc_look(struct proc *p, pid_t pid)
{
	char text[STAT_BYTES];
	const char *open, *close, *third;

	if (!proc_text(text, sizeof(text), pid, "stat"))
		return false;
	/* There may be anything in a name. */
	open = strchr(text, '(');
	close = strrchr(text, ')');
	if (open == NULL || close == NULL || close[1] != ' ')
		return false;
	(void)snprintf(p->name, sizeof(p->name), "%.*s",
	    (int)(close - open - 1), open + 1);
	third = close + 2;
	p->pid = (pid_t)strtol(text, NULL, 10);
	p->state = third[0];
	p->parent = (pid_t)number(third, 4);
	p->group = (pid_t)number(third, 5);
	p->ticks = number(third, 14) + number(third, 15) + number(third, 16) +
		   number(third, 17);
	p->policy = (int)number(third, 41);
	return p->ticks >= 0;
}

bool
proc_next(struct proc *p, DIR *walk)
{
	struct dirent *entry;

	while (walk != NULL && (entry = readdir(walk)) != NULL)
		if (isdigit((unsigned char)entry->d_name[0]) &&
		    proc_look(p, (pid_t)strtol(entry->d_name, NULL, 10)))
			return true;
	return false;
}

bool
proc_visible(void)
{
	struct proc self;
	char pid[24];
	/* In the /proc of another namespace we are another, or nobody. */
	ssize_t n = readlink("/proc/self", pid, sizeof(pid) - 1);

	if (n <= 0)
		return false;
	pid[n] = '\0';
	return strtol(pid, NULL, 10) == getpid() && proc_look(&self, getpid());
}

bool
proc_dead(const struct proc *p)
{
	return p->state == 'Z' || p->state == 'X';
}

static int
compare(const void *a, const void *b)
{
	pid_t x = *(const pid_t *)a, y = *(const pid_t *)b;

	return (x > y) - (x < y);
}

void
proc_sort(pid_t *pids, int n)
{
	/* There may be no array for none. */
	if (n > 0)
		qsort(pids, (size_t)n, sizeof(*pids), compare);
}
