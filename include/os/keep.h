/*
 * keep.h - a process that stands behind another, to make it anew when it dies.
 *
 * Linux alone can. The two share one table of descriptors: what was open for
 * the one that died is open for the one that follows. The children of the dead
 * become those of its keeper, which goes on waiting for them.
 */
#ifndef OS_KEEP_H
#define OS_KEEP_H

#include <stdbool.h>
#include <sys/types.h>

/* Can a process do that on this system? */
bool keep_possible(void);

/* From now on the children of this process's children are its own, as soon as
 * their parents are dead. */
void keep_adopt(void);

/* As fork(2), but the table of descriptors stays one, and the child gets
 * SIGCHLD when its parent dies. The thread id that libc remembers is the
 * parent's in the child too: no robust or error-checking mutex there, and no
 * abort(). Handlers are to be set anew. */
pid_t keep_fork(void);

/* This process has a table of descriptors of its own from now on. 0; -1 with
 * errno. */
int keep_part(void);

/* Holds back the signals of the list, ended by 0, and no others. */
void keep_hold(const int *list);

/* Takes the next of them: its number. *from: the process that sent it by
 * sigqueue(3), and then it was queued, or by kill(2); else 0. Returns 0 if
 * there is none within ms milliseconds; -1: waits for ever. */
int keep_next(const int *list, int ms, pid_t *from, bool *queued);

#endif
