/* The command line: what is refused, how, and with which status. */
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "master/config.h"
#include "matrix.h"
#include "peer.h"
#include "program.h"
#include "server.h"
#include "suite.h"
#include "tree.h"

enum { USAGE = 100, SYSTEM = 111 };

#define TWENTY "aaaaaaaaaaaaaaaaaaaa"
#define LONG_PATH TWENTY TWENTY TWENTY TWENTY TWENTY TWENTY

static struct server server;
static struct result result;

/* Arguments that are refused, and what the one line must speak of: the
 * option, the value, and what is allowed. */
static const struct refused {
	const char *args[3];
	const char *words[4];
} refused[] = {
    {{"-w", "0"}, {"workers", "'0'", "from 1 to "}},
    {{"-w", "-1"}, {"workers", "'-1'", "from 1 to "}},
    {{"-w", "four"}, {"workers", "'four'", "number"}},
    {{"-w", "4x"}, {"workers", "'4x'", "number"}},
    {{"-w", ""}, {"workers", "''", "number"}},
    {{"-w", " 4"}, {"workers", "' 4'", "number"}},
    {{"-w", "99999999999999999999"}, {"workers", "99999999999999999999"}},
    {{"--workers=100000"}, {"workers", "'100000'", "from 1 to "}},
    {{"-w"}, {"-w", "missing"}},
    {{"--workers"}, {"--workers", "missing"}},
    {{"-p", "65536"}, {"port", "'65536'", "65535"}},
    {{"-p", "-1"}, {"port", "'-1'", "65535"}},
    {{"-p", "http"}, {"port", "'http'", "65535"}},
    {{"-p80x"}, {"port", "'80x'", "65535"}},
    {{"-b", ""}, {"bind", "''"}},
    {{"-b", "unix:"}, {"bind", "'unix:'", "a path"}},
    {{"-b", "unix:/" LONG_PATH}, {"bind", "too long"}},
    {{"--status", ""}, {"status", "''", "a port"}},
    {{"--status", "x"}, {"status", "'x'"}},
    {{"--status", "65536"}, {"status", "'65536'"}},
    {{"--status", "127.0.0.1"}, {"status", "'127.0.0.1'"}},
    {{"--status", "::1:80"}, {"status", "'::1:80'"}},
    {{"--status", "[::1"}, {"status", "'[::1'"}},
    {{"--status", "localhost:"}, {"status", "'localhost:'"}},
    {{"--status", "unix:"}, {"status", "'unix:'"}},
    {{"--socket-mode", ""}, {"socket-mode", "''", "octal"}},
    {{"--socket-mode", "8"}, {"socket-mode", "'8'", "octal"}},
    {{"--socket-mode", "1777"}, {"socket-mode", "'1777'", "0777"}},
    {{"--socket-mode", "00600"}, {"socket-mode", "'00600'", "octal"}},
    {{"--socket-owner", ""}, {"socket-owner", "''", "USER"}},
    {{"--proxy-protocol", ""}, {"proxy-protocol", "''", "addresses"}},
    {{"--proxy-protocol", "localhost"}, {"proxy-protocol", "'localhost'"}},
    {{"--proxy-protocol", "127.0.0.1/33"}, {"proxy-protocol", "/BITS"}},
    {{"--proxy-protocol", "127.0.0.1/8"}, {"proxy-protocol", "'127.0.0.1/8'"}},
    {{"--proxy-protocol", "::1/"}, {"proxy-protocol", "'::1/'"}},
    {{"--proxy-protocol", "unix/8"}, {"proxy-protocol", "'unix/8'"}},
    {{"--proxy-protocol", "::1,"}, {"proxy-protocol", "'::1,'"}},
    {{"--trust-forwarded", "x"}, {"trust-forwarded", "'x'", "networks"}},
    {{"-r", ""}, {"root", "''"}},
    {{"-s", "gopher"}, {"service", "'gopher'", "auto, echo, http"}},
    {{"-s", ""}, {"service", "''", "auto, echo, http"}},
    {{"-s", "auto|echo"}, {"service", "'auto|echo'", "auto, echo, http"}},
    {{"-m", "preforked"}, {"model", "'preforked'", "prefork, prethread, fork"}},
    {{"-m", "pre"}, {"model", "'pre'", "prefork, prethread, fork"}},
    {{"--poller", "select"}, {"poller", "'select'", "poll"}},
    {{"--timeout", "0"}, {"timeout", "'0'", "seconds from"}},
    {{"--timeout", "0.999"}, {"timeout", "'0.999'", "seconds from 1 "}},
    {{"--timeout", "1s"}, {"timeout", "'1s'", "seconds from"}},
    {{"--timeout", "-1"}, {"timeout", "'-1'", "seconds from"}},
    {{"--timeout", "1e3"}, {"timeout", "'1e3'", "seconds from"}},
    {{"--timeout", "."}, {"timeout", "'.'", "seconds from"}},
    {{"--config", ""}, {"config", "''", "FILE"}},
    {{"--config", "/nowhere"}, {"/nowhere: No such file"}},
    {{"--check", "https://x/"}, {"check", "'https://x/'", "http://HOST"}},
    {{"--check", "http://"}, {"check", "'http://'", "http://HOST"}},
    {{"--check", "http://a@b/"}, {"check", "http://HOST"}},
    {{"--check", "http://a:0/"}, {"check", "http://HOST"}},
    {{"--check", "http://a:x/"}, {"check", "http://HOST"}},
    {{"--check", "http://[::1/"}, {"check", "http://HOST"}},
    {{"--check", "http://[::1]x/"}, {"check", "http://HOST"}},
    {{"--check", "http://a/ b"}, {"check", "http://HOST"}},
    {{"--drain-delay", "-1"}, {"drain-delay", "'-1'", "seconds from 0"}},
    {{"--grace", "x"}, {"grace", "'x'", "seconds from"}},
    {{"--max-clients", "0"}, {"max-clients", "'0'", "from 1 to "}},
    {{"--idle-timeout", "nan"}, {"idle-timeout", "'nan'", "seconds from"}},
    {{"--header-timeout", "inf"}, {"header-timeout", "'inf'", "seconds"}},
    {{"--keep-alive", ""}, {"keep-alive", "''", "seconds from"}},
    {{"--index", ""}, {"index", "''", "name of a file"}},
    {{"--index", "a/b"}, {"index", "'a/b'", "name of a file"}},
    {{"--index", ".."}, {"index", "'..'", "name of a file"}},
    {{"--error-page", "404"}, {"error-page", "'404'", "400 to 599", "="}},
    {{"--error-page", "404="}, {"error-page", "'404='", "400 to 599"}},
    {{"--error-page", "200=a"}, {"error-page", "'200=a'", "400 to 599"}},
    {{"--error-page", "4040=a"}, {"error-page", "'4040=a'", "400 to 599"}},
    {{"--error-page", "600=a"}, {"error-page", "'600=a'", "400 to 599"}},
    {{"--header", ""}, {"header", "''", "NAME: VALUE"}},
    {{"--header", "X-A"}, {"header", "'X-A'", "NAME: VALUE"}},
    {{"--header", "X A: b"}, {"header", "'X A: b'", "NAME: VALUE"}},
    {{"--header", "X-A:"}, {"header", "'X-A:'", "NAME: VALUE"}},
    {{"--header", "X-A: b\r\nX-C: d"}, {"header", "NAME: VALUE"}},
    {{"--header", "Content-Length: 1"}, {"header", "does not write itself"}},
    {{"--header", "transfer-encoding: x"}, {"header", "write itself"}},
    {{"--cache-control", ""}, {"cache-control", "''", "value of a field"}},
    {{"--cache-control", "a\nb"}, {"cache-control", "value of a field"}},
    {{"--cache-control", "/a/*"}, {"cache-control", "'/a/*'", "path"}},
    {{"--cache-control", "/a="}, {"cache-control", "'/a='", "path"}},
    {{"--mime-types", ""}, {"mime-types", "''", "FILE"}},
    {{"--follow", "all"}, {"follow", "'all'", "no, relative, inside"}},
    {{"--charset", ""}, {"charset", "''", "character set", "off"}},
    {{"--charset", "utf 8"}, {"charset", "'utf 8'", "character set"}},
    {{"--spa=yes"}, {"spa", "'yes'", "no value"}},
    {{"--log-format", "common"}, {"log-format", "'common'", "combined, json"}},
    {{"--access-log", ""}, {"access-log", "''"}},
    {{"--pid-file", ""}, {"pid-file", "''", "FILE"}},
    {{"--pid-file"}, {"--pid-file", "missing", "FILE"}},
    {{"--syslog", "--log", "/dev/null"},
	{"--syslog is not allowed: --log is given too"}},
    {{"--max-line", "63"}, {"max-line", "'63'", "bytes from 64 to "}},
    {{"--max-line", "25K"}, {"max-line", "'25K'", "bytes from"}},
    {{"--max-head", "1T"}, {"max-head", "'1T'", "K, M or G"}},
    {{"--max-fields", "0"}, {"max-fields", "'0'", "from 1 to "}},
    {{"--max-body", "-1"}, {"max-body", "'-1'", "bytes from 0"}},
    {{"--test=yes"}, {"test", "'yes'", "no value"}},
    {{"-x"}, {"-x", "no such option"}},
    {{"--worker", "4"}, {"--worker", "no such option"}},
    {{"5000"}, {"'5000'", "no option"}},
    {{"--", "5000"}, {"'5000'", "no option"}},
    {{"-w", "2", "-"}, {"'-'", "no option"}},
};

