/* The file service over HTTP/1.1, in every model and with every poller. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "matrix.h"
#include "peer.h"
#include "server.h"
#include "suite.h"
#include "tree.h"

static struct server server;
static struct tree tree;
static struct response r;

/*
 * The root is the directory "root" of the tree; beside it stands "secret",
 * which nobody may see.
 */
static void
make_root(void)
{
	tree_make(&tree);
	tree_file(&tree, "secret", "SECRET\n");
	tree_dir(&tree, "root");
	tree_dir(&tree, "root/dir");
	tree_dir(&tree, "root/site");
	tree_file(&tree, "root/hello.txt", "hello, world\n");
	tree_file(&tree, "root/empty", "");
	tree_file(&tree, "root/page.html", "<p>page</p>\n");
	tree_file(&tree, "root/a b&c.txt", "spaces\n");
	tree_file(&tree, "root/dir/inner.txt", "inner\n");
	tree_file(&tree, "root/dir/<b>.txt", "markup\n");
	tree_file(&tree, "root/site/index.html", "<p>index</p>\n");
	tree_file(&tree, "root/.hidden", "HIDDEN\n");
	tree_link(&tree, "root/inside", "hello.txt");
	tree_link(&tree, "root/dir/up", "../hello.txt");
	tree_link(&tree, "root/outside", "../secret");
	tree_link(&tree, "root/absolute", tree_path(&tree, "root/hello.txt"));
	tree_link(&tree, "root/away", "..");
	tree_link(&tree, "root/loop", "loop");
	tree_link(&tree, "root/dangling", "nothing");
	tree_fifo(&tree, "root/fifo");
}

static void
begin(int cell)
{
	make_root();
	server_run_in(&server, cell, "-w", "2", "-r", tree_path(&tree, "root"));
}

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

static void
get(const char *path)
{
	ask("GET", path, "");
}

START_TEST(a_file_is_given_as_it_is)
{
	begin(_i);
	get("/hello.txt");
	ck_assert_int_eq(r.status, 200);
	ck_assert_str_eq(r.body, "hello, world\n");
	ck_assert_int_eq(r.length, 13);
	ck_assert_str_eq(
	    http_field(&r, "Content-Type"), "text/plain; charset=utf-8");
	ck_assert_ptr_nonnull(http_field(&r, "Last-Modified"));
	ck_assert_ptr_nonnull(http_field(&r, "Date"));
	ck_assert_int_eq(http_field(&r, "ETag")[0], '"');
	get("/empty");
	ck_assert_int_eq(r.status, 200);
	ck_assert_int_eq(r.length, 0);
	get("/a%20b%26c.txt");
	ck_assert_str_eq(r.body, "spaces\n");
	get("/page.html?a=b&c");
	ck_assert_str_eq(r.body, "<p>page</p>\n");
	ck_assert_ptr_nonnull(
	    strstr(http_field(&r, "Content-Type"), "text/html"));
	get("http://localhost/hello.txt");
	ck_assert_str_eq(r.body, "hello, world\n");
	end();
}
END_TEST

START_TEST(a_connection_serves_one_request_after_the_other)
{
	int c, i;

	begin(_i);
	c = client_open(&server);
	for (i = 0; i < 50; i++) {
		http_get(c, "/hello.txt", &r);
		ck_assert_str_eq(r.body, "hello, world\n");
		http_get(c, "/nothing", &r);
		ck_assert_int_eq(r.status, 404);
	}
	client_close(c);
	end();
}
END_TEST

START_TEST(pipelined_requests_are_answered_in_order)
{
	static const char get_file[] =
	    "GET /hello.txt HTTP/1.1\r\nHost: x\r\n\r\n";
	static const char get_none[] =
	    "GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n";
	char text[100 * sizeof(get_file)] = "";
	int c, i;

	begin(_i);
	c = client_open(&server);
	for (i = 0; i < 50; i++) {
		strcat(text, get_file);
		strcat(text, get_none);
	}
	send_text(c, text);
	for (i = 0; i < 50; i++) {
		http_read(c, &r);
		ck_assert_int_eq(r.status, 200);
		ck_assert_str_eq(r.body, "hello, world\n");
		http_read(c, &r);
		ck_assert_int_eq(r.status, 404);
	}
	client_close(c);
	end();
}
END_TEST

