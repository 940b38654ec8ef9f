/*
 * address.h - how many clients each address has, over all executors.
 *
 * Each executor keeps a table of its own clients' addresses behind its row of
 * the scoreboard: it alone writes there, all others read. So one that dies
 * leaves nothing locked, and the next process in the row makes the table anew
 * out of the clients that are left.
 *
 * Each entry of the table is one word, so that it is read in one piece: a hash
 * of the address, made with a secret so that nobody can choose addresses that
 * collide, and how many clients it has. A client is counted first, and then the
 * limit is looked at. So two executors that take one each at the same moment
 * may both refuse, but together never exceed the limit. (A takeover keeps the
 * clients that had been accepted when the worker died.) Clients of a worker
 * that was told to leave and has been replaced do not count.
 *
 * Clients without an address, by a unix socket, are not counted.
 *
 * Of an IPv6 address the first 64 bits are used: one host may have all the
 * addresses that begin with them.
 */
#ifndef WORKER_ADDRESS_H
#define WORKER_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "os/socket.h"
#include "stream/board.h"

struct addresses {
	const struct board *board;
	int row;
	int32_t limit; /* 0: none, and nobody is counted */
	int32_t self;  /* this process, while it is the row's writer */
	uint64_t refused;
	int64_t told; /* clock_now() when the log was told of it */
};

/* For a takeover, before addresses_recount: this process is not the row's
 * writer yet. */
void addresses_resume(
    struct addresses *a, const struct board *b, int row, int32_t limit);

/* This executor is the row's writer from now on and has no clients. */
void addresses_begin(
    struct addresses *a, const struct board *b, int row, int32_t limit);

/* After a takeover: this executor is the row's writer from now on and has these
 * clients, peer(of, i) for i from 0 to n-1; NULL: not to be counted. */
void addresses_recount(struct addresses *a,
    const struct peer *(*peer)(const void *, int), const void *of, int n);

/* One client more: true if that is allowed; else it is not counted, and the log
 * is told, not more than once a minute. Networks that the master refuses are
 * refused without a limit too, and without a line in the log: it has said so.
 */
bool addresses_enter(struct addresses *a, const struct peer *peer, int64_t now);

/* One client fewer. */
void addresses_leave(struct addresses *a, const struct peer *peer);

#endif
