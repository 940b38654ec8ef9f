/*
 * roll.h - who is who in a server, as its verbose log tells.
 *
 * Pure: lines in, a table out. The log knows the pids of workers and standbys,
 * the states of the slots and how many clients each has, in every model and on
 * every system; so nobody needs a right on another's process, a /proc, or a
 * title. Deaths and takeovers are counted as they are told.
 */
#ifndef SHOW_ROLL_H
#define SHOW_ROLL_H

#include <stdbool.h>
#include <stdint.h>

enum { ROLL_SLOTS = 512, ROLL_STATE = 12 };

struct roll_slot {
	char state[ROLL_STATE]; /* "serving"; empty: not in use */
	long pid;		/* who serves in it; 0: nobody */
	long standby;		/* 0: none that is known */
	long clients;
	int64_t since;	   /* ms: when pid was told */
	unsigned restarts; /* how many served in it before */
};

struct roll {
	struct roll_slot slot[ROLL_SLOTS];
	int slots;		/* slot[0..slots-1] have been spoken of */
	bool standbys;		/* each slot is to have one */
	bool ready;		/* it was said */
	int port;		/* on 127.0.0.1; 0: not yet said */
	uint64_t deaths;	/* of those who serve, by fault or by force */
	uint64_t takeovers;	/* planned ones too */
	uint64_t kept, dropped; /* clients, by takeovers */
	uint64_t lost;		/* clients, by deaths without a takeover */
};

/* standbys: are there to be any? The log may deny it. */
void roll_init(struct roll *r, bool standbys);

enum roll_line {
	ROLL_NOTED, /* it is in the table; too much for people */
	ROLL_NEWS   /* what people want to read */
};

/* Takes a line without its newline. now: ms. */
enum roll_line roll_hear(struct roll *r, const char *line, int64_t now);

/* Is everybody there who is to be? */
bool roll_whole(const struct roll *r);

/* Of all slots. */
unsigned roll_restarts(const struct roll *r);

#endif
