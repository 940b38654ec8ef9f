/*
 * conditions.h - validators and preconditions (RFC 9110 sections 8.8, 13).
 * Pure.
 */
#ifndef HTTP_CONDITIONS_H
#define HTTP_CONDITIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "http/request.h"

/* What identifies the bytes of a file. */
struct validator {
	uint64_t dev, ino;
	int64_t size;
	int64_t mtime;	  /* seconds since the Epoch */
	int64_t mtime_ns; /* 0..999999999; if mtime is no time (see
			   * validator_dated), a mark made of the time when
			   * the inode changed, below 1 << 30 */
	uint8_t coding;	  /* 0 identity; tells the ETags of encodings apart */
};

enum { ETAG_BYTES = 80 };

/* A strong entity tag with its quotes. Returns its length; NUL-terminated.
 * Device and inode go in as a hash: they tell files apart, and are not shown.
 */
size_t etag_format(char out[ETAG_BYTES], const struct validator *v);

/* Is mtime a time? 0 and 1 are what reproducible builds give all that they
 * make, and below is nothing: a client that asked by such a date would never
 * see another version. */
bool validator_dated(const struct validator *v);

/* All of the validator in one number, the same for equal ones. */
uint64_t validator_hash(const struct validator *v);

/* Evaluates If-Match, If-Unmodified-Since, If-None-Match, If-Modified-Since
 * in the order of section 13.2.2 for GET and HEAD; for other methods there is
 * no representation to have conditions on: 200. Returns 200 (go on), 304 or
 * 412. head: the bytes the spans of r point into. now: wall clock, in seconds.
 *
 * If-Match and If-None-Match may come in several lines, which are one list.
 * What is not clear is decided for the safe side: a list that is broken
 * anywhere matches nothing (412 for If-Match, 200 for If-None-Match), a date
 * that is broken or comes twice is ignored, as the sections demand, and so is
 * every date if the file is not dated. */
int conditions_check(const struct request *r, const char *head,
    const struct validator *v, int64_t now);

/* Does If-Range (section 13.1.5) allow the Range to be applied? True when
 * there is no If-Range; false when it comes twice. An entity tag must be
 * strong and the same; a date must be exactly mtime, in a second that is
 * over, or else a later change could bear it too. */
bool conditions_if_range(const struct request *r, const char *head,
    const struct validator *v, int64_t now);

#endif
