/*
 * check_listing - the directory page.
 */
#include "http/listing.h"

#include <stdio.h>
#include <string.h>

#include "check_main.h"

static char room[LISTING_ENDS_BYTES + 1];

static const char *
text_in(const struct out *o)
{
	ck_assert(!o->full);
	room[o->len] = '\0';
	return room;
}

static const char *
head(const struct listing_view *v, const char *path)
{
	struct out o;

	out_init(&o, room, sizeof(room) - 1);
	listing_head(&o, v, path, strlen(path));
	return text_in(&o);
}

static const char *
item(const struct listing_view *v, const struct listing_entry *e)
{
	struct out o;

	out_init(&o, room, LISTING_ENTRY_BYTES - 1);
	listing_item(&o, v, e, 0);
	return text_in(&o);
}

static const char *
tail(const struct listing_view *v, uint64_t count)
{
	struct out o;

	out_init(&o, room, sizeof(room) - 1);
	listing_tail(&o, v, count);
	return text_in(&o);
}

static const struct listing_view html = {LISTING_HTML, LISTING_NAME, false};
static const struct listing_view json = {LISTING_JSON, LISTING_NAME, false};

START_TEST(test_queries_choose_the_order)
{
	static const struct {
		const char *query;
		enum listing_order order;
		bool descending;
	} rows[] = {
	    {"", LISTING_NAME, false},
	    {"sort=name", LISTING_NAME, false},
	    {"sort=time", LISTING_TIME, false},
	    {"sort=size&desc=1", LISTING_SIZE, true},
	    {"desc=1&sort=size", LISTING_SIZE, true},
	    {"&&desc=1&&", LISTING_NAME, true},
	    {"desc=1&desc=0", LISTING_NAME, false},
	    {"sort=-time", LISTING_TIME, true},
	    {"sort=-name", LISTING_NAME, true},
	    {"sort=-", LISTING_NAME, false},
	    {"sort=--time", LISTING_NAME, false},
	    {"sort=time&sort=name", LISTING_NAME, false},
	    {"sort=date", LISTING_NAME, false},
	    {"sort=", LISTING_NAME, false},
	    {"sort", LISTING_NAME, false},
	    {"Sort=time", LISTING_NAME, false},
	    {"sort=timex", LISTING_NAME, false},
	    {"xsort=time", LISTING_NAME, false},
	    {"desc=2", LISTING_NAME, false},
	    {"desc=", LISTING_NAME, false},
	    {"=1", LISTING_NAME, false},
	    {"a=b&sort=time#x", LISTING_NAME, false},
	};
	struct listing_view v;
	size_t i;

	for (i = 0; i < LENGTH(rows); i++) {
		v = json;
		listing_query(&v, rows[i].query, strlen(rows[i].query));
		ck_assert_msg(v.order == rows[i].order &&
				  v.descending == rows[i].descending &&
				  v.format == LISTING_JSON,
		    "%s", rows[i].query);
	}
}
END_TEST

START_TEST(test_entries_stand_in_the_order_asked_for)
{
	/* In the order of their names. */
	static const struct listing_entry d1 = {"d1", true, 99, 5};
	static const struct listing_entry d2 = {"d2", true, 1, 4};
	static const struct listing_entry a = {"a", false, 30, 30};
	static const struct listing_entry b = {"b", false, 10, 30};
	static const struct listing_entry c = {"\xc3", false, 10, 10};
	static const struct {
		struct listing_view v;
		const struct listing_entry *due[5];
	} rows[] = {
	    {{LISTING_HTML, LISTING_NAME, false}, {&d1, &d2, &a, &b, &c}},
	    {{LISTING_HTML, LISTING_NAME, true}, {&d2, &d1, &c, &b, &a}},
	    {{LISTING_HTML, LISTING_TIME, false}, {&d2, &d1, &c, &a, &b}},
	    {{LISTING_HTML, LISTING_TIME, true}, {&d1, &d2, &a, &b, &c}},
	    {{LISTING_HTML, LISTING_SIZE, false}, {&d1, &d2, &b, &c, &a}},
	    {{LISTING_HTML, LISTING_SIZE, true}, {&d1, &d2, &a, &b, &c}},
	};
	size_t i;
	int j, k, order;

	for (i = 0; i < LENGTH(rows); i++)
		for (j = 0; j < 5; j++)
			for (k = 0; k < 5; k++) {
				order = listing_compare(
				    &rows[i].v, rows[i].due[j], rows[i].due[k]);
				ck_assert_int_eq((order > 0) - (order < 0),
				    (j > k) - (j < k));
			}
}
END_TEST

