/*
 * family.h - the master's own table of its processes, between the files of
 * this room: children.c, standbys.c, deaths.c, and master.c which decides.
 *
 * What comes from the scoreboard or a pipe is hostile; what is believed is
 * what the kernel says and what stands here.
 */
#ifndef MASTER_FAMILY_H
#define MASTER_FAMILY_H

#include "master/master.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "master/blame.h"
#include "master/slot.h"

enum {
	ABORT_MS = 1000, /* between two orders to die, each harder */
	TELL_MS = 100,	 /* between two words about a slot's clients */
	LEAVERS = 2 * BOARD_ROWS_MAX
};

/* What the master listens to, 0 last; its children take all back. */
extern const int master_signals[];

/* A process of ours. pid 0: none. */
struct child {
	pid_t pid;
	int ready;    /* what it says comes here; -1: nothing more will */
	int lifeline; /* open as long as we are there */
	int64_t born;
	int64_t served; /* clock_now() when it said that it serves, 0 before */
	bool stopped;	/* by SIGSTOP or its like */
	bool hung;	/* we ordered its death since it did not move */
	bool ordered;	/* we ordered its death for another reason */
	bool quit;	/* we told it to leave at once */
	bool retires;	/* it leaves as soon as a standby is known */
	bool accuses;	/* it may say once who killed the one before it */
	bool excused;	/* it died, and not by its own doing */
};

/* What was last told about a slot, for who watches the log. */
struct told {
	pid_t pid, standby;
	long clients;
	int64_t at;
};

struct slot {
	enum slot_state state;
	bool again; /* a renewal is due when it serves: slot_again() */
	struct child child;
	struct child successor; /* while renewing */
	pid_t standby;		/* 0: none that we know of */
	int64_t standby_born;	/* or heard of */
	int64_t ask;		/* clock_now() when one may be asked for */
	int failed;		/* takeovers in a row that came to nothing */
	struct slot_history history;
	struct slot_history renewals; /* successors that came to nothing */
	struct slot_history standbys; /* that died by themselves */
	uint64_t given;		      /* family_given() when it was born */
	int64_t deadline;
	int64_t rested; /* clock_now() when its standby may take over */
	struct told told;
};

/* One that is on its way out: told to finish while its successor serves
 * already, or a standby that is not needed. */
struct leaver {
	pid_t pid;
	int lifeline;
	int64_t deadline;
	bool quit; /* it was told to leave at once */
};

/* Lines of the access log that were lost, and of the event log. */
struct unlogged {
	uint32_t unheard[BOARD_ROWS_MAX]; /* what each row counted last */
	uint64_t seen[BOARD_ROWS_MAX];	  /* the same of the access log */
	uint64_t count;			  /* not yet told */
	bool told;			  /* that some are lost just now */
	int64_t next;			  /* not to be told again before */
};

struct master {
	const struct master_config *config;
	struct slot slot[BOARD_ROWS_MAX];
	int slots;   /* in use or leaving: slot[0..slots-1] */
	int workers; /* wanted */
	struct leaver leaver[LEAVERS];
	struct blame_list blamed;
	bool stopping;
	bool announced; /* that all is ready */
	struct unlogged unlogged;
	uint64_t root; /* what was said of it last, as in struct root */
	int64_t root_at;
	int64_t now;
	int64_t looked; /* when the hearts were last looked at */
};

/* The slot's first row of the scoreboard, and how many it has. */
int family_first_row(const struct master *m, int index);
int family_rows(const struct master *m);

/* How many clients the slot's rows speak of: hostile numbers. */
long family_clients(const struct master *m, int index);

/* How much the slot's clients were given so far. Hostile numbers: all that
 * follows from them is how soon the next child starts. */
uint64_t family_given(const struct master *m, int index);

/* The name of a slot's child for the log: "worker 2", "thread pool". */
const char *family_name(const struct master *m, int index, char out[32]);

/* Tells a verbose log who serves a slot, who stands by, and for how many
 * clients: pids as soon as they have changed, clients now and then. */
void family_tell(struct master *m, int index);

/* Forks a child of that slot. 0; -1 with errno. */
int family_spawn(struct master *m, int index, struct child *child);

/* Makes it nobody; its pipes end. */
void family_forget(struct child *child);
void family_close_end(int *fd);

/* Both do nothing where there is no process. An order is obeyed by one that was
 * stopped as well: it is continued. */
void family_signal(const struct child *child, int signo);
void family_order(const struct child *child, int signo);

/* Remembers one that leaves until it is dead; kills it at its deadline. */
void
family_see_off(struct master *m, pid_t pid, int lifeline, int64_t deadline);

/* Puts the slot's child among those that leave in their own time. */
void family_let_leave(struct master *m, int index);

/* Ends the slot's successor, if it has one. */
void family_dismiss_successor(struct master *m, int index);

/* The master's word to the slot's standby on the scoreboard. */
struct board_word *family_word(const struct master *m, int index);

/* Notes that pid, by the kernel's word, spoke as a standby of the slot. Of
 * several the last that the worker made stays, the others are ended. */
void family_note_standby(struct master *m, int index, pid_t pid);

/* None is known, but by the slot's row one was made and has yet to speak. The
 * row is hostile: more than a short wait is not to depend on it. */
bool family_expects_standby(const struct master *m, int index);

/* The slot's standby is dead. killed: not by its own doing. Asks for another,
 * at once or, when they keep dying, later. */
void family_lose_standby(struct master *m, int index, bool killed);

/* Asks for one if the worker has made one that is there no more. */
void family_mourn_standby(struct master *m, int index);

/* Asks for one, now and then, where one is missing. */
void family_miss_standby(struct master *m, int index);

/* Ends a standby that has nothing to stand by for. */
void family_dismiss_standby(struct master *m, int index);

/* May the standby, or one that has yet to speak, take over from the child
 * that has died of this? Writes
 * down why it died; wakes the standby, which is the child from then on. */
bool family_may_take_over(struct master *m, int index, int status);
void family_write_cause(struct master *m, int index, int status);
void family_take_over(struct master *m, int index);

/* Says how many lines of the event log were lost, as soon as there is room; and
 * that lines of the access log are lost, once for all executors; and, when
 * there is room again or all logs are opened again, how many were. */
void family_look_at_logs(struct master *m);
void family_forget_unlogged(struct master *m);

/* Why a child died, in words. */
const char *family_cause(char out[64], const struct child *child, int status);

/* The slot's child of that pid, NULL if it is none. */
struct child *family_child(struct master *m, pid_t pid);

/* Finds the dead one among ours (as PID 1 there are others') and takes it off
 * the table. True if it means something to a slot: which, and what. */
bool family_bury(struct master *m, pid_t pid, int status, int *index,
    enum slot_event *event);

/* The standby that the slot's clients wait for did not come. */
void family_give_up(struct master *m, int index);

#endif
