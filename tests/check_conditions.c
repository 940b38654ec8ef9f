/*
 * check_conditions - validators and preconditions.
 */
#include "http/conditions.h"

#include <stdio.h>
#include <string.h>

#include "check_main.h"

/* Modified on Sun, 06 Nov 1994 08:49:37 GMT. */
static const struct validator file = {
    .dev = 1, .ino = 2, .size = 3, .mtime = 784111777, .mtime_ns = 4};
static const int64_t now = 784111777 + 1000;

#define SAME "Sun, 06 Nov 1994 08:49:37 GMT"
#define BEFORE "Sun, 06 Nov 1994 08:49:36 GMT"
#define AFTER "Sun, 06 Nov 1994 08:49:38 GMT"

/* Parses a request with these field lines, in which $ is the ETag of the
 * file. Returns its head. */
static const char *
ask(struct request *r, const char *method, const char *lines)
{
	static const struct request_limits limits = {8192, 8192, 100};
	static char head[4096];
	char etag[ETAG_BYTES];
	size_t n;

	(void)etag_format(etag, &file);
	n = (size_t)snprintf(
	    head, sizeof(head), "%s / HTTP/1.1\r\nHost: a\r\n", method);
	for (; *lines != '\0'; lines++)
		n += (size_t)snprintf(head + n, sizeof(head) - n,
		    *lines == '$' ? "%s" : "%.1s",
		    *lines == '$' ? etag : lines);
	n += (size_t)snprintf(head + n, sizeof(head) - n, "\r\n");
	request_init(r);
	ck_assert_int_eq(request_parse(r, head, n, &limits), 200);
	return head;
}

struct row {
	int status;
	const char *lines;
};

static void
judge(const char *method, const struct row *rows, size_t n)
{
	struct request r;
	const char *head;
	size_t i;
	int status;

	for (i = 0; i < n; i++) {
		head = ask(&r, method, rows[i].lines);
		status = conditions_check(&r, head, &file, now);
		ck_assert_msg(status == rows[i].status, "%d, not %d: %s",
		    status, rows[i].status, rows[i].lines);
	}
}

START_TEST(test_each_condition_by_itself)
{
	static const struct row rows[] = {
	    {200, ""},
	    {200, "If-Match: $\r\n"},
	    {200, "If-Match: *\r\n"},
	    {200, "If-Match: \"x\", $\r\n"},
	    {200, "If-Match: \"x\" , ,$ ,\r\n"},
	    {200, "If-Match: \"a,b\",$\r\n"},
	    {412, "If-Match: \"x\"\r\n"},
	    {412, "If-Match: W/$\r\n"},
	    {412, "If-Match: x$\r\n"},
	    {412, "If-Match: $x\r\n"},
	    {412, "If-Match: $ \"x\"\r\n"},
	    {412, "If-Match: $, x\r\n"},
	    {412, "If-Match: $, \"x\r\n"},
	    {412, "If-Match: *, $\r\n"},
	    {412, "If-Match: w/$\r\n"},
	    {412, "If-Match:\r\n"},
	    {304, "If-None-Match: $\r\n"},
	    {304, "If-None-Match: W/$\r\n"},
	    {304, "If-None-Match: *\r\n"},
	    {304, "If-None-Match: \"x\",W/\"y\" ,W/$\r\n"},
	    {200, "If-None-Match: \"x\"\r\n"},
	    {200, "If-None-Match:\r\n"},
	    {200, "If-None-Match: $, broken\r\n"},
	    {200, "If-None-Match: **\r\n"},
	    {304, "If-Modified-Since: " SAME "\r\n"},
	    {304, "If-Modified-Since: " AFTER "\r\n"},
	    {200, "If-Modified-Since: " BEFORE "\r\n"},
	    {200, "If-Modified-Since: yesterday\r\n"},
	    {200, "If-Modified-Since:\r\n"},
	    {304, "If-Modified-Since: Sunday, 06-Nov-94 08:49:37 GMT\r\n"},
	    {304, "If-Modified-Since: Sun Nov  6 08:49:37 1994\r\n"},
	    {200, "If-Unmodified-Since: " SAME "\r\n"},
	    {200, "If-Unmodified-Since: " AFTER "\r\n"},
	    {412, "If-Unmodified-Since: " BEFORE "\r\n"},
	    {200, "If-Unmodified-Since: tomorrow\r\n"},
	};

	judge("GET", rows, LENGTH(rows));
	judge("HEAD", rows, LENGTH(rows));
}
END_TEST

