/*
 * host.h - the process that accepts clients and gives each an executor of
 * its own: what the models fork and thread have in common. For src/worker.
 */
#ifndef WORKER_HOST_H
#define WORKER_HOST_H

#include <stdbool.h>
#include <stdint.h>

#include "os/socket.h"
#include "admission.h"
#include "client.h"
#include "queue.h"
#include "worker/worker.h"

/* More executors than clients may be served: those that end. */
enum { HOST_LEAVING = 32 };

/* What the host knows of a place, whatever its executor says. */
struct host_place {
	struct peer peer;
	int64_t began; /* clock_now() when its client came, 0: it is free */
	int64_t told;  /* clock_now() when it was told to leave; 0: it stays */
	bool status;   /* its client came for the status */
	int next;      /* of those that are free, -1: the last */
};

struct host {
	struct client_task task;
	int row;
	int leave[2]; /* closing leave[1] tells all clients to leave */
	int wake[2];  /* readable when an executor has ended (thread) */
	int clients;  /* executors there are */
	int leaving;  /* of them were told to: they count for nothing */
	int apart;    /* executors of clients of the status, beside those, */
	int apart_leaving; /* and of them, beside these, those told to leave */
	int places;	   /* there are; those up to top are or were taken */
	int top;
	int free; /* one of those below top, -1: none */
	struct host_place *place;
	_Atomic int64_t *says; /* shared: what each says, see PLACE_KEPT */
	struct queue queue;
	bool failed;   /* to start an executor, and the log was told */
	int64_t retry; /* clock_now() when to try again, 0: nothing failed */
	int64_t look;  /* clock_now() when to watch for hung ones again */
	bool draining;
	struct admission admission;
	void *own; /* the model's */
};

/* What tells the two models apart. */
struct host_model {
	const char *name;
	bool shares; /* descriptors with its clients' executors */
	int (*open)(struct host *);
	/* Gives the client an executor, which owns fd from then on. 0; -1 with
	 * errno, and fd is still the caller's. */
	int (*start)(struct host *, int place, int fd, const struct peer *);
	/* Takes leave of executors that have ended, by host_forget. */
	void (*reap)(struct host *);
	/* Looks for executors that hang. */
	void (*watch)(struct host *, int64_t now);
	/* Wakes an executor whose place was taken: it is to leave. */
	void (*expel)(struct host *, int place);
	/* Continues executors that were stopped: they have been told to leave.
	 */
	void (*wake)(struct host *);
	/* Ends all executors at once. */
	void (*kill)(struct host *);
	/* Gives back what open took. */
	void (*close)(struct host *);
};

/* An executor has ended, and with it this client. */
void host_forget(struct host *h, int place);

int host_run(const struct host_model *model, const struct worker_config *config,
    int row);

#endif
