/*
 * clear.h - zeroes for what is cleared with every request.
 */
#ifndef BASE_CLEAR_H
#define BASE_CLEAR_H

#include <stddef.h>

/* memset(to, 0, n), always by a call of libc's function. Where the compiler
 * knows n it would write a loop instead, which takes two to three times as long
 * for the hundreds of bytes that a request or a reply has. */
void clear(void *to, size_t n);

#endif
