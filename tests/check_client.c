/*
 * check_client - the pure parts of prefork-client.
 */
#include "client/digest.h"
#include "client/histogram.h"
#include "bench/response.h"
#include "client/settings.h"
#include "client/sha256.h"
#include "bench/pattern.h"
#include "client/run.h"

#include <check.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- histogram --- */

START_TEST(test_percentiles_are_within_two_percent_and_never_too_low)
{
	static const struct {
		double share;
		uint64_t exact;
	} due[] = {{0.5, 50000}, {0.99, 99000}, {0.999, 99900}, {1, 100000}};
	struct histogram h = {0};
	uint64_t value, told;
	size_t i;

	for (value = 1; value <= 100000; value++)
		histogram_add(&h, value);
	for (i = 0; i < sizeof(due) / sizeof(due[0]); i++) {
		told = histogram_at(&h, due[i].share);
		ck_assert_uint_ge(told, due[i].exact);
		ck_assert_uint_le(told, due[i].exact + due[i].exact / 50);
	}
}
END_TEST

START_TEST(test_small_values_and_the_maximum_are_exact)
{
	static const uint64_t values[] = {
	    0, 1, 63, 64, 65, 127, 129, 1000003, UINT64_C(1) << 50, UINT64_MAX};
	size_t i;

	for (i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		struct histogram h = {0};

		histogram_add(&h, values[i]);
		ck_assert_uint_eq(histogram_at(&h, 0.5), values[i]);
		ck_assert_uint_eq(histogram_at(&h, 1), values[i]);
	}
}
END_TEST

START_TEST(test_every_value_lies_in_a_step_of_its_size)
{
	struct histogram h;
	uint64_t value, told;

	for (value = 1; value < UINT64_C(1) << 39; value += value / 7 + 1) {
		memset(&h, 0, sizeof(h));
		histogram_add(&h, value);
		histogram_add(&h, UINT64_C(1) << 40);
		told = histogram_at(&h, 0.5);
		ck_assert_uint_ge(told, value);
		ck_assert_uint_le(told, value + value / 64);
	}
}
END_TEST

START_TEST(test_percentiles_of_few_values_are_values)
{
	struct histogram h = {0};
	uint64_t value;

	ck_assert_uint_eq(histogram_at(&h, 0.99), 0);
	for (value = 1; value <= 10; value++)
		histogram_add(&h, value);
	ck_assert_uint_eq(histogram_at(&h, 0.5), 5);
	ck_assert_uint_eq(histogram_at(&h, 0.99), 10);
	ck_assert_uint_eq(histogram_at(&h, 0), 1);
}
END_TEST

/* --- stream --- */

enum { LONG = 300000 };

/* Shared by the tests of streams: made once, 600 KB. */
static struct pattern pattern;
static unsigned char bytes[LONG], other[LONG];

static void
make_stream(void)
{
	pattern_init(&pattern, 42);
	pattern_fill(&pattern, 7, 0, bytes, LONG);
}

START_TEST(test_any_piece_of_a_stream_is_the_same_bytes)
{
	uint64_t random = 1, at, len, first;
	int i;

	for (i = 0; i < 20000; i++) {
		at = pattern_random(&random) % LONG;
		len = pattern_random(&random) % (i % 2 ? 100 : 10000);
		if (len > LONG - at)
			len = LONG - at;
		pattern_fill(&pattern, 7, at, other, len);
		ck_assert(memcmp(bytes + at, other, len) == 0);
		ck_assert_uint_eq(
		    pattern_check(&pattern, 7, at, other, len, &first), 0);
	}
}
END_TEST

START_TEST(test_every_changed_byte_is_noticed_and_named)
{
	uint64_t first;
	size_t at;

	memcpy(other, bytes, LONG);
	for (at = 0; at < 3 * PATTERN_SEGMENT; at++) {
		other[at] ^= 1;
		ck_assert_uint_eq(pattern_check(&pattern, 7, 0, other,
				      3 * PATTERN_SEGMENT, &first),
		    1);
		ck_assert_uint_eq(first, at);
		other[at] ^= 1;
	}
	other[10] ^= 0x80;
	other[2 * PATTERN_SEGMENT] ^= 0x80;
	ck_assert_uint_eq(
	    pattern_check(&pattern, 7, 0, other, LONG, &first), 2);
	ck_assert_uint_eq(first, 10);
}
END_TEST

