#include "check_main.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arguments.h"
#include "base/arguments_file.h"

enum colour { RED, GREEN, BLUE };
static const char *const colours[] = {"red", "green", "blue", NULL};

struct pair {
	int64_t a, b;
};

struct values {
	bool flag, verbose;
	int64_t number, size, seconds;
	int colour;
	uint32_t some;
	const char *text;
	struct argument_list list;
	struct pair pair;
	int64_t absent;
	int choice;
	const char *options;
	const char *file;
	int colour_too;
};

static bool
is_short(const char *value)
{
	return strlen(value) < 4;
}

static bool
take_pair(void *at, const char *value)
{
	struct pair *pair = at;
	long long a, b;

	if (sscanf(value, "%lld-%lld", &a, &b) != 2)
		return false;
	pair->a = a;
	pair->b = b;
	return true;
}

#define AT(field) offsetof(struct values, field)

/* clang-format off */
static const struct argument rows[] = {
	{.name = "flag", .letter = 'f', .kind = ARGUMENT_FLAG, .at = AT(flag),
	    .help = "a flag"},
	{.name = "verbose", .letter = 'v', .kind = ARGUMENT_FLAG,
	    .at = AT(verbose), .help = "another"},
	{.name = "number", .letter = 'n', .kind = ARGUMENT_NUMBER,
	    .at = AT(number), .min = 1, .max = 10, .value = "N",
	    .preset = "3", .help = "a number"},
	{.name = "size", .kind = ARGUMENT_SIZE, .at = AT(size), .min = 1,
	    .max = 4096, .value = "B", .help = "bytes"},
	{.name = "seconds", .kind = ARGUMENT_SECONDS, .at = AT(seconds),
	    .min = 500, .max = 2000, .value = "S", .help = "seconds"},
	{.name = "colour", .kind = ARGUMENT_CHOICE, .at = AT(colour),
	    .words = colours, .value = "COLOUR", .preset = "green",
	    .help = "a colour"},
	{.name = "some", .kind = ARGUMENT_SOME, .at = AT(some),
	    .words = colours, .value = "COLOURS", .help = "colours"},
	{.name = "text", .kind = ARGUMENT_TEXT, .at = AT(text), .value = "T",
	    .help = "a text"},
	{.name = "list", .kind = ARGUMENT_LIST, .at = AT(list), .value = "L",
	    .good = is_short, .allowed = "less than 4 bytes",
	    .help = "texts"},
	{.name = "pair", .kind = ARGUMENT_OTHER, .at = AT(pair), .value = "A-B",
	    .take = take_pair, .allowed = "two numbers", .help = "a pair"},
	{.name = "absent", .kind = ARGUMENT_NUMBER, .at = AT(absent),
	    .value = "N", .absent = -1, .otherwise = "many", .help = "another"},
	{.name = "choice", .kind = ARGUMENT_CHOICE, .at = AT(choice),
	    .words = colours, .absent = -1, .help = "another"},
	{.name = "options", .kind = ARGUMENT_FILE, .at = AT(options),
	    .value = "FILE", .help = "a file of them"},
	{.name = "help", .letter = 'h', .kind = ARGUMENT_PRINT,
	    .print = arguments_help, .help = "print this"},
	{.name = NULL},
};

static const struct argument operands[] = {
	{.name = "FILE", .kind = ARGUMENT_TEXT, .at = AT(file)},
	{.name = "COLOUR", .kind = ARGUMENT_CHOICE, .at = AT(colour_too),
	    .words = colours},
	{.name = NULL},
};
/* clang-format on */

static const struct argument_rule rules[] = {
    {"size", "number", true},
    {"flag", "verbose", false},
    {NULL, NULL, false},
};

static const struct arguments table = {
    .usage = "usage: x\n",
    .row = rows,
    .rule = rules,
    .operand = operands,
};

enum { ARGS = 10 };

static const struct argument *print;

/* Reads the words of a line. */
static int
read_words(struct values *v, const char *line, char why[ARGUMENTS_WHY])
{
	static char copy[256];
	char *args[ARGS + 1] = {NULL}, *word, *rest;
	int n = 0;

	memset(v, 0, sizeof(*v));
	(void)snprintf(copy, sizeof(copy), "%s", line);
	for (word = strtok_r(copy, " ", &rest); word != NULL;
	     word = strtok_r(NULL, " ", &rest))
		args[n++] = word;
	return arguments_read(&table, v, args, &print, why);
}

