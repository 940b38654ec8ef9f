/*
 * check_range - byte ranges.
 */
#include "http/range.h"

#include <stdio.h>
#include <string.h>

#include "check_main.h"

/* The ranges that a value comes to, as "first+len first+len". */
static const char *
ranges(const char *value, int64_t size)
{
	static char text[8192];
	struct range r[RANGES_MAX];
	size_t at = 0;
	int i, n = range_parse(r, value, strlen(value), size);

	if (n <= 0)
		return n == 0 ? "ignore" : "none";
	for (i = 0; i < n; i++)
		at += (size_t)snprintf(text + at, sizeof(text) - at,
		    "%s%lld+%lld", i > 0 ? " " : "", (long long)r[i].first,
		    (long long)r[i].len);
	return text;
}

struct row {
	const char *value;
	int64_t size;
	const char *due;
};

static void
compare(const struct row *rows, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		ck_assert_msg(strcmp(ranges(rows[i].value, rows[i].size),
				  rows[i].due) == 0,
		    "%s of %lld: %s", rows[i].value, (long long)rows[i].size,
		    ranges(rows[i].value, rows[i].size));
}

START_TEST(test_one_range_is_cut_to_the_size)
{
	static const struct row rows[] = {
	    {"bytes=0-0", 100, "0+1"},
	    {"bytes=0-99", 100, "0+100"},
	    {"bytes=0-100", 100, "0+100"},
	    {"bytes=0-", 100, "0+100"},
	    {"bytes=99-", 100, "99+1"},
	    {"bytes=-1", 100, "99+1"},
	    {"bytes=-100", 100, "0+100"},
	    {"bytes=-101", 100, "0+100"},
	    {"BYTES=5-6", 100, "5+2"},
	    {"bytes= 5-6 ", 100, "5+2"},
	    {"bytes=,,5-6,", 100, "5+2"},
	    {"bytes=005-0006", 100, "5+2"},
	    {"bytes=100-", 100, "none"},
	    {"bytes=100-200", 100, "none"},
	    {"bytes=-0", 100, "none"},
	    /* All that there is, which is nothing. */
	    {"bytes=0-", 0, "ignore"},
	    {"bytes=0-0", 0, "ignore"},
	    {"bytes=5-9", 0, "ignore"},
	    {"bytes=-5", 0, "ignore"},
	    {"bytes=-0", 0, "ignore"},
	    {"bytes=0-0,-1", 0, "ignore"},
	};

	compare(rows, LENGTH(rows));
}
END_TEST

START_TEST(test_what_is_no_byte_range_is_ignored)
{
	static const struct row rows[] = {
	    {"", 100, "ignore"},
	    {"bytes", 100, "ignore"},
	    {"bytes=", 100, "ignore"},
	    {"bytes=,", 100, "ignore"},
	    {"bytes=-", 100, "ignore"},
	    {"bytes=1", 100, "ignore"},
	    {"bytes=a-b", 100, "ignore"},
	    {"bytes=1-b", 100, "ignore"},
	    {"bytes=5-4", 100, "ignore"},
	    {"bytes=--5", 100, "ignore"},
	    {"bytes=1--5", 100, "ignore"},
	    {"bytes=1-5-", 100, "ignore"},
	    {"bytes=+1-5", 100, "ignore"},
	    {"bytes=1 -5", 100, "ignore"},
	    {"bytes=1- 5", 100, "ignore"},
	    {"bytes=1-5 6-7", 100, "ignore"},
	    {"bytes=1-5;6-7", 100, "ignore"},
	    {"bytes =1-5", 100, "ignore"},
	    {"bytes:1-5", 100, "ignore"},
	    {" bytes=1-5", 100, "ignore"},
	    {"items=1-5", 100, "ignore"},
	    {"bytesx=1-5", 100, "ignore"},
	    {"bytes=0x1-5", 100, "ignore"},
	    /* One that is broken spoils them all. */
	    {"bytes=1-2,x", 100, "ignore"},
	    {"bytes=1-2,200-100", 100, "ignore"},
	};

	compare(rows, LENGTH(rows));
}
END_TEST

