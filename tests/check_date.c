/*
 * check_date - HTTP dates, there and back.
 */
#include "http/date.h"

#include <string.h>

#include "check_main.h"

static const int64_t now = INT64_C(1780000000); /* in 2026 */

START_TEST(test_dates_are_printed_as_imf_fixdate)
{
	static const struct {
		int64_t seconds;
		const char *text;
	} rows[] = {
	    {0, "Thu, 01 Jan 1970 00:00:00 GMT"},
	    {784111777, "Sun, 06 Nov 1994 08:49:37 GMT"},
	    {-1, "Wed, 31 Dec 1969 23:59:59 GMT"},
	    {951782400, "Tue, 29 Feb 2000 00:00:00 GMT"},
	    {951868800, "Wed, 01 Mar 2000 00:00:00 GMT"},
	    {1709164800, "Thu, 29 Feb 2024 00:00:00 GMT"},
	    {4107542400, "Mon, 01 Mar 2100 00:00:00 GMT"},
	    {4107542399, "Sun, 28 Feb 2100 23:59:59 GMT"},
	    {2147483648, "Tue, 19 Jan 2038 03:14:08 GMT"},
	    {INT64_C(253402300799), "Fri, 31 Dec 9999 23:59:59 GMT"},
	    {INT64_C(253402300800), "Fri, 31 Dec 9999 23:59:59 GMT"},
	    {INT64_MAX, "Fri, 31 Dec 9999 23:59:59 GMT"},
	    {INT64_C(-62167219200), "Sat, 01 Jan 0000 00:00:00 GMT"},
	    {INT64_C(-62167219201), "Sat, 01 Jan 0000 00:00:00 GMT"},
	    {INT64_MIN, "Sat, 01 Jan 0000 00:00:00 GMT"},
	    {INT64_C(-62162121600), "Tue, 29 Feb 0000 00:00:00 GMT"},
	};
	char text[DATE_BYTES];
	size_t i;

	for (i = 0; i < LENGTH(rows); i++) {
		date_format(text, rows[i].seconds);
		ck_assert_str_eq(text, rows[i].text);
	}
}
END_TEST

START_TEST(test_every_day_of_all_years_comes_back)
{
	char text[DATE_BYTES];
	int64_t day, seconds, back = 0;

	for (day = -719528; day <= 2932896; day++) {
		seconds = day * 86400 + ((day * 7919) % 86400 + 86400) % 86400;
		date_format(text, seconds);
		/* Quick, for there are millions of them. */
		if (date_parse(text, 29, now, &back) != 0 || back != seconds)
			ck_abort_msg("%s", text);
	}
}
END_TEST

START_TEST(test_all_three_forms_are_read)
{
	static const struct {
		const char *text;
		int64_t seconds;
	} rows[] = {
	    {"Sun, 06 Nov 1994 08:49:37 GMT", 784111777},
	    {"Sunday, 06-Nov-94 08:49:37 GMT", 784111777},
	    {"Sun Nov  6 08:49:37 1994", 784111777},
	    {"Wed Nov 16 08:49:37 1994", 784975777},
	    {"Saturday, 31-Dec-76 23:59:59 GMT", 3376684799},
	    {"Friday, 31-Dec-77 23:59:59 GMT", 252460799},
	    {"Thursday, 01-Jan-26 00:00:00 GMT", 1767225600},
	    /* The weekday is wrong, and let pass. */
	    {"Mon, 06 Nov 1994 08:49:37 GMT", 784111777},
	    /* A leap second. */
	    {"Sat, 31 Dec 2016 23:59:60 GMT", 1483228800},
	};
	int64_t seconds;
	size_t i;

	for (i = 0; i < LENGTH(rows); i++) {
		ck_assert_msg(date_parse(rows[i].text, strlen(rows[i].text),
				  now, &seconds) == 0,
		    "%s", rows[i].text);
		ck_assert_msg(seconds == rows[i].seconds, "%s", rows[i].text);
	}
}
END_TEST