START_TEST(a_request_may_come_byte_by_byte)
{
	static const char text[] = "GET /hello.txt HTTP/1.1\r\nHost: x\r\n\r\n";
	size_t i;
	int c;

	begin(_i);
	c = client_open(&server);
	for (i = 0; i < sizeof(text) - 1; i++)
		send_bytes(c, text + i, 1);
	http_read(c, &r);
	ck_assert_str_eq(r.body, "hello, world\n");
	client_close(c);
	end();
}
END_TEST

START_TEST(head_is_get_without_the_body)
{
	static struct response got;
	int c;

	begin(_i);
	get("/hello.txt");
	got = r;
	c = client_open(&server);
	http_head(c, "/hello.txt", &r);
	ck_assert_int_eq(r.status, 200);
	ck_assert_int_eq(r.length, got.length);
	/* Had there been a body, this would read it as a status line. */
	http_head(c, "/nothing", &r);
	ck_assert_int_eq(r.status, 404);
	http_head(c, "/", &r);
	ck_assert_int_eq(r.status, 200);
	http_get(c, "/hello.txt", &r);
	ck_assert_str_eq(r.body, "hello, world\n");
	client_close(c);
	end();
}
END_TEST

START_TEST(the_connection_ends_when_the_client_wants_it)
{
	int c;

	begin(_i);
	c = client_open(&server);
	http_ask(c, "GET", "/hello.txt", "Connection: close\r\n", &r);
	ck_assert_str_eq(r.body, "hello, world\n");
	expect_eof(c);
	client_close(c);
	c = client_open(&server);
	send_text(c, "GET /hello.txt HTTP/1.0\r\n\r\n");
	http_read(c, &r);
	ck_assert_str_eq(r.body, "hello, world\n");
	expect_eof(c);
	client_close(c);
	c = client_open(&server);
	send_text(c, "GET /hello.txt HTTP/1.1\r\nHost: x\r\n\r\n");
	half_close(c);
	http_read(c, &r);
	ck_assert_str_eq(r.body, "hello, world\n");
	expect_eof(c);
	client_close(c);
	end();
}
END_TEST

START_TEST(a_directory_shows_its_index_or_what_is_in_it)
{
	begin(_i);
	get("/site/");
	ck_assert_int_eq(r.status, 200);
	ck_assert_str_eq(r.body, "<p>index</p>\n");
	get("/dir/");
	ck_assert_int_eq(r.status, 200);
	ck_assert_ptr_nonnull(strstr(r.body, "inner.txt"));
	ck_assert_ptr_nonnull(strstr(r.body, "&lt;b&gt;.txt"));
	ck_assert_ptr_null(strstr(r.body, "<b>.txt"));
	get("/");
	ck_assert_int_eq(r.status, 200);
	ck_assert_ptr_nonnull(strstr(r.body, "hello.txt"));
	ck_assert_ptr_nonnull(strstr(r.body, "a%20b%26c.txt"));
	ck_assert_ptr_null(strstr(r.body, ".hidden"));
	end();
}
END_TEST

/* Where a directory is, relative to what was asked for: so whoever stands
 * before us may have taken a prefix off the path. */
