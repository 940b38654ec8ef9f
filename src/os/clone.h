/*
 * clone.h - a process made by the kernel's own call, where fork(2) does not say
 * enough. Linux alone. For src/os alone.
 */
#ifndef OS_CLONE_H
#define OS_CLONE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* May this process use those flags of clone(2)? Some sandboxes refuse it for
 * its flags. */
bool clone_allowed(unsigned long flags);

/* As fork(2), with those flags. where: for CLONE_PARENT_SETTID, else NULL. The
 * thread id that libc remembers is the caller's in the child too. */
pid_t clone_self(unsigned long flags, volatile int32_t *where);

#endif
