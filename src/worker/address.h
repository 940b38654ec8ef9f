/*
 * address.h - how many clients each address has, over all executors.
 *
 * Each executor keeps a table of its own clients' addresses behind its row of
 * the scoreboard: it alone writes there, all others read. So one that dies
 * leaves nothing locked, and the next process in the row makes the table anew
 * out of the clients that are left.
 *
 * A word of the table is a number made of the address, with a secret so that
 * nobody can choose addresses that meet, and how many there are of it: read in
 * one piece. A client is counted first and looked up then, so two executors
 * that take one each at the same moment may both refuse, but never exceed the
 * limit. (A takeover keeps the clients that had been accepted when the worker
 * died.) What does not count: clients of a worker that was told to leave and
 * has been replaced.
 *
 * Clients without an address, by a unix socket, are not counted.
 *
 * Of IPv6 the first 64 bits count: a host has as many of the others as it
 * likes.
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

/* So that the clients can be counted again (addresses_recount): nobody is the
 * row's writer yet. */
void addresses_resume(
    struct addresses *a, const struct board *b, int row, int32_t limit);

/* This executor is the row's writer from now on and has no clients. */
void addresses_begin(
    struct addresses *a, const struct board *b, int row, int32_t limit);

/* It has these clients, and had others before: peer(i) for i from 0 to n-1,
 * NULL for those to be left out. */
void addresses_recount(struct addresses *a,
    const struct peer *(*peer)(const void *, int), const void *of, int n);

/* One client more: true if that is allowed, else it is not counted, and the
 * log may be told. Networks that the master refuses are refused without a
 * limit too, and without a word: it has said so. */
bool addresses_enter(struct addresses *a, const struct peer *peer, int64_t now);

/* One fewer. */
void addresses_leave(struct addresses *a, const struct peer *peer);

#endif
