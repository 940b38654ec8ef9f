/* The server runs from a copy, in whose place another program may be put. */
#include "demo.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK = 65536 };

#define COPY "prefork"
#define MADE "prefork.new"

/* As execvp(3) would find it. False: it is not there. */
static bool
find(const char *name, char path[DEMO_PATH])
{
	const char *dirs = getenv("PATH");
	char try[DEMO_PATH];
	size_t len;

	if (strchr(name, '/') != NULL)
		return realpath(name, path) != NULL;
	while (dirs != NULL && *dirs != '\0') {
		len = strcspn(dirs, ":");
		if (snprintf(try, sizeof(try), "%.*s/%s", (int)len, dirs,
			name) < (int)sizeof(try) &&
		    access(try, X_OK) == 0 && realpath(try, path) != NULL)
			return true;
		dirs += len + (dirs[len] == ':');
	}
	return false;
}

/* 0; -1 with errno. */
static int
copy(int to, int from)
{
	char bytes[CHUNK];
	ssize_t n;

	while ((n = read(from, bytes, sizeof(bytes))) > 0)
		if (write(to, bytes, (size_t)n) != n)
			return -1;
	return n == 0 ? 0 : -1;
}

/* What is good until it is to serve, and dies of that; or, where workers begin
 * no program, until it is to be the master. */
static int
write_broken(const struct demo *d, int to)
{
	int n = dprintf(to,
	    "#!/bin/sh\n"
	    "case $1 in *trial*%s) exec '%s' \"$@\" ;; esac\n"
	    "kill -SEGV $$\n",
	    d->log.standbys ? "|*master*|*keeper*" : "", d->real);

	return n < 0 ? -1 : 0;
}

static int
write_good(const struct demo *d, int to)
{
	int from = open(d->real, O_RDONLY | O_CLOEXEC), status;

	if (from < 0)
		return -1;
	status = copy(to, from);
	(void)close(from);
	return status;
}

/* By a new file under the old name, as install(1) does it. */
static int
put(const struct demo *d, bool good)
{
	char made[DEMO_PATH];
	int to, status;

	(void)snprintf(made, sizeof(made), "%s/" MADE, d->dir);
	to = open(made, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0700);
	if (to < 0)
		return -1;
	status = good ? write_good(d, to) : write_broken(d, to);
	if (close(to) != 0 || status != 0)
		return -1;
	return rename(made, d->program);
}

const char *
demo_program(struct demo *d)
{
	if (!find(d->choice->server, d->real))
		return d->choice->server;
	(void)snprintf(d->program, sizeof(d->program), "%s/" COPY, d->dir);
	/* Where programs cannot be begun it is as without a copy. */
	if (put(d, true) != 0 || access(d->program, X_OK) != 0) {
		d->program[0] = '\0';
		return d->choice->server;
	}
	return d->program;
}

bool
demo_program_put(struct demo *d, bool good)
{
	return d->program[0] != '\0' && put(d, good) == 0;
}
