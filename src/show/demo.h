/*
 * demo.h - the show: a server, its clients, and what is done to them.
 *
 * Private to demo_main.c (beginning and end), demo.c (the loop and the phases),
 * screen.c (what it looks like), verdict.c (what came of it), act.c (what keys
 * break), demo_program.c (what the server runs), demo_clients.c and
 * demo_state.c (what is known and told), each of
 * which calls only those behind it. One thread, one loop that waits in poll(2)
 * for the server's log, the clients, the keys and the signals. Which process
 * serves where is known from the log alone: see server_log.h. That an act has
 * come to its end is known from three things, none of them a pause: the log
 * names others in place of those that were killed; it names all that are to be
 * there; and after that every client has been given bytes that it asked for.
 */
#ifndef SHOW_DEMO_H
#define SHOW_DEMO_H

#include <stdarg.h>

#include "base/log.h"
#include "bench/cleanup.h"
#include "bench/clients.h"
#include "bench/instance.h"
#include "canvas.h"
#include "server_log.h"

struct heap;

/* The clients, each of whose bytes is verified. Some echo: they send a message
 * of random size, wait until it has come back, rest for a while and send the
 * next. Others download the same file again and again, slowly, so that there is
 * always one in its middle. */
struct demo_client {
	struct client client;
	bool lost;   /* it was, and is not back */
	bool begun;  /* a round trip since the last demo_clients_mark() */
	bool proven; /* and its bytes have come */
	uint64_t random;
};

struct demo_clients {
	struct clients all; /* first: what is told of them is told of these */
	const struct dial *dial; /* of the echoes */
	struct dial narrow;	 /* of the downloads */
	int64_t patience;	 /* ms without a byte that is due: it is lost */
	int count;
	struct demo_client *one; /* count of them; its index is its tag */
	struct heap *due;
	char request[256];
	bool parting;
};

/* What the command line asked for. */
struct demo_choice {
	const char *server;
	int model; /* of demo_models */
	int64_t workers, clients, downloads, timeout;
	bool automatic, no_standby;
};

/* What a model has done to its clients so far. */
struct score {
	bool shown;
	uint64_t acts, deaths, kept, lost, wrong, verified;
};

/* What is to come of an act. */
enum stage {
	STAGE_SETTLED, /* nothing is under way */
	STAGE_EFFECT,  /* others are to serve, and all to be there */
	STAGE_PROOF    /* every client is to be given its bytes */
};

enum demo_phase {
	DEMO_STARTING, /* the server is not ready */
	DEMO_SHOWING,
	DEMO_PARTING, /* the clients end in order */
	DEMO_STOPPING /* the server ends */
};

/* One that sends a command to break the server. */
struct culprit {
	struct link link;
	const char *command;
	bool stays; /* it is not ended by anything */
};

enum {
	DEMO_CULPRITS = 4,
	DEMO_MODELS = 4,
	DEMO_NEWS = 32,
	DEMO_NEWS_LINE = 200,
	DEMO_STUCK = 300, /* ms without a byte that is due: it is seen */
	DEMO_PATH = 4096, /* bytes of a path, as in PATH_MAX */
	DEMO_FILE_BYTES = 4 << 20 /* more than a server can have sent ahead */
};

/* The file that is downloaded: its name, and which bytes it has. */
#define DEMO_FILE "download"
#define DEMO_FILE_STREAM UINT64_MAX

struct demo {
	const struct demo_choice *choice;
	int model; /* of demo_models */
	enum demo_phase phase;
	bool quitting;	    /* after DEMO_STOPPING */
	bool screen;	    /* a terminal is drawn on; else lines are told */
	bool over;	    /* and that is all */
	const char *script; /* the next key; NULL: they come from a person, or
			     * through a pipe */
	bool person;	    /* keys are obeyed at once; else when settled */
	bool listening;	    /* standard input is polled */
	int signo;	    /* which ended us; or 0 */
	const char *broken; /* why there is nothing to be seen; or NULL */

