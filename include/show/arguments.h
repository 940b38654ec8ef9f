/*
 * arguments.h - the options of a command, as a table that also prints them.
 *
 * Every value is an int64_t (flags: 0 or 1) or a const char * into argv.
 */
#ifndef SHOW_ARGUMENTS_H
#define SHOW_ARGUMENTS_H

#include <stddef.h>
#include <stdint.h>

enum argument_kind { ARG_FLAG, ARG_NUMBER, ARG_SECONDS, ARG_TEXT };

/* One option; the last row has no name. Seconds are stored as ms. */
struct argument {
	const char *name;
	enum argument_kind kind;
	size_t at;	   /* offset of the value in the struct */
	int64_t min, max;  /* of a number; of seconds in ms */
	const char *value; /* its name in the help */
	const char *help;
};

/* Fills the struct at `into` from --name, --name VALUE and --name=VALUE. What
 * is no option goes to operands, at most `most` of them. Returns how many
 * there were. Dies of a wrong one with EXIT_USAGE, and a line that names it
 * and says what is allowed. */
int arguments_parse(const struct argument *table, void *into, char **argv,
    const char **operands, int most);

/* To standard output. */
void arguments_help(const struct argument *table);

#endif
