/*
 * task.h - programs that the laboratory starts, and who clears them away.
 *
 * Each runs in a process group of its own. A janitor, a process beside the
 * laboratory's, is told of every group and of the directory for temporary
 * files; when the laboratory ends, whether in order, by a signal or by
 * SIGKILL, it kills what is left of them.
 */
#ifndef LAB_TASK_H
#define LAB_TASK_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct task {
	pid_t pid; /* also its process group; 0: none */
	int out;   /* what it writes, non-blocking; -1: none */
};

/* -1: as inherited. */
struct task_limits {
	int64_t address_space; /* bytes */
	int64_t files;	       /* descriptors */
};

/* Starts the janitor, and a temporary directory whose name goes to dir. From
 * then on SIGINT, SIGTERM and SIGHUP end this process only after all has been
 * cleared away. 0, or -1 with errno. */
enum { TASK_PATH = 256 };
int task_open(char dir[TASK_PATH]);

/* Clears away what is left, and waits until that is done. */
void task_close(void);

/* Runs argv[0]; `stream` of it (1 or 2) is t->out, the other goes nowhere.
 * limits may be NULL. 0, or -1 with errno. */
int task_start(struct task *t, const char *const argv[], int stream,
    const struct task_limits *limits);

/* Kills the whole group, waits for its first process and returns the status.
 */
int task_end(struct task *t);

/* Waits for the first process to end by itself. Returns the status. */
int task_wait(struct task *t);

#endif
