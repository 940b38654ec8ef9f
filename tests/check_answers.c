/* What people expect of static files: ranges, encodings, listings and the
 * options about them; in every model and with every poller. */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "matrix.h"
#include "multipart.h"
#include "peer.h"
#include "server.h"
#include "suite.h"
#include "tree.h"

enum { BIG = 1 << 20 };

static struct server server;
static struct tree tree;
static struct response r;

static void
make_root(void)
{
	tree_make(&tree);
	tree_dir(&tree, "root");
	tree_dir(&tree, "root/dir");
	tree_file(&tree, "root/hello.txt", "hello, world\n");
	tree_file(&tree, "root/empty", "");
	tree_file(&tree, "root/dir/index.html", "<p>index</p>\n");
	tree_pattern(&tree, "root/big", BIG);
}

/* Starts the server in a cell, with these options. */
#define begin_with(cell, ...)                                 \
	do {                                                  \
		make_root();                                  \
		server_run_in(&server, cell, "-w", "1", "-r", \
		    tree_path(&tree, "root"), __VA_ARGS__);   \
	} while (0)
#define begin(cell) begin_with(cell, NULL)

static void
end(void)
{
	server_finish(&server);
	tree_remove(&tree);
}

/* The answer to a request on a connection of its own. */
static void
ask(const char *method, const char *path, const char *fields)
{
	int c = client_open(&server);

	http_ask(c, method, path, fields, &r);
	client_close(c);
}

static bool
field_is(const char *name, const char *value)
{
	const char *field = http_field(&r, name);

	return field != NULL && strcmp(field, value) == 0;
}

/* Range fields, and what comes back: the range that Content-Range tells. */
static const struct ranged {
	const char *path;
	const char *range;
	int status;
	const char *told;
} ranged[] = {
    {"/hello.txt", "bytes=0-0", 206, "bytes 0-0/13"},
    {"/hello.txt", "bytes=12-", 206, "bytes 12-12/13"},
    {"/hello.txt", "bytes=5-400", 206, "bytes 5-12/13"},
    {"/hello.txt", "bytes=-400", 206, "bytes 0-12/13"},
    {"/hello.txt", "bytes=0-4,3-8", 206, "bytes 0-8/13"},
    {"/hello.txt", "bytes=0-4,99-", 206, "bytes 0-4/13"},
    {"/hello.txt", "bytes=1-99999999999999999999", 206, "bytes 1-12/13"},
    {"/hello.txt", "bytes=13-", 416, "bytes */13"},
    {"/hello.txt", "bytes=-0", 416, "bytes */13"},
    {"/hello.txt", "bytes=99999999999999999999-", 416, "bytes */13"},
    {"/hello.txt", "bytes=9-5", 200, NULL},
    {"/hello.txt", "bytes=", 200, NULL},
    {"/hello.txt", "0-4", 200, NULL},
    {"/hello.txt",
	"bytes=0-0,2-2,4-4,6-6,8-8,10-10,12-12,0-0,0-0,0-0,0-0,"
	"0-0,0-0,0-0,0-0,0-0,0-0",
	200, NULL},
    {"/empty", "bytes=0-", 416, "bytes */0"},
    {"/empty", "bytes=-1", 200, NULL},
};

enum { RANGED = sizeof(ranged) / sizeof(ranged[0]) };

START_TEST(one_range_is_given_as_it_is)
{
	char fields[512];
	int i;

	begin(_i);
	for (i = 0; i < RANGED; i++) {
		const struct ranged *t = &ranged[i];

		(void)snprintf(
		    fields, sizeof(fields), "Range: %s\r\n", t->range);
		ask("GET", t->path, fields);
		ck_assert_msg(r.status == t->status, "%s %s: %d", t->path,
		    t->range, r.status);
		ck_assert_msg(t->told == NULL
				  ? http_field(&r, "Content-Range") == NULL
				  : field_is("Content-Range", t->told),
		    "%s %s: not %s", t->path, t->range, t->told);
	}
	/* Of HEAD no range is defined. */
	ask("HEAD", "/hello.txt", "Range: bytes=0-0\r\n");
	ck_assert_int_eq(r.status, 200);
	ck_assert_int_eq(r.length, 13);
	end();
}
END_TEST

