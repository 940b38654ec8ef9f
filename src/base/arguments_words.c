#include "config.h"

#include "arguments_words.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/escape.h"
#include "base/log.h"

enum { COLUMN = 30 }; /* of the help, where the explanations begin */

const char *
arguments_shown(char out[ARGUMENTS_SHOWN], const char *text)
{
	(void)escape_text(out, ARGUMENTS_SHOWN, text, strlen(text));
	return out;
}

/* "one of a, b, c", as far as there is room. */
static void
list_words(char *out, size_t size, const char *before, const char *between,
    const char *const *word)
{
	size_t len = 0;

	for (; *word != NULL && len < size; word++, before = between)
		len += (size_t)snprintf(
		    out + len, size - len, "%s%s", before, *word);
}

bool
arguments_takes_value(const struct argument *row)
{
	return row->kind != ARGUMENT_FLAG && row->kind != ARGUMENT_PRINT;
}

/* What stands for its value in the help. */
static const char *
value_name(char out[ARGUMENTS_LABEL], const struct argument *row)
{
	if (row->value != NULL || row->kind != ARGUMENT_CHOICE)
		return row->value != NULL ? row->value : row->name;
	list_words(out, ARGUMENTS_LABEL, "", "|", row->words);
	return out;
}

/* What a value of this option may be. */
static void
describe(char out[ARGUMENTS_MORE], const struct argument *row)
{
	char name[ARGUMENTS_LABEL];

	switch (row->kind) {
	case ARGUMENT_NUMBER:
		(void)snprintf(out, ARGUMENTS_MORE,
		    "a number from %lld to %lld", (long long)row->min,
		    (long long)row->max);
		return;
	case ARGUMENT_SIZE:
		(void)snprintf(out, ARGUMENTS_MORE,
		    "bytes from %lld to %lld, K, M or G may follow",
		    (long long)row->min, (long long)row->max);
		return;
	case ARGUMENT_SECONDS:
		(void)snprintf(out, ARGUMENTS_MORE, "seconds from %g to %g",
		    (double)row->min / 1000, (double)row->max / 1000);
		return;
	case ARGUMENT_CHOICE:
		list_words(out, ARGUMENTS_MORE, "one of ", ", ", row->words);
		return;
	case ARGUMENT_SOME:
		list_words(out, ARGUMENTS_MORE,
		    "some, with commas between, of ", ", ", row->words);
		return;
	default:
		(void)snprintf(out, ARGUMENTS_MORE, "a %s that is not empty",
		    value_name(name, row));
		return;
	}
}

const char *
arguments_allowed(char out[ARGUMENTS_MORE], const struct argument *row)
{
	if (row->allowed != NULL)
		return row->allowed;
	describe(out, row);
	return out;
}

void
arguments_refuse(
    const char *option, const char *value, const char *allowed, ...)
{
	char text[ARGUMENTS_SHOWN], more[ARGUMENTS_MORE];
	va_list ap;

	va_start(ap, allowed);
	(void)vsnprintf(more, sizeof(more), allowed, ap);
	va_end(ap);
	die_usage("%s: '%s' is not allowed: give %s", option,
	    arguments_shown(text, value), more);
}

static void
print_row(const struct argument *row)
{
	const char *preset = row->preset != NULL ? row->preset : row->otherwise;
	char left[2 * ARGUMENTS_LABEL], letter[8] = "    ",
					name[ARGUMENTS_LABEL];

	if (row->letter != 0)
		(void)snprintf(letter, sizeof(letter), "-%c, ", row->letter);
	(void)snprintf(left, sizeof(left), "%s--%s%s%s", letter, row->name,
	    arguments_takes_value(row) ? " " : "",
	    arguments_takes_value(row) ? value_name(name, row) : "");
	if (strlen(left) >= COLUMN)
		(void)printf("  %s\n  %-*s %s", left, COLUMN, "", row->help);
	else
		(void)printf("  %-*s %s", COLUMN, left, row->help);
	if (preset != NULL)
		(void)printf(" (default: %s)", preset);
	(void)printf("\n");
}

void
arguments_help(const struct arguments *a)
{
	const struct argument *row;

	(void)printf("%s\n", a->usage);
	for (row = a->row; row->name != NULL; row++)
		print_row(row);
}

void
arguments_version(const struct arguments *a)
{
	const char *name = a->usage + strlen("usage: ");

	(void)printf(
	    "%.*s %s\n", (int)strcspn(name, " \n"), name, PACKAGE_VERSION);
}
