/*
 * signals.h - signals become bytes on a pipe (the self-pipe).
 *
 * One per process. The handler writes the signal's number to the pipe and
 * does nothing else, so a loop that polls signals_fd() handles signals where
 * it handles everything, one at a time.
 */
#ifndef OS_SIGNALS_H
#define OS_SIGNALS_H

#include <signal.h>
#include <stdbool.h>

/* pipe(2), both ends non-blocking and closed on exec. 0, or -1. */
int pipe_nonblocking(int ends[2]);

/* Has the other end of such a pipe, to which nothing is written, been closed?
 */
bool pipe_ended(int fd);

/* Opens the pipe (non-blocking, closed on exec) and turns the signals of the
 * list, ended by 0, into bytes. A process that was forked must call it again
 * to have a pipe of its own. SIGPIPE is ignored from then on. 0, or -1. */
int signals_open(const int *list);

/* The end to poll for POLLIN. */
int signals_fd(void);

/* Moves the two ends to fixed numbers, so that they can be told from
 * clients' descriptors. 0, or -1. */
int signals_move(int read_fd, int write_fd);

/* The next signal, or 0 when there is none. */
int signals_next(void);

/* For a server, first of all. What comes by accident is ignored from now on,
 * in its children as well: a limit on files or on time, timers, signals that
 * have no meaning here. A fault is one, and a child can be waited for, even if
 * we inherited that it is ignored. Orders wait, as with signals_hold; those to
 * end are obeyed at once. */
void signals_begin(void);

/* Ignores the signals of the list, or all that are not in it; never those of a
 * fault. One that waits is forgotten. */
void signals_ignore(const int *list);
void signals_ignore_but(const int *list);

/* Holds back all signals but those of a fault and SIGABRT, from before a fork
 * until the child's handlers stand (signals_open lets them in). before, unless
 * NULL, is what signals_restore goes back to. */
void signals_hold(sigset_t *before);
void signals_restore(const sigset_t *before);

/* Back to the default action for the signals of the list, and unblocked. */
void signals_default(const int *list);

/* The short name ("KILL") of a signal number, "?" if it has none here. */
const char *signals_name(int signo);

#endif