START_TEST(what_is_not_given_has_its_default)
{
	char why[ARGUMENTS_WHY];
	struct values v;

	ck_assert_int_eq(read_words(&v, "x blue", why), 0);
	ck_assert(!v.flag && v.number == 3 && v.colour == GREEN);
	ck_assert(v.text == NULL && v.list.count == 0 && v.some == 0);
	ck_assert(v.absent == -1 && v.choice == -1);
	ck_assert_ptr_null(print);
}
END_TEST

START_TEST(values_follow_or_are_attached)
{
	char why[ARGUMENTS_WHY];
	struct values v;

	ck_assert_int_eq(
	    read_words(&v, "-vn4 --size=2K --seconds 1.5 a red", why), 4);
	ck_assert(v.verbose && v.number == 4 && v.size == 2048);
	ck_assert_int_eq(v.seconds, 1500);
	ck_assert_str_eq(v.file, "a");
	ck_assert_int_eq(v.colour_too, RED);
	ck_assert_int_eq(read_words(&v,
			     "-n 5 --number 6 --colour=blue --some "
			     "red,blue - red",
			     why),
	    4);
	ck_assert(v.number == 6 && v.colour == BLUE);
	ck_assert_uint_eq(v.some, 1U << RED | 1U << BLUE);
	ck_assert_int_eq(
	    read_words(&v, "--text=a=b --pair 3-4 -- -x blue", why), 2);
	ck_assert_str_eq(v.text, "a=b");
	ck_assert(v.pair.a == 3 && v.pair.b == 4);
	ck_assert_str_eq(v.file, "-x");
	ck_assert_int_eq(v.colour_too, BLUE);
}
END_TEST

START_TEST(a_list_has_all_that_was_given_up_to_its_bound)
{
	char arg[] = "--list=ab", file[] = "x", colour[] = "red";
	char *args[ARGUMENT_LIST_MAX + 4] = {NULL};
	char why[ARGUMENTS_WHY];
	struct values v;
	int i;

	memset(&v, 0, sizeof(v));
	for (i = 0; i < ARGUMENT_LIST_MAX; i++)
		args[i] = arg;
	args[i] = file;
	args[i + 1] = colour;
	ck_assert_int_eq(
	    arguments_read(&table, &v, args, &print, why), ARGUMENT_LIST_MAX);
	ck_assert_int_eq(v.list.count, ARGUMENT_LIST_MAX);
	ck_assert_str_eq(v.list.value[ARGUMENT_LIST_MAX - 1], "ab");
	args[i] = arg;
	memset(&v, 0, sizeof(v));
	ck_assert_int_eq(arguments_read(&table, &v, args, &print, why), -1);
	ck_assert_str_eq(why, "--list: given more than 64 times");
}
END_TEST

/* The option, the value, what is allowed. */
static const struct {
	const char *line, *why;
} refused[] = {
    {"-x", "-x: no such option; -h lists them"},
    {"--numbe 1", "--numbe: no such option; -h lists them"},
    {"-n", "--number: its value is missing: give a number from 1 to 10"},
    {"--number", "--number: its value is missing: give a number from 1 to 10"},
    {"--flag=1", "--flag: '1' is not allowed: it takes no value"},
    {"-n 11", "--number: '11' is not allowed: give a number from 1 to 10"},
    {"-n 1x", "--number: '1x' is not allowed: give a number from 1 to 10"},
    {"--size 8K -n 1", "--size: '8K' is not allowed: give bytes from 1 to "
		       "4096, K, M or G may follow"},
    {"--seconds 3",
	"--seconds: '3' is not allowed: give seconds from 0.5 to 2"},
    {"--colour gree", "--colour: 'gree' is not allowed: give one of red, "
		      "green, blue"},
    {"--some red,", "--some: 'red,' is not allowed: give some, with commas "
		    "between, of red, green, blue"},
    {"--text=", "--text: '' is not allowed: give a T that is not empty"},
    {"--list abcd", "--list: 'abcd' is not allowed: give less than 4 bytes"},
    {"--pair 3", "--pair: '3' is not allowed: give two numbers"},
    {"--text=\x1b[2J --colour \x1b", "--colour: '\\x1b' is not allowed: give "
				     "one of red, green, blue"},
    {"a red c\n", "'c\\n': an argument that is no option; -h lists them"},
    {"--size 1 a red", "--size is not allowed: give --number too"},
    {"-fv a red", "--flag is not allowed: --verbose is given too"},
    {"-h1", "-1: no such option; -h lists them"},
    {"--help=1", "--help: '1' is not allowed: it takes no value"},
    {"--choice=", "--choice: '' is not allowed: give one of red, green, blue"},
    {"", "FILE: its value is missing: give a FILE that is not empty"},
    {"--", "FILE: its value is missing: give a FILE that is not empty"},
    {"a", "COLOUR: its value is missing: give one of red, green, blue"},
    {"a b", "COLOUR: 'b' is not allowed: give one of red, green, blue"},
};

