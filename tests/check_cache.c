/*
 * check_cache - who gets the answer of a moment ago, and who does not.
 */
#include "service/cache.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "check_main.h"
#include "descriptors.h"

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
	struct cached a = {.bytes = answer,
	    .len = strlen(answer),
	    .date_at = 3,
	    .body_at = 5,
	    .status = 200,
	    .length = 7,
	    .file = -1};

	ck_assert(!is_found(c, head, now, ""));
	ck_assert_int_eq(cache_keep(c, &a, now), -1);
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

/* However often it is asked. */
static void
never_keeps(const char *head)
{
	struct cache *c = cache_new();
	int i;

	for (i = 0; i < 3; i++)
		keep(c, head, start, "answer");
	ck_assert(!is_found(c, head, start, ""));
	cache_free(c);
}

START_TEST(test_a_request_with_a_body_is_never_kept)
{
	static const char *const heads[] = {
	    "GET /a HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\n",
	    "GET /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n",
	    "GET /a HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n\r\n",
	};

	never_keeps(heads[_i]);
}
END_TEST

/* All its lines bear on the answer, and the question has the first. */
START_TEST(test_a_list_in_several_lines_is_never_kept)
{
	static const char *const heads[] = {
	    "GET /a HTTP/1.1\r\nHost: h\r\n"
	    "If-None-Match: \"x\"\r\nIf-None-Match: \"y\"\r\n\r\n",
	    "GET /a HTTP/1.1\r\nHost: h\r\n"
	    "If-Match: \"x\"\r\nIf-Match: \"y\"\r\n\r\n",
	};

	never_keeps(heads[_i]);
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

/* An answer with a file, open as fd, that was asked for often enough. Returns
 * the descriptor that the cache has. */
static int
learn_file(struct cache *c, int fd)
{
	struct cached a = {.bytes = "head", .len = 4, .file = fd};
	struct question q;
	struct stat st;
	int kept = -1, i;

	ck_assert_int_eq(fstat(fd, &st), 0);
	a.id.dev = (uint64_t)st.st_dev;
	a.id.ino = (uint64_t)st.st_ino;
	a.id.size = (int64_t)st.st_size;
	a.id.mtime = (int64_t)st.st_mtim.tv_sec;
	a.id.mtime_ns = (int64_t)st.st_mtim.tv_nsec;
	for (i = 0; i < 2; i++) {
		struct cached none;

		parse(&q, PLAIN);
		ck_assert(!cache_find(c, &q.r, q.head, start, &none));
		kept = cache_keep(c, &a, start);
	}
	ck_assert_int_ge(kept, 0);
	ck_assert_int_ne(kept, fd);
	return kept;
}

static int
new_file(void)
{
	char name[] = "/tmp/check_cache-XXXXXX";
	int fd = mkstemp(name);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(unlink(name), 0);
	ck_assert_int_eq(write(fd, "bytes", 5), 5);
	return fd;
}

START_TEST(test_who_gets_a_file_has_a_descriptor_of_his_own)
{
	struct cache *c = cache_new();
	int fd = new_file(), kept = learn_file(c, fd);
	struct cached found;
	struct question q;
	char byte;

	ck_assert_int_eq(close(fd), 0);
	parse(&q, PLAIN);
	ck_assert(cache_find(c, &q.r, q.head, start, &found));
	ck_assert_int_ge(found.file, 0);
	ck_assert_int_ne(found.file, kept);
	ck_assert_int_eq(pread(found.file, &byte, 1, 0), 1);
	ck_assert_int_eq(close(found.file), 0);
	cache_expire(c, CLOCK_NEVER);
	ck_assert(!is_open(kept));
	cache_free(c);
}
END_TEST

START_TEST(test_a_file_that_has_changed_is_let_go)
{
	struct cache *c = cache_new();
	int fd = new_file(), kept = learn_file(c, fd);
	struct cached found;
	struct question q;

	ck_assert_int_eq(write(fd, "more", 4), 4);
	parse(&q, PLAIN);
	ck_assert(!cache_find(c, &q.r, q.head, start, &found));
	ck_assert(!is_open(kept));
	ck_assert_int_eq(close(fd), 0);
	cache_free(c);
}
END_TEST

START_TEST(test_a_file_is_let_go_when_its_time_is_over)
{
	struct cache *c = cache_new();
	int fd = new_file(), kept = learn_file(c, fd);

	cache_expire(c, start + CACHE_MS - 1);
	ck_assert(is_open(kept));
	cache_expire(c, start + CACHE_MS);
	ck_assert(!is_open(kept));
	ck_assert_int_eq(close(fd), 0);
	cache_free(c);
}
END_TEST

/* Of all that this process may have. */
static int
open_descriptors(void)
{
	int fd, n = 0;

	for (fd = 0; fd < 256; fd++)
		n += is_open(fd);
	return n;
}

START_TEST(test_only_so_many_files_are_open)
{
	struct cache *c = cache_new();
	int fd = new_file(), i, before = open_descriptors();
	struct cached a = {.bytes = "head", .len = 4, .file = fd}, none;
	struct question q;
	char head[64];

	for (i = 0; i < 8 * CACHE_FILES; i++) {
		(void)snprintf(head, sizeof(head),
		    "GET /%d HTTP/1.1\r\nHost: h\r\n\r\n", i / 2);
		parse(&q, head);
		ck_assert(!cache_find(c, &q.r, q.head, start, &none));
		(void)cache_keep(c, &a, start);
		ck_assert_int_le(open_descriptors() - before, CACHE_FILES);
	}
	ck_assert_int_eq(open_descriptors() - before, CACHE_FILES);
	cache_expire(c, CLOCK_NEVER);
	ck_assert_int_eq(open_descriptors(), before);
	cache_free(c);
	ck_assert_int_eq(close(fd), 0);
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
	    tc, test_a_list_in_several_lines_is_never_kept, 0, 2);
	tcase_add_loop_test(
	    tc, test_the_largest_is_kept_and_what_is_larger_is_not, 0, 2);
	tcase_add_loop_test(
	    tc, test_a_question_may_be_long_but_not_too_long, 0, 3);
	tcase_add_test(tc, test_who_gets_a_file_has_a_descriptor_of_his_own);
	tcase_add_test(tc, test_a_file_that_has_changed_is_let_go);
	tcase_add_test(tc, test_a_file_is_let_go_when_its_time_is_over);
	tcase_add_test(tc, test_only_so_many_files_are_open);
	tcase_add_test(tc, test_many_take_one_anothers_place);
}

int
main(void)
{
	return check_main("cache", add_tests);
}
