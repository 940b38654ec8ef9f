/*
 * check_accept - content negotiation.
 */
#include "http/accept.h"

#include <stdio.h>
#include <string.h>

#include "check_main.h"

START_TEST(test_codings_are_weighed)
{
	static const struct {
		const char *value;
		const char *due; /* identity gzip br zstd */
	} rows[] = {
	    {NULL, "1000 0 0 0"},
	    {"", "1000 0 0 0"},
	    {" , ,", "1000 0 0 0"},
	    {"gzip", "1 1000 0 0"},
	    {"GZip", "1 1000 0 0"},
	    {"x-gzip", "1 1000 0 0"},
	    {"gzip, br, zstd", "1 1000 1000 1000"},
	    {"gzip;q=0.5, br;q=0.25", "1 500 250 0"},
	    {"gzip ; q=0.001", "1 1 0 0"},
	    {"gzip;Q=1.000", "1 1000 0 0"},
	    {"gzip;q=1.", "1 1000 0 0"},
	    {"gzip;q=0.", "1 0 0 0"},
	    {"gzip;q=0", "1 0 0 0"},
	    {"*", "1000 1000 1000 1000"},
	    {"*;q=0.1", "100 100 100 100"},
	    {"*;q=0", "0 0 0 0"},
	    {"gzip, *;q=0", "0 1000 0 0"},
	    {"*;q=0, identity", "1000 0 0 0"},
	    {"identity;q=0, gzip", "0 1000 0 0"},
	    {"identity", "1000 0 0 0"},
	    {"*, br;q=0", "1000 1000 0 1000"},
	    {"deflate, compress", "1 0 0 0"},
	    {"gzip, gzip;q=0", "1 0 0 0"},
	    {"gzip;q=0, gzip", "1 0 0 0"},
	    {"gzip;q=1.001", "1000 0 0 0"},
	    {"gzip;q=2", "1000 0 0 0"},
	    {"gzip;q=-1", "1000 0 0 0"},
	    {"gzip;q=0.1234", "1000 0 0 0"},
	    {"gzip;q=", "1000 0 0 0"},
	    {"gzip;q", "1000 0 0 0"},
	    {"gzip;", "1000 0 0 0"},
	    {"gzip;x=1", "1000 0 0 0"},
	    {"gzip;q= 1", "1000 0 0 0"},
	    {"gzip br", "1000 0 0 0"},
	    {"gzip, \"br\"", "1000 0 0 0"},
	    {"gzip;q=1;q=0", "1000 0 0 0"},
	};
	int weight[CODING_COUNT];
	char text[64];
	size_t i;

	for (i = 0; i < LENGTH(rows); i++) {
		accept_codings(weight, rows[i].value,
		    rows[i].value != NULL ? strlen(rows[i].value) : 0);
		(void)snprintf(text, sizeof(text), "%d %d %d %d",
		    weight[CODING_IDENTITY], weight[CODING_GZIP],
		    weight[CODING_BROTLI], weight[CODING_ZSTD]);
		ck_assert_msg(strcmp(text, rows[i].due) == 0, "%s: %s",
		    rows[i].value != NULL ? rows[i].value : "(none)", text);
	}
}
END_TEST

START_TEST(test_json_is_for_those_who_prefer_it)
{
	static const struct {
		const char *value;
		bool json;
	} rows[] = {
	    {NULL, false},
	    {"", false},
	    {"*/*", false},
	    {"application/json", true},
	    {"Application/JSON;charset=utf-8", true},
	    {"application/*", true},
	    {"text/html", false},
	    {"text/html, application/json", false},
	    {"text/html;q=0.9, application/json", true},
	    {"text/*;q=0.5, application/json;q=0.6", true},
	    {"application/json;q=0.5, text/html;q=0.6", false},
	    {"application/json, text/plain, */*", true},
	    {"*/*, application/json;q=0", false},
	    {"application/json;q=0.5, */*;q=0.4", true},
	    {"application/json;q=0.5, */*", false},
	    {"text/html,application/xhtml+xml,application/xml;q=0.9,"
	     "*/*;q=0.8",
		false},
	    {"a/b;x=\"c,d\\\"\", application/json", true},
	    {"a/b;x=\"c, application/json", false},
	    {"application/json;q=2", false},
	    {"application/json;q", false},
	    {"application/json, text", false},
	    {"application/json text/html", false},
	    {"/json", false},
	    {"application/jsonx", false},
	    {",,application/json,", true},
	};
	size_t i;

	for (i = 0; i < LENGTH(rows); i++)
		ck_assert_msg(accept_prefers_json(rows[i].value,
				  rows[i].value != NULL ? strlen(rows[i].value)
							: 0) == rows[i].json,
		    "%s", rows[i].value != NULL ? rows[i].value : "(none)");
}
END_TEST

START_TEST(test_codings_have_names_and_suffixes)
{
	ck_assert_str_eq(coding_name(CODING_IDENTITY), "identity");
	ck_assert_str_eq(coding_suffix(CODING_IDENTITY), "");
	ck_assert_str_eq(coding_name(CODING_GZIP), "gzip");
	ck_assert_str_eq(coding_suffix(CODING_GZIP), ".gz");
	ck_assert_str_eq(coding_name(CODING_BROTLI), "br");
	ck_assert_str_eq(coding_suffix(CODING_BROTLI), ".br");
	ck_assert_str_eq(coding_name(CODING_ZSTD), "zstd");
	ck_assert_str_eq(coding_suffix(CODING_ZSTD), ".zst");
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, test_codings_are_weighed);
	tcase_add_test(tc, test_json_is_for_those_who_prefer_it);
	tcase_add_test(tc, test_codings_have_names_and_suffixes);
}

int
main(void)
{
	return check_main("accept", add_tests);
}
