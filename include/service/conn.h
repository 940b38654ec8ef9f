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
	int64_t drained;       /* draining: clock_now() when clients that have
				* not sent a byte yet are let go, too */
	bool draining;	       /* answer what came, accept nothing new */
	struct budget *budget; /* for listings, where each executor serves one
				* client; NULL: this one serves many, and has a
				* bound of its own */
	struct share *share;   /* this executor's part of the budget */
	bool answered;	       /* a request was answered since the driver
				* cleared this, */
	bool gave;	       /* and one that was not for the status */
	struct board_row *row; /* where conn_count_one() counts; NULL: in the
				* tally, as the rest */
	struct board_tally tally; /* what steps have counted and is not yet
				   * on the scoreboard */
	int unlogged_why;     /* errno of the last line of the access log that
			       * was written; -1: there was room for that one,
			       * 0: none was written yet */
	service_table tended; /* the services that serving_tend() calls, then
			       * NULL */
	void *own[SERVICES_MAX]; /* by id: each service's, for all of its
				  * connections; private to the process */
};

/* Allocates what the services need beside the journal, which has a record for
 * each connection that there may be. 0; -1 with errno, and serving_close is
 * still to be called. */
int serving_open(struct serving *s);

/* To be called now and then: gives back what is too old. now: clock_now();
 * CLOCK_NEVER: gives back all that no connection needs, while the journal is
 * still there. */
void serving_tend(struct serving *s, int64_t now);

/* Gives back the memory. No descriptor is closed: in a takeover their numbers
 * may be others' by now. */
void serving_close(struct serving *s);

/* Bytes whose meaning depends on what follows (auto.c, echo.c) are held back;
 * when nothing has followed for so long it is decided what they are. */
enum { SILENCE_MS = 200 };

struct conn {
	struct record *r;
	void *own; /* the service's, private to the process; NULL until its
		    * first step */
};

/* Binds c to a record, new or inherited. */
void conn_attach(struct conn *c, struct record *r);

/* After a takeover, for a connection that waits for its client and is not
 * stepped: its deadline may still be that of what it did before. Makes it no
 * later than what it waits for allows. */
void conn_hurry(struct conn *c, const struct serving *s);

/* Runs the connection until it would block. All models call this. Returns what
 * it waits for; fd < 0: it has ended, and is to be dropped. */
struct wait conn_step(struct conn *c, struct serving *s);

/* For the last gap ms no process ran that could serve it, since one died or was
 * stopped: makes its deadline later by that, and SILENCE_MS count from now. The
 * deadline may come from a dead worker's journal, so it is made no later than
 * the longest that there is. */
void conn_delay(struct conn *c, const struct serving *s, int64_t gap);

/* Has the client something to take, such as an answer, or to give, such as the
 * rest of a request? */
bool conn_is_busy(const struct conn *c);

/* Has it been busy for a while, at less than min_rate? To be called every
 * CONN_PACE_MS or more often. anew: it is taken not to have been busy until
 * now. */
enum { CONN_PACE_MS = 1000 };
bool conn_is_slow(struct conn *c, const struct serving *s, bool anew);

/* May another client have its place? It may if no answer is being sent and no
 * echo is spoken: the connection is idle, has sent a part of a head, sends a
 * body that was answered already, or has had its last answer. Not before it had
 * CONN_MOMENT_MS for a whole request. The driver takes the one that has been
 * longest without a request first. */
enum { CONN_MOMENT_MS = 250 };
bool conn_gives_way(const struct conn *c);

/* Gives back everything the connection holds. */
void conn_drop(struct conn *c, struct serving *s);

/* For services: */

/* Adds to the counts of the scoreboard, after this step. */
void conn_count(
    const struct conn *c, struct serving *s, enum board_count what, uint64_t n);

/* Adds 1 at once: the count stays if the executor dies during the rest of the
 * step. */
void
conn_count_one(const struct conn *c, struct serving *s, enum board_count what);

/* As input_receive() (stream/input.h), and counts the bytes. */
int64_t conn_receive(struct conn *c, struct serving *s, bool *all);

/* Draining, and nothing is owed to the client: may it be let go? One that has
 * only just come gets a moment to say what it wants. */
bool conn_may_leave(const struct conn *c, const struct serving *s);

/* Ends the connection: shuts down the server's side. linger: reads on until the
 * client has ended its side, too, for a while; else it is finished at once. */
struct wait conn_finish(struct conn *c, struct serving *s, bool linger);

/* What a step returns: wait for these events of poll(2) at the client's socket;
 * also for those at the descriptor of the service's own; or it has ended. */
struct wait conn_wait(const struct conn *c, short events);
struct wait conn_wait_own(const struct conn *c, short events, short own);
struct wait conn_done(void);

#endif
