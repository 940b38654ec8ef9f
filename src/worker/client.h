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
#include "worker/config.h"

/* What an executor says of its client's place. Above 0: it waits, and another
 * client may have the place; this one has had no whole request since that
 * clock_now(). The host takes the place, and the executor takes it back, by
 * compare-and-exchange: if both do so at once, they know which was first. */
enum {
	PLACE_KEPT = 0,	  /* the executor is at work, or sends an answer */
	PLACE_TAKEN = -1, /* the host takes it, and still uses the socket */
	PLACE_LOST = -2	  /* the host has taken it: the executor is to leave */
};

/* What a host gives each of its clients' executors to do, and shares with it.
 */
struct client_task {
	const struct worker_config *config;
	struct board_row *row; /* the host's: all clients' executors count
				* there */
	bool process;	       /* the executor is a process, not a thread */
	bool status;	       /* its client came for the status */
	int leave; /* a pipe: at end-of-file, finish what was begun */
	_Atomic int64_t *busy;	/* clock_now() when the step that runs began,
				 * 0 while waiting; NULL: nobody looks */
	int64_t came;		/* clock_now() when the client was accepted */
	_Atomic int64_t *place; /* PLACE_*, or since when it may be taken */
	struct budget *budget;	/* of all clients' listings */
	struct share *share;	/* this one's; NULL: it has one of its own */
};

/* Serves the client on fd to its end and closes fd. 0, or -1 if there was no
 * memory to serve it with. */
int client_serve(const struct client_task *task, int fd, const struct peer *);

#endif
