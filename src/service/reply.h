/*
 * reply.h - parse, decide, emit: what the three hand to one another.
 * For src/service alone.
 */
#ifndef SERVICE_REPLY_H
#define SERVICE_REPLY_H

#include <stdbool.h>
#include <stdint.h>

#include "http/conditions.h"
#include "http/path.h"
#include "http/range.h"
#include "service/conn.h"

/* What is to be answered. The body is `text` if there is one, else `length`
 * bytes of `file` from `offset`; none of it is sent when head_only. */
struct reply {
	int status;
	int minor; /* of the client's HTTP/1.x */
	bool head_only;
	bool last;	  /* Connection: close */
	bool linger;	  /* the client may still be sending */
	const char *type; /* Content-Type; NULL: none */
	int64_t length;	  /* Content-Length; -1: none (304) */
	const char *text; /* a body in memory, of `length` bytes */
	int file;	  /* -1: none; emit takes it over */
	int64_t offset;
	bool validated; /* id is good for ETag and Last-Modified */
	struct validator id;
	bool ranges;	    /* Accept-Ranges: bytes */
	struct range range; /* of a 206: what of id.size it is */
	bool redirect;	    /* Location: /path/ and the query as it came */
	const char *query;  /* with its '?' */
	size_t query_len;
	const char *head; /* of the request, for the access log */
	size_t head_len;
	struct path path; /* what was asked for; not set before decided */
	char page[2048];  /* room for text */
};

/* decide.c: the reply to a request that parsed, or the one to the error that
 * it is (status >= 400). head: the bytes that c->request points into. Returns
 * false when the answer is being made by c->job: come back later. */
bool decide(struct reply *p, struct conn *c, struct serving *s,
    const char *head, int status);

/* Fills p with a page for an error or other bodiless status. */
void reply_status(struct reply *p, int status);

/* emit.c: the most bytes that a reply needs of the out-buffer. */
int64_t emit_size(const struct reply *p);

/* Renders the reply behind what is in the out-buffer and makes it owed;
 * `parsed` is the offset behind its request. Returns -1 if it cannot be (no
 * buffer, or the file is not what it was): the connection is to be closed. */
int emit(struct conn *c, struct serving *s, struct reply *p, int64_t parsed);

#endif