/* What servers get wrong: pieces lost, doubled, or another client's, above
 * all pieces as large as a buffer. */
START_TEST(test_bytes_from_elsewhere_are_noticed)
{
	static const size_t sizes[] = {
	    1, 64, 512, 4093, 4096, 16384, 65536, 131072};
	uint64_t first;
	size_t i, size;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		size = sizes[i];
		ck_assert_uint_gt(pattern_check(&pattern, 7, 0, bytes + size,
				      LONG - size, &first),
		    0);
		ck_assert_uint_gt(pattern_check(&pattern, 7, size, bytes,
				      LONG - size, &first),
		    0);
	}
	ck_assert_uint_gt(pattern_check(&pattern, 8, 0, bytes, 64, &first), 0);
	pattern_fill(&pattern, 8, 5000, other, 64);
	ck_assert_uint_gt(
	    pattern_check(&pattern, 7, 5000, other, 64, &first), 0);
}
END_TEST

START_TEST(test_another_seed_is_another_stream)
{
	static struct pattern another;
	uint64_t first;

	pattern_init(&another, 43);
	ck_assert_uint_gt(
	    pattern_check(&another, 7, 0, bytes, 1000, &first), 990);
}
END_TEST

static bool
begins_line(size_t at)
{
	return at == 0 || bytes[at - 1] == '\n';
}

START_TEST(test_no_line_is_a_command_and_no_stream_a_request)
{
	uint64_t stream;
	size_t at, lines = 0;

	for (stream = 0; stream < 50; stream++) {
		pattern_fill(&pattern, stream, 0, bytes, LONG);
		ck_assert_uint_ge(bytes[0], 0x80);
		for (at = 0; at < LONG; at++) {
			if (!begins_line(at))
				continue;
			lines++;
			ck_assert(bytes[at] != '!' && bytes[at] != 'e');
			ck_assert(bytes[at] < 'A' || bytes[at] > 'Z');
		}
	}
	ck_assert_uint_gt(lines, 10000);
}
END_TEST

START_TEST(test_a_stream_contains_every_byte)
{
	size_t seen[256] = {0}, at;
	int byte;

	for (at = 0; at < LONG; at++)
		seen[bytes[at]]++;
	for (byte = 0; byte < 256; byte++)
		ck_assert_uint_gt(seen[byte], 500);
}
END_TEST

/* --- sums --- */

