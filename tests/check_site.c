/* What people expect of a site: listings, and the options about what is shown
 * and said; in every model and with every poller. */
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "matrix.h"
#include "peer.h"
#include "server.h"
#include "site.h"
#include "suite.h"
#include "tree.h"

/* Is the text anywhere in the answer's body? */
static bool
body_has(const char *text)
{
	return strstr(r.body, text) != NULL;
}

static bool
stand_in_order(const char *a, const char *b)
{
	const char *first = strstr(r.body, a);

	return first != NULL && strstr(first, b) != NULL;
}

START_TEST(names_with_a_dot_are_hidden_unless_they_are_wanted)
{
	static const struct {
		const char *path;
		int status, wanted; /* by default; with --dotfiles */
	} rows[] = {
	    {"/.secret", 404, 200},
	    {"/dir/.secret", 404, 200},
	    {"/.git/config", 404, 200},
	    {"/.well-known/known", 200, 200},
	    {"/.well-known/", 200, 200},
	    {"/.well-known/.secret", 404, 200},
	    {"/.nothing", 404, 404},
	    /* Whoever makes such a link wants it to be followed. */
	    {"/link/config", 200, 200},
	    {"/../.secret", 400, 400},
	};
	int wanted;
	size_t i;

	for (wanted = 0; wanted < 2; wanted++) {
		make_root();
		tree_dir(&tree, "root/.git");
		tree_dir(&tree, "root/.well-known");
		tree_file(&tree, "root/.git/config", "SECRET\n");
		tree_link(&tree, "root/link", ".git");
		tree_file(&tree, "root/.secret", "SECRET\n");
		tree_file(&tree, "root/dir/.secret", "SECRET\n");
		tree_file(&tree, "root/.well-known/.secret", "SECRET\n");
		tree_file(&tree, "root/.well-known/known", "known\n");
		server_run_in(&server, _i, "-w", "1", "-r",
		    tree_path(&tree, "root"), wanted ? "--dotfiles" : NULL);
		for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			ask("GET", rows[i].path, "");
			ck_assert_msg(r.status == (wanted ? rows[i].wanted
							  : rows[i].status),
			    "%s: %d", rows[i].path, r.status);
		}
		ask("GET", "/", "");
		ck_assert(body_has("./.well-known/"));
		ck_assert_int_eq(body_has("./.secret"), wanted);
		ck_assert(!body_has("\"./../") && !body_has("\"././"));
		end();
	}
}
END_TEST

START_TEST(a_listing_comes_as_its_client_likes_it)
{
	static const char json[] = "Accept: application/json\r\n";

	begin(_i);
	tree_dir(&tree, "root/list");
	tree_dir(&tree, "root/list/z");
	tree_file(&tree, "root/list/b", "12345");
	tree_file(&tree, "root/list/a", "1");
	tree_file(&tree, "root/list/<c>", "12");
	ask("GET", "/list/", json);
	ck_assert_int_eq(r.status, 200);
	ck_assert(field_is("Content-Type", "application/json"));
	ck_assert(field_is("Vary", "Accept"));
	ck_assert(body_has("\"name\":\"b\""));
	ck_assert(body_has("\\u003cc\\u003e") && !body_has("<c>"));
	ck_assert(stand_in_order("./z/", "./a\""));
	ck_assert(stand_in_order("./a\"", "./b\""));
	ask("GET", "/list/?sort=size&desc=1", json);
	ck_assert(stand_in_order("./z/", "./b\""));
	ck_assert(stand_in_order("./b\"", "./a\""));
	ask("GET", "/list/", "Accept: text/html, application/json;q=0.9\r\n");
	ck_assert(field_is("Content-Type", "text/html; charset=utf-8"));
	ck_assert(field_is("Vary", "Accept"));
	ck_assert(body_has("&lt;c&gt;") && !body_has("<c>"));
	ask("HEAD", "/list/", json);
	ck_assert(field_is("Content-Type", "application/json"));
	/* An index is what it is. */
	ask("GET", "/dir/", json);
	ck_assert_str_eq(r.body, "<p>index</p>\n");
	end();
}
END_TEST

START_TEST(listings_can_be_forbidden)
{
	begin_with(_i, "--no-listing");
	ask("GET", "/", "");
	ck_assert_int_eq(r.status, 403);
	ask("GET", "/dir/", "");
	ck_assert_str_eq(r.body, "<p>index</p>\n");
	ask("GET", "/dir", "");
	ck_assert_int_eq(r.status, 301);
	end();
}
END_TEST

