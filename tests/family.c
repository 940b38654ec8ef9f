#include "family.h"

#include <check.h>
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"

/* What /proc/PID/stat begins with (proc(5)). */
struct stat_line {
	pid_t pid, parent, group;
	char name[32];
	char state;
	int policy;
};

static bool
read_stat(struct stat_line *out, const char *pid)
{
	char path[64], text[1024];
	const char *open, *close;
	char *rest;
	size_t n;
	int field;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%.20s/stat", pid);
	f = fopen(path, "r");
	if (f == NULL)
		return false;
	n = fread(text, 1, sizeof(text) - 1, f);
	(void)fclose(f);
	text[n] = '\0';
	open = strchr(text, '(');
	close = strrchr(text, ')');
	if (open == NULL || close == NULL)
		return false;
	(void)snprintf(out->name, sizeof(out->name), "%.*s",
	    (int)(close - open - 1), open + 1);
	out->pid = (pid_t)strtol(text, NULL, 10);
	out->state = close[2];
	out->parent = (pid_t)strtol(close + 3, &rest, 10);
	out->group = (pid_t)strtol(rest, &rest, 10);
	for (field = 6; rest != NULL && field < 41; field++)
		rest = strchr(rest + 1, ' ');
	out->policy = rest != NULL ? (int)strtol(rest, NULL, 10) : -1;
	return true;
}

/* The next process in a walk through /proc; false at the end. */
static bool
next_process(DIR *proc, struct stat_line *out)
{
	struct dirent *entry;

	while ((entry = readdir(proc)) != NULL)
		if (isdigit((unsigned char)entry->d_name[0]) &&
		    read_stat(out, entry->d_name))
			return true;
	return false;
}

static bool
is_dead(const struct stat_line *p)
{
	return p->state == 'Z' || p->state == 'X';
}

bool
family_visible(void)
{
	struct stat_line self;

	return read_stat(&self, "self") && self.pid == getpid();
}

static int
compare(const void *a, const void *b)
{
	pid_t x = *(const pid_t *)a, y = *(const pid_t *)b;

	return (x > y) - (x < y);
}

int
children_of(pid_t parent, pid_t *pids, int max)
{
	struct stat_line p;
	DIR *proc = opendir("/proc");
	int n = 0;

	ck_assert_ptr_nonnull(proc);
	while (next_process(proc, &p)) {
		if (p.parent != parent || is_dead(&p) ||
		    strstr(p.name, "standby") != NULL)
			continue;
		if (n < max)
			pids[n] = p.pid;
		n++;
	}
	(void)closedir(proc);
	qsort(pids, (size_t)(n < max ? n : max), sizeof(*pids), compare);
	return n;
}

int
server_workers(const struct server *s, pid_t *pids, int max)
{
	return children_of(s->pid, pids, max);
}

void
server_await_workers_at(struct place at, struct server *s, pid_t *pids, int n)
{
	int64_t until = deadline();
	int have;

	while ((have = server_workers(s, pids, n)) != n) {
		if (clock_now() >= until)
			fail_at(at, "%d workers, not %d", have, n);
		server_listen(s, 100);
	}
}

static bool
has_title(pid_t pid, const char *title)
{
	char path[64], text[64];
	size_t n = 0;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%ld/cmdline", (long)pid);
	f = fopen(path, "r");
	if (f == NULL)
		return false;
	n = fread(text, 1, sizeof(text) - 1, f);
	(void)fclose(f);
	text[n] = '\0';
	return strcmp(text, title) == 0;
}

pid_t
server_member(const struct server *s, const char *title)
{
	struct stat_line p;
	DIR *proc = opendir("/proc");
	pid_t found = 0;

	ck_assert_ptr_nonnull(proc);
	while (next_process(proc, &p)) {
		if (p.parent != s->pid || is_dead(&p) ||
		    !has_title(p.pid, title))
			continue;
		found = found == 0 ? p.pid : -1;
	}
	(void)closedir(proc);
	return found;
}

pid_t
server_await_member_at(
    struct place at, struct server *s, const char *what, int slot)
{
	int64_t until = deadline();
	char title[32];
	pid_t pid;

	(void)snprintf(title, sizeof(title), "prefork: %s %d", what, slot);
	while ((pid = server_member(s, title)) <= 0) {
		if (clock_now() >= until)
			fail_at(at, "no single %s", title);
		server_listen(s, 20);
	}
	return pid;
}

int
process_policy(pid_t pid)
{
	struct stat_line p;
	char name[32];

	(void)snprintf(name, sizeof(name), "%ld", (long)pid);
	ck_assert(read_stat(&p, name));
	return p.policy;
}

/* Descriptors whose link begins with `kind`; -1 if the process is gone. */
static int
count_descriptors(pid_t pid, const char *kind)
{
	char path[64], name[320], link[128];
	struct dirent *entry;
	DIR *dir;
	ssize_t len;
	int n = 0;

	(void)snprintf(path, sizeof(path), "/proc/%ld/fd", (long)pid);
	dir = opendir(path);
	if (dir == NULL)
		return -1;
	while ((entry = readdir(dir)) != NULL) {
		(void)snprintf(
		    name, sizeof(name), "%s/%s", path, entry->d_name);
		len = readlink(name, link, sizeof(link) - 1);
		if (len < 0)
			continue;
		link[len] = '\0';
		n += strncmp(link, kind, strlen(kind)) == 0;
	}
	(void)closedir(dir);
	return n;
}

int
server_descriptors(pid_t pid)
{
	return count_descriptors(pid, "");
}

int
server_sockets(pid_t pid)
{
	return count_descriptors(pid, "socket:");
}

bool
process_gone(pid_t pid)
{
	struct stat_line p;
	char text[24];

	if (kill(pid, 0) != 0 && errno == ESRCH)
		return true;
	(void)snprintf(text, sizeof(text), "%ld", (long)pid);
	return family_visible() && (!read_stat(&p, text) || is_dead(&p));
}

bool
group_alive(pid_t group)
{
	struct stat_line p;
	DIR *proc;
	bool alive = false;

	if (kill(-group, 0) != 0)
		return false;
	/* They may be dead and wait for an init that does not reap. */
	proc = family_visible() ? opendir("/proc") : NULL;
	if (proc == NULL)
		return true;
	while (!alive && next_process(proc, &p))
		alive = p.group == group && !is_dead(&p);
	(void)closedir(proc);
	return alive;
}
