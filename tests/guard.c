#define _XOPEN_SOURCE 700 /* nftw */
#include "guard.h"

#include <check.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WARDS = 64, PATH_MAX_BYTES = 256 };

/* Something to be cleared away. pid 0: a directory. */
struct ward {
	pid_t pid;
	char path[PATH_MAX_BYTES];
};

struct message {
	struct ward ward;
	bool gone;
};

/* Of the process `owner`; a fork of it has no guard yet. */
static pid_t owner;
static pid_t guard;
static int guard_fd = -1;

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

/* So that what it holds can be removed without being root. */
static int
open_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)ftw;
	return type == FTW_D || type == FTW_DNR ? chmod(path, 0700) : 0;
}

int
remove_tree(const char *path)
{
	if (nftw(path, open_one, 8, FTW_PHYS) != 0)
		return -1;
	return nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static bool
is_same(const struct ward *a, const struct ward *b)
{
	return a->pid == b->pid && strcmp(a->path, b->path) == 0;
}

static void
take_note(struct ward wards[WARDS], int *count, const struct message *m)
{
	int i;

	for (i = 0; i < *count && !is_same(&wards[i], &m->ward); i++)
		;
	if (m->gone && i < *count)
		wards[i] = wards[--*count];
	else if (!m->gone && i == *count && *count < WARDS)
		wards[(*count)++] = m->ward;
}

static _Noreturn void
stand_by(int fd)
{
	struct ward wards[WARDS];
	struct message m;
	int i, count = 0;

	(void)setsid();
	for (i = 0; i < 4096; i++)
		if (i != fd)
			(void)close(i);
	while (read(fd, &m, sizeof(m)) == (ssize_t)sizeof(m))
		take_note(wards, &count, &m);
	for (i = 0; i < count; i++)
		if (wards[i].pid > 0)
			(void)kill(-wards[i].pid, SIGKILL);
	for (i = 0; i < count; i++)
		if (wards[i].pid == 0)
			(void)remove_tree(wards[i].path);
	_exit(0);
}

static void
begin(void)
{
	int pair[2];

	if (owner == getpid() && guard_fd >= 0)
		return;
	ck_assert_int_eq(pipe(pair), 0);
	owner = getpid();
	guard = fork();
	ck_assert_int_ge(guard, 0);
	if (guard == 0) {
		(void)close(pair[1]);
		stand_by(pair[0]);
	}
	(void)close(pair[0]);
	guard_fd = pair[1];
	(void)fcntl(guard_fd, F_SETFD, FD_CLOEXEC);
}

static void
tell(pid_t pid, const char *path, bool gone)
{
	struct message m;

	begin();
	memset(&m, 0, sizeof(m));
	m.ward.pid = pid;
	m.gone = gone;
	(void)snprintf(m.ward.path, sizeof(m.ward.path), "%s", path);
	/* Short enough for a pipe to take it in one piece. */
	ck_assert_int_eq(write(guard_fd, &m, sizeof(m)), (ssize_t)sizeof(m));
}

void
guard_group(pid_t pid)
{
	tell(pid, "", false);
}

void
guard_group_gone(pid_t pid)
{
	tell(pid, "", true);
}

void
guard_tree(const char *path)
{
	tell(0, path, false);
}

void
guard_tree_gone(const char *path)
{
	tell(0, path, true);
}

void
guard_end(void)
{
	if (owner != getpid() || guard_fd < 0)
		return;
	(void)close(guard_fd);
	guard_fd = -1;
	(void)waitpid(guard, NULL, 0);
}