START_TEST(test_sizes_are_for_people)
{
	static const struct {
		int64_t size;
		const char *due;
	} rows[] = {
	    {-1, "<td>0 B<td>"},
	    {0, "<td>0 B<td>"},
	    {1023, "<td>1023 B<td>"},
	    {1024, "<td>1.0 KiB<td>"},
	    {1075, "<td>1.0 KiB<td>"},
	    {1076, "<td>1.1 KiB<td>"},
	    {1234567, "<td>1.2 MiB<td>"},
	    {10188, "<td>9.9 KiB<td>"},
	    {10189, "<td>10 KiB<td>"},
	    {10752, "<td>11 KiB<td>"},
	    {1048063, "<td>1023 KiB<td>"},
	    {1048064, "<td>1.0 MiB<td>"},
	    {1048575, "<td>1.0 MiB<td>"},
	    {1048576, "<td>1.0 MiB<td>"},
	    {INT64_C(5368709120), "<td>5.0 GiB<td>"},
	    {INT64_C(365072220160), "<td>340 GiB<td>"},
	    {INT64_C(1) << 40, "<td>1.0 TiB<td>"},
	    {INT64_C(1) << 50, "<td>1.0 PiB<td>"},
	    {INT64_C(1) << 60, "<td>1.0 EiB<td>"},
	    {INT64_MAX, "<td>8.0 EiB<td>"},
	};
	struct listing_entry e = {"a", false, 0, 0};
	size_t i;

	for (i = 0; i < LENGTH(rows); i++) {
		e.size = rows[i].size;
		ck_assert_msg(strstr(item(&html, &e), rows[i].due) != NULL,
		    "%lld: %s", (long long)e.size, room);
	}
}
END_TEST

START_TEST(test_an_entry_is_a_row)
{
	static const struct listing_entry file = {
	    "a b.txt", false, 1536, 784111777};
	static const struct listing_entry folder = {"d", true, 4096, 0};

	ck_assert_str_eq(item(&html, &file),
	    "<tr><td><a href=\"./a%20b.txt\">a b.txt</a>"
	    "<td>1.5 KiB<td><time datetime=\"1994-11-06T08:49Z\">"
	    "1994-11-06 08:49</time>\n");
	ck_assert_str_eq(item(&html, &folder),
	    "<tr><td><a href=\"./d/\">d/</a>"
	    "<td><td><time datetime=\"1970-01-01T00:00Z\">"
	    "1970-01-01 00:00</time>\n");
}
END_TEST

START_TEST(test_hostile_names_stay_text_and_relative_links)
{
	static const struct {
		const char *name, *due;
	} rows[] = {
	    {"<img src=x onerror=alert(1)>",
		"<a href=\"./%3Cimg%20src%3Dx%20onerror%3Dalert%281%29%3E\""
		">&lt;img src=x onerror=alert(1)&gt;</a>"},
	    {"\" onclick=\"x", "<a href=\"./%22%20onclick%3D%22x\">"
			       "&#34; onclick=&#34;x</a>"},
	    {"javascript:alert(1)", "<a href=\"./javascript%3Aalert%281%29\">"
				    "javascript:alert(1)</a>"},
	    {"a\nb\x1b[0m", "<a href=\"./a%0Ab%1B%5B0m\">a\xe2\x90\x8a"
			    "b\xe2\x90\x9b[0m</a>"},
	    {"\xff", "<a href=\"./%FF\">\xef\xbf\xbd</a>"},
	    {"%2e%2e", "<a href=\"./%252e%252e\">%2e%2e</a>"},
	    {"?sort=x#y", "<a href=\"./%3Fsort%3Dx%23y\">?sort=x#y</a>"},
	    {"&lt;", "<a href=\"./%26lt%3B\">&amp;lt;</a>"},
	};
	struct listing_entry e = {NULL, false, 0, 0};
	size_t i;

	for (i = 0; i < LENGTH(rows); i++) {
		e.name = rows[i].name;
		ck_assert_msg(
		    strstr(item(&html, &e), rows[i].due) != NULL, "%s", room);
	}
}
END_TEST