START_TEST(several_ranges_come_as_parts)
{
	static const struct part few[] = {{0, 4}, {7, 11}};
	static const struct part many[] = {
	    {BIG / 2, BIG - 1}, {0, 9}, {20, 29}, {1000, 99999}, {12, 12}};
	static const struct whole big = {
	    "application/octet-stream", BIG, pattern_byte};
	int c, d;

	begin(_i);
	c = client_open(&server);
	d = client_open_narrow(&server);
	http_ask(c, "GET", "/hello.txt", "Range: bytes=0-4, 7-11\r\n", &r);
	ck_assert_int_eq(r.status, 206);
	ck_assert_ptr_null(http_field(&r, "Content-Range"));
	ck_assert_ptr_nonnull(
	    strstr(r.body, "\r\nContent-Type: text/plain; charset=utf-8\r\n"
			   "Content-Range: bytes 7-11/13\r\n\r\nworld\r\n--"));
	/* Two of them and another request behind, in one piece. */
	send_text(d, "GET /big HTTP/1.1\r\nHost: x\r\n"
		     "Range: bytes=524288-,0-9,20-29,1000-99999,12-12\r\n\r\n"
		     "GET /big HTTP/1.1\r\nHost: x\r\n"
		     "Range: bytes=0-4,7-11\r\n\r\n"
		     "GET /hello.txt HTTP/1.1\r\nHost: x\r\n\r\n");
	http_read_head(d, &r);
	ck_assert_int_eq(r.status, 206);
	expect_parts(d, &r, &big, many, 5, NULL);
	http_read_head(d, &r);
	ck_assert_int_eq(r.status, 206);
	expect_parts(d, &r, &big, few, 2, NULL);
	http_read(d, &r);
	ck_assert_str_eq(r.body, "hello, world\n");
	client_close(c);
	client_close(d);
	end();
}
END_TEST

START_TEST(parts_of_an_index_have_its_type)
{
	begin(_i);
	tree_pattern(&tree, "root/dir/index.html", BIG);
	ask("GET", "/dir/", "Range: bytes=0-99,200-299\r\n");
	ck_assert_int_eq(r.status, 206);
	ck_assert_ptr_nonnull(
	    strstr(r.body, "\r\nContent-Type: text/html; charset=utf-8\r\n"));
	end();
}
END_TEST

START_TEST(a_range_is_given_if_the_file_is_the_same)
{
	char fields[512], etag[128];

	begin(_i);
	ask("GET", "/hello.txt", "");
	(void)snprintf(etag, sizeof(etag), "%s", http_field(&r, "ETag"));
	(void)snprintf(fields, sizeof(fields),
	    "Range: bytes=0-1,4-5\r\nIf-Range: %s\r\n", etag);
	ask("GET", "/hello.txt", fields);
	ck_assert_int_eq(r.status, 206);
	(void)snprintf(fields, sizeof(fields),
	    "Range: bytes=0-1,4-5\r\nIf-Range: W/%s\r\n", etag);
	ask("GET", "/hello.txt", fields);
	ck_assert_int_eq(r.status, 200);
	ask("GET", "/hello.txt", "Range: bytes=99-\r\nIf-Range: \"other\"\r\n");
	ck_assert_int_eq(r.status, 200);
	/* The conditions come first. */
	(void)snprintf(fields, sizeof(fields),
	    "Range: bytes=0-1,4-5\r\nIf-None-Match: %s\r\n", etag);
	ask("GET", "/hello.txt", fields);
	ck_assert_int_eq(r.status, 304);
	ask("GET", "/hello.txt", "Range: bytes=99-\r\nIf-Match: \"x\"\r\n");
	ck_assert_int_eq(r.status, 412);
	end();
}
END_TEST

