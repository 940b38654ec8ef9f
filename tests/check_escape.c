/*
 * check_escape - bytes of strangers in lines of text.
 */
#include "base/escape.h"

#include <string.h>

#include "check_main.h"

START_TEST(test_all_but_plain_ascii_is_escaped)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *due;
	} rows[] = {
	    {"", 0, ""},
	    {"plain text ~!", 13, "plain text ~!"},
	    {"a\nb\rc\td\\e\"f", 11, "a\\nb\\rc\\td\\\\e\\\"f"},
	    {"\0\x01\x1b\x7f\x80\xff", 6, "\\x00\\x01\\x1b\\x7f\\x80\\xff"},
	    {"\xc3\xa9", 2, "\\xc3\\xa9"},
	};
	char text[64];
	size_t i, n;

	for (i = 0; i < LENGTH(rows); i++) {
		n = escape_text(text, sizeof(text), rows[i].bytes, rows[i].len);
		ck_assert_str_eq(text, rows[i].due);
		ck_assert_uint_eq(n, strlen(text));
	}
}
END_TEST

START_TEST(test_no_escape_is_ever_cut)
{
	static const char bytes[] = "a\n\xff\"b";
	static const char due[] = "a\\n\\xff\\\"b";
	/* Where escapes end. */
	static const size_t whole[] = {0, 1, 1, 3, 3, 3, 3, 7, 7, 9, 10, 10};
	char text[16];
	size_t size, n;

	for (size = 1; size <= LENGTH(whole); size++) {
		memset(text, '#', sizeof(text));
		n = escape_text(text, size, bytes, sizeof(bytes) - 1);
		ck_assert_uint_eq(n, whole[size - 1]);
		ck_assert(memcmp(text, due, n) == 0);
		ck_assert_int_eq(text[n], '\0');
		ck_assert_int_eq(text[size], '#');
	}
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, test_all_but_plain_ascii_is_escaped);
	tcase_add_test(tc, test_no_escape_is_ever_cut);
}

int
main(void)
{
	return check_main("escape", add_tests);
}
