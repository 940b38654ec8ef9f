/*
 * stepper.h - a process of somebody else's, one instruction at a time.
 *
 * By ptrace(2), Linux alone. The process is one that waits for events, deals
 * with them and waits again; it is parked when it is just about to wait. What
 * it does from there until it waits again is a turn, and a point in a turn is
 * the return of its n-th system call and a number of instructions after that.
 * To get there not every instruction is stepped, which takes long: system calls
 * are gone through at one stop each, and where the processor can be told to
 * stop at an address, only the last few instructions are stepped.
 */
#ifndef TESTS_SWEEP_STEPPER_H
#define TESTS_SWEEP_STEPPER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum { CALLS_MAX = 256, STEPS_MAX = 1 << 17 };

/* A turn as it was seen. Call 0 is the wait itself. */
struct turn {
	int calls;
	long begin[CALLS_MAX + 1]; /* the step that is each call's return; of
				    * the one after the last: how many steps */
	uint64_t wait;		   /* where the call is that waits */
	uint64_t path[STEPS_MAX];  /* where it stood after each step */
	bool marks;		   /* the caller's: are marks to be used? */
};

/* Begins to trace pid and parks it. 0; -1 with errno: EPERM and ENOSYS if
 * this system does not allow it, ESRCH if the process is gone. It is killed
 * if we die. */
int stepper_attach(pid_t pid);

/* Lets it make its turn and parks it again. 0; -1 if it died. */
int stepper_turn(pid_t pid);

/* The same, one instruction at a time, and notes the turn. 0; -1 if it died or
 * there was no end to it. */
int stepper_note(pid_t pid, struct turn *turn);

/* The instructions from the return of a call to the next call. */
long stepper_gap(const struct turn *turn, int call);

/* Does the processor stop where it is told? One that is not really there may
 * take the order and not follow it: so it is tried. Without, all instructions
 * on the way to a point are stepped. */
bool stepper_has_marks(void);

/* Goes to the return of that call of its turn, and on by so many instructions.
 * 1: it is there; 0: it was parked before; -1: it died. */
int stepper_go(pid_t pid, const struct turn *turn, int call, long gap);

/* Begins to trace a process whatever it does, and stops it there. 0; -1 with
 * errno as above. */
int stepper_seize(pid_t pid);

/* From there over the returns of so many system calls, of whatever program it
 * changes to, and on by so many instructions. The first that counts is the one
 * by which it makes a process: nobody stands behind it before. 1: it is there;
 * 0: it has come to wait for clients before, after *made calls, and stands
 * there; -1: it died. */
int stepper_follow(pid_t pid, int calls, long gap, int *made);

/* Where a process stands: at the return of its n-th system call since it was
 * seized (0: where it was then), and so many instructions behind that. */
struct point {
	int call;
	long gap;
};

/* The same over all system calls, waits included. 1: it is there; -1: it died
 * before. */
int stepper_walk(pid_t pid, struct point to);

/* Who is told of a process that is stepped. */
struct watcher {
	void *of; /* the caller's */
	int calls_max;
	/* It has come to a point, before the instruction at `next`; has it
	 * `called`, by a system call that did more than find no such
	 * descriptor? */
	void (*point)(
	    void *of, pid_t pid, struct point at, uintptr_t next, bool called);
	/* A system call took so many ms: is this the end? */
	bool (*over)(void *of, int64_t ms);
};

/* From where it was seized one instruction at a time, until it dies or this is
 * the end. How many calls there were; -1: calls_max. */
int stepper_watch(pid_t pid, const struct watcher *w);

/* Lets one that was seized go on until it forks, and then its way. Returns the
 * child, which is traced and has not begun; -1: it died. */
pid_t stepper_born(pid_t pid);

/* Kills it where it stands, at once. */
void stepper_kill(pid_t pid);

/* Lets it go its way. */
void stepper_detach(pid_t pid);

#endif
