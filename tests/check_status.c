/*
 * check_status - reason phrases and the pages of errors.
 */
#include "http/status.h"

#include <string.h>

#include "check_main.h"

START_TEST(test_codes_have_their_phrases)
{
	static const struct {
		int code;
		const char *text;
	} rows[] = {
	    {100, "Continue"},
	    {200, "OK"},
	    {206, "Partial Content"},
	    {301, "Moved Permanently"},
	    {304, "Not Modified"},
	    {400, "Bad Request"},
	    {404, "Not Found"},
	    {412, "Precondition Failed"},
	    {414, "URI Too Long"},
	    {416, "Range Not Satisfiable"},
	    {431, "Request Header Fields Too Large"},
	    {501, "Not Implemented"},
	    {505, "HTTP Version Not Supported"},
	    {0, "Unknown"},
	    {-1, "Unknown"},
	    {299, "Unknown"},
	    {999, "Unknown"},
	};
	size_t i;

	for (i = 0; i < LENGTH(rows); i++)
		ck_assert_str_eq(status_text(rows[i].code), rows[i].text);
}
END_TEST

/* The page for a code, as text. */
static const char *
page(int code)
{
	static char room[4096];
	struct out o;

	out_init(&o, room, sizeof(room) - 1);
	status_page(&o, code);
	ck_assert(!o.full);
	room[o.len] = '\0';
	return room;
}

START_TEST(test_a_page_says_what_happened)
{
	ck_assert_ptr_nonnull(
	    strstr(page(404), "<title>404 Not Found</title>"));
	ck_assert_ptr_nonnull(strstr(page(404), "<h1>404 Not Found</h1>"));
	ck_assert_ptr_nonnull(strstr(page(404), "<p>There is nothing"));
	ck_assert_ptr_nonnull(strstr(page(299), "299 Unknown"));
	ck_assert_ptr_nonnull(strstr(page(-1), "0 Unknown"));
}
END_TEST

START_TEST(test_every_page_is_small_and_like_the_others)
{
	int code;

	for (code = -1; code < 1000; code++) {
		const char *text = page(code);

		ck_assert_uint_lt(strlen(text), 2048);
		ck_assert_int_eq(strncmp(text, "<!DOCTYPE html>\n", 16), 0);
		ck_assert_ptr_nonnull(
		    strstr(text, "prefers-color-scheme:dark"));
		ck_assert_ptr_nonnull(strstr(text, "charset=utf-8"));
		ck_assert_ptr_nonnull(strstr(text, "name=viewport"));
	}
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, test_codes_have_their_phrases);
	tcase_add_test(tc, test_a_page_says_what_happened);
	tcase_add_test(tc, test_every_page_is_small_and_like_the_others);
}

int
main(void)
{
	return check_main("status", add_tests);
}
