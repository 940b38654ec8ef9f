#include "http/greeting.h"

#include <string.h>

#include "http/bytes.h"

/* What a first line is without a method of the usual form: HTTP if it is any
 * token, a space, and later in it " HTTP/". */
static enum greeting
look_at_line(const char *data, size_t len)
{
	static const char version[] = " HTTP/";
	const size_t n = sizeof(version) - 1;
	const char *end = memchr(data, '\n', len);
	size_t i = 0, stop = end != NULL ? (size_t)(end - data) : len;
	bool whole = end != NULL || len == GREETING_BYTES;

	while (i < stop && byte_is(data[i], BYTE_TOKEN))
		i++;
	if (i == stop && i > 0 && !whole)
		return GREETING_WORD;
	if (i == 0 || i == stop || data[i] != ' ')
		return GREETING_ECHO;
	for (; i + n <= stop; i++)
		if (memcmp(data + i, version, n) == 0)
			return GREETING_HTTP;
	return whole ? GREETING_ECHO : GREETING_LINE;
}

enum greeting
greeting_look(const char *data, size_t len)
{
	size_t i;

	if (len > GREETING_BYTES)
		len = GREETING_BYTES;
	for (i = 0; i < len && i <= GREETING_METHOD; i++) {
		char c = data[i];

		if (c == ' ' && i > 0)
			return GREETING_HTTP;
		/* VERSION-CONTROL is a method too. */
		if (i == GREETING_METHOD ||
		    !((c >= 'A' && c <= 'Z') || (c == '-' && i > 0)))
			return look_at_line(data, len);
	}
	return GREETING_OPEN;
}
