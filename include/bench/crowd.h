/*
 * crowd.h - many connections to a server over one poller: the base of every
 * crowd of clients in the tools.
 *
 * The clients are an array of the caller's; each begins with a struct link, and
 * its place in the array is its tag in the poller, counted from `first`. The
 * crowd knows what a connection waits for and how many there are. What is said
 * on them, and when, is the caller's business; so is waiting: nothing here
 * blocks.
 */
#ifndef BENCH_CROWD_H
#define BENCH_CROWD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "bench/dial.h"
#include "os/poller.h"

struct link {
	int fd; /* -1: none */
	bool connecting;
	short events; /* that the poller waits for */
};

struct crowd {
	struct poller *poller;
	unsigned char *clients;
	size_t size; /* of one of them */
	int count;
	int connected, connecting;
	uint64_t first; /* tag; another than 0 is set before any is dialled */
};

/* None of the clients is connected from now on. The poller is the caller's and
 * may watch other things, with other tags. */
void crowd_init(struct crowd *cr, struct poller *poller, void *clients,
    size_t size, int count);

/* Starts to connect one that has no connection. 0, or -1 with errno. */
int crowd_dial(struct crowd *cr, struct link *link, const struct dial *dial);

/* Closes the connection of one, if it has any. */
void crowd_hang_up(struct crowd *cr, struct link *link);
void crowd_hang_up_all(struct crowd *cr);

/* Lets two clients change places, whatever they hold. */
void crowd_swap(struct crowd *cr, int i, int k);

/* What the poller is to wait for from now on. Free if nothing changes. */
void crowd_want(struct crowd *cr, struct link *link, short events);

/* What an event of the poller says. */
enum crowd_news {
	CROWD_NOTHING,	   /* that connection is gone already */
	CROWD_CONNECTED,   /* it stands, and waits for POLLIN */
	CROWD_UNCONNECTED, /* it failed with errno, and is closed */
	CROWD_READY	   /* it can be read or written, as the event says */
};
enum crowd_news crowd_event(struct crowd *cr, const struct poller_event *event);

/* The client of an event whose tag is of this crowd, and the number of a
 * client.
 */
void *crowd_client(const struct crowd *cr, uint64_t tag);
int crowd_number(const struct crowd *cr, const struct link *link);

/* As recv(2) and send(2), but: > 0 bytes; 0: not now; -1: the connection has
 * ended, errno says how, and is 0 if the server closed it in order. */
ssize_t link_receive(const struct link *link, void *bytes, size_t size);
ssize_t link_send(const struct link *link, const void *bytes, size_t len);

#endif
