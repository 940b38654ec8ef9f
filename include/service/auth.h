/*
 * auth.h - the users that may read: names and hashes of passwords, from a file.
 *
 * A line is a name, ':' and a hash of crypt(3); another ':' and what follows
 * is not looked at. '#' begins a comment line.
 *
 * To compute a hash takes long, on purpose. So a user that was let in is
 * remembered by a keyed digest of name and password, in a table of bounded
 * size; and an executor spends a fifth of its time at most on hashes: a request
 * that needs one earlier waits, and others are served. An unknown name takes as
 * long as a known one.
 *
 * Read at the start, and again by each process that begins to serve: after HUP,
 * a death or a takeover. The table of the process does not change while threads
 * run.
 */
#ifndef SERVICE_AUTH_H
#define SERVICE_AUTH_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "http/request.h"

enum {
	AUTH_BYTES = 1 << 20, /* of the file */
	AUTH_USERS_MAX = 16384,
	AUTH_PROVEN = 256, /* a power of two */
	AUTH_WHY = 128
};

struct auth;

/* What an executor remembers. Begins as all zeros. */
struct auth_memory {
	int64_t next; /* clock_now() when a hash may be computed again */
	uint64_t proven[AUTH_PROVEN][2]; /* digests of who was let in */
};

/* An empty table for the file; NULL with errno. */
struct auth *auth_new(const char *path);

/* Makes the table from a text, which was read from the file when that was as st
 * says; the text is copied. known: another program of this server has taken it
 * before, so its hashes are not tried again. 0; -1: it is bad, or memory is
 * short, and why says the cause. */
int auth_take(struct auth *auth, const char *text, const struct stat *st,
    bool known, char why[AUTH_WHY]);

/* Reads the file into the table: 1; or 0, it has not changed. -1: it could not
 * be, why says the cause, and the table is what it was. */
int auth_read(struct auth *auth, char why[AUTH_WHY]);

/* The text that the table was made from, which stays the table's, and what the
 * file was then. */
const char *auth_said(const struct auth *auth, struct stat *st);

const char *auth_path(const struct auth *auth);

/* Computes a hash such as those of the table, for the caller to measure. */
void auth_try(const struct auth *auth);

/* Sets how long a hash takes, in ms. How long an executor pauses between two
 * follows from that. */
void auth_weigh(struct auth *auth, int64_t ms);

enum auth_verdict {
	AUTH_YES,
	AUTH_NO,
	AUTH_LATER /* a hash is needed, and none may be computed before
		    * memory->next, or another thread computes one: ask again */
};

/* Are the credentials of a request good? head: what r points into. now:
 * clock_now(). */
enum auth_verdict auth_ask(const struct auth *auth, struct auth_memory *memory,
    const struct request *r, const char *head, int64_t now);

#endif