START_TEST(test_the_head_links_to_every_level_above)
{
	ck_assert_ptr_nonnull(strstr(head(&html, "/"), "<h1>/</h1>"));
	ck_assert_ptr_null(strstr(room, "../"));
	ck_assert_ptr_nonnull(strstr(head(&html, "/a b/<c>/d/"),
	    "<h1><a href=\"../../../\">/</a><a href=\"../../\">a b/</a>"
	    "<a href=\"../\">&lt;c&gt;/</a>d/</h1>"));
	ck_assert_ptr_nonnull(strstr(room, "<title>/a b/&lt;c&gt;/d/</title>"));
	ck_assert_ptr_nonnull(strstr(room, "<a href=\"../\">../</a>"));
}
END_TEST

START_TEST(test_the_head_has_buttons_for_other_orders)
{
	struct listing_view v = html;

	ck_assert_ptr_nonnull(strstr(head(&v, "/"),
	    "<th aria-sort=ascending><button name=sort value=-name>"));
	ck_assert_ptr_nonnull(
	    strstr(room, "<th><button name=sort value=-size>"));
	v.order = LISTING_TIME;
	v.descending = true;
	ck_assert_ptr_nonnull(strstr(head(&v, "/"),
	    "<th aria-sort=descending><button name=sort value=time>"));
	ck_assert_ptr_nonnull(
	    strstr(room, "<th><button name=sort value=name>"));
	/* A form without a place of its own: nothing that a mirror follows. */
	ck_assert_ptr_nonnull(strstr(room, "<form>"));
	ck_assert_ptr_null(strstr(room, "action"));
	ck_assert_ptr_null(strstr(room, "href"));
	ck_assert_ptr_nonnull(strstr(tail(&html, 0), "</form>"));
}
END_TEST

/* In the order that is due; no two are equal. */
START_TEST(test_names_stand_in_their_natural_order)
{
	static const char *const names[] = {"", "0", "00", "01", "1", "1a", "2",
	    "10", "18446744073709551615", "18446744073709551616",
	    "18446744073709551617", "A", "a", "a 1", "a-1", "a.txt", "A0", "a0",
	    "a00", "a01", "a1", "a1b1", "a01b2", "a1b02", "a1b2", "A2", "a2",
	    "a2.txt", "A10", "a10", "a_", "aa", "AB", "ab", "b", "Z", "z",
	    "\x7f", "\x80", "\xc3", "\xc3\x84", "\xc3\xa4", "\xe2\x82\xac",
	    "\xff"};
	struct listing_entry a = {NULL, false, 0, 0}, b = a;
	size_t i, j;
	int order;

	for (i = 0; i < LENGTH(names); i++)
		for (j = 0; j < LENGTH(names); j++) {
			a.name = names[i];
			b.name = names[j];
			order = listing_compare(&html, &a, &b);
			ck_assert_msg(
			    (order > 0) - (order < 0) == (i > j) - (i < j),
			    "\"%s\" and \"%s\": %d", names[i], names[j], order);
		}
}
END_TEST

