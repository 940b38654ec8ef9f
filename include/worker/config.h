/*
 * config.h - what a child of the master is given, and what the two say to one
 * another: its descriptors, its configuration, messages and exit statuses.
 */
#ifndef WORKER_CONFIG_H
#define WORKER_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "os/listener.h"
#include "service/config.h"
#include "stream/board.h"

/* Low numbers for what every child needs, so that its clients' descriptors
 * are told by being FD_CLIENTS or above. */
enum {
	FD_ROOT = 3,
	FD_READY,
	FD_LIFELINE,
	FD_SIGNAL_READ,
	FD_SIGNAL_WRITE,
	FD_POLLER,
	FD_LOG,
	FD_ACCESS,
	FD_MAKER,   /* a pidfd of the worker, for its standby */
	FD_STANDBY, /* ... of a standby, for the holder behind it */
	FD_HOLDER,  /* the process that stands behind one that changes its
		     * program or is to take over; the next is at the other of
		     * these two (followers.h) */
	FD_HOLDER_TOO,
	FD_JOURNAL, /* this and the next two: memory that outlives a program */
	FD_BOARD,
	FD_IMAGE,
	FD_PROGRAM,  /* the program itself */
	FD_OTHER,    /* the one before it or after it, while one takes the place
		      * of the other: of the master and its keeper alone */
	FD_STATE,    /* what a master leaves to its successor: of these two */
	FD_LOADER,   /* given up over an exec: the table may be full, and the
		      * kernel needs a descriptor to load a program by */
	FD_PID_FILE, /* of the process that the user started; nothing in
		      * children, so that none can change what it says */
	FD_NOTIFY,   /* a newline goes there when all is ready; of the process
		      * that the user started; nothing in children, too */
	FD_LISTEN,
	FD_CLIENTS = FD_LISTEN + LISTENERS_MAX
};

/* Exit statuses of a child. */
enum {
	WORKER_LEFT = 0,
	WORKER_RETIRED = 50, /* as told; its standby takes over */
	WORKER_FAILED = 111
};

/* What a child, or its standby, writes to FD_READY: through the kernel, which
 * says which process it was, and so that no stray write of its own can undo it.
 */
enum {
	SAYS_READY = 1,
	SAYS_STANDBY,  /* by a standby: it is there */
	SAYS_BLAMED,   /* value: the network of a client that was blamed */
	SAYS_UNCHANGED /* it goes on without having begun its program anew;
			* value: errno, why; 0: the new program has died, and
			* the next process tries it again */
};

struct worker_message {
	uint64_t what; /* SAYS_*, TOLD_* */
	uint64_t value;
};

/* What the master writes to the other end of FD_READY, for the standby that
 * takes over next. With the message comes a descriptor of the program that it
 * is to begin; value: the number of that program. */
enum { TOLD_PROGRAM = 1 };

struct worker_config {
	struct service_config service;
	int listeners;	    /* FD_LISTEN .. FD_LISTEN + listeners - 1 */
	unsigned status;    /* bit i: the status is served at the i-th */
	const char *poller; /* NULL: the best */
	int max_clients;    /* of a pool's executor; of a whole host */
	int per_address;    /* of all executors; 0: any */
	int descriptors;    /* the limit in force */
	const char *log;    /* the event log's file, NULL: standard error */
	bool standby;	    /* workers have standbys */
	bool renews;	    /* and begin their program anew, by exec */
	int program;	    /* its number: 0 at the start, and one more each
			     * time that another takes its place */
	int64_t timeout;    /* ms after which an executor counts as hung */
	struct board *board;

	/* Reads again what was read at the start, if the scoreboard says so.
	 * Called by each process that begins to serve, and by a worker that
	 * makes way, before it makes its standby. May be NULL. */
	void (*reread)(const struct worker_config *config);

	/* Writes down what was read again, for a program that goes on. NULL: no
	 * program will. */
	void (*keep)(const struct worker_config *config);
	struct image *image; /* for these two; workers do not look at it */
};

/* Clients of the status have places of their own: they are there when all
 * others are taken. */
enum { STATUS_PLACES = 16 };

static inline bool
worker_status_at(const struct worker_config *config, int listener)
{
	return config->status >> listener & 1;
}

/* Clients that a pool has room for, those of the status with them. */
static inline int
worker_places(const struct worker_config *config)
{
	return config->max_clients + (config->status != 0 ? STATUS_PLACES : 0);
}

#endif
