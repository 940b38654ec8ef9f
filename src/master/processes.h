/*
 * processes.h - the master's own table of its processes, and the files of this
 * room that work on it. Each calls only those that come before it here; last
 * comes master.c, the loop.
 *
 * What comes from the scoreboard or a pipe is hostile; what is believed is
 * what the kernel says and what stands here.
 */
#ifndef MASTER_PROCESSES_H
#define MASTER_PROCESSES_H

#include "master/master.h"

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "blame.h"
#include "slot.h"
#include "state.h"

enum {
	ABORT_MS = 1000, /* between two orders to die, each harder */
	TELL_MS = 100,	 /* between two messages about a slot's clients */
	LEAVING_MAX = 2 * BOARD_ROWS_MAX
};

/* What the master listens to, 0 last; its children take all back. */
extern const int master_signals[];

/* One end of a pipe or channel. What has its number by now may be another. */
struct end {
	int fd; /* -1: none */
	uint64_t file;
};

/* A process of ours. pid 0: none. */
struct child {
	pid_t pid;
	struct end ready; /* what it says comes here; none: nothing more will */
	struct end lifeline; /* open as long as we are there */
	int64_t born;
	int64_t served; /* clock_now() when it said that it serves, 0 before */
	bool stopped;	/* by SIGSTOP or its like */
	bool hung;	/* we ordered its death since it did not move */
	bool ordered;	/* we ordered its death for another reason */
	bool quit;	/* we told it to leave at once */
	bool retires;	/* it leaves as soon as a standby is known */
	bool accuses;	/* it may blame a client once, for the death before */
	bool excused;	/* it died, and not by its own doing */
};

/* What the log was last told about a slot. */
struct told {
	pid_t pid, standby;
	long clients;
	int64_t at;
	uint64_t layout;
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
	bool unrenewed; /* the next child does not begin its program anew: the
			 * last has come to nothing by that, for all we know */
	struct slot_history history;
	struct slot_history renewals; /* successors that came to nothing */
	struct slot_history standbys; /* that died by themselves */
	uint64_t given;		      /* rows_given() when it was born */
	int64_t deadline;
	int64_t rested; /* clock_now() when its standby may take over */
	struct told told;
};

/* One that is on its way out: told to finish while its successor serves
 * already, or a standby that is not needed. */
struct leaving {
	pid_t pid;
	struct end lifeline;
	int64_t deadline;
	bool quit; /* it was told to leave at once */
};

/* Lines of the access log that were lost, and of the event log. */
struct unlogged {
	uint64_t count; /* not yet told */
	int why;   /* errno of the last line of some executor, 0: all found room
		    */
	bool told; /* that some are lost just now */
	int64_t next;			  /* not to be told again before */
	uint32_t unheard[BOARD_ROWS_MAX]; /* what each row counted last */
	uint64_t seen[BOARD_ROWS_MAX];	  /* the same of the access log */
};

enum upgrade_stage {
	UPGRADE_NONE,
	UPGRADE_TRIAL,	/* a child tries the new program */
	UPGRADE_TEST,	/* and tests the arguments, for it is to begin afresh */
	UPGRADE_AFRESH, /* it does: the last stage of this master */
	UPGRADE_MASTER, /* the master is to begin it, or has just done so */
	UPGRADE_KEEPER, /* the keeper is to */
	UPGRADE_SLOTS,	/* slot after slot makes way */
	UPGRADE_PROOF	/* all have; it is seen whether they stay */
};

/* See master.h. */
struct upgrade {
	enum upgrade_stage stage;
	bool back;	  /* to the program before */
	int program;	  /* the number of the one that slots are to have */
	int slot;	  /* the one that was told to make way last */
	int tries;	  /* how often */
	int64_t deadline; /* of the stage, or of that slot */
	pid_t trial;
	struct end says; /* what it says */
	char version[32];
	bool replaced;	/* the master before has been told to end */
	uint32_t ended; /* how many came to an end, and how the last one did */
	bool failed;
};

/* How an order comes to a master that has a keeper. */
enum way { BY_SIGNAL, BY_MESSAGE, WAYS };

/* What a master has in its head. It holds no pointer but those two, which are
 * its own: the rest is what its successor goes on from (state.c). */
