/*
 * check_usage - what all programs have in common on their command lines: the
 * form in which they refuse, their help, and their man pages.
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "program.h"
#include "suite.h"

enum {
	USAGE = 100,
	NAME = 40,
	ARGS = 4,
	OPTIONS = 96, /* of one program */
	PAGE = 65536
};

/* Those that there are. */
static const struct program {
	const char *name;    /* the file, and who speaks */
	const char *command; /* what its arguments begin with, NULL: nothing */
	const char *page;    /* its man page, NULL: none */
} programs[] = {
    {"prefork", NULL, "src/prefork.8"},
    {"prefork-client", NULL, "src/client/prefork-client.1"},
    {"prefork-show", NULL, "src/show/prefork-show.1"},
    {"prefork-show", "demo", "src/show/prefork-show.1"},
    {"prefork-show", "layers", "src/show/prefork-show.1"},
    {"prefork-lab", NULL, NULL},
};

enum { PROGRAMS = sizeof(programs) / sizeof(programs[0]) };

/* An option as the help lists it. */
struct option {
	char letter; /* 0: none */
	char name[NAME];
	char value[NAME]; /* "": it takes none */
};

static struct result result;

/* Runs a program with these arguments behind its command, up to a NULL. */
static void
run_line(const struct program *p, const char *const arg[ARGS])
{
	const char *top = getenv("top_builddir");
	char path[512];

	(void)snprintf(
	    path, sizeof(path), "%s/%s", top != NULL ? top : ".", p->name);
	if (p->command != NULL)
		program_run(&result, NULL, path, p->command, arg[0], arg[1],
		    arg[2], arg[3], NULL);
	else
		program_run(
		    &result, NULL, path, arg[0], arg[1], arg[2], arg[3], NULL);
}

static void
run(const struct program *p, const char *one, const char *two)
{
	const char *const arg[ARGS] = {one, two};

	run_line(p, arg);
}

/* It has said this in one line, where it ends with a space with more behind
 * it, and nothing else. fmt: with the option's name. */
static void
must_refuse(const struct program *p, const char *fmt, const char *name)
{
	char line[512];
	int len = snprintf(line, sizeof(line), "%s: ", p->name);

	len += snprintf(line + len, sizeof(line) - (size_t)len, fmt, name);
	ck_assert_msg(result.status == USAGE, "'%s': status %d, '%s'", line,
	    result.status, result.err);
	ck_assert_str_eq(result.out, "");
	ck_assert_msg(strncmp(result.err, line, (size_t)len) == 0,
	    "'%s' does not begin with '%s'", result.err, line);
	ck_assert_msg(line[len - 1] != ' ' || result.err[len] != '\n',
	    "nothing follows '%s'", line);
	ck_assert_ptr_eq(
	    strchr(result.err, '\n'), result.err + strlen(result.err) - 1);
}

/* "  -w, --workers N    workers": false if the line is no option. */
static bool
read_option(const char *line, struct option *o)
{
	size_t len;

	memset(o, 0, sizeof(*o));
	if (strncmp(line, "  -", 3) != 0 && strncmp(line, "      --", 8) != 0)
		return false;
	if (line[2] == '-') {
		o->letter = line[3];
		ck_assert_msg(strncmp(line + 4, ", --", 4) == 0, "%.40s", line);
	}
	line += 8;
	len = strspn(line, "abcdefghijklmnopqrstuvwxyz0123456789-");
	ck_assert(len > 0 && len < NAME);
	memcpy(o->name, line, len);
	line += len;
	if (line[0] != ' ' || line[1] == ' ')
		return true;
	len = 1;
	/* A name in quotes has spaces. */
	if (line[1] == '\'')
		len = (size_t)(strchr(line + 2, '\'') - line);
	len += strcspn(line + len, " \n") - 1;
	ck_assert(len > 0 && len < NAME);
	memcpy(o->value, line + 1, len);
	return true;
}

/* All of a program. Returns how many. */
static int
list_options(const struct program *p, struct option all[OPTIONS])
{
	const char *line;
	int n = 0;

	run(p, "--help", NULL);
	ck_assert_msg(result.status == 0, "%s", result.err);
	ck_assert_str_eq(result.err, "");
	for (line = result.out; *line != '\0'; line = strchr(line, '\n') + 1)
		if (read_option(line, &all[n]))
			ck_assert_int_lt(++n, OPTIONS);
	ck_assert_int_gt(n, 1);
	return n;
}

