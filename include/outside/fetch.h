/*
 * fetch.h - a question to a server from outside, for the errands of the
 * program.
 */
#ifndef OUTSIDE_FETCH_H
#define OUTSIDE_FETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Is it http://HOST[:PORT][/PATH]? HOST may be [IPv6]; PORT is 80 without. */
bool fetch_is_url(const char *url);

/* How long an answer is waited for. */
struct fetch_patience {
	int64_t until;	     /* of clock_now() */
	bool (*ended)(void); /* asked ten times a second; NULL: it lasts */
};

/* Asks for such a URL by GET; path, if not NULL, instead of its own. The socket
 * from which the answer comes, which ends with it: the caller's to close. -1:
 * it cannot be asked, *why says why. */
int fetch_ask(const char *url, const char *path,
    const struct fetch_patience *patience, const char **why);

/* Reads what has come of the answer, size bytes at most, and waits for the
 * first of them. 0: it has ended; -1: *why says why not. */
ssize_t fetch_some(int fd, char *bytes, size_t size,
    const struct fetch_patience *patience, const char **why);

/* Reads the answer, its head as well, until there are size bytes, or its end.
 * How many there are; -1: *why says why not all. */
ssize_t fetch_read(int fd, char *bytes, size_t size,
    const struct fetch_patience *patience, const char **why);

#endif
