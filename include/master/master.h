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

#include "master/config.h"
#include "master/succeed.h"

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
