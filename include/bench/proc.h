/*
 * proc.h - processes as /proc shows them (proc(5)). The laboratory and the
 * tests look at a server through it; the server itself does not. Where there
 * is no /proc as Linux has it, proc_visible() says so, and none is found.
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

/* --- of a whole server: all processes of a group --- */

/* The living worker of the group with the lowest pid, or the host of its
 * clients' executors; 0 if there is none. */
pid_t proc_worker(pid_t group);

/* Processor time of the group in nanoseconds, dead members included once
 * they were waited for. */
int64_t proc_cpu_ns(pid_t group);

/* Memory in KiB. */
struct proc_memory {
	int64_t rss;	/* resident: every page counts in every process */
	int64_t pss;	/* proportional: a page shared by n counts 1/n */
	int64_t uss;	/* unique: pages that no other maps */
	int64_t made;	/* of pss, what is of no file, and so does not change as
			 * others map the program or libc; 0 before Linux 5.4 */
	int64_t tables; /* page tables, which none of the above counts */
	int processes;
};

/* Of the whole group. 0, or -1 if it could not be read. */
int proc_memory(pid_t group, struct proc_memory *m);

/* Free memory of the machine, and all of it, in KiB; 0, or -1. */
int proc_machine(int64_t *available, int64_t *total);

/* One range of addresses, as /proc/PID/smaps tells of it; KiB. */
struct proc_range {
	uintptr_t begin, end;
	uint64_t offset, inode;
	char mode[5];
	char name[40];
	int64_t size, rss, pss;
	int64_t shared;	 /* resident, and mapped by another process too */
	int64_t private; /* resident, and by no other */
};

/* The ranges of a process; no more than max of them. Returns how many were
 * read, -1 if the process is gone. */
int proc_ranges(pid_t pid, struct proc_range *range, int max);

/* What both can write, in KiB: resident, of the ranges of a; that is memory
 * in which a stray write of one damages the other. Pure. */
int64_t proc_both_write(const struct proc_range *a, int as,
    const struct proc_range *b, int bs, bool same_process);

#endif
