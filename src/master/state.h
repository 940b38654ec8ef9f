/*
 * state.h - memory for what a master leaves to its successor (processes.h has
 * what is in it). For src/master alone.
 */
#ifndef MASTER_STATE_H
#define MASTER_STATE_H

struct state;

/* At FD_STATE, where there are files without a name. NULL with errno. Children
 * of the process have it as well, until they say that they forget it. */
struct state *state_new(void);
void state_forget(struct state *state);

/* What a program before this one has left at FD_STATE. NULL with errno. */
struct state *state_find(void);

/* Every end of a pipe that a master remembers is below FD_CLIENTS and so many,
 * and there are no more of them. */
enum { STATE_ENDS_MAX = 4096 };

#endif
