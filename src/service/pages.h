/*
 * pages.h - the listings of one executor: each made once, for all clients that
 * ask.
 *
 * A page is a file without a name. An answer has a descriptor of its own for
 * it, as for any file, so that nothing here has to outlive the process; but
 * the bytes are there once, however many clients are slow to take them. A
 * client that asks for what was asked for less than PAGE_MS ago, by the same
 * path and in the same view, while the directory's time of change is the same,
 * gets that page, or waits until it is made. What is made later and comes out
 * the same, byte for byte, is the page that is there.
 *
 * The memory is bounded: small and big pages have PAGE_CLASS_BYTES each, with
 * those that only answers still hold, which are counted in the journal, by
 * their inodes, and so by a takeover too. There are classes so that a client
 * that does not take a big one is in the way of big ones alone. A big one that
 * fits nowhere is made if it is the only one; big ones are made one at a time.
 * A client that finds no room waits for up to PAGE_WAIT_MS, and is told then.
 * Executors of one client each have that bound together: budget.h.
 */
#ifndef SERVICE_PAGES_H
#define SERVICE_PAGES_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "http/conditions.h"
#include "http/listing.h"

enum {
	PAGES = 128,   /* that are known */
	JOBS_MAX = 16, /* ... being made: each holds a directory in memory */
	PAGE_MS = 500,
	PAGE_WAIT_MS = 2000,
	PAGE_BIG = 4 << 20,
	PAGE_CLASS_BYTES = 128 << 20,
	PAGE_LONGEST = 1 << 30 /* none is longer, by far */
};

struct conn;
struct serving;

/* A finished page, as an answer has it. */
struct made {
	int file; /* the caller's */
	int64_t length;
	struct validator id;
	int64_t since; /* clock_now() when its making began */
	enum listing_format format;
};

/* Finds or begins the page of a directory, open as dir, which is taken over.
 * path: decoded, with '/' at both ends. The connection has part in it from now
 * on (http_client.page). 0; or -1 with errno, EAGAIN: there is no room just
 * now. */
int pages_ask(struct conn *c, struct serving *s, int dir, const char *path,
    const struct listing_view *view);

/* The length of a page that is there, -1: none is. Nothing is made. */
int64_t pages_length(const struct serving *s, int dir, const char *path,
    const struct listing_view *view);

/* Goes on with the page that c has part in. 1: *made is it, and c has no part
 * in it any more; 0: come back later (http_client.busy: as soon as the others
 * had their turn); -1 with errno, and c has no part in it. */
int pages_go_on(struct conn *c, struct serving *s, struct made *made);

/* c wants its page no longer. */
void pages_leave(struct conn *c, struct serving *s);

/* page_table.c. Lets go of pages that are too old. To be called now and then;
 * with CLOCK_NEVER, of all that no client waits for. */
void pages_expire(struct serving *s, int64_t now);

/* Gives back the memory. In a takeover nothing is closed: the numbers may be
 * others' by now. */
void pages_free(struct serving *s);

#endif
