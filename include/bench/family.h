/*
 * family.h - the processes of a server, seen from outside: what /proc says
 * about all that are in one process group. Where proc_visible() says no, the
 * rest fails.
 */
#ifndef BENCH_FAMILY_H
#define BENCH_FAMILY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* The living worker of the group with the lowest pid, or the host of its
 * clients' executors; 0 if there is none. */
pid_t family_worker(pid_t group);

/* Processor time of the group in nanoseconds, dead members included once
 * they were waited for. */
int64_t family_cpu_ns(pid_t group);

/* Memory in KiB. */
struct family_memory {
	int64_t rss;	/* resident: every page counts in every process */
	int64_t pss;	/* proportional: a page shared by n counts 1/n */
	int64_t uss;	/* unique: pages that nobody else maps */
	int64_t tables; /* page tables, which none of the above counts */
	int processes;
};

/* Of the whole group. 0, or -1 if it could not be read. */
int family_memory(pid_t group, struct family_memory *m);

/* Free memory of the machine, and all of it, in KiB; 0, or -1. */
int proc_machine(int64_t *available, int64_t *total);

/* One range of addresses, as /proc/PID/smaps tells of it; KiB. */
struct family_range {
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
int family_ranges(pid_t pid, struct family_range *range, int max);

/* What both can write, in KiB: resident, of the ranges of a; that is memory
 * in which a stray write of one damages the other. Pure. */
int64_t family_both_write(const struct family_range *a, int as,
    const struct family_range *b, int bs, bool same_process);

#endif
