/*
 * check_cache - who gets the answer of a moment ago, and who does not.
 */
#include "service/cache.h"

#include <stdio.h>
#include <string.h>

#include "check_main.h"

/* Any moment will do. */
static const int64_t start = 1000000;

/* A request and what it points into. */
struct question {
	struct request r;
	char head[8192];
};

static void
parse(struct question *q, const char *head)
{
	static const struct request_limits limits = {8192, 8192, 100};
	size_t len = strlen(head);

	ck_assert_uint_lt(len, sizeof(q->head));
	memcpy(q->head, head, len + 1);
	request_init(&q->r);
	ck_assert_int_eq(request_parse(&q->r, q->head, len, &limits), 200);
}

static bool
is_found(struct cache *c, const char *head, int64_t now, const char *due)
{
	struct cached found;
	struct question q;

	parse(&q, head);
	if (!cache_find(c, &q.r, q.head, now, &found))
		return false;
	ck_assert_uint_eq(found.len, strlen(due));
	ck_assert_int_eq(memcmp(found.bytes, due, found.len), 0);
	ck_assert_uint_eq(found.date_at, 3);
	ck_assert_uint_eq(found.body_at, 5);
	ck_assert_int_eq(found.status, 200);
	ck_assert_int_eq(found.length, 7);
	return true;
}

static void
keep(struct cache *c, const char *head, int64_t now, const char *answer)
{
	struct cached a = {answer, strlen(answer), 3, 5, 200, 7};

	ck_assert(!is_found(c, head, now, ""));
	cache_keep(c, &a, now);
}

/* Asks often enough. */
static void
learn(struct cache *c, const char *head, int64_t now, const char *answer)
{
	keep(c, head, now, answer);
	keep(c, head, now, answer);
	ck_assert(is_found(c, head, now, answer));
}

#define PLAIN "GET /a HTTP/1.1\r\nHost: h\r\n\r\n"

START_TEST(test_an_empty_cache_has_no_answer)
{
	struct cache *c = cache_new();

	ck_assert(!is_found(c, PLAIN, start, ""));
	cache_free(c);
}
END_TEST

START_TEST(test_an_answer_is_kept_the_second_time)
{
	struct cache *c = cache_new();

	keep(c, PLAIN, start, "answer");
	ck_assert(!is_found(c, PLAIN, start, ""));
	keep(c, PLAIN, start, "answer");
	ck_assert(is_found(c, PLAIN, start, "answer"));
	cache_free(c);
}
END_TEST

START_TEST(test_an_answer_is_kept_for_its_time_and_no_longer)
{
	struct cache *c = cache_new();

	learn(c, PLAIN, start, "old");
	ck_assert(is_found(c, PLAIN, start + CACHE_MS - 1, "old"));
	/* Being asked for gives it no more time. */
	keep(c, PLAIN, start + CACHE_MS, "new");
	ck_assert(is_found(c, PLAIN, start + CACHE_MS, "new"));
	cache_free(c);
}
END_TEST

/* Of the same answer as PLAIN. */
static const char *const same[] = {
    "\r\nGET /a HTTP/1.1\r\nHost: h\r\n\r\n",
    "GET /a HTTP/1.1\nhost: other\n\n",
    "GET /a HTTP/1.1\r\nHost: h\r\nUser-Agent: x\r\nReferer: y\r\n\r\n",
    "GET /a HTTP/1.1\r\nX-Unknown: z\r\nHost: h\r\n\r\n",
    "GET /a HTTP/1.1\r\nHost: h\r\nConnection: keep-alive\r\n\r\n",
};

START_TEST(test_what_bears_on_no_answer_makes_no_difference)
{
	struct cache *c = cache_new();

	learn(c, PLAIN, start, "answer");
	ck_assert(is_found(c, same[_i], start, "answer"));
	cache_free(c);
}
END_TEST

static const char *const other[] = {
    "HEAD /a HTTP/1.1\r\nHost: h\r\n\r\n",
    "GET /A HTTP/1.1\r\nHost: h\r\n\r\n",
    "GET /a? HTTP/1.1\r\nHost: h\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: h\r\n\r\n",
    "GET /a HTTP/1.0\r\nHost: h\r\n\r\n",
    "GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    "GET /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
    "GET /a HTTP/1.1\r\nHost: h\r\nRange: bytes=0-1\r\n\r\n",
    "GET /a HTTP/1.1\r\nHost: h\r\nRange: bytes=0-1\r\nRange: x\r\n\r\n",
    "GET /a HTTP/1.1\r\nHost: h\r\nIf-Range: \"x\"\r\n\r\n",
    "GET /a HTTP/1.1\r\nHost: h\r\nIf-Match: *\r\n\r\n",
    "GET /a HTTP/1.1\r\nHost: h\r\nIf-None-Match: *\r\n\r\n",
    "GET /a HTTP/1.1\r\nHost: h\r\nIf-None-Match:\r\n\r\n",
    "GET /a HTTP/1.1\r\nHost: h\r\nIf-Modified-Since: *\r\n\r\n",
    "GET /a HTTP/1.1\r\nHost: h\r\nIf-Unmodified-Since: *\r\n\r\n",
    "GET /a HTTP/1.1\r\nHost: h\r\nAccept: *\r\n\r\n",
    "GET /a HTTP/1.1\r\nHost: h\r\nAccept-Encoding: *\r\n\r\n",
    "GET /a HTTP/1.1\r\nHost: h\r\nOrigin: *\r\n\r\n",
    "GET /a HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\n",
    "GET /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n",
};

