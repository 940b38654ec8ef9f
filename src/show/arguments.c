#include "show/arguments.h"

#include <stdio.h>
#include <string.h>

#include "base/escape.h"
#include "base/log.h"
#include "base/num.h"

enum { SHOWN = 64 };

static const char *
shown(char out[SHOWN], const char *text)
{
	(void)escape_text(out, SHOWN, text, strlen(text));
	return out;
}

static _Noreturn void
refuse(const struct argument *row, const char *value)
{
	char text[SHOWN];

	switch (row->kind) {
	case ARG_NUMBER:
		die_usage("--%s: '%s': give a number from %lld to %lld",
		    row->name, shown(text, value), (long long)row->min,
		    (long long)row->max);
	case ARG_SECONDS:
		die_usage("--%s: '%s': give seconds from %g to %g", row->name,
		    shown(text, value), (double)row->min / 1000,
		    (double)row->max / 1000);
	case ARG_FLAG:
		die_usage("--%s: it takes no value", row->name);
	case ARG_TEXT:
		break;
	}
	die_usage("--%s: give a %s that is not empty", row->name, row->value);
}

static void
store(const struct argument *row, void *into, const char *value)
{
	void *to = (char *)into + row->at;
	int failed = 0;

	switch (row->kind) {
	case ARG_FLAG:
		*(int64_t *)to = 1;
		break;
	case ARG_NUMBER:
		failed = num_parse(value, row->min, row->max, to);
		break;
	case ARG_SECONDS:
		failed = num_parse_seconds(value, row->min, row->max, to);
		break;
	case ARG_TEXT:
		failed = value[0] == '\0';
		*(const char **)to = value;
		break;
	}
	if (failed != 0)
		refuse(row, value);
}

static const struct argument *
find(const struct argument *row, const char *name, size_t len)
{
	for (; row->name != NULL; row++)
		if (strlen(row->name) == len &&
		    memcmp(row->name, name, len) == 0)
			return row;
	return NULL;
}

/* The option in argv[0]. Returns how many arguments it took. */
static int
take(const struct argument *table, void *into, char **argv)
{
	const char *name = argv[0] + 2, *equals = strchr(name, '=');
	size_t len = equals != NULL ? (size_t)(equals - name) : strlen(name);
	const struct argument *row =
	    argv[0][1] == '-' ? find(table, name, len) : NULL;
	char text[SHOWN];

	if (row == NULL)
		die_usage(
		    "%s: no such option (try --help)", shown(text, argv[0]));
	if (row->kind == ARG_FLAG && equals != NULL)
		refuse(row, equals + 1);
	if (row->kind == ARG_FLAG || equals != NULL) {
		store(row, into, equals != NULL ? equals + 1 : NULL);
		return 1;
	}
	if (argv[1] == NULL)
		die_usage("--%s: a %s is missing", row->name, row->value);
	store(row, into, argv[1]);
	return 2;
}

int
arguments_parse(const struct argument *table, void *into, char **argv,
    const char **operands, int most)
{
	char text[SHOWN];
	int count = 0;

	while (*argv != NULL) {
		if (argv[0][0] == '-' && argv[0][1] != '\0') {
			argv += take(table, into, argv);
			continue;
		}
		if (count == most)
			die_usage("'%s': there is no place for it (try --help)",
			    shown(text, *argv));
		operands[count++] = *argv++;
	}
	return count;
}

void
arguments_help(const struct argument *table)
{
	const struct argument *row;
	char left[40];

	for (row = table; row->name != NULL; row++) {
		(void)snprintf(left, sizeof(left), "--%s %s", row->name,
		    row->value != NULL ? row->value : "");
		(void)printf("  %-20s %s\n", left, row->help);
	}
}