/* Starts it with a directory root/long. */
static void
begin_long(int cell, int entries)
{
	char name[64];
	int i;

	make_root();
	tree_dir(&tree, "root/long");
	for (i = 0; i < entries; i++) {
		(void)snprintf(name, sizeof(name), "root/long/%d", i);
		tree_file(&tree, name, "");
	}
	server_run_in(&server, cell, "-w", "1", "-r", tree_path(&tree, "root"));
}

START_TEST(while_a_long_listing_is_made_others_are_served)
{
	enum { ENTRIES = 10000, TURNS = 5 };
	int c, d, i;

	begin_long(_i, ENTRIES);
	c = client_open(&server);
	d = client_open(&server);
	http_get(d, "/hello.txt", &r);
	send_text(c, "GET /long/ HTTP/1.1\r\nHost: x\r\n\r\n");
	for (i = 0; i < TURNS; i++) {
		http_get(d, "/hello.txt", &r);
		ck_assert_str_eq(r.body, "hello, world\n");
	}
	ck_assert_int_eq(wait_ready(c, POLLIN, 0), 0);
	http_read_head(c, &r);
	ck_assert_int_eq(r.status, 200);
	ck_assert_int_gt(r.length, ENTRIES * 10);
	client_close(c);
	client_close(d);
	end();
}
END_TEST

START_TEST(more_listings_than_are_made_at_once_are_all_made)
{
	enum { CLIENTS = 40, ENTRIES = 1000 };
	int c[CLIENTS], i;

	begin_long(_i, ENTRIES);
	for (i = 0; i < CLIENTS; i++) {
		c[i] = client_open(&server);
		send_text(c[i], "GET /long/ HTTP/1.1\r\nHost: x\r\n\r\n");
	}
	/* Some do not wait for it. */
	for (i = 0; i < CLIENTS; i += 3) {
		client_abort(c[i]);
		c[i] = -1;
	}
	for (i = 0; i < CLIENTS; i++) {
		if (c[i] < 0)
			continue;
		http_read(c[i], &r);
		ck_assert_int_eq(r.status, 200);
		ck_assert(body_has("./999\""));
		client_close(c[i]);
	}
	end();
}
END_TEST

/* All that their sockets hold is full, so theirs cannot be written to. */
START_TEST(listings_of_who_does_not_read_keep_nobody_waiting)
{
	enum { CLIENTS = 20, ENTRIES = 3000, FULL = 2000000 };
	int c[CLIENTS], d, i;

	begin_long(_i, ENTRIES);
	tree_pattern(&tree, "root/full", FULL);
	for (i = 0; i < CLIENTS; i++) {
		c[i] = client_open_narrow(&server);
		send_text(c[i], "GET /full HTTP/1.1\r\nHost: x\r\n\r\n"
				"GET /long/ HTTP/1.1\r\nHost: x\r\n\r\n");
		ck_assert_int_ne(wait_ready(c[i], POLLIN, deadline()), 0);
	}
	d = client_open(&server);
	send_text(d, "GET /long/ HTTP/1.1\r\nHost: x\r\n\r\n");
	http_read_head(d, &r);
	ck_assert_int_eq(r.status, 200);
	ck_assert_int_gt(r.length, ENTRIES * 10);
	client_close(d);
	for (i = 0; i < CLIENTS; i++)
		client_abort(c[i]);
	end();
}
END_TEST

START_TEST(another_name_can_be_the_index)
{
	begin_with(_i, "--index", "hello.txt");
	ask("GET", "/", "");
	ck_assert_str_eq(r.body, "hello, world\n");
	ck_assert(field_is("Content-Type", "text/plain; charset=utf-8"));
	ask("GET", "/dir/", "");
	ck_assert(body_has("./index.html"));
	end();
}
END_TEST

