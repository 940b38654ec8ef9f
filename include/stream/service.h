/*
 * service.h - what a service is to all that do not speak it.
 *
 * A service is a table of functions. Journal, audit, takeover and workers know
 * a record's service by its number alone and ask this table; none of them
 * knows which services there are. What the table says of a record has to
 * follow from the record and nothing else, since it is asked of records that a
 * dead worker has left. All functions but step and answer may be given a record
 * of which any number is wrong, as long as the audit has not passed it.
 *
 * The shortest service has a name, an id and `answer`. What NULL stands for in
 * the other fields is right for a service that keeps nothing in a record but
 * its answers.
 */
#ifndef STREAM_SERVICE_H
#define STREAM_SERVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stream/record.h"

struct conn;
struct serving;
struct service_config;

/* What a step waits for: whichever comes first. If the client resets the
 * connection, or closes its side when ours is closed, that ends the wait, too.
 */
struct wait {
	int fd;	       /* the client; < 0: finished, the record is dropped */
	short events;  /* of it: POLLIN, POLLOUT, both, or 0 */
	short own;     /* the same of the valid answer's own_fd, which may be
			* a pipe, a socket or the like; 0: not waited for */
	int64_t until; /* clock_now() when to step again without an event */
};

struct service {
	const char *name; /* as the user gives it */
	uint8_t id;	  /* as a record has it, below SERVICES_MAX */
	bool hidden;	  /* a user may not choose it for new clients */
	bool guesses;	  /* gives each client to the service that its first
			   * bytes ask for */
	bool prefaces;	  /* before a client's first byte: who it is is known
			   * for sure when it speaks another */
	bool apart;	  /* it has listeners of its own, and no limit and no
			   * count of clients includes its clients */
	bool mirrors;	  /* all that it sends is what it has received: it has
			   * no answers of its own, and in_buf is a ring */

	/* What an executor keeps for all connections of this service, in
	 * serving.own: made before the first step (0, or -1 with errno), looked
	 * after now and then (CLOCK_NEVER: it ends), and given back, but for
	 * descriptors. Each may be NULL. */
	int (*open)(struct serving *s);
	void (*tend)(struct serving *s, int64_t now);
	void (*shut)(struct serving *s);

	/* Runs a connection until it would block; see service/conn.h. NULL: it
	 * sends what is owed, receives, and calls `answer` for the rest. */
	struct wait (*step)(struct conn *c, struct serving *s);

	/* In place of a step. Nothing is owed to the client; the requests from
	 * answer_now(c->r)->parsed on are not answered, and in_buf has room for
	 * more. 1: some of them are answered now (output.h); 0: they cannot be
	 * yet; -1: they never can be, and the connection ends. If the answer
	 * names an own descriptor, that is waited for as well: when it can be
	 * read, `answer` is called again. */
	int (*answer)(struct conn *c, struct serving *s);

	/* The connection ends, whatever the reason: gives back what is not in
	 * the record. NULL: nothing is. */
	void (*close)(struct conn *c, struct serving *s);

	/* The end, in the answer stream, of what the first `consumed` bytes of
	 * the requests ask for, and of all that is answered. INT64_MAX while
	 * that is not known. NULL: it is known when they are answered, or
	 * nothing more is. */
	int64_t (*owed)(const struct record *r, int64_t consumed);

	/* The offset of the first byte of the requests that is still needed.
	 * NULL: the first that is not answered. */
	int64_t (*retained)(const struct record *r);

	/* The beginning of the request on which it is at work, if it is kept
	 * elsewhere and no longer retained; returns its bytes, 0: it is not.
	 * Asked only of a record that the audit has passed. NULL: it never is.
	 */
	size_t (*kept)(const struct record *r, char *to, size_t size);

	/* Which client is to blame if these bytes, from the first that is
	 * retained on, have brought a worker down: the one for which a proxy
	 * asks. False: it is not known, or to refuse it is to refuse a proxy.
	 * NULL: the client itself. */
	bool (*blames)(struct peer *client, const struct record *r,
	    const char *text, size_t len, const struct service_config *config);

	/* Is something on its way that the client has to take, or to give?
	 * NULL: if it is owed something. */
	bool (*busy)(const struct record *r);

	/* Could this service have left the record so? Its own bytes are judged
	 * here, and what it uses of the others; that what is named is there has
	 * been seen to (audit.h). NULL: so it could. */
	bool (*plausible)(const struct record *r);

	/* Do these first bytes of a new client make a whole request, or may
	 * more be too late for that? NULL: any do. */
	bool (*asks)(const char *data, size_t len);

	/* When all places are taken, may another client have the place of this
	 * one? NULL: no. */
	bool (*yields)(const struct conn *c);

	/* How long it waits for what comes next, ms, on a connection on which
	 * nothing is on its way. NULL: as long as any client may be silent. */
	int64_t (*patience)(
	    const struct record *r, const struct service_config *config);

	/* Can a client that did not begin with it have come to speak it? NULL:
	 * no. */
	bool (*reached)(const struct service_config *config);
};

/* What the table says, or what NULL stands for. */
static inline int64_t
service_owed(
    const struct service *service, const struct record *r, int64_t consumed)
{
	return service->owed != NULL ? service->owed(r, consumed)
				     : record_owed(r, consumed);
}

static inline int64_t
service_retained(const struct service *service, const struct record *r)
{
	return service->retained != NULL ? service->retained(r)
					 : answer_now(r)->parsed;
}

static inline bool
service_busy(const struct service *service, const struct record *r)
{
	return service->busy != NULL ? service->busy(r)
				     : r->out < answer_now(r)->file_end;
}

static inline bool
service_plausible(const struct service *service, const struct record *r)
{
	return service->plausible == NULL || service->plausible(r);
}

/* All there are, by id; NULL: there is none. */
enum { SERVICES_MAX = 16 };
typedef const struct service *service_table[SERVICES_MAX];

#endif