START_TEST(every_option_refuses_a_bad_value_in_the_same_form)
{
	static struct option all[OPTIONS];
	const struct program *p = &programs[_i];
	char arg[NAME + 4];
	int i, n = list_options(p, all);

	for (i = 0; i < n; i++) {
		if (all[i].value[0] == '\0') {
			(void)snprintf(
			    arg, sizeof(arg), "--%s=\n", all[i].name);
			run(p, arg, NULL);
			must_refuse(p,
			    "--%s: '\\n' is not allowed: it takes no value",
			    all[i].name);
			continue;
		}
		(void)snprintf(arg, sizeof(arg), "--%s", all[i].name);
		run(p, arg, "");
		must_refuse(p, "--%s: '' is not allowed: give ", all[i].name);
		run(p, arg, NULL);
		must_refuse(
		    p, "--%s: its value is missing: give ", all[i].name);
	}
}
END_TEST

START_TEST(every_letter_stands_for_its_option)
{
	static struct option all[OPTIONS];
	const struct program *p = &programs[_i];
	char arg[4] = "-?";
	int i, n = list_options(p, all);

	for (i = 0; i < n; i++) {
		arg[1] = all[i].letter;
		if (all[i].letter == 0 || all[i].value[0] == '\0')
			continue;
		run(p, arg, "");
		must_refuse(p, "--%s: '' is not allowed: give ", all[i].name);
	}
}
END_TEST

START_TEST(every_choice_is_refused_with_its_words)
{
	static struct option all[OPTIONS];
	const struct program *p = &programs[_i];
	char arg[NAME + 8], words[2 * NAME] = "";
	int i, n = list_options(p, all);
	const char *from;
	char *to;

	for (i = 0; i < n; i++) {
		/* Those that the help gives in lower case are words. */
		if (!islower((unsigned char)all[i].value[0]))
			continue;
		for (from = all[i].value, to = words; *from != '\0'; from++) {
			if (*from != '|')
				*to++ = *from;
			else
				to += sprintf(to, ", ");
		}
		*to = '\0';
		(void)snprintf(
		    arg, sizeof(arg), "--%s=%.1s", all[i].name, all[i].value);
		run(p, arg, NULL);
		must_refuse(p, "--%s: '", all[i].name);
		ck_assert_ptr_nonnull(strstr(result.err, words));
	}
}
END_TEST

START_TEST(what_is_no_option_is_refused_in_the_same_form)
{
	const struct program *p = &programs[_i];

	run(p, "--no-such\n", NULL);
	must_refuse(p, "%s: no such option; -h lists them", "--no-such\\n");
	run(p, "-?", NULL);
	must_refuse(p, "%s: no such option; -h lists them", "-?");
}
END_TEST

