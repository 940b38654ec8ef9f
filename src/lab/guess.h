/*
 * guess.h - a guess of a secret, byte by byte, by an attacker that learns only
 * whether a process has survived what it was sent. Pure.
 *
 * The first byte is given: it is 0, as glibc has it. A byte that no process
 * died of seems right. One is sure when it was right in SURE processes beside
 * the one that it was found in, each of which began after another's death: a
 * secret that changes agrees by chance once in 256 times.
 */
#ifndef LAB_GUESS_H
#define LAB_GUESS_H

#include <stdbool.h>
#include <stdint.h>

enum {
	GUESS_BYTES = sizeof(uintptr_t),
	GUESS_GIVEN = 1,
	GUESS_SECRET = GUESS_BYTES - GUESS_GIVEN,
	GUESS_SURE = 3
};

struct guess {
	unsigned char byte[GUESS_BYTES];
	int held[GUESS_BYTES]; /* later processes that a byte was right in */
	int found, sure;       /* bytes that seem right; the sure of them */
	unsigned char next;    /* what the byte behind those found may be */
	bool fresh;	       /* the last one died, and nothing is known of
				* this one */
	int64_t tries, deaths;
	int64_t refuted; /* times that what had been found was wrong */
};

void guess_init(struct guess *g);

/* What is to be sent next: the bytes of the secret as far as they go. Returns
 * how many. */
int guess_next(const struct guess *g, unsigned char bytes[GUESS_BYTES]);

/* What has become of the process that got them. */
void guess_learn(struct guess *g, bool survived);

#endif
