/*
 * check_media - media types of file names.
 */
#include "http/media.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "check_main.h"

START_TEST(test_the_table_is_sorted_and_in_lower_case)
{
	const char *p;
	size_t i;

	ck_assert_uint_gt(media_count, 300);
	for (i = 0; i < media_count; i++) {
		if (i > 0)
			ck_assert_str_lt(media_table[i - 1].extension,
			    media_table[i].extension);
		for (p = media_table[i].extension; *p != '\0'; p++)
			ck_assert_msg(isdigit((unsigned char)*p) ||
					  islower((unsigned char)*p),
			    "%s", media_table[i].extension);
		ck_assert_ptr_nonnull(strchr(media_table[i].type, '/'));
	}
}
END_TEST

START_TEST(test_text_says_that_it_is_utf_8)
{
	size_t i;

	for (i = 0; i < media_count; i++)
		if (strncmp(media_table[i].type, "text/", 5) == 0)
			ck_assert_ptr_nonnull(
			    strstr(media_table[i].type, "; charset=utf-8"));
}
END_TEST

START_TEST(test_every_extension_is_found)
{
	char name[32];
	size_t i;

	for (i = 0; i < media_count; i++) {
		(void)snprintf(
		    name, sizeof(name), "a.b.%s", media_table[i].extension);
		ck_assert_str_eq(
		    media_type(name, strlen(name)), media_table[i].type);
		name[4] = (char)toupper((unsigned char)name[4]);
		ck_assert_str_eq(
		    media_type(name, strlen(name)), media_table[i].type);
	}
}
END_TEST

START_TEST(test_names_have_the_types_that_people_expect)
{
	static const struct {
		const char *name, *type;
	} rows[] = {
	    {"index.html", "text/html; charset=utf-8"},
	    {"INDEX.HTM", "text/html; charset=utf-8"},
	    {"style.css", "text/css; charset=utf-8"},
	    {"app.js", "text/javascript; charset=utf-8"},
	    {"app.mjs", "text/javascript; charset=utf-8"},
	    {"data.json", "application/json"},
	    {"a.svg", "image/svg+xml"},
	    {"a.svgz", "image/svg+xml"},
	    {"a.usdz", "model/vnd.usdz+zip"},
	    {"a.mobileconfig", "application/x-apple-aspen-config"},
	    {"a.appinstaller", "application/appinstaller"},
	    {"a.msix", "application/msix"},
	    {"a.pkpass", "application/vnd.apple.pkpass"},
	    {"a.ts", "video/mp2t"},
	    {"favicon.ico", "image/vnd.microsoft.icon"},
	    {"a.p12", "application/pkcs12"},
	    {"a.png", "image/png"},
	    {"a.JPG", "image/jpeg"},
	    {"a.wasm", "application/wasm"},
	    {"a.woff2", "font/woff2"},
	    {"a.tar.gz", "application/gzip"},
	    {"dir.html/a.txt", "text/plain; charset=utf-8"},
	    {"dir.html/a", "application/octet-stream"},
	    {"README", "text/plain; charset=utf-8"},
	    {"readme", "text/plain; charset=utf-8"},
	    {"dir/COPYING", "text/plain; charset=utf-8"},
	    {"LICENSE", "text/plain; charset=utf-8"},
	    {"Makefile", "text/plain; charset=utf-8"},
	    {"ChangeLog", "text/plain; charset=utf-8"},
	    {"NEWS", "text/plain; charset=utf-8"},
	    {"AUTHORS", "text/plain; charset=utf-8"},
	    {"README.md", "text/markdown; charset=utf-8"},
	    {"READMEs", "application/octet-stream"},
	    {"", "application/octet-stream"},
	    {".", "application/octet-stream"},
	    {"a.", "application/octet-stream"},
	    {"html", "application/octet-stream"},
	    {"a.htmlx", "application/octet-stream"},
	    {"a.a-very-long-extension", "application/octet-stream"},
	    {"a.\xc3\xa9", "application/octet-stream"},
	};
	size_t i;

	for (i = 0; i < LENGTH(rows); i++)
		ck_assert_msg(
		    strcmp(media_type(rows[i].name, strlen(rows[i].name)),
			rows[i].type) == 0,
		    "%s: %s", rows[i].name,
		    media_type(rows[i].name, strlen(rows[i].name)));
	ck_assert_str_eq(media_type("a.html", 2), "application/octet-stream");
}
END_TEST