START_TEST(test_ranges_keep_their_order_and_are_merged)
{
	static const struct row rows[] = {
	    {"bytes=0-0,-1", 100, "0+1 99+1"},
	    {"bytes=50-59,10-19", 100, "50+10 10+10"},
	    {"bytes=0-9,10-19", 100, "0+20"},
	    {"bytes=10-19,0-9", 100, "0+20"},
	    {"bytes=0-9,5-14", 100, "0+15"},
	    {"bytes=0-99,5-14", 100, "0+100"},
	    {"bytes=5-14,0-99", 100, "0+100"},
	    {"bytes=0-9,11-19", 100, "0+10 11+9"},
	    {"bytes=0-9,50-59,20-29,9-20", 100, "0+30 50+10"},
	    {"bytes=50-59,0-9,20-29,10-19", 100, "50+10 0+30"},
	    {"bytes=20-29,50-59,0-9,10-19", 100, "0+30 50+10"},
	    {"bytes=20-29,500-,-0,0-9", 100, "20+10 0+10"},
	    {"bytes=-10,0-,5-6", 100, "0+100"},
	};

	compare(rows, LENGTH(rows));
}
END_TEST

START_TEST(test_numbers_of_any_length_do_no_harm)
{
	static const struct row rows[] = {
	    {"bytes=0-9223372036854775807", 100, "0+100"},
	    {"bytes=0-9223372036854775808", 100, "0+100"},
	    {"bytes=0-99999999999999999999999999999", 100, "0+100"},
	    {"bytes=9223372036854775807-", 100, "none"},
	    {"bytes=9223372036854775808-", 100, "none"},
	    {"bytes=18446744073709551615-", 100, "none"},
	    {"bytes=18446744073709551616-", 100, "none"},
	    {"bytes=18446744073709551617-18446744073709551618", 100, "none"},
	    {"bytes=-9223372036854775808", 100, "0+100"},
	    {"bytes=-18446744073709551617", 100, "0+100"},
	    /* Sums of suffixes that once went below zero. */
	    {"bytes=-17208,-9223372036854758792", 17208, "0+17208"},
	    {"bytes=-600,-9223372036854774591", 612, "0+612"},
	    {"bytes=4294967296-4294967297", INT64_C(5000000000),
		"4294967296+2"},
	    {"bytes=-4294967297", INT64_C(5000000000), "705032703+4294967297"},
	    {"bytes=0-9223372036854775806", INT64_MAX, "0+9223372036854775807"},
	    {"bytes=9223372036854775806-", INT64_MAX, "9223372036854775806+1"},
	    {"bytes=9223372036854775807-", INT64_MAX, "none"},
	    {"bytes=0-5,9223372036854775806-9223372036854775807", INT64_MAX,
		"0+6 9223372036854775806+1"},
	};

	compare(rows, LENGTH(rows));
}
END_TEST

START_TEST(test_too_many_ranges_are_ignored)
{
	char value[16384] = "bytes=0-0";
	size_t n = strlen(value);
	int i;

	for (i = 1; i < RANGES_MAX; i++)
		n += (size_t)snprintf(
		    value + n, sizeof(value) - n, ",%d-%d", 2 * i, 2 * i);
	ck_assert_str_ne(ranges(value, 1000), "ignore");
	(void)snprintf(value + n, sizeof(value) - n, ",5-5");
	ck_assert_str_eq(ranges(value, 1000), "ignore");
	/* A thousand that overlap. */
	n = (size_t)snprintf(value, sizeof(value), "bytes=0-");
	for (i = 5; i < 1300; i++)
		n += (size_t)snprintf(value + n, sizeof(value) - n, ",5-%d", i);
	ck_assert_str_eq(ranges(value, 2000), "ignore");
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, test_one_range_is_cut_to_the_size);
	tcase_add_test(tc, test_what_is_no_byte_range_is_ignored);
	tcase_add_test(tc, test_ranges_keep_their_order_and_are_merged);
	tcase_add_test(tc, test_numbers_of_any_length_do_no_harm);
	tcase_add_test(tc, test_too_many_ranges_are_ignored);
}

int
main(void)
{
	return check_main("range", add_tests);
}
