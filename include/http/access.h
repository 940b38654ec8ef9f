/*
 * access.h - a line of the access log. Pure.
 *
 * It is rendered when the answer is begun, except for what is known only when
 * the answer has ended: how many bytes of the body were sent, and how long that
 * took. What clients sent is escaped, and cut if it is very long, so that each
 * request is one line of less than ACCESS_BYTES.
 */
#ifndef HTTP_ACCESS_H
#define HTTP_ACCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "http/out.h"
#include "http/request.h"

enum access_format { ACCESS_COMBINED, ACCESS_JSON };

enum { ACCESS_BYTES = 4096 };

/* What was asked for. The spans of r point into head. */
struct access_request {
	const char *client; /* its address */
	int64_t wall;	    /* seconds since the Epoch */
	int status;	    /* of the answer */
	const struct request *r;
	const char *head;
	size_t len; /* of what there is at head: all, if no line was parsed */
};

/* Renders all but the end. Returns the offset in o at which the number of bytes
 * belongs: `split` of access_line(). */
size_t access_begin(
    struct out *o, enum access_format format, const struct access_request *a);

/* How it ended. */
struct access_end {
	int64_t bytes; /* of the body, sent */
	int64_t ms;    /* from the whole request to the last byte */
	bool complete; /* all was sent */
};

/* The whole line, its newline included, out of text[0..len), which
 * access_begin rendered, and its end. */
void access_line(struct out *o, enum access_format format, const char *text,
    size_t len, size_t split, const struct access_end *end);

#endif