static const struct {
	const char *text; /* NULL: a million 'a' */
	const char *sum;
} sums[] = {
    {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
	"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    {NULL, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
};

START_TEST(test_sha256_knows_the_examples_of_the_standard)
{
	unsigned char due[SHA256_SIZE], sum[SHA256_SIZE];
	struct sha256 s;
	int i;

	ck_assert_int_eq(sha256_parse(sums[_i].sum, due), 0);
	sha256_init(&s);
	if (sums[_i].text != NULL)
		sha256_add(&s, sums[_i].text, strlen(sums[_i].text));
	else
		for (i = 0; i < 1000000; i++)
			sha256_add(&s, "a", 1);
	sha256_end(&s, sum);
	ck_assert_mem_eq(sum, due, sizeof(sum));
}
END_TEST

START_TEST(test_sha256_does_not_depend_on_the_pieces)
{
	unsigned char whole[SHA256_SIZE], sum[SHA256_SIZE];
	struct sha256 s;
	size_t len, cut;

	for (len = 0; len < 200; len++) {
		sha256_init(&s);
		sha256_add(&s, bytes, len);
		sha256_end(&s, whole);
		for (cut = 0; cut <= len; cut += 7) {
			sha256_init(&s);
			sha256_add(&s, bytes, cut);
			sha256_add(&s, bytes + cut, len - cut);
			sha256_end(&s, sum);
			ck_assert_mem_eq(sum, whole, sizeof(sum));
		}
	}
}
END_TEST

START_TEST(test_sha256_texts_have_64_digits)
{
	unsigned char sum[SHA256_SIZE];
	char text[80];

	snprintf(text, sizeof(text), "%s", sums[0].sum);
	ck_assert_int_eq(sha256_parse("", sum), -1);
	text[63] = '\0';
	ck_assert_int_eq(sha256_parse(text, sum), -1);
	text[63] = 'g';
	ck_assert_int_eq(sha256_parse(text, sum), -1);
	text[63] = 'F';
	ck_assert_int_eq(sha256_parse(text, sum), 0);
	ck_assert_uint_eq(sum[31], 0x5f);
	strcat(text, "0");
	ck_assert_int_eq(sha256_parse(text, sum), -1);
}
END_TEST

static uint64_t
digest_of(const unsigned char *data, size_t len, size_t piece)
{
	struct digest d;
	size_t n;

	digest_init(&d);
	for (; len > 0; data += n, len -= n) {
		n = piece < len ? piece : len;
		digest_add(&d, data, n);
	}
	return digest_sum(&d);
}

START_TEST(test_a_digest_does_not_depend_on_the_pieces)
{
	size_t len, piece;

	for (len = 0; len < 150; len++)
		for (piece = 1; piece < 70; piece++)
			ck_assert_uint_eq(digest_of(bytes, len, piece),
			    digest_of(bytes, len, len + 1));
}
END_TEST

START_TEST(test_a_digest_notices_changes)
{
	enum { SOME = 1000 };
	uint64_t sum = digest_of(bytes, SOME, SOME);
	size_t at;

	memcpy(other, bytes, SOME);
	for (at = 0; at < SOME; at++) {
		other[at] ^= 0x40;
		ck_assert_uint_ne(digest_of(other, SOME, SOME), sum);
		other[at] ^= 0x40;
	}
	ck_assert_uint_ne(digest_of(bytes, SOME - 1, SOME), sum);
	/* Two words of one lane, swapped; and zeros at the end. */
	memcpy(other, bytes + DIGEST_STRIPE, 8);
	memcpy(other + DIGEST_STRIPE, bytes, 8);
	ck_assert_uint_ne(digest_of(other, SOME, SOME), sum);
	memset(other, 0, SOME);
	ck_assert_uint_ne(
	    digest_of(other, 32, SOME), digest_of(other, 64, SOME));
	ck_assert_uint_ne(digest_of(other, 1, SOME), digest_of(other, 2, SOME));
}
END_TEST

/* --- response --- */

/* The body is what follows the head, up to `body` bytes. */
static const struct {
	const char *text;
	int status; /* 0: must be refused */
	size_t body;
	bool closes;
	bool needs_eof;
	const char *rest; /* not of this response */
} responses[] = {
    {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, 5, false, false,
	""},
    {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloHTTP", 200, 5, false,
	false, "HTTP"},
    {"HTTP/1.1 200 OK\nCONTENT-LENGTH:2\n\nhi", 200, 2, false, false, ""},
    {"HTTP/1.1 200\r\nContent-length: \t0 \t\r\n\r\n", 200, 0, false, false,
	""},
    {"HTTP/1.1 404 Not Found\r\nContent-Length: 1\r\n"
     "Connection: close\r\n\r\nx",
	404, 1, true, false, ""},
    {"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx", 200, 1, true, false, ""},
    {"HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 1\r\n\r\nx",
	200, 1, false, false, ""},
    {"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx", 200,
	1, false, false, ""},
    {"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\nnext", 304, 0,
	false, false, "next"},
    {"HTTP/1.1 204 No Content\r\n\r\n", 204, 0, false, false, ""},
    {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: "
     "1\r\n\r\nx",
	200, 1, false, false, ""},
    {"HTTP/1.1 200 OK\r\nServer: x\r\n\r\nuntil the end", 200, 13, true, true,
	""},
    {"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx", 0, 0,
	false, false, NULL},
    {"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", 0, 0, false, false, NULL},
    {"HTTP/1.1 200 OK\r\nContent-Length: 1 2\r\n\r\n", 0, 0, false, false,
	NULL},
    {"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n", 0, 0,
	false, false, NULL},
    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", 0, 0, false,
	false, NULL},
    {"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", 0, 0, false, false, NULL},
    {"HTTP/1.1 200 OK\r\n: no name\r\n\r\n", 0, 0, false, false, NULL},
    {"HTTP/2 200\r\n\r\n", 0, 0, false, false, NULL},
    {"HTTP/1.1 20\r\n\r\n", 0, 0, false, false, NULL},
    {"HTTP/1.1 2000 OK\r\n\r\n", 0, 0, false, false, NULL},
    {"HTTP/1.1 099 OK\r\n\r\n", 0, 0, false, false, NULL},
    {"HTTP/1.1  200 OK\r\n\r\n", 0, 0, false, false, NULL},
    {"hello\n", 0, 0, false, false, NULL},
    {"\r\n", 0, 0, false, false, NULL},
};

