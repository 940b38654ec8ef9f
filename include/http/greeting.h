/*
 * greeting.h - what the first bytes of a connection may be: a request of HTTP,
 * or anything else. Pure.
 */
#ifndef HTTP_GREETING_H
#define HTTP_GREETING_H

#include <stddef.h>

/* Whatever is a request line by its form is HTTP, so that a proxy's odd methods
 * are not echoed as its answers. */
enum greeting {
	GREETING_OPEN, /* may still become METHOD SP */
	GREETING_WORD, /* a token of another form: may become the next, */
	GREETING_LINE, /* a token, a space, and more, without the line's end:
			* " HTTP/" may follow */
	GREETING_HTTP, /* an upper-case method of at most 32 bytes and a space,
			* or a line of any token, a space, and " HTTP/" */
	GREETING_ECHO  /* none of these in the first GREETING_BYTES */
};

enum { GREETING_METHOD = 32, GREETING_BYTES = 8192 };

/* What the first len bytes, all that have come so far, are. What is HTTP or
 * ECHO stays so, whatever follows. */
enum greeting greeting_look(const char *data, size_t len);

#endif
