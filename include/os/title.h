/*
 * title.h - the title of a process, as ps(1) and pstree(1) show it.
 */
#ifndef OS_TITLE_H
#define OS_TITLE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* To be called first thing in main: remembers where the arguments lie. */
void title_init(int argc, char **argv);

/* Sets the title ("prefork: worker 2"). brief, at most 15 bytes, is the name
 * that the kernel has for the process (top(1), pgrep(1)). Does nothing where
 * the system has no way to do so. */
void title_set(const char *title, const char *brief);

/* The title of another process, cut at size - 1 bytes. False if it cannot be
 * seen. */
bool title_read(pid_t pid, char *out, size_t size);

/* The first `most` children of another process. Returns how many; 0 where they
 * cannot be seen. */
int title_children(pid_t pid, pid_t *child, size_t most);

#endif