START_TEST(beyond_four_gibibytes_ranges_are_exact)
{
	int fd;

	begin(_i);
	fd = open(tree_path(&tree, "root/far"), O_WRONLY | O_CREAT, 0644);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(pwrite(fd, "above", 5, 4294967296), 5);
	ck_assert_int_eq(pwrite(fd, "end.\n", 5, 5368709120), 5);
	(void)close(fd);
	ask("GET", "/far", "Range: bytes=4294967296-4294967300\r\n");
	ck_assert_str_eq(r.body, "above");
	ck_assert(field_is(
	    "Content-Range", "bytes 4294967296-4294967300/5368709125"));
	ask("GET", "/far", "Range: bytes=-5\r\n");
	ck_assert_str_eq(r.body, "end.\n");
	ask("GET", "/far", "Range: bytes=-5,4294967296-4294967300\r\n");
	ck_assert_int_eq(r.status, 206);
	ck_assert_ptr_nonnull(strstr(r.body, "\r\n\r\nend.\n\r\n--"));
	ck_assert_ptr_nonnull(strstr(r.body, "\r\n\r\nabove\r\n--"));
	ask("HEAD", "/far", "");
	ck_assert_int_eq(r.length, 5368709125);
	end();
}
END_TEST

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
	    {"/../.secret", 400, 400},
	};
	int wanted;
	size_t i;

	for (wanted = 0; wanted < 2; wanted++) {
		make_root();
		tree_dir(&tree, "root/.git");
		tree_dir(&tree, "root/.well-known");
		tree_file(&tree, "root/.git/config", "SECRET\n");
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

START_TEST(while_a_long_listing_is_made_others_are_served)
{
	enum { ENTRIES = 10000, TURNS = 5 };
	char name[64];
	int c, d, i;

	make_root();
	tree_dir(&tree, "root/long");
	for (i = 0; i < ENTRIES; i++) {
		(void)snprintf(name, sizeof(name), "root/long/%d", i);
		tree_file(&tree, name, "");
	}
	server_run_in(&server, _i, "-w", "1", "-r", tree_path(&tree, "root"));
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
	char name[64];

	make_root();
	tree_dir(&tree, "root/long");
	for (i = 0; i < ENTRIES; i++) {
		(void)snprintf(name, sizeof(name), "root/long/%d", i);
		tree_file(&tree, name, "");
	}
	server_run_in(&server, _i, "-w", "1", "-r", tree_path(&tree, "root"));
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

START_TEST(types_can_be_given)
{
	make_root();
	tree_file(&tree, "types",
	    "# ours\ntext/x-ours ours\n"
	    "application/x-page html\n");
	tree_file(&tree, "root/a.ours", "a\n");
	server_run_in(&server, _i, "-w", "1", "-r", tree_path(&tree, "root"),
	    "--mime-types", tree_path(&tree, "types"));
	ask("GET", "/a.ours", "");
	ck_assert(field_is("Content-Type", "text/x-ours; charset=utf-8"));
	ask("GET", "/dir/", "");
	ck_assert(field_is("Content-Type", "application/x-page"));
	ask("GET", "/hello.txt", "");
	ck_assert(field_is("Content-Type", "text/plain; charset=utf-8"));
	end();
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
	ask("GET", "/a.png", "Range: bytes=0-2,4-6\r\n");
	ck_assert_int_eq(r.status, 206);
	ck_assert(body_has("Content-Type: text/html; charset=utf-8\r\n"));
	ask("GET", "/hello.txt", "");
	ck_assert_str_eq(r.body, "hello, world\n");
	ask("GET", "/.secret", "");
	ck_assert_int_eq(r.status, 404);
	ask("GET", "/../x", "");
	ck_assert_int_eq(r.status, 400);
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

/* What a client accepts, and whether it gets the file or which encoding. */
static const struct accepted {
	const char *accept; /* NULL: the field is not sent */
	const char *path;
	const char *coding; /* NULL: the file as it is */
} accepted[] = {
    {NULL, "/all.css", NULL},
    {"", "/all.css", NULL},
    {"gzip", "/all.css", "gzip"},
    {"x-gzip", "/all.css", "gzip"},
    {"GZIP", "/all.css", "gzip"},
    {"br", "/all.css", "br"},
    {"zstd", "/all.css", "zstd"},
    {"gzip, deflate, br, zstd", "/all.css", "br"},
    {"gzip, zstd", "/all.css", "zstd"},
    {"gzip;q=1, br;q=0.5, zstd;q=0.7", "/all.css", "gzip"},
    {"gzip;q=0.2, br;q=0, zstd;q=0.7", "/all.css", "zstd"},
    {"*", "/all.css", "br"},
    {"*;q=0.5, br;q=0", "/all.css", "zstd"},
    {"gzip;q=0", "/all.css", NULL},
    {"identity", "/all.css", NULL},
    {"gzip;q=0.5, identity", "/all.css", NULL},
    {"gzip;q=0.5, identity;q=0.5", "/all.css", "gzip"},
    {"identity;q=0", "/all.css", NULL},
    {"deflate, compress", "/all.css", NULL},
    {"gzip;q=broken", "/all.css", NULL},
    {"br, zstd, gzip", "/one.css", "gzip"},
    {"br, zstd", "/one.css", NULL},
    {"gzip", "/dir/", "gzip"},
    {"gzip", "/old.css", NULL},
    {"gzip", "/odd.css", NULL},
    {"gzip", "/out.css", NULL},
    {"gzip", "/hello.txt", NULL},
    {"gzip", "/all.css.gz", NULL},
};

enum { ACCEPTED = sizeof(accepted) / sizeof(accepted[0]) };

static void
make_encodings(void)
{
	struct timespec old[2] = {{1000000000, 0}, {1000000000, 0}};

	make_root();
	tree_file(&tree, "secret.gz", "SECRET");
	tree_file(&tree, "root/all.css", "as it is");
	tree_file(&tree, "root/all.css.gz", "in gzip");
	tree_file(&tree, "root/all.css.br", "in br");
	tree_file(&tree, "root/all.css.zst", "in zstd");
	tree_file(&tree, "root/one.css", "as it is");
	tree_file(&tree, "root/one.css.gz", "in gzip");
	tree_file(&tree, "root/dir/index.html.gz", "in gzip");
	tree_file(&tree, "root/old.css.gz", "of another");
	ck_assert_int_eq(
	    utimensat(AT_FDCWD, tree_path(&tree, "root/old.css.gz"), old, 0),
	    0);
	tree_file(&tree, "root/old.css", "as it is");
	tree_file(&tree, "root/odd.css", "as it is");
	tree_dir(&tree, "root/odd.css.gz");
	tree_file(&tree, "root/out.css", "as it is");
	tree_link(&tree, "root/out.css.gz", "../secret.gz");
}

START_TEST(an_encoding_is_given_to_who_accepts_it)
{
	char fields[512];
	int i, head;

	make_encodings();
	server_run_in(&server, _i, "-w", "1", "-r", tree_path(&tree, "root"));
	for (i = 0; i < 2 * ACCEPTED; i++) {
		const struct accepted *a = &accepted[i / 2];

		head = i % 2;
		fields[0] = '\0';
		if (a->accept != NULL)
			(void)snprintf(fields, sizeof(fields),
			    "Accept-Encoding: %s\r\n", a->accept);
		ask(head ? "HEAD" : "GET", a->path, fields);
		ck_assert_int_eq(r.status, 200);
		ck_assert_msg(a->coding == NULL
				  ? http_field(&r, "Content-Encoding") == NULL
				  : field_is("Content-Encoding", a->coding),
		    "%s of %s", fields, a->path);
		if (a->coding != NULL && !head)
			ck_assert_str_eq(r.body + 3, a->coding);
		ck_assert(field_is("Vary", "Accept-Encoding"));
		if (strcmp(a->path, "/all.css") == 0)
			ck_assert(field_is(
			    "Content-Type", "text/css; charset=utf-8"));
	}
	ask("GET", "/all.css.gz", "");
	ck_assert(field_is("Content-Type", "application/gzip"));
	end();
}
END_TEST

START_TEST(each_encoding_has_a_tag_of_its_own)
{
	static const char gzip[] = "Accept-Encoding: gzip\r\n";
	char plain[128], tag[128], fields[512];

	make_encodings();
	server_run_in(&server, _i, "-w", "1", "-r", tree_path(&tree, "root"));
	ask("GET", "/all.css", "");
	(void)snprintf(plain, sizeof(plain), "%s", http_field(&r, "ETag"));
	ask("GET", "/all.css", gzip);
	(void)snprintf(tag, sizeof(tag), "%s", http_field(&r, "ETag"));
	ck_assert_str_ne(plain, tag);
	ck_assert_int_eq(tag[0], '"');
	(void)snprintf(
	    fields, sizeof(fields), "%sIf-None-Match: %s\r\n", gzip, tag);
	ask("GET", "/all.css", fields);
	ck_assert_int_eq(r.status, 304);
	ck_assert(field_is("ETag", tag) && field_is("Vary", "Accept-Encoding"));
	(void)snprintf(
	    fields, sizeof(fields), "%sIf-None-Match: %s\r\n", gzip, plain);
	ask("GET", "/all.css", fields);
	ck_assert_int_eq(r.status, 200);
	(void)snprintf(
	    fields, sizeof(fields), "%sIf-Match: %s\r\n", gzip, plain);
	ask("GET", "/all.css", fields);
	ck_assert_int_eq(r.status, 412);
	(void)snprintf(fields, sizeof(fields), "If-None-Match: %s\r\n", tag);
	ask("GET", "/all.css", fields);
	ck_assert_int_eq(r.status, 200);
	end();
}
END_TEST

START_TEST(a_range_is_of_the_file_as_it_is)
{
	char fields[512];

	make_encodings();
	server_run_in(&server, _i, "-w", "1", "-r", tree_path(&tree, "root"));
	ask("GET", "/all.css", "Accept-Encoding: gzip\r\n");
	ck_assert_ptr_null(http_field(&r, "Accept-Ranges"));
	(void)snprintf(fields, sizeof(fields),
	    "Accept-Encoding: gzip\r\nRange: bytes=3-\r\nIf-Range: %s\r\n",
	    http_field(&r, "ETag"));
	/* Who has a part of the encoding gets the whole file. */
	ask("GET", "/all.css", fields);
	ck_assert_int_eq(r.status, 200);
	ck_assert_str_eq(r.body, "as it is");
	ask("GET", "/all.css", "Accept-Encoding: gzip\r\nRange: bytes=3-\r\n");
	ck_assert_int_eq(r.status, 206);
	ck_assert_str_eq(r.body, "it is");
	ck_assert_ptr_null(http_field(&r, "Content-Encoding"));
	ck_assert(field_is("Vary", "Accept-Encoding"));
	/* Of HEAD a range means nothing. */
	ask("HEAD", "/all.css", "Accept-Encoding: gzip\r\nRange: bytes=3-\r\n");
	ck_assert(field_is("Content-Encoding", "gzip"));
	end();
}
END_TEST

START_TEST(an_encoding_that_comes_to_be_is_found)
{
	int64_t until = deadline();
	int c, i;

	begin(_i);
	c = client_open(&server);
	/* Often enough for its absence to be remembered. */
	for (i = 0; i < 100; i++) {
		http_ask(c, "GET", "/hello.txt",
		    "Accept-Encoding: gzip, br\r\n", &r);
		ck_assert_str_eq(r.body, "hello, world\n");
	}
	tree_file(&tree, "root/hello.txt.gz", "in gzip");
	do
		http_ask(
		    c, "GET", "/hello.txt", "Accept-Encoding: gzip\r\n", &r);
	while (
	    http_field(&r, "Content-Encoding") == NULL && clock_now() < until);
	ck_assert_str_eq(r.body, "in gzip");
	ck_assert_int_eq(unlink(tree_path(&tree, "root/hello.txt.gz")), 0);
	http_ask(c, "GET", "/hello.txt", "Accept-Encoding: gzip\r\n", &r);
	ck_assert_str_eq(r.body, "hello, world\n");
	client_close(c);
	end();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("answers");
	TCase *tc = suite_case(suite, "answers");

	in_all_cells(tc, one_range_is_given_as_it_is);
	in_all_cells(tc, several_ranges_come_as_parts);
	in_all_cells(tc, parts_of_an_index_have_its_type);
	in_all_cells(tc, a_range_is_given_if_the_file_is_the_same);
	in_all_cells(tc, beyond_four_gibibytes_ranges_are_exact);
	in_all_cells(tc, names_with_a_dot_are_hidden_unless_they_are_wanted);
	in_all_cells(tc, a_listing_comes_as_its_client_likes_it);
	in_all_cells(tc, listings_can_be_forbidden);
	in_pool_cells(tc, while_a_long_listing_is_made_others_are_served);
	in_pool_cells(tc, more_listings_than_are_made_at_once_are_all_made);
	in_all_cells(tc, another_name_can_be_the_index);
	in_all_cells(tc, an_error_has_the_page_that_was_given_for_it);
	in_all_cells(tc, fields_are_added_to_every_answer);
	in_all_cells(tc, by_default_types_are_not_to_be_guessed);
	in_all_cells(tc, files_may_be_kept_as_long_as_is_said);
	in_all_cells(tc, types_can_be_given);
	in_all_cells(tc, unknown_paths_can_be_the_page_of_an_application);
	in_all_cells(tc, pages_of_other_origins_may_be_let_in);
	in_all_cells(tc, an_encoding_is_given_to_who_accepts_it);
	in_all_cells(tc, each_encoding_has_a_tag_of_its_own);
	in_all_cells(tc, a_range_is_of_the_file_as_it_is);
	in_all_cells(tc, an_encoding_that_comes_to_be_is_found);
	return suite_run(suite);
}
