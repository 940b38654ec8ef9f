/*
 * arguments_words.h - what people are told of an option: what it takes, what is
 * allowed, the help. For src/base/arguments.c alone.
 */
#ifndef BASE_ARGUMENTS_WORDS_H
#define BASE_ARGUMENTS_WORDS_H

#include <stdbool.h>

#include "base/arguments.h"

enum {
	ARGUMENTS_SHOWN = 96, /* bytes of a value that are shown, with a NUL */
	ARGUMENTS_MORE = 256, /* what is allowed, in words */
	ARGUMENTS_LABEL = 64  /* an option with its dashes, or the name of its
			       * value */
};

/* The text, escaped and cut. Returns out. */
const char *arguments_shown(char out[ARGUMENTS_SHOWN], const char *text);

bool arguments_takes_value(const struct argument *row);

/* What a value of this option may be, as in "a number from 0 to 65535": a text
 * of the row, or out. */
const char *
arguments_allowed(char out[ARGUMENTS_MORE], const struct argument *row);

#endif
