#include "base/escape.h"

#include <string.h>

/* The escape of one byte in out; returns its length. */
static size_t
escape_byte(char out[4], unsigned char c)
{
	static const char hex[] = "0123456789abcdef";
	static const char named[] = "\nn\rr\tt\\\\\"\"";
	const char *p;

	for (p = named; *p != '\0'; p += 2) {
		if ((unsigned char)p[0] == c) {
			out[0] = '\\';
			out[1] = p[1];
			return 2;
		}
	}
	if (c >= 0x20 && c <= 0x7e) {
		out[0] = (char)c;
		return 1;
	}
	out[0] = '\\';
	out[1] = 'x';
	out[2] = hex[c >> 4];
	out[3] = hex[c & 15];
	return 4;
}

size_t
escape_text(char *dst, size_t dstsize, const void *src, size_t len)
{
	const unsigned char *from = src;
	size_t i, n, used = 0;
	char one[4];

	for (i = 0; i < len; i++) {
		n = escape_byte(one, from[i]);
		if (used + n >= dstsize)
			break;
		memcpy(dst + used, one, n);
		used += n;
	}
	dst[used] = '\0';
	return used;
}
