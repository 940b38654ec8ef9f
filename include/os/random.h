/*
 * random.h - numbers that cannot be guessed.
 */
#ifndef OS_RANDOM_H
#define OS_RANDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Fills len bytes, at most 256, with random ones of the system. False: it has
 * no source of them, and nothing was written. */
bool random_bytes(void *bytes, size_t len);

/* A random number of the system; where that has no source of them, one that is
 * hard to guess, and another one in each process. */
uint64_t random_number(void);

#endif
