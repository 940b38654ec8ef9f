/*
 * shared.h - the memory that a process shares with others, as it was last seen.
 *
 * By /proc/PID/maps and pagemap, Linux alone. What a process that is killed has
 * done is in that memory and in what its system calls did; all else dies with
 * it. So of two instructions between which there is neither, it is enough to
 * kill it at one.
 */
#ifndef TESTS_SWEEP_SHARED_H
#define TESTS_SWEEP_SHARED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { SHARED_RANGES = 16 };

struct shared_range {
	uintptr_t begin, end;
	unsigned char *now;  /* the same memory; our mapping */
	unsigned char *seen; /* as long; ours */
	bool *known;	     /* which of its pages were seen; ours */
};

/* All zero: nothing was seen. */
struct shared {
	struct shared_range range[SHARED_RANGES];
	int ranges;
	uintptr_t vdso, vdso_end; /* functions of the kernel's: vdso(7) */
};

/* Finds what is shared now, which a system call may have changed. The process
 * stands still. Dies if it cannot be read, or is more than we hold. */
void shared_find(struct shared *s, pid_t pid);

/* Has it changed since this was last asked? A page that the process touches for
 * the first time has. The process stands still, at `next`. What is in the midst
 * of a function of the kernel's is not looked at: nothing shared is written
 * there, and one that reads the clock begins anew until the clock stands still
 * for as long as that takes. */
bool shared_changed(struct shared *s, pid_t pid, uintptr_t next);

void shared_release(struct shared *s);

#endif
