/*
 * master.h - the process that binds, spawns, reaps and decides.
 *
 * It touches no client byte, allocates nothing after it has begun, and waits in
 * one poll(2): for signals, for the keeper's messages, and for those of its
 * children. A table says what is to be done with a slot (slot.h); the other
 * files of this room do it (processes.h).
 *
 * An upgrade (USR2) puts another program in the place of this one: the one that
 * now lies where this one was started from. Keeper and master stay the
 * processes that they are. Each process that changes its program has another
 * one with the old program behind it. The stages:
 *
 *   trial    A child runs the new program, which tries all that it will need,
 *            and says from which state it can go on (master_answer_trial). If
 *            it is not fit, nothing changes.
 *   master   The master begins it by exec, and goes on from what is at
 *            FD_STATE. If it dies of that, the keeper makes a master of the
 *            old program.
 *   keeper   The keeper begins it, ends that master, and makes one of its own.
 *            If the keeper dies of it, the master goes on.
 *   slots    Slot after slot makes way: the standby that takes over begins the
 *            program that it has been given, with a holder behind it. Where
 *            there are no standbys a child of the new program takes the place
 *            of the old child, which finishes what it has begun.
 *   proof    All serve. If one dies of a fault now, the upgrade is undone: the
 *            same again, with the program before as the new one, and no trial.
 *
 * Without a keeper no process stands behind the master while it changes.
 *
 * A program that cannot go on from the state of this one begins afresh: the
 * keeper tests its arguments and then begins it as a user would, with this
 * server's listeners. This master has no keeper from then on. When the new
 * server is ready it tells this master to let its clients finish. That is not
 * undone.
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
	bool pools;   /* each executor serves many clients, and has a row of
		       * its own; there are as many as workers are wanted */
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
	int blames;	     /* in a minute, before a network is refused; 0: any
			      * number */
	bool in_place;	     /* this process was a master before the exec */
	bool keeper;	     /* there is to be one */
	int64_t grace;	     /* ms for a child that was told to finish */
	int64_t drain_delay; /* ms from SIGTERM until they are told to finish */
	char **argv;	     /* behind the program's name, NULL last */
	pid_t replaces;	  /* a master to be ended when all is ready, 0: none */
	const char *path; /* of the program to upgrade to; NULL: no upgrades */
	const char *version; /* of this program, */
	const char *state;   /* and of the state that it leaves and finds: one
			      * line each */

	/* The process that the user started calls this when it goes on with
	 * another program: it alone has the server's files to remove from then
	 * on. May be NULL. */
	void (*begun)(void);

	/* The master calls this when its keeper is dead. May be NULL. */
	void (*alone)(void);
};

/* Bytes of what a master leaves to the one that follows it. */
size_t master_state_size(void);

/* In the environment of a program that begins afresh: the pid of
 * master_config.replaces. */
#define MASTER_REPLACES "PREFORK_REPLACES"

/* What a program is to be that was begun in the place of another. */
enum role { ROLE_NONE, ROLE_TRIAL, ROLE_MASTER, ROLE_KEEPER };

struct successor {
	enum role role;
	int program;	   /* as in struct worker_config */
	pid_t other;	   /* of a master its keeper, of a keeper its master; 0:
			    * none */
	uint64_t messages; /* that the keeper has sent */
	unsigned orders;   /* that it has yet to pass on: bit i is
			    * master_signals[i] */
};

/* Do the arguments say that this program goes on as a master or a keeper, or
 * that it is tried? Then *s is what they say. ROLE_NONE: they do not. */
enum role successor_parse(int argc, char *const argv[], struct successor *s);

/* In the trial of an upgrade, when all that the program will need is there:
 * says on standard output the program's version and that of the state that it
 * can go on from. Returns the exit status. */
int master_answer_trial(const struct master_config *config);

/* Goes on as what it is to be: returns the exit status. From then on this
 * program is at FD_PROGRAM, and the one before it at FD_OTHER. */
int master_go_on(struct master_config *config, const struct successor *s);

/* Runs until told to stop: returns the exit status. The caller becomes the
 * keeper, and the master a child of it; or, without one, the master. */
int keeper_run(struct master_config *config);

#endif