START_TEST(test_a_compressed_drawing_is_a_drawing_in_gzip)
{
	static const char svg[] = "image/svg+xml";

	ck_assert_str_eq(media_coding(svg, "a.svgz", 6), "gzip");
	ck_assert_str_eq(media_coding(svg, "d/a.b.SvgZ", 10), "gzip");
	ck_assert_str_eq(
	    media_coding("image/svg+xml; charset=utf-8", ".svgz", 5), "gzip");
	ck_assert_ptr_null(media_coding(svg, "a.svg", 5));
	ck_assert_ptr_null(media_coding(svg, "svgz", 4));
	ck_assert_ptr_null(media_coding(svg, "a.svgz.x", 8));
	ck_assert_ptr_null(media_coding(svg, "", 0));
	/* Who calls it otherwise means it as it is. */
	ck_assert_ptr_null(media_coding("application/gzip", "a.svgz", 6));
}
END_TEST

static struct media_rule rules[MEDIA_RULES_MAX];
static char names[131072];

static size_t
read_map_in(struct media_map *map, const char *charset, const char *text)
{
	struct out o;
	size_t line;

	ck_assert_uint_le(media_names_bytes(strlen(text)), sizeof(names));
	out_init(&o, names, media_names_bytes(strlen(text)));
	media_begin(map, rules, &o, charset);
	line = media_read(map, &o, text, strlen(text));
	ck_assert(!o.full);
	return line;
}

static size_t
read_map(struct media_map *map, const char *text)
{
	return read_map_in(map, "utf-8", text);
}

static const char *
find(const struct media_map *map, const char *name)
{
	return media_find(map, name, strlen(name));
}

START_TEST(test_a_map_comes_before_the_table)
{
	struct media_map map;

	ck_assert_uint_eq(read_map(&map, "# comment\n"
					 "text/x-new\tnew NEWER # more\r\n"
					 "\n"
					 "application/x-none\n"
					 "  image/x-dot .dot#comment\n"
					 "application/x-html html\n"
					 "a/b x y z\n"
					 "a/c y"),
	    0);
	ck_assert_uint_eq(map.count, 7);
	ck_assert_str_eq(find(&map, "a.new"), "text/x-new; charset=utf-8");
	ck_assert_str_eq(find(&map, "d/a.Newer"), "text/x-new; charset=utf-8");
	ck_assert_str_eq(find(&map, "a.dot"), "image/x-dot");
	ck_assert_str_eq(find(&map, "a.html"), "application/x-html");
	ck_assert_str_eq(find(&map, "a.x"), "a/b");
	ck_assert_str_eq(find(&map, "a.y"), "a/c");
	/* What it does not have. */
	ck_assert_str_eq(find(&map, "a.txt"), "text/plain; charset=utf-8");
	ck_assert_str_eq(find(&map, "README"), "text/plain; charset=utf-8");
	ck_assert_str_eq(find(&map, "new"), "application/octet-stream");
	ck_assert_str_eq(find(&map, "a.new/b"), "application/octet-stream");
	ck_assert_str_eq(find(&map, ""), "application/octet-stream");
	ck_assert_str_eq(find(NULL, "a.html"), "text/html; charset=utf-8");
}
END_TEST

START_TEST(test_a_bad_line_is_told)
{
	struct media_map map;
	char text[256];

	ck_assert_uint_eq(read_map(&map, ""), 0);
	ck_assert_uint_eq(read_map(&map, "text/html html\ntypes {\n"), 2);
	ck_assert_uint_eq(read_map(&map, "html text/html"), 1);
	ck_assert_uint_eq(read_map(&map, "\n\n/html html"), 3);
	ck_assert_uint_eq(read_map(&map, "text/ html"), 1);
	ck_assert_uint_eq(read_map(&map, "a/b/c html"), 1);
	ck_assert_uint_eq(read_map(&map, "a/b; html"), 1);
	ck_assert_uint_eq(read_map(&map, "a/b html;"), 1);
	ck_assert_uint_eq(read_map(&map, "a/b ."), 1);
	ck_assert_uint_eq(read_map(&map, "a/b c/d"), 1);
	memset(text, 'a', sizeof(text));
	text[1] = '/';
	text[200] = '\0';
	ck_assert_uint_eq(read_map(&map, text), 1);
	text[MEDIA_TYPE_BYTES] = '\0';
	ck_assert_uint_eq(read_map(&map, text), 1);
	text[MEDIA_TYPE_BYTES - 1] = '\0';
	ck_assert_uint_eq(read_map(&map, text), 0);
}
END_TEST

START_TEST(test_many_short_lines_have_room)
{
	static char text[1024] = "text/ab a\ntext/a b\n";
	char charset[MEDIA_CHARSET_BYTES + 1] = "";
	struct media_map map;

	while (strlen(text) + 8 < sizeof(text))
		strcat(text, "text/a\n");
	ck_assert_uint_eq(read_map(&map, text), 0);
	ck_assert_uint_eq(map.count, 2);
	memset(charset, 'x', MEDIA_CHARSET_BYTES);
	ck_assert_uint_eq(read_map_in(&map, charset, text), 0);
}
END_TEST

