#include "bench/family.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/proc.h"

static void
end_walk(DIR *walk)
{
	if (walk != NULL)
		(void)closedir(walk);
}

int
family_members(pid_t group, pid_t *pids, int max)
{
	DIR *walk = opendir("/proc");
	struct proc p;
	int n = 0;

	while (proc_next(&p, walk)) {
		if (p.group != group || proc_dead(&p))
			continue;
		if (n < max)
			pids[n] = p.pid;
		n++;
	}
	end_walk(walk);
	proc_sort(pids, n < max ? n : max);
	return n;
}

pid_t
family_child(pid_t parent)
{
	DIR *walk = opendir("/proc");
	struct proc p;
	pid_t found = 0;

	while (proc_next(&p, walk))
		if (p.parent == parent && !proc_dead(&p) &&
		    strstr(p.name, "standby") == NULL &&
		    (found == 0 || p.pid < found))
			found = p.pid;
	end_walk(walk);
	return found;
}

int64_t
family_cpu_ns(pid_t group)
{
	DIR *walk = opendir("/proc");
	struct proc p;
	int64_t ticks = 0;

	while (proc_next(&p, walk))
		if (p.group == group)
			ticks += p.ticks;
	end_walk(walk);
	return ticks * (1000000000 / sysconf(_SC_CLK_TCK));
}

/* --- memory --- */

/* Adds what the line "KEY:  N kB" says to *to; false if it is another. */
static bool
add_if(const char *line, const char *key, int64_t *to)
{
	size_t len = strlen(key);

	if (strncmp(line, key, len) != 0 || line[len] != ':')
		return false;
	*to += strtoll(line + len + 1, NULL, 10);
	return true;
}

static FILE *
open_of(pid_t pid, const char *what)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/%ld/%s", (long)pid, what);
	return fopen(path, "r");
}

static bool
add_memory(pid_t pid, struct family_memory *m)
{
	char line[256];
	/* The sum of all ranges, where the kernel makes it. */
	FILE *f = open_of(pid, "smaps_rollup");

	if (f == NULL)
		f = open_of(pid, "smaps");
	if (f == NULL)
		return false;
	while (fgets(line, sizeof(line), f) != NULL) {
		if (add_if(line, "Rss", &m->rss) ||
		    add_if(line, "Pss", &m->pss) ||
		    add_if(line, "Private_Clean", &m->uss))
			continue;
		(void)add_if(line, "Private_Dirty", &m->uss);
	}
	(void)fclose(f);
	f = open_of(pid, "status");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (add_if(line, "VmPTE", &m->tables))
			break;
	if (f != NULL)
		(void)fclose(f);
	m->processes++;
	return true;
}

int
family_memory(pid_t group, struct family_memory *m)
{
	enum { MOST = 32768 };
	pid_t *pids = calloc(MOST, sizeof(*pids));
	int i, n;

	memset(m, 0, sizeof(*m));
	if (pids == NULL)
		return -1;
	n = family_members(group, pids, MOST);
	for (i = 0; i < n && i < MOST; i++)
		(void)add_memory(pids[i], m);
	free(pids);
	return m->processes > 0 ? 0 : -1;
}

int
proc_machine(int64_t *available, int64_t *total)
{
	FILE *f = fopen("/proc/meminfo", "r");
	char line[256];

	*available = *total = 0;
	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (!add_if(line, "MemTotal", total) &&
		    add_if(line, "MemAvailable", available))
			break;
	if (f != NULL)
		(void)fclose(f);
	return *total > 0 && *available > 0 ? 0 : -1;
}

/* --- ranges --- */

/* "BEGIN-END MODE OFFSET DEVICE INODE NAME" */
static bool
parse_head(const char *line, struct family_range *r)
{
	unsigned long long begin, end, offset, inode;
	int at = 0;

	memset(r, 0, sizeof(*r));
	if (sscanf(line, "%llx-%llx %4s %llx %*s %llu%n", &begin, &end, r->mode,
		&offset, &inode, &at) != 5 ||
	    at == 0)
		return false;
	r->begin = (uintptr_t)begin;
	r->end = (uintptr_t)end;
	r->offset = offset;
	r->inode = inode;
	line += at;
	line += strspn(line, " ");
	(void)snprintf(
	    r->name, sizeof(r->name), "%.*s", (int)strcspn(line, "\n"), line);
	return true;
}

static void
parse_detail(const char *line, struct family_range *r)
{
	if (add_if(line, "Size", &r->size) || add_if(line, "Rss", &r->rss) ||
	    add_if(line, "Pss", &r->pss) ||
	    add_if(line, "Shared_Clean", &r->shared) ||
	    add_if(line, "Shared_Dirty", &r->shared) ||
	    add_if(line, "Private_Clean", &r->private))
		return;
	(void)add_if(line, "Private_Dirty", &r->private);
}

int
family_ranges(pid_t pid, struct family_range *range, int max)
{
	FILE *f = open_of(pid, "smaps");
	struct family_range next;
	char line[512];
	int n = 0;

	if (f == NULL)
		return -1;
	while (fgets(line, sizeof(line), f) != NULL) {
		/* The details of a range begin with a capital letter. */
		if (isupper((unsigned char)line[0])) {
			if (n > 0)
				parse_detail(line, &range[n - 1]);
		} else if (parse_head(line, &next)) {
			if (n == max)
				break;
			range[n++] = next;
		}
	}
	(void)fclose(f);
	return n;
}

static bool
is_shared_writable(const struct family_range *r)
{
	return r->mode[1] == 'w' && r->mode[3] == 's';
}

/* How much of a is the same memory as in b, of 1. */
static double
overlap(const struct family_range *a, const struct family_range *b)
{
	uint64_t a_end = a->offset + (a->end - a->begin);
	uint64_t b_end = b->offset + (b->end - b->begin);
	uint64_t from = a->offset > b->offset ? a->offset : b->offset;
	uint64_t to = a_end < b_end ? a_end : b_end;

	if (a->inode != b->inode || from >= to)
		return 0;
	return (double)(to - from) / (double)(a->end - a->begin);
}

int64_t
family_both_write(const struct family_range *a, int as,
    const struct family_range *b, int bs, bool same_process)
{
	double sum = 0;
	int i, k;

	for (i = 0; i < as; i++) {
		if (same_process) {
			if (a[i].mode[1] == 'w')
				sum += (double)a[i].rss;
			continue;
		}
		if (!is_shared_writable(&a[i]))
			continue;
		for (k = 0; k < bs; k++)
			if (is_shared_writable(&b[k]))
				sum += (double)a[i].rss * overlap(&a[i], &b[k]);
	}
	return (int64_t)(sum + 0.5);
}