START_TEST(test_the_order_of_precedence_is_kept)
{
	static const struct row rows[] = {
	    /* If-Match hides If-Unmodified-Since. */
	    {200, "If-Match: $\r\nIf-Unmodified-Since: " BEFORE "\r\n"},
	    {412, "If-Match: \"x\"\r\nIf-Unmodified-Since: " AFTER "\r\n"},
	    /* If-None-Match hides If-Modified-Since. */
	    {200, "If-None-Match: \"x\"\r\nIf-Modified-Since: " SAME "\r\n"},
	    {304, "If-None-Match: $\r\nIf-Modified-Since: " BEFORE "\r\n"},
	    {200, "If-None-Match:\r\nIf-Modified-Since: " SAME "\r\n"},
	    /* The first two are looked at before the other two. */
	    {412, "If-None-Match: $\r\nIf-Match: \"x\"\r\n"},
	    {304, "If-None-Match: $\r\nIf-Match: $\r\n"},
	    {412, "If-None-Match: $\r\nIf-Unmodified-Since: " BEFORE "\r\n"},
	    {304, "If-Modified-Since: " SAME "\r\nIf-Match: *\r\n"},
	    {412, "If-Modified-Since: " SAME "\r\nIf-Unmodified-Since: " BEFORE
		  "\r\n"},
	};

	judge("GET", rows, LENGTH(rows));
}
END_TEST

START_TEST(test_lists_may_come_in_lines)
{
	static const struct row rows[] = {
	    {200, "If-Match: $\r\nIf-Match: \"x\"\r\n"},
	    {200, "If-Match: \"x\"\r\nIf-Match: $\r\n"},
	    {200, "If-Match: \"x\"\nA:\nif-match:\t\"y\", $ \n"},
	    {412, "If-Match: \"x\"\r\nIf-Match: W/$\r\n"},
	    {412, "If-Match: \"x\"\r\nIf-Match: \"y\"\r\n"},
	    {412, "If-Match: \"x\"\r\nIf-Matches: $\r\n"},
	    {412, "If-Match: \"x\"\r\nIf-Matc: $\r\n"},
	    {412, "If-Match: \"x\"\r\nIf-None-Match: $\r\nIf-Match:\r\n"},
	    {412, "If-Match: \"x\"\r\nIf-Match: x\r\nIf-Match: $\r\n"},
	    {412, "If-Match: $\r\nIf-Match: *\r\n"},
	    {412, "If-Match: *\r\nIf-Match: *\r\n"},
	    {304, "If-None-Match: $\r\nIf-None-Match: \"x\"\r\n"},
	    {304, "If-None-Match: \"x\"\r\nIf-None-Match: $\r\n"},
	    {304, "If-None-Match:\r\nIf-None-Match: W/$\r\n"},
	    {304, "If-None-Match: \"x\"\r\nA: b\r\nIf-None-Match: \"y\"\r\n"
		  "If-None-Match: $\r\nC: d\r\n"},
	    {200, "If-None-Match: $\r\nIf-None-Match: \"y\r\n"},
	};

	judge("GET", rows, LENGTH(rows));
}
END_TEST

START_TEST(test_repeated_dates_are_ignored)
{
	static const struct row rows[] = {
	    {200, "If-Modified-Since: " SAME "\r\nIf-Modified-Since: " SAME
		  "\r\n"},
	    {200, "If-Unmodified-Since: " BEFORE
		  "\r\nIf-Unmodified-Since: " BEFORE "\r\n"},
	};

	judge("GET", rows, LENGTH(rows));
}
END_TEST

START_TEST(test_what_is_not_dated_is_not_judged_by_dates)
{
	static const char *const lines[] = {
	    "If-Modified-Since: Thu, 01 Jan 1970 00:00:00 GMT\r\n",
	    "If-Modified-Since: Thu, 01 Jan 1970 00:00:01 GMT\r\n",
	    "If-Modified-Since: " AFTER "\r\n",
	    "If-Unmodified-Since: Wed, 31 Dec 1969 00:00:00 GMT\r\n"};
	static const char epoch[] =
	    "If-Range: Thu, 01 Jan 1970 00:00:01 GMT\r\n";
	struct validator v = file;
	struct request r;
	const char *head;
	size_t i;

	for (v.mtime = -1; v.mtime <= 1; v.mtime++) {
		ck_assert(!validator_dated(&v));
		for (i = 0; i < LENGTH(lines); i++) {
			head = ask(&r, "GET", lines[i]);
			ck_assert_msg(
			    conditions_check(&r, head, &v, now) == 200, "%s",
			    lines[i]);
		}
		head = ask(&r, "GET", epoch);
		ck_assert(!conditions_if_range(&r, head, &v, now));
		/* "*" is about what is there, whatever its date. */
		head = ask(&r, "GET", "If-None-Match: *\r\n");
		ck_assert_int_eq(conditions_check(&r, head, &v, now), 304);
	}
	ck_assert_int_eq(v.mtime, 2);
	ck_assert(validator_dated(&v));
	head = ask(&r, "GET", lines[2]);
	ck_assert_int_eq(conditions_check(&r, head, &v, now), 304);
}
END_TEST

