/*
 * run.h - a load run: its clients, and which file does what with them.
 *
 * Private to client_main.c, load.c, report.c, the two workloads load_echo.c and
 * load_get.c, connections.c and trips.c, each of which calls only those behind
 * it. One thread; nothing here blocks but
 * poller_wait in load.c; nothing allocates once the run has started. Times are
 * in ns.
 */
#ifndef CLIENT_RUN_H
#define CLIENT_RUN_H

#include "bench/clients.h"
#include "histogram.h"
#include "settings.h"

#include <stdio.h>

struct run;

/* What is counted, beside what is said of every load (struct clients_count). */
struct tally {
	uint64_t refused;   /* connecting: refused or reset */
	uint64_t no_port;   /* connecting: no source port left */
	uint64_t unreached; /* connecting: any other failure */

	uint64_t round_trips;
	uint64_t bodies_whole; /* and equal */
	uint64_t bodies_wrong;
	uint64_t not_ok; /* answers of another status than was due */

	int64_t open_ns;		 /* until all were connected */
	int64_t run_ns;			 /* from then to the last answer */
	int64_t first_answer_ns;	 /* since then; 0: none */
	int64_t cpu_user_us, cpu_sys_us; /* of this process, since then */

	struct histogram latency; /* ns */
};

struct load_client {
	struct client client;
	bool in_ring;	 /* its number is in the run's ring of ready ones */
	bool again;	 /* an orderly end is followed by a new connection */
	bool complained; /* about a wrong byte of this connection */
	uint64_t mark;	 /* --stream: end of the timed message; 0: none */
	uint64_t random; /* state of its sizes */
	int64_t started; /* the round trip */

	/* What --each tells, of all its connections. */
	uint64_t round_trips, lost;
};

/* What a client does once it is connected. */
struct workload {
	struct clients_owner owner;
	/* Allocates its own part of the run. 0, or -1 with errno. */
	int (*init)(struct run *run);
	/* A new connection stands. */
	void (*prepare)(struct run *run, struct load_client *l);
	/* Begins a round trip, which counts from l->started. */
	void (*begin)(struct run *run, struct load_client *l, int64_t now);
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
	struct clients all; /* first: what is told of them is told of the run */
	const struct settings *settings;
	const struct dial *dial;
	const struct workload *workload;
	struct poller *poller;
	FILE *timeline; /* NULL: none */
	int64_t timeline_start;
	struct load_client *client; /* settings->clients of them */
	struct ring queue;	    /* to be connected */
	struct ring ready;	    /* may hold some that no longer are */

	enum phase phase;
	bool ended_by_count; /* in PHASE_ENDING: not by time or a signal */
	int64_t opened_at;   /* start of PHASE_OPENING */
	int64_t started_at;  /* start of PHASE_RUNNING */
	int64_t until;	     /* end of the phase; CLOCK_NEVER */
	int64_t not_before;  /* no connecting until then */
	uint64_t claimed;    /* round trips begun */
	uint64_t count;	     /* to be begun; 0: no limit */
	int64_t last_answer;
	int complaints; /* lines about wrong bytes so far */

	struct tally tally; /* what is not in all.count */
	void *workload_data;
};

static inline struct run *
run_of(struct clients *all)
{
	return (struct run *)(void *)all;
}

static inline struct load_client *
load_client_of(struct client *c)
{
	return (struct load_client *)(void *)c;
}

/* --- load.c: the loop and the phases --- */

/* Runs and reports. Blocks. Returns the exit status: 0 if nothing was lost or
 * wrong, else 1; EXIT_SYSTEM if no client at all could connect. SIGINT or
 * SIGTERM ends it early: the first lets what is under way come in, the second
 * does not wait for it. */
int load_run(const struct settings *settings, const struct dial *dial);

/* --- report.c: what is told: a line while it lasts, then a table or one JSON
 * object, whose keys prefork-client(1) documents --- */

/* One line that overwrites the last one; rates since the last call. For a
 * terminal. */
struct progress {
	int64_t at; /* ns; 0: not yet */
	uint64_t round_trips, bytes;
};
void report_progress(
    FILE *out, const struct run *run, struct progress *last, int64_t now);

/* Connections that did not come about. */
uint64_t report_unconnected(const struct tally *t);

/* Did nothing go wrong? */
bool report_is_clean(const struct tally *t, const struct clients_count *count);

void report_table(FILE *out, const struct run *run);
void report_json(FILE *out, const struct run *run);

/* --- trips.c: round trips --- */

/* May a round trip begin now? If so it is counted as begun. l has been waiting
 * for its turn since then; *started is when the round trip counts from: now,
 * or, if it was due earlier and no client was free, when it was due (else a
 * slow server would look fast by being asked less). */
bool run_claim(struct run *run, const struct load_client *l, int64_t now,
    int64_t *started);

/* So many round trips were begun, but are to be begun again. */
void run_unclaim(struct run *run, uint64_t count);

/* When the next is due with --rate. */
int64_t run_next_due(const struct run *run);

/* Have as many begun as there shall be? */
bool run_all_claimed(const struct run *run);

/* What happened to which client, one line each: "MS CLIENT EVENT DETAIL", in
 * milliseconds since the timeline was opened. The first line is "0 - start
 * EPOCH_MS", so that lines can be set against other clocks. */
void run_note(struct run *run, const struct client *c, int64_t now,
    const char *event, const char *detail);

/* As clients_owner has it: notes in the timeline if the bytes were long in
 * coming. */
void run_heard(struct clients *all, struct client *c, int64_t now);

/* The round trip of l is complete, or one of several that it has begun. */
void run_answered(struct run *run, struct load_client *l, int64_t now);

/* --- connections.c --- */

/* Connects those whose turn it is. At most a bounded number is under way at
 * a time, since the server's queue of connections is finite. */
void run_connect_due(struct run *run, int64_t now);

/* As clients_owner has them. */
void run_opened(struct clients *all, struct client *c, int64_t now);
void run_failed(struct clients *all, struct client *c, int error, int64_t now);
void run_ended(struct clients *all, struct client *c, int64_t now);
void
run_lost(struct clients *all, struct client *c, enum loss loss, int64_t now);

/* l has nothing under way: the next round trip, or a rest, or the end. */
void run_next(struct run *run, struct load_client *l, int64_t now);

/* PHASE_ENDING has begun: the idle ones finish, the queued ones stay out. */
void run_finish(struct run *run, int64_t now);

/* Ring: put returns nothing, as there is room for all; take gives -1 if
 * empty. */
void ring_put(struct ring *ring, int id);
int ring_take(struct ring *ring);

#endif