enum { REFUSED = sizeof(refused) / sizeof(refused[0]) };

static void
must_be_one_line(const char *text)
{
	const char *end = strchr(text, '\n');

	ck_assert_msg(
	    end != NULL && end[1] == '\0', "not one line: '%s'", text);
	ck_assert_msg(strncmp(text, "prefork: ", 9) == 0,
	    "it does not say who speaks: '%s'", text);
}

START_TEST(a_bad_argument_is_refused_in_one_line_that_helps)
{
	const struct refused *r = &refused[_i];
	int i;

	program_run(&result, NULL, server_program(), r->args[0], r->args[1],
	    r->args[1] != NULL ? r->args[2] : NULL, NULL);
	ck_assert_msg(result.status == USAGE, "%s %s: status %d", r->args[0],
	    r->args[1] != NULL ? r->args[1] : "", result.status);
	ck_assert_str_eq(result.out, "");
	must_be_one_line(result.err);
	for (i = 0; i < 4 && r->words[i] != NULL; i++)
		ck_assert_msg(strstr(result.err, r->words[i]) != NULL,
		    "'%s' is not in '%s'", r->words[i], result.err);
}
END_TEST

START_TEST(a_value_that_would_forge_a_line_cannot)
{
	program_run(&result, NULL, server_program(), "-s",
	    "x\nprefork: ready: 4 workers", NULL);
	ck_assert_int_eq(result.status, USAGE);
	must_be_one_line(result.err);
}
END_TEST

