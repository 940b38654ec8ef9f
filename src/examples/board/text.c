#include "text.h"

#include <string.h>

size_t
text_character(const char *at)
{
	const unsigned char *p = (const unsigned char *)at;
	unsigned least = 0x80, most = 0xbf;
	size_t i, n;

	if (p[0] < 0x80)
		return 1;
	if (p[0] < 0xc2 || p[0] > 0xf4)
		return 0;
	n = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	/* No longer than it has to be, no surrogate, not beyond U+10FFFF. */
	if (p[0] == 0xe0)
		least = 0xa0;
	else if (p[0] == 0xed)
		most = 0x9f;
	else if (p[0] == 0xf0)
		least = 0x90;
	else if (p[0] == 0xf4)
		most = 0x8f;
	for (i = 1; i < n; i++, least = 0x80, most = 0xbf)
		if (p[i] < least || p[i] > most)
			return 0;
	return n;
}

size_t
text_encode(char *to, uint32_t character)
{
	static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
	const size_t n = character < 0x80      ? 1
			 : character < 0x800   ? 2
			 : character < 0x10000 ? 3
					       : 4;
	size_t i;

	for (i = n - 1; i > 0; i--, character >>= 6)
		to[i] = (char)(0x80 | (character & 0x3f));
	to[0] = (char)(n == 1 ? character : lead[n] | character);
	return n;
}

long
text_length(const char *text, bool lines)
{
	long count = 0;
	size_t n;

	for (; *text != '\0'; text += n, count++) {
		n = text_character(text);
		if (n == 0 || *text == 0x7f)
			return -1;
		if ((unsigned char)*text < 0x20 &&
		    (!lines || strchr("\t\n\r", *text) == NULL))
			return -1;
	}
	return count;
}

bool
text_is_blank(const char *text)
{
	return text[strspn(text, " \t\r\n")] == '\0';
}

int64_t
text_number(const char *text)
{
	int64_t n = 0;

	if (text == NULL || *text == '0')
		return 0;
	for (; *text >= '0' && *text <= '9'; text++) {
		if (n > INT64_MAX / 10 - 1)
			return 0;
		n = n * 10 + (*text - '0');
	}
	return *text == '\0' ? n : 0;
}