START_TEST(test_two_digit_years_are_near_to_now)
{
	static const struct {
		int64_t now;
		const char *text;
		const char *means;
	} rows[] = {
	    {4070908800, "Friday, 01-Jan-05 00:00:00 GMT", "2105"},
	    {4070908800, "Friday, 01-Jan-98 00:00:00 GMT", "2098"},
	    {946684800, "Friday, 01-Jan-50 00:00:00 GMT", "2050"},
	    {946684800, "Friday, 01-Jan-51 00:00:00 GMT", "1951"},
	    {946684799, "Friday, 01-Jan-50 00:00:00 GMT", "1950"},
	    {946684799, "Friday, 01-Jan-00 00:00:00 GMT", "2000"},
	};
	char text[DATE_BYTES];
	int64_t seconds;
	size_t i;

	for (i = 0; i < LENGTH(rows); i++) {
		ck_assert_int_eq(date_parse(rows[i].text, strlen(rows[i].text),
				     rows[i].now, &seconds),
		    0);
		date_format(text, seconds);
		text[16] = '\0';
		ck_assert_str_eq(text + 12, rows[i].means);
	}
}
END_TEST

START_TEST(test_what_is_no_date_is_refused)
{
	static const char *const rows[] = {
	    "",
	    "0",
	    "784111777",
	    "Sun, 06 Nov 1994 08:49:37",
	    "Sun, 06 Nov 1994 08:49:37 GM",
	    "Sun, 06 Nov 1994 08:49:37 GMT ",
	    " Sun, 06 Nov 1994 08:49:37 GMT",
	    "Sun, 06 Nov 1994 08:49:37 UTC",
	    "Sun, 06 Nov 1994 08:49:37 +0000",
	    "sun, 06 nov 1994 08:49:37 gmt",
	    "Sux, 06 Nov 1994 08:49:37 GMT",
	    "Sun, 06 Nox 1994 08:49:37 GMT",
	    "Sun, 6 Nov 1994 08:49:37 GMT",
	    "Sun,  6 Nov 1994 08:49:37 GMT",
	    "Sun, 00 Nov 1994 08:49:37 GMT",
	    "Sun, 31 Nov 1994 08:49:37 GMT",
	    "Sun, 29 Feb 1995 08:49:37 GMT",
	    "Sun, 29 Feb 2100 08:49:37 GMT",
	    "Sun, 06 Nov 1994 24:00:00 GMT",
	    "Sun, 06 Nov 1994 08:60:37 GMT",
	    "Sun, 06 Nov 1994 08:49:61 GMT",
	    "Sun, 06 Nov -994 08:49:37 GMT",
	    "Sun, 06 Nov 19945 08:49:37 GMT",
	    "Sun, 06-Nov-94 08:49:37 GMT",
	    "Sunday, 06-Nov-1994 08:49:37 GMT",
	    "Sundays, 06-Nov-94 08:49:37 GMT",
	    "Sunday, 06 Nov 94 08:49:37 GMT",
	    "Sun Nov 6 08:49:37 1994",
	    "Sun Nov  6 08:49:37 1994 GMT",
	    "Sun Nov   08:49:37 1994",
	};
	int64_t seconds = 42;
	size_t i, n;

	for (i = 0; i < LENGTH(rows); i++)
		ck_assert_msg(
		    date_parse(rows[i], strlen(rows[i]), now, &seconds) == -1,
		    "%s", rows[i]);
	for (n = 0; n < 29; n++)
		ck_assert_int_eq(date_parse("Sun, 06 Nov 1994 08:49:37 GMT", n,
				     now, &seconds),
		    -1);
	ck_assert_int_eq(seconds, 42);
}
END_TEST

START_TEST(test_listings_get_a_short_form)
{
	char text[17];

	date_format_short(text, 784111777);
	ck_assert_str_eq(text, "1994-11-06 08:49");
	date_format_short(text, INT64_MIN);
	ck_assert_str_eq(text, "0000-01-01 00:00");
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, test_dates_are_printed_as_imf_fixdate);
	tcase_add_test(tc, test_every_day_of_all_years_comes_back);
	tcase_add_test(tc, test_all_three_forms_are_read);
	tcase_add_test(tc, test_two_digit_years_are_near_to_now);
	tcase_add_test(tc, test_what_is_no_date_is_refused);
	tcase_add_test(tc, test_listings_get_a_short_form);
}

int
main(void)
{
	return check_main("date", add_tests);
}
