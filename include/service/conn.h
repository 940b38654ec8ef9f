/*
 * conn.h - a connection as a computation that never waits.
 *
 * A service's step runs a connection until it would block and returns what it
 * waits for. It never polls, sleeps or blocks, and it reads no clock: what
 * waits, and how, is the driver's business (worker/). All state that an answer
 * depends on is in the record (stream/record.h); what stands here is
 * private to the process and can be rebuilt from it.
 */
#ifndef SERVICE_CONN_H
#define SERVICE_CONN_H

#include <stdbool.h>
#include <stdint.h>

#include "stream/board.h"
#include "stream/journal.h"
#include "stream/service.h"

struct service_config;
struct budget;
struct share;

/* What the executor hands to every step. */
struct serving {
	const struct service_config *config;
	struct journal *journal;
	int64_t now;	       /* clock_now() */
	int64_t wall;	       /* clock_wall() */
	int64_t drained;       /* draining: clock_now() when those go too that
				* have not sent a byte yet */
	bool draining;	       /* answer what came, accept nothing new */
	struct budget *budget; /* of the listings of all executors of one
				* client; NULL: this one serves many, and has a
				* bound of its own */
	struct share *share;   /* this executor's of it */
	bool answered;	       /* a request was answered since the driver
				* cleared this, */
	bool gave;	       /* and one that was not for the status */
	struct board_row *row; /* what is to be counted at once goes there;
				* NULL: it waits with the rest */
	struct board_tally tally; /* what steps have counted and is not yet
				   * on the scoreboard */
	int unlogged_why;     /* errno of the last line of the access log that
			       * was written; -1: there was room for that one,
			       * 0: none was written yet */
	service_table tended; /* those that want to be, then NULL */
	void *own[SERVICES_MAX]; /* by id: each service's, for all of its
				  * connections; private to the process */
};

/* Makes what the services need beside the journal, whose records are as many
 * as there may be connections. 0; -1 with errno, and serving_close is still
 * due. */
int serving_open(struct serving *s);

/* To be called now and then: lets go of what is too old. CLOCK_NEVER: of all
 * that no connection needs, while the journal is still there. */
void serving_tend(struct serving *s, int64_t now);

/* Gives back the memory. No descriptor is closed: in a takeover their numbers
 * may be others' by now. */
void serving_close(struct serving *s);

/* When nothing has followed for so long, what was held back is decided. */
enum { SILENCE_MS = 200 };

struct conn {
	struct record *r;
	void *own; /* the service's, private to the process; NULL until its
		    * first step */
};

/* Binds c to a record, new or inherited. */
void conn_attach(struct conn *c, struct record *r);

/* After a death, for a connection that waits for its client and is not stepped:
 * its deadline may still be that of what it did before, so it is made no later
 * than the wait allows. */
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

/* Adds to what the server has done for its clients. */
void conn_count(
    const struct conn *c, struct serving *s, enum board_count what, uint64_t n);

/* The same one more time, at once: a death during the rest of the step is not
 * to take it back. */
void
conn_count_one(const struct conn *c, struct serving *s, enum board_count what);

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
struct wait conn_wait_own(const struct conn *c, short events, short own);
struct wait conn_done(void);

#endif