START_TEST(a_bad_one_is_named_with_what_is_allowed)
{
	char why[ARGUMENTS_WHY] = "";
	struct values v;

	ck_assert_int_eq(read_words(&v, refused[_i].line, why), -1);
	ck_assert_str_eq(why, refused[_i].why);
}
END_TEST

static char file[] = "/tmp/check_arguments-XXXXXX";

static void
make_file(void)
{
	int fd;

	memcpy(file + sizeof(file) - 7, "XXXXXX", 6);
	fd = mkstemp(file);
	ck_assert_int_ge(fd, 0);
	(void)close(fd);
}

static void
remove_file(void)
{
	(void)unlink(file);
}

/* The words of the line, in which % is the file with that text. */
static int
read_file(struct values *v, const char *line, const char *text, size_t len,
    char why[ARGUMENTS_WHY])
{
	const char *at = strchr(line, '%');
	FILE *f = fopen(file, "we");
	char whole[256];

	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(text, 1, len, f), len);
	(void)fclose(f);
	(void)snprintf(whole, sizeof(whole), "%.*s%s%s", (int)(at - line), line,
	    file, at + 1);
	return read_words(v, whole, why);
}

START_TEST(options_of_a_file_stand_in_its_place)
{
	static const char text[] = "# some\n\n  number 4\nsize=1K\r\n"
				   "text  =  a # b = c \nflag\n\t\n"
				   "list x\nlist y\ncolour\tblue";
	char why[ARGUMENTS_WHY] = "";
	struct values v;

	ck_assert_int_eq(
	    read_file(&v, "-n 9 --colour red --options % --size=2K a red", text,
		strlen(text), why),
	    11);
	ck_assert_int_eq(v.number, 4);
	ck_assert_int_eq(v.size, 2048);
	ck_assert_str_eq(v.text, "a # b = c");
	ck_assert(v.flag);
	ck_assert_int_eq(v.colour, BLUE);
	ck_assert_int_eq(v.list.count, 2);
	ck_assert_str_eq(v.list.value[1], "y");
	ck_assert_str_eq(v.options, file);
}
END_TEST

/* Behind the name of the file, and with its line where there is one. */
static const struct {
	const char *text, *why;
	size_t len; /* 0: the text's */
} refused_files[] = {
    {"\n#\nnumbe 1\n", ":3: numbe: no such option; -h lists them", 0},
    {"=1", ":1: : no such option; -h lists them", 0},
    {"--number 1", ":1: --number: no such option; -h lists them", 0},
    {"flag yes", ":1: --flag: 'yes' is not allowed: it takes no value", 0},
    {"number", ":1: --number: its value is missing: give a number from 1 to 10",
	0},
    {"number\n4",
	":1: --number: its value is missing: give a number from 1 to 10", 0},
    {"flag\nnumber 4 5",
	":2: --number: '4 5' is not allowed: give a number from 1 to 10", 0},
    {"options x", ":1: --options is not allowed in a file", 0},
    {"help", ":1: --help is not allowed in a file", 0},
    {"flag\0", ": there is a NUL in it", 5},
};

START_TEST(of_a_bad_one_in_a_file_it_is_said_where)
{
	const char *text = refused_files[_i].text;
	size_t len = refused_files[_i].len;
	char why[ARGUMENTS_WHY] = "";
	struct values v;

	ck_assert_int_eq(read_file(&v, "--options % a red", text,
			     len != 0 ? len : strlen(text), why),
	    -1);
	ck_assert_int_eq(strncmp(why, file, strlen(file)), 0);
	ck_assert_str_eq(why + strlen(file), refused_files[_i].why);
}
END_TEST

