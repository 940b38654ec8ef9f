/*
 * processes.h - a server's processes as the kernel shows them, quickly: what
 * has to be timed cannot wait for ps. Linux only.
 */
#ifndef TESTS_STORM_PROCESSES_H
#define TESTS_STORM_PROCESSES_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum { PROCESSES_MAX = 64 };

struct processes {
	int workers, standbys;
	pid_t worker[PROCESSES_MAX], standby[PROCESSES_MAX];
	pid_t master; /* behind which the server's first one stands, or 0 */
	int others;   /* children of another name, the dead included */
};

/* The children just now of the server's first process, which is its master or
 * its keeper, and then those of its master too. false: they cannot be looked
 * at. */
bool processes_look(struct processes *k, pid_t master);

/* Waits until there are so many of both again, and a master if *k has one, and
 * the pid is not one of them any more. The time since `from` in microseconds;
 * -1 after 10 s. */
int64_t processes_whole(
    struct processes *k, pid_t master, int slots, pid_t dead, int64_t from);

/* The processor time of a process so far, in microseconds; -1: it is gone. */
int64_t processes_cpu(pid_t pid);

/* The proportional memory (PSS) of master and children that no file is behind,
 * in KiB; -1 if that cannot be read. */
long processes_pss(pid_t master);

/* Microseconds that only go forward. */
int64_t processes_clock(void);

/* The middle and the greatest of n > 0 figures, which are sorted thereby. */
int64_t processes_median(int64_t *figures, int n);
int64_t processes_most(int64_t *figures, int n);

#endif
