#include "base/arguments.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arguments_file.h"
#include "arguments_words.h"
#include "base/log.h"
#include "base/num.h"

enum { PATIENCE_MS = 10000 /* as cause_of_file() says */ };

/* What is being read. */
struct reading {
	const struct arguments *a;
	void *into;
	char *why;
	int given;		  /* options */
	int operands;		  /* of them */
	bool seen[ARGUMENTS_MAX]; /* by row */
	const struct argument *print;
};

static int refuse(struct reading *r, const char *fmt, ...) LOG_PRINTF(2, 3);

static int
refuse(struct reading *r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(r->why, ARGUMENTS_WHY, fmt, ap);
	va_end(ap);
	return -1;
}

/* As users write it. */
static const char *
label(char out[ARGUMENTS_LABEL], const struct reading *r,
    const struct argument *row)
{
	const struct argument *operand = r->a->operand;

	while (operand != NULL && operand->name != NULL && operand != row)
		operand++;
	(void)snprintf(out, ARGUMENTS_LABEL, "%s%s", operand == row ? "" : "--",
	    row->name);
	return out;
}

static int
refuse_value(struct reading *r, const struct argument *row, const char *value)
{
	char text[ARGUMENTS_SHOWN], more[ARGUMENTS_MORE], name[ARGUMENTS_LABEL];

	if (!arguments_takes_value(row))
		return refuse(r, "%s: '%s' is not allowed: it takes no value",
		    label(name, r, row), arguments_shown(text, value));
	return refuse(r, "%s: '%s' is not allowed: give %s",
	    label(name, r, row), arguments_shown(text, value),
	    arguments_allowed(more, row));
}

static int
refuse_missing(struct reading *r, const struct argument *row)
{
	char more[ARGUMENTS_MORE], name[ARGUMENTS_LABEL];

	return refuse(r, "%s: its value is missing: give %s",
	    label(name, r, row), arguments_allowed(more, row));
}

/* The index of a word; -1 if it is none of them. */
static int
word_index(const char *const *words, const char *value, size_t len)
{
	int i;

	for (i = 0; words[i] != NULL; i++)
		if (strlen(words[i]) == len &&
		    memcmp(words[i], value, len) == 0)
			return i;
	return -1;
}

static bool
choose(const char *const *words, const char *value, int *to)
{
	*to = word_index(words, value, strlen(value));
	return *to >= 0;
}

static bool
choose_some(const char *const *words, const char *value, uint32_t *to)
{
	size_t len;
	int i;

	for (*to = 0;; value++) {
		len = strcspn(value, ",");
		i = word_index(words, value, len);
		if (i < 0)
			return false;
		*to |= UINT32_C(1) << i;
		value += len;
		if (*value == '\0')
			return true;
	}
}

static bool
is_good(const struct argument *row, const char *value)
{
	return row->good != NULL ? row->good(value) : value[0] != '\0';
}

static bool
append(struct argument_list *list, const char *value)
{
	if (list->count == ARGUMENT_LIST_MAX)
		return false;
	list->value[list->count++] = value;
	return true;
}

/* Stores the value where it goes. False: it is bad. */
static bool
store(void *to, const struct argument *row, const char *value)
{
	switch (row->kind) {
	case ARGUMENT_FLAG:
		*(bool *)to = true;
		return true;
	case ARGUMENT_NUMBER:
		return num_parse(value, row->min, row->max, to) == 0;
	case ARGUMENT_SIZE:
		return num_parse_size(value, row->min, row->max, to) == 0;
	case ARGUMENT_SECONDS:
		return num_parse_seconds(value, row->min, row->max, to) == 0;
	case ARGUMENT_CHOICE:
		return choose(row->words, value, to);
	case ARGUMENT_SOME:
		return choose_some(row->words, value, to);
	case ARGUMENT_TEXT:
	case ARGUMENT_FILE:
		*(const char **)to = value;
		return is_good(row, value);
	case ARGUMENT_LIST:
		return is_good(row, value) && append(to, value);
	case ARGUMENT_OTHER:
		return row->take(to, value);
	case ARGUMENT_PRINT:
		return true;
	}
	return false;
}

static void *
target(const struct reading *r, const struct argument *row)
{
	return (char *)r->into + row->at;
}

