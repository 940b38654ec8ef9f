/*
 * run.h - a load run: its clients, and who does what with them.
 *
 * Private to load.c (the loop and the phases), the two workloads load_echo.c
 * and load_get.c, trips.c (round trips), lives.c (the lives of connections) and
 * claims.c (which round trip is whose), each of which calls only those behind
 * it. One thread; nothing here blocks but poller_wait in load.c; nothing
 * allocates once the run has started.
 */
#ifndef CLIENT_RUN_H
#define CLIENT_RUN_H

#include "bench/crowd.h"
#include "settings.h"
#include "tally.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct run;
struct timeline;

/* Bytes of one recv or send at most. */
enum { RUN_BUFFER = 131072 };

enum client_state {
	CLIENT_OUT,	   /* no connection, and none to come */
	CLIENT_QUEUED,	   /* waits for its turn to connect */
	CLIENT_CONNECTING, /* waits for the server */
	CLIENT_READY,	   /* nothing under way */
	CLIENT_BUSY,	   /* waits for an answer */
	CLIENT_FINISHING   /* sends no more; waits for the rest and the end */
};

struct client {
	struct link link;
	uint8_t state;
	bool in_ring;	 /* its number is in the run's ring of ready ones */
	bool again;	 /* an orderly end is followed by a new connection */
	bool complained; /* about a wrong byte of this connection */

	/* The byte stream, in bytes since the connection stood. */
	uint64_t stream; /* which one: new for every connection */
	uint64_t sent, received;
	uint64_t goal; /* to be sent as things stand */
	uint64_t mark; /* --stream: end of the timed message; 0: none */

	int64_t started; /* ns: the round trip */
	int64_t since;	 /* ns: waits for the next byte, or for its turn */
	uint64_t random; /* state of its sizes */

	/* What --each tells, over all its connections. */
	uint64_t round_trips, bytes, lost;
};

/* What a client does once it is connected. */
struct workload {
	/* Allocates its own part of the run. 0, or -1 with errno. */
	int (*init)(struct run *run);
	/* A new connection stands. */
	void (*opened)(struct run *run, struct client *c);
	/* Begins a round trip, which counts from `started`. */
	void (*begin)(struct run *run, struct client *c, int64_t started);
	void (*readable)(struct run *run, struct client *c);
	void (*writable)(struct run *run, struct client *c);
	/* The server ended the connection: was everything there? now: ns */
	bool (*whole)(struct run *run, struct client *c, int64_t now);
};

extern const struct workload load_echo;
extern const struct workload load_get;

enum phase {
	PHASE_OPENING, /* until all clients are connected, or have failed */
	PHASE_HOLDING, /* --idle: connected and silent */
	PHASE_RUNNING, /* round trips */
	PHASE_ENDING   /* no new ones; each client ends in order */
};

/* Numbers of clients, first in first out. */
struct ring {
	int *ids;
	int size, head, count;
};

struct run {
	const struct settings *settings;
	const struct dial *dial;
	const struct workload *workload;
	struct crowd crowd;	   /* their connections */
	struct timeline *timeline; /* NULL: none */
	struct client *clients;	   /* settings->clients of them */
	struct ring queue;	   /* to be connected */
	struct ring ready;	   /* may hold some that no longer are */
	uint64_t streams;	   /* given away so far */

	enum phase phase;
	bool ended_by_count; /* in PHASE_ENDING: not by time or a signal */
	int64_t opened_at;   /* ns: start of PHASE_OPENING */
	int64_t started_at;  /* ns: start of PHASE_RUNNING */
	int64_t until;	     /* ns: end of the phase; CLOCK_NEVER */
	int64_t not_before;  /* ns: no connecting until then */
	uint64_t claimed;    /* round trips begun */
	uint64_t count;	     /* to be begun; 0: no limit */
	int64_t last_answer; /* ns */
	int complaints;	     /* lines about wrong bytes so far */
	bool said_no_port;

	struct tally tally;
	void *workload_data;
	unsigned char *in, *out; /* RUN_BUFFER each */
};

/* --- claims.c: round trips that begin --- */

/* May a round trip begin now? If so it is counted as begun. c has been
 * waiting for its turn since c->since; *started is when the round trip
 * counts from: now, or, if it was due earlier and no client was free, when
 * it was due (else a slow server would look fast by being asked less). */
bool run_claim(
    struct run *run, const struct client *c, int64_t now, int64_t *started);

/* So many round trips were begun, but are to be begun again. */
void run_unclaim(struct run *run, uint64_t count);

/* When the next is due with --rate. */
int64_t run_next_due(const struct run *run);

/* Have as many begun as there shall be? */
bool run_all_claimed(const struct run *run);

/* --- trips.c: the course of a round trip --- */

/* Bytes came that c was waiting for: notes in the timeline if they were
 * long in coming. */
void run_heard(struct run *run, struct client *c, int64_t now);

/* A round trip that counts from `started` is complete. */
void
run_answered(struct run *run, struct client *c, int64_t started, int64_t now);

/* Begins one that was claimed. */
void run_begin(struct run *run, struct client *c, int64_t started, int64_t now);

/* c has nothing under way: the next round trip, or a rest, or the end. */
void run_next(struct run *run, struct client *c, int64_t now);

/* --- lives.c: connections --- */

int client_number(const struct run *run, const struct client *c);

/* Connects those whose turn it is. At most a bounded number is under way at
 * a time, since the server's queue of connections is finite. */
void clients_open_due(struct run *run, int64_t now);

/* One that was connecting is connected, or (errno) will not be. */
void
client_connected(struct run *run, struct client *c, int error, int64_t now);

/* Is it to be written to as soon as that is possible? */
void client_want_write(struct run *run, struct client *c, bool want);
bool client_writing(const struct client *c);

/* Sends no more: what is due is still read, then the end is expected. */
void client_finish(struct run *run, struct client *c);

/* The same, but it is the server who ends. */
void client_await_end(struct run *run, struct client *c);

/* link_receive() or link_send() said -1: c has ended in order, or is lost. */
void client_ended(struct run *run, struct client *c);

void
client_lose(struct run *run, struct client *c, enum loss loss, int64_t now);

/* Puts c into the ring of those who wait for a round trip. */
void client_rest(struct run *run, struct client *c, int64_t now);

/* Gives up all that have been waiting for a byte since `since` (ns) or for
 * longer. */
void clients_sweep(struct run *run, int64_t now, int64_t since);

/* PHASE_ENDING has begun: the idle ones finish, the queued ones stay out. */
void clients_finish(struct run *run);

/* Ring: put returns nothing, as there is room for all; take gives -1 if
 * empty. */
void ring_put(struct ring *ring, int id);
int ring_take(struct ring *ring);

#endif
