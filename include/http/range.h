/*
 * range.h - byte ranges (RFC 9110 section 14). Pure.
 */
#ifndef HTTP_RANGE_H
#define HTTP_RANGE_H

#include <stddef.h>
#include <stdint.h>

enum { RANGES_MAX = 200 };

struct range {
	int64_t first; /* offset of the first byte */
	int64_t len;   /* bytes, > 0 */
};

/* Reads a Range field value against a representation of `size` bytes.
 * Returns the number of ranges (1..RANGES_MAX) in the order asked for, with
 * overlapping and touching ones merged into the place of the first of them;
 * 0: the field is to be ignored (it is bad, has another unit, asks for more
 * than RANGES_MAX, or the representation is empty, so that all of it is
 * nothing); -1: none can be satisfied (416). Numbers may be of any length;
 * those above INT64_MAX count as INT64_MAX. */
int range_parse(
    struct range out[RANGES_MAX], const char *value, size_t len, int64_t size);

#endif
