/*
 * check_num - numbers out of text.
 */
#include "base/num.h"

#include <errno.h>

#include "check_main.h"

struct row {
	const char *text;
	int64_t due; /* if error is 0 */
	int error;
};

static void
compare(int (*parse)(const char *, int64_t, int64_t, int64_t *), int64_t min,
    int64_t max, const struct row *rows, size_t n)
{
	int64_t out;
	size_t i;
	int result;

	for (i = 0; i < n; i++) {
		out = -42;
		errno = 0;
		result = parse(rows[i].text, min, max, &out);
		if (rows[i].error == 0) {
			ck_assert_msg(result == 0, "%s", rows[i].text);
			ck_assert_msg(out == rows[i].due, "%s", rows[i].text);
			continue;
		}
		ck_assert_msg(result == -1, "%s", rows[i].text);
		ck_assert_msg(errno == rows[i].error, "%s", rows[i].text);
		ck_assert_msg(out == -42, "%s", rows[i].text);
	}
}

START_TEST(test_integers_are_read_whole_or_not_at_all)
{
	static const struct row rows[] = {
	    {"0", 0, 0},
	    {"-1", -1, 0},
	    {"007", 7, 0},
	    {"9223372036854775807", INT64_MAX, 0},
	    {"-9223372036854775807", -INT64_MAX, 0},
	    {"9223372036854775808", 0, ERANGE},
	    {"99999999999999999999999", 0, ERANGE},
	    {"", 0, EINVAL},
	    {"-", 0, EINVAL},
	    {"--1", 0, EINVAL},
	    {"+1", 0, EINVAL},
	    {" 1", 0, EINVAL},
	    {"1 ", 0, EINVAL},
	    {"12x", 0, EINVAL},
	    {"0x1", 0, EINVAL},
	    {"1e3", 0, EINVAL},
	    {"1.0", 0, EINVAL},
	    {"x", 0, EINVAL},
	    {"1K", 0, EINVAL},
	};

	compare(num_parse, INT64_MIN, INT64_MAX, rows, LENGTH(rows));
}
END_TEST

START_TEST(test_bounds_are_inclusive)
{
	static const struct row rows[] = {
	    {"1", 1, 0},
	    {"10", 10, 0},
	    {"0", 0, ERANGE},
	    {"11", 0, ERANGE},
	    {"-1", 0, ERANGE},
	};
	static const struct row sizes[] = {
	    {"1K", 1024, 0},
	    {"2k", 2048, 0},
	    {"3K", 0, ERANGE},
	    {"1023", 0, ERANGE},
	};
	static const struct row seconds[] = {
	    {"0.5", 500, 0},
	    {"1", 1000, 0},
	    {"0.499", 0, ERANGE},
	    {"1.001", 0, ERANGE},
	};

	compare(num_parse, 1, 10, rows, LENGTH(rows));
	compare(num_parse_size, 1024, 2048, sizes, LENGTH(sizes));
	compare(num_parse_seconds, 500, 1000, seconds, LENGTH(seconds));
}
END_TEST

START_TEST(test_sizes_have_units)
{
	static const struct row rows[] = {
	    {"0", 0, 0},
	    {"1", 1, 0},
	    {"1K", 1024, 0},
	    {"1m", 1048576, 0},
	    {"3G", INT64_C(3221225472), 0},
	    {"8589934591G", INT64_C(9223372035781033984), 0},
	    {"8589934592G", 0, ERANGE},
	    {"9223372036854775807", INT64_MAX, 0},
	    {"9223372036854775807K", 0, ERANGE},
	    {"K", 0, EINVAL},
	    {"1KB", 0, EINVAL},
	    {"1 K", 0, EINVAL},
	    {"1.5K", 0, EINVAL},
	    {"1T", 0, EINVAL},
	    {"-1K", 0, EINVAL},
	    {"", 0, EINVAL},
	};

	compare(num_parse_size, 0, INT64_MAX, rows, LENGTH(rows));
}
END_TEST

START_TEST(test_seconds_come_out_as_milliseconds)
{
	static const struct row rows[] = {
	    {"0", 0, 0},
	    {"2", 2000, 0},
	    {"0.25", 250, 0},
	    {"0.5", 500, 0},
	    {"1.001", 1001, 0},
	    {"1.010", 1010, 0},
	    {"9223372036854774", INT64_C(9223372036854774000), 0},
	    {"9223372036854775807", 0, ERANGE},
	    {"1.", 0, EINVAL},
	    {".5", 0, EINVAL},
	    {"0.0001", 0, EINVAL},
	    {"1.5s", 0, EINVAL},
	    {"1.2.3", 0, EINVAL},
	    {"1,5", 0, EINVAL},
	    {"-1", 0, EINVAL},
	    {"", 0, EINVAL},
	};

	compare(num_parse_seconds, 0, INT64_MAX, rows, LENGTH(rows));
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, test_integers_are_read_whole_or_not_at_all);
	tcase_add_test(tc, test_bounds_are_inclusive);
	tcase_add_test(tc, test_sizes_have_units);
	tcase_add_test(tc, test_seconds_come_out_as_milliseconds);
}

int
main(void)
{
	return check_main("num", add_tests);
}
