#include "bench/proc.h"

#include <ctype.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { STAT_BYTES = 1024 };

static FILE *
open_of(pid_t pid, const char *file)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/%ld/%s", (long)pid, file);
	return fopen(path, "r");
}

bool
proc_text(char *text, size_t size, pid_t pid, const char *file)
{
	FILE *f = open_of(pid, file);
	size_t n;

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
	/* In the /proc of another namespace we are another, or none. */
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

/* --- a group --- */

/* The next process of the group in a walk; false at the end, which closes it.
 */
static bool
next_of(struct proc *p, DIR *walk, pid_t group)
{
	while (proc_next(p, walk))
		if (p->group == group)
			return true;
	if (walk != NULL)
		(void)closedir(walk);
	return false;
}

/* By its title, wherever it stands in the tree; where processes have none, the
 * first child is taken. */
pid_t
proc_worker(pid_t group)
{
	DIR *walk = opendir("/proc");
	struct proc p;
	pid_t worker = 0, child = 0;

	while (next_of(&p, walk, group)) {
		if (proc_dead(&p))
			continue;
		if ((strcmp(p.name, "prefork-worker") == 0 ||
			strcmp(p.name, "prefork-host") == 0) &&
		    (worker == 0 || p.pid < worker))
			worker = p.pid;
		if (p.parent == group && (child == 0 || p.pid < child))
			child = p.pid;
	}
	return worker != 0 ? worker : child;
}

int64_t
proc_cpu_ns(pid_t group)
{
	DIR *walk = opendir("/proc");
	struct proc p;
	int64_t ticks = 0;

	while (next_of(&p, walk, group))
		ticks += p.ticks;
	return ticks * (1000000000 / sysconf(_SC_CLK_TCK));
}

/* --- what /proc says in lines "KEY:  N kB" --- */

/* The member to which N is added; a name of NULL is the last. */
struct key {
	const char *name;
	size_t at;
};

static void
add_line(void *to, const struct key *key, const char *line)
{
	size_t len = strcspn(line, ":");
	char *member = to;

	for (; key->name != NULL; key++)
		if (strlen(key->name) == len &&
		    strncmp(line, key->name, len) == 0)
			*(int64_t *)(void *)(member + key->at) +=
			    strtoll(line + len + 1, NULL, 10);
}

/* All lines of a file, which is closed; false if there is none. */
static bool
add_file(void *to, const struct key *key, FILE *f)
{
	char line[256];

	if (f == NULL)
		return false;
	while (fgets(line, sizeof(line), f) != NULL)
		add_line(to, key, line);
	(void)fclose(f);
	return true;
}

static void
add_memory(struct proc_memory *m, pid_t pid)
{
#define AT(member) offsetof(struct proc_memory, member)
	static const struct key maps[] = {{"Rss", AT(rss)}, {"Pss", AT(pss)},
	    {"Private_Clean", AT(uss)}, {"Private_Dirty", AT(uss)},
	    {"Pss_Anon", AT(made)}, {"Pss_Shmem", AT(made)}, {NULL, 0}};
	static const struct key tables[] = {{"VmPTE", AT(tables)}, {NULL, 0}};
#undef AT

	/* The sum of all ranges, where the kernel makes it. */
	if (!add_file(m, maps, open_of(pid, "smaps_rollup")) &&
	    !add_file(m, maps, open_of(pid, "smaps")))
		return;
	(void)add_file(m, tables, open_of(pid, "status"));
	m->processes++;
}

int
proc_memory(pid_t group, struct proc_memory *m)
{
	DIR *walk = opendir("/proc");
	struct proc p;

	memset(m, 0, sizeof(*m));
	while (next_of(&p, walk, group))
		if (!proc_dead(&p))
			add_memory(m, p.pid);
	return m->processes > 0 ? 0 : -1;
}

int
proc_machine(int64_t *available, int64_t *total)
{
	static const struct key keys[] = {
	    {"MemAvailable", 0}, {"MemTotal", sizeof(int64_t)}, {NULL, 0}};
	int64_t memory[2] = {0, 0};

	(void)add_file(memory, keys, fopen("/proc/meminfo", "r"));
	*available = memory[0];
	*total = memory[1];
	return *total > 0 && *available > 0 ? 0 : -1;
}

/* --- ranges --- */

/* "BEGIN-END MODE OFFSET DEVICE INODE NAME" */
static bool
parse_head(const char *line, struct proc_range *r)
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

int
proc_ranges(pid_t pid, struct proc_range *range, int max)
{
#define AT(member) offsetof(struct proc_range, member)
	static const struct key keys[] = {{"Size", AT(size)}, {"Rss", AT(rss)},
	    {"Pss", AT(pss)}, {"Shared_Clean", AT(shared)},
	    {"Shared_Dirty", AT(shared)}, {"Private_Clean", AT(private)},
	    {"Private_Dirty", AT(private)}, {NULL, 0}};
#undef AT
	FILE *f = open_of(pid, "smaps");
	struct proc_range next;
	char line[512];
	int n = 0;

	if (f == NULL)
		return -1;
	while (fgets(line, sizeof(line), f) != NULL) {
		/* The details of a range begin with a capital letter. */
		if (isupper((unsigned char)line[0])) {
			if (n > 0)
				add_line(&range[n - 1], keys, line);
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
is_shared_writable(const struct proc_range *r)
{
	return r->mode[1] == 'w' && r->mode[3] == 's';
}

/* How much of a is the same memory as in b, of 1. */
static double
overlap(const struct proc_range *a, const struct proc_range *b)
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
proc_both_write(const struct proc_range *a, int as, const struct proc_range *b,
    int bs, bool same_process)
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
