/*
 * access.h - a line of the access log. Pure.
 *
 * It is rendered when the answer is begun, but for what is known at its end
 * only: how many bytes of the body were sent, and how long that took. Whatever
 * clients sent is escaped, and cut where it is very long, so that a line is
 * one line and has less than ACCESS_BYTES.
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

/* Renders all but the end. Returns where in o the number of bytes belongs. */
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
