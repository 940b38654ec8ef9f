/*
 * clients.h - the clients of the show, each of whose bytes is verified.
 *
 * Some echo: they send a message of random size, wait until it has come back,
 * rest for a while and send the next. Others download the same file again and
 * again, slowly, so that there is always one in its middle. One thread; nothing
 * here blocks, and nothing allocates once they are open. Times are clock_now().
 */
#ifndef SHOW_CLIENTS_H
#define SHOW_CLIENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "bench/crowd.h"
#include "bench/response.h"
#include "bench/pattern.h"

struct heap;

enum client_presence {
	CLIENT_AWAY,	/* no connection; one is tried when its time comes */
	CLIENT_COMING,	/* connecting */
	CLIENT_RESTING, /* nothing is due */
	CLIENT_WAITING, /* bytes are due */
	CLIENT_PARTING, /* sends no more; waits for the rest and the end */
	CLIENT_DEPARTED /* ended in order, and none the worse */
};

struct show_client {
	struct link link;
	enum client_presence presence;
	bool downloads;
	bool lost;	 /* it was, and is not back */
	bool begun;	 /* a round trip since the last clients_mark() */
	bool proven;	 /* and its bytes have come */
	uint64_t stream; /* which bytes: new for every connection */
	uint64_t sent, goal, received; /* bytes of requests, of answers */
	uint64_t at;		       /* in the file */
	uint64_t random;
	int64_t asked; /* ms: bytes have been due since */
	struct response response;
};

struct clients_config {
	const struct dial *dial;
	int echoes, downloads;
	const struct pattern *pattern;
	uint64_t file_stream, file_size; /* the file's bytes */
	const char *path;		 /* what to ask for */
	int64_t patience; /* ms without a byte that is due: it is lost */
	struct poller *poller;
};

struct clients {
	struct clients_config config;
	struct dial narrow; /* for downloads */
	int count;
	struct show_client *one; /* count of them; its index is its tag */
	struct crowd crowd;	 /* their connections */
	struct heap *due;
	char request[256];
	unsigned char *in, *out;
	uint64_t streams; /* given away */
	bool parting;

	uint64_t lost;	   /* connections that broke, unasked */
	uint64_t wrong;	   /* bytes */
	uint64_t verified; /* bytes */
	uint64_t trips;	   /* round trips, whole downloads among them */
};

/* Begins to connect them all. 0; -1 with errno. */
int clients_open(
    struct clients *cs, const struct clients_config *config, int64_t now);

/* The poller has news of a client. */
void clients_event(
    struct clients *cs, const struct poller_event *event, int64_t now);

/* Does what is due, and returns when the next thing is. */
int64_t clients_run(struct clients *cs, int64_t now);

/* Time has passed in which nobody looked: that was no client's fault. */
void clients_forgive(struct clients *cs, int64_t now);

/* From now on proofs are wanted: */
void clients_mark(struct clients *cs);

/* Are all there, and has each had bytes that it asked for since the mark? */
bool clients_proven(const struct clients *cs);

/* Everybody ends in order, downloads at full speed; who is away stays away. */
void clients_part(struct clients *cs, int64_t now);
bool clients_parted(const struct clients *cs);

/* Has it been due bytes for at least so many ms? */
bool client_is_stuck(const struct show_client *c, int64_t now, int64_t ms);

/* Closes all and frees. */
void clients_close(struct clients *cs);

#endif
