/*
 * cleanup.h - clears away what this program leaves: the programs it has
 * started, and a directory for temporary files.
 *
 * A process can be killed at any time, so it cannot promise to clear up. So a
 * child of it reads a pipe that only this program holds open. When that ends,
 * in order, by a signal or by SIGKILL, the child kills what is left of the
 * process groups it was told of, and removes the directory. It ignores what a
 * terminal sends to all.
 */
#ifndef BENCH_CLEANUP_H
#define BENCH_CLEANUP_H

#include <sys/types.h>

enum { CLEANUP_PATH = 256, CLEANUP_GROUPS = 32 };

/* Makes the directory "NAME-XXXXXX", whose path goes to dir, and starts the
 * child. also: what else it does at the end, first; may be NULL. 0; or -1 with
 * errno. The directory is to hold plain files only. */
int cleanup_open(const char *name, char dir[CLEANUP_PATH], void (*also)(void));

/* From now on SIGINT, SIGTERM and SIGHUP end this program only after all has
 * been cleared away. For programs that do not handle them. */
void cleanup_on_signals(void);

/* This process group is to be killed; or no longer, since it has ended. */
void cleanup_watch(pid_t group);
void cleanup_forget(pid_t group);

/* Has all cleared away, and waits until that is done. */
void cleanup_close(void);

#endif
