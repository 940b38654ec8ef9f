/*
 * admission.h - takes the next client of a listener, or says why there is none.
 * For src/worker.
 *
 * Each executor that accepts has one. This is what the drivers have in common:
 * how many clients an address may have, what a failure to accept means and
 * when the log hears of it, when places are scarce, and which client gives its
 * place to another. Where a client is put, and how long to pause, is up to the
 * driver.
 */
#ifndef WORKER_ADMISSION_H
#define WORKER_ADMISSION_H

#include <stdbool.h>
#include <stdint.h>

#include "address.h"
#include "os/socket.h"
#include "worker/config.h"

struct admission {
	struct addresses addresses;
	const struct networks *proxies; /* as in struct service_config */
	unsigned
	    status;   /* as in struct worker_config: anybody may come there */
	int64_t told; /* clock_now() when the log heard that clients cannot be
		       * accepted, 0: never */
};

/* Executor `row` begins and has no clients. */
void admission_begin(
    struct admission *a, const struct worker_config *config, int row);

/* In place of a descriptor. */
enum {
	ADMISSION_NOBODY = -1, /* no client waits that may come in */
	ADMISSION_FAILED = -2  /* no descriptor, no memory, denied: the listener
				* stays ready, so not again before a pause */
};

/* The next client that waits at that listener (FD_LISTEN + listener) and may
 * come in: its descriptor, and its address, or its proxy's, in *peer. Or one of
 * the above. Takes one off *tries for each client that it has looked at, and
 * none is looked at when they are used up: those that are refused are not to
 * hold up the others.
 */
int admission_next(struct admission *a, int listener, int *tries,
    struct peer *peer, int64_t now);

/* May the client for which a proxy speaks come in? If so it is counted. */
bool admission_enter(struct admission *a, const struct peer *peer, int64_t now);

/* A client that came in, by admission_next or, behind a proxy, by
 * admission_enter, has left. */
void admission_leave(struct admission *a, const struct peer *peer);

/* Does a client wait at that listener? */
bool admission_awaited(int listener);

/* All places but a few are taken: a slow client loses its place. */
bool admission_is_scarce(int taken, int places);

/* Of the client at that place: clock_now() since which it has had no whole
 * request. INT64_MAX if that is not before `before`, if the client does not
 * give way, or if there is none. */
typedef int64_t idle_since(const void *of, int place, int64_t before);

/* Of places 0 to places - 1 the one whose client gives way to another: the
 * client that has been longest without a whole request, CONN_MOMENT_MS at
 * least. -1: none does. */
int
admission_gives_way(idle_since *idle, const void *of, int places, int64_t now);

#endif