/* Bad command lines of each: of operands, and of options together. */
static const struct {
	int program; /* of those above */
	const char *arg[ARGS];
	const char *told; /* as far as it goes */
} lines[] = {
    {0, {"stray"}, "'stray': an argument that is no option; -h lists them"},
    {0, {"--syslog", "--log=x"}, "--syslog is not allowed: --log is given too"},
    {0, {"-p", "65536"},
	"--port: '65536' is not allowed: give a number from "
	"0 to 65535"},
    {0, {"--pid-file="},
	"--pid-file: '' is not allowed: give a FILE that is not empty"},
    {0, {"--grace", "x"},
	"--grace: 'x' is not allowed: give seconds from 0 "
	"to 86400"},
    {1, {NULL}, "HOST: its value is missing: give a HOST that is not empty"},
    {1, {"h"}, "PORT: its value is missing: give a number from 1 to 65535"},
    {1, {"h", "0"}, "PORT: '0' is not allowed: give a number from 1 to 65535"},
    {1, {"h", "http"},
	"PORT: 'http' is not allowed: give a number from 1 to "
	"65535"},
    {1, {"", "1"}, "HOST: '' is not allowed: give a HOST that is not empty"},
    {1, {"h", "1", "2"}, "'2': an argument that is no option; -h lists them"},
    {1, {"h", "1", "--clients=0"},
	"--clients: '0' is not allowed: give a "
	"number from 1 to 1000000"},
    {1, {"h", "1", "--size=0"},
	"--size: '0' is not allowed: give bytes from "
	"1 to 1G, such as 64, 16K or 1-4K"},
    {1, {"h", "1", "--size=4-3"}, "--size: '4-3' is not allowed: give bytes"},
    {1, {"h", "1", "--size=1-"}, "--size: '1-' is not allowed: give bytes"},
    {1, {"h", "1", "--size=-5"}, "--size: '-5' is not allowed: give bytes"},
    {1, {"h", "1", "--size=1-2-3"}, "--size: '1-2-3' is not allowed: give b"},
    {1, {"h", "1", "--size=2G"}, "--size: '2G' is not allowed: give bytes"},
    {1, {"h", "1", "--rate=0"}, "--rate: '0' is not allowed: give a number"},
    {1, {"h", "1", "--get=x"}, "--get: 'x' is not allowed: give a path that "},
    {1, {"h", "1", "--get=/\x01"}, "--get: '/\\x01' is not allowed: give a p"},
    {1, {"h", "1", "--get=/", "--sha256=abc"},
	"--sha256: 'abc' is not "
	"allowed: give 64 hexadecimal "
	"digits"},
    {1, {"h", "1", "--window=1"}, "--window is not allowed: give --stream too"},
    {1, {"h", "1", "--header=A:b"}, "--header is not allowed: give --get too"},
    {1, {"h", "1", "--stream", "--churn"},
	"--stream is not allowed: --churn "
	"is given too"},
    {1, {"h", "1", "--get=/", "--size=1"},
	"--get is not allowed: --size is "
	"given too"},
    {1, {"h", "1", "--get=/", "--header=A"},
	"--header: 'A' is not allowed: "
	"give a line "},
    {1, {"h", "1", "--header=A:"}, "--header: 'A:' is not allowed: give a "},
    {1, {"h", "1", "--header=A:\x01"}, "--header: 'A:\\x01' is not allowed"},
    {1, {"h", "1", "--header=A:b\nC:d"},
	"--header: 'A:b\\nC:d' is not "
	"allowed: give a line"},
    {1, {"h", "1", "--header=Host:b"}, "--header: 'Host:b' is not allowed"},
    {1, {"h", "1", "--header=Content-Length:5"},
	"--header: "
	"'Content-Length:5' is not "
	"allowed: give a line"},
    {2, {NULL}, "COMMAND: its value is missing: give one of demo, layers"},
    {2, {"dem"}, "COMMAND: 'dem' is not allowed: give one of demo, layers"},
    {3, {"--clients=7", "--downloads=8"},
	"--downloads: '8' is not allowed: "
	"give at most 7: there are no more "
	"clients"},
    {3, {"stray"}, "'stray': an argument that is no option; -h lists them"},
    {4, {NULL}, "FILE: its value is missing: give a FILE that is not empty"},
    {4, {"one", "two"}, "'two': an argument that is no option; -h lists them"},
    {5, {"stray"}, "'stray': an argument that is no option; -h lists them"},
    {5, {"--only", "memory,nonsense"},
	"--only: 'memory,nonsense' is not "
	"allowed: give some, with commas "
	"between, of isolation, "},
    {5, {"--models", "prefork,"},
	"--models: 'prefork,' is not allowed: give "
	"some, with commas between, of prefork, "},
};

enum { LINES = sizeof(lines) / sizeof(lines[0]) };

START_TEST(what_makes_no_sense_is_refused_in_the_same_form)
{
	const struct program *p = &programs[lines[_i].program];

	run_line(p, lines[_i].arg);
	must_refuse(p, "%s", lines[_i].told);
}
END_TEST

static const char *
read_page(const char *name)
{
	static char text[PAGE];
	const char *top = getenv("top_srcdir");
	char path[512];
	size_t n;
	FILE *f;

	(void)snprintf(
	    path, sizeof(path), "%s/%s", top != NULL ? top : ".", name);
	f = fopen(path, "r");
	ck_assert_msg(f != NULL, "there is no %s", path);
	n = fread(text, 1, sizeof(text) - 1, f);
	(void)fclose(f);
	ck_assert_uint_lt(n, sizeof(text) - 1);
	text[n] = '\0';
	return text;
}

/* The line of the page at which an option is explained: ".It Fl w , Fl
 * -workers Ar n"; NULL: there is none. */