enum { RESPONSES = sizeof(responses) / sizeof(responses[0]) };

/* Feeds text in pieces of the given size; returns what was not taken, and
 * adds up the length of the body. */
static const char *
feed(struct response *r, const char *text, size_t piece, size_t *body)
{
	const char *end = text + strlen(text);
	size_t n;

	*body = 0;
	while (text < end) {
		n = (size_t)(end - text) < piece ? (size_t)(end - text) : piece;
		if (r->state == RESPONSE_HEAD) {
			n = response_head(r, text, n);
		} else if (r->state == RESPONSE_BODY) {
			n = response_body(r, n);
			*body += n;
		} else {
			break;
		}
		text += n;
	}
	return text;
}

START_TEST(test_responses_are_parsed_or_refused_however_they_are_cut)
{
	struct response r;
	const char *rest;
	size_t piece, body;

	for (piece = 1; piece <= strlen(responses[_i].text); piece++) {
		response_init(&r);
		rest = feed(&r, responses[_i].text, piece, &body);
		if (responses[_i].status == 0) {
			ck_assert_int_eq(r.state, RESPONSE_BAD);
			continue;
		}
		ck_assert_int_eq(
		    r.state == RESPONSE_DONE, !responses[_i].needs_eof);
		ck_assert(response_eof(&r));
		ck_assert_int_eq(r.status, responses[_i].status);
		ck_assert_uint_eq(body, responses[_i].body);
		ck_assert_int_eq(r.closes, responses[_i].closes);
		ck_assert_str_eq(rest, responses[_i].rest);
	}
}
END_TEST

START_TEST(test_the_end_of_the_connection_makes_a_response_short)
{
	const char *whole = responses[0].text;
	char part[100];
	struct response r;
	size_t len, body;

	for (len = 0; len < strlen(whole); len++) {
		snprintf(part, sizeof(part), "%.*s", (int)len, whole);
		response_init(&r);
		feed(&r, part, sizeof(part), &body);
		ck_assert(!response_eof(&r));
	}
}
END_TEST

START_TEST(test_long_lines_are_skipped_and_long_heads_refused)
{
	char line[1000];
	struct response r;
	int i;

	memset(line, 'x', sizeof(line));
	memcpy(line, "X: ", 3);
	line[sizeof(line) - 1] = '\n';
	response_init(&r);
	response_head(&r, "HTTP/1.1 200 OK\r\n", 17);
	for (i = 0; i < 50; i++)
		response_head(&r, line, sizeof(line));
	ck_assert_int_eq(r.state, RESPONSE_HEAD);
	for (i = 0; i < 50; i++)
		response_head(&r, line, sizeof(line));
	ck_assert_int_eq(r.state, RESPONSE_BAD);
}
END_TEST

/* --- settings --- */

enum { ARGS = 12 };

static void
parse(struct settings *s, const char *line)
{
	static char copy[256];
	char *args[ARGS + 1] = {NULL}, *word, *rest;
	int count = 0;

	snprintf(copy, sizeof(copy), "%s", line);
	for (word = strtok_r(copy, " ", &rest); word != NULL;
	     word = strtok_r(NULL, " ", &rest))
		args[count++] = word;
	settings_parse(s, args);
}

START_TEST(test_options_have_the_defaults_that_the_help_tells)
{
	struct settings s;

	parse(&s, "host 5000");
	ck_assert(!s.load);
	ck_assert_str_eq(s.host, "host");
	ck_assert_str_eq(s.port, "5000");
	parse(&s, "--load ::1 5000");
	ck_assert(s.load && s.clients == 50 && s.duration == 10000);
	ck_assert(s.size.min == 64 && s.size.max == 64 && s.pipeline == 1);
	parse(&s, "h 1 --stream");
	ck_assert(s.load && s.size.min == 1 && s.size.max == 16384);
	parse(&s, "h 1 --count 7");
	ck_assert(s.clients == 7 && s.duration == -1);
}
END_TEST

START_TEST(test_values_may_follow_or_be_attached)
{
	struct settings s;

	parse(&s, "--clients=3 --size 1-16K --seconds=0.25 -- h 1");
	ck_assert(s.clients == 3 && s.size.min == 1 && s.size.max == 16384);
	ck_assert(s.duration == 250);
	parse(&s, "h 1 --get=/a?b=c");
	ck_assert_str_eq(s.get, "/a?b=c");
}
END_TEST

