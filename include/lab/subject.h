/*
 * subject.h - the server under examination.
 */
#ifndef LAB_SUBJECT_H
#define LAB_SUBJECT_H

#include <stdbool.h>
#include <stdint.h>

#include "client/dial.h"
#include "lab/task.h"
#include "lab/variant.h"

enum { SUBJECT_LOG = 16384, SUBJECT_ARGS = 16, SUBJECT_WHY = 128 };

struct subject {
	const struct variant *variant;
	struct task task;
	struct dial dial;      /* where it listens */
	int64_t ready_ns;      /* from its start to its word that it serves */
	char log[SUBJECT_LOG]; /* what it said, as far as there is room */
	size_t len;
};

/* What is the same for all of them; set once. */
struct subject_ways {
	const char *program;
	const char *root; /* the directory they serve */
};

/* Starts a server of this variant on a free port, as a laboratory, with the
 * options of `more` (ended by NULL; may be NULL), and waits until it serves. 0;
 * or -1 with one line in why. */
int subject_start(struct subject *s, const struct subject_ways *ways,
    const struct variant *variant, const char *const more[],
    const struct task_limits *limits, char why[SUBJECT_WHY]);

/* Reads what it has said since. */
void subject_listen(struct subject *s);

/* Waits up to ms for a line that holds the text; NULL if none came. */
const char *subject_await(struct subject *s, const char *text, int64_t ms);

/* Kills it and all its kin, and waits until they are gone. */
void subject_end(struct subject *s);

#endif
