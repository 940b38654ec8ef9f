/*
 * renew.h - a process that is to serve, after a cold start or as a standby that
 * has been woken, begins its program anew. It goes on with its descriptors, its
 * journal and its row, in memory of another layout: what an attacker has learnt
 * of the old layout is of no use there.
 *
 * The new program finds what it needs at fixed descriptors (FD_IMAGE, FD_BOARD
 * and, after a takeover, FD_JOURNAL), and the rest in its one argument.
 */
#ifndef WORKER_RENEW_H
#define WORKER_RENEW_H

#include <stdbool.h>
#include <stdint.h>

#include "worker/config.h"

/* What stood in the old program's memory alone. */
struct renewal {
	int row;
	int program; /* as in struct worker_config */
	int holder;  /* RENEWAL_COLD, or 0 or 1: the process that stands behind
		      * this one meanwhile is at FD_HOLDER or FD_HOLDER_TOO */
	int cause;   /* enum death: of the worker that served last */
	int32_t log_followed;	 /* rotations */
	int32_t access_followed; /* of the access log */
};

enum { RENEWAL_COLD = -1, RENEWAL_TRIAL = -1 /* as a row: it only tries */ };

/* Notes in that row of the scoreboard which program this process runs, and
 * where in memory it begins. */
void worker_note_program(const struct worker_config *config, int row);

/* Begins the program at that descriptor. Its one argument is GOES_ON and behind
 * it `as_what`. It has all descriptors below FD_CLIENTS but FD_LOADER, and of
 * the others those that are open over an exec. Returns with errno if it cannot
 * be begun. */
#define GOES_ON "--goes-on="
void worker_exec(int number, const char *as_what);

/* Begins the program, which goes on as that says. Returns with errno if it
 * cannot be begun: nothing has changed then. The caller's signals have to be
 * blocked. */
void
renew_begin(const struct worker_config *config, const struct renewal *renewal);

/* In a child that has done nothing yet: begins its program anew. Returns if
 * that is not wanted or cannot be done; then the master is told why. */
void worker_renew(const struct worker_config *config, int row);

/* Do the arguments say that this program goes on as a worker? Then *renewal is
 * what they say. If there is an image as well, only a process of this user can
 * have begun it so. */
bool renewal_parse(int argc, char *const argv[], struct renewal *renewal);

#endif
