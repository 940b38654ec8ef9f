/*
 * specimen.h - the server under examination.
 */
#ifndef LAB_SPECIMEN_H
#define LAB_SPECIMEN_H

#include <stdbool.h>
#include <stdint.h>

#include "client/dial.h"
#include "lab/task.h"
#include "lab/variant.h"

enum { SPECIMEN_LOG = 16384, SPECIMEN_ARGS = 16, SPECIMEN_WHY = 128 };

struct specimen {
	const struct variant *variant;
	struct task task;
	struct dial dial;	/* where it listens */
	int64_t ready_ns;	/* from its start to its word that it serves */
	char log[SPECIMEN_LOG]; /* what it said, as far as there is room */
	size_t len;
};

/* What is the same for all of them; set once. */
struct specimen_ways {
	const char *program;
	const char *root; /* the directory they serve */
};

/* Starts a server of this variant on a free port, as a laboratory, with the
 * options of `more` (ended by NULL; may be NULL), and waits until it serves. 0;
 * or -1 with one line in why. */
int specimen_start(struct specimen *s, const struct specimen_ways *ways,
    const struct variant *variant, const char *const more[],
    const struct task_limits *limits, char why[SPECIMEN_WHY]);

/* Reads what it has said since. */
void specimen_listen(struct specimen *s);

/* Waits up to ms for a line that holds the text; NULL if none came. */
const char *specimen_await(struct specimen *s, const char *text, int64_t ms);

/* Kills it and all its kin, and waits until they are gone. */
void specimen_end(struct specimen *s);

#endif
