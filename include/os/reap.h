/*
 * reap.h - the dead are looked at first, and taken away when what follows from
 * their death is done: a parent that dies between the two leaves them, unread,
 * to the process that adopts its children.
 */
#ifndef OS_REAP_H
#define OS_REAP_H

#include <sys/types.h>

/* A child that has died, was stopped or was continued, with its status as of
 * waitpid(2): its pid; 0: there is none. */
pid_t reap_look(int *status);

/* Takes away what reap_look() has told; not more, whatever has become of the
 * child since. */
void reap_take(pid_t pid, int status);

#endif
