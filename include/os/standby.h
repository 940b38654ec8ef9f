/*
 * standby.h - a process that shares its maker's descriptors but not its memory.
 *
 * Linux alone can make one. It is a child of its maker's parent, so the process
 * that waits for the one waits for the other, too.
 */
#ifndef OS_STANDBY_H
#define OS_STANDBY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Can this system make standbys? */
bool standby_possible(void);

/* Makes one that stands behind that process: the caller itself, or another
 * standby that the caller has made. Returns its pid to the caller, 0 to the
 * standby, or -1 with errno. *where (it may be in shared memory) holds the pid
 * before either goes on. `number`: the descriptor that becomes a pidfd of the
 * process before it, by which its death is known, for another process may get
 * its pid; where the kernel has no pidfds the pid has to do. *woken, which
 * their parent alone can write, will hold the pid of the one that takes over.
 * The standby begins with all signals blocked; the caller's mask is as it was.
 * The thread id that libc remembers is the caller's in the standby too: no
 * robust or error-checking mutex there, and no abort(). */
pid_t standby_make(volatile int32_t *where, pid_t before, int number,
    const _Atomic int32_t *woken);

/* Is that standby, or a process that has its pid by now, still alive? True
 * where that cannot be seen. */
bool standby_lives(pid_t pid);

/* For the standby: sleeps until it is to take over (returns true), or until
 * another was chosen in its place or the descriptor lifeline is at its end
 * (false). No signal is believed. It takes over when *woken is its pid and the
 * one before it is dead; SIGUSR2 makes it look. Another was chosen when *woken
 * has changed since it was made and is neither its pid nor that of the one
 * before it: a second one was made, and the maker died before it was told of.
 * All signals that can be ignored are. Afterwards they are blocked but for
 * those of a fault and SIGABRT: what comes from then on waits for handlers. */
bool standby_wait(int lifeline);

/* For one that is to be heard of only if the one before it dies: sleeps until
 * that is so (true), or as standby_wait, which is to follow (false). */
bool standby_wait_orphaned(int lifeline);

#endif