	struct instance server;
	struct server_log log;
	struct demo_clients clients;
	struct dial dial;
	struct poller *poller;
	struct pattern *pattern;
	char dir[CLEANUP_PATH];
	char real[DEMO_PATH];	 /* the program that is shown */
	char program[DEMO_PATH]; /* the copy in dir that runs; or empty */
	bool keeper_killed;

	enum stage stage;
	const char *act;   /* its name; NULL: the first settling */
	int64_t acted;	   /* ms: when it was done */
	unsigned restarts; /* there are to be so many, at least */
	unsigned upgrades; /* of which so many are to have ended */
	long was_pid[LOG_SLOTS], was_standby[LOG_SLOTS]; /* 0: any will do */
	long was_master;				 /* the same */
	int last_hit; /* the slot that was hit last */
	struct culprit culprit[DEMO_CULPRITS];
	struct crowd culprits; /* their connections; their tags are behind
				* those of the clients */
	uint64_t lost_before;  /* of the clients, before the act */

	struct score score[DEMO_MODELS];
	int status; /* of the server, as of waitpid(2) */
	int64_t began, now;
	int64_t stopped; /* ms: when the server was told to end */
	int64_t drawn;	 /* ms */
	char news[DEMO_NEWS][DEMO_NEWS_LINE];
	unsigned newses;
	struct canvas canvas;
};

/* --- demo_main.c --- */

/* The command `prefork-show demo`; argv: what follows it, up to NULL. Blocks.
 * Returns the exit status. */
int demo_main(char **argv);

/* --- demo.c --- */

/* Signals are to be heard from now on. */
void demo_listen(struct demo *d);

/* Until it is over. */
void demo_run(struct demo *d);

/* --- demo_state.c --- */

extern const char *const demo_models[DEMO_MODELS + 1]; /* NULL last */

/* A line for people. */
void demo_say(struct demo *d, const char *fmt, ...) LOG_PRINTF(2, 3);
void demo_news(struct demo *d, const char *text);

/* The score of the model that is shown, with what has happened since. */
struct score demo_score(const struct demo *d);

/* --- act.c --- */

/* A key that breaks something. What it does is told; a key that means nothing
 * is passed over. */
void act_key(struct demo *d, char key);

/* Something has happened: is what was done coming to its end? */
void act_follow(struct demo *d);

/* The poller has news of a culprit. */
void act_culprit_event(struct demo *d, const struct poller_event *event);

/* "w worker  s standby ..." for the last rows of the screen. */
void act_draw_keys(struct canvas *v, int row);

/* The first process of the server that is left. */
pid_t act_server(const struct demo *d);

/* --- demo_program.c --- */

/* Makes the copy, and returns what is to be started. */
const char *demo_program(struct demo *d);

/* Puts a program in its place, a good one or a broken one. False: there is no
 * copy, or it could not be done. */
bool demo_program_put(struct demo *d, bool good);

/* --- demo_clients.c: nothing blocks, and nothing allocates once it is open ---
 */

/* Begins to connect d->clients to d->dial. 0; -1 with errno. */
int demo_clients_open(struct demo *d);

/* Does what is due, and returns when the next thing is. */
int64_t demo_clients_run(struct demo_clients *ds, int64_t now);

/* Time has passed in which they were not looked at: that counts for none. */
void demo_clients_forgive(struct demo_clients *ds, int64_t now);

/* From now on proofs are wanted: */
void demo_clients_mark(struct demo_clients *ds);

/* Are all there, and has each had bytes that it asked for since the mark? */
bool demo_clients_proven(const struct demo_clients *ds);

/* All end in order, downloads at full speed; one that is away stays away. */
void demo_clients_part(struct demo_clients *ds, int64_t now);
bool demo_clients_parted(const struct demo_clients *ds);

/* Closes all and frees. */
void demo_clients_close(struct demo_clients *ds);

/* --- screen.c --- */

void screen_draw(struct demo *d);

/* --- verdict.c --- */

/* The keys that show what a model promises. */
const char *verdict_script(const struct demo *d);

/* One line on standard output about the model; true if it is as promised. */
bool verdict_tell(const struct demo *d);

#endif
