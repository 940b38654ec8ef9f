/*
 * demo_clients.h - the clients of the demo, each of whose bytes is verified.
 *
 * Some echo: they send a message of random size, wait until it has come back,
 * rest for a while and send the next. Others download the same file again and
 * again, slowly, so that there is always one in its middle. One thread; nothing
 * here blocks, and nothing allocates once they are open. Times are clock_now().
 */
#ifndef SHOW_DEMO_CLIENTS_H
#define SHOW_DEMO_CLIENTS_H

#include "bench/clients.h"

struct heap;

struct demo_client {
	struct client client;
	bool lost;   /* it was, and is not back */
	bool begun;  /* a round trip since the last demo_clients_mark() */
	bool proven; /* and its bytes have come */
	uint64_t random;
};

struct demo_clients_config {
	const struct dial *dial;
	int echoes, downloads;
	const struct pattern *pattern;
	uint64_t file_stream, file_size; /* the file's bytes */
	const char *path;		 /* what to ask for */
	int64_t patience; /* ms without a byte that is due: it is lost */
	struct poller *poller;
};

struct demo_clients {
	struct clients all; /* first: what is told of them is told of these */
	struct demo_clients_config config;
	struct dial narrow; /* for downloads */
	int count;
	struct demo_client *one; /* count of them; its index is its tag */
	struct heap *due;
	char request[256];
	bool parting;
};

/* Begins to connect them all. 0; -1 with errno. */
int demo_clients_open(struct demo_clients *ds,
    const struct demo_clients_config *config, int64_t now);

/* Does what is due, and returns when the next thing is. */
int64_t demo_clients_run(struct demo_clients *ds, int64_t now);

/* Time has passed in which they were not looked at: that counts for none. */
void demo_clients_forgive(struct demo_clients *ds, int64_t now);

/* From now on proofs are wanted: */
void demo_clients_mark(struct demo_clients *ds);

/* Are all there, and has each had bytes that it asked for since the mark? */
bool demo_clients_proven(const struct demo_clients *ds);

/* All end in order, downloads at full speed; one that is away stays away. */
void demo_clients_part(struct demo_clients *ds, int64_t now);
bool demo_clients_parted(const struct demo_clients *ds);

/* Closes all and frees. */
void demo_clients_close(struct demo_clients *ds);

#endif
