/*
 * proc.h - processes as /proc shows them (proc(5)). The laboratory and the
 * tests look at a server through it; the server itself does not. Where there
 * is no /proc as Linux has it, proc_visible() says so, and nobody is found.
 */
#ifndef BENCH_PROC_H
#define BENCH_PROC_H

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct proc {
	pid_t pid, parent, group;
	char name[32];
	char state;
	int64_t ticks; /* its own and those of the dead it waited for */
	int policy;    /* of scheduling (sched(7)); -1: not told */
};

/* Can processes be looked at? */
bool proc_visible(void);

/* Reads what a file of the process begins with, size - 1 bytes at most, and
 * ends it with a NUL. false if it cannot be read. */
bool proc_text(char *text, size_t size, pid_t pid, const char *file);

/* Reads the process; false if it is gone. */
bool proc_look(struct proc *p, pid_t pid);

/* Reads the next process in a walk through an open "/proc", which may be NULL;
 * false at the end. */
bool proc_next(struct proc *p, DIR *walk);

/* Is it but waiting to be reaped? */
bool proc_dead(const struct proc *p);

/* Brings pids in ascending order. */
void proc_sort(pid_t *pids, int n);

#endif
