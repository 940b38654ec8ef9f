/*
 * worker.h - the bodies of the master's children, one for each model.
 *
 * A body is called in a fresh child process and returns its exit status. It
 * finds its descriptors at fixed numbers, says that it serves by a
 * word on FD_READY, and leaves when FD_LIFELINE comes to its end, for then
 * the master is gone. SIGTERM: finish what was begun, then leave. SIGINT and
 * SIGQUIT: leave at once. SIGHUP: make a standby and make way for it. SIGUSR2:
 * make another standby, and stay, if board_orders says so, where SIGTERM came
 * before; to a standby: look whether board_orders says that it takes over.
 */
#ifndef WORKER_WORKER_H
#define WORKER_WORKER_H

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
	FD_MAKER,   /* the worker itself, for its standby */
	FD_HOLDER,  /* the standby behind one that changes its program */
	FD_JOURNAL, /* what must outlive a program has descriptors */
	FD_BOARD,
	FD_IMAGE,
	FD_PROGRAM, /* the program itself */
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
	SAYS_STANDBY, /* by a standby: it is there */
	SAYS_BLAMED   /* value: the network of a client that was blamed */
};

struct worker_message {
	uint64_t what; /* SAYS_* */
	uint64_t value;
};

struct worker_config {
	struct service_config service;
	int listeners;	    /* FD_LISTEN .. FD_LISTEN + listeners - 1 */
	const char *poller; /* NULL: the best */
	int max_clients;    /* of a pool's executor; of a whole host */
	int per_address;    /* of all executors; 0: any */
	int descriptors;    /* the limit in force */
	const char *log;    /* the event log's file, NULL: standard error */
	bool standby;	    /* workers have standbys */
	int64_t timeout;    /* ms after which an executor counts as hung */
	const char *user;   /* for the log of a refused start, may be NULL */
	struct board *board;
};

/* row: the first of this child's rows of the scoreboard. */
typedef int worker_body(const struct worker_config *config, int row);

/* prefork: one executor that serves many clients, and its standby. */
worker_body worker_main;

/* prethread: board_master()->rows such executors, each a thread. */
worker_body worker_threads;

/* fork, thread: a process or thread for each client. */
worker_body worker_fork_per_client;
worker_body worker_thread_per_client;

#endif
