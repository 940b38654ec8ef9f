/*
 * check_out - rendering into bounded buffers, classes of bytes, text of
 * strangers made fit to be shown.
 */
#include "http/out.h"

#include <string.h>

#include "check_main.h"
#include "http/bytes.h"
#include "http/shown.h"

/* Renders text[0..len) and compares. */
static void
renders(void (*put)(struct out *, const char *, size_t), const char *text,
    size_t len, const char *due)
{
	char room[512];
	struct out o;

	out_init(&o, room, sizeof(room) - 1);
	put(&o, text, len);
	ck_assert(!o.full);
	room[o.len] = '\0';
	ck_assert_str_eq(room, due);
}

START_TEST(test_what_fits_is_written_in_order)
{
	char room[10];
	struct out o;

	out_init(&o, room, sizeof(room));
	out_text(&o, "abc");
	out_bytes(&o, "\0d", 2);
	out_uint(&o, 12345);
	ck_assert(!o.full);
	ck_assert_uint_eq(o.len, 10);
	ck_assert(memcmp(room, "abc\0d12345", 10) == 0);
	out_bytes(&o, "", 0);
	ck_assert(!o.full);
	out_text(&o, "x");
	ck_assert(o.full);
	ck_assert_uint_eq(o.len, 10);
}
END_TEST

START_TEST(test_nothing_follows_what_did_not_fit)
{
	char room[4] = "....";
	struct out o;

	out_init(&o, room, 3);
	out_text(&o, "a");
	out_text(&o, "bcd");
	out_text(&o, "e");
	ck_assert(o.full);
	ck_assert_uint_eq(o.len, 1);
	ck_assert(memcmp(room, "a...", 4) == 0);
}
END_TEST

START_TEST(test_escaped_text_is_written_whole_or_not_at_all)
{
	void (*const put[])(struct out *, const char *, size_t) = {
	    out_html, out_url, shown_html, shown_json};
	char room[64];
	struct out o;
	size_t i, cap;

	for (i = 0; i < LENGTH(put); i++) {
		for (cap = 1; cap < sizeof(room); cap++) {
			out_init(&o, room, cap);
			out_text(&o, "x");
			put[i](&o, "a<b>\"\x01", 6);
			ck_assert(o.full ? o.len == 1 : o.len > 6);
		}
		ck_assert(!o.full);
	}
}
END_TEST

START_TEST(test_numbers_are_decimal)
{
	char room[21];
	struct out o;

	out_init(&o, room, 20);
	out_uint(&o, 0);
	ck_assert(o.len == 1 && room[0] == '0');
	out_init(&o, room, 20);
	out_uint(&o, UINT64_MAX);
	ck_assert(memcmp(room, "18446744073709551615", 20) == 0);
	out_init(&o, room, 19);
	out_uint(&o, UINT64_MAX);
	ck_assert(o.full && o.len == 0);
}
END_TEST

START_TEST(test_html_is_escaped)
{
	renders(out_html, "", 0, "");
	renders(out_html, "a&b<c>d\"e'f", 11, "a&amp;b&lt;c&gt;d&#34;e&#39;f");
	renders(out_html, "\xff\x01", 2, "\xff\x01");
}
END_TEST

START_TEST(test_urls_are_percent_encoded)
{
	renders(out_url, "/a-b._~9/Z", 10, "/a-b._~9/Z");
	renders(out_url, "a b%\"<>?#[]", 11, "a%20b%25%22%3C%3E%3F%23%5B%5D");
	renders(out_url, "\0\x7f\xff:", 4, "%00%7F%FF%3A");
}
END_TEST

START_TEST(test_of_targets_what_no_uri_has_is_percent_encoded)
{
	static const char plain[] = "/a-b._~9%41:@!$&'()*+,;=?[]";
	static const char strange[] = "\x80\xff\"<>\\^`{|} #\x7f";

	renders(out_target, plain, sizeof(plain) - 1, plain);
	ck_assert_uint_eq(
	    out_target_size(plain, sizeof(plain) - 1), sizeof(plain) - 1);
	renders(out_target, strange, sizeof(strange) - 1,
	    "%80%FF%22%3C%3E%5C%5E%60%7B%7C%7D%20%23%7F");
	ck_assert_uint_eq(out_target_size(strange, sizeof(strange) - 1),
	    3 * (sizeof(strange) - 1));
}
END_TEST