static const struct elsewhere {
	const char *target, *location;
} elsewhere[] = {
    {"/dir", "./dir/"},
    {"/dir?", "./dir/?"},
    {"/dir?sort=time", "./dir/?sort=time"},
    {"/dir?a/b?//c", "./dir/?a/b?//c"},
    /* What begins with two slashes would be another host. */
    {"//dir", "./dir/"},
    {"//dir//inner", "./inner/"},
    {"/dir/inner", "./inner/"},
    {"/dir/inner?/x/", "./inner/?/x/"},
    {"/./dir/../dir/./inner", "./inner/"},
    {"/%64ir", "./%64ir/"},
    {"/%64%69%72/%69nner?%2F", "./%69nner/?%2F"},
    {"/dir%2finner", "./dir%2finner/"},
    {"/dir/x%2f..%2finner", "./x%2f..%2finner/"},
    /* Without the dot it would be a scheme. */
    {"/a:b", "./a:b/"},
    {"/dir/a:b?c:d", "./a:b/?c:d"},
    {"http://localhost/dir", "./dir/"},
    {"http://localhost:1/dir?a", "./dir/?a"},
    {"http://localhost//dir/inner?b", "./inner/?b"},
    /* What no URI may hold. */
    {"/caf%C3%A9?a", "./caf%C3%A9/?a"},
    {"/caf\xc3\xa9?\xff", "./caf%C3%A9/?%FF"},
    {"/dir?<a>\"{|}\\^`", "./dir/?%3Ca%3E%22%7B%7C%7D%5C%5E%60"},
};

START_TEST(a_directory_without_its_slash_is_elsewhere)
{
	size_t i;

	begin(_i);
	tree_dir(&tree, "root/dir/inner");
	tree_dir(&tree, "root/a:b");
	tree_dir(&tree, "root/dir/a:b");
	tree_dir(&tree, "root/caf\xc3\xa9");
	for (i = 0; i < sizeof(elsewhere) / sizeof(elsewhere[0]); i++) {
		const struct elsewhere *e = &elsewhere[i];
		const char *location;

		get(e->target);
		location = http_field(&r, "Location");
		ck_assert_msg(r.status == 301 && location != NULL &&
				  strcmp(location, e->location) == 0,
		    "%s: %d %s", e->target, r.status,
		    location != NULL ? location : "");
	}
	end();
}
END_TEST

/* As curl sends it, and other servers take it. */
START_TEST(bytes_that_should_have_been_escaped_name_files)
{
	begin(_i);
	tree_file(&tree, "root/caf\xc3\xa9", "utf-8\n");
	tree_file(&tree, "root/caf\xe9", "latin-1\n");
	get("/caf\xc3\xa9");
	ck_assert_str_eq(r.body, "utf-8\n");
	get("/caf%C3%A9");
	ck_assert_str_eq(r.body, "utf-8\n");
	get("/caf\xe9");
	ck_assert_str_eq(r.body, "latin-1\n");
	get("/hello.txt?q=caf\xc3\xa9\x80\xff");
	ck_assert_str_eq(r.body, "hello, world\n");
	get("/?sort=\xc3\xa9");
	ck_assert_int_eq(r.status, 200);
	get("/a\x7f");
	ck_assert_int_eq(r.status, 400);
	end();
}
END_TEST

/* Targets, and how they are answered. Nothing may ever show the secret. */
static const struct target {
	const char *target;
	int status, or ; /* or: another one that is as good */
} targets[] = {
    {"/nothing", 404, 0},
    {"/dir/nothing", 404, 0},
    {"/hello.txt/", 404, 0},
    {"/hello.txt/more", 404, 0},
    {"/.hidden", 403, 404},
    {"/../secret", 400, 403},
    {"/dir/../../secret", 400, 403},
    {"/%2e%2e/secret", 400, 403},
    {"/%2E%2E%2Fsecret", 400, 403},
    {"/..%2fsecret", 400, 403},
    {"/dir/..%2f..%2fsecret", 400, 403},
    {"/%252e%252e/secret", 404, 403},
    {"/..%5csecret", 404, 403},
    {"/..\\secret", 404, 400},
    {"/hello.txt%00", 400, 0},
    {"/%00", 400, 0},
    {"/hello%0a.txt", 400, 0},
    {"/hello%7f", 400, 0},
    {"/%", 400, 0},
    {"/%4", 400, 0},
    {"/%zz", 400, 0},
    {"/hello.txt#part", 400, 0},
    {"hello.txt", 400, 0},
    {"http://localhost/../secret", 400, 403},
    {"/outside", 403, 404},
    {"/absolute", 403, 404},
    {"/away/secret", 403, 404},
    {"/away/root/hello.txt", 403, 404},
    {"/loop", 403, 404},
    {"/dangling", 404, 0},
    {"/fifo", 403, 404},
    {"/inside", 200, 0},
    {"/dir/up", 200, 0},
    {"/dir/../hello.txt", 200, 0},
    {"/./hello.txt", 200, 0},
    {"//hello.txt", 200, 0},
    {"/%68ello.txt", 200, 0},
};