START_TEST(options_may_be_written_in_all_usual_ways)
{
	program_run(&result, NULL, server_program(), "-tw2", "-p0",
	    "--model=fork", "--poller", "poll", "--timeout=1.25", NULL);
	ck_assert_msg(result.status == 0, "%d: %s", result.status, result.err);
}
END_TEST

START_TEST(test_checks_and_leaves)
{
	struct tree tree;

	tree_make(&tree);
	program_run(
	    &result, NULL, server_program(), "-t", "-r", tree.path, NULL);
	ck_assert_msg(result.status == 0, "%s", result.err);
	program_run(&result, NULL, server_program(), "--test", "-r",
	    tree_path(&tree, "nothing"), NULL);
	ck_assert_int_eq(result.status, SYSTEM);
	tree_remove(&tree);
}
END_TEST

START_TEST(a_port_that_is_taken_is_the_systems_no)
{
	char port[8];

	server_run(&server, "-w", "1");
	(void)snprintf(port, sizeof(port), "%u", (unsigned)server.port4);
	program_run(&result, NULL, server_program(), "-p", port, NULL);
	ck_assert_msg(result.status == SYSTEM, "status %d: %s", result.status,
	    result.err);
	ck_assert_msg(strstr(result.err, port) != NULL &&
			  strstr(result.err, "in use") != NULL,
	    "no port and cause in '%s'", result.err);
	server_finish(&server);
}
END_TEST

START_TEST(a_port_can_be_taken_again_at_once)
{
	char port[8];
	int c;

	server_run(&server, "-w", "1");
	(void)snprintf(port, sizeof(port), "%u", (unsigned)server.port4);
	c = client_open(&server);
	send_text(c, "exit\n");
	expect_eof(c);
	client_close(c);
	server_finish(&server);
	server_run(&server, "-w", "1", "-p", port);
	c = client_open(&server);
	greet(c);
	client_close(c);
	server_finish(&server);
}
END_TEST

