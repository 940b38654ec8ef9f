/*
 * conn.h - a connection as a computation that never waits.
 *
 * A service's step runs a connection until it would block and returns what it
 * waits for. It never polls, sleeps or blocks, and it reads no clock: who
 * waits, and how, is the driver's business (worker/). All state that an answer
 * depends on is in the record (stream/record.h); what stands here is
 * private to the process and can be rebuilt from it.
 */
#ifndef SERVICE_CONN_H
#define SERVICE_CONN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/append.h"
#include "http/access.h"
#include "http/date.h"
#include "http/request.h"
#include "os/root.h"
#include "service/auth.h"
#include "service/budget.h"
#include "service/cache.h"
#include "service/pages.h"
#include "service/site.h"
#include "stream/journal.h"
#include "stream/service.h"

/* How the services are to behave; set before the fork, then constant. */
struct service_config {
	struct root *root;	     /* what is served */
	const struct service *first; /* what new clients get */
	bool demo;		     /* echo obeys the laboratory's commands */
	int64_t idle_timeout;	     /* ms without progress */
	int64_t header_timeout;	     /* ms for a whole head */
	int64_t keep_alive;	     /* ms between two requests */
	struct request_limits limits;
	struct site site;
	int64_t min_rate;      /* bytes a second, when places are scarce */
	int64_t max_body;      /* bytes of a request's body that are dropped */
	struct append *access; /* the access log, NULL: none */
	enum access_format access_format;
};

/* Listings being made; each holds a directory in memory. */
enum { JOBS_MAX = 16 };

/* A path that was asked for of late, and which of its encodings are not there.
 * To look for each every time costs as much as the rest of a small answer; but
 * one may come to be at any time. So who asks for the first few times in a
 * second has the directory looked at, and what was not there then is taken not
 * to be for the rest of the second. Who is wrong gets the file as it is. */
struct absence {
	uint64_t path;	/* a hash of it */
	int64_t second; /* serving.wall when it was asked for */
	uint32_t asked; /* times in that second */
	uint32_t none;	/* bits: 1 << enum coding */
};

enum { ABSENCES = 64, ABSENCE_ASKED = 8 };

/* What the executor hands to every step. */
struct serving {
	const struct service_config *config;
	struct journal *journal;
	struct cache *cache; /* NULL: none */
	int64_t now;	     /* clock_now() */
	int64_t wall;	     /* clock_wall() */
	int64_t date_of;     /* the second that date is the text of */
	char date[DATE_BYTES];
	int64_t drained; /* draining: clock_now() when those go too who
			  * have not said a word yet */
	bool draining;	 /* answer what came, accept nothing new */
	struct absence absent[ABSENCES]; /* by hash */
	struct auth_memory let_in;
	uint32_t root;	       /* the root's `change` when this was known */
	struct pages *pages;   /* listings, NULL: none was asked for yet */
	struct budget *budget; /* theirs, of all executors; NULL: there is no
				* other that has one client alone, as we */
	struct share *share;   /* ours of it */
	uint64_t requests;     /* counted here, shown by the scoreboard */
	uint64_t bytes_in;
	uint64_t bytes_out;
	uint64_t unlogged; /* lines of the access log that were lost, */
	int unlogged_why;  /* and errno of the last line; -1: there was room
			    * for that one, 0: none was written yet */
};

/* When nothing has followed for so long, what was held back is decided. */
enum { SILENCE_MS = 200 };

struct conn {
	struct record *r;
	struct request request; /* the parser's state at answer.parsed */
	int page;		/* the listing it waits for, 0: none */
	bool busy;		/* ... which was gone on with in its turn */
	int64_t knocked;	/* clock_now() when it began to wait for its
				 * password to be looked at, 0: it does not */
	int64_t waits;		/* clock_now() when it found no room to begin
				 * one, 0: it did */
};

/* Binds c to a record, new or inherited. */
void conn_attach(struct conn *c, struct record *r);

/* After a death, for a connection that waits for its client and is not stepped:
 * the deadline may be that of what came before. */
void conn_hurry(struct conn *c, const struct serving *s);

/* Runs the connection as far as it goes: the one road of every model. */
struct wait conn_step(struct conn *c, struct serving *s);

/* Nobody ran for the last gap ms, a death or a stop being the reason: deadlines
 * are later by that, and silence begins anew. They may come from a journal:
 * none is later than the longest there may be. */
void conn_delay(struct conn *c, const struct serving *s, int64_t gap);

/* Is something on its way that the client has to take, or to give? */
bool conn_is_busy(const struct conn *c);

/* Has it been busy for a while, at less than min_rate? To be asked once in
 * CONN_PACE_MS or more often; anew: it was not, until now. */
enum { CONN_PACE_MS = 1000 };
bool conn_is_slow(struct conn *c, const struct serving *s, bool anew);

/* Is no answer on its way, and no echo spoken? Then another may have its place:
 * it is idle, has begun a head or the body of what was answered, or has been
 * answered for the last time. Not before it had its moment for a whole request,
 * and the one that has been longest without one goes first. */
enum { CONN_MOMENT_MS = 250 };
bool conn_gives_way(const struct conn *c);

/* Gives back everything the connection holds. */
void conn_drop(struct conn *c, struct serving *s);

/* For services: */

/* input_receive, counted. */
int64_t conn_receive(struct conn *c, struct serving *s, bool *all);

/* Draining, and nothing is owed to the client: may it be let go? One that has
 * only just come gets a moment to say what it wants. */
bool conn_may_leave(const struct conn *c, const struct serving *s);

/* Ends the connection: shuts down our side; lingers if `linger`, else it is
 * finished at once. */
struct wait conn_finish(struct conn *c, struct serving *s, bool linger);

/* Shorthands for what a step returns. */
struct wait conn_wait(const struct conn *c, short events);
struct wait conn_done(void);

#endif
