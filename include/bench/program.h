/*
 * program.h - programs that are started and ended: each in a process group of
 * its own, so that ^C and ^Z are not for it, and so that all it starts ends
 * with it. If this program is killed, cleanup.h ends them.
 */
#ifndef BENCH_PROGRAM_H
#define BENCH_PROGRAM_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* The pipe blocks neither its reader nor its writer: what does not fit is lost.
 * Whatever the program has started holds it open too, so its end is the end of
 * them all. */
struct program {
	pid_t pid; /* also its process group; 0: none */
	int out;   /* what it writes; -1: none */
};

/* -1: as inherited. */
struct program_limits {
	int64_t address_space; /* bytes */
	int64_t files;	       /* descriptors */
};

/* Which streams go to the pipe; the others go nowhere. */
enum { PROGRAM_OUT = 1, PROGRAM_ERR = 2 };

/* The path of a program that lies beside the one that was called `self`, in
 * out; dies if that has no room for it. */
const char *
program_beside(char *out, size_t size, const char *self, const char *name);

/* Runs argv[0], which is looked for as a shell would; argv is ended by NULL.
 * limits may be NULL. 0, or -1 with errno. That it cannot be executed, its
 * standard error tells. */
int program_start(struct program *p, const char *const argv[], int streams,
    const struct program_limits *limits);

/* Waits for its first process to end by itself; returns the status as of
 * waitpid(2). The pipe stays. */
int program_reap(struct program *p);

/* Kills the whole group, reaps it and closes the pipe. */
void program_end(struct program *p);

/* Waits until it has written something, ends or the time is over (ms), and
 * reads it: at most size bytes. Returns how many; 0: not in time; -1: it will
 * write no more. */
ssize_t program_read(struct program *p, void *bytes, size_t size, int64_t ms);

#endif