START_TEST(a_root_that_is_not_there_is_the_systems_no)
{
	struct tree tree;
	const char *name;

	tree_make(&tree);
	tree_fifo(&tree, "pipe");
	name = tree_path(&tree, "nothing");
	program_run(
	    &result, NULL, server_program(), "-p", "0", "-r", name, NULL);
	ck_assert_int_eq(result.status, SYSTEM);
	must_be_one_line(result.err);
	ck_assert_msg(strstr(result.err, name) != NULL &&
			  strstr(result.err, "No such file") != NULL,
	    "no name and cause in '%s'", result.err);
	name = tree_path(&tree, "pipe");
	program_run(
	    &result, NULL, server_program(), "-p", "0", "-r", name, NULL);
	ck_assert_int_eq(result.status, SYSTEM);
	ck_assert_msg(
	    strstr(result.err, "Not a directory") != NULL, "'%s'", result.err);
	tree_remove(&tree);
}
END_TEST

START_TEST(files_that_options_name_are_read_at_the_start)
{
	struct tree tree;
	char page[256];

	tree_make(&tree);
	program_run(&result, NULL, server_program(), "-t", "--error-page",
	    "404=/nothing/here", NULL);
	ck_assert_int_eq(result.status, SYSTEM);
	must_be_one_line(result.err);
	ck_assert_msg(strstr(result.err, "/nothing/here") != NULL &&
			  strstr(result.err, "No such file") != NULL,
	    "'%s'", result.err);
	tree_pattern(&tree, "page", 32769);
	(void)snprintf(page, sizeof(page), "--error-page=404=%s",
	    tree_path(&tree, "page"));
	program_run(&result, NULL, server_program(), "-t", page, NULL);
	ck_assert_int_eq(result.status, SYSTEM);
	ck_assert_msg(strstr(result.err, "32768") != NULL, "'%s'", result.err);
	tree_pattern(&tree, "page", 32768);
	program_run(&result, NULL, server_program(), "-t", page, NULL);
	ck_assert_msg(result.status == 0, "'%s'", result.err);
	program_run(&result, NULL, server_program(), "-t", "--mime-types",
	    tree_path(&tree, "nothing"), NULL);
	ck_assert_int_eq(result.status, SYSTEM);
	tree_file(&tree, "types", "text/html html\n\nhtm text/html\n");
	program_run(&result, NULL, server_program(), "-t", "--mime-types",
	    tree_path(&tree, "types"), NULL);
	ck_assert_int_eq(result.status, USAGE);
	must_be_one_line(result.err);
	ck_assert_msg(strstr(result.err, "line 3") != NULL, "'%s'", result.err);
	tree_remove(&tree);
}
END_TEST

START_TEST(fields_have_a_bound_in_number_and_size)
{
	static const char script[] =
	    "i=0; while [ $i -lt \"$1\" ]; do set -- \"$@\" --header \"$2\";"
	    " i=$((i + 1)); done; shift 2; exec \"$0\" -t \"$@\"";
	static char long_line[1024] = "A: ";

	memset(long_line + 3, 'a', sizeof(long_line) - 4);
	program_run(&result, NULL, "/bin/sh", "-c", script, server_program(),
	    "64", "A: b", NULL);
	ck_assert_msg(result.status == 0, "'%s'", result.err);
	program_run(&result, NULL, "/bin/sh", "-c", script, server_program(),
	    "65", "A: b", NULL);
	ck_assert_int_eq(result.status, USAGE);
	must_be_one_line(result.err);
	program_run(&result, NULL, "/bin/sh", "-c", script, server_program(),
	    "17", long_line, NULL);
	ck_assert_int_eq(result.status, USAGE);
	must_be_one_line(result.err);
}
END_TEST

START_TEST(an_address_that_is_not_ours_is_the_systems_no)
{
	program_run(&result, NULL, server_program(), "-p", "0", "-b",
	    "192.0.2.1", NULL);
	ck_assert_int_eq(result.status, SYSTEM);
	ck_assert_msg(strstr(result.err, "192.0.2.1") != NULL,
	    "no address in '%s'", result.err);
}
END_TEST