START_TEST(test_other_methods_have_no_conditions)
{
	static const struct row rows[] = {
	    {200, "If-Match: \"x\"\r\n"},
	    {200, "If-None-Match: *\r\n"},
	    {200, "If-Modified-Since: " SAME "\r\n"},
	};

	judge("OPTIONS", rows, LENGTH(rows));
	judge("POST", rows, LENGTH(rows));
}
END_TEST

START_TEST(test_if_range_compares_strongly)
{
	static const struct {
		bool applies;
		const char *lines;
	} rows[] = {
	    {true, ""},
	    {true, "If-Range: $\r\n"},
	    {true, "If-Range: " SAME "\r\n"},
	    {false, "If-Range: W/$\r\n"},
	    {false, "If-Range: \"x\"\r\n"},
	    {false, "If-Range: $, $\r\n"},
	    {false, "If-Range: *\r\n"},
	    {false, "If-Range:\r\n"},
	    {false, "If-Range: " BEFORE "\r\n"},
	    {false, "If-Range: " AFTER "\r\n"},
	    {false, "If-Range: today\r\n"},
	    {false, "If-Range: $\r\nIf-Range: $\r\n"},
	    {false, "If-Range: " SAME "\r\nIf-Range: " SAME "\r\n"},
	};
	struct request r;
	const char *head;
	size_t i;

	for (i = 0; i < LENGTH(rows); i++) {
		head = ask(&r, "GET", rows[i].lines);
		ck_assert_msg(conditions_if_range(&r, head, &file, now) ==
				  rows[i].applies,
		    "%s", rows[i].lines);
	}
	/* In the very second of the change the date is no strong validator. */
	head = ask(&r, "GET", "If-Range: " SAME "\r\n");
	ck_assert(!conditions_if_range(&r, head, &file, file.mtime));
	ck_assert(!conditions_if_range(&r, head, &file, file.mtime - 1));
	ck_assert(conditions_if_range(&r, head, &file, file.mtime + 1));
}
END_TEST

START_TEST(test_every_part_of_the_validator_shows)
{
	struct validator v[8];
	char a[ETAG_BYTES], b[ETAG_BYTES];
	size_t i, j;

	for (i = 0; i < LENGTH(v); i++)
		v[i] = file;
	v[1].dev++;
	v[2].ino++;
	v[3].size++;
	v[4].mtime++;
	v[5].mtime_ns++;
	v[6].coding++;
	v[7].coding += 2;
	for (i = 0; i < LENGTH(v); i++)
		for (j = 0; j < i; j++) {
			(void)etag_format(a, &v[i]);
			(void)etag_format(b, &v[j]);
			ck_assert_str_ne(a, b);
			ck_assert_uint_ne(
			    validator_hash(&v[i]), validator_hash(&v[j]));
		}
}
END_TEST

START_TEST(test_the_longest_etag_fits_and_is_strong)
{
	static const struct validator v = {.dev = UINT64_MAX,
	    .ino = UINT64_MAX,
	    .size = -1,
	    .mtime = -1,
	    .mtime_ns = -1,
	    .coding = 255};
	char etag[ETAG_BYTES];
	size_t len = etag_format(etag, &v);

	ck_assert_uint_lt(len, sizeof(etag));
	ck_assert_uint_eq(len, strlen(etag));
	ck_assert(etag[0] == '"' && etag[len - 1] == '"');
	ck_assert_ptr_eq(strchr(etag + 1, '"'), etag + len - 1);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, test_each_condition_by_itself);
	tcase_add_test(tc, test_the_order_of_precedence_is_kept);
	tcase_add_test(tc, test_lists_may_come_in_lines);
	tcase_add_test(tc, test_repeated_dates_are_ignored);
	tcase_add_test(tc, test_what_is_not_dated_is_not_judged_by_dates);
	tcase_add_test(tc, test_other_methods_have_no_conditions);
	tcase_add_test(tc, test_if_range_compares_strongly);
	tcase_add_test(tc, test_every_part_of_the_validator_shows);
	tcase_add_test(tc, test_the_longest_etag_fits_and_is_strong);
}

int
main(void)
{
	return check_main("conditions", add_tests);
}