START_TEST(test_a_type_may_have_parameters)
{
	static const struct {
		const char *line, *type; /* of the extension x; NULL: bad */
	} rows[] = {
	    {"text/html; charset=iso-8859-1 x",
		"text/html; charset=iso-8859-1"},
	    {"text/html;charset=iso-8859-1\tx",
		"text/html; charset=iso-8859-1"},
	    {"text/html ; Charset=a x", "text/html; Charset=a"},
	    {"text/plain; format=flowed x",
		"text/plain; format=flowed; charset=utf-8"},
	    {"text/plain; charset=\"a b\" x", "text/plain; charset=\"a b\""},
	    {"text/plain; a=\"\\\"; \"; b=c x#y",
		"text/plain; a=\"\\\"; \"; b=c; charset=utf-8"},
	    {"application/json; charset=utf-8 x",
		"application/json; charset=utf-8"},
	    {"image/png;a=b;c=d x", "image/png; a=b; c=d"},
	    {"text/html; x", NULL},
	    {"text/html; =a x", NULL},
	    {"text/html; a= x", NULL},
	    {"text/html; a=\"b x", NULL},
	    {"text/html; a=\"b\"x", NULL},
	    {"text/html; a=\"b\001\" x", NULL},
	    {"text/html; a=b=c x", NULL},
	    {"text/html; a=b, x", NULL},
	    {"text/html;; a=b x", NULL},
	};
	struct media_map map;
	size_t i;

	for (i = 0; i < LENGTH(rows); i++) {
		size_t line = read_map(&map, rows[i].line);

		ck_assert_msg((line == 0) == (rows[i].type != NULL), "%s: %lu",
		    rows[i].line, (unsigned long)line);
		if (line == 0)
			ck_assert_str_eq(find(&map, "a.x"), rows[i].type);
	}
}
END_TEST

START_TEST(test_text_has_the_charset_that_is_wanted)
{
	static const char lines[] = "text/a ours\ntext/b; charset=c theirs\n";
	struct media_map map;
	char name[32];
	size_t i;

	ck_assert_uint_eq(read_map_in(&map, "koi8-r", lines), 0);
	ck_assert_str_eq(find(&map, "a.html"), "text/html; charset=koi8-r");
	ck_assert_str_eq(find(&map, "README"), "text/plain; charset=koi8-r");
	ck_assert_str_eq(find(&map, "a.ours"), "text/a; charset=koi8-r");
	ck_assert_str_eq(find(&map, "a.theirs"), "text/b; charset=c");
	ck_assert_str_eq(find(&map, "a.json"), "application/json");
	ck_assert_str_eq(find(&map, "a"), "application/octet-stream");
	ck_assert_uint_eq(read_map_in(&map, "OFF", lines), 0);
	ck_assert_str_eq(find(&map, "README"), "text/plain");
	ck_assert_str_eq(find(&map, "a.ours"), "text/a");
	ck_assert_str_eq(find(&map, "a.theirs"), "text/b; charset=c");
	for (i = 0; i < media_count; i++) {
		(void)snprintf(
		    name, sizeof(name), "a.%s", media_table[i].extension);
		ck_assert_msg(strstr(find(&map, name), "charset") == NULL,
		    "%s: %s", name, find(&map, name));
	}
}
END_TEST

START_TEST(test_a_charset_has_a_name)
{
	char name[64];

	ck_assert(media_charset_valid("utf-8"));
	ck_assert(media_charset_valid("off"));
	ck_assert(!media_charset_valid(""));
	ck_assert(!media_charset_valid("a b"));
	ck_assert(!media_charset_valid("a;b"));
	ck_assert(!media_charset_valid("a\r\n"));
	memset(name, 'a', sizeof(name));
	name[MEDIA_CHARSET_BYTES + 1] = '\0';
	ck_assert(!media_charset_valid(name));
	name[MEDIA_CHARSET_BYTES] = '\0';
	ck_assert(media_charset_valid(name));
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, test_a_type_may_have_parameters);
	tcase_add_test(tc, test_text_has_the_charset_that_is_wanted);
	tcase_add_test(tc, test_a_charset_has_a_name);
	tcase_add_test(tc, test_a_compressed_drawing_is_a_drawing_in_gzip);
	tcase_add_test(tc, test_a_map_comes_before_the_table);
	tcase_add_test(tc, test_a_bad_line_is_told);
	tcase_add_test(tc, test_many_short_lines_have_room);
	tcase_add_test(tc, test_the_table_is_sorted_and_in_lower_case);
	tcase_add_test(tc, test_text_says_that_it_is_utf_8);
	tcase_add_test(tc, test_every_extension_is_found);
	tcase_add_test(tc, test_names_have_the_types_that_people_expect);
}

int
main(void)
{
	return check_main("media", add_tests);
}
