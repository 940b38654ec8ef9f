/*
 * keeper.h - between the keeper and its master. For src/master alone.
 */
#ifndef MASTER_KEEPER_H
#define MASTER_KEEPER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "master/succeed.h"
#include "worker/config.h"

struct state;

/* The keeper's channel to its masters, one after the other. A child of the
 * master has something else at these numbers. */
enum { FD_KEEPER_HEARD = FD_READY, FD_KEEPER_SAYS = FD_LIFELINE };

/* What a master says to its keeper by a signal, which obeys it from no other
 * process. The keeper may be of another program: their sequence stays. */
enum keeper_signal {
	KEEPER_READY,  /* tell the supervisor that all is ready */
	KEEPER_MOVES,  /* tell it that the master moves */
	KEEPER_AFRESH, /* begin the program at FD_OTHER afresh */
	KEEPER_CHANGE, /* begin it in the place of the keeper */
	KEEPER_SIGNALS
};

/* The signal that says it, as sigqueue(3) or as kill(2) sends it. */
int keeper_signo(enum keeper_signal what, bool queued);

/* Says it. If the queue of signals is full the keeper hears it all the same. */
void keeper_tell(pid_t keeper, enum keeper_signal what);

/* What the supervisor is told as its status. */
#define NOTICE_READY "ready"

/* One order; or the death of a child that the keeper took over from a master
 * that died. It stays in the channel until it was obeyed. By its number a
 * master that follows another knows whether it was. */
struct keeper_message {
	uint64_t number; /* from 1 on */
	int32_t pid;	 /* 0: an order */
	int32_t status;	 /* as of waitpid(2); of an order its signal */
};

/* In a keeper that has begun another program: ends the master of the program
 * before, and makes one of its own. Returns the exit status. */
int keeper_go_on(struct master_config *config, struct state *state,
    const struct successor *s);

#endif
