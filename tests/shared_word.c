/*
 * A server that is broken on purpose: its workers share the variable of !set
 * and !get. It stands in for src/service/word.c in tests/prefork_shared, and
 * the laboratory must notice.
 */
#include <stdlib.h>
#include <string.h>

#include "os/memory.h"
#include "service/word.h"

static char *word;

/* Before main, and so before any fork. */
__attribute__((constructor)) static void
share(void)
{
	word = memory_shared(WORD_BYTES);
	if (word == NULL)
		abort();
}

void
word_set(const char *text)
{
	size_t n = strlen(text);

	if (n > WORD_BYTES - 1)
		n = WORD_BYTES - 1;
	memcpy(word, text, n);
	word[n] = '\0';
}

void
word_get(char out[WORD_BYTES])
{
	memcpy(out, word, WORD_BYTES);
	out[WORD_BYTES - 1] = '\0';
}