START_TEST(test_what_bears_on_an_answer_makes_a_difference)
{
	struct cache *c = cache_new();

	learn(c, PLAIN, start, "plain");
	ck_assert(!is_found(c, other[_i], start, ""));
	ck_assert(is_found(c, PLAIN, start, "plain"));
	cache_free(c);
}
END_TEST

/* Where one piece ends and the next begins is part of the question. */
START_TEST(test_bytes_that_move_between_fields_are_told_apart)
{
	struct cache *c = cache_new();

	learn(c,
	    "GET /a HTTP/1.1\r\nHost: h\r\nAccept: ab\r\nOrigin: c\r\n\r\n",
	    start, "one");
	ck_assert(!is_found(c,
	    "GET /a HTTP/1.1\r\nHost: h\r\nAccept: a\r\nOrigin: bc\r\n\r\n",
	    start, ""));
	cache_free(c);
}
END_TEST

START_TEST(test_a_request_with_a_body_is_never_kept)
{
	static const char *const heads[] = {
	    "GET /a HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\n",
	    "GET /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n",
	    "GET /a HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n\r\n",
	};
	struct cache *c = cache_new();
	int i;

	for (i = 0; i < 3; i++)
		keep(c, heads[_i], start, "answer");
	ck_assert(!is_found(c, heads[_i], start, ""));
	cache_free(c);
}
END_TEST

START_TEST(test_the_largest_is_kept_and_what_is_larger_is_not)
{
	struct cache *c = cache_new();
	static char answer[CACHE_ANSWER + 2];
	size_t len = CACHE_ANSWER + (size_t)_i;
	int i;

	memset(answer, 'x', len);
	answer[len] = '\0';
	for (i = 0; i < 2; i++)
		keep(c, PLAIN, start, answer);
	ck_assert(is_found(c, PLAIN, start, answer) == (_i == 0));
	cache_free(c);
}
END_TEST

START_TEST(test_a_question_may_be_long_but_not_too_long)
{
	static const size_t lengths[] = {900, CACHE_KEY, 4000};
	struct cache *c = cache_new();
	char head[8192], target[4001];
	size_t len = lengths[_i];
	int i;

	memset(target, 'x', len);
	target[len] = '\0';
	(void)snprintf(
	    head, sizeof(head), "GET /%s HTTP/1.1\r\nHost: h\r\n\r\n", target);
	for (i = 0; i < 2; i++)
		keep(c, head, start, "answer");
	ck_assert(is_found(c, head, start, "answer") == (_i == 0));
	cache_free(c);
}
END_TEST

/* However many there are, what is found is right, and the last is there. */
START_TEST(test_many_take_one_anothers_place)
{
	enum { MANY = 8 * CACHE_ENTRIES };
	struct cache *c = cache_new();
	char head[64], answer[16];
	int i, n = 0;

	for (i = 0; i < MANY; i++) {
		(void)snprintf(head, sizeof(head),
		    "GET /%d HTTP/1.1\r\nHost: h\r\n\r\n", i);
		(void)snprintf(answer, sizeof(answer), "number %d", i);
		learn(c, head, start + i / 100, answer);
	}
	for (i = 0; i < MANY; i++) {
		(void)snprintf(head, sizeof(head),
		    "GET /%d HTTP/1.1\r\nHost: h\r\n\r\n", i);
		(void)snprintf(answer, sizeof(answer), "number %d", i);
		n += is_found(c, head, start + MANY / 100, answer);
	}
	ck_assert_int_le(n, CACHE_ENTRIES);
	ck_assert_int_ge(n, CACHE_ENTRIES / 2);
	cache_free(c);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, test_an_empty_cache_has_no_answer);
	tcase_add_test(tc, test_an_answer_is_kept_the_second_time);
	tcase_add_test(tc, test_an_answer_is_kept_for_its_time_and_no_longer);
	tcase_add_loop_test(tc,
	    test_what_bears_on_no_answer_makes_no_difference, 0, LENGTH(same));
	tcase_add_loop_test(tc, test_what_bears_on_an_answer_makes_a_difference,
	    0, LENGTH(other));
	tcase_add_test(tc, test_bytes_that_move_between_fields_are_told_apart);
	tcase_add_loop_test(tc, test_a_request_with_a_body_is_never_kept, 0, 3);
	tcase_add_loop_test(
	    tc, test_the_largest_is_kept_and_what_is_larger_is_not, 0, 2);
	tcase_add_loop_test(
	    tc, test_a_question_may_be_long_but_not_too_long, 0, 3);
	tcase_add_test(tc, test_many_take_one_anothers_place);
}

int
main(void)
{
	return check_main("cache", add_tests);
}
