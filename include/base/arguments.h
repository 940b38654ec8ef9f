/*
 * arguments.h - the command line of every program: a table of its options,
 * which is read, checked and printed as the help from there.
 *
 * An option is --NAME, --NAME VALUE or --NAME=VALUE, and -L, -L VALUE or
 * -LVALUE where it has a letter; flags with a letter may stand together (-tv).
 * Behind "--" everything is an operand, and so is "-". An option given again
 * counts as given last, a LIST has all of its values.
 *
 * All programs speak alike of a bad one: the option, the value, what is
 * allowed. Bytes that cannot be shown are escaped.
 */
#ifndef BASE_ARGUMENTS_H
#define BASE_ARGUMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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
	ARGUMENT_OTHER	  /* what `take` makes of it */
};

enum { ARGUMENT_LIST_MAX = 64, ARGUMENTS_MAX = 96, ARGUMENTS_WHY = 384 };

struct argument_list {
	int count;
	const char *value[ARGUMENT_LIST_MAX];
};

/* One option. */
struct argument {
	char letter; /* 0: none */
	enum argument_kind kind;
	const char *name;
	size_t at;		  /* offset of the value in the struct */
	const char *value;	  /* its name in the help; not of a FLAG */
	const char *preset;	  /* the default, as it would be given; NULL:
				   * the struct has zeros there */
	int64_t min, max;	  /* of a NUMBER, SIZE or SECONDS */
	const char *const *words; /* of a CHOICE or SOME, NULL last */
	/* Of a TEXT or LIST: is this value good? NULL: if it is not empty. */
	bool (*good)(const char *value);
	/* Of OTHER: stores the value; false: it is bad. */
	bool (*take)(void *at, const char *value);
	const char *allowed; /* with those two: what is, for the refusal */
	const char *help;
};

/* Two options of which one needs the other, or that exclude each other. */
struct argument_rule {
	const char *name, *other;
	bool needs;
};

struct arguments {
	const char *usage;		  /* lines that the help begins with */
	const struct argument *row;	  /* the last has no name; at most
					   * ARGUMENTS_MAX before it */
	const struct argument_rule *rule; /* the last has no name; or NULL */
	int operands;			  /* at most so many */
};

/* Fills `into`: first with the defaults, then from argv, which begins behind
 * the program's name and ends with NULL. operands: room for a->operands, may
 * be NULL if there are none; those not given become NULL. Returns how many
 * options there were; or -1, and why is one line. */
int arguments_read(const struct arguments *a, void *into, char **argv,
    const char **operands, char why[ARGUMENTS_WHY]);

/* The same, but dies of a bad one with EXIT_USAGE. */
int arguments_demand(
    const struct arguments *a, void *into, char **argv, const char **operands);

/* To standard output. */
void arguments_help(const struct arguments *a);

#endif
