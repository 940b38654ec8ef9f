/* check_caching - which Cache-Control a file has. */
#include "http/caching.h"

#include <string.h>

#include "check_main.h"

static const struct {
	const char *text;
	const char *pattern; /* "": for all; NULL: must be refused */
	const char *value;
} texts[] = {
    {"max-age=60", "", "max-age=60"},
    {"no-store", "", "no-store"},
    {"public, max-age=60", "", "public, max-age=60"},
    {"private=\"a/b\"", "", "private=\"a/b\""},
    {"/a/*=max-age=60, immutable", "/a/*", "max-age=60, immutable"},
    {"/=no-cache", "/", "no-cache"},
    {"*.js=no-cache", "*.js", "no-cache"},
    {"text/html=no-cache", "text/html", "no-cache"},
    {"image/*=no-cache", "image/*", "no-cache"},
    {"", NULL, NULL},
    {"/a/*", NULL, NULL},
    {"*", NULL, NULL},
    {"text/html", NULL, NULL},
    {"/a=", NULL, NULL},
    {"/a= no-cache", NULL, NULL},
    {"/a=no-cache\r\nA: b", NULL, NULL},
    {" a", NULL, NULL},
};

START_TEST(test_a_rule_is_a_value_or_a_pattern_and_a_value)
{
	struct caching_rule rule;
	size_t i;

	for (i = 0; i < LENGTH(texts); i++) {
		bool good = caching_parse(&rule, texts[i].text);

		ck_assert_msg(good == (texts[i].pattern != NULL), "'%s': %d",
		    texts[i].text, good);
		if (!good)
			continue;
		ck_assert_str_eq(rule.value, texts[i].value);
		ck_assert_uint_eq(rule.pattern_len, strlen(texts[i].pattern));
		ck_assert_int_eq(
		    rule.pattern == NULL, texts[i].pattern[0] == '\0');
		if (rule.pattern != NULL)
			ck_assert_mem_eq(
			    rule.pattern, texts[i].pattern, rule.pattern_len);
	}
}
END_TEST

enum { MOST = 5 };

static const char *
value_of(const char *const text[MOST], const char *path, const char *type,
    bool entry)
{
	struct caching_rule rule[MOST];
	size_t n;

	for (n = 0; n < MOST && text[n] != NULL; n++)
		ck_assert(caching_parse(&rule[n], text[n]));
	return caching_value(rule, n, path, type, entry);
}

START_TEST(test_the_first_pattern_that_matches_holds)
{
	static const char *const rules[MOST] = {"else", "/a/b*=first",
	    "/a/*=second", "text/html=third", "*.m*=fourth"};
	static const char html[] = "text/html; charset=utf-8";
	static const struct {
		const char *path, *type, *value;
	} rows[] = {
	    {"/a/b", "image/png", "first"},
	    {"/a/bc/d", html, "first"},
	    {"/a/c", html, "second"},
	    {"/a/", html, "second"},
	    {"/a", html, "third"},
	    {"/A/b", html, "third"},
	    {"/x/a/b", "TEXT/HTML", "third"},
	    {"/x", "text/htmlx", "else"},
	    {"/x", "text/htm", "else"},
	    {"/x.mp3", "audio/mpeg", "fourth"},
	    {"/x.js/y.min.js", "text/javascript", "fourth"},
	    {"/x.Mp3", "audio/mpeg", "else"},
	};
	size_t i;

	for (i = 0; i < LENGTH(rows); i++)
		ck_assert_msg(
		    strcmp(value_of(rules, rows[i].path, rows[i].type, false),
			rows[i].value) == 0,
		    "%s", rows[i].path);
}
END_TEST

START_TEST(test_of_values_for_all_the_last_holds)
{
	static const char *const empty[MOST];
	static const char *const none[MOST] = {"/a=a"};
	static const char *const two[MOST] = {"first", "/a=a", "last"};

	ck_assert_ptr_null(value_of(none, "/b", "a/b", false));
	ck_assert_ptr_null(value_of(empty, "/b", "a/b", false));
	ck_assert_str_eq(value_of(two, "/b", "a/b", false), "last");
	ck_assert_str_eq(value_of(two, "/a", "a/b", false), "a");
}
END_TEST

START_TEST(test_an_entry_is_immutable_only_if_it_is_named)
{
	static const struct {
		const char *rules[MOST], *value; /* of /index.html */
	} rows[] = {
	    {{"max-age=9, immutable"}, "no-cache"},
	    {{"Immutable,max-age=9"}, "no-cache"},
	    {{"max-age=9, immutable", "/*.png=a"}, "no-cache"},
	    {{"/*=max-age=9,immutable"}, "no-cache"},
	    {{"text/html=immutable"}, "no-cache"},
	    {{"/*=immutable", "max-age=1"}, "max-age=1"},
	    {{"/*=immutable", "text/html=max-age=2", "a"}, "max-age=2"},
	    {{"/index.html=immutable"}, "immutable"},
	    {{"max-age=9"}, "max-age=9"},
	    {{"max-age=9, immutables"}, "max-age=9, immutables"},
	    {{"/assets/*=immutable"}, NULL},
	};
	const char *value;
	size_t i;

	for (i = 0; i < LENGTH(rows); i++) {
		value =
		    value_of(rows[i].rules, "/index.html", "text/html", true);
		if (rows[i].value == NULL)
			ck_assert_ptr_null(value);
		else
			ck_assert_str_eq(value, rows[i].value);
	}
	ck_assert_str_eq(
	    value_of(rows[0].rules, "/index.html", "text/html", false),
	    "max-age=9, immutable");
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, test_a_rule_is_a_value_or_a_pattern_and_a_value);
	tcase_add_test(tc, test_the_first_pattern_that_matches_holds);
	tcase_add_test(tc, test_of_values_for_all_the_last_holds);
	tcase_add_test(tc, test_an_entry_is_immutable_only_if_it_is_named);
}

int
main(void)
{
	return check_main("caching", add_tests);
}
