/*
 * worker.h - the bodies of the master's children, one for each model.
 *
 * A body is called in a new child process and returns its exit status. It finds
 * its descriptors at fixed numbers. It says that it serves by a message on
 * FD_READY, and leaves at end-of-file on FD_LIFELINE, for then keeper and
 * master are gone. Its signals:
 *
 *   SIGTERM          finish what was begun, then leave
 *   SIGINT, SIGQUIT  leave at once
 *   SIGHUP           make a standby and make way for it
 *   SIGUSR1          open the logs again
 *   SIGUSR2          look at board_orders: make another standby; stay after
 *                    all, if SIGTERM came before; as a standby, take over
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

/* row: the first of this child's rows of the scoreboard. */
typedef int worker_body(const struct worker_config *config, int row);

/* prefork: one executor that serves many clients, and its standby. */
worker_body worker_main;

/*
 * A worker's program may begin anew, by exec, in a process that is to serve: a
 * cold start, or a standby that has been woken. FD_IMAGE, FD_BOARD and, after a
 * takeover, FD_JOURNAL are all that it finds of the memory that was, and:
 */
struct renewal {
	int row;
	int program; /* as in struct worker_config */
	int holder;  /* RENEWAL_COLD, or 0 or 1: the process that stands behind
		      * this one meanwhile is at FD_HOLDER or FD_HOLDER_TOO */
	int cause;   /* enum death: of the worker that served last */
	int32_t log_followed;	 /* rotations */
	int32_t access_followed; /* of the access log */
};

enum { RENEWAL_COLD = -1, RENEWAL_TRIAL = -1 /* as a row: it only tries */ };

/* Notes in that row of the scoreboard which program this process runs, and
 * where in memory it begins. */
void worker_note_program(const struct worker_config *config, int row);

/* Begins the program at that descriptor. Its one argument is GOES_ON and behind
 * it `as_what`. It has all descriptors below FD_CLIENTS but FD_LOADER, and of
 * the others those that are open over an exec. Returns with errno if it cannot
 * be begun. */
#define GOES_ON "--goes-on="
void worker_exec(int number, const char *as_what);

/* In a child that has done nothing yet: begins its program anew. Returns if
 * that is not wanted or cannot be done; then the master is told why. */
void worker_renew(const struct worker_config *config, int row);

/* Do the arguments say that this program goes on as a worker? Then *renewal is
 * what they say. If there is an image as well, only a process of this user can
 * have begun it so. */
bool renewal_parse(int argc, char *const argv[], struct renewal *renewal);

/* What worker_main is in a program that goes on. */
int
worker_go_on(const struct worker_config *config, const struct renewal *renewal);

/* prethread: board_master()->rows such executors, each a thread. */
worker_body worker_threads;

/* fork, thread: a process or thread for each client. */
worker_body worker_fork_per_client;
worker_body worker_thread_per_client;

#endif
