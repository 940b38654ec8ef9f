/*
 * random.h - numbers that nobody guesses.
 */
#ifndef OS_RANDOM_H
#define OS_RANDOM_H

#include <stdint.h>

/* From the system; where that has no source of them, hard to guess, and
 * another one in each process. */
uint64_t random_number(void);

#endif
