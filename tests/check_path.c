/*
 * check_path - from targets to paths.
 */
#include "http/path.h"

#include <stdio.h>
#include <string.h>

#include "check_main.h"

START_TEST(test_targets_become_paths_below_the_root)
{
	static const struct {
		const char *target;
		const char *name; /* NULL: 400 */
	} rows[] = {
	    {"/", "."},
	    {"/a", "a"},
	    {"/a/b.c", "a/b.c"},
	    {"/a/", "a"},
	    {"//a", "a"},
	    {"///", "."},
	    {"/a//b///c", "a/b/c"},
	    {"/.", "."},
	    {"/./a/./b/.", "a/b"},
	    {"/a/..", "."},
	    {"/a/../b", "b"},
	    {"/a/b/../../c", "c"},
	    {"/a/b/..", "a"},
	    {"/a/b/c/../../d/e", "a/d/e"},
	    {"/...", "..."},
	    {"/..a/b..", "..a/b.."},
	    {"/%61%2e%62", "a.b"},
	    {"/a%2Fb", "a/b"},
	    {"/a%2f%2fb", "a/b"},
	    {"/a/%2e%2E/b", "b"},
	    {"/a/.%2e/b", "b"},
	    {"/%252e%252e/x", "%2e%2e/x"},
	    {"/%C3%A9", "\xc3\xa9"},
	    {"/%ff", "\xff"},
	    /* As some clients send them. */
	    {"/\xc3\xa9", "\xc3\xa9"},
	    {"/\xe9/%e9?\xe9", "\xe9/\xe9"},
	    {"/a?\x80\xff", "a"},
	    {"http://h/\xc3\xa9", "\xc3\xa9"},
	    {"http://\xc3\xa9/", NULL},
	    {"/a%20b", "a b"},
	    {"/a+b", "a+b"},
	    {"/a\\..\\b", "a\\..\\b"},
	    {"/%5c..%5cb", "\\..\\b"},
	    {"/c:/x", "c:/x"},
	    {"/a;b=c", "a;b=c"},
	    {"/a?b/../c", "a"},
	    {"/a%3fb", "a?b"},
	    {"/?", "."},
	    {"http://h/a", "a"},
	    {"HTTP://h:80/a/", "a"},
	    {"http://h", "."},
	    {"http://h?q", "."},
	    {"http://[::1]:80/a", "a"},
	    {"", NULL},
	    {"a", NULL},
	    {"*", NULL},
	    {"h:443", NULL},
	    {"ftp://h/a", NULL},
	    {"http:/h/a", NULL},
	    {"http:", NULL},
	    {"http://", NULL},
	    {"http:///a", NULL},
	    {"http://u@h/a", NULL},
	    {"http://h:x/a", NULL},
	    {"file:///etc/passwd", NULL},
	    {"/..", NULL},
	    {"/../a", NULL},
	    {"/a/../..", NULL},
	    {"/a/../../b", NULL},
	    {"/%2e%2e/a", NULL},
	    {"/%2e%2e%2fa", NULL},
	    {"//..", NULL},
	    {"/./..", NULL},
	    {"/a%00b", NULL},
	    {"/a%0ab", NULL},
	    {"/a%1fb", NULL},
	    {"/a%7fb", NULL},
	    {"/a%", NULL},
	    {"/a%2", NULL},
	    {"/a%2?b", NULL},
	    {"/a%g1", NULL},
	    {"/a%1g", NULL},
	    {"/a%-1", NULL},
	    {"/a#b", NULL},
	    {"/a?b#c", NULL},
	    {"/a b", NULL},
	    {"/a\tb", NULL},
	};
	struct path p;
	size_t i;
	int status;

	for (i = 0; i < LENGTH(rows); i++) {
		status = path_parse(&p, rows[i].target, strlen(rows[i].target));
		ck_assert_msg(status == (rows[i].name == NULL ? 400 : 0),
		    "%d: %s", status, rows[i].target);
		if (status != 0)
			continue;
		ck_assert_msg(strcmp(p.name, rows[i].name) == 0, "%s from %s",
		    p.name, rows[i].target);
		ck_assert_uint_eq(p.len, strlen(p.name));
	}
}
END_TEST

START_TEST(test_what_needs_a_secured_connection_is_known)
{
	struct path p;

	ck_assert_int_eq(path_parse(&p, "https://h/a", 11), 0);
	ck_assert_str_eq(p.name, "a");
	ck_assert(path_is_secured("https://h/a", 11));
	ck_assert_int_eq(path_parse(&p, "HTTPS://h", 9), 0);
	ck_assert(path_is_secured("HTTPS://h", 9));
	ck_assert(!path_is_secured("http://h/a", 10));
	ck_assert(!path_is_secured("/https://h", 10));
	ck_assert(!path_is_secured("https", 5));
	ck_assert_int_eq(path_parse(&p, "https:/h/a", 10), 400);
	ck_assert_int_eq(path_parse(&p, "httpss://h/a", 12), 400);
}
END_TEST

START_TEST(test_a_nul_byte_is_refused)
{
	struct path p;

	ck_assert_int_eq(path_parse(&p, "/a\0b", 4), 400);
	ck_assert_int_eq(path_parse(&p, "/a?\0", 4), 400);
}
END_TEST

