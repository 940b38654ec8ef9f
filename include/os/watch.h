/*
 * watch.h - the deaths of processes that are not the caller's children.
 *
 * For one process, and one thread at a time. Nothing here waits. Where the
 * system has no pidfds, no process can be watched: its death has to be found
 * out in another way.
 */
#ifndef OS_WATCH_H
#define OS_WATCH_H

#include <stdbool.h>
#include <sys/types.h>

/* Watches the process, which may be dead already and not yet be taken away;
 * does nothing if it is being watched. False: it cannot be. */
bool watch_process(pid_t pid);

/* The descriptor to poll: POLLIN says that one of them is dead. -1: none is
 * watched. */
int watch_fd(void);

/* The pid of the next one that is dead, which is then no longer watched; 0:
 * there is none. *status: as of waitpid(2), what it died of; -1: that cannot be
 * found out. */
pid_t watch_next(int *status);

#endif
