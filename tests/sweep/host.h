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
	pid_t master;
	pid_t worker; /* who serves now */
	struct partner partner;
	int said; /* its standard error */
	char text[4096];
	size_t len;
	const char *last; /* what it said of the last takeover */
	int strange;	  /* lines that it should not have said */
};

enum { SMALL_BYTES = 6, FILE_BYTES = 40000, BIG_BYTES = 3 << 19 };

/* Starts it, serving /small, /file and /big of these lengths, and a FIFO. 0; -1
 * if there are no standbys here. */
int host_open(struct host *h);

/* Waits until the worker's standby has taken over, which is the worker then.
 * false: it did not, or somebody was dropped; `last` tells. */
bool host_renewed(struct host *h);

/* Open descriptors of the worker. */
int host_descriptors(const struct host *h);

/* Stops it. false if it did not end well. */
bool host_close(struct host *h);

#endif
