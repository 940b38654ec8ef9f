/*
 * heap.h - deadlines of up to `capacity` things, earliest first.
 *
 * A binary heap of ids 0..capacity-1. Private to one thread. heap_new
 * allocates everything; the rest never allocates and never fails.
 */
#ifndef BASE_HEAP_H
#define BASE_HEAP_H

#include <stdint.h>

struct heap;

/* NULL with errno if memory is short. capacity >= 1. */
struct heap *heap_new(int capacity);
void heap_free(struct heap *h);

/* Sets the deadline of id, clock_now(); CLOCK_NEVER takes it out. */
void heap_set(struct heap *h, int id, int64_t when);

/* The deadline of id, CLOCK_NEVER if it has none. */
int64_t heap_get(const struct heap *h, int id);

/* The earliest deadline and its id; CLOCK_NEVER and -1 if empty. */
int64_t heap_top(const struct heap *h, int *id);

#endif