START_TEST(a_file_that_cannot_be_read_is_refused)
{
	static char much[65537];
	char why[ARGUMENTS_WHY] = "";
	struct values v;

	ck_assert_int_eq(read_words(&v, "--options /nowhere a red", why), -1);
	ck_assert_str_eq(why, "/nowhere: No such file or directory");
	ck_assert_int_eq(read_words(&v, "--options /tmp a red", why), -1);
	ck_assert_str_eq(why, "/tmp: Is a directory");
	memset(much, '\n', sizeof(much));
	ck_assert_int_eq(
	    read_file(&v, "--options % a red", much, sizeof(much) - 1, why), 1);
	ck_assert_int_eq(
	    read_file(&v, "--options % a red", much, sizeof(much), why), -1);
	ck_assert_str_eq(
	    why + strlen(file), ": too long for a file of options");
}
END_TEST

/* Half a line, and after a while the rest. */
static void
write_slowly(const char *name)
{
	int fd = open(name, O_WRONLY);

	if (fd >= 0 && write(fd, "number", 6) == 6 && poll(NULL, 0, 20) == 0 &&
	    write(fd, " 4\n", 3) == 3)
		_exit(0);
	_exit(1);
}

START_TEST(a_pipe_may_take_its_time_and_not_for_ever)
{
	char name[] = "/tmp/check_arguments.XXXXXX", *text;
	int status, fd = mkstemp(name);
	pid_t writer;

	ck_assert_int_ge(fd, 0);
	(void)close(fd);
	ck_assert_int_eq(unlink(name), 0);
	ck_assert_int_eq(mkfifo(name, 0600), 0);
	text = arguments_file_load(name, 10);
	ck_assert(text == NULL && errno == ETIMEDOUT);
	fd = open(name, O_RDWR);
	ck_assert_int_eq(write(fd, "number", 6), 6);
	text = arguments_file_load(name, 10);
	ck_assert(text == NULL && errno == ETIMEDOUT);
	(void)close(fd);
	writer = fork();
	if (writer == 0)
		write_slowly(name);
	text = arguments_file_load(name, 60000);
	ck_assert_int_eq(unlink(name), 0);
	ck_assert_ptr_nonnull(text);
	ck_assert_str_eq(text, "number 4\n");
	ck_assert_int_eq(waitpid(writer, &status, 0), writer);
	ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(who_asks_for_the_help_need_give_nothing_else)
{
	char why[ARGUMENTS_WHY];
	struct values v;

	ck_assert_int_eq(read_words(&v, "-fvh", why), 3);
	ck_assert_str_eq(print->name, "help");
	ck_assert_int_eq(read_words(&v, "--help a", why), 1);
	ck_assert_str_eq(print->name, "help");
}
END_TEST

START_TEST(a_default_that_could_not_be_given_is_found)
{
	static const struct argument bad[] = {
	    {.name = "number",
		.kind = ARGUMENT_NUMBER,
		.value = "N",
		.max = 1,
		.preset = "2"},
	    {.name = NULL},
	};
	static const struct arguments table_of_it = {.row = bad};
	char why[ARGUMENTS_WHY], *none[] = {NULL};
	int64_t number;

	ck_assert_int_eq(
	    arguments_read(&table_of_it, &number, none, &print, why), -1);
	ck_assert_str_eq(
	    why, "--number: '2' is not allowed: give a number from 0 to 1");
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, make_file, remove_file);
	tcase_add_test(tc, options_of_a_file_stand_in_its_place);
	tcase_add_loop_test(tc, of_a_bad_one_in_a_file_it_is_said_where, 0,
	    sizeof(refused_files) / sizeof(refused_files[0]));
	tcase_add_test(tc, a_file_that_cannot_be_read_is_refused);
	tcase_add_test(tc, a_pipe_may_take_its_time_and_not_for_ever);
	tcase_add_test(tc, who_asks_for_the_help_need_give_nothing_else);
	tcase_add_test(tc, a_default_that_could_not_be_given_is_found);
	tcase_add_test(tc, what_is_not_given_has_its_default);
	tcase_add_test(tc, values_follow_or_are_attached);
	tcase_add_test(tc, a_list_has_all_that_was_given_up_to_its_bound);
	tcase_add_loop_test(
	    tc, a_bad_one_is_named_with_what_is_allowed, 0, LENGTH(refused));
}

int
main(void)
{
	return check_main("arguments", add_tests);
}
