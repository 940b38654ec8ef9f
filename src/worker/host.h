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
#include "worker/config.h"

/* So many executors that are leaving there may be, beside those of the clients
 * that may be served. */
enum { HOST_LEAVING = 32 };

enum { HOST_TICK_MS = 500 }; /* from one look at the executors to the next */

/* What the host itself knows of a place: no executor writes here. */
struct host_place {
	struct peer peer;
	int64_t began; /* clock_now() when its client came, 0: it is free */
	int64_t told;  /* clock_now() when it was told to leave; 0: it stays */
	bool status;   /* its client came for the status */
	int next;      /* in the list of free places, -1: the last */
};

struct host {
	struct client_task task;
	int row;
	int leave[2]; /* closing leave[1] tells all executors to leave */
	int wake[2];  /* readable when an executor has ended (thread) */
	int clients;  /* executors, but for those of the status; */
	int leaving;  /* so many of them were told to leave, and take no place
		       * from others */
	int apart;    /* executors of the status that were not told to leave, */
	int apart_leaving; /* and those that were */
	int places;	   /* in all; those below top are or were taken */
	int top;
	int free; /* the first free place below top, -1: none */
	struct host_place *place;
	_Atomic int64_t *says; /* shared, by place: see PLACE_KEPT */
	struct queue queue;
	bool failed;   /* an executor could not be started; it was logged */
	int64_t retry; /* clock_now() when to try again, 0: nothing failed */
	int64_t look;  /* clock_now() when to look for executors that hang */
	bool draining;
	int64_t drained; /* ... clock_now() when those of the status are no
			  * longer waited for */
	struct admission admission;
	void *own; /* of the model */
};

/* What tells the two models apart. */
struct host_model {
	const char *name;
	bool shares; /* descriptors with its clients' executors */
	int (*open)(struct host *);
	/* Gives the client an executor, which owns fd from then on. 0; -1 with
	 * errno, and fd is still the caller's. */
	int (*start)(struct host *, int place, int fd, const struct peer *);
	/* Finds executors that have ended, and calls host_forget for each. */
	void (*reap)(struct host *);
	/* Looks for executors that hang, and ends them. */
	void (*watch)(struct host *, int64_t now);
	/* Wakes an executor whose place was taken, so that it leaves. */
	void (*expel)(struct host *, int place);
	/* Continues executors that were stopped: they have been told to leave.
	 */
	void (*continue_stopped)(struct host *);
	/* Ends all executors at once. */
	void (*kill)(struct host *);
	/* Gives back what open took. */
	void (*close)(struct host *);
};

/* The executor at that place has ended, and with it its client. */
void host_forget(struct host *h, int place);

/* The host's body, as in worker.h: returns its exit status. */
int host_run(const struct host_model *model, const struct worker_config *config,
    int row);

#endif