START_TEST(test_directories_and_queries_are_told)
{
	static const struct {
		const char *target;
		bool directory;
		size_t query;
	} rows[] = {
	    {"/", true, 1},
	    {"/a", false, 2},
	    {"/a/", true, 3},
	    {"/a//", true, 4},
	    {"/a/.", true, 4},
	    {"/a/b/..", true, 7},
	    {"/a/..", true, 5},
	    {"/a%2f", true, 5},
	    {"/a?b/", false, 2},
	    {"/a/?b?c", true, 3},
	    {"http://h", true, 8},
	    {"http://h?q", true, 8},
	    {"http://h/a?q", false, 10},
	};
	struct path p;
	size_t i;

	for (i = 0; i < LENGTH(rows); i++) {
		ck_assert_int_eq(
		    path_parse(&p, rows[i].target, strlen(rows[i].target)), 0);
		ck_assert_msg(
		    p.directory == rows[i].directory, "%s", rows[i].target);
		ck_assert_msg(p.query == rows[i].query, "%s", rows[i].target);
	}
}
END_TEST

START_TEST(test_dotted_names_are_hidden_but_well_known_is_not)
{
	static const struct {
		const char *target;
		bool hidden;
	} rows[] = {
	    {"/", false},
	    {"/a.b", false},
	    {"/a./b", false},
	    {"/.a", true},
	    {"/%2ea", true},
	    {"/a/.b", true},
	    {"/a/.b/c", true},
	    {"/...", true},
	    {"/.git/../a", false},
	    {"/.well-known", false},
	    {"/.well-known/", false},
	    {"/.well-known/x", false},
	    {"/.well-known/.x", true},
	    {"/.well-knownx", true},
	    {"/.well-know", true},
	    {"/a/.well-known", true},
	    {"/.Well-Known", true},
	};
	struct path p;
	size_t i;

	for (i = 0; i < LENGTH(rows); i++) {
		ck_assert_int_eq(
		    path_parse(&p, rows[i].target, strlen(rows[i].target)), 0);
		ck_assert_msg(p.hidden == rows[i].hidden, "%s", rows[i].target);
	}
}
END_TEST

/* Parses '/' and n bytes, with a '/' after each `segment` bytes. */
static int
parse_long(struct path *p, size_t n, size_t segment)
{
	static char target[16384];
	size_t i;

	target[0] = '/';
	for (i = 1; i <= n; i++)
		target[i] = i % (segment + 1) == 0 ? '/' : 'a';
	return path_parse(p, target, n + 1);
}

START_TEST(test_paths_may_be_just_so_long)
{
	struct path p;
	size_t n;

	ck_assert_int_eq(parse_long(&p, 255, 255), 0);
	ck_assert_int_eq(parse_long(&p, 256, 256), 0);
	ck_assert_int_eq(parse_long(&p, 4000, 4000), 0);
	ck_assert_int_eq(parse_long(&p, PATH_BYTES - 2, 200), 0);
	ck_assert_uint_eq(p.len, PATH_BYTES - 2);
	for (n = PATH_BYTES - 2; n < PATH_BYTES + 300; n++) {
		if (parse_long(&p, n, 200) == 0)
			ck_assert_uint_lt(p.len, PATH_BYTES);
		else
			ck_assert_int_eq(parse_long(&p, n, 200), 404);
	}
	ck_assert_int_eq(parse_long(&p, 10000, 200), 404);
	ck_assert_int_eq(parse_long(&p, 10000, 1), 404);
	ck_assert(p.directory && !p.hidden && p.name[0] == '\0');
}
END_TEST

START_TEST(test_a_long_target_may_name_a_short_path)
{
	char target[8192] = "";
	struct path p;
	size_t i, n = 0;

	for (i = 0; i < 1000; i++)
		n += (size_t)snprintf(target + n, sizeof(target) - n, "/ab/..");
	n += (size_t)snprintf(target + n, sizeof(target) - n, "/c");
	ck_assert_int_eq(path_parse(&p, target, n), 0);
	ck_assert_str_eq(p.name, "c");
}
END_TEST

START_TEST(test_names_of_files_have_an_extension)
{
	static const char *const have[] = {"a.js", "a/b.c", "a.b/c.mp3",
	    "a.min.JS", "a.webmanifest", "a.7z", "a.12345678901234b"};
	static const char *const not [] = {"", ".", "a", "a.", "a.b/c", ".a",
	    "a/.b", "v1.2", "a.b-c", "a.b c", "a.\xc3\xa9",
	    "a.bcdefghijklmnopq", "eyJh.eyJz.SflKxwRJSMeKKF2QT4fwpMeJf36POk6y"};
	size_t i;

	for (i = 0; i < LENGTH(have); i++)
		ck_assert_msg(path_has_extension(have[i]), "%s", have[i]);
	for (i = 0; i < LENGTH(not ); i++)
		ck_assert_msg(!path_has_extension(not [i]), "%s", not [i]);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, test_names_of_files_have_an_extension);
	tcase_add_test(tc, test_targets_become_paths_below_the_root);
	tcase_add_test(tc, test_a_nul_byte_is_refused);
	tcase_add_test(tc, test_what_needs_a_secured_connection_is_known);
	tcase_add_test(tc, test_directories_and_queries_are_told);
	tcase_add_test(tc, test_dotted_names_are_hidden_but_well_known_is_not);
	tcase_add_test(tc, test_paths_may_be_just_so_long);
	tcase_add_test(tc, test_a_long_target_may_name_a_short_path);
}

int
main(void)
{
	return check_main("path", add_tests);
}
