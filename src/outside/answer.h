/*
 * answer.h - an answer of HTTP/1.x (RFC 9112) as it comes: where it ends, and
 * what it holds. Pure.
 */
#ifndef OUTSIDE_ANSWER_H
#define OUTSIDE_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

/* The content of the answer of which len bytes have come, and a NUL behind
 * them; without the framing of chunks, which it moves together, and with a NUL
 * at its end. ended: no more will come. NULL: it is not whole, or its framing
 * is broken, and the text is as it was. */
char *answer_content(char *text, size_t len, bool ended);

#endif
