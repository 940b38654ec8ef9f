/*
 * pulse.h - clients that send a line at even times, and what each of them
 * notices when something happens to its server.
 *
 * A client that loses its connection makes another at once and asks again
 * what had not been answered. One thread.
 */
#ifndef LAB_PULSE_H
#define LAB_PULSE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "bench/dial.h"

enum {
	PULSE_CLIENTS = 24,
	PULSE_SPANS = 24,
	PULSE_PERIOD_MS = 20,
	PULSE_SEEN_MS = 30,   /* a wait that is drawn */
	PULSE_UNHEARD_MS = 50 /* a wait that is not over yet */
};

/* A time in which a client was not served; ms since the run began. */
struct pulse_span {
	float from, to;
	bool lost; /* its connection was ended; else it waited */
};

struct pulse_client {
	int fd; /* -1: none */
	bool connecting;
	bool waiting;	 /* for the answer to line `number` */
	bool silent;	 /* the culprit, once it has sent its command */
	int number;	 /* of its lines */
	int64_t asked;	 /* ns: the line was first sent */
	int64_t next;	 /* ns: it sends or connects again */
	int64_t lost_at; /* ns: its connection ended; 0: it stands */
	char in[64];
	size_t got;
	/* What it noticed, since the fault. */
	int lost;	/* connections that ended */
	int wrong;	/* answers that were not what was sent */
	double longest; /* ms it waited for an answer */
	struct pulse_span span[PULSE_SPANS];
	int spans;
};

struct pulse {
	const struct dial *dial;
	struct poller *poller;
	struct pulse_client client[PULSE_CLIENTS]; /* 0: the culprit */
	int64_t begun, fault;			   /* ns; fault 0: not yet */
	int64_t ended;
	pid_t server[PULSE_CLIENTS]; /* who serves them at first */
	unsigned culprit_port;	     /* from which it connects */
};

/* Connects all, evenly spread over the servers, and lets them pulse for a
 * while. 0, or -1 if they are not all answered. */
int pulse_begin(struct pulse *p, const struct dial *dial, int warm_ms);

/* The culprit sends this line, and nothing more until its connection ends. */
void pulse_command(struct pulse *p, const char *line);

/* The fault is now: from here on it counts what is noticed. */
void pulse_fault(struct pulse *p);

/* Goes on for `least` ms; then until the culprit, if it is silent, has lost its
 * connection, but no longer than `patient` ms; and until no other client
 * waits, but no longer than `most` ms. */
void pulse_go_on(struct pulse *p, int64_t least, int64_t patient, int64_t most);

/* Ends all; what was noticed stays. */
void pulse_end(struct pulse *p);

/* Of the others than the culprit: connections lost, those who lost one, wrong
 * answers, the longest wait in ms, and those who still waited at the end. */
struct pulse_sum {
	int others, lost, wrong, unheard;
	double longest;
	bool culprit_lost;
};
void pulse_sum(const struct pulse *p, struct pulse_sum *sum);

#endif
