/*
 * scribble.h - a stray pointer, on purpose: for the laboratory alone.
 */
#ifndef OS_SCRIBBLE_H
#define OS_SCRIBBLE_H

#include <stdint.h>

/* Writes random bytes at random places of all memory that this process may
 * write, what it shares with others included, and then dies of SIGSEGV, if it
 * has not died of something before. Where a process cannot know its memory it
 * only dies. */
_Noreturn void scribble(uint64_t seed);

/* Dies of SIGSEGV by a write through a null pointer. */
_Noreturn void scribble_null(void);

#endif