START_TEST(a_user_that_is_not_there_is_the_systems_no)
{
	program_run(&result, NULL, server_program(), "-p", "0", "-u",
	    "no-such-user", NULL);
	ck_assert_int_eq(result.status, SYSTEM);
	ck_assert_msg(strstr(result.err, "no-such-user") != NULL,
	    "no name in '%s'", result.err);
}
END_TEST

/* The file's owner may not be who serves it. */
static uid_t
owner_of(pid_t pid)
{
	char path[64];
	struct stat st;

	(void)snprintf(path, sizeof(path), "/proc/%ld", (long)pid);
	ck_assert_int_eq(stat(path, &st), 0);
	return st.st_uid;
}

START_TEST(root_becomes_the_user_that_it_is_told)
{
	const struct passwd *nobody = getpwnam("nobody");
	int c;

	if (geteuid() != 0 || nobody == NULL ||
	    access("/proc/1/stat", R_OK) != 0)
		return; /* nothing that could be dropped or seen */
	server_run(&server, "-w", "1", "-u", "nobody", "-r", "/");
	ck_assert_uint_eq(owner_of(server.pid), nobody->pw_uid);
	c = client_open(&server);
	greet(c);
	client_close(c);
	server_finish(&server);
}
END_TEST

START_TEST(root_serves_strangers_only_as_someone_else)
{
	if (geteuid() != 0)
		return;
	program_run(
	    &result, NULL, server_program(), "-p", "0", "-b", "0.0.0.0", NULL);
	ck_assert_int_eq(result.status, USAGE);
	ck_assert_msg(strstr(result.err, "user") != NULL, "'%s'", result.err);
}
END_TEST

START_TEST(version_names_the_pollers)
{
	program_run(&result, NULL, server_program(), "-V", NULL);
	ck_assert_int_eq(result.status, 0);
	ck_assert_str_eq(result.err, "");
	ck_assert_msg(
	    strncmp(result.out, "prefork ", 8) == 0, "'%s'", result.out);
	ck_assert_msg(strstr(result.out, "\npollers:") != NULL &&
			  strstr(result.out, " poll\n") != NULL,
	    "'%s'", result.out);
}
END_TEST

START_TEST(the_models_have_their_names)
{
	int i;

	for (i = 0; model_names[i] != NULL; i++) {
		program_run(&result, NULL, server_program(), "-p0", "-t", "-m",
		    model_names[i], NULL);
		ck_assert_msg(result.status == 0, "'%s'", result.err);
		ck_assert_str_eq(models[i].name, model_names[i]);
	}
	ck_assert_int_eq(i, 4);
}
END_TEST

START_TEST(writing_the_help_to_a_full_disk_fails)
{
	if (access("/dev/full", W_OK) != 0)
		return;
	program_run(&result, NULL, "/bin/sh", "-c", "\"$0\" -h >/dev/full",
	    server_program(), NULL);
	ck_assert_int_ne(result.status, 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("options");
	TCase *tc = suite_case(suite, "options");

	tcase_add_loop_test(
	    tc, a_bad_argument_is_refused_in_one_line_that_helps, 0, REFUSED);
	tcase_add_test(tc, a_value_that_would_forge_a_line_cannot);
	tcase_add_test(tc, options_may_be_written_in_all_usual_ways);
	tcase_add_test(tc, test_checks_and_leaves);
	tcase_add_test(tc, a_port_that_is_taken_is_the_systems_no);
	tcase_add_test(tc, a_port_can_be_taken_again_at_once);
	tcase_add_test(tc, a_root_that_is_not_there_is_the_systems_no);
	tcase_add_test(tc, files_that_options_name_are_read_at_the_start);
	tcase_add_test(tc, fields_have_a_bound_in_number_and_size);
	tcase_add_test(tc, an_address_that_is_not_ours_is_the_systems_no);
	tcase_add_test(tc, a_user_that_is_not_there_is_the_systems_no);
	tcase_add_test(tc, root_becomes_the_user_that_it_is_told);
	tcase_add_test(tc, root_serves_strangers_only_as_someone_else);
	tcase_add_test(tc, version_names_the_pollers);
	tcase_add_test(tc, the_models_have_their_names);
	tcase_add_test(tc, writing_the_help_to_a_full_disk_fails);
	return suite_run(suite);
}
