/*
 * calls.h - system calls that a container may deny (EPERM, ENOSYS, EACCES).
 *
 * Each is tried once when the program starts, with arguments for which it fails
 * and changes nothing where it is allowed. A filter holds for all processes
 * that are made later, too.
 */
#ifndef OS_CALLS_H
#define OS_CALLS_H

#include <stdbool.h>
#include <stddef.h>

/* The name of a call that is denied and without which no client can be served;
 * errno says how it was denied. NULL: there is none. threads: also tries the
 * calls that threads need. */
const char *calls_missing(bool threads);

/* The names of those that are denied and that the server does without, with
 * ", " between them. */
enum { CALLS_TEXT = 256 };
void calls_replaced(char out[CALLS_TEXT]);

/* For src/os/calls*.c alone. */
struct call {
	const char *name;
	int (*call)(void); /* as system calls do: < 0 with errno */
};

/* Each list ends in a name that is NULL. Defined in calls_linux.c or
 * calls_posix.c. */
extern const struct call calls_of_threads[];
extern const struct call calls_with_a_twin[];

#endif
