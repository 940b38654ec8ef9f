/*
 * exec.h - a process that begins its program anew, by exec: it stays the
 * process it is, with its descriptors, and gets another layout of its memory.
 *
 * Linux alone does it here.
 */
#ifndef OS_EXEC_H
#define OS_EXEC_H

#include <stdbool.h>
#include <sys/types.h>

/* The path that this process's program was started by, good from any directory
 * and as it was given, so that a link in it may be switched. by_descriptor: who
 * started it by a descriptor, of which the kernel knows no path, has given it
 * its path as its name. To be given back by free(3). NULL where it is not
 * known. */
char *exec_path(bool by_descriptor);

/* Remembers the program that this process runs, at that descriptor, in place of
 * what was open there: it can be begun anew when its file has been replaced or
 * removed. path: of exec_path(), where the kernel tells none; or NULL. False
 * where that is not possible. */
bool exec_remember(int number, const char *path);

/* Opens the program that lies there, which need not be this one, at that
 * descriptor in place of what was open there. 0; -1 with errno, and the number
 * as it was. */
int exec_open(const char *path, int number);

/* Begins the program at that descriptor, with these arguments and with the
 * environment as it is. Signals that are blocked or ignored stay so. Returns
 * only if that failed, with errno, and nothing has changed. */
void exec_begin(int number, char *const argv[]);

/* Has this process rights that the process which started it has not, as of a
 * set-user-ID program? Then it must not believe what it finds in its
 * descriptors and its environment. */
bool exec_is_raised(void);

/* Opens the process (pidfd_open(2)) at that descriptor, in place of what was
 * open there, for exec_end. 0; -1 with errno. */
int exec_watch(pid_t pid, int number);

/* Kills the process at that descriptor, which need not be a child, and waits
 * until all that it had open is closed. 0; -1 with errno if there is no process
 * at the number, or it cannot be told. */
int exec_end(int number);

#endif
