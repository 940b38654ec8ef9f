#include "family.h"

#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "bench/proc.h"

static int
compare(const void *a, const void *b)
{
	pid_t x = *(const pid_t *)a, y = *(const pid_t *)b;

	return (x > y) - (x < y);
}

static bool
has_title(pid_t pid, const char *title)
{
	char text[64];

	return proc_text(text, sizeof(text), pid, "cmdline") &&
	       strcmp(text, title) == 0;
}

static bool
is_keeper(pid_t pid)
{
	return has_title(pid, "prefork: keeper");
}

/* A child that a master has just forked looks like it; but it holds back its
 * signals, faults aside, until it has a title of its own. In a handler all are
 * blocked. */
static bool
holds_back(pid_t pid)
{
	char text[4096], *blocked;
	unsigned long long mask;

	if (!proc_text(text, sizeof(text), pid, "status"))
		return true;
	blocked = strstr(text, "SigBlk:");
	if (blocked == NULL)
		return true;
	mask = strtoull(blocked + 7, NULL, 16);
	return mask != 0 && (mask >> (SIGSEGV - 1) & 1) == 0;
}

/* The child of the keeper that is the master; 0: there is no keeper, or no
 * master now. */
static pid_t
child_master(const struct server *s)
{
	struct proc p;
	DIR *walk = opendir("/proc");
	pid_t found = 0;

	ck_assert_ptr_nonnull(walk);
	while (proc_next(&p, walk))
		if (p.parent == s->pid && !proc_dead(&p) &&
		    strcmp(p.name, "prefork-master") == 0 && !holds_back(p.pid))
			found = p.pid;
	(void)closedir(walk);
	return found;
}

pid_t
server_await_master_at(struct place at, struct server *s, pid_t but)
{
	int64_t until = deadline();
	pid_t pid;

	if (!proc_visible() || !is_keeper(s->pid))
		return s->pid;
	while ((pid = child_master(s)) == 0 || pid == but) {
		if (clock_now() >= until)
			fail_at(at, "no master");
		server_listen(s, 10);
	}
	return pid;
}

/* Of the keeper, of the master, or of both in turn. */
static bool
is_member(const struct server *s, pid_t master, const struct proc *p)
{
	return (p->parent == s->pid || (master != 0 && p->parent == master)) &&
	       p->pid != master && !proc_dead(p);
}

/* Those of the parent, or all members of a server. */
static int
gather(pid_t parent, const struct server *s, pid_t *pids, int max)
{
	const pid_t master = s != NULL ? child_master(s) : 0;
	struct proc p;
	DIR *walk = opendir("/proc");
	int n = 0;

	ck_assert_ptr_nonnull(walk);
	while (proc_next(&p, walk)) {
		if (s != NULL ? !is_member(s, master, &p)
			      : p.parent != parent || proc_dead(&p))
			continue;
		if (strstr(p.name, "standby") != NULL)
			continue;
		if (n < max)
			pids[n] = p.pid;
		n++;
	}
	(void)closedir(walk);
	/* There may be no array for none. */
	if (n > 0 && max > 0)
		qsort(
		    pids, (size_t)(n < max ? n : max), sizeof(*pids), compare);
	return n;
}

int
children_of(pid_t parent, pid_t *pids, int max)
{
	return gather(parent, NULL, pids, max);
}

int
server_workers(const struct server *s, pid_t *pids, int max)
{
	return gather(0, s, pids, max);
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

pid_t
server_member(const struct server *s, const char *title)
{
	struct proc p;
	DIR *walk = opendir("/proc");
	const pid_t master = child_master(s);
	pid_t found = 0;

	ck_assert_ptr_nonnull(walk);
	while (proc_next(&p, walk)) {
		if (!is_member(s, master, &p) || !has_title(p.pid, title))
			continue;
		found = found == 0 ? p.pid : -1;
	}
	(void)closedir(walk);
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
	struct proc p;

	ck_assert(proc_look(&p, pid));
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

int64_t
server_nameless_bytes(pid_t pid)
{
	enum { FILES = 1024 };
	static ino_t seen[FILES];
	char name[64];
	struct stat st;
	int64_t bytes = 0;
	int fd, i, n = 0;

	for (fd = 0; fd < FILES; fd++) {
		(void)snprintf(
		    name, sizeof(name), "/proc/%ld/fd/%d", (long)pid, fd);
		if (stat(name, &st) != 0 || !S_ISREG(st.st_mode) ||
		    st.st_nlink > 0)
			continue;
		for (i = 0; i < n && seen[i] != st.st_ino; i++)
			;
		if (i < n)
			continue;
		seen[n++] = st.st_ino;
		bytes += (int64_t)st.st_blocks * 512;
	}
	return bytes;
}

bool
process_gone(pid_t pid)
{
	struct proc p;

	if (kill(pid, 0) != 0 && errno == ESRCH)
		return true;
	return proc_visible() && (!proc_look(&p, pid) || proc_dead(&p));
}

bool
group_alive(pid_t group)
{
	struct proc p;
	DIR *walk;
	bool alive = false;

	if (kill(-group, 0) != 0)
		return false;
	/* They may be dead and wait for an init that does not reap. */
	walk = proc_visible() ? opendir("/proc") : NULL;
	if (walk == NULL)
		return true;
	while (!alive && proc_next(&p, walk))
		alive = p.group == group && !proc_dead(&p);
	(void)closedir(walk);
	return alive;
}