START_TEST(an_error_has_the_page_that_was_given_for_it)
{
	char gone[256], bad[256];
	int c;

	make_root();
	tree_file(&tree, "gone.txt", "Nothing here.\n");
	tree_file(&tree, "bad.html", "<p>What?</p>\n");
	(void)snprintf(
	    gone, sizeof(gone), "404=%s", tree_path(&tree, "gone.txt"));
	(void)snprintf(
	    bad, sizeof(bad), "400=%s", tree_path(&tree, "bad.html"));
	server_run_in(&server, _i, "-w", "1", "-r", tree_path(&tree, "root"),
	    "--error-page", gone, "--error-page", bad);
	ask("GET", "/nothing", "");
	ck_assert_int_eq(r.status, 404);
	ck_assert(field_is("Content-Type", "text/plain; charset=utf-8"));
	ck_assert_str_eq(r.body, "Nothing here.\n");
	ask("HEAD", "/nothing", "");
	ck_assert_int_eq(r.length, 14);
	ask("GET", "/%", "");
	ck_assert_int_eq(r.status, 400);
	ck_assert_str_eq(r.body, "<p>What?</p>\n");
	c = client_open(&server);
	send_text(c, "GET / HTTP/1.1\r\n\r\n");
	http_read(c, &r);
	ck_assert_str_eq(r.body, "<p>What?</p>\n");
	client_close(c);
	ask("POST", "/hello.txt", "");
	ck_assert_int_eq(r.status, 405);
	ck_assert(body_has("405"));
	end();
}
END_TEST

START_TEST(fields_are_added_to_every_answer)
{
	static const char *const paths[] = {
	    "/hello.txt", "/nothing", "/dir", "/", "/%", "*"};
	size_t i;

	begin_with(_i, "--header", "X-Frame-Options: DENY", "--header",
	    "Server:other", "--header=x-content-type-options: none");
	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		ask(paths[i][0] == '*' ? "OPTIONS" : "GET", paths[i], "");
		ck_assert_msg(field_is("X-Frame-Options", "DENY"), "%s: %d",
		    paths[i], r.status);
		ck_assert(field_is("Server", "other"));
		ck_assert_ptr_null(strstr(r.head, "prefork"));
		ck_assert_ptr_null(strstr(r.head, "nosniff"));
	}
	end();
}
END_TEST

START_TEST(by_default_types_are_not_to_be_guessed)
{
	begin(_i);
	ask("GET", "/hello.txt", "");
	ck_assert(field_is("X-Content-Type-Options", "nosniff"));
	ck_assert_ptr_null(http_field(&r, "Cache-Control"));
	ck_assert_ptr_null(http_field(&r, "Access-Control-Allow-Origin"));
	ask("GET", "/nothing", "");
	ck_assert(field_is("X-Content-Type-Options", "nosniff"));
	end();
}
END_TEST

START_TEST(files_may_be_kept_as_long_as_is_said)
{
	char fields[256];

	begin_with(_i, "--cache-control", "public, max-age=60");
	ask("GET", "/hello.txt", "");
	ck_assert(field_is("Cache-Control", "public, max-age=60"));
	(void)snprintf(fields, sizeof(fields), "If-None-Match: %s\r\n",
	    http_field(&r, "ETag"));
	ask("GET", "/hello.txt", fields);
	ck_assert_int_eq(r.status, 304);
	ck_assert(field_is("Cache-Control", "public, max-age=60"));
	ask("GET", "/nothing", "");
	ck_assert_ptr_null(http_field(&r, "Cache-Control"));
	ask("GET", "/", "");
	ck_assert_ptr_null(http_field(&r, "Cache-Control"));
	end();
}
END_TEST

START_TEST(how_long_files_may_be_kept_depends_on_path_and_type)
{
	static const struct {
		const char *path, *value;
	} rows[] = {
	    {"/assets/a.css", "max-age=31536000, immutable"},
	    {"/assets/", "max-age=31536000, immutable"},
	    {"/", "no-cache"},
	    {"/place", "no-cache"},
	    {"/assets/gone", "no-cache"},
	    {"/dir/", "no-cache"},
	    {"/hello.txt", "max-age=60"},
	    {"/empty", "max-age=5"},
	};
	size_t i;

	begin_with(_i, "--spa", "--cache-control", "max-age=5",
	    "--cache-control", "/assets/*=max-age=31536000, immutable",
	    "--cache-control", "/assets/index.html=max-age=31536000, immutable",
	    "--cache-control", "text/html=no-cache", "--cache-control",
	    "*.txt=max-age=60");
	tree_dir(&tree, "root/assets");
	tree_file(&tree, "root/assets/a.css", "a\n");
	tree_file(&tree, "root/assets/index.html", "a\n");
	tree_file(&tree, "root/index.html", "<p>app</p>\n");
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ask("GET", rows[i].path, "");
		ck_assert_int_eq(r.status, 200);
		ck_assert_msg(field_is("Cache-Control", rows[i].value),
		    "%s: %s", rows[i].path, http_field(&r, "Cache-Control"));
	}
	ask("GET", "/assets/gone.css", "");
	ck_assert_int_eq(r.status, 404);
	ck_assert_ptr_null(http_field(&r, "Cache-Control"));
	end();
}
END_TEST

