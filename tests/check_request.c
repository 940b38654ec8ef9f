/*
 * check_request - the request parser, the body's, and the greeting.
 */
#include "http/greeting.h"
#include "http/request.h"

#include <stdio.h>
#include <string.h>

#include "check_main.h"
#include "request_same.h"

static const struct request_limits limits = {8192, 16384, 100};

/* Parses text as it comes in pieces of `step` bytes. */
static int
parse_by(struct request *r, const char *text, size_t len, size_t step)
{
	size_t at = 0;
	int status = 0;

	request_init(r);
	while (status == 0 && at < len) {
		at = len - at > step ? at + step : len;
		status = request_parse(r, text, at, &limits);
	}
	return status;
}

/* Parses text whole and in pieces, which must come to the same. */
static int
parse(struct request *r, const char *text, size_t len)
{
	struct request other;
	int status = parse_by(r, text, len, len);
	size_t step;

	for (step = 1; step <= 7; step += 2) {
		ck_assert_msg(parse_by(&other, text, len, step) == status,
		    "in pieces of %zu not %d: %s", step, status, text);
		ck_assert_msg(request_same(r, &other),
		    "in pieces of %zu not the same: %s", step, text);
	}
	return status;
}

struct verdict {
	int status; /* 0: more is needed */
	const char *text;
};

static void
judge(const struct verdict *v, size_t n)
{
	struct request r;
	size_t i;
	int status;

	for (i = 0; i < n; i++) {
		status = parse(&r, v[i].text, strlen(v[i].text));
		ck_assert_msg(status == v[i].status, "%d, not %d: %s", status,
		    v[i].status, v[i].text);
	}
}

#define JUDGE(verdicts) judge(verdicts, LENGTH(verdicts))

/* Does the span hold that text? */
static bool
holds(const char *head, struct span s, const char *text)
{
	return s.off != 0 && s.len == strlen(text) &&
	       memcmp(head + s.off, text, s.len) == 0;
}

#define H "Host: a\r\n"
#define GET "GET / HTTP/1.1\r\n"

START_TEST(test_a_request_is_taken_apart)
{
	static const char text[] = "GET /a%20b?q=1 HTTP/1.1\r\n"
				   "Host: example.org:5000\r\n"
				   "User-Agent:  Some Thing/1.0 (x) \t \r\n"
				   "RANGE:bytes=0-1\r\n"
				   "X-Unknown: 1\r\n"
				   "if-none-match: \"a\", W/\"b\"\r\n"
				   "Accept:\r\n"
				   "\r\n"
				   "GET";
	struct request r;

	ck_assert_int_eq(parse(&r, text, strlen(text)), 200);
	ck_assert_int_eq(r.method, METHOD_GET);
	ck_assert_int_eq(r.minor, 1);
	ck_assert(r.persistent);
	ck_assert(!r.chunked);
	ck_assert(!r.expect_continue);
	ck_assert(!request_has_body(&r));
	ck_assert_int_eq(r.content_length, -1);
	ck_assert_uint_eq(r.head_len, strlen(text) - 3);
	ck_assert_uint_eq(r.line.len, 23);
	ck_assert(holds(text, r.target, "/a%20b?q=1"));
	ck_assert(holds(text, r.field[FIELD_HOST], "example.org:5000"));
	ck_assert(holds(text, r.field[FIELD_USER_AGENT], "Some Thing/1.0 (x)"));
	ck_assert(holds(text, r.field[FIELD_RANGE], "bytes=0-1"));
	ck_assert(holds(text, r.field[FIELD_IF_NONE_MATCH], "\"a\", W/\"b\""));
	ck_assert(holds(text, r.field[FIELD_ACCEPT], ""));
	ck_assert_uint_eq(r.field[FIELD_ORIGIN].off, 0);
	ck_assert_uint_eq(r.repeated, 0);
}
END_TEST

START_TEST(test_every_kept_field_is_found_by_its_name)
{
	static const char *const names[FIELD_COUNT] = {
	    [FIELD_HOST] = "hOsT",
	    [FIELD_RANGE] = "rAnGe",
	    [FIELD_IF_RANGE] = "iF-rAnGe",
	    [FIELD_IF_MATCH] = "iF-mAtCh",
	    [FIELD_IF_NONE_MATCH] = "iF-nOnE-mAtCh",
	    [FIELD_IF_MODIFIED_SINCE] = "iF-mOdIfIeD-sInCe",
	    [FIELD_IF_UNMODIFIED_SINCE] = "iF-uNmOdIfIeD-sInCe",
	    [FIELD_ACCEPT] = "aCcEpT",
	    [FIELD_ACCEPT_ENCODING] = "aCcEpT-eNcOdInG",
	    [FIELD_USER_AGENT] = "uSeR-aGeNt",
	    [FIELD_REFERER] = "rEfErEr",
	    [FIELD_ORIGIN] = "oRiGiN",
	    [FIELD_AUTHORIZATION] = "aUtHoRiZaTiOn",
	};
	struct request r;
	char text[128];
	int i, j;

	for (i = 0; i < FIELD_COUNT; i++) {
		(void)snprintf(text, sizeof(text),
		    "GET / HTTP/1.0\r\n%s: value%d\r\n%s-: x\r\n\r\n", names[i],
		    i, names[i]);
		ck_assert_int_eq(parse(&r, text, strlen(text)), 200);
		for (j = 0; j < FIELD_COUNT; j++)
			ck_assert_int_eq(r.field[j].off != 0, i == j);
		ck_assert_uint_eq(r.repeated, 0);
	}
}
END_TEST