static int take_file(struct reading *r, const char *path);

static int
take(struct reading *r, const struct argument *row, const char *value)
{
	const struct argument_list *list = target(r, row);

	r->given++;
	r->seen[row - r->a->row] = true;
	if (row->kind == ARGUMENT_PRINT)
		r->print = row;
	if (row->kind == ARGUMENT_LIST && list->count == ARGUMENT_LIST_MAX)
		return refuse(r, "--%s: given more than %d times", row->name,
		    ARGUMENT_LIST_MAX);
	if (!store(target(r, row), row, value))
		return refuse_value(r, row, value);
	return row->kind == ARGUMENT_FILE ? take_file(r, value) : 0;
}

static const struct argument *
find(const struct arguments *a, const char *name, size_t len)
{
	const struct argument *row = a->row;

	while (row->name != NULL &&
	       (strlen(row->name) != len || memcmp(row->name, name, len) != 0))
		row++;
	return row->name != NULL ? row : NULL;
}

static const struct argument *
find_letter(const struct arguments *a, char letter)
{
	const struct argument *row = a->row;

	while (row->name != NULL && row->letter != letter)
		row++;
	return row->name != NULL ? row : NULL;
}

/* --name, --name=value, --name value. Returns how many of argv it took. */
static int
read_name(struct reading *r, char **argv)
{
	const char *name = argv[0] + 2, *equals = strchr(name, '=');
	size_t len = equals != NULL ? (size_t)(equals - name) : strlen(name);
	const struct argument *row = find(r->a, name, len);
	char text[ARGUMENTS_SHOWN];

	if (row == NULL)
		return refuse(r, "%s: no such option; -h lists them",
		    arguments_shown(text, argv[0]));
	if (!arguments_takes_value(row) && equals != NULL)
		return refuse_value(r, row, equals + 1);
	if (!arguments_takes_value(row) || equals != NULL)
		return take(r, row, equals != NULL ? equals + 1 : NULL) == 0
			   ? 1
			   : -1;
	if (argv[1] == NULL)
		return refuse_missing(r, row);
	return take(r, row, argv[1]) == 0 ? 2 : -1;
}

/* -w4, -w 4, -tv. */
static int
read_letters(struct reading *r, char **argv)
{
	const struct argument *row;
	char text[ARGUMENTS_SHOWN], one[2] = "";
	const char *p;

	for (p = argv[0] + 1; *p != '\0'; p++) {
		row = find_letter(r->a, *p);
		one[0] = *p;
		if (row == NULL)
			return refuse(r, "-%s: no such option; -h lists them",
			    arguments_shown(text, one));
		if (!arguments_takes_value(row)) {
			if (take(r, row, NULL) != 0)
				return -1;
			continue;
		}
		if (p[1] != '\0')
			return take(r, row, p + 1) == 0 ? 1 : -1;
		if (argv[1] == NULL)
			return refuse_missing(r, row);
		return take(r, row, argv[1]) == 0 ? 2 : -1;
	}
	return 1;
}

static int
take_line(struct reading *r, const struct arguments_line *line)
{
	const struct argument *row = find(r->a, line->name, strlen(line->name));
	const char *value = line->value;
	char text[ARGUMENTS_SHOWN];

	if (row == NULL)
		return refuse(r, "%s: no such option; -h lists them",
		    arguments_shown(text, line->name));
	if (row->kind == ARGUMENT_FILE || row->kind == ARGUMENT_PRINT)
		return refuse(r, "--%s is not allowed in a file", row->name);
	if (arguments_takes_value(row) && *value == '\0')
		return refuse_missing(r, row);
	if (!arguments_takes_value(row) && *value != '\0')
		return refuse_value(r, row, value);
	return take(r, row, value);
}

static const char *
cause_of_file(int error)
{
	switch (error) {
	case E2BIG:
		return "too long for a file of options";
	case EINVAL:
		return "there is a NUL in it";
	case ETIMEDOUT:
		return "nobody has written to it for 10 seconds";
	default:
		return strerror(error);
	}
}