START_TEST(an_index_is_not_immutable_by_accident)
{
	begin_with(
	    _i, "--spa", "--cache-control", "max-age=31536000, immutable");
	tree_file(&tree, "root/index.html", "<p>app</p>\n");
	ask("GET", "/hello.txt", "");
	ck_assert(field_is("Cache-Control", "max-age=31536000, immutable"));
	ask("GET", "/", "");
	ck_assert(field_is("Cache-Control", "no-cache"));
	ask("GET", "/index.html", "");
	ck_assert(field_is("Cache-Control", "no-cache"));
	ask("GET", "/nothing", "");
	ck_assert(field_is("Cache-Control", "no-cache"));
	end();
}
END_TEST

START_TEST(types_can_be_given)
{
	make_root();
	tree_file(&tree, "types",
	    "# ours\ntext/x-ours ours\n"
	    "text/x-old; charset=koi8-r old\n"
	    "application/x-page html\n");
	tree_file(&tree, "root/a.ours", "a\n");
	server_run_in(&server, _i, "-w", "1", "-r", tree_path(&tree, "root"),
	    "--mime-types", tree_path(&tree, "types"));
	tree_file(&tree, "root/a.old", "a\n");
	ask("GET", "/a.old", "");
	ck_assert(field_is("Content-Type", "text/x-old; charset=koi8-r"));
	ask("GET", "/a.ours", "");
	ck_assert(field_is("Content-Type", "text/x-ours; charset=utf-8"));
	ask("GET", "/dir/", "");
	ck_assert(field_is("Content-Type", "application/x-page"));
	ask("GET", "/hello.txt", "");
	ck_assert(field_is("Content-Type", "text/plain; charset=utf-8"));
	end();
}
END_TEST

START_TEST(text_says_what_charset_it_has_as_is_wanted)
{
	begin_with(_i, "--charset", "off");
	ask("GET", "/dir/", "");
	ck_assert(field_is("Content-Type", "text/html"));
	ask("GET", "/hello.txt", "Range: bytes=0-1,4-6\r\n");
	ck_assert(body_has("Content-Type: text/plain\r\n"));
	/* Our own pages are what they are. */
	ask("GET", "/", "");
	ck_assert(field_is("Content-Type", "text/html; charset=utf-8"));
	ask("GET", "/nothing", "");
	ck_assert(field_is("Content-Type", "text/html; charset=utf-8"));
	end();
	begin_with(_i, "--charset", "iso-8859-1");
	ask("GET", "/dir/", "");
	ck_assert(field_is("Content-Type", "text/html; charset=iso-8859-1"));
	end();
}
END_TEST

START_TEST(a_page_is_found_without_its_extension)
{
	static const struct {
		const char *path;
		int status;
		const char *body;
	} rows[] = {{"/about", 200, "about"}, {"/about.html", 200, "about"},
	    {"/about?a=b", 200, "about"}, {"/about/", 404, NULL},
	    {"/abou", 404, NULL}, {"/dir", 301, NULL},
	    {"/dir/page", 200, "page"}, {"/docs", 200, "docs"},
	    {"/docs/", 200, NULL}, {"/empty", 200, ""}, {"/hello", 404, NULL},
	    {"/.secret", 404, NULL}, {"/pipe", 404, NULL},
	    {"/about.html/", 404, NULL}, {"/%61bout", 200, "about"}};
	size_t i;

	begin_with(_i, "--cache-control", "*.html=max-age=7");
	tree_dir(&tree, "root/docs");
	tree_dir(&tree, "root/hello.html");
	tree_file(&tree, "root/about.html", "about");
	tree_file(&tree, "root/docs.html", "docs");
	tree_file(&tree, "root/dir.html", "not this");
	tree_file(&tree, "root/dir/page.html", "page");
	tree_file(&tree, "root/empty.html", "not this");
	tree_file(&tree, "root/.secret.html", "SECRET");
	tree_fifo(&tree, "root/pipe.html");
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ask("GET", rows[i].path, "");
		ck_assert_msg(r.status == rows[i].status, "%s: %d",
		    rows[i].path, r.status);
		if (rows[i].body != NULL)
			ck_assert_str_eq(r.body, rows[i].body);
	}
	ask("GET", "/about", "");
	ck_assert(field_is("Content-Type", "text/html; charset=utf-8"));
	ck_assert(field_is("Cache-Control", "max-age=7"));
	ask("GET", "/about", "Range: bytes=0-0,2-2\r\n");
	ck_assert_int_eq(r.status, 206);
	ck_assert(body_has("Content-Type: text/html; charset=utf-8\r\n"));
	end();
}
END_TEST

