/*
 * arguments.h - the command line of every program: a table of its options. One
 * row is all that an option needs: the default, the check, what is said of a
 * bad value and the help come from there.
 *
 * An option is --NAME, --NAME VALUE or --NAME=VALUE, and -L, -L VALUE or
 * -LVALUE where it has a letter; flags with a letter may stand together (-tv).
 * Behind "--" everything is an operand, and so is "-". An option given again
 * counts as given last, a LIST has all of its values.
 *
 * All programs speak alike of a bad one: the option, the value, what is
 * allowed, as in "--port: 'x' is not allowed: give a number from 0 to 65535".
 * Bytes that cannot be shown are escaped. Of one in a file it is said where:
 * "FILE:LINE: ".
 */
#ifndef BASE_ARGUMENTS_H
#define BASE_ARGUMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/log.h"

/* What a value is, and as what it is stored. */
enum argument_kind {
	ARGUMENT_FLAG,	  /* bool: it takes no value */
	ARGUMENT_NUMBER,  /* int64_t, from min to max */
	ARGUMENT_SIZE,	  /* int64_t: bytes, from min to max; K, M, G */
	ARGUMENT_SECONDS, /* int64_t: ms, from min to max (ms, too) */
	ARGUMENT_CHOICE,  /* int: the index in `words` */
	ARGUMENT_SOME,	  /* uint32_t: bits, 1 << the index in `words` of
			   * each; given with commas between */
	ARGUMENT_TEXT,	  /* const char * into argv */
	ARGUMENT_LIST,	  /* struct argument_list: may be given again */
	ARGUMENT_OTHER,	  /* what `take` makes of it */
	ARGUMENT_FILE,	  /* const char *: options are read from there, as if
			   * they stood in its place: one a line, the long
			   * name, and behind blanks or a = its value. It
			   * stays in memory */
	ARGUMENT_PRINT	  /* it takes no value, stores none and checks no
			   * operands: `print` is all that is done */
};

enum { ARGUMENT_LIST_MAX = 64, ARGUMENTS_MAX = 96, ARGUMENTS_WHY = 384 };

struct argument_list {
	int count;
	const char *value[ARGUMENT_LIST_MAX];
};

struct arguments;

/* One option. */
struct argument {
	char letter; /* 0: none */
	enum argument_kind kind;
	const char *name;
	size_t at;	       /* offset of the value in the struct */
	const char *value;     /* its name in the help; not of a FLAG or
				* PRINT. NULL: the words of a CHOICE */
	const char *preset;    /* the default, as it would be given */
	const char *otherwise; /* without one: what it is, for the help; NULL:
				* nothing is said */
	int64_t absent;	       /* and what is stored for it: of a NUMBER,
				* SIZE, SECONDS or CHOICE */
	int64_t min, max;      /* of a NUMBER, SIZE or SECONDS */
	const char *const *words; /* of a CHOICE or SOME, NULL last */
	/* Of a TEXT or LIST: is this value good? NULL: if it is not empty. */
	bool (*good)(const char *value);
	/* Of OTHER: stores the value; false: it is bad. */
	bool (*take)(void *at, const char *value);
	const char *allowed; /* with those two: what is, for the refusal */
	void (*print)(const struct arguments *a); /* of a PRINT */
	const char *help;
};

/* Two options, by their long names. */
struct argument_rule {
	const char *name, *other;
	bool needs; /* `name` is good only with `other`; else not with it */
};

struct arguments {
	const char *usage;	    /* lines that the help begins with, the
				     * first with "usage: PROGRAM" */
	const struct argument *row; /* the last has no name; at most
				     * ARGUMENTS_MAX before it */
	const struct argument_rule *rule; /* the last has no name; or NULL */
	/* What else must be given, in this order, by names such as FILE: no
	 * FLAGs and no LISTs. The last has no name; or NULL. */
	const struct argument *operand;
};

/* Fills `into`, all zeros, with the defaults and then from argv, which begins
 * behind the program's name and ends with NULL. Returns how many options there
 * were; or -1, and why is one line. *print: the PRINT that was given last,
 * NULL: none. */
int arguments_read(const struct arguments *a, void *into, char **argv,
    const struct argument **print, char why[ARGUMENTS_WHY]);

/* The same for a main: dies of a bad one with EXIT_USAGE, and prints what is
 * asked for and exits. */
int arguments_demand(const struct arguments *a, void *into, char **argv);

/* For what the table cannot know: dies as of a bad value of this option, with
 * what is allowed. */
_Noreturn void arguments_refuse(const char *option, const char *value,
    const char *allowed, ...) LOG_PRINTF(3, 4);

/* To standard output: the help, or "PROGRAM VERSION". */
void arguments_help(const struct arguments *a);
void arguments_version(const struct arguments *a);

#endif
