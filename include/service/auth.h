/*
 * auth.h - the users that may read: names and hashes of passwords, from a file.
 *
 * A line is a name, ':' and a hash of crypt(3); another ':' and what follows
 * is not looked at. '#' begins a comment line.
 *
 * A hash is dear, on purpose. So a user that was let in is remembered by a
 * keyed digest of name and password, in a table of bounded size; and an
 * executor computes hashes in a fifth of its time at most: a request that comes
 * meanwhile waits, and others are served. A name that is not there costs what
 * one that is there costs.
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

/* What an executor remembers. */
struct auth_memory {
	int64_t next; /* clock_now() when a hash may be computed again */
	uint64_t proven[AUTH_PROVEN][2];
};

/* An empty table for the file; NULL with errno. */
struct auth *auth_new(const char *path);

/* Takes a text, which was read from the file when that was as st says. known:
 * it was taken before, by another program of this server, and is not tried
 * again. -1: it is bad, why says the cause. */
int auth_take(struct auth *auth, const char *text, const struct stat *st,
    bool known, char why[AUTH_WHY]);

/* Reads the file into the table: 1; or 0, it has not changed. -1: it could not
 * be, why says the cause, and the table is what it was. */
int auth_read(struct auth *auth, char why[AUTH_WHY]);

/* The text that the table was made from, and what the file was then. */
const char *auth_said(const struct auth *auth, struct stat *st);

const char *auth_path(const struct auth *auth);

/* Computes a hash such as those of the table; and says what that cost. */
void auth_try(const struct auth *auth);
void auth_weigh(struct auth *auth, int64_t ms);

enum auth_verdict { AUTH_YES, AUTH_NO, AUTH_LATER };

/* Are the credentials of a request good? head: what r points into. */
enum auth_verdict auth_ask(const struct auth *auth, struct auth_memory *memory,
    const struct request *r, const char *head, int64_t now);

#endif
