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

#include "master/config.h"

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

/* The signals that the master listens to, 0 last. */
extern const int master_signals[];

/* One end of a pipe or channel. By its inode a master that follows knows
 * whether that is still what has the number. */
struct end {
	int fd;	       /* -1: none */
	uint64_t file; /* the inode, 0: not known */
};

/* A process of ours. pid 0: none. */
struct child {
	pid_t pid;
	struct end ready;    /* its messages come here; none: there will be no
			      * more */
	struct end lifeline; /* open as long as master or keeper is there */
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
	int64_t standby_born;	/* clock_now() when we heard of it */
	int64_t ask;		/* clock_now() when one may be asked for */
	int failed;		/* takeovers in a row that came to nothing */
	bool fork_only; /* the next child does not begin its program anew, since
			 * that may be what the last one died of */
	struct slot_history history;  /* of its children, */
	struct slot_history renewals; /* of successors that came to nothing, */
	struct slot_history standbys; /* and of standbys */
	uint64_t given;		      /* rows_given() when the child was born */
	int64_t deadline;
	int64_t rested; /* clock_now() when its standby may take over */
	struct told told;
};

/* A process that is to leave and has no slot any more: a child whose successor
 * serves already, or a standby or a successor that is not needed. */
struct leaving {
	pid_t pid;
	struct end lifeline;
	int64_t deadline;
	bool quit; /* it was told to leave at once */
};

/* Lines of the access log that were lost, and of the event log. */
struct unlogged {
	uint64_t count; /* not yet told */
	int why;   /* errno of an executor whose last line was lost; 0: the last
		    * lines of all found room */
	bool told; /* the log has said that lines are being lost */
	int64_t next;			  /* not to be told again before */
	uint32_t unheard[BOARD_ROWS_MAX]; /* of the event log, as each row had
					   * it at the last look, */
	uint64_t seen[BOARD_ROWS_MAX];	  /* and of the access log */
};

enum upgrade_stage {
	UPGRADE_NONE,
	UPGRADE_TRIAL,	/* a child tries the new program */
	UPGRADE_TEST,	/* and tests the arguments, for it is to begin afresh */
	UPGRADE_AFRESH, /* it does: the last stage of this master */
	UPGRADE_MASTER, /* the master is to begin it, or has just done so */
	UPGRADE_KEEPER, /* the keeper is to */
	UPGRADE_SLOTS,	/* slot after slot makes way */
	UPGRADE_PROOF	/* all have; it waits whether one dies of it */
};

/* See master.h. */
struct upgrade {
	enum upgrade_stage stage;
	bool back;	  /* it is undone: back to the program before */
	int program;	  /* the number of the one that slots are to have */
	int slot;	  /* the slot that was told to make way last, */
	int tries;	  /* how often it was, */
	int64_t deadline; /* and its time; in other stages that of the stage */
	pid_t trial;	  /* the child that tries the new program, 0: none */
	struct end says;  /* what it says comes here */
	char version[32]; /* of the new program */
	bool replaced;	  /* master_config.replaces has been told to end */
	uint32_t ended;	  /* upgrades that came to an end; */
	bool failed;	  /* the last of them failed */
};

/* How an order comes to a master that has a keeper. */
enum way { BY_SIGNAL, BY_MESSAGE, WAYS };

/* All that a master knows. It holds no pointer but the first two, which are its
 * own: the master that follows it goes on from the rest (state.c). */
struct master {
	const struct master_config *config;
	struct state *state; /* NULL: no master follows this one */
	pid_t keeper;	     /* its parent, 0: none */
	uint64_t heard; /* the number of the keeper's message obeyed last */
	/* By signal number: clock_now() when an order came this way, and not
	 * yet the other way too; 0: none */
	int64_t came[WAYS][SIGTERM + 1];
	pid_t zombie; /* the dead process that is being recorded, 0: none */
	bool blind;   /* some deaths are not told of: see deaths_seek() */
	bool adopted; /* some processes are children of its parent */
	int slots;    /* in use or leaving: slot[0..slots-1] */
	int workers;  /* wanted */
	int rows;     /* of the scoreboard that were ever in use */
	int leavings; /* leaving[0..leavings-1] may be in use */
	struct blame_list blamed;
	struct upgrade upgrade;
	bool stopping;
	int64_t stops;	/* clock_now() when the drain delay ends; 0: no delay */
	bool announced; /* the log has said that all is ready */
	bool reloading; /* the supervisor is to hear when all are renewed */
	bool no_exec_told;  /* the log has said that no program begins anew */
	uint64_t root;	    /* what the log has said of it, as in struct root */
	uint64_t root_seen; /* what an executor saw of it last, */
	int64_t root_at;    /* and clock_now() then */
	int64_t now;	    /* clock_now(), as are the next ones: */
	int64_t moved;	    /* when the supervisor last heard that it moves */
	int64_t ask_keeper; /* when it may be asked again to change its program
			     */
	int64_t woke;	    /* when it last ran again after a pause in which
			     * nobody ran, 0: never */
	int64_t looked;	    /* when the beats were last looked at */
	struct slot slot[BOARD_ROWS_MAX];
	struct leaving leaving[LEAVING_MAX];
	struct unlogged unlogged;
};