START_TEST(test_request_lines_are_judged_strictly)
{
	static const struct verdict v[] = {
	    {0, ""},
	    {0, "G"},
	    {0, "GET / HTTP/1.1\r\nHost: a\r\n\r"},
	    {200, GET H "\r\n"},
	    {200, "GET / HTTP/1.0\r\n\r\n"},
	    {200, "\r\n" GET H "\r\n"},
	    {200, "\n" GET H "\r\n"},
	    {400, "\r\n\r\n" GET H "\r\n"},
	    {400, "\n\n"},
	    {400, "\r\r"},
	    {400, "\rG"},
	    {400, " GET / HTTP/1.1\r\n"},
	    {400, "GET  / HTTP/1.1\r\n"},
	    {400, "GET /  HTTP/1.1\r\n"},
	    {400, "GET / HTTP/1.1 \r\n"},
	    {400, "GET\t/ HTTP/1.1\r\n"},
	    {400, "GET /\r\n"},
	    {400, "GET /\n"},
	    {400, "GET\r\n"},
	    {400, "GET / \r\n"},
	    {400, "G(T / HTTP/1.1\r\n"},
	    {400, "GET /\x01 HTTP/1.1\r\n"},
	    {400, "GET /\x7f HTTP/1.1\r\n"},
	    {400, "GET\xc3 / HTTP/1.1\r\n"},
	    {200, "GET /\xc3\xa9?\x80\xff HTTP/1.1\r\n" H "\r\n"},
	    {400, "GET / http/1.1\r\n"},
	    {400, "GET / HTTP/1\r\n"},
	    {400, "GET / HTTP/11.1\r\n"},
	    {400, "GET / HTTP/1.10\r\n"},
	    {400, "GET / HTTP/1.1x\r\n"},
	    {400, "GET / HTTP/a.1\r\n"},
	    {400, "GET / HTTP/1,1\r\n"},
	    {400, "GET / HTTP/2\r\n"},
	    {400, "GET / HTTP/1.1\rX"},
	    {505, "GET / HTTP/2.0\r\n"},
	    {505, "GET / HTTP/0.9\r\n"},
	    {505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
	    {400, "PRI * HTTP/1.1\r\n"},
	    {200, "GET / HTTP/1.7\r\n" H "\r\n"},
	    {501, "BREW / HTTP/1.1\r\n"},
	    {501, "get / HTTP/1.1\r\n"},
	    {501, "GETS / HTTP/1.1\r\n"},
	    {501, "GE / HTTP/1.1\r\n"},
	    {200, "OPTIONS * HTTP/1.1\r\n" H "\r\n"},
	    {400, "GET * HTTP/1.1\r\n"},
	    {200, "POST / HTTP/1.1\r\n" H "\r\n"},
	    {200, "VERSION-CONTROL / HTTP/1.1\r\n" H "\r\n"},
	    {200, "CONNECT a:443 HTTP/1.1\r\n" H "\r\n"},
	    {200, "GET http://a/ HTTP/1.1\r\n" H "\r\n"},
	};

	JUDGE(v);
}
END_TEST

START_TEST(test_field_lines_are_judged_strictly)
{
	static const struct verdict v[] = {
	    {200, GET "Host: a\n\n"},
	    {200, "GET / HTTP/1.1\nHost: a\r\n\n"},
	    {200, GET H "X:\r\n\r\n"},
	    {200, GET H "X:a\tb\r\n\r\n"},
	    {200, GET H "X: \xff\xfe\r\n\r\n"},
	    {200, GET H "X: a\r\nX: b\r\n\r\n"},
	    {400, GET H " X: folded\r\n\r\n"},
	    {400, GET H "X: a\r\n b\r\n\r\n"},
	    {400, GET H "X: a\r\n\tb\r\n\r\n"},
	    {400, GET H "X : a\r\n\r\n"},
	    {400, GET H "X\t: a\r\n\r\n"},
	    {400, GET H ": a\r\n\r\n"},
	    {400, GET H "X\r\n\r\n"},
	    {400, GET H "X y: a\r\n\r\n"},
	    {400, GET H "X: a\rb\r\n\r\n"},
	    {400, GET H "X: a\r\r\n\r\n"},
	    {400, GET H "X: a\x01\r\n\r\n"},
	    {400, GET H "X: a\x7f\r\n\r\n"},
	    {400, GET H "X: a\x1b[31m\r\n\r\n"},
	    {400, GET H "X\x80: a\r\n\r\n"},
	    {400, GET H "\rX"},
	};

	JUDGE(v);
}
END_TEST

START_TEST(test_a_nul_is_refused_everywhere)
{
	static const char text[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
	char broken[sizeof(text)];
	struct request r;
	size_t i;

	for (i = 0; i < sizeof(text) - 1; i++) {
		memcpy(broken, text, sizeof(text));
		broken[i] = '\0';
		ck_assert_int_eq(parse(&r, broken, sizeof(text) - 1), 400);
	}
}
END_TEST

START_TEST(test_exactly_one_good_host_is_needed)
{
	static const struct verdict v[] = {
	    {400, GET "\r\n"},
	    {400, GET "Host: a\r\nHost: a\r\n\r\n"},
	    {400, GET "Host:\r\n\r\n"},
	    {400, GET "Host: a/b\r\n\r\n"},
	    {400, GET "Host: http://a\r\n\r\n"},
	    {400, GET "Host: user@a\r\n\r\n"},
	    {400, GET "Host: a b\r\n\r\n"},
	    {400, GET "Host: a?b\r\n\r\n"},
	    {400, GET "Host: a#b\r\n\r\n"},
	    {400, GET "Host: a\\b\r\n\r\n"},
	    {400, GET "Host: a:b\r\n\r\n"},
	    {400, GET "Host: a:1:2\r\n\r\n"},
	    {400, GET "Host: :80\r\n\r\n"},
	    {400, GET "Host: a:65536\r\n\r\n"},
	    {400, GET "Host: a:99999999999999999999\r\n\r\n"},
	    {400, GET "Host: a%2\r\n\r\n"},
	    {400, GET "Host: a%zz\r\n\r\n"},
	    {400, GET "Host: [::1\r\n\r\n"},
	    {400, GET "Host: []\r\n\r\n"},
	    {400, GET "Host: [g::]\r\n\r\n"},
	    {400, GET "Host: [::1]x\r\n\r\n"},
	    {400, GET "Host: [1::2::3]\r\n\r\n"},
	    {400, GET "Host: [1.2.3.4]\r\n\r\n"},
	    {400, GET "Host: [:]\r\n\r\n"},
	    {400, GET "Host: [:::]\r\n\r\n"},
	    {400, GET "Host: [:1]\r\n\r\n"},
	    {400, GET "Host: [1]\r\n\r\n"},
	    {400, GET "Host: [1:]\r\n\r\n"},
	    {400, GET "Host: [::1:]\r\n\r\n"},
	    {400, GET "Host: [:1::]\r\n\r\n"},
	    {400, GET "Host: [1:2:3:4:5:6:7]\r\n\r\n"},
	    {400, GET "Host: [1:2:3:4:5:6:7:8:9]\r\n\r\n"},
	    {400, GET "Host: [1:2:3:4:5:6:7:8::]\r\n\r\n"},
	    {400, GET "Host: [1::2:3:4:5:6:7:8]\r\n\r\n"},
	    {400, GET "Host: [::12345]\r\n\r\n"},
	    {400, GET "Host: [::1.2.3]\r\n\r\n"},
	    {400, GET "Host: [::1.2.3.4.5]\r\n\r\n"},
	    {400, GET "Host: [::1.2.3.256]\r\n\r\n"},
	    {400, GET "Host: [::1.2.3.04]\r\n\r\n"},
	    {400, GET "Host: [::1.2.3.4:5]\r\n\r\n"},
	    {400, GET "Host: [::1.2.3.a]\r\n\r\n"},
	    {400, GET "Host: [1:2:3:4:5:6:7:1.2.3.4]\r\n\r\n"},
	    {400, GET "Host: [fe80::1%25eth0]\r\n\r\n"},
	    {400, GET "Host: [fe80::1%eth0]\r\n\r\n"},
	    {400, GET "Host: [v.a]\r\n\r\n"},
	    {400, GET "Host: [v1]\r\n\r\n"},
	    {400, GET "Host: [v1.]\r\n\r\n"},
	    {400, GET "Host: [vg.a]\r\n\r\n"},
	    {400, GET "Host: .\r\n\r\n"},
	    {400, GET "Host: ..\r\n\r\n"},
	    {400, GET "Host: .a\r\n\r\n"},
	    {400, GET "Host: a..b\r\n\r\n"},
	    {400, GET "Host: a..\r\n\r\n"},
	    {400, GET "Host: a..:80\r\n\r\n"},
	    {400, "GET http://[1::2::3]/ HTTP/1.1\r\nHost: [1::2::3]\r\n\r\n"},
	    {400, GET "Host: \xc3\xa9\r\n\r\n"},
	    {200, GET "Host: a\r\n\r\n"},
	    {200, GET "Host: a:\r\n\r\n"},
	    {200, GET "Host: a:65535\r\n\r\n"},
	    {200, GET "Host: 127.0.0.1:5000\r\n\r\n"},
	    {200, GET "Host: [::1]\r\n\r\n"},
	    {200, GET "Host: [::ffff:1.2.3.4]:80\r\n\r\n"},
	    {200, GET "Host: [v1.a:b]\r\n\r\n"},
	    {200, GET "Host: [Vaf.~]:1\r\n\r\n"},
	    {200, GET "Host: [::]\r\n\r\n"},
	    {200, GET "Host: [1::]\r\n\r\n"},
	    {200, GET "Host: [1::8]\r\n\r\n"},
	    {200, GET "Host: [1:2:3:4:5:6:7:8]\r\n\r\n"},
	    {200, GET "Host: [1:2:3:4:5:6:7::]\r\n\r\n"},
	    {200, GET "Host: [::2:3:4:5:6:7:8]\r\n\r\n"},
	    {200, GET "Host: [1:2:3:4:5:6:1.2.3.4]\r\n\r\n"},
	    {200, GET "Host: [2001:DB8:0000::ffff]:443\r\n\r\n"},
	    {200, GET "Host: [64:ff9b::255.0.10.1]\r\n\r\n"},
	    {200, GET "Host: a.\r\n\r\n"},
	    {200, GET "Host: a.b.:80\r\n\r\n"},
	    {200, GET "Host: 1.2.3.4.5\r\n\r\n"},
	    {200, GET "Host: xn--a_b~c.%41\r\n\r\n"},
	    {200, "OPTIONS * HTTP/1.1\r\nHost:\r\n\r\n"},
	    {200, "GET / HTTP/1.0\r\nHost:\r\n\r\n"},
	    {200, "GET / HTTP/1.0\r\nHost: a\r\n\r\n"},
	    {400, "GET / HTTP/1.0\r\nHost: a/b\r\n\r\n"},
	    {400, "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"},
	};

	JUDGE(v);
}
END_TEST

START_TEST(test_framing_that_two_may_read_differently_is_refused)
{
	static const struct verdict v[] = {
	    {200, GET H "Content-Length: 0\r\n\r\n"},
	    {200, GET H "Content-Length: 9223372036854775807\r\n\r\n"},
	    {200, GET H "Content-Length: 007\r\n\r\n"},
	    {400, GET H "Content-Length: 9223372036854775808\r\n\r\n"},
	    {400, GET H "Content-Length: 18446744073709551616\r\n\r\n"},
	    {400, GET H "Content-Length: +1\r\n\r\n"},
	    {400, GET H "Content-Length: -1\r\n\r\n"},
	    {400, GET H "Content-Length: 1,1\r\n\r\n"},
	    {400, GET H "Content-Length: 1 1\r\n\r\n"},
	    {400, GET H "Content-Length: 0x1\r\n\r\n"},
	    {400, GET H "Content-Length:\r\n\r\n"},
	    {400, GET H "Content-Length: 1\r\nContent-Length: 1\r\n\r\n"},
	    {400, GET H "Content-Length: 1\r\n"
			"Transfer-Encoding: chunked\r\n\r\n"},
	    {400, GET H "Transfer-Encoding: chunked\r\n"
			"Content-Length: 1\r\n\r\n"},
	    {200, GET H "Transfer-Encoding: Chunked\r\n\r\n"},
	    {200, GET H "Transfer-Encoding:chunked \t\r\n\r\n"},
	    {400, GET H "Transfer-Encoding: chunke\r\n\r\n"},
	    {400, GET H "Transfer-Encoding: xchunked\r\n\r\n"},
	    {400, GET H "Transfer-Encoding: chunkedx\r\n\r\n"},
	    {400, GET H "Transfer-Encoding: chunked;a=b\r\n\r\n"},
	    {400, GET H "Transfer-Encoding: \"chunked\"\r\n\r\n"},
	    {501, GET H "Transfer-Encoding: gzip, chunked\r\n\r\n"},
	    {501, GET H "Transfer-Encoding: chunked, chunked\r\n\r\n"},
	    {501, GET H "Transfer-Encoding: chunked,\r\n\r\n"},
	    {400, GET H "Transfer-Encoding: chunked, gzip\r\n\r\n"},
	    {501, GET H "Transfer-Encoding: gzip\r\n"
			"Transfer-Encoding: chunked\r\n\r\n"},
	    {400, GET H "Transfer-Encoding: chunked\r\n"
			"Transfer-Encoding: gzip\r\n\r\n"},
	    {400, GET H "Transfer-Encoding: identity\r\n\r\n"},
	    {400, GET H "Transfer-Encoding:\r\n\r\n"},
	    {501, GET H "Transfer-Encoding: chunked\r\n"
			"Transfer-Encoding: chunked\r\n\r\n"},
	    {400, "GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"},
	};

	JUDGE(v);
}
END_TEST

START_TEST(test_the_body_that_follows_is_known)
{
	static const char sized[] = GET H "Content-Length: 12345678901\r\n\r\n";
	static const char chunked[] =
	    GET H "Transfer-Encoding: chunked\r\n\r\n";
	static const char none[] = GET H "Content-Length: 0\r\n\r\n";
	struct request r;

	ck_assert_int_eq(parse(&r, sized, strlen(sized)), 200);
	ck_assert(request_has_body(&r) && !r.chunked);
	ck_assert(r.content_length == INT64_C(12345678901));
	ck_assert_int_eq(parse(&r, chunked, strlen(chunked)), 200);
	ck_assert(request_has_body(&r) && r.chunked);
	ck_assert_int_eq(parse(&r, none, strlen(none)), 200);
	ck_assert(!request_has_body(&r));
}
END_TEST

START_TEST(test_connection_options_decide_who_stays)
{
	static const struct {
		const char *text;
		bool stays;
	} rows[] = {
	    {GET H "\r\n", true},
	    {GET H "Connection: close\r\n\r\n", false},
	    {GET H "Connection: CLOSE\r\n\r\n", false},
	    {GET H "Connection: keep-alive\r\n\r\n", true},
	    {GET H "Connection: upgrade , close\r\n\r\n", false},
	    {GET H "Connection: keep-alive, close\r\n\r\n", false},
	    {GET H "Connection: close\r\nConnection: keep-alive\r\n\r\n",
		false},
	    {GET H "Connection: x\r\nConnection: ,,close,\r\n\r\n", false},
	    {GET H "Connection: closed\r\n\r\n", true},
	    {GET H "Connection: not close\r\n\r\n", true},
	    {"GET / HTTP/1.0\r\n\r\n", false},
	    {"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true},
	    {"GET / HTTP/1.0\r\nConnection: a,keep-alive\r\n\r\n", true},
	    {"GET / HTTP/1.0\r\nConnection: keep-alive,close\r\n\r\n", false},
	};
	struct request r;
	size_t i;

	for (i = 0; i < LENGTH(rows); i++) {
		ck_assert_int_eq(
		    parse(&r, rows[i].text, strlen(rows[i].text)), 200);
		ck_assert_msg(
		    r.persistent == rows[i].stays, "%s", rows[i].text);
	}
}
END_TEST

START_TEST(test_expect_continue_counts_in_http_1_1_only)
{
	static const char yes[] = GET H "Expect: 100-Continue\r\n\r\n";
	static const char no[] = GET H "Expect: 100-continued\r\n\r\n";
	static const char old[] =
	    "GET / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n";
	struct request r;

	ck_assert_int_eq(parse(&r, yes, strlen(yes)), 200);
	ck_assert(r.expect_continue);
	ck_assert_int_eq(parse(&r, no, strlen(no)), 200);
	ck_assert(!r.expect_continue);
	ck_assert_int_eq(parse(&r, old, strlen(old)), 200);
	ck_assert(!r.expect_continue);
}
END_TEST

START_TEST(test_repeated_fields_are_marked_and_safe)
{
	static const char text[] = GET H "Range: bytes=0-0\r\n"
					 "Range: bytes=1-1\r\n"
					 "Range: bytes=2-2\r\n"
					 "Accept-Encoding: *\r\n"
					 "Accept-Encoding: gzip;q=0\r\n"
					 "If-Match: \"a\"\r\n"
					 "If-Match: \"b\"\r\n"
					 "Accept: a/b\r\n\r\n";
	struct request r;

	ck_assert_int_eq(parse(&r, text, strlen(text)), 200);
	ck_assert_uint_eq(r.field[FIELD_RANGE].off, 0);
	ck_assert_uint_eq(r.field[FIELD_ACCEPT_ENCODING].off, 0);
	ck_assert(holds(text, r.field[FIELD_IF_MATCH], "\"a\""));
	ck_assert_uint_eq(r.repeated, 1U << FIELD_RANGE |
					  1U << FIELD_ACCEPT_ENCODING |
					  1U << FIELD_IF_MATCH);
}
END_TEST

/* head, then n times the filler, then tail; parsed whole and in pieces. */
static int
parse_long(const char *head, char filler, size_t n, const char *tail)
{
	static char text[65536];
	struct request r;
	size_t len = strlen(head);

	memcpy(text, head, len);
	memset(text + len, filler, n);
	memcpy(text + len + n, tail, strlen(tail) + 1);
	return parse(&r, text, len + n + strlen(tail));
}

START_TEST(test_the_request_line_may_be_just_so_long)
{
	/* "GET /" and " HTTP/1.1" are 14 bytes. */
	ck_assert_int_eq(
	    parse_long("GET /", 'a', 8192 - 14, " HTTP/1.1\r\n" H "\r\n"), 200);
	ck_assert_int_eq(
	    parse_long("GET /", 'a', 8192 - 14, " HTTP/1.1\n" H "\n"), 200);
	ck_assert_int_eq(
	    parse_long("GET /", 'a', 8192 - 13, " HTTP/1.1\r\n" H "\r\n"), 414);
	ck_assert_int_eq(
	    parse_long("\r\nGET /", 'a', 8192 - 14, " HTTP/1.1\r\n" H "\r\n"),
	    200);
	/* No end in sight: certain with byte 8193. */
	ck_assert_int_eq(parse_long("GET /", 'a', 8192 - 5, ""), 0);
	ck_assert_int_eq(parse_long("GET /", 'a', 8193 - 5, ""), 414);
	/* Longer than any method: certain before the target is seen. */
	ck_assert_int_eq(parse_long("", 'A', 8192, ""), 0);
	ck_assert_int_eq(parse_long("", 'A', 8193, ""), 501);
	ck_assert_int_eq(
	    parse_long("", 'A', 8000, " / HTTP/1.1\r\n" H "\r\n"), 501);
	ck_assert_int_eq(
	    parse_long("", 'A', 8184, " / HTTP/1.1\r\n" H "\r\n"), 501);
	ck_assert_int_eq(parse_long("BREW /", 'a', 8193, ""), 501);
	ck_assert_int_eq(parse_long("GET ", 'A', 8193, ""), 414);
}
END_TEST

START_TEST(test_the_field_lines_may_be_just_so_long)
{
	/* H is 9 bytes, "X: " and CRLF are 5. */
	ck_assert_int_eq(
	    parse_long(GET H "X: ", 'a', 16384 - 14, "\r\n\r\n"), 200);
	ck_assert_int_eq(
	    parse_long(GET H "X: ", 'a', 16384 - 13, "\r\n\r\n"), 431);
	ck_assert_int_eq(
	    parse_long(GET H "X: ", 'a', 16384 - 13, "\n\r\n"), 200);
	ck_assert_int_eq(parse_long(GET H "X: ", 'a', 16384 - 12, ""), 0);
	ck_assert_int_eq(parse_long(GET H "X: ", 'a', 16384 - 11, ""), 431);
	ck_assert_int_eq(parse_long(GET H "X:", ' ', 16384, ""), 431);
	ck_assert_int_eq(parse_long(GET H, 'a', 16384, ""), 431);
}
END_TEST

/* A request of so many field lines. */
static int
parse_fields(int n)
{
	char text[2048] = GET H;
	struct request r;
	size_t len = strlen(text);

	for (; n > 1; n--)
		len += (size_t)snprintf(
		    text + len, sizeof(text) - len, "X: y\r\n");
	len += (size_t)snprintf(text + len, sizeof(text) - len, "\r\n");
	return parse(&r, text, len);
}

START_TEST(test_there_may_be_just_so_many_field_lines)
{
	ck_assert_int_eq(parse_fields(100), 200);
	ck_assert_int_eq(parse_fields(101), 431);
}
END_TEST

START_TEST(test_an_error_stays_and_so_does_the_end)
{
	static const char good[] = GET H "\r\nGET";
	static const char bad[] = "GET  / HTTP/1.1\r\n";
	struct request r;

	request_init(&r);
	ck_assert_int_eq(request_parse(&r, bad, 5, &limits), 400);
	ck_assert_int_eq(request_parse(&r, bad, 8, &limits), 400);
	request_init(&r);
	ck_assert_int_eq(
	    request_parse(&r, good, sizeof(good) - 2, &limits), 200);
	ck_assert_int_eq(
	    request_parse(&r, good, sizeof(good) - 1, &limits), 200);
	ck_assert_uint_eq(r.head_len, sizeof(good) - 4);
}
END_TEST

/* Feeds a chunked body in pieces of `step` bytes; stores what was taken. */
static int
feed_by(const char *text, size_t len, size_t step, size_t *taken, bool *done)
{
	struct request r = {.chunked = true};
	struct body b;
	size_t n, part;
	int status = 0;

	body_init(&b, &r);
	*taken = 0;
	while (status == 0 && *taken < len && b.state != BODY_DONE) {
		part = len - *taken < step ? len - *taken : step;
		status = body_feed(&b, text + *taken, part, &n);
		*taken += n;
	}
	*done = b.state == BODY_DONE;
	return status;
}

START_TEST(test_chunked_bodies_are_judged_strictly)
{
	static const struct {
		const char *text;
		int status;
		bool done;
		int left; /* bytes that are no longer of the body */
	} rows[] = {
	    {"", 0, false, 0},
	    {"0\r\n\r\n", 0, true, 0},
	    {"0\r\n\r\nGET", 0, true, 3},
	    {"5\r\nhello\r\n0\r\n\r\n", 0, true, 0},
	    {"5\r\nhello\r\n00\r\n\r\nx", 0, true, 1},
	    {"A\r\n0123456789\r\n0\r\n\r\n", 0, true, 0},
	    {"a;x=y;z=\"a b\"\r\n0123456789\r\n0\r\n\r\n", 0, true, 0},
	    {"1 ;x\r\na\r\n0\r\n\r\n", 0, true, 0},
	    {"0\r\nTrailer: value\r\nOther:\r\n\r\n", 0, true, 0},
	    {"0\r\nTrailer: value\n\n", 0, true, 0},
	    {"5\r\nhel", 0, false, 0},
	    {"7fffffffffffffff\r\nabc", 0, false, 0},
	    {"8000000000000000\r\n", 400, false, -1},
	    {"ffffffffffffffff\r\n", 400, false, -1},
	    {"10000000000000000\r\n", 400, false, -1},
	    {"\r\n", 400, false, -1},
	    {"g\r\n", 400, false, -1},
	    {"-1\r\n", 400, false, -1},
	    {"+1\r\n", 400, false, -1},
	    {" 1\r\n", 400, false, -1},
	    {"1 \r\n", 400, false, -1},
	    {"0x1\r\n", 400, false, -1},
	    {";x\r\n", 400, false, -1},
	    {"1\na\r\n", 400, false, -1},
	    {"1\rX", 400, false, -1},
	    {"1\r\ra\r\n0\r\n\r\n", 400, false, -1},
	    {"1\r\na\r\r0\r\n\r\n", 400, false, -1},
	    {"1;x\ny\r\n", 400, false, -1},
	    {"1;\x01\r\n", 400, false, -1},
	    {"1\r\nab\r\n", 400, false, -1},
	    {"1\r\na\n", 400, false, -1},
	    {"1\r\na0\r\n\r\n", 400, false, -1},
	    {"0\r\n X: folded\r\n\r\n", 400, false, -1},
	    {"0\r\nX : y\r\n\r\n", 400, false, -1},
	    {"0\r\nX\r\n\r\n", 400, false, -1},
	    {"0\r\nX: a\rb\r\n\r\n", 400, false, -1},
	    {"0\r\nX: \x01\r\n\r\n", 400, false, -1},
	    {"0\r\n\rX", 400, false, -1},
	};
	size_t i, step, taken, len;
	bool done;

	for (i = 0; i < LENGTH(rows); i++) {
		len = strlen(rows[i].text);
		for (step = 1; step <= 9; step++) {
			ck_assert_msg(feed_by(rows[i].text, len, step, &taken,
					  &done) == rows[i].status,
			    "%s", rows[i].text);
			ck_assert_msg(done == rows[i].done, "%s", rows[i].text);
			if (rows[i].left >= 0)
				ck_assert_msg(
				    len - taken == (size_t)rows[i].left, "%s",
				    rows[i].text);
		}
	}
}
END_TEST

START_TEST(test_chunk_lines_and_trailers_are_bounded)
{
	static char text[16384];
	size_t taken;
	bool done;

	(void)snprintf(text, sizeof(text), "1;%0254d\r\na\r\n0\r\n\r\n", 0);
	ck_assert_int_eq(feed_by(text, strlen(text), 7, &taken, &done), 0);
	ck_assert(done);
	(void)snprintf(text, sizeof(text), "1;%0255d\r\na\r\n0\r\n\r\n", 0);
	ck_assert_int_eq(feed_by(text, strlen(text), 7, &taken, &done), 400);
	(void)snprintf(text, sizeof(text), "%0256d\r\n\r\n", 0);
	ck_assert_int_eq(feed_by(text, strlen(text), 7, &taken, &done), 0);
	(void)snprintf(text, sizeof(text), "%0257d\r\n\r\n", 0);
	ck_assert_int_eq(feed_by(text, strlen(text), 7, &taken, &done), 400);
	(void)snprintf(text, sizeof(text), "0\r\nX: %08000d\r\n\r\n", 0);
	ck_assert_int_eq(feed_by(text, strlen(text), 7, &taken, &done), 0);
	ck_assert(done);
	(void)snprintf(text, sizeof(text), "0\r\nX: %08190d\r\n\r\n", 0);
	ck_assert_int_eq(feed_by(text, strlen(text), 7, &taken, &done), 400);
	/* Every chunk has a line of its own to fill. */
	(void)snprintf(text, sizeof(text),
	    "1;%0200d\r\na\r\n1;%0200d\r\na\r\n0;%0200d\r\n\r\n", 0, 0, 0);
	ck_assert_int_eq(feed_by(text, strlen(text), 7, &taken, &done), 0);
	ck_assert(done);
}
END_TEST

START_TEST(test_a_sized_body_takes_just_its_bytes)
{
	struct request r = {.content_length = 5};
	struct body b;
	size_t taken;

	body_init(&b, &r);
	ck_assert_int_eq(body_feed(&b, "abc", 3, &taken), 0);
	ck_assert_uint_eq(taken, 3);
	ck_assert_int_eq(b.left, 2);
	ck_assert_int_eq(body_feed(&b, "defg", 4, &taken), 0);
	ck_assert_uint_eq(taken, 2);
	ck_assert_int_eq(b.state, BODY_DONE);
	ck_assert_int_eq(body_feed(&b, "g", 1, &taken), 0);
	ck_assert_uint_eq(taken, 0);
	r.content_length = -1;
	body_init(&b, &r);
	ck_assert_int_eq(b.state, BODY_DONE);
}
END_TEST

START_TEST(test_a_scribbled_body_is_broken_and_nothing_worse)
{
	struct body b = {.left = -1, .state = 200};
	size_t taken;
	int state;

	ck_assert_int_eq(body_feed(&b, "abc", 3, &taken), 400);
	ck_assert_uint_eq(taken, 0);
	for (state = 1; state < 256; state++) {
		b.left = INT64_MIN;
		b.used = UINT32_MAX;
		b.state = (uint8_t)state;
		(void)body_feed(&b, "7fffffff\r\nX: y\r\n\r\n", 18, &taken);
		ck_assert_uint_le(taken, 18);
	}
}
END_TEST

START_TEST(test_a_greeting_is_http_only_with_a_method)
{
	static const struct {
		const char *text;
		enum greeting is;
	} rows[] = {
	    {"", GREETING_OPEN},
	    {"G", GREETING_OPEN},
	    {"GET", GREETING_OPEN},
	    {"GET ", GREETING_HTTP},
	    {"GET / HTTP/1.1\r\n", GREETING_HTTP},
	    {"VERSION-CONTROL /", GREETING_HTTP},
	    {"ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEF ", GREETING_HTTP},
	    {"ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEF", GREETING_OPEN},
	    {"ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFG", GREETING_WORD},
	    {"ge", GREETING_WORD},
	    {"get", GREETING_WORD},
	    {"GETs", GREETING_WORD},
	    {"get ", GREETING_LINE},
	    {"get / HT", GREETING_LINE},
	    {"get / HTTP", GREETING_LINE},
	    {"get / HT\n", GREETING_ECHO},
	    {"get\n", GREETING_ECHO},
	    {" ", GREETING_ECHO},
	    {"-", GREETING_WORD},
	    {"get / HTTP/1.1\r\n", GREETING_HTTP},
	    {"foo bar HTTP/1.1\r\n", GREETING_HTTP},
	    {"!#$ a b c HTTP/9", GREETING_HTTP},
	    {"m-search * HTTP/1.1\r\n", GREETING_HTTP},
	    {"foo HTTP/", GREETING_HTTP},
	    {"foo bar\nx HTTP/1.1\r\n", GREETING_ECHO},
	    {" foo HTTP/1.1\r\n", GREETING_ECHO},
	    {"fo\"o bar HTTP/1.1\r\n", GREETING_ECHO},
	    {"hello world", GREETING_LINE},
	    {"hello world\n", GREETING_ECHO},
	    {"hello, world", GREETING_ECHO},
	    {"GET\n", GREETING_ECHO},
	    {"GET\r\n", GREETING_ECHO},
	    {"hello\n", GREETING_ECHO},
	    {"\r\nGET ", GREETING_ECHO},
	    {"\x16\x03\x01", GREETING_ECHO},
	    {"G\xc3\x89T ", GREETING_ECHO},
	};
	char text[GREETING_BYTES + 10];
	size_t i;

	for (i = 0; i < LENGTH(rows); i++)
		ck_assert_msg(greeting_look(rows[i].text,
				  strlen(rows[i].text)) == rows[i].is,
		    "%s", rows[i].text);
	ck_assert_int_eq(greeting_look("GET\0 ", 5), GREETING_ECHO);
	memset(text, 'a', sizeof(text));
	ck_assert_int_eq(
	    greeting_look(text, GREETING_BYTES - 1), GREETING_WORD);
	ck_assert_int_eq(greeting_look(text, GREETING_BYTES), GREETING_ECHO);
	text[3] = ' ';
	ck_assert_int_eq(
	    greeting_look(text, GREETING_BYTES - 1), GREETING_LINE);
	memcpy(text + GREETING_BYTES - 3, " HTTP/", 6);
	ck_assert_int_eq(greeting_look(text, GREETING_BYTES), GREETING_ECHO);
	ck_assert_int_eq(greeting_look(text, sizeof(text)), GREETING_ECHO);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, test_a_request_is_taken_apart);
	tcase_add_test(tc, test_every_kept_field_is_found_by_its_name);
	tcase_add_test(tc, test_request_lines_are_judged_strictly);
	tcase_add_test(tc, test_field_lines_are_judged_strictly);
	tcase_add_test(tc, test_a_nul_is_refused_everywhere);
	tcase_add_test(tc, test_exactly_one_good_host_is_needed);
	tcase_add_test(
	    tc, test_framing_that_two_may_read_differently_is_refused);
	tcase_add_test(tc, test_the_body_that_follows_is_known);
	tcase_add_test(tc, test_connection_options_decide_who_stays);
	tcase_add_test(tc, test_expect_continue_counts_in_http_1_1_only);
	tcase_add_test(tc, test_repeated_fields_are_marked_and_safe);
	tcase_add_test(tc, test_the_request_line_may_be_just_so_long);
	tcase_add_test(tc, test_the_field_lines_may_be_just_so_long);
	tcase_add_test(tc, test_there_may_be_just_so_many_field_lines);
	tcase_add_test(tc, test_an_error_stays_and_so_does_the_end);
	tcase_add_test(tc, test_chunked_bodies_are_judged_strictly);
	tcase_add_test(tc, test_chunk_lines_and_trailers_are_bounded);
	tcase_add_test(tc, test_a_sized_body_takes_just_its_bytes);
	tcase_add_test(tc, test_a_scribbled_body_is_broken_and_nothing_worse);
	tcase_add_test(tc, test_a_greeting_is_http_only_with_a_method);
}

int
main(void)
{
	return check_main("request", add_tests);
}
