/*
 * guard.h - what a test leaves behind when it dies is cleared away.
 *
 * A failed test ends at once, wherever it is. So a small process stands by
 * and reads a pipe that only the test holds open: at its end the guard kills
 * the process groups and removes the directories it was told of and not told
 * to forget. One guard for each test process; it starts at the first call.
 */
#ifndef TESTS_GUARD_H
#define TESTS_GUARD_H

#include <stdbool.h>
#include <sys/types.h>

/* The group of pid is to be killed; no longer. */
void guard_group(pid_t pid);
void guard_group_gone(pid_t pid);

/* The directory is to be removed, with all that is below; no longer. */
void guard_tree(const char *path);
void guard_tree_gone(const char *path);

/* Ends the guard; called when there is nothing left to be guarded. */
void guard_end(void);

/* Removes a directory and all that is below. 0, or -1 with errno. */
int remove_tree(const char *path);

#endif