/* state.c: what a master leaves to the one that follows it. */

/* Writes down all that it knows. A message, a death or an order is looked at
 * and obeyed, then this is called, and only then it is taken away. So if this
 * master is killed at any instruction, the next one obeys all of them, some
 * twice. */
void state_write(const struct master *m);

/* Reads what was written down last. False: nothing was. */
bool state_read(struct master *m);

/* rows.c: the slots' rows of the scoreboard. The numbers are hostile. */

/* The slot's first row, and how many it has. */
int rows_first(const struct master *m, int index);
int rows_of_slot(const struct master *m);

/* How many clients the slot's rows speak of. */
long rows_clients(const struct master *m, int index);

/* A number that changes when the slot's clients are given something. All that
 * follows from it is how soon the next child starts. */
uint64_t rows_given(const struct master *m, int index);

/* Has every executor of the slot moved within the timeout? */
bool rows_beat(const struct master *m, int index);

/* Process pid of the slot is dead, and no other goes on with its clients: they
 * do not count any more. */
void rows_end(const struct master *m, int index, pid_t pid);

/* Reads all rows: adds up their counts, and notes what they say of the root and
 * of lines that were lost. */
void rows_read(struct master *m);

/* Writes to the scoreboard how the slots are, for the status. */
void rows_show(const struct master *m);

/* Tells a verbose log the totals, as of the last rows_read. */
void rows_tell_totals(const struct master *m);

/* Logs what has become of the root, once for all executors. */
void rows_tell_of_root(struct master *m);

/* unlogged.c: lines of the logs that were lost. */

/* Adds what that row's executor has lost since the last time. */
void unlogged_read(struct master *m, int row);

/* Logs how many lines of the event log were lost, as soon as it has room. Logs
 * that lines of the access log are being lost, once for all executors, and how
 * many were when there is room again, or all logs have been opened again. */
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

/* In a child, before it does anything else: closes the descriptors that are the
 * master's and other slots', except for that one, 0: none. */
void children_close_masters(int except);

/* The child is gone: closes its pipes and clears the rest. */
void children_forget(struct child *child);
void children_close_end(struct end *end);

/* What is open at fd, as an end. */
struct end children_end(int fd);

/* Is it a child of the master, or one that the master's parent took over from
 * a master before it? */
bool children_own(const struct master *m, pid_t pid);

/* Both do nothing where there is no process. A process that is stopped obeys an
 * order, too, since it is continued. That comes first: a SIGCONT after the
 * order would cancel the SIGSTOP of a tracer (as of a checker for leaks) that
 * attaches to a process which leaves. */
void children_signal(const struct child *child, int signo);
void children_order(const struct child *child, int signo);

/* Adds a process to those that leave: it is killed at the deadline, unless it
 * is dead by then. */
