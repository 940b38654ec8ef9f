/*
 * fuzz.h - what a fuzz target is: a function that is given any bytes, and
 * aborts when what the code makes of them cannot be right.
 */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Returns 0. Called by libFuzzer, by AFL++, or by replay.c: see
 * scripts/fuzz. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Like assert, whatever NDEBUG says. */
#define must(condition)                                                        \
	do {                                                                   \
		if (!(condition)) {                                            \
			(void)fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, \
			    __LINE__, #condition);                             \
			abort();                                               \
		}                                                              \
	} while (0)

/* A copy with nothing behind it, so that a sanitizer sees every byte read too
 * far. To be freed. */
static inline char *
copy_of(const void *data, size_t len)
{
	char *copy = malloc(len > 0 ? len : 1);

	must(copy != NULL);
	if (len > 0)
		memcpy(copy, data, len);
	return copy;
}

#endif
