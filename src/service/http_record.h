/*
 * http_record.h - what http and the status keep in the record, and what a
 * record says of them. For src/service alone.
 */
#ifndef SERVICE_HTTP_RECORD_H
#define SERVICE_HTTP_RECORD_H

#include "http/request.h"
#include "service/config.h"
#include "stream/record.h"

/* With each answer. A multipart body is owed piece by piece: until its last
 * piece is in the answer, `part` says which is next, the request it answers
 * stands at `parsed`, the file stays open, and own_fd has the type of each part
 * (parts.c), so that the next piece follows from these alone; `last`, `linger`
 * and `body` are already those of the whole. So is an archive: until its last
 * piece is in the answer own_fd is its plan, and what follows is in it from
 * plan_at on. While a request is being taken for a handler, own_fd is the file
 * that it is taken into. */
struct http_answer {
	struct body body;  /* of the last request, still to be dropped */
	int64_t plan_at;   /* an archive's plan, carried out up to here */
	uint16_t padding;  /* ... zeros to come before the next head */
	uint8_t part;	   /* what follows of a multipart body: the part of
			    * this number, counted from 1, or the end behind
			    * the last; 0: nothing, or it is none */
	uint8_t made;	   /* the file is a page of pages.h */
	uint8_t taking;	   /* 1: a request is being taken into own_fd: app.h */
	uint8_t begun;	   /* 1: a handler has been called for it */
	uint8_t streams;   /* 1: a body without an end: status_events.c */
	uint32_t head_len; /* while one is taken: bytes of its head in own_fd,
			    * and plan_at is how many of its content are */
	uint32_t began;	   /* clock_now() when the request was whole, its low
			    * bits */
};

_Static_assert(sizeof(struct http_answer) <= ANSWER_OWN, "http's own");

static inline struct http_answer *
http_of(struct answer *a)
{
	return (struct http_answer *)(void *)a->own;
}

static inline const struct http_answer *
http_now(const struct record *r)
{
	return (const struct http_answer *)(const void *)answer_now(r)->own;
}

/* Is there more of the body than what is owed of it by now? */
static inline bool
http_has_more(const struct record *r)
{
	return http_now(r)->part != 0 ||
	       (answer_now(r)->own_fd >= 0 && !http_now(r)->taking);
}

/* Those of struct service (stream/service.h). */
int64_t http_owed(const struct record *r, int64_t consumed);
bool http_busy(const struct record *r);
bool http_plausible(const struct record *r);
bool http_asks(const char *data, size_t len);
int64_t
http_patience(const struct record *r, const struct service_config *config);
bool http_blames(struct peer *client, const struct record *r, const char *text,
    size_t len, const struct service_config *config);

#endif