START_TEST(links_are_followed_as_far_as_is_wanted)
{
	enum { WAYS = 3 };
	static const char *const ways[WAYS] = {"no", NULL, "inside"};
	static const struct {
		const char *path;
		int status[WAYS];
	} rows[] = {{"/relative", {403, 200, 200}},
	    {"/absolute", {403, 403, 200}}, {"/real", {403, 403, 200}},
	    {"/to_dir/inner", {403, 403, 200}}, {"/out", {403, 403, 403}},
	    {"/out_relative", {403, 403, 403}}, {"/by_dots", {403, 403, 403}},
	    {"/hello.txt", {200, 200, 200}}};
	int way;
	size_t i;

	for (way = 0; way < WAYS; way++) {
		make_root();
		tree_link(&tree, "link", "root");
		tree_file(&tree, "outside", "SECRET");
		tree_file(&tree, "root/dir/inner", "inner");
		tree_link(&tree, "root/relative", "dir/inner");
		tree_link(
		    &tree, "root/absolute", tree_path(&tree, "link/dir/inner"));
		tree_link(
		    &tree, "root/real", tree_path(&tree, "root/dir/inner"));
		tree_link(&tree, "root/to_dir", tree_path(&tree, "link/dir"));
		tree_link(&tree, "root/out", tree_path(&tree, "outside"));
		tree_link(&tree, "root/out_relative", "../outside");
		tree_link(
		    &tree, "root/by_dots", tree_path(&tree, "link/../outside"));
		server_run_in(&server, _i, "-w", "1", "-r",
		    tree_path(&tree, "link"),
		    ways[way] != NULL ? "--follow" : NULL, ways[way]);
		for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			ask("GET", rows[i].path, "");
			ck_assert_msg(r.status == rows[i].status[way],
			    "%s %s: %d", ways[way], rows[i].path, r.status);
		}
		ask("GET", "/", "");
		ck_assert_int_eq(body_has("./relative\""), way > 0);
		ck_assert_int_eq(body_has("./absolute\""), way > 1);
		ck_assert_int_eq(body_has("./to_dir/\""), way > 1);
		ck_assert(!body_has("./out\""));
		end();
	}
}
END_TEST

START_TEST(unknown_paths_can_be_the_page_of_an_application)
{
	begin_with(_i, "--spa");
	tree_file(&tree, "root/.secret", "SECRET\n");
	ask("GET", "/nothing", "");
	ck_assert_int_eq(r.status, 404); /* there is no index yet */
	tree_file(&tree, "root/index.html", "<p>app</p>\n");
	ask("GET", "/nothing", "");
	ck_assert_int_eq(r.status, 200);
	ck_assert_str_eq(r.body, "<p>app</p>\n");
	ck_assert(field_is("Content-Type", "text/html; charset=utf-8"));
	ask("GET", "/nothing/at/all/?a=b", "");
	ck_assert_str_eq(r.body, "<p>app</p>\n");
	ask("GET", "/a", "Range: bytes=0-2,4-6\r\n");
	ck_assert_int_eq(r.status, 206);
	ck_assert(body_has("Content-Type: text/html; charset=utf-8\r\n"));
	ask("GET", "/v1.2/a.0/", "");
	ck_assert_int_eq(r.status, 200);
	ask("GET", "/a.png", "");
	ck_assert_int_eq(r.status, 404);
	ask("GET", "/hello.txt/a", "");
	ck_assert_int_eq(r.status, 200);
	ask("GET", "/hello.txt/a.js", "");
	ck_assert_int_eq(r.status, 404);
	ask("GET", "/hello.txt", "");
	ck_assert_str_eq(r.body, "hello, world\n");
	ask("GET", "/.secret", "");
	ck_assert_int_eq(r.status, 404);
	ask("GET", "/../x", "");
	ck_assert_int_eq(r.status, 400);
	end();
}
END_TEST

