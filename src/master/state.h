/*
 * state.h - memory for what a master leaves to the one that follows it
 * (processes.h has what is in it). For src/master alone.
 */
#ifndef MASTER_STATE_H
#define MASTER_STATE_H

struct state;

/* Makes it; where there are files without a name it is at FD_STATE. NULL with
 * errno. */
struct state *state_new(void);

/* Unmaps it: for children of the master, which do not need it. */
void state_forget(struct state *state);

/* Finds what the program before this one has left at FD_STATE. NULL with errno.
 */
struct state *state_find(void);

/* A master remembers at most so many ends of pipes, and all of them are below
 * FD_CLIENTS + STATE_ENDS_MAX. */
enum { STATE_ENDS_MAX = 4096 };

#endif
