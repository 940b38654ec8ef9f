#include "word.h"

#include <stddef.h>

/* Byte by byte, since threads may meet here. */
static _Atomic char word[WORD_BYTES];

void
word_set(const char *text)
{
	size_t i;

	for (i = 0; i + 1 < WORD_BYTES && text[i] != '\0'; i++)
		word[i] = text[i];
	word[i] = '\0';
}

void
word_get(char out[WORD_BYTES])
{
	size_t i;

	for (i = 0; i < WORD_BYTES; i++)
		out[i] = word[i];
	out[WORD_BYTES - 1] = '\0';
}
