/*
 * check_access - the text of the access log's lines.
 */
#include "http/access.h"

#include <stdio.h>
#include <string.h>

#include "check_main.h"

static const struct request_limits limits = {8192, 16384, 100};

/* The line for a request as it came. */
static const char *
line_for(enum access_format format, const char *head, int64_t bytes)
{
	static char text[ACCESS_BYTES], line[ACCESS_BYTES + 1];
	struct access_end end = {bytes, 12, bytes != 7};
	struct access_request a;
	struct request r;
	struct out o;
	size_t split;

	request_init(&r);
	a.client = "192.0.2.1";
	a.wall = 784111777;
	a.status = request_parse(&r, head, strlen(head), &limits);
	a.r = &r;
	a.head = head;
	a.len = strlen(head);
	out_init(&o, text, sizeof(text));
	split = access_begin(&o, format, &a);
	ck_assert(!o.full);
	ck_assert_uint_le(split, o.len);
	a.len = o.len;
	out_init(&o, line, sizeof(line) - 1);
	access_line(&o, format, text, a.len, split, &end);
	ck_assert(!o.full);
	line[o.len] = '\0';
	ck_assert_ptr_eq(strchr(line, '\n'), line + o.len - 1);
	line[o.len - 1] = '\0';
	return line;
}

static const struct row {
	const char *head, *combined, *json;
} rows[] = {
    {"GET /a?b HTTP/1.1\r\nHost: x\r\nUser-Agent: curl/8\r\n"
     "Referer: http://x/\r\n\r\n",
	"192.0.2.1 - - [06/Nov/1994:08:49:37 +0000] \"GET /a?b HTTP/1.1\" 200 "
	"5 \"http://x/\" \"curl/8\"",
	"{\"time\":\"1994-11-06T08:49:37Z\",\"client\":\"192.0.2.1\","
	"\"method\":\"GET\",\"target\":\"/a?b\",\"protocol\":\"HTTP/1.1\","
	"\"status\":200,\"referer\":\"http://x/\",\"agent\":\"curl/8\","
	"\"bytes\":5,\"ms\":12,\"complete\":true}"},
    {"GET / HTTP/1.1\r\nHost: x\r\nUser-Agent: \"a\\b\x80\t\xc3\xa9\"\r\n\r\n",
	"192.0.2.1 - - [06/Nov/1994:08:49:37 +0000] \"GET / HTTP/1.1\" 200 5 "
	"\"-\" \"\\\"a\\\\b\\x80\\t\\xc3\\xa9\\\"\"",
	"{\"time\":\"1994-11-06T08:49:37Z\",\"client\":\"192.0.2.1\","
	"\"method\":\"GET\",\"target\":\"/\",\"protocol\":\"HTTP/1.1\","
	"\"status\":200,\"referer\":\"\",\"agent\":\"\\u0022a\\u005cb\\ufffd"
	"\\u0009\xc3\xa9\\u0022\",\"bytes\":5,\"ms\":12,\"complete\":true}"},
    {"\r\nGET /\x1b[2J\r\nmore",
	"192.0.2.1 - - [06/Nov/1994:08:49:37 +0000] \"GET /\\x1b[2J\" 400 5 "
	"\"-\" \"-\"",
	"{\"time\":\"1994-11-06T08:49:37Z\",\"client\":\"192.0.2.1\","
	"\"method\":\"\",\"target\":\"GET /\\u001b[2J\",\"protocol\":\"\","
	"\"status\":400,\"referer\":\"\",\"agent\":\"\","
	"\"bytes\":5,\"ms\":12,\"complete\":true}"},
};

enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

START_TEST(test_a_line_says_what_was_asked_and_answered)
{
	int i;

	for (i = 0; i < ROWS; i++) {
		ck_assert_str_eq(line_for(ACCESS_COMBINED, rows[i].head, 5),
		    rows[i].combined);
		ck_assert_str_eq(
		    line_for(ACCESS_JSON, rows[i].head, 5), rows[i].json);
	}
}
END_TEST

START_TEST(test_nothing_that_came_is_a_dash)
{
	ck_assert_str_eq(line_for(ACCESS_COMBINED, "", 0),
	    "192.0.2.1 - - [06/Nov/1994:08:49:37 +0000] \"-\" 0 0 \"-\" \"-\"");
}
END_TEST

START_TEST(test_what_was_broken_off_says_so)
{
	ck_assert_ptr_nonnull(strstr(line_for(ACCESS_JSON, rows[0].head, 7),
	    "\"bytes\":7,\"ms\":12,\"complete\":false}"));
}
END_TEST

/* Fields of a length, full of a byte that takes six when it is escaped. */
START_TEST(test_the_longest_of_requests_makes_a_line_that_fits)
{
	static const char fill[] = {'a', '"', '\x80', '<'};
	static char head[40000], text[7001];
	size_t i;

	for (i = 0; i < sizeof(fill); i++) {
		memset(text, fill[i], sizeof(text) - 1);
		/* A target holds no byte above 0x7e. */
		(void)snprintf(head, sizeof(head),
		    "GET /%.*s HTTP/1.1\r\nHost: x\r\nReferer: %s\r\n"
		    "User-Agent: %s\r\n\r\n",
		    fill[i] < 0 ? 0 : 7000, text, text, text);
		ck_assert_uint_ge(
		    strlen(line_for(ACCESS_COMBINED, head, INT64_MAX)), 500);
		ck_assert_uint_ge(
		    strlen(line_for(ACCESS_JSON, head, INT64_MAX)), 500);
	}
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, test_a_line_says_what_was_asked_and_answered);
	tcase_add_test(tc, test_nothing_that_came_is_a_dash);
	tcase_add_test(tc, test_what_was_broken_off_says_so);
	tcase_add_test(tc, test_the_longest_of_requests_makes_a_line_that_fits);
}

int
main(void)
{
	return check_main("access", add_tests);
}
