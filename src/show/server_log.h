/*
 * server_log.h - the processes of a server, as its verbose log tells of them.
 *
 * Pure: lines in, a table out. The log knows the pids of workers and standbys,
 * the states of the slots and how many clients each has, in every model and on
 * every system; so no right on another's process is needed, no /proc and no
 * title. Deaths and takeovers are counted as they are told.
 */
#ifndef SHOW_SERVER_LOG_H
#define SHOW_SERVER_LOG_H

#include <stdbool.h>
#include <stdint.h>

enum { LOG_SLOTS = 512, LOG_STATE = 12 };

struct log_slot {
	char state[LOG_STATE]; /* "serving"; empty: not in use */
	long pid;	       /* of the one that serves; 0: none */
	long standby;	       /* 0: none that is known */
	long clients;
	int64_t since;	   /* ms: when pid was told */
	unsigned restarts; /* how many served in it before */
};

struct server_log {
	struct log_slot slot[LOG_SLOTS];
	int slots;	   /* slot[0..slots-1] have been spoken of */
	long master;	   /* the pid of the one that can be killed, 0: none */
	bool standbys;	   /* each slot is to have one */
	bool ready;	   /* it was said */
	unsigned upgrades; /* that have ended, well or not */
	int port;	   /* on 127.0.0.1; 0: not yet said */
	uint64_t deaths;   /* of workers, by fault or by force */
	uint64_t kept;	   /* clients, by takeovers, planned ones too */
	uint64_t lost;	   /* clients, by deaths without a takeover */
};

/* standbys: are there to be any? The log may deny it. */
void server_log_init(struct server_log *r, bool standbys);

enum log_line {
	LOG_LINE_NOTED, /* it is in the table; too much for people */
	LOG_LINE_NEWS	/* what people want to read */
};

/* Takes a line without its newline. now: ms. */
enum log_line
server_log_hear(struct server_log *r, const char *line, int64_t now);

/* Are all there that are to be? */
bool server_log_whole(const struct server_log *r);

/* Of all slots. */
unsigned server_log_restarts(const struct server_log *r);

#endif
