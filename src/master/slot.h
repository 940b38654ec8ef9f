/*
 * slot.h - what is done with a slot, as a table. Pure: no fork, no clock, no
 * kill; the master (master.c) translates the world into events and actions
 * into system calls.
 */
#ifndef MASTER_SLOT_H
#define MASTER_SLOT_H

#include <stdbool.h>
#include <stdint.h>

enum slot_state {
	SLOT_EMPTY,    /* not in use */
	SLOT_STARTING, /* a child was forked and has not said that it serves */
	SLOT_SERVING,  /* it serves */
	SLOT_RENEWING, /* it serves, and its successor is starting */
	SLOT_TAKING,   /* a process was told to go on: the standby of a dead
			* child, or a child that was about to leave */
	SLOT_ABORTING, /* it hangs: SIGABRT was sent */
	SLOT_WAITING,  /* there is no process; the next start has to wait */
	SLOT_RESTING, /* it died, and the takeover by its standby has to wait */
	SLOT_LEAVING, /* it was told to finish, or to go; none follows */
	SLOT_STATES
};

enum slot_event {
	SLOT_START,  /* this slot is wanted */
	SLOT_READY,  /* the starting child serves */
	SLOT_DIED,   /* the child is dead; while renewing: the old one; while
		      * resting: the standby */
	SLOT_LEFT,   /* the child is dead, and a standby is there */
	SLOT_LOST,   /* while renewing: the successor is dead; a fork failed */
	SLOT_HUNG,   /* the child has not moved within the timeout */
	SLOT_DUE,    /* the slot's deadline has come */
	SLOT_RENEW,  /* replace the child by a fresh one */
	SLOT_RETIRE, /* the same, where a standby can take over */
	SLOT_LEAVE,  /* this slot is not wanted: finish what was begun */
	SLOT_STOP,   /* this slot is to be gone now */
	SLOT_EVENTS,
	SLOT_NO_EVENT = SLOT_EVENTS /* nothing follows */
};

enum slot_action {
	DO_NOTHING,
	DO_SPAWN,   /* fork a child */
	DO_WELCOME, /* it serves: note the time */
	DO_REPLACE, /* the successor serves: it is the child now, tell the
		     * old one to finish */
	DO_ADOPT,   /* the old one died first: the successor is the child */
	DO_TAKE,    /* wake the standby: it is the child now */
	DO_RETIRE,  /* SIGHUP: make way */
	DO_STAY,    /* go on after all: take new clients again */
	DO_LATER,   /* renew it when it serves: see slot_again() */
	DO_DISCARD, /* give up the successor, keep the child, and set the time
		     * of the next try */
	DO_ABORT,   /* SIGABRT, and a deadline */
	DO_KILL,    /* SIGKILL to the child; its standby goes on */
	DO_DRAIN,   /* SIGTERM, and a deadline: the grace */
	DO_QUIT,    /* SIGQUIT, and a short deadline; the second time SIGKILL:
		     * one that hosts others must get to end them first */
	DO_FREE,    /* no process is left: the slot is empty */
	DO_REST,    /* set the deadline of the takeover: slot_delay() */
	DO_WAIT	    /* set the deadline of the next start: slot_delay() */
};

enum { SLOT_ACTIONS = DO_WAIT + 1 };

struct slot_step {
	enum slot_state next;
	enum slot_action action;
};

/* Every cell of the table; a cell that cannot come about keeps the state and
 * does nothing, since events may arrive late. */
struct slot_step slot_next(enum slot_state state, enum slot_event event);

/* Is a renewal still due after that action in that state, if it was (again)
 * before? One that is asked for while a child is on its way to serve is not
 * lost, since the child may have begun before that: it is due when the slot
 * serves. One that came to nothing stays due until it is tried again: so a
 * child that is told to leave, and then to stay after all, is still renewed. */
bool slot_again(bool again, enum slot_state state, enum slot_action action);

/* How often a slot's children died and nothing had come of it. */
struct slot_history {
	int failures; /* in a row */
};

/* Counts a death. served: the child had said that it serves; well: it had given
 * a client something, or had served for SLOT_HEALTHY_MS. Returns how long to
 * wait before the next start, ms: 0 for the first few, then twice as long each
 * time, up to SLOT_DELAY_MAX. If it went well, all deaths before it are
 * forgotten. */
enum { SLOT_HEALTHY_MS = 10000, SLOT_DELAY_MIN = 100, SLOT_DELAY_MAX = 10000 };
int64_t slot_delay(struct slot_history *h, bool served, bool well);

/* The death that was counted last had a client to blame, and that is gone with
 * it: it says nothing about the next. */
void slot_excuse(struct slot_history *h);

/* Has an executor moved within the timeout (ms), if its row of the scoreboard
 * says that it last did at `beat`? That is a hostile number: a fault may have
 * written any other there, and then run for ever. */
bool slot_beats(int64_t now, int64_t beat, int64_t timeout);

const char *slot_state_name(enum slot_state state);
const char *slot_event_name(enum slot_event event);
const char *slot_action_name(enum slot_action action);

#endif
