/*
 * client.h - the driver that serves one client and then is done.
 *
 * For the models with a process or a thread per client. It waits in poll(2)
 * on the one socket, and nowhere else.
 */
#ifndef WORKER_CLIENT_H
#define WORKER_CLIENT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "os/socket.h"
#include "service/budget.h"
#include "worker/worker.h"

/* What an executor says of the place that it takes, when it says nothing else:
 * clock_now() since which it has had no whole request, for it may give way to
 * another client while it waits. By comparing and exchanging that the host
 * takes the place and the executor takes it back, so they never differ on which
 * was first. */
enum {
	PLACE_KEPT = 0,	  /* by an executor that moves, or sends an answer */
	PLACE_TAKEN = -1, /* by the host, which has the socket in hand */
	PLACE_LOST = -2	  /* the executor is to leave */
};

/* What a host gives each of its clients' executors to do, and shares with it.
 */
struct client_task {
	const struct worker_config *config;
	struct board_row *row;	/* the host's: what was given and what is lost
				 * is counted there, by all clients' executors */
	bool process;		/* one for this client alone */
	bool status;		/* its client came for the status */
	int leave;		/* at its end: finish what was begun */
	_Atomic int64_t *busy;	/* clock_now() when the step that runs began,
				 * 0 while waiting; may be NULL */
	int64_t came;		/* clock_now() when the client was accepted */
	_Atomic int64_t *place; /* PLACE_*, or since when it may be taken */
	struct budget *budget;	/* of all clients' listings */
	struct share *share;	/* this one's; NULL: it has one of its own */
};

/* Serves the client on fd to its end and closes fd. 0, or -1 if there was no
 * memory to serve it with. */
int client_serve(const struct client_task *task, int fd, const struct peer *);

#endif
