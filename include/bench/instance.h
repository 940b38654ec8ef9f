/*
 * instance.h - one running server, which is looked at: started, listened to,
 * ended.
 */
#ifndef BENCH_INSTANCE_H
#define BENCH_INSTANCE_H

#include <stdbool.h>
#include <stdint.h>

#include "bench/dial.h"
#include "bench/program.h"

enum { INSTANCE_LOG = 16384, INSTANCE_LINE = 1100, INSTANCE_WHY = 128 };

struct instance {
	struct program program;
	struct dial dial; /* where it listens, once it is ready */
	int64_t ready_ns; /* from its start to its word that it serves */
	char
	    log[INSTANCE_LOG]; /* what it said first, as far as there is room */
	size_t len;
	/* Called with each line of the log, without its newline; may be NULL.
	 */
	void (*heard)(void *context, const char *line);
	void *context;
	char line[INSTANCE_LINE]; /* that is coming */
	size_t line_len;
};

/* Starts a server; argv as for program_start(). heard and context are already
 * set. 0; or -1 with errno. */
int instance_start(struct instance *in, const char *const argv[],
    const struct program_limits *limits);

/* Starts it and waits until it serves. 0; or -1 with one line in why. */
int instance_serve(struct instance *in, const char *const argv[],
    const struct program_limits *limits, char why[INSTANCE_WHY]);

/* Reads what it has said since. False once all its processes have ended. */
bool instance_listen(struct instance *in);

/* Kills all its processes, and waits until they are gone. */
void instance_end(struct instance *in);

#endif
