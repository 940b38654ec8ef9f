/*
 * master.h - the process that binds, spawns, reaps and decides.
 *
 * It touches no client byte, allocates nothing after it has begun, and waits
 * in one poll(2) on its self-pipe and on the pipes of children that are about
 * to serve. What shall be done is in slot.h; here it is done.
 *
 * USR2 puts another program in the place of this one, the one that lies now
 * where this one was started from. Keeper and master stay the processes that
 * they are. Each process that changes has another with the old program behind
 * it:
 *
 *   trial    A child runs the new program, which tries all that it will need,
 *            and says which state it understands (UPGRADE_SAYS). Nothing has
 *            changed yet, and nothing does if it is not fit.
 *   master   The master begins it by exec, and goes on from what is at
 *            FD_STATE. If it dies of that, the keeper makes one of the old.
 *   keeper   The keeper begins it, and makes a master of its own kind. The one
 *            before it goes on if the keeper dies of it.
 *   slots    Slot after slot makes way: the standby that takes over begins the
 *            program that it has been given, with a holder behind it. Where
 *            there are no standbys a child of the new program takes the place
 *            of the old, which finishes what it has begun.
 *   proof    All serve; if one dies of a fault now, all that is undone.
 *
 * A program that cannot go on from the state of this one (afresh) is begun by
 * the keeper as a user would, with this server's listeners, and a test of its
 * arguments before. When it is ready, the master here, which has no keeper any
 * more, is told to let its clients finish. That is not undone.
 *
 * To undo it is to do it again, with the program before as the new one and no
 * trial. Without a keeper the master changes with nobody behind it.
 */
#ifndef MASTER_MASTER_H
#define MASTER_MASTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "worker/worker.h"

/* A model: what the children are, and how many the master keeps. */
struct model {
	const char *name;
	const char *child; /* what one is called in the log */
	const char *title; /* its short name in ps(1) */
	worker_body *body;
	int children; /* 0: one for each worker; 1: one holds them all */
	bool pools;   /* its executors serve many clients each: there are as
		       * many as workers are wanted, with a row each */
	bool threads; /* its executors are threads of the child */
	bool standby; /* a child may have one */
	int clients;  /* the default of --max-clients */
};

/* All of them; and their names in the same order, NULL last. */
extern const struct model models[];
extern const char *const model_names[];

struct master_config {
	const struct model *model;
	struct worker_config worker;
	struct listeners *listeners;
	int workers;
	int blames;    /* in a minute, before a network is refused; 0: any */
	bool in_place; /* this process was a master before */
	bool keeper;   /* another master follows one that dies */
	int64_t grace; /* ms for a child that was told to finish */
	int64_t drain_delay; /* ms from SIGTERM until they are told to */
	void (*begun)(void); /* by the process that the user started, when it
			      * goes on with another program and none has the
			      * one before it any more; may be NULL */
	char **argv;	     /* behind the program's name, NULL last */
	pid_t replaces;	  /* a master to be ended when all is ready, 0: none */
	const char *path; /* where a program that follows this one lies, NULL:
			   * none can */
	const char *version; /* of this program, and of the state that it leaves
			      * and finds: one line */
	const char *state;
	void (*alone)(void); /* the master calls it when its keeper is dead */
};

/* Bytes of what a master leaves to its successor. */
size_t master_state_size(void);

enum { UPGRADE_HELLO = 96 };

/* In the environment: as in struct master_config. */
#define MASTER_REPLACES "PREFORK_REPLACES"

/* What a program says on standard output when it is tried: its version, and
 * that of the state that it can go on from. */
#define UPGRADE_SAYS "prefork %31s state %31s"

/* A program that was begun in the place of another, by its arguments: what it
 * is to be. */
enum role { ROLE_NONE, ROLE_TRIAL, ROLE_MASTER, ROLE_KEEPER };

struct successor {
	enum role role;
	int program;	   /* its number */
	pid_t other;	   /* of a master its keeper, of a keeper its master; 0:
			    * none */
	uint64_t messages; /* that the keeper has sent */
	unsigned orders;   /* that it has yet to pass on */
};

enum role successor_parse(int argc, char *const argv[], struct successor *s);

/* Goes on as what it is to be: returns the exit status. Before that the program
 * before it is put at FD_OTHER, and this one at FD_PROGRAM. */
int master_go_on(struct master_config *config, const struct successor *s);

/* Runs until told to stop: returns the exit status. The caller becomes the
 * keeper, and the master a child of it; or, without one, the master. */
int keeper_run(struct master_config *config);

#endif
