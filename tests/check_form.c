/*
 * check_form - names and values that clients send.
 */
#include "http/form.h"

#include <stdio.h>
#include <string.h>

#include "check_main.h"

enum { PARTS = 8 };

/* text: may hold NULs after it. told: "name=value|...", NULL: refused. */
static void
reads(int (*reader)(struct pf_part *, int, char *, size_t), const char *text,
    const char *told)
{
	struct pf_part part[PARTS];
	char copy[512], got[512] = "";
	int i, n;

	memcpy(copy, text, strlen(text) + 1);
	n = reader(part, PARTS, copy, strlen(text));
	if (told == NULL) {
		ck_assert_msg(n == -1, "%s was read", text);
		return;
	}
	ck_assert_msg(n >= 0, "%s was refused", text);
	for (i = 0; i < n; i++) {
		ck_assert_uint_eq(strlen(part[i].value), part[i].length);
		(void)snprintf(got + strlen(got), sizeof(got) - strlen(got),
		    "%s%s=%s", i > 0 ? "|" : "", part[i].name, part[i].value);
	}
	ck_assert_str_eq(got, told);
}

static const char *const pairs[][2] = {
    {"", ""},
    {"a=b", "a=b"},
    {"a=b&c=d", "a=b|c=d"},
    {"&&a&&", "a="},
    {"=b", "=b"},
    {"a==b", "a==b"},
    {"a+b=%2B+%26", "a b=+ &"},
    {"%41=%c3%A9", "A=\xc3\xa9"},
    {"a=b;c", "a=b;c"},
    {"a=%", NULL},
    {"a=%4", NULL},
    {"a=%4g", NULL},
    {"%=a", NULL},
    {"a=%00", NULL},
    {"1&2&3&4&5&6&7&8", "1=|2=|3=|4=|5=|6=|7=|8="},
    {"1&2&3&4&5&6&7&8&9", NULL},
};

START_TEST(test_pairs_are_read)
{
	reads(form_pairs, pairs[_i][0], pairs[_i][1]);
}
END_TEST

static const char *const cookies[][2] = {
    {"", ""},
    {"a=b; c=d", "a=b|c=d"},
    {" a = b ;c=", "a=b|c="},
    {"alone; a=b", "a=b"},
    {"a=\"b c\"; d=\"", "a=b c|d=\""},
    {"a=%41%3b", "a=A;"},
    {"a=%4; b=%00; c=100%", "a=%4|b=%00|c=100%"},
    {"a=b=c;;", "a=b=c"},
    {"=a", ""},
};

START_TEST(test_cookies_are_read)
{
	reads(form_cookies, cookies[_i][0], cookies[_i][1]);
}
END_TEST

static int
parts(struct pf_part *part, int max, char *text, size_t len)
{
	return form_parts(part, max, text, len, "--b");
}

#define NAMED "Content-Disposition: form-data; name="

static const char *const multiparts[][2] = {
    {"--b--", ""},
    {"preamble\r\n--b--\r\nepilogue", ""},
    {"--b\r\n" NAMED "a\r\n\r\nvalue\r\n--b--", "a=value"},
    {"--b \t\r\n" NAMED "a\r\n\r\nvalue\r\n--b--", "a=value"},
    {"--b\n" NAMED "a\n\nvalue\n--b--", "a=value"},
    {"--b\r\n" NAMED "\"a b\"\r\nX: y\r\n\r\n\r\n--b--", "a b="},
    {"--b\r\n" NAMED "a; filename=\"c:\\b\\\"\r\n\r\nx\r\n--b--", "a=x"},
    {"--b\r\n" NAMED "a\r\n\r\n1\r\n--b\r\n" NAMED "b\r\n\r\n2\r\n--b--",
	"a=1|b=2"},
    {"--b\r\n" NAMED "a\r\n\r\n\r\n--\r\n-b\r\n\r\n--b--",
	"a=\r\n--\r\n-b\r\n"},
    {"", NULL},
    {"--b", NULL},
    {"--b\r\n", NULL},
    {"--b\r\n" NAMED "a\r\n\r\nvalue", NULL},
    {"--b\r\n" NAMED "a\r\n\r\nvalue\r\n--b", NULL},
    {"--b\r\n" NAMED "a\r\nvalue\r\n--b--", NULL},
    {"--b\r\n\r\nvalue\r\n--b--", NULL},
    {"--b\r\nContent-Disposition: attachment; name=a\r\n\r\nx\r\n--b--", NULL},
    {"--b\r\nno field\r\n\r\nvalue\r\n--b--", NULL},
    {"--b\r\n" NAMED "a\r\n--b--", NULL},
};

START_TEST(test_parts_are_read)
{
	reads(parts, multiparts[_i][0], multiparts[_i][1]);
}
END_TEST

static const struct {
	const char *type, *boundary; /* NULL: refused, "": another type */
} types[] = {
    {"text/plain; boundary=x", ""},
    {"multipart/form-data; boundary=x", "--x"},
    {"Multipart/Form-Data;charset=utf-8;  Boundary=\"a b\"; c", "--a b"},
    {"multipart/form-data; x=\"; boundary=y\"; boundary=z", "--z"},
    {"multipart/form-data", NULL},
    {"multipart/form-data; boundary", NULL},
    {"multipart/form-data; boundary=", NULL},
    {"multipart/form-data; boundary=\"\"", NULL},
    {"multipart/form-data; "
     "boundary=12345678901234567890123456789012345678901234567890"
     "123456789012345678901",
	NULL},
};

START_TEST(test_boundaries_are_found)
{
	char boundary[BOUNDARY_BYTES + 3] = "";
	int n = form_boundary(boundary, types[_i].type);

	if (types[_i].boundary == NULL) {
		ck_assert_int_eq(n, -1);
	} else {
		ck_assert_int_eq(n, (int)strlen(types[_i].boundary));
		ck_assert_str_eq(boundary, types[_i].boundary);
	}
}
END_TEST

START_TEST(test_a_file_is_told_with_its_name_and_type)
{
	char text[] = "--b\r\ncontent-type: text/x; y\r\n"
		      "content-disposition: form-data; filename=\"a\\\"b\"; "
		      "name=\"n\"\r\n\r\n1\0002\r\n--b--";
	struct pf_part part[PARTS];

	ck_assert_int_eq(parts(part, PARTS, text, sizeof(text) - 1), 1);
	ck_assert_str_eq(part[0].name, "n");
	ck_assert_str_eq(part[0].filename, "a\"b");
	ck_assert_str_eq(part[0].type, "text/x; y");
	ck_assert_uint_eq(part[0].length, 3);
	ck_assert_int_eq(memcmp(part[0].value, "1\0002", 4), 0);
}
END_TEST

START_TEST(test_fields_are_told_without_the_first_line)
{
	reads(form_fields,
	    "\r\nGET / HTTP/1.1\r\nHost: x\r\nA:\t b c \nEmpty:\r\n\r\n",
	    "Host=x|A=b c|Empty=");
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_loop_test(tc, test_pairs_are_read, 0, LENGTH(pairs));
	tcase_add_loop_test(tc, test_cookies_are_read, 0, LENGTH(cookies));
	tcase_add_loop_test(tc, test_parts_are_read, 0, LENGTH(multiparts));
	tcase_add_loop_test(tc, test_boundaries_are_found, 0, LENGTH(types));
	tcase_add_test(tc, test_a_file_is_told_with_its_name_and_type);
	tcase_add_test(tc, test_fields_are_told_without_the_first_line);
}

int
main(void)
{
	return check_main("form", add);
}