struct master {
	const struct master_config *config;
	struct state *state; /* NULL: nobody follows it */
	pid_t keeper;	     /* its parent, 0: none */
	uint64_t heard;	     /* the keeper's messages that were obeyed */
	/* clock_now() when this order came this way, and not yet the other
	 * way; 0: none */
	int64_t came[WAYS][SIGTERM + 1];
	pid_t zombie; /* it is dead, and yet to be reaped */
	bool blind;   /* and there are deaths that only a look shows */
	bool adopted; /* some are children of its parent, not its own */
	int slots;    /* in use or leaving: slot[0..slots-1] */
	int workers;  /* wanted */
	int rows;     /* of the scoreboard that were ever in use */
	int leavings; /* leaving[0..leavings-1] may be in use */
	struct blame_list blamed;
	struct upgrade upgrade;
	bool stopping;
	int64_t stops;	/* told to stop, and does so then; 0: it was not told */
	bool announced; /* that all is ready */
	bool reloading; /* and it was not said yet that all are renewed */
	bool unrenewed; /* the log knows that programs cannot be begun anew */
	uint64_t root;	/* what was said of it last, as in struct root */
	uint64_t root_seen; /* what an executor saw last, */
	int64_t root_at;    /* and clock_now() then */
	int64_t now;
	int64_t moved;	/* when a supervisor was last told of that */
	int64_t woke;	/* when nobody had run for a while before, 0: never */
	int64_t looked; /* when the beats were last looked at */
	struct slot slot[BOARD_ROWS_MAX];
	struct leaving leaving[LEAVING_MAX];
	struct unlogged unlogged;
};

/* state.c: what a master leaves to its successor. */

/* Writes down how things stand. What follows from something is written down
 * before that is forgotten: a message, a death, an order is looked at, obeyed,
 * this is called, and only then it is taken away. So the next master, if this
 * one is killed at any instruction, obeys all of them, and some twice. */
void state_write(const struct master *m);

/* Reads what was written down last. False: nothing was. */
bool state_read(struct master *m);

/* rows.c: the slots' rows of the scoreboard. The numbers are hostile. */

/* The slot's first row, and how many it has. */
int rows_first(const struct master *m, int index);
int rows_of_slot(const struct master *m);

/* How many clients the slot's rows speak of. */
long rows_clients(const struct master *m, int index);

/* How much the slot's clients were given so far: all that follows from it is
 * how soon the next child starts. */
uint64_t rows_given(const struct master *m, int index);

/* Has every executor of the slot moved within the timeout? */
bool rows_beat(const struct master *m, int index);

/* Process pid of the slot is dead and has no successor: its clients do not
 * count any more. */
void rows_end(const struct master *m, int index, pid_t pid);

/* One walk over all rows, for all that is to be read there now and then. */
void rows_read(struct master *m);

/* Tells people, by the scoreboard, how the slots are. */
void rows_show(const struct master *m);

/* Tells a verbose log the totals, as of the last walk. */
void rows_tell_totals(const struct master *m);

/* Logs what has become of the root, by the last walk, once for all. */
void rows_tell_of_root(struct master *m);

/* unlogged.c: lines of the logs that were lost. */

/* Part of the walk. */
void unlogged_read(struct master *m, int row);

/* Says how many lines of the event log were lost, as soon as there is room; and
 * that lines of the access log are lost, once for all executors; and, when
 * there is room again or all logs are opened again, how many were. */
void unlogged_tell(struct master *m);
void unlogged_reopened(struct master *m);

/* children.c: the slots' children. */

/* The name of a slot's child for the log: "worker 2", "thread pool". */
const char *children_name(const struct master *m, int index, char out[32]);

/* Tells a verbose log the pids of a slot's worker and standby and the number of
 * its clients: pids as soon as they have changed, clients now and then. */
void children_tell(struct master *m, int index);

/* Forks a child of that slot. 0; -1 with errno. */
int children_spawn(struct master *m, int index, struct child *child);

extern const struct end no_end;
extern const struct child no_child;

/* In a child, before it does anything else: what is the master's and other
 * slots' is nothing to it; but that one may stay, 0: none. */
void children_keep_out(int but);

/* Makes it no process; its pipes end. */
void children_forget(struct child *child);
void children_close_end(struct end *end);

/* The end that fd is. */
struct end children_end(int fd);

/* Is it a child of the master, or one that the master's parent took over from
 * a master before it? */
bool children_own(const struct master *m, pid_t pid);

/* Both do nothing where there is no process. An order is obeyed by one that was
 * stopped as well: it is continued, and before it is told, since a SIGCONT
 * takes back a SIGSTOP, such as that of a tracer (of a checker of leaks, too)
 * that looks at a process that leaves. */
void children_signal(const struct child *child, int signo);
void children_order(const struct child *child, int signo);

/* Remembers a process that leaves until it is dead; kills it at its deadline.
 */
void children_see_off(
    struct master *m, pid_t pid, struct end lifeline, int64_t deadline);

/* Puts the slot's child among those that leave in their own time. */
void children_let_leave(struct master *m, int index);

/* Ends the slot's successor, if it has one. */
void children_dismiss_successor(struct master *m, int index);

/* Why a child died, in words. */
const char *children_cause(char out[64], const struct child *child, int status);

/* The slot's child of that pid, NULL if it is none. */
struct child *children_find(struct master *m, pid_t pid);

/* standbys.c: the slots' standbys. */

/* What the master tells the slot's worker and standby, on the scoreboard. */
struct board_orders *standbys_orders(const struct master *m, int index);