/* As an address with a token in it may be. */
START_TEST(a_path_too_long_to_be_a_file_can_be_such_a_page)
{
	static const int lengths[] = {255, 256, 300, 4000, 4090, 5000, 8000};
	char path[8192] = "/verify/";
	size_t i;

	begin_with(_i, "--spa");
	tree_file(&tree, "root/index.html", "<p>app</p>\n");
	for (i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		memset(path + 8, 'a', (size_t)lengths[i]);
		(void)strcpy(path + 8 + lengths[i], "?b");
		ask("GET", path, "");
		ck_assert_msg(
		    r.status == 200 && strcmp(r.body, "<p>app</p>\n") == 0,
		    "%d: %d", lengths[i], r.status);
		memset(path + 8, '/', (size_t)lengths[i] / 2);
		ask("GET", path, "");
		ck_assert_int_eq(r.status, 200);
	}
	/* The target, however, may be too long. */
	memset(path, '/', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	ask("GET", path, "");
	ck_assert_int_eq(r.status, 414);
	end();
}
END_TEST

START_TEST(so_can_paths_of_files_that_are_not_there)
{
	begin_with(_i, "--spa-all");
	tree_file(&tree, "root/index.html", "<p>app</p>\n");
	ask("GET", "/a.png", "");
	ck_assert_int_eq(r.status, 200);
	ck_assert_str_eq(r.body, "<p>app</p>\n");
	ask("GET", "/a", "");
	ck_assert_str_eq(r.body, "<p>app</p>\n");
	end();
}
END_TEST

START_TEST(pages_of_other_origins_may_be_let_in)
{
	begin_with(_i, "--cors");
	ask("GET", "/hello.txt", "Origin: http://example.com\r\n");
	ck_assert(field_is("Access-Control-Allow-Origin", "*"));
	ck_assert(field_is("Access-Control-Expose-Headers", "*"));
	ask("GET", "/nothing", "Origin: http://example.com\r\n");
	ck_assert(field_is("Access-Control-Allow-Origin", "*"));
	ask("OPTIONS", "/hello.txt",
	    "Origin: http://example.com\r\n"
	    "Access-Control-Request-Method: GET\r\n"
	    "Access-Control-Request-Headers: range\r\n");
	ck_assert_int_eq(r.status, 204);
	ck_assert(field_is("Access-Control-Allow-Origin", "*"));
	ck_assert(field_is("Access-Control-Allow-Headers", "*"));
	ck_assert(
	    field_is("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS"));
	end();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("site");
	TCase *tc = suite_case(suite, "site");

	in_all_cells(tc, names_with_a_dot_are_hidden_unless_they_are_wanted);
	in_all_cells(tc, a_listing_comes_as_its_client_likes_it);
	in_all_cells(tc, listings_can_be_forbidden);
	in_pool_cells(tc, while_a_long_listing_is_made_others_are_served);
	in_pool_cells(tc, more_listings_than_are_made_at_once_are_all_made);
	in_pool_cells(tc, listings_of_who_does_not_read_keep_nobody_waiting);
	in_all_cells(tc, another_name_can_be_the_index);
	in_all_cells(tc, an_error_has_the_page_that_was_given_for_it);
	in_all_cells(tc, fields_are_added_to_every_answer);
	in_all_cells(tc, by_default_types_are_not_to_be_guessed);
	in_all_cells(tc, files_may_be_kept_as_long_as_is_said);
	in_all_cells(tc, how_long_files_may_be_kept_depends_on_path_and_type);
	in_all_cells(tc, an_index_is_not_immutable_by_accident);
	in_all_cells(tc, types_can_be_given);
	in_all_cells(tc, text_says_what_charset_it_has_as_is_wanted);
	in_all_cells(tc, a_page_is_found_without_its_extension);
	in_all_cells(tc, links_are_followed_as_far_as_is_wanted);
	in_all_cells(tc, unknown_paths_can_be_the_page_of_an_application);
	in_all_cells(tc, so_can_paths_of_files_that_are_not_there);
	in_all_cells(tc, a_path_too_long_to_be_a_file_can_be_such_a_page);
	in_all_cells(tc, pages_of_other_origins_may_be_let_in);
	return suite_run(suite);
}
