/*
 * status.h - how the server is, told to people and programs. For src/service
 * alone.
 *
 * A service as a program would have one (prefork/service.h), which prefork
 * offers at listeners of its own: the clients that are accepted there speak
 * the status, from their record's first byte on, so that a takeover goes on
 * with it. All that it tells it reads from the scoreboard when it is asked.
 * What stands there is hostile: each field is read once, to a copy, and brought
 * into its range; what is written of it are numbers, and words of this program.
 *
 * No client of it is counted, and no answer to one, among those of the server.
 */
#ifndef SERVICE_STATUS_H
#define SERVICE_STATUS_H

#include <stdbool.h>
#include <stdint.h>

#include "prefork/service.h"
#include "service/conn.h"
#include "service/site.h"
#include "stream/board.h"

/* What the answers of the status are like: nothing of what the operator has set
 * for other answers. */
extern const struct site status_site;

/* What the status tells of. */
struct status {
	const struct board *board;
	const char *model;
	int64_t now; /* clock_now() */
	bool demo;   /* the page may break things */
};

/* Whether clients should come: "ready", or why not. */
enum status_readiness {
	STATUS_READY,
	STATUS_STARTING,
	STATUS_DRAINING,
	STATUS_IDLE /* no slot serves */
};

struct status status_now(const struct serving *s);

enum status_readiness status_readiness(const struct status *s);
extern const char *const status_words[];

/* One row, of a slot or of an executor in it. */
struct status_row {
	const char *state; /* in words */
	int32_t worker;	   /* pids, 0: none */
	int32_t standby;
	int64_t age; /* ms, 0: there is no worker */
	int32_t clients;
	bool serves;
	bool accepts;
	int32_t program; /* its number */
	uint64_t layout; /* 0: not known */
	uint32_t took;	 /* us, of its last takeover; 0: none */
};

/* How many rows there are, some of which may not be wanted any more: a total
 * has them all. */
int status_rows(const struct status *s);
void status_read(struct status_row *row, const struct status *s, int i);

/* ms since the start. */
int64_t status_uptime(const struct status *s);

/* The total of all rows. */
uint64_t status_total(const struct status *s, enum board_count what);

/* Words for what is counted, as Prometheus and JSON have them. */
struct status_word {
	const char *word;
	int of; /* enum board_count, enum death */
};

enum { STATUS_CLASSES = 4, STATUS_LIMITS = 5 };
extern const struct status_word status_classes[STATUS_CLASSES];
extern const struct status_word status_limits[STATUS_LIMITS];
extern const struct status_word status_deaths[DEATHS];

/* status_metrics.c: text for Prometheus, version 0.0.4 of that. */
void status_metrics(struct pf_reply *a, const struct status *s);

/* status_json.c */
void status_json(struct pf_reply *a, const struct status *s);

/* status_page.c */
void status_html(struct pf_reply *a, const struct status *s);

/* status_demo.c: the buttons of the page, what they do, and a download. */
void status_demo_form(struct pf_reply *a, const struct status *s);
void status_demo(const struct pf_request *q, struct pf_reply *a);
void status_demo_bytes(const struct pf_request *q, struct pf_reply *a);

/* status_events.c. All that is owed of the stream is sent. 1: the next event is
 * owed; 0: none is due yet, and it waits so; -1: it is over. */
int status_stream(struct conn *c, struct serving *s);
struct wait status_await(const struct conn *c);

#endif
