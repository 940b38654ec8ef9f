#include "http/basic.h"

#include <string.h>

#include "http/bytes.h"

/* 0..63, or -1. */
static int
value_of(char c)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c != '\0' ? strchr(digits, c) : NULL;

	return at != NULL ? (int)(at - digits) : -1;
}

/* base64 (RFC 4648 section 4), with its padding. Returns the bytes, -1 if it is
 * none or there is no room. */
static int
decode(char *to, size_t room, const char *text, size_t len)
{
	size_t i, k, n = 0, pad = 0;
	unsigned quad;
	int digit;

	if (len % 4 != 0)
		return -1;
	while (pad < 2 && len > pad && text[len - 1 - pad] == '=')
		pad++;
	for (i = 0; i < len; i += 4) {
		quad = 0;
		for (k = i; k < i + 4; k++) {
			digit = k < len - pad ? value_of(text[k]) : 0;
			if (digit < 0)
				return -1;
			quad = quad << 6 | (unsigned)digit;
		}
		if (n + 3 > room)
			return -1;
		to[n++] = (char)(quad >> 16 & 255);
		to[n++] = (char)(quad >> 8 & 255);
		to[n++] = (char)(quad & 255);
	}
	return (int)(n - pad);
}

bool
basic_parse(struct basic *b, const char *value, size_t len)
{
	size_t scheme;
	char *colon;
	int i, n;

	for (scheme = 0; scheme < len && byte_is(value[scheme], BYTE_TOKEN);
	     scheme++)
		;
	if (!token_is(value, scheme, "basic"))
		return false;
	value += scheme;
	len -= scheme;
	while (len > 0 && *value == ' ') {
		value++;
		len--;
	}
	n = decode(b->text, sizeof(b->text) - 1, value, len);
	for (i = 0; i < n; i++)
		if ((unsigned char)b->text[i] < 0x20 || b->text[i] == 0x7f)
			return false;
	if (n <= 0)
		return false;
	b->text[n] = '\0';
	colon = strchr(b->text, ':');
	if (colon == NULL)
		return false;
	*colon = '\0';
	b->password = colon + 1;
	b->len = (size_t)n;
	return true;
}
