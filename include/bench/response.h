/*
 * response.h - one HTTP/1.x response (RFC 9112), parsed as it arrives.
 *
 * Pure: bytes in, struct out; any split of the bytes gives the same result.
 * The body is not kept: the parser says which bytes are body. Bodies are
 * delimited by Content-Length or by the end of the connection (RFC 9112
 * section 6.3); a Transfer-Encoding is refused, as are heads above 64 KiB.
 */
#ifndef BENCH_RESPONSE_H
#define BENCH_RESPONSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	RESPONSE_LINE_MAX = 256, /* what is longer is cut, and then not read */
	RESPONSE_HEAD_MAX = 65536
};

enum response_state {
	RESPONSE_HEAD, /* waits for the end of the head */
	RESPONSE_BODY, /* `left` bytes of body to come, or unsized */
	RESPONSE_DONE,
	RESPONSE_BAD /* no response, or one that cannot be delimited */
};

struct response {
	enum response_state state;
	int status;	 /* 0 until the status line was read */
	bool closes;	 /* the server will close after this one */
	bool sized;	 /* a Content-Length was given */
	uint64_t length; /* the Content-Length */
	uint64_t left;	 /* of it, not yet seen */
	size_t head_len;
	size_t line_len; /* may exceed RESPONSE_LINE_MAX */
	char line[RESPONSE_LINE_MAX];
};

void response_init(struct response *r);

/* In RESPONSE_HEAD: how many of the len bytes belong to the head. */
size_t response_head(struct response *r, const void *data, size_t len);

/* In RESPONSE_BODY: how many of the next len bytes belong to the body. */
size_t response_body(struct response *r, size_t len);

/* The connection ended. True if that completes r (an unsized body). */
bool response_eof(struct response *r);

#endif
