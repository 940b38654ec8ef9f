/*
 * request_fields.h - the fields of a request that a file server reads: which
 * they are, and what becomes of each. Pure. For src/http/request.c alone.
 */
#ifndef HTTP_REQUEST_FIELDS_H
#define HTTP_REQUEST_FIELDS_H

#include <stdint.h>

#include "http/request.h"

/* What has been seen, in p.seen. */
enum {
	SEEN_HOST = 1 << 0,
	SEEN_LENGTH = 1 << 1,
	SEEN_CODING = 1 << 2,
	SEEN_CLOSE = 1 << 3,
	SEEN_KEEP_ALIVE = 1 << 4,
	SEEN_CONTINUE = 1 << 5,
	SEEN_CODINGS = 1 << 6 /* others than chunked alone */
};

/* The number of a name, whatever its case; one for all names that are not read.
 */
uint8_t request_field_find(const char *text, uint32_t len);

/* Takes the value of the field line that has just ended; p.name is the number
 * of its name. value: in head, without the space around it. 0, or the status
 * of an error. */
int request_field_take(struct request *r, const char *head, struct span value);

#endif
