/*
 * contents.h - the files that options name, as they were when the server was
 * started, or at the last HUP since: what was read once is not asked of the
 * system again in between, since rights may have been dropped, and the files
 * replaced.
 */
#ifndef CONTENTS_H
#define CONTENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "base/arguments.h"

enum { CONTENTS_MAX = ARGUMENT_LIST_MAX + 2, CONTENTS_WHY = 128 };

struct content {
	const char *name; /* as the option gave it */
	const char *text; /* with a NUL behind it */
	char *own;	  /* the same, if it is in memory of its own */
	size_t len;
	size_t most;	/* bytes that it may have; 0: not asked for yet */
	struct stat st; /* device, inode, size and time of change alone */
};

struct contents {
	bool whole; /* of a server that has begun: no other file is read */
	int count;
	struct content file[CONTENTS_MAX];
};

/* A regular file of at most `most` bytes: read, if it was not before. Dies with
 * the cause; what: for that. */
struct content *contents_of(
    struct contents *c, const char *what, const char *name, size_t most);

/* Reads the file anew, if it has changed since it was read: 1, and now is what
 * it holds; 0: it has not. -1: it cannot be, why says the cause. */
int contents_again(
    const struct content *file, struct content *now, char why[CONTENTS_WHY]);

/* What was read anew takes the place of what was read before, or is not wanted.
 * Either way one of the two is given back. */
void contents_replace(struct content *file, const struct content *now);
void contents_refuse(struct content *now);

#endif