void children_add_leaving(
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

/* Notes that this process, as the kernel says, has reported as a standby of the
 * slot. Of several the one that the worker made last stays; others are
 * ended. */
void standbys_note(struct master *m, int index, pid_t pid);

/* If the slot has no standby that is known, but one has been made and has yet
 * to report, that is the slot's standby from now on: it may have been stopped
 * before it could report. So it can be woken, or ended. */
void standbys_adopt(struct master *m, int index);

/* For a master that follows another: that one may have woken the slot's
 * standby, and died before it had written that down. */
void standbys_go_on(struct master *m, int index);

/* The slot's standby is dead. killed: not by its own doing. Asks the worker for
 * another, at once or, when they keep dying, later. */
void standbys_lost(struct master *m, int index, bool killed);

/* When the worker comes to serve: asks for a standby if it has made one that is
 * not there any more. */
void standbys_check(struct master *m, int index);

/* Asks for a standby where one is missing, not more than once a second. */
void standbys_ask(struct master *m, int index);

/* Ends the slot's standby, whether it has reported or not. */
void standbys_dismiss(struct master *m, int index);

/* May the standby, or one that has yet to report, take over from the child that
 * has died with that status? */
bool standbys_may_take_over(struct master *m, int index, int status);

/* Why did it die? The same, written to the scoreboard for the standby. */
enum death standbys_cause(const struct child *child, int status);
void standbys_write_cause(struct master *m, int index, int status);

/* Wakes the standby, which is the slot's child from then on. */
void standbys_take_over(struct master *m, int index);

/* deaths.c: which process has died, and what that means. */

/* Finds the dead process among ours (as PID 1 there are others') and takes it
 * off the table. True if it means something to a slot: which, and what. */
bool deaths_record(struct master *m, pid_t pid, int status, int *index,
    enum slot_event *event);

/* What is done about a process that has died. */
typedef void reaped_fn(struct master *m, pid_t pid, int status);

/* For a master without a keeper: watches the processes that are not its own
 * children, and calls `told` for those that have died. m->blind: some cannot be
 * watched, so this has to be called now and then. */
void deaths_seek(struct master *m, reaped_fn *told);

/* actions.c: what the table of slots asks for, done. */

/* The event that renews a child: with standbys it makes way for one, and its
 * clients stay connected. */
enum slot_event actions_renewal(const struct master *m);

/* Does what the table says of this event in the slot, or in all slots, and of
 * those that follow from it at once. Logs it when all are ready for the first
 * time. */
void actions_handle(struct master *m, int index, enum slot_event event);
void actions_handle_all(struct master *m, enum slot_event event);

/* upgrade.c: another program in the place of this one. */

/* USR2. */
void upgrade_begin(struct master *m);

/* Goes on with the upgrade, as far as it can go now. To be called after
 * state_write(). */
void upgrade_turn(struct master *m);

/* clock_now() when the next such turn is due. */
int64_t upgrade_due(const struct master *m);

/* A master that follows one goes on with its upgrade. */
void upgrade_resume(struct master *m);

/* Is the dead process the trial? Then that is obeyed. */
bool upgrade_records(struct master *m, pid_t pid, int status);

/* A process is dead. If it is a slot's child or successor of the new program,
 * and neither left as it was told nor was killed from outside, the upgrade is
 * called off. To be called before anything else is done about the death. */
void upgrade_suspects(struct master *m, pid_t pid, int status);

/* The slot's child could not begin its program anew. False if there is no
 * upgrade that this is due to. */
bool upgrade_unchanged(struct master *m, int index);

/* A slot that was leaving is wanted after all: if it was passed over by an
 * upgrade meanwhile, it gets the program of this master when it serves. */
void upgrade_catches_up(struct master *m, int index);

/* The title of the master says how the last upgrade ended: `prefork --upgrade`
 * looks there. */
void upgrade_title(const struct master *m);

/* messages.c: what children and standbys report. */

/* Takes one message of a child, or of one of its standbys. False if there is
 * none: for now, or for good, since all that could write are gone. */
bool messages_read(struct master *m, int index, struct child *child);

/* notices.c: what the supervisor is told. */

/* All is ready. All workers are being renewed; when that is done notices_tend
 * says so. The end has begun. */
void notices_ready(const struct master *m);
void notices_reloading(struct master *m);
void notices_stopping(const struct master *m);

/* To be called in each turn; clock_now() when the next turn is due. */
void notices_tend(struct master *m);
int64_t notices_due(const struct master *m);

/* orders.c: signals to the server, and the reaping of the dead. */

/* Obeys the signals that have come, to the keeper or, where there is none, to
 * the master itself; and reaps the dead. */
void orders_obey(struct master *m);

/* clock_now() when something is to be done for an order that was given before;
 * does it, if it is due. */
int64_t orders_due(const struct master *m);
void orders_turn(struct master *m);

/* For a master that follows another: the interpreter of a script that has begun
 * this program may have reaped who died meanwhile. As if killed from outside.
 */
void orders_miss(struct master *m);

/* resume.c: a master that follows one that died. */

/* Goes on where a master that died was, by what it has written down and what
 * the kernel says. False: it had not begun. */
bool resume_master(struct master *m);

/* master.c: the loop. */

/* Runs as a master until it was told to stop and no process is left. Goes on
 * from `state`, if a master before has left something there, and leaves its own
 * there. keeper: its parent; 0, and state NULL: none. Returns the exit status:
 * MASTER_ENDED where there is a keeper, else 0. */
enum { MASTER_ENDED = 42 };

int master_serve(
    const struct master_config *config, struct state *state, pid_t keeper);

#endif
