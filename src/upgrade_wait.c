#include "upgrade_wait.h"

#include <ctype.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "os/process.h"
#include "os/ready.h"
#include "os/title.h"

enum { WAIT_MS = 60000, LOOK_MS = 20, TITLE_BYTES = 128, CHILDREN_MAX = 4096 };

/* What the title of a master says. */
struct outcome {
	uint32_t ended; /* upgrades, as far as it knows */
	bool failed;	/* the last of them */
};

static bool
read_outcome(pid_t pid, struct outcome *o)
{
	char title[TITLE_BYTES], how[8] = "";
	const char *upgrade;

	memset(o, 0, sizeof(*o));
	if (!title_read(pid, title, sizeof(title)) ||
	    strncmp(title, "prefork: master", 15) != 0)
		return false;
	upgrade = strstr(title, ", upgrade ");
	if (upgrade != NULL &&
	    sscanf(upgrade, ", upgrade %" SCNu32 " %7s", &o->ended, how) != 2)
		return false;
	o->failed = strcmp(how, "failed") == 0;
	return true;
}

static bool
is_keeper(pid_t pid)
{
	char title[TITLE_BYTES];

	return title_read(pid, title, sizeof(title)) &&
	       strncmp(title, "prefork: keeper", 15) == 0;
}

/* Reads the outcome from the master's title. The master is that process, or if
 * it is a keeper a child of it. Children of another parent are not looked at:
 * what that does at SIGUSR2 is not known. */
static bool
look(pid_t pid, struct outcome *o)
{
	static pid_t child[CHILDREN_MAX];
	int i, n;

	if (read_outcome(pid, o))
		return true;
	if (!is_keeper(pid))
		return false;
	n = title_children(pid, child, CHILDREN_MAX);
	for (i = 0; i < n; i++)
		if (read_outcome(child[i], o))
			return true;
	return false;
}

/* The same when there has to be a master: a keeper whose master has just died
 * makes another. */
static bool
await(pid_t pid, struct outcome *o, int64_t until)
{
	while (!look(pid, o)) {
		if (clock_now() >= until || !is_keeper(pid))
			return false;
		ready_pause(LOOK_MS);
	}
	return true;
}

static pid_t
pid_in(const char *text)
{
	char *end;
	long pid = strtol(text, &end, 10);

	return isdigit((unsigned char)text[0]) && pid > 0 && pid <= INT_MAX &&
		       (*end == '\0' || *end == '\n')
		   ? (pid_t)pid
		   : 0;
}

static pid_t
find(const char *server)
{
	char text[24] = "";
	pid_t pid = pid_in(server);
	ssize_t len;
	int fd;

	if (pid > 0)
		return pid;
	/* A FIFO or a terminal is not waited for. */
	fd = open(server, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		die("--upgrade %s:", server);
	len = read(fd, text, sizeof(text) - 1);
	(void)close(fd);
	if (len > 0 && (size_t)len < sizeof(text) - 1)
		pid = pid_in(text);
	if (pid == 0)
		die("--upgrade %s: it holds no pid", server);
	return pid;
}

int
upgrade_wait(const char *server)
{
	const pid_t pid = find(server);
	const int64_t until = clock_now() + WAIT_MS;
	struct outcome before, now;
	pid_t keeper;

	if (!await(pid, &before, until))
		die("--upgrade %s: pid %ld is no prefork, as far as can be seen",
		    server, (long)pid);
	/* A master that has a keeper heeds no USR2. */
	keeper = process_parent(pid);
	if (keeper > 0 && is_keeper(keeper))
		die("--upgrade %s: pid %ld is a master: ask its keeper, pid "
		    "%ld",
		    server, (long)pid, (long)keeper);
	if (kill(pid, SIGUSR2) != 0)
		die("--upgrade %s: pid %ld:", server, (long)pid);
	do {
		ready_pause(LOOK_MS);
		if (kill(pid, 0) != 0 || process_ended(pid))
			die("--upgrade %s: pid %ld is gone", server, (long)pid);
		if (!look(pid, &now) || now.ended == before.ended)
			continue;
		if (now.failed)
			die("--upgrade %s: it has failed, the server's log "
			    "says why",
			    server);
		log_note("pid %ld is upgraded", (long)pid);
		return 0;
	} while (clock_now() < until);
	die("--upgrade %s: no outcome within %d s", server, WAIT_MS / 1000);
}
