/* check_field - the field lines that an operator may add. */
#include "http/field.h"

#include <string.h>

#include "check_main.h"

static const struct {
	const char *line;
	const char *name; /* NULL: must be refused */
	const char *value;
} lines[] = {
    {"X-Frame-Options: DENY", "X-Frame-Options", "DENY"},
    {"X-Frame-Options:DENY", "X-Frame-Options", "DENY"},
    {"A: \t b c \t", "A", "b c"},
    {"A: b:c", "A", "b:c"},
    {"Server: other", "Server", "other"},
    {"Cache-Control: no-store", "Cache-Control", "no-store"},
    {"A: \xc3\xa4", "A", "\xc3\xa4"},
    {"", NULL, NULL},
    {"A", NULL, NULL},
    {":", NULL, NULL},
    {": b", NULL, NULL},
    {"A:", NULL, NULL},
    {"A: \t", NULL, NULL},
    {"A : b", NULL, NULL},
    {" A: b", NULL, NULL},
    {"A B: c", NULL, NULL},
    {"A(: c", NULL, NULL},
    {"\xc3\xa4: b", NULL, NULL},
    {"A: b\r\nSet-Cookie: c", NULL, NULL},
    {"A: b\nc", NULL, NULL},
    {"A: b\x01", NULL, NULL},
    {"A: b\x7f", NULL, NULL},
    {"Content-Length: 0", NULL, NULL},
    {"content-length: 0", NULL, NULL},
    {"TRANSFER-ENCODING: chunked", NULL, NULL},
    {"Connection: close", NULL, NULL},
    {"ETag: \"a\"", NULL, NULL},
    {"Content-Encoding: gzip", NULL, NULL},
    {"Location: /", NULL, NULL},
};

START_TEST(test_a_line_is_a_name_and_a_value)
{
	struct field_line f;
	size_t i;

	for (i = 0; i < LENGTH(lines); i++) {
		bool good = field_line_parse(&f, lines[i].line);

		ck_assert_msg(good == (lines[i].name != NULL), "'%s': %d",
		    lines[i].line, good);
		if (!good)
			continue;
		ck_assert_uint_eq(f.name_len, strlen(lines[i].name));
		ck_assert_mem_eq(f.name, lines[i].name, f.name_len);
		ck_assert_uint_eq(f.value_len, strlen(lines[i].value));
		ck_assert_mem_eq(f.value, lines[i].value, f.value_len);
	}
}
END_TEST

START_TEST(test_names_are_the_same_in_any_case)
{
	struct field_line f;

	ck_assert(field_line_parse(&f, "SERVER: a"));
	ck_assert(field_line_is(&f, "server"));
	ck_assert(!field_line_is(&f, "serve"));
	ck_assert(!field_line_is(&f, "servers"));
}
END_TEST

START_TEST(test_a_value_has_no_controls_and_no_space_around_it)
{
	ck_assert(field_value_valid("max-age=60, public"));
	ck_assert(field_value_valid("a"));
	ck_assert(!field_value_valid(""));
	ck_assert(!field_value_valid(" a"));
	ck_assert(!field_value_valid("a "));
	ck_assert(!field_value_valid("a\r\nb: c"));
	ck_assert(!field_value_valid("a\x7f"));
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, test_a_line_is_a_name_and_a_value);
	tcase_add_test(tc, test_names_are_the_same_in_any_case);
	tcase_add_test(tc, test_a_value_has_no_controls_and_no_space_around_it);
}

int
main(void)
{
	return check_main("field", add_tests);
}
