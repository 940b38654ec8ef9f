/*
 * http.h - what http keeps in the record. For src/service alone.
 */
#ifndef SERVICE_HTTP_H
#define SERVICE_HTTP_H

#include "http/request.h"
#include "service/conn.h"

enum { STANDS_ITSELF, STANDS_INDEX, STANDS_PAGE };

/* With each answer. A multipart body is owed piece by piece: until its last
 * piece is in the answer, `part` says which is next, the request it answers
 * stands at `parsed`, and the file stays open, so that the next piece follows
 * from these alone; `last`, `linger` and `body` are already those of the whole.
 * So is an archive: until its last piece is in the answer own_fd is its plan,
 * and what follows is in it from plan_at on. */
struct http_answer {
	struct body body; /* of the last request, still to be dropped */
	int64_t plan_at;  /* an archive's plan, carried out up to here */
	uint16_t padding; /* ... zeros to come before the next head */
	uint8_t part;	  /* what follows of a multipart body: the part of
			   * this number, counted from 1, or the end behind
			   * the last; 0: nothing, or it is none */
	uint8_t stands;	  /* the file is not what was asked for, but stands
			   * for it: STANDS_* */
	uint8_t made;	  /* the file is a page that we made: pages.h */
	uint8_t unused[3];
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

#endif