START_TEST(test_strange_bytes_are_shown_as_stand_ins)
{
	static const struct {
		const char *text, *due;
	} rows[] = {
	    {"a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80",
		"a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"},
	    {"<\x1b[31m>", "&lt;\xe2\x90\x9b[31m&gt;"},
	    {"a\nb\x7f", "a\xe2\x90\x8a"
			 "b\xe2\x90\xa1"},
	    /* Not UTF-8: a lone byte, a cut end, overlong, a surrogate, too
	     * high, never used. */
	    {"\x80", "\xef\xbf\xbd"},
	    {"\xe2\x82", "\xef\xbf\xbd\xef\xbf\xbd"},
	    {"\xc3<", "\xef\xbf\xbd&lt;"},
	    {"\xc0\xbc", "\xef\xbf\xbd\xef\xbf\xbd"},
	    {"\xe0\x80\xbc", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
	    {"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
	    {"\xf4\x90\x80\x80",
		"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
	    {"\xff", "\xef\xbf\xbd"},
	    /* C1, right-to-left override, isolate, line separator. */
	    {"\xc2\x85", "\xef\xbf\xbd"},
	    {"\xe2\x80\xae\xe2\x80\xac", "\xef\xbf\xbd\xef\xbf\xbd"},
	    {"\xe2\x81\xa6\xe2\x81\xa9", "\xef\xbf\xbd\xef\xbf\xbd"},
	    {"\xe2\x80\xa8", "\xef\xbf\xbd"},
	};
	size_t i;

	for (i = 0; i < LENGTH(rows); i++)
		renders(shown_html, rows[i].text, strlen(rows[i].text),
		    rows[i].due);
	renders(shown_html, "\0", 1, "\xe2\x90\x80");
}
END_TEST

START_TEST(test_json_strings_are_escaped)
{
	renders(shown_json, "a\"b\\c</script>&\n\0\x7f", 18,
	    "a\\u0022b\\u005cc\\u003c/script\\u003e\\u0026\\u000a\\u0000"
	    "\\u007f");
	renders(shown_json, "\xc3\xa9\xff\xe2\x80\xa8", 6,
	    "\xc3\xa9\\ufffd\\u2028");
}
END_TEST

START_TEST(test_the_classes_of_bytes_are_those_of_the_rfcs)
{
#define DIGITS "0123456789"
#define ALNUM                               \
	DIGITS "abcdefghijklmnopqrstuvwxyz" \
	       "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	int c;

	for (c = 1; c < 256; c++) {
		bool visible = c > 0x20 && c < 0x7f, high = c >= 0x80;

		ck_assert_int_eq(byte_is((char)c, BYTE_TOKEN),
		    strchr("!#$%&'*+-.^_`|~" ALNUM, c) != NULL);
		ck_assert_int_eq(
		    byte_is((char)c, BYTE_TARGET), visible || high);
		ck_assert_int_eq(byte_is((char)c, BYTE_VALUE),
		    visible || high || c == ' ' || c == '\t');
		ck_assert_int_eq(byte_is((char)c, BYTE_HOST),
		    strchr("-._~!$&'()*+,;=" ALNUM, c) != NULL);
		ck_assert_int_eq(byte_is((char)c, BYTE_UNRESERVED),
		    strchr("-._~" ALNUM, c) != NULL);
		ck_assert_int_eq(byte_is((char)c, BYTE_HEX),
		    strchr(DIGITS "abcdefABCDEF", c) != NULL);
		ck_assert_int_eq(
		    byte_is((char)c, BYTE_DIGIT), strchr(DIGITS, c) != NULL);
		ck_assert_int_eq(
		    byte_is((char)c, BYTE_ETAG), (visible && c != '"') || high);
		ck_assert_int_eq(
		    byte_hex((char)c) >= 0, byte_is((char)c, BYTE_HEX));
	}
	ck_assert_int_eq(byte_class[0], 0);
	ck_assert_int_eq(byte_hex('9'), 9);
	ck_assert_int_eq(byte_hex('a'), 10);
	ck_assert_int_eq(byte_hex('F'), 15);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, test_what_fits_is_written_in_order);
	tcase_add_test(tc, test_nothing_follows_what_did_not_fit);
	tcase_add_test(tc, test_escaped_text_is_written_whole_or_not_at_all);
	tcase_add_test(tc, test_numbers_are_decimal);
	tcase_add_test(tc, test_html_is_escaped);
	tcase_add_test(tc, test_urls_are_percent_encoded);
	tcase_add_test(tc, test_of_targets_what_no_uri_has_is_percent_encoded);
	tcase_add_test(tc, test_strange_bytes_are_shown_as_stand_ins);
	tcase_add_test(tc, test_json_strings_are_escaped);
	tcase_add_test(tc, test_the_classes_of_bytes_are_those_of_the_rfcs);
}

int
main(void)
{
	return check_main("out", add_tests);
}
