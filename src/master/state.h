/*
 * state.h - memory for what a master leaves to its successor (processes.h has
 * what is in it). For src/master alone.
 */
#ifndef MASTER_STATE_H
#define MASTER_STATE_H

struct state;

/* NULL with errno. Children of the process have it as well, until they say that
 * they forget it. */
struct state *state_new(void);
void state_forget(struct state *state);

#endif