static int
take_file(struct reading *r, const char *path)
{
	char why[ARGUMENTS_WHY], text[ARGUMENTS_SHOWN];
	struct arguments_line line = {.number = 0};
	char *rest = arguments_file_load(path, PATIENCE_MS);

	if (rest == NULL)
		return refuse(r, "%s: %s", arguments_shown(text, path),
		    cause_of_file(errno));
	while (arguments_file_next(&line, &rest)) {
		if (take_line(r, &line) == 0)
			continue;
		(void)snprintf(why, sizeof(why), "%s", r->why);
		return refuse(r, "%s:%d: %s", arguments_shown(text, path),
		    line.number, why);
	}
	return 0;
}

static bool
is_seen(const struct reading *r, const char *name)
{
	const struct argument *row = find(r->a, name, strlen(name));

	return row != NULL && r->seen[row - r->a->row];
}

static int
check_rules(struct reading *r)
{
	const struct argument_rule *rule = r->a->rule;

	for (; rule != NULL && rule->name != NULL; rule++) {
		if (!is_seen(r, rule->name) ||
		    is_seen(r, rule->other) == rule->needs)
			continue;
		return refuse(r,
		    rule->needs ? "--%s is not allowed: give --%s too"
				: "--%s is not allowed: --%s is given too",
		    rule->name, rule->other);
	}
	return 0;
}

/* Stores what holds for an option that is not given. If the default of a row is
 * bad, every command line is refused: so a test finds it. */
static int
set_default(struct reading *r, const struct argument *row)
{
	if (row->preset != NULL)
		return store(target(r, row), row, row->preset)
			   ? 0
			   : refuse_value(r, row, row->preset);
	if (row->absent != 0 && row->kind == ARGUMENT_CHOICE)
		*(int *)target(r, row) = (int)row->absent;
	else if (row->absent != 0)
		*(int64_t *)target(r, row) = row->absent;
	return 0;
}

static int
set_defaults(struct reading *r)
{
	const struct argument *row;

	for (row = r->a->row; row->name != NULL; row++)
		if (set_default(r, row) != 0)
			return -1;
	return 0;
}

/* The next operand that is not given, NULL: none. */
static const struct argument *
next_operand(const struct reading *r)
{
	const struct argument *row = r->a->operand;

	if (row == NULL || row[r->operands].name == NULL)
		return NULL;
	return &row[r->operands];
}

static int
take_operand(struct reading *r, const char *value)
{
	const struct argument *row = next_operand(r);
	char text[ARGUMENTS_SHOWN];

	if (row == NULL)
		return refuse(r,
		    "'%s': an argument that is no option; -h lists them",
		    arguments_shown(text, value));
	r->operands++;
	if (store(target(r, row), row, value))
		return 0;
	return refuse_value(r, row, value);
}

static int
check_operands(struct reading *r)
{
	const struct argument *row = next_operand(r);

	return row == NULL ? 0 : refuse_missing(r, row);
}

static int
read_all(struct reading *r, char **argv)
{
	bool options = true;
	int n;

	while (*argv != NULL) {
		if (options && strcmp(*argv, "--") == 0) {
			options = false;
			argv++;
		} else if (!options || argv[0][0] != '-' ||
			   argv[0][1] == '\0') {
			if (take_operand(r, *argv++) != 0)
				return -1;
		} else {
			n = argv[0][1] == '-' ? read_name(r, argv)
					      : read_letters(r, argv);
			if (n < 0)
				return -1;
			argv += n;
		}
	}
	if (r->print != NULL)
		return 0;
	return check_operands(r) != 0 ? -1 : check_rules(r);
}

int
arguments_read(const struct arguments *a, void *into, char **argv,
    const struct argument **print, char why[ARGUMENTS_WHY])
{
	struct reading r = {.a = a, .into = into, .why = why};

	if (set_defaults(&r) != 0 || read_all(&r, argv) != 0)
		return -1;
	*print = r.print;
	return r.given;
}

int
arguments_demand(const struct arguments *a, void *into, char **argv)
{
	const struct argument *print;
	char why[ARGUMENTS_WHY];
	int given = arguments_read(a, into, argv, &print, why);

	if (given < 0)
		die_usage("%s", why);
	if (print == NULL)
		return given;
	print->print(a);
	if (fflush(stdout) != 0)
		die("standard output:");
	exit(0);
}