enum { TARGETS = sizeof(targets) / sizeof(targets[0]) };

START_TEST(nothing_outside_the_root_is_given)
{
	int i;

	begin(_i);
	for (i = 0; i < TARGETS; i++) {
		const struct target *t = &targets[i];

		get(t->target);
		ck_assert_msg(
		    r.status == t->status || (t->or != 0 && r.status == t->or),
		    "%s: %d", t->target, r.status);
		ck_assert_msg(strstr(r.body, "SECRET") == NULL &&
				  strstr(r.body, "HIDDEN") == NULL,
		    "%s gave what it should not", t->target);
	}
	end();
}
END_TEST

START_TEST(a_file_that_may_not_be_read_is_forbidden)
{
	if (geteuid() == 0)
		return; /* there is none for root */
	begin(_i);
	ck_assert_int_eq(chmod(tree_path(&tree, "root/hello.txt"), 0), 0);
	get("/hello.txt");
	ck_assert_int_eq(r.status, 403);
	end();
}
END_TEST

/* Whole requests, and the status that answers them. After all of these the
 * connection ends, for what follows cannot be trusted, unless `kept`. */
static const struct bad {
	const char *request;
	int status;
	bool kept;
} bad[] = {
    {"GET / HTTP/1.1\r\n\r\n", 400, false},
    {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400, false},
    {"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400, false},
    {"GET / HTTP/1.1\r\nHost : x\r\n\r\n", 400, false},
    {"GET / HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n", 400, false},
    {"GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n", 400, false},
    {"GET / HTTP/1.1\r\nHost: x\r\n: none\r\n\r\n", 400, false},
    {"GET / HTTP/1.1\r\nHost: x\r\nA: \x01\r\n\r\n", 400, false},
    {"GET / HTTP/1.1\r\nHost: x\rA: b\r\n\r\n", 400, false},
    {"GET  / HTTP/1.1\r\nHost: x\r\n\r\n", 400, false},
    {"GET / HTTP/1.1 \r\nHost: x\r\n\r\n", 400, false},
    {"GET / http/1.1\r\nHost: x\r\n\r\n", 400, false},
    {"GET /\r\n\r\n", 400, false},
    {"GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505, false},
    {"GET / HTTP/0.9\r\nHost: x\r\n\r\n", 505, false},
    {"BREW / HTTP/1.1\r\nHost: x\r\n\r\n", 501, true},
    {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab", 405, true},
    {"PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", 405, true},
    {"DELETE /hello.txt HTTP/1.1\r\nHost: x\r\n\r\n", 405, true},
    {"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: a\r\n\r\n", 400, false},
    {"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400, false},
    {"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2"
     "\r\n\r\n",
	400, false},
    {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n"
     "Transfer-Encoding: chunked\r\n\r\n",
	400, false},
    {"GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", 400,
	false},
};

enum { BAD = sizeof(bad) / sizeof(bad[0]) };

START_TEST(a_bad_request_gets_a_clear_answer)
{
	int c, i;

	begin(_i);
	for (i = 0; i < BAD; i++) {
		const struct bad *b = &bad[i];

		c = client_open(&server);
		send_text(c, b->request);
		http_read(c, &r);
		ck_assert_msg(r.status == b->status, "\"%s\": %d",
		    shown(b->request, strlen(b->request)), r.status);
		if (r.status == 405)
			ck_assert_msg(
			    strstr(http_field(&r, "Allow"), "GET") &&
				strstr(http_field(&r, "Allow"), "HEAD"),
			    "what is allowed?");
		if (!b->kept)
			expect_eof(c);
		client_close(c);
	}
	get("/hello.txt");
	ck_assert_int_eq(r.status, 200);
	end();
}
END_TEST

START_TEST(a_body_that_nobody_wants_is_skipped)
{
	int c;

	begin(_i);
	c = client_open(&server);
	send_text(c, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n"
		     "abcdeGET /hello.txt HTTP/1.1\r\nHost: x\r\n\r\n");
	http_read(c, &r);
	ck_assert_int_eq(r.status, 405);
	http_read(c, &r);
	ck_assert_str_eq(r.body, "hello, world\n");
	send_text(c, "GET /empty HTTP/1.1\r\nHost: x\r\n"
		     "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
		     "GET /hello.txt HTTP/1.1\r\nHost: x\r\n\r\n");
	http_read(c, &r);
	ck_assert_int_eq(r.status, 200);
	http_read(c, &r);
	ck_assert_str_eq(r.body, "hello, world\n");
	client_close(c);
	end();
}
END_TEST

START_TEST(what_is_too_long_is_refused)
{
	static char request[65536], name[40000];
	int c;

	begin(_i);
	memset(name, 'a', sizeof(name) - 1);
	(void)snprintf(request, sizeof(request),
	    "GET /%s HTTP/1.1\r\nHost: x\r\n\r\n", name);
	c = client_open(&server);
	send_text(c, request);
	http_read(c, &r);
	ck_assert_int_eq(r.status, 414);
	client_close(c);
	(void)snprintf(request, sizeof(request),
	    "GET / HTTP/1.1\r\nHost: x\r\nA: %s\r\n\r\n", name);
	c = client_open(&server);
	send_text(c, request);
	http_read(c, &r);
	ck_assert_int_eq(r.status, 431);
	client_close(c);
	/* A name that no file system takes. */
	name[300] = '\0';
	(void)snprintf(request, sizeof(request), "/%s", name);
	get(request);
	ck_assert_int_eq(r.status, 404);
	end();
}
END_TEST

START_TEST(too_many_fields_are_refused)
{
	static char request[65536];
	int c, i;

	begin(_i);
	(void)snprintf(
	    request, sizeof(request), "GET / HTTP/1.1\r\nHost: x\r\n");
	for (i = 0; i < 1000; i++)
		strcat(request, "A: b\r\n");
	strcat(request, "\r\n");
	c = client_open(&server);
	send_text(c, request);
	http_read(c, &r);
	ck_assert_int_eq(r.status, 431);
	client_close(c);
	end();
}
END_TEST

START_TEST(a_head_that_does_not_end_times_out)
{
	int c;

	make_root();
	server_run_in(&server, _i, "-w", "1", "--header-timeout", "0.3", "-r",
	    tree_path(&tree, "root"));
	c = client_open(&server);
	send_text(c, "GET /hello.txt HTTP/1.1\r\nHost: x\r\n");
	http_read(c, &r);
	ck_assert_int_eq(r.status, 408);
	expect_eof(c);
	client_close(c);
	end();
}
END_TEST

START_TEST(a_kept_connection_is_not_kept_for_ever)
{
	int c;

	make_root();
	server_run_in(&server, _i, "-w", "1", "--keep-alive", "0.3", "-r",
	    tree_path(&tree, "root"));
	c = client_open(&server);
	http_get(c, "/hello.txt", &r);
	ck_assert_int_eq(r.status, 200);
	expect_eof(c);
	client_close(c);
	end();
}
END_TEST

START_TEST(what_has_not_changed_is_not_sent_again)
{
	char fields[2048], etag[1024];
	int c;

	begin(_i);
	c = client_open(&server);
	http_get(c, "/hello.txt", &r);
	(void)snprintf(etag, sizeof(etag), "%s", http_field(&r, "ETag"));
	(void)snprintf(fields, sizeof(fields), "If-Modified-Since: %s\r\n",
	    http_field(&r, "Last-Modified"));
	http_ask(c, "GET", "/hello.txt", fields, &r);
	ck_assert_int_eq(r.status, 304);
	(void)snprintf(fields, sizeof(fields), "If-None-Match: %s\r\n", etag);
	http_ask(c, "GET", "/hello.txt", fields, &r);
	ck_assert_int_eq(r.status, 304);
	ck_assert_str_eq(http_field(&r, "ETag"), etag);
	http_ask(c, "GET", "/hello.txt", "If-None-Match: \"other\"\r\n", &r);
	ck_assert_int_eq(r.status, 200);
	http_ask(c, "GET", "/hello.txt", "If-Match: \"other\"\r\n", &r);
	ck_assert_int_eq(r.status, 412);
	client_close(c);
	end();
}
END_TEST

START_TEST(a_file_from_the_future_was_modified_now)
{
	struct timespec times[2] = {
	    {.tv_sec = 2051222400}, {.tv_sec = 2051222400}};
	char date[64];

	begin(_i);
	tree_file(&tree, "root/future", "soon\n");
	ck_assert_int_eq(
	    utimensat(AT_FDCWD, tree_path(&tree, "root/future"), times, 0), 0);
	get("/future");
	ck_assert_str_eq(r.body, "soon\n");
	(void)snprintf(date, sizeof(date), "%s", http_field(&r, "Date"));
	ck_assert_str_eq(http_field(&r, "Last-Modified"), date);
	end();
}
END_TEST

/* Reproducible builds give all their files the same time: nobody shall find
 * by it that nothing has changed. By the tag they may, though a new version
 * has the same name, size, time and, it may be, inode. */
START_TEST(a_file_of_the_epoch_has_no_date)
{
	static const char *const dates[] = {"If-Modified-Since: %s\r\n",
	    "If-Unmodified-Since: %s\r\n",
	    "Range: bytes=0-0\r\nIf-Range: %s\r\n"};
	struct timespec times[2] = {{0}, {0}};
	char fields[256], tag[128];
	int sec;
	size_t i;

	begin(_i);
	for (sec = 0; sec < 2; sec++) {
		tree_file(&tree, "root/built", "one\n");
		times[0].tv_sec = times[1].tv_sec = sec;
		ck_assert_int_eq(utimensat(AT_FDCWD,
				     tree_path(&tree, "root/built"), times, 0),
		    0);
		for (i = 0; i < 3; i++) {
			(void)snprintf(fields, sizeof(fields), dates[i],
			    i == 1 ? "Wed, 31 Dec 1969 00:00:00 GMT"
				   : "Thu, 01 Jan 1970 00:00:01 GMT");
			ask("GET", "/built", fields);
			ck_assert_msg(
			    r.status == 200 &&
				http_field(&r, "Last-Modified") == NULL,
			    "%d: %s: %d", sec, fields, r.status);
		}
		(void)snprintf(tag, sizeof(tag), "%s", http_field(&r, "ETag"));
		(void)snprintf(
		    fields, sizeof(fields), "If-None-Match: %s\r\n", tag);
		ask("GET", "/built", fields);
		ck_assert_int_eq(r.status, 304);
		ck_assert_ptr_null(http_field(&r, "Last-Modified"));
		tree_file(&tree, "root/built", "two\n");
		ck_assert_int_eq(utimensat(AT_FDCWD,
				     tree_path(&tree, "root/built"), times, 0),
		    0);
		do
			ask("GET", "/built", "");
		while (strcmp(r.body, "two\n") != 0);
		ck_assert_str_ne(http_field(&r, "ETag"), tag);
		ask("GET", "/built", fields);
		ck_assert_int_eq(r.status, 200);
	}
	end();
}
END_TEST

/* What every request asks for is soon given from memory; but not for long. */
START_TEST(what_is_asked_for_often_may_change)
{
	static const size_t sizes[] = {100, 100000};
	bool changed;
	size_t i, n;
	int c;

	begin(_i);
	c = client_open(&server);
	for (i = 0; i < 2; i++) {
		tree_pattern(&tree, "root/often", sizes[i]);
		do
			http_get(c, "/often", &r);
		while (r.status == 404);
		for (n = 0; n < 20; n++) {
			http_get(c, "/often", &r);
			ck_assert_int_eq(r.status, 200);
			ck_assert_uint_eq(r.len, sizes[i]);
		}
		tree_file(&tree, "other", "changed\n");
		ck_assert_int_eq(rename(tree_path(&tree, "other"),
				     tree_path(&tree, "root/often")),
		    0);
		do {
			http_get(c, "/often", &r);
			changed = strcmp(r.body, "changed\n") == 0;
			ck_assert(changed || r.len == sizes[i]);
		} while (!changed);
		ck_assert_int_eq(unlink(tree_path(&tree, "root/often")), 0);
		do
			http_get(c, "/often", &r);
		while (r.status == 200);
		ck_assert_int_eq(r.status, 404);
	}
	client_close(c);
	end();
}
END_TEST

START_TEST(a_part_is_given_on_demand)
{
	int c;

	begin(_i);
	c = client_open(&server);
	http_ask(c, "GET", "/hello.txt", "Range: bytes=7-11\r\n", &r);
	ck_assert_int_eq(r.status, 206);
	ck_assert_str_eq(r.body, "world");
	ck_assert_str_eq(http_field(&r, "Content-Range"), "bytes 7-11/13");
	http_ask(c, "GET", "/hello.txt", "Range: bytes=-6\r\n", &r);
	ck_assert_str_eq(r.body, "world\n");
	http_ask(c, "GET", "/hello.txt", "Range: bytes=100-\r\n", &r);
	ck_assert_int_eq(r.status, 416);
	ck_assert_str_eq(http_field(&r, "Content-Range"), "bytes */13");
	http_ask(c, "GET", "/hello.txt", "Range: lines=1-2\r\n", &r);
	ck_assert_int_eq(r.status, 200);
	client_close(c);
	end();
}
END_TEST

START_TEST(megabytes_come_whole)
{
	enum { SIZE = 8 << 20 };
	int c, d;

	make_root();
	tree_pattern(&tree, "root/big", SIZE);
	server_run_in(&server, _i, "-w", "1", "-r", tree_path(&tree, "root"));
	c = client_open(&server);
	d = client_open_narrow(&server);
	send_text(c, "GET /big HTTP/1.1\r\nHost: x\r\n\r\n"
		     "GET /hello.txt HTTP/1.1\r\nHost: x\r\n\r\n");
	send_text(d, "GET /big HTTP/1.1\r\nHost: x\r\n\r\n");
	http_read_head(c, &r);
	ck_assert_int_eq(r.length, SIZE);
	expect_pattern(c, 0, SIZE);
	http_read(c, &r);
	ck_assert_str_eq(r.body, "hello, world\n");
	http_read_head(d, &r);
	expect_pattern(d, 0, SIZE);
	client_close(c);
	client_close(d);
	end();
}
END_TEST

START_TEST(who_leaves_in_the_middle_of_a_download_hurts_nobody)
{
	int c, i;

	make_root();
	tree_pattern(&tree, "root/big", 4 << 20);
	server_run_in(&server, _i, "-w", "1", "-r", tree_path(&tree, "root"));
	for (i = 0; i < 10; i++) {
		c = client_open_narrow(&server);
		send_text(c, "GET /big HTTP/1.1\r\nHost: x\r\n\r\n");
		http_read_head(c, &r);
		expect_pattern(c, 0, 1000);
		client_abort(c);
	}
	get("/hello.txt");
	ck_assert_str_eq(r.body, "hello, world\n");
	end();
}
END_TEST

START_TEST(a_file_that_shrinks_under_a_download_ends_it)
{
	enum { SIZE = 8 << 20 };
	int c;

	make_root();
	tree_pattern(&tree, "root/big", SIZE);
	server_run_in(&server, _i, "-w", "1", "-r", tree_path(&tree, "root"));
	c = client_open_narrow(&server);
	send_text(c, "GET /big HTTP/1.1\r\nHost: x\r\n\r\n");
	http_read_head(c, &r);
	ck_assert_int_eq(truncate(tree_path(&tree, "root/big"), 100), 0);
	expect_gone(c);
	client_close(c);
	get("/hello.txt");
	ck_assert_int_eq(r.status, 200);
	end();
}
END_TEST

START_TEST(a_pinned_http_takes_nothing_else)
{
	int c;

	begin(_i);
	server_finish(&server);
	server_run_in(&server, _i, "-w", "1", "-s", "http", "-r",
	    tree_path(&tree, "root"));
	c = client_open(&server);
	send_text(c, "hello\r\n\r\n");
	http_read(c, &r);
	ck_assert_int_eq(r.status, 400);
	expect_eof(c);
	client_close(c);
	end();
}
END_TEST

START_TEST(echo_and_http_live_side_by_side)
{
	int c, d;

	begin(_i);
	c = client_open(&server);
	d = client_open(&server);
	send_text(c, "hello\n");
	http_get(d, "/hello.txt", &r);
	expect(c, "hello\n");
	ck_assert_int_eq(r.status, 200);
	client_close(c);
	client_close(d);
	end();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("files");
	TCase *tc = suite_case(suite, "files");

	in_all_cells(tc, a_file_is_given_as_it_is);
	in_all_cells(tc, a_connection_serves_one_request_after_the_other);
	in_all_cells(tc, pipelined_requests_are_answered_in_order);
	in_all_cells(tc, a_request_may_come_byte_by_byte);
	in_all_cells(tc, head_is_get_without_the_body);
	in_all_cells(tc, the_connection_ends_when_the_client_wants_it);
	in_all_cells(tc, a_directory_shows_its_index_or_what_is_in_it);
	in_all_cells(tc, a_directory_without_its_slash_is_elsewhere);
	in_all_cells(tc, bytes_that_should_have_been_escaped_name_files);
	in_all_cells(tc, nothing_outside_the_root_is_given);
	in_all_cells(tc, a_file_that_may_not_be_read_is_forbidden);
	in_all_cells(tc, a_bad_request_gets_a_clear_answer);
	in_all_cells(tc, a_body_that_nobody_wants_is_skipped);
	in_all_cells(tc, what_is_too_long_is_refused);
	in_all_cells(tc, too_many_fields_are_refused);
	in_all_cells(tc, a_head_that_does_not_end_times_out);
	in_all_cells(tc, a_kept_connection_is_not_kept_for_ever);
	in_all_cells(tc, what_has_not_changed_is_not_sent_again);
	in_all_cells(tc, a_file_from_the_future_was_modified_now);
	in_all_cells(tc, a_file_of_the_epoch_has_no_date);
	in_all_cells(tc, what_is_asked_for_often_may_change);
	in_all_cells(tc, a_part_is_given_on_demand);
	in_all_cells(tc, megabytes_come_whole);
	in_all_cells(tc, who_leaves_in_the_middle_of_a_download_hurts_nobody);
	in_all_cells(tc, a_file_that_shrinks_under_a_download_ends_it);
	in_all_cells(tc, a_pinned_http_takes_nothing_else);
	in_all_cells(tc, echo_and_http_live_side_by_side);
	return suite_run(suite);
}
