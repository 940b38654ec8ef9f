/*
 * host.h - ./prefork with one worker, and what it says.
 */
#ifndef TESTS_SWEEP_HOST_H
#define TESTS_SWEEP_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "talk.h"

struct host {
	char root[96]; /* the directory it serves */
	pid_t master;  /* or its keeper */
	pid_t worker;  /* who serves now */
	struct partner partner;
	int said; /* its standard error */
	char text[4096];
	size_t len;
	const char *last; /* what it said of the last takeover */
	int strange;	  /* lines that it should not have said */
};

enum { SMALL_BYTES = 6, FILE_BYTES = 40000, BIG_BYTES = 3 << 19 };

/* Starts it, with a keeper or without, serving /small, /file and /big
 * of these lengths, and a FIFO. 0; -1 if there are no standbys here. */
int host_open(struct host *h, bool keeper);

/* The next line that it says, without its end; NULL if none comes in so many
 * ms. Valid until the next call. */
const char *host_line(struct host *h, int ms);

/* Waits until the worker's standby has taken over, which is the worker then.
 * false: it did not, or somebody was dropped; `last` tells. */
bool host_renewed(struct host *h);

/* The same where that standby was killed, perhaps before it could say so: until
 * another one than `victim` (0: nobody) is the worker. */
bool host_outlived(struct host *h, pid_t victim);

/* The master's child of that name in the kernel's words, when there are one
 * worker and one standby and nobody else. 0: that was not to be seen in time.
 */
pid_t host_member(const struct host *h, const char *name);

/* Open descriptors of the worker. */
int host_descriptors(const struct host *h);

/* Are there no more soon? A worker that took over has a few more at first. */
bool host_settles(const struct host *h, int descriptors);

/* Stops it. false if it did not end well. */
bool host_close(struct host *h);

/* The same where it has been told to stop. */
bool host_ended(struct host *h);

#endif
