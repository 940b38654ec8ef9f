/*
 * contents.h - the files that options name, as they were when the server was
 * started: what is read once is not asked of the system again, since rights may
 * have been dropped, and the files replaced.
 */
#ifndef CONTENTS_H
#define CONTENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "base/arguments.h"

enum { CONTENTS_MAX = ARGUMENT_LIST_MAX + 2 };

struct content {
	const char *name; /* as the option gave it */
	const char *text; /* with a NUL behind it, for good */
	size_t len;
	struct stat st; /* device, inode, size and time of change alone */
};

struct contents {
	bool whole; /* of a server that has begun: no file is read any more */
	int count;
	struct content file[CONTENTS_MAX];
};

/* A regular file of at most `most` bytes: read, if it was not before. Dies with
 * the cause; what: for that. */
const struct content *contents_of(
    struct contents *c, const char *what, const char *name, size_t most);

#endif