static const char *
find_item(const char *page, const struct option *o)
{
	char name[NAME + 2], letter[16];
	const char *line, *at;
	size_t len;

	(void)snprintf(name, sizeof(name), " -%s", o->name);
	(void)snprintf(letter, sizeof(letter), ".It Fl %c ,", o->letter);
	for (line = page; (line = strstr(line, "\n.It Fl ")) != NULL;) {
		line++;
		len = strcspn(line, "\n");
		at = strstr(line, name);
		if (at == NULL || at > line + len ||
		    strchr(" \n", at[strlen(name)]) == NULL)
			continue;
		if (o->letter == 0 ||
		    strncmp(line, letter, strlen(letter)) == 0)
			return line;
	}
	return NULL;
}

/* Every word of a choice. */
static void
must_have_words(const char *item, const char *words)
{
	size_t end = strcspn(item, "\n"), len;
	const char *at;

	if (!islower((unsigned char)words[0]))
		return;
	for (; *words != '\0'; words += len + (words[len] == '|')) {
		len = strcspn(words, "|");
		for (at = item; at < item + end; at++)
			if (strncmp(at, words, len) == 0 && at[-1] == ' ' &&
			    strchr(" \n", at[len]) != NULL)
				break;
		ck_assert_msg(at < item + end, "'%.*s' has no %.*s", (int)end,
		    item, (int)len, words);
	}
}

START_TEST(every_option_is_in_the_man_page)
{
	static struct option all[OPTIONS];
	const struct program *p = &programs[_i];
	const char *page, *item;
	int i, n = list_options(p, all);

	if (p->page == NULL)
		return;
	page = read_page(p->page);
	for (i = 0; i < n; i++) {
		item = find_item(page, &all[i]);
		ck_assert_msg(item != NULL, "%s does not explain --%s", p->page,
		    all[i].name);
		must_have_words(item, all[i].value);
	}
}
END_TEST

/* Does a program that has this page have the option? */
static bool
is_listed(const char *page, const char *name, size_t len)
{
	static struct option all[OPTIONS];
	int i, k, n;

	for (k = 0; k < PROGRAMS; k++) {
		if (programs[k].page == NULL ||
		    strcmp(programs[k].page, page) != 0)
			continue;
		n = list_options(&programs[k], all);
		for (i = 0; i < n; i++)
			if (strlen(all[i].name) == len &&
			    memcmp(all[i].name, name, len) == 0)
				return true;
	}
	return false;
}

START_TEST(every_option_in_a_man_page_is_one)
{
	const char *at, *name;
	size_t len;
	int n = 0;

	if (programs[_i].page == NULL)
		return;
	at = read_page(programs[_i].page);
	/* "Fl -name", wherever it is spoken of. */
	for (; (at = strstr(at, "Fl -")) != NULL; at += 4, n++) {
		name = at + 4;
		len = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");
		ck_assert_msg(is_listed(programs[_i].page, name, len),
		    "%s speaks of --%.*s", programs[_i].page, (int)len, name);
	}
	ck_assert_int_gt(n, 0);
}
END_TEST

START_TEST(every_help_fits_a_terminal)
{
	const char *line, *end;

	run(&programs[_i], "-h", NULL);
	ck_assert_int_eq(result.status, 0);
	ck_assert_str_eq(result.err, "");
	ck_assert_int_eq(strncmp(result.out, "usage: prefork", 14), 0);
	for (line = result.out; strncmp(line, "\nExp", 4) != 0 && *line != '\0';
	     line = end + 1) {
		end = strchr(line, '\n');
		ck_assert_ptr_nonnull(end);
		ck_assert_msg(end - line <= 100, "too wide: '%.*s'",
		    (int)(end - line), line);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("usage");
	TCase *tc = suite_case(suite, "usage");

	tcase_add_loop_test(
	    tc, every_option_refuses_a_bad_value_in_the_same_form, 0, PROGRAMS);
	tcase_add_loop_test(
	    tc, every_letter_stands_for_its_option, 0, PROGRAMS);
	tcase_add_loop_test(
	    tc, every_choice_is_refused_with_its_words, 0, PROGRAMS);
	tcase_add_loop_test(
	    tc, what_is_no_option_is_refused_in_the_same_form, 0, PROGRAMS);
	tcase_add_loop_test(
	    tc, what_makes_no_sense_is_refused_in_the_same_form, 0, LINES);
	tcase_add_loop_test(tc, every_option_is_in_the_man_page, 0, PROGRAMS);
	tcase_add_loop_test(tc, every_option_in_a_man_page_is_one, 0, PROGRAMS);
	tcase_add_loop_test(tc, every_help_fits_a_terminal, 0, PROGRAMS);
	return suite_run(suite);
}
