/*
 * contents.h - the files that options name, as they were when the server was
 * started, or at the last SIGHUP. In between they are not read again, since
 * rights may have been dropped, and the files replaced.
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

/* The content of a regular file of at most `most` bytes, which is read if it
 * was not before. Dies with the cause; what: the file's purpose, for the
 * message. */
struct content *contents_of(
    struct contents *c, const char *what, const char *name, size_t most);

/* Reads the file again, if it has changed: 1, and *now is its content. 0: it
 * has not changed. -1: it cannot be read, why says the cause. */
int contents_again(
    const struct content *file, struct content *now, char why[CONTENTS_WHY]);

/* What was read again takes the place of what was read before, which is given
 * back; or it is not wanted, and is given back itself. */
void contents_replace(struct content *file, const struct content *now);
void contents_discard(struct content *now);

#endif
