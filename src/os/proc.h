/*
 * proc.h - what proc(5) tells of a process. For src/os alone, on Linux.
 *
 * In a PID namespace whose /proc is not its own, as unshare(1) makes one
 * without --mount-proc, a number there is another process's: then nothing is to
 * be seen, as where there is no /proc.
 */
#ifndef OS_PROC_H
#define OS_PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Opens the file of that process, 0: of this one. -1: it cannot be seen. */
int proc_open(pid_t pid, const char *file);

/* Reads it, up to size - 1 bytes, and ends it with a zero. False: it cannot be
 * seen, or is empty. */
bool proc_read(pid_t pid, const char *file, char *out, size_t size);

#endif
