/*
 * process.h - what a process asks of the system about itself and others.
 */
#ifndef OS_PROCESS_H
#define OS_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Raises the soft limit on descriptors to the hard one, but not above
 * `most`. Returns the limit then in force. */
int process_raise_descriptors(int most);

/* From now on no program that this process or its children run gets more rights
 * than they have; and unless traceable is set no other process of the same user
 * can read or trace them. Does nothing where the system has no such calls. */
void process_harden(bool traceable);

/* No core dumps: writing one would delay the news of the death. */
void process_no_core(void);

/* Processors online, at least 1. */
int process_processors(void);

/* The user and group to become. */
struct identity {
	const char *name; /* of a user, with all its groups; NULL: gid alone */
	uid_t uid;
	gid_t gid;
};

/* Gives up root for good. user: USER or USER:GROUP, by name or number. Without
 * a GROUP the user's own ones; a number that is no user's has the group of
 * that number. 0; -1 with errno, ENOENT if there is no such user or group. */
int process_become(const char *user);

/* The ids that process_become() would take on. 0; -1 with errno. */
int process_find(const char *user, uid_t *uid, gid_t *gid);

/* For process_become alone: changes user and groups. 0, or -1 with errno. */
int process_switch(const struct identity *who);

/* Asks the kernel to kill this process before its parent when memory is
 * short. Does nothing where that cannot be said. */
void process_expendable(void);

/* batch: from now on this thread, and all that it makes, interrupts no other
 * when it is woken, but waits for its turn (SCHED_BATCH of sched(7)). The
 * thread that makes work for it goes on meanwhile, so it is woken once for many
 * requests instead of once for each; where a processor is idle it runs at once
 * as before. !batch: takes that back. Does nothing where that cannot be said,
 * or if this process was started under another policy. */
void process_batch(bool batch);

/* Is pid a child of this process (dead ones not yet reaped included)? */
bool process_is_child(pid_t pid);

/* The parent of a living process, as far as that can be seen; 0 if not. */
pid_t process_parent(pid_t pid);

/* Does it live, but is its parent not to be seen? As where there is no /proc,
 * or that is mounted with hidepid=2, which hides processes that cannot be
 * traced from others of the same user. */
bool process_is_hidden(pid_t pid);

/* Is it dead, and its parent has not reaped it yet? False where that cannot be
 * seen. */
bool process_ended(pid_t pid);

/* For trying a call that makes a child: pid is what it has returned, and the
 * child is to exit with status 0 at once. Reaps it. 0 if it did; -1 with errno,
 * EPERM if it ended otherwise. */
int process_outcome(pid_t pid);

/* Where in memory this process's program begins. It is another address after
 * each exec, if the program is position independent, and the parent's after a
 * fork: what a fault teaches an attacker of the one is true of the other. */
uintptr_t process_layout(void);

/* Closes every descriptor from `low` up. */
void process_close_from(int low);

/* From now on, when the parent of this process dies, it is continued if it was
 * stopped, and killed if it has not left by itself in so many seconds; but not
 * as long as any process holds the other end of the pipe `lifeline` (-1: there
 * is no such pipe). A child has to say so again. Does
 * nothing where that cannot be said: there one that hangs or is stopped
 * outlives its parent. */
void process_leave_with_parent(unsigned seconds, int lifeline);

/* Before this process begins another program: what its parent's death has
 * begun comes to nothing. The next program knows nothing of it, and has no
 * handler for the alarm, which an exec leaves as it is. */
void process_forget_parent(void);

/* This process becomes a group of its own, which is killed when the other end
 * of the socket `fd` is closed, whatever program it has begun meanwhile. Where
 * that cannot be said nothing is done at that end. */
void process_end_with(int fd);

/* For a process that finishes what it has begun, as often as it makes progress:
 * if its parent is dead, the seconds of process_leave_with_parent() begin anew.
 */
void process_moves(void);

#endif
