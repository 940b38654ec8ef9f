/*
 * standby.h - a process that shares our descriptors but not our memory.
 *
 * Linux alone can make one. It is a child of our parent, so that the one who
 * waits for us waits for it too.
 */
#ifndef OS_STANDBY_H
#define OS_STANDBY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Can this system make standbys? */
bool standby_possible(void);

/* Makes one. Returns its pid to the caller, 0 to the standby, or -1 with
 * errno. *where (it may be in shared memory) holds the pid before either goes
 * on. The standby begins with all signals blocked; the caller's mask is as it
 * was. The thread id that libc remembers is the caller's in the standby too:
 * no robust or error-checking mutex there, and no abort(). */
pid_t standby_make(volatile int32_t *where);

/* For the standby: sleeps until SIGUSR2 (returns true) or until the
 * descriptor lifeline is at its end (false). What was asked of it by other
 * signals is ignored. Afterwards SIGUSR2 is blocked again. */
bool standby_wait(int lifeline);

#endif
