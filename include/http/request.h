/*
 * request.h - the request parser: bytes in, struct out. Pure.
 *
 * RFC 9112, strictly. One pass over the head of a request, resumable after
 * any byte: whatever the split of the input, the result is the same. It
 * copies nothing: spans point into the head, which the caller keeps in one
 * piece, at one address or another, until the request has been answered.
 *
 * Refused with 400: bare CR or LF-less lines, NUL or control bytes, space
 * before a colon, obs-fold, no or two or bad Host (RFC 9112 section 3.2), a
 * bad Content-Length or two or one beside Transfer-Encoding, transfer codings
 * of which the last is not chunked, an empty or non-token method, HTTP/0.9,
 * "*" with a method other than OPTIONS. 505: a version that is not HTTP/1.x.
 * 414, 431: above the limits. 501: an unknown method, whatever its length, or
 * transfer codings beneath chunked. A lone LF ends a
 * line only where RFC 9112 section 2.2 allows a recipient to accept that. An
 * error is reported at the byte that makes it certain.
 *
 * An empty Host is bad in HTTP/1.1 with a target that begins with '/': the
 * target URI would have no host, which RFC 9110 section 4.2.1 forbids.
 */
#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct span {
	uint32_t off; /* from the first byte of the head */
	uint32_t len; /* off and len 0: not there */
};

enum method {
	METHOD_GET,
	METHOD_HEAD,
	METHOD_OPTIONS,
	METHOD_KNOWN,  /* registered, not for files: answered with 405 */
	METHOD_UNKNOWN /* never with 200: the parser returns 501 */
};

/* The fields a file server reads. One that comes in several lines sets its
 * bit in `repeated`, and its span is the safe choice: Range and
 * Accept-Encoding count as not sent (the whole file, unencoded, is always a
 * right answer), and so does Authorization; of the others the first line is
 * kept; the rest of a list is to be found in the head. */
enum field {
	FIELD_HOST,
	FIELD_RANGE,
	FIELD_IF_RANGE,
	FIELD_IF_MATCH,
	FIELD_IF_NONE_MATCH,
	FIELD_IF_MODIFIED_SINCE,
	FIELD_IF_UNMODIFIED_SINCE,
	FIELD_ACCEPT,
	FIELD_ACCEPT_ENCODING,
	FIELD_USER_AGENT,
	FIELD_REFERER,
	FIELD_ORIGIN,
	FIELD_AUTHORIZATION,
	FIELD_COUNT
};

struct request_limits {
	uint32_t line;	 /* bytes of the request line, without its end: 414 */
	uint32_t head;	 /* bytes of all field lines, with their ends: 431 */
	uint32_t fields; /* field lines: 431 */
};

struct request {
	/* The result, valid once request_parse has returned 200; method and
	 * target as soon as their line is complete. */
	enum method method;
	int minor;		/* HTTP/1.minor, 0 or 1 (above 1 counts as 1) */
	bool persistent;	/* the client wants the connection kept */
	bool expect_continue;	/* Expect: 100-continue */
	bool chunked;		/* the body is chunked */
	int64_t content_length; /* -1: none given */
	uint32_t head_len;	/* bytes up to and with the empty line */
	struct span method_text;
	struct span target;
	struct span line; /* the whole request line, for logs */
	struct span field[FIELD_COUNT];
	/* Bits 1 << enum field: of these there is a value, but for Host; of
	 * these there are several lines. */
	uint32_t kept, repeated;

	/* The parser's own. */
	struct {
		uint32_t at;	 /* bytes looked at */
		uint32_t mark;	 /* where the element being read began */
		uint32_t end;	 /* of the value, while its LF is awaited */
		uint32_t fields; /* field lines so far */
		uint32_t start;	 /* of the request line, then of the fields */
		int status;	 /* what was returned last: 0, 200, an error */
		uint8_t state;
		uint8_t name;  /* the field being read */
		uint16_t seen; /* bits: fields and Connection options so far */
	} p;
};

/* To be called before the first byte of each request. */
void request_init(struct request *r);

/* head[0..len) is all there is so far of the request, from its first byte
 * (an empty line before the request line is part of it and skipped, RFC 9112
 * section 2.2; two are refused). Returns 0: more is needed; 200: the head is
 * complete; else the status to answer with, after which the connection is
 * closed. Once an error, always that error. */
int request_parse(struct request *r, const char *head, size_t len,
    const struct request_limits *limits);

/* Does the request have a body that follows the head? */
bool request_has_body(const struct request *r);

/* The body, read to be dropped or kept (RFC 9112 sections 6 and 7). Small and
 * without pointers: it is kept in memory that survives the process. Chunk
 * lines must end in CRLF: section 2.2 allows a lone LF for field lines, and so
 * for trailers, but not here, where it is a way to smuggle. */
struct body {
	int64_t left;  /* bytes left of the content, or of the chunk */
	uint64_t all;  /* bytes so far, with their framing */
	uint32_t used; /* of a chunk's head line (256) or trailers (8192) */
	uint8_t state; /* BODY_DONE when it has ended */
	uint8_t pad[3];
};

enum { BODY_DONE = 0 };

void body_init(struct body *b, const struct request *r);

/* Can it be what body_feed has left? To be asked of one that may have been
 * scribbled over. */
bool body_is_plausible(const struct body *b);

/* Takes from data what belongs to the body, stores how much in *taken.
 * Returns 0, or 400 if the chunked coding is broken, from then on always. */
int body_feed(struct body *b, const char *data, size_t len, size_t *taken);

/* The same up to the end of the first run of content in data: that is the last
 * *content_len bytes of the *taken; 0: none. */
int body_piece(struct body *b, const char *data, size_t len, size_t *taken,
    size_t *content_len);

#endif