/* Notes that pid, as the kernel says, reported as a standby of the slot. Of
 * several the last that the worker made stays, the others are ended. */
void standbys_note(struct master *m, int index, pid_t pid);

/* Takes the one that is expected for the slot's standby, although it has yet to
 * report: it may never do so, if it was stopped before. It can be woken, and it
 * is ended with the others. One is expected if none is known. */
void standbys_adopt(struct master *m, int index);

/* For a master that follows another: that one may have woken the slot's
 * standby, and died before it had written that down. */
void standbys_go_on(struct master *m, int index);

/* The slot's standby is dead. killed: not by its own doing. Asks for another,
 * at once or, when they keep dying, later. */
void standbys_lost(struct master *m, int index, bool killed);

/* Asks for one if the worker has made one that is not there any more. */
void standbys_check(struct master *m, int index);

/* Asks for one, now and then, where one is missing. */
void standbys_ask(struct master *m, int index);

/* Ends a standby that has nothing to stand by for, whether it has reported or
 * not. */
void standbys_dismiss(struct master *m, int index);

/* May the standby, or one that has yet to report, take over from the child
 * that has died of this? Writes down why it died; wakes the standby, which is
 * the child from then on. */
bool standbys_may_take_over(struct master *m, int index, int status);
enum death standbys_cause(const struct child *child, int status);
void standbys_write_cause(struct master *m, int index, int status);
void standbys_take_over(struct master *m, int index);

/* deaths.c */

/* Finds the dead process among ours (as PID 1 there are others') and takes it
 * off the table. True if it means something to a slot: which, and what. */
bool deaths_record(struct master *m, pid_t pid, int status, int *index,
    enum slot_event *event);

/* What is done with one that is dead. */
typedef void reaped_fn(struct master *m, pid_t pid, int status);

/* Where the keeper is gone, nobody tells of the deaths of those that it took
 * over: watches them, and tells of those that are dead. m->blind: some cannot
 * be watched, and are to be looked for now and then. */
void deaths_seek(struct master *m, reaped_fn *told);

/* actions.c: what the table of slots asks for, done. */

/* The event that renews a child: with standbys it makes way for one, and its
 * clients stay connected. */
enum slot_event actions_renewal(const struct master *m);

/* Lets the slot, or all slots, take this event, and those that follow from it
 * at once. Says when all are ready for the first time. */
void actions_handle(struct master *m, int index, enum slot_event event);
void actions_handle_all(struct master *m, enum slot_event event);

/* upgrade.c: another program in the place of this one. */

/* USR2. */
void upgrade_begin(struct master *m);

/* Goes on with it, as far as it can go. Before that is called all is written
 * down. */
void upgrade_turn(struct master *m);

/* clock_now() when the next such turn is due. */
int64_t upgrade_due(const struct master *m);

/* A master that follows one goes on with its upgrade. */
void upgrade_resume(struct master *m);

/* Is the dead process the trial? Then that is obeyed. */
bool upgrade_records(struct master *m, pid_t pid, int status);

/* A process is dead. If it is a slot's child, or successor, of the new program,
 * and has not left as it was told and was not killed from outside, the upgrade
 * is called off. To be called before anything is done about it. */
void upgrade_suspects(struct master *m, pid_t pid, int status);

/* The slot's child could not begin its program anew. False if there is no
 * upgrade that this is due to. */
bool upgrade_unchanged(struct master *m, int index);

/* The title of the master says how the last upgrade ended: `prefork --upgrade`
 * looks there. */
void upgrade_title(const struct master *m);

/* messages.c */

/* Takes one message of a child or of a standby of its. False if there is none:
 * for now, or for good since all that could write are gone. */
bool messages_read(struct master *m, int index, struct child *child);

/* notices.c: what the supervisor is told. */

/* All is ready; workers are being renewed, and notices_tend is to say when that
 * is done; the end has begun. */
void notices_ready(const struct master *m);
void notices_reloading(struct master *m);
void notices_stopping(const struct master *m);

/* To be called in each turn of the master, which is to come by then. */
void notices_tend(struct master *m);
int64_t notices_due(const struct master *m);

/* orders.c */

/* Obeys the signals that have come, to the keeper or, where there is none, to
 * the master itself; and reaps the dead. */
void orders_obey(struct master *m);

/* When there is something to do for an order given before, and doing it. */
int64_t orders_due(const struct master *m);
void orders_turn(struct master *m);

/* resume.c: a master that follows one that died. */

/* Goes on where a master that died was, by what it has written down and what
 * the kernel says. False: it had not begun. */
bool resume_master(struct master *m);

/* master.c */

/* A master, until it was told to stop and nobody is left: MASTER_ENDED. It
 * writes down how things stand in `state`, and goes on from there if something
 * stands there. keeper: its parent; 0, and NULL: none. */
enum { MASTER_ENDED = 42 };

int master_serve(
    const struct master_config *config, struct state *state, pid_t keeper);

#endif
