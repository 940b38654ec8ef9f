/*
 * attack.h - an attacker that guesses the stack canary of a server's workers,
 * by the !smash of --demo, and sees in /proc what only the laboratory may:
 * where the memory of each worker lies.
 */
#ifndef LAB_ATTACK_H
#define LAB_ATTACK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "bench/instance.h"
#include "guess.h"

/* Where a process has its program and the end of its stack. */
struct layout {
	uint64_t program, stack;
};

struct attack {
	struct guess guess;
	int offset;	 /* of the canary: bytes that may be sent before it */
	int64_t workers; /* that were met */
	int64_t layouts; /* that differ, of theirs */
	struct layout first; /* of the first of them */
	int64_t ms;	     /* that all of it took */
};

enum { ATTACK_WHY = 160 };

enum attack_end {
	ATTACK_OVER,
	ATTACK_NO_WAY, /* why: this build or this system has no such thing */
	ATTACK_FAILED  /* why */
};

/* Attacks a server that serves with one worker, until so many secret bytes are
 * sure, or so many workers have died of a guess. */
enum attack_end attack(struct attack *a, struct instance *server, int bytes,
    int64_t deaths, char why[ATTACK_WHY]);

#endif
