/*
 * check_media - media types of file names.
 */
#include "http/media.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "check_main.h"

START_TEST(test_the_table_is_sorted_and_in_lower_case)
{
	const char *p;
	size_t i;

	ck_assert_uint_gt(media_count, 300);
	for (i = 0; i < media_count; i++) {
		if (i > 0)
			ck_assert_str_lt(media_table[i - 1].extension,
			    media_table[i].extension);
		for (p = media_table[i].extension; *p != '\0'; p++)
			ck_assert_msg(isdigit((unsigned char)*p) ||
					  islower((unsigned char)*p),
			    "%s", media_table[i].extension);
		ck_assert_ptr_nonnull(strchr(media_table[i].type, '/'));
	}
}
END_TEST

START_TEST(test_text_says_that_it_is_utf_8)
{
	size_t i;

	for (i = 0; i < media_count; i++)
		if (strncmp(media_table[i].type, "text/", 5) == 0)
			ck_assert_ptr_nonnull(
			    strstr(media_table[i].type, "; charset=utf-8"));
}
END_TEST

START_TEST(test_every_extension_is_found)
{
	char name[32];
	size_t i;

	for (i = 0; i < media_count; i++) {
		(void)snprintf(
		    name, sizeof(name), "a.b.%s", media_table[i].extension);
		ck_assert_str_eq(
		    media_type(name, strlen(name)), media_table[i].type);
		name[4] = (char)toupper((unsigned char)name[4]);
		ck_assert_str_eq(
		    media_type(name, strlen(name)), media_table[i].type);
	}
}
END_TEST

START_TEST(test_names_have_the_types_that_people_expect)
{
	static const struct {
		const char *name, *type;
	} rows[] = {
	    {"index.html", "text/html; charset=utf-8"},
	    {"INDEX.HTM", "text/html; charset=utf-8"},
	    {"style.css", "text/css; charset=utf-8"},
	    {"app.js", "text/javascript; charset=utf-8"},
	    {"app.mjs", "text/javascript; charset=utf-8"},
	    {"data.json", "application/json"},
	    {"a.svg", "image/svg+xml"},
	    {"a.png", "image/png"},
	    {"a.JPG", "image/jpeg"},
	    {"a.wasm", "application/wasm"},
	    {"a.woff2", "font/woff2"},
	    {"a.tar.gz", "application/gzip"},
	    {"dir.html/a.txt", "text/plain; charset=utf-8"},
	    {"dir.html/a", "application/octet-stream"},
	    {"README", "text/plain; charset=utf-8"},
	    {"readme", "text/plain; charset=utf-8"},
	    {"dir/COPYING", "text/plain; charset=utf-8"},
	    {"LICENSE", "text/plain; charset=utf-8"},
	    {"Makefile", "text/plain; charset=utf-8"},
	    {"ChangeLog", "text/plain; charset=utf-8"},
	    {"NEWS", "text/plain; charset=utf-8"},
	    {"AUTHORS", "text/plain; charset=utf-8"},
	    {"README.md", "text/markdown; charset=utf-8"},
	    {"READMEs", "application/octet-stream"},
	    {"", "application/octet-stream"},
	    {".", "application/octet-stream"},
	    {"a.", "application/octet-stream"},
	    {"html", "application/octet-stream"},
	    {"a.htmlx", "application/octet-stream"},
	    {"a.a-very-long-extension", "application/octet-stream"},
	    {"a.\xc3\xa9", "application/octet-stream"},
	};
	size_t i;

	for (i = 0; i < LENGTH(rows); i++)
		ck_assert_msg(
		    strcmp(media_type(rows[i].name, strlen(rows[i].name)),
			rows[i].type) == 0,
		    "%s: %s", rows[i].name,
		    media_type(rows[i].name, strlen(rows[i].name)));
	ck_assert_str_eq(media_type("a.html", 2), "application/octet-stream");
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, test_the_table_is_sorted_and_in_lower_case);
	tcase_add_test(tc, test_text_says_that_it_is_utf_8);
	tcase_add_test(tc, test_every_extension_is_found);
	tcase_add_test(tc, test_names_have_the_types_that_people_expect);
}

int
main(void)
{
	return check_main("media", add_tests);
}
