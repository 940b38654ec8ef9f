/*
 * http_state.h - what http and the status keep in the process: all of it can be
 * made again from the records. For src/service alone.
 */
#ifndef SERVICE_HTTP_STATE_H
#define SERVICE_HTTP_STATE_H

#include "http/date.h"
#include "http/request.h"
#include "service/auth.h"
#include "cache.h"
#include "service/config.h"
#include "service/conn.h"
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
