/*
 * ready.h - poll(2) for loops that have nothing to fall back on.
 *
 * A container may come to deny poll(2), and the kernel may have no memory for
 * it. The loop then goes on: at a slower pace, and without knowing.
 */
#ifndef OS_READY_H
#define OS_READY_H

#include <poll.h>
#include <stdbool.h>

/* As poll(2), but returns 0 after a signal, and never -1. Where poll is refused
 * this pauses for 20 ms at most and then says of every descriptor that it has
 * what was asked for: so a reader has to expect EAGAIN, and a pipe has ended
 * only if pipe_ended() (signals.h) says so. That is logged once. */
int ready_wait(struct pollfd *set, int n, int timeout);

/* Returns after so many milliseconds, or a signal. */
void ready_pause(int ms);

#endif