START_TEST(test_the_style_is_small_and_there_is_no_script)
{
	const char *from = strstr(head(&html, "/a/"), "<style>"), *to;

	ck_assert_ptr_nonnull(from);
	to = strstr(from, "</style>");
	ck_assert_ptr_nonnull(to);
	ck_assert_int_lt((int)(to - from), 1536);
	ck_assert_ptr_null(strstr(room, "<script"));
	ck_assert_ptr_nonnull(strstr(room, "prefers-color-scheme:dark"));
	ck_assert_ptr_nonnull(strstr(room, "name=viewport"));
}
END_TEST

START_TEST(test_the_tail_counts)
{
	ck_assert_ptr_nonnull(strstr(tail(&html, 0), ">0 entries<"));
	ck_assert_ptr_nonnull(strstr(tail(&html, 1), ">1 entry<"));
	ck_assert_ptr_nonnull(strstr(tail(&html, 2), ">2 entries<"));
}
END_TEST

START_TEST(test_json_is_one_object)
{
	static const struct listing_entry e[] = {
	    {"d", true, 1, -5},
	    {"a\"b", false, INT64_C(5000000000), 7},
	};
	struct out o;
	size_t i;

	out_init(&o, room, sizeof(room) - 1);
	listing_head(&o, &json, "/x/", 3);
	for (i = 0; i < 2; i++)
		listing_item(&o, &json, &e[i], i);
	listing_tail(&o, &json, 2);
	room[o.len] = '\0';
	ck_assert_str_eq(room,
	    "{\"path\":\"/x/\",\"entries\":[\n"
	    "{\"name\":\"d\",\"href\":\"./d/\",\"type\":\"directory\","
	    "\"mtime\":-5},\n"
	    "{\"name\":\"a\\u0022b\",\"href\":\"./a%22b\",\"type\":\"file\","
	    "\"size\":5000000000,\"mtime\":7}\n"
	    "],\"count\":2}\n");
}
END_TEST

START_TEST(test_the_longest_names_and_paths_fit)
{
	static const char bytes[] = "\"&'<\x01\xff";
	struct listing_entry e = {NULL, true, INT64_MAX, INT64_MIN};
	char name[1025], path[4097];
	size_t i, n;

	for (i = 0; i < sizeof(bytes) - 1; i++) {
		for (n = 255; n <= 1024; n += 769) {
			memset(name, bytes[i], n);
			name[n] = '\0';
			e.name = name;
			(void)item(&html, &e);
			ck_assert_int_eq(
			    strstr(room, "<a href") != NULL, n == 255);
			(void)item(&json, &e);
			ck_assert_int_eq(
			    strstr(room, "\"href\"") != NULL, n == 255);
		}
		memset(path, bytes[i], sizeof(path) - 1);
		path[0] = path[sizeof(path) - 2] = '/';
		path[sizeof(path) - 1] = '\0';
		(void)head(&html, path);
		(void)head(&json, path);
		for (n = 0; n < sizeof(path) - 1; n += 2)
			path[n] = '/';
		path[sizeof(path) - 2] = '/';
		(void)head(&html, path);
		ck_assert_ptr_null(strstr(room, "href=\"../../../../../../../"
						"../../../../../../../../../../"
						"../"));
	}
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, test_queries_choose_the_order);
	tcase_add_test(tc, test_entries_stand_in_the_order_asked_for);
	tcase_add_test(tc, test_sizes_are_for_people);
	tcase_add_test(tc, test_an_entry_is_a_row);
	tcase_add_test(tc, test_hostile_names_stay_text_and_relative_links);
	tcase_add_test(tc, test_the_head_links_to_every_level_above);
	tcase_add_test(tc, test_the_head_has_buttons_for_other_orders);
	tcase_add_test(tc, test_names_stand_in_their_natural_order);
	tcase_add_test(tc, test_the_style_is_small_and_there_is_no_script);
	tcase_add_test(tc, test_the_tail_counts);
	tcase_add_test(tc, test_json_is_one_object);
	tcase_add_test(tc, test_the_longest_names_and_paths_fit);
}

int
main(void)
{
	return check_main("listing", add_tests);
}
