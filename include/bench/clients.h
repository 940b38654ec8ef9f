/*
 * clients.h - many clients that ask a server and check every byte that they are
 * answered: how their connections begin and end, and what is said on them, be
 * it an echo or HTTP, for every load of the tools.
 *
 * An owner decides when a client connects, what it asks for and when it ends;
 * a table of its functions is told what has happened. Of time nothing is known
 * here but that it goes forward: `now` is in the owner's unit. One thread;
 * nothing here blocks, and nothing allocates once all is open.
 */
#ifndef BENCH_CLIENTS_H
#define BENCH_CLIENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bench/crowd.h"
#include "bench/pattern.h"
#include "bench/response.h"

enum client_state {
	CLIENT_OUT, /* no connection */
	CLIENT_CONNECTING,
	CLIENT_READY,	  /* nothing is due */
	CLIENT_BUSY,	  /* bytes are due */
	CLIENT_FINISHING, /* sends no more; waits for the rest and the end */
	CLIENT_ENDED	  /* no connection, since the last one ended in order */
};

/* How a connection that stood was lost. */
enum loss {
	LOSS_RESET,   /* by the server or the network */
	LOSS_SHORT,   /* ended before everything due had come */
	LOSS_CLOSED,  /* ended with nothing due, but unasked */
	LOSS_TIMEOUT, /* nothing came for too long */
	LOSS_EXTRA,   /* bytes came that had not been asked for */
	LOSS_GARBLED, /* no HTTP response, or not the one that is due */
	LOSS_COUNT
};

/* The word for it in tables and timelines. */
const char *loss_name(enum loss loss);

struct client {
	struct link link;
	enum client_state state;
	bool fetches;	 /* it speaks HTTP; else it echoes */
	uint64_t stream; /* which bytes it sends: new for every connection */
	uint64_t sent, goal; /* bytes of this connection; to be sent for now */
	uint64_t received;   /* bytes of echoes, or of bodies, that have come */
	uint64_t bytes;	     /* the same, of all its connections */
	unsigned due;	     /* responses that are to come */
	size_t most;	     /* bytes that are taken at once; 0: no limit */
	int64_t since;	     /* it has waited for the next byte, or rested */
	struct response response;
};

struct clients;

/* What an owner is told. Each may lose the client or ask for more. */
struct clients_owner {
	/* A connection stands, with nothing due; or did not come about. */
	void (*opened)(struct clients *cs, struct client *c, int64_t now);
	void (*failed)(
	    struct clients *cs, struct client *c, int error, int64_t now);
	/* Bytes came, which are looked at next; c->since is still as it was. */
	void (*heard)(struct clients *cs, struct client *c, int64_t now);
	/* All that had been asked for has come. */
	void (*answered)(struct clients *cs, struct client *c, int64_t now);
	/* The connection was ended, as it should be or not. */
	void (*ended)(struct clients *cs, struct client *c, int64_t now);
	void (*lost)(
	    struct clients *cs, struct client *c, enum loss loss, int64_t now);

	/* Of an echo; each may be NULL. What had to wait was sent. */
	void (*sent)(struct clients *cs, struct client *c, int64_t now);
	/* A part of it came. */
	void (*echoed)(struct clients *cs, struct client *c, int64_t now);
	/* The byte with this place in the stream, counted from 0, is wrong. */
	void (*wrong)(struct clients *cs, struct client *c, uint64_t place,
	    unsigned char byte);

	/* Of HTTP. How many of these bytes of a body are wrong? */
	size_t (*body)(struct clients *cs, struct client *c,
	    const unsigned char *data, size_t len);
	/* c->response is complete; c->due are still to come. */
	void (*fetched)(struct clients *cs, struct client *c, int64_t now);
};

struct clients_count {
	uint64_t connected; /* connections that stood */
	uint64_t in_order;  /* and ended as they should */
	uint64_t lost[LOSS_COUNT];
	uint64_t bytes; /* received: echoes, or bodies */
	uint64_t bytes_wrong;
	uint64_t bytes_sent; /* of echoes */
};

struct clients {
	/* The owner's, before anything is opened. */
	const struct clients_owner *owner;
	const struct pattern *pattern;	  /* of the echoes */
	const char *requests;		  /* a row of equal ones */
	size_t request_len, requests_len; /* of one, and of the row */

	struct crowd crowd; /* their connections */
	struct clients_count count;
	uint64_t streams; /* given away so far */
	unsigned char *in, *out;
};

/* Raises the limit on descriptors as so many need it; dies if it cannot be, as
 * of a bad value of --clients. Returns what every descriptor will be below. */
int clients_room(int64_t clients);

/* all: an array of the owner's, of zeroes; each element begins with a struct
 * client. 0; -1 with errno, and nothing is open. */
int clients_open(struct clients *cs, struct poller *poller, void *all,
    size_t size, int count);

/* Hangs up and frees. */
void clients_close(struct clients *cs);

/* All connections that were lost. */
uint64_t clients_lost(const struct clients_count *count);

/* Connects one that is out. */
void client_dial(
    struct clients *cs, struct client *c, const struct dial *dial, int64_t now);

/* The poller has news of a client. */
void clients_event(
    struct clients *cs, const struct poller_event *event, int64_t now);

/* Asks for an echo of so many bytes more, or for so many responses more. */
void
client_say(struct clients *cs, struct client *c, uint64_t len, int64_t now);
void client_fetch(
    struct clients *cs, struct client *c, unsigned responses, int64_t now);

/* Has it to wait for room to send the rest? */
bool client_pushes(const struct client *c);

/* Sends no more: what is due is still read, then the end is expected. Or it is
 * the server that ends. */
void client_finish(struct clients *cs, struct client *c, int64_t now);
void client_await_end(struct clients *cs, struct client *c, int64_t now);

void
client_lose(struct clients *cs, struct client *c, enum loss loss, int64_t now);

/* Are bytes due that have not come since then? */
bool client_waits(const struct client *c, int64_t since);

/* Gives up all of which that is so. */
void clients_sweep(struct clients *cs, int64_t now, int64_t since);

int client_number(const struct clients *cs, const struct client *c);

#endif
