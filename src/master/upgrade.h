/*
 * upgrade.h - the parts of an upgrade. Private to the four files that it names,
 * each of which calls only those that come before it here; the last is
 * upgrade.c, the stages, of which processes.h tells.
 */
#ifndef MASTER_UPGRADE_H
#define MASTER_UPGRADE_H

#include "processes.h"
#include "master/succeed.h"

/* For the keeper to begin its program. If that hangs the kernel kills it
 * before: if the master exited as well, neither would be left. */
enum { UPGRADE_KEEPER_MS = 1000 * SUCCEED_S + 3000 };

/* upgrade_outcome.c: how it ends. */

/* It is over: the other program is closed. */
void upgrade_end(struct master *m, bool failed);

/* It ends before anything has changed. */
void upgrade_refuse(struct master *m, const char *why);

/* All of it is to be undone; what cannot be stays as it is. */
void upgrade_call_off(struct master *m, const char *why);

/* upgrade_trial.c: a child tries the new program before anything is changed.
 * upgrade_records() hears what came of it. */

/* Begins the trial, or refuses. */
void upgrade_try(struct master *m);

/* upgrade_slots.c: slot after slot gets the program of this master. */
void upgrade_change_slots(struct master *m);
void upgrade_turn_slots(struct master *m);

#endif