START_TEST(test_there_may_be_so_many_headers)
{
	char *args[ARGUMENT_LIST_MAX + 5] = {"h", "1", "--get=/"};
	struct settings s;
	int i, count = 3;

	for (i = 0; i < ARGUMENT_LIST_MAX; i++)
		args[count++] =
		    i % 2 ? "--header=Range: bytes=0-1" : "--header=Accept: x";
	settings_parse(&s, args);
	ck_assert_int_eq(s.header.count, ARGUMENT_LIST_MAX);
	for (i = 0; i < ARGUMENT_LIST_MAX; i++)
		ck_assert_str_eq(s.header.value[i],
		    i % 2 ? "Range: bytes=0-1" : "Accept: x");
}
END_TEST

/* --- tally --- */

START_TEST(test_only_a_run_without_any_fault_is_clean)
{
	struct clients_count n = {.connected = 3, .bytes = 7};
	struct tally t = {.round_trips = 5};
	int loss;

	ck_assert(report_is_clean(&t, &n));
	for (loss = 0; loss < LOSS_COUNT; loss++) {
		n.lost[loss]++;
		ck_assert(!report_is_clean(&t, &n));
		ck_assert_uint_eq(clients_lost(&n), 1);
		ck_assert_ptr_nonnull(loss_name((enum loss)loss));
		n.lost[loss]--;
	}
	n.bytes_wrong = 1;
	ck_assert(!report_is_clean(&t, &n));
	n.bytes_wrong = 0;
	t.refused = 1;
	ck_assert(!report_is_clean(&t, &n));
	t.refused = 0;
	t.not_ok = 1;
	ck_assert(!report_is_clean(&t, &n));
	t.not_ok = 0;
	ck_assert(report_is_clean(&t, &n));
}
END_TEST

static TCase *
case_of_streams(void)
{
	TCase *tc = tcase_create("stream");

	tcase_add_checked_fixture(tc, make_stream, NULL);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, test_any_piece_of_a_stream_is_the_same_bytes);
	tcase_add_test(tc, test_every_changed_byte_is_noticed_and_named);
	tcase_add_test(tc, test_bytes_from_elsewhere_are_noticed);
	tcase_add_test(tc, test_another_seed_is_another_stream);
	tcase_add_test(tc, test_no_line_is_a_command_and_no_stream_a_request);
	tcase_add_test(tc, test_a_stream_contains_every_byte);
	tcase_add_loop_test(tc, test_sha256_knows_the_examples_of_the_standard,
	    0, sizeof(sums) / sizeof(sums[0]));
	tcase_add_test(tc, test_sha256_does_not_depend_on_the_pieces);
	tcase_add_test(tc, test_sha256_texts_have_64_digits);
	tcase_add_test(tc, test_a_digest_does_not_depend_on_the_pieces);
	tcase_add_test(tc, test_a_digest_notices_changes);
	return tc;
}

static TCase *
case_of_the_rest(void)
{
	TCase *tc = tcase_create("rest");

	tcase_add_test(
	    tc, test_percentiles_are_within_two_percent_and_never_too_low);
	tcase_add_test(tc, test_small_values_and_the_maximum_are_exact);
	tcase_add_test(tc, test_every_value_lies_in_a_step_of_its_size);
	tcase_add_test(tc, test_percentiles_of_few_values_are_values);
	tcase_add_loop_test(tc,
	    test_responses_are_parsed_or_refused_however_they_are_cut, 0,
	    RESPONSES);
	tcase_add_test(
	    tc, test_the_end_of_the_connection_makes_a_response_short);
	tcase_add_test(tc, test_long_lines_are_skipped_and_long_heads_refused);
	tcase_add_test(tc, test_options_have_the_defaults_that_the_help_tells);
	tcase_add_test(tc, test_values_may_follow_or_be_attached);
	tcase_add_test(tc, test_there_may_be_so_many_headers);
	tcase_add_test(tc, test_only_a_run_without_any_fault_is_clean);
	return tc;
}

int
main(void)
{
	Suite *suite = suite_create("client");
	SRunner *runner;
	int failed;

	suite_add_tcase(suite, case_of_streams());
	suite_add_tcase(suite, case_of_the_rest());
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
