/*
 * watch.h - the deaths of processes that are not the caller's children.
 *
 * One process alone calls this, and no thread of it beside another. Nothing
 * here waits. Where the system has nothing of the kind, none can be watched,
 * and is to be looked for in another way.
 */
#ifndef OS_WATCH_H
#define OS_WATCH_H

#include <stdbool.h>
#include <sys/types.h>

/* Watches the process, which may be dead already and not yet be taken away;
 * does nothing if it is being watched. False: it cannot be. */
bool watch_process(pid_t pid);

/* To poll for POLLIN: one of them is dead. -1: none is watched. */
int watch_fd(void);

/* One that is dead, and watched no more: its pid; 0: there is none. status, as
 * of waitpid(2), is what it died of; -1: that cannot be found out. */
pid_t watch_next(int *status);

#endif
