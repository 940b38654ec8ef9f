/*
 * cache.h - answers, rendered and kept for a moment.
 *
 * A request that was made a moment ago gets what was answered then, but for
 * the Date. Two requests ask the same if their method, target and version, and
 * all fields that bear on an answer, are the same, byte by byte. One that has
 * such a field in several lines asks like no other. No answer is kept for
 * longer than CACHE_MS: then the file is looked at again, so nothing is ever
 * looked up, compared or thrown away when a file changes.
 *
 * Of an answer that goes from a file to the socket it is the head that is kept,
 * and a descriptor: each client that gets it has one of its own, of a file that
 * is what it was. There are at most CACHE_FILES, and none outlives CACHE_MS by
 * much.
 *
 * Only what is asked for often is kept: the second time. The memory is bounded
 * (CACHE_ENTRIES of at most CACHE_ANSWER bytes), private to one pool and made
 * afresh by a takeover: what is owed to a client is copied to the journal like
 * any other answer, before its first byte is sent. The descriptors a dead
 * worker kept are among those that no record names, and closed as such.
 */
#ifndef SERVICE_CACHE_H
#define SERVICE_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "http/conditions.h"
#include "http/request.h"

enum {
	CACHE_MS = 500,
	CACHE_ENTRIES = 256, /* a power of two */
	CACHE_ANSWER = 34816,
	CACHE_FILES = 16,
	CACHE_KEY = 1024 /* a longer question is not kept */
};

struct cache;

/* A rendered answer. */
struct cached {
	const char *bytes; /* head and body */
	size_t len;
	size_t date_at; /* where in bytes the Date's value stands */
	size_t body_at; /* where the body begins */
	int status;
	int64_t length; /* as in struct reply */
	int file;	/* as in struct reply: -1: all is in bytes */
	int64_t offset;
	struct validator id; /* of the file */
};

/* NULL with errno. */
struct cache *cache_new(void);

/* Gives back the memory. The descriptors are left alone: in a takeover their
 * numbers may be others' by now. */
void cache_free(struct cache *cache);

/* Closes the descriptors of answers that are too old; CLOCK_NEVER: all. To be
 * called now and then. */
void cache_expire(struct cache *cache, int64_t now);

/* Drops all answers. */
void cache_forget(struct cache *cache);

/* The answer to a request of which the parser has returned 200; false if there
 * is none that is new enough. head: what r points into. now: clock_now(). The
 * bytes are good until the next call of any of these; the file is the caller's.
 */
bool cache_find(struct cache *cache, const struct request *r, const char *head,
    int64_t now, struct cached *found);

/* Keeps a copy of an answer to the request that cache_find was asked for last,
 * and did not find, if it is worth it. now: before the file was looked at.
 * Returns a descriptor that it opened for itself, or -1. */
int cache_keep(struct cache *cache, const struct cached *answer, int64_t now);

#endif
