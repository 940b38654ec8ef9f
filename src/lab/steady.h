/*
 * steady.h - clients that send a line at even times, and what each of them
 * notices when something happens to its server.
 *
 * A client that loses its connection makes another at once and asks again
 * what had not been answered. One thread.
 */
#ifndef LAB_STEADY_H
#define LAB_STEADY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "probe.h"
#include "verdict.h"

enum {
	STEADY_CLIENTS = 24,
	STEADY_SPANS = 24,
	STEADY_PERIOD_MS = 20,
	STEADY_SEEN_MS = 30,   /* a wait that is drawn */
	STEADY_UNHEARD_MS = 50 /* a wait that is not over yet */
};

/* A time in which a client was not served; ms since the run began. */
struct steady_span {
	float from, to;
	bool lost; /* its connection was ended; else it waited */
};

struct steady_client {
	bool waiting;	 /* for the answer to line `number` */
	bool silent;	 /* the culprit, once it has sent its command */
	int number;	 /* of its lines */
	int64_t asked;	 /* ns: the line was first sent */
	int64_t next;	 /* ns: it sends or connects again */
	int64_t lost_at; /* ns: its connection ended; 0: it stands */
	/* What it noticed, since the fault. */
	int lost;	/* connections that ended */
	int wrong;	/* answers that were not what was sent */
	double longest; /* ms it waited for an answer */
	struct steady_span span[STEADY_SPANS];
	int spans;
};

struct steady {
	struct probes probes; /* their connections, in the same order */
	struct steady_client client[STEADY_CLIENTS]; /* 0: the culprit */
	int64_t begun, fault;			     /* ns; fault 0: not yet */
	int64_t ended;
	pid_t server[STEADY_CLIENTS]; /* which serves them at first */
	unsigned culprit_port;	      /* from which it connects */
};

/* Connects all, evenly spread over the servers, and lets them send for a
 * while. 0, or -1 if they are not all answered. */
int steady_begin(struct steady *s, const struct dial *dial, int warm_ms);

/* The culprit sends this line, and nothing more until its connection ends. */
void steady_command(struct steady *s, const char *line);

/* The fault is now: from here on it counts what is noticed. */
void steady_fault(struct steady *s);

/* Goes on for `least` ms; then until the culprit, if it is silent, has lost its
 * connection, but no longer than `patient` ms; and until no other client
 * waits, but no longer than `most` ms. */
void
steady_go_on(struct steady *s, int64_t least, int64_t patient, int64_t most);

/* Ends all; what was noticed stays. */
void steady_end(struct steady *s);

/* What the others noticed, and whether the culprit lost its connection. The
 * rest of f is the caller's. */
void steady_facts(const struct steady *s, struct crash_facts *f);

#endif
