/*
 * http.h - what http keeps: in the record, and in the process, which can be
 * made again from the record. For src/service alone.
 */
#ifndef SERVICE_HTTP_H
#define SERVICE_HTTP_H

#include "http/date.h"
#include "http/request.h"
#include "service/auth.h"
#include "cache.h"
#include "service/config.h"
#include "service/conn.h"
#include "pages.h"
#include "service/registry.h"
#include "services.h"

/* What became of an attempt to do something. */
enum result {
	GO_ON,	 /* it is done: the next thing can be */
	BLOCKED, /* the client has to take something first */
	BROKEN,	 /* the connection is to be closed */
	HUNGRY,	 /* the client has to send something first */
	BUSY	 /* it takes longer: the others' turn first */
};

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

/* A path that was asked for of late, and which of its encodings are not there.
 * To look for each every time costs as much as the rest of a small answer; but
 * one may come to be at any time. So the first few requests in a second have
 * the directory looked at, and what was not there then is taken not to be for
 * the rest of the second. If that is wrong the client gets the file as it is.
 */
struct absence {
	uint64_t path;	/* a hash of it */
	int64_t second; /* serving.wall when it was asked for */
	uint32_t asked; /* times in that second */
	uint32_t none;	/* bits: 1 << enum coding */
};

enum { ABSENCES = 64, ABSENCE_ASKED = 8 };

/* What is known of a client between two steps. */
struct http_client {
	struct request request; /* the parser's state at answer.parsed */
	int page;		/* the listing that it waits for, an index + 1;
				 * 0: none */
	bool busy;		/* this step has done a part of that listing */
	int64_t knocked;	/* clock_now() when it began to wait for its
				 * password to be looked at, 0: it does not */
	int64_t waits;		/* clock_now() when there was no room to begin
				 * a listing for it; 0: it waits for none */
	int64_t held;		/* bytes of http.bodies that are its own */
	int64_t asked;		/* clock_now() when the request was whole, 0: it
				 * is not */
	int64_t began;		/* the same of what is owed last, 0: how long
				 * that took is counted */
};

/* What an executor knows. */
struct http {
	struct cache *cache; /* NULL: none */
	struct pages *pages; /* listings, NULL: none was asked for yet */
	int64_t date_of;     /* the second that date is the text of */
	char date[DATE_BYTES];
	struct absence absent[ABSENCES]; /* by hash */
	struct auth_memory let_in;
	uint32_t root;	 /* the root's `change` when this was known, */
	uint32_t site;	 /* and the site's version */
	int64_t bodies;	 /* bytes of all that are being taken */
	struct app *app; /* the program's service, NULL: none was asked for */
	size_t size;	 /* of all this */
	struct http_client client[]; /* one for each record */
};

/* Is there more of the body than what is owed of it by now? */
static inline bool
http_has_more(const struct record *r)
{
	return http_now(r)->part != 0 ||
	       (answer_now(r)->own_fd >= 0 && !http_now(r)->taking);
}

/* http_record.c. Those of struct service (stream/service.h), of http and of the
 * status. */
int64_t http_owed(const struct record *r, int64_t consumed);
bool http_busy(const struct record *r);
bool http_plausible(const struct record *r);
bool http_asks(const char *data, size_t len);
int64_t
http_patience(const struct record *r, const struct service_config *config);
bool http_blames(struct peer *client, const struct record *r, const char *text,
    size_t len, const struct service_config *config);

/* emit.c: what is owed has been sent, or will not be: counts how long it took.
 */
void emit_end(struct conn *c, struct serving *s);

/* Binds the client to its part of that. */
void http_attach(struct conn *c, struct serving *s);

static inline struct http *
http_in(const struct serving *s)
{
	return s->own[service_http.id];
}

/* Does it speak of the server itself? */
static inline bool
http_is_status(const struct conn *c)
{
	return service_of(c->r)->apart;
}

static inline struct http_client *
client_of(const struct conn *c)
{
	return c->own;
}

#endif
