/*
 * basic.h - the credentials of the Basic scheme (RFC 7617). Pure.
 */
#ifndef HTTP_BASIC_H
#define HTTP_BASIC_H

#include <stdbool.h>
#include <stddef.h>

enum { BASIC_BYTES = 512 };

struct basic {
	char text[BASIC_BYTES]; /* "user", NUL, "password", NUL */
	size_t len;		/* of it all, without the last NUL */
	const char *password;	/* in text */
};

/* Reads the value of an Authorization field. False if it is of another scheme,
 * is no base64 of a user-id, ':' and a password, holds a control byte, or is
 * longer than there is room. */
bool basic_parse(struct basic *b, const char *value, size_t len);

#endif
