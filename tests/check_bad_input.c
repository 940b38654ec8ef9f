/*
 * What strangers send, in tables: a request or a way to send it, and what comes
 * back. In every model, and after each of them a client that has done nothing
 * wrong is served as before, on the connection that it has had all along.
 */
#define _GNU_SOURCE /* prlimit */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "family.h"
#include "lab/proc.h"
#include "matrix.h"
#include "peer.h"
#include "server.h"
#include "suite.h"
#include "tree.h"

enum { BIG = 8 << 20, NAME_BYTES = 255 };

static const char html_name[] = "<img src=x onerror=alert(1)>";
static const char escape_name[] = "\x1b[2Jgone";

static struct server server;
static struct tree tree;
static struct response r;
static int good; /* the client that does nothing wrong */

/* Beside root/ stands what nobody may see. */
static void
make_root(void)
{
	char name[NAME_BYTES + sizeof("root/")];

	tree_make(&tree);
	tree_file(&tree, "secret", "SECRET\n");
	tree_dir(&tree, "root");
	tree_dir(&tree, "root/dir");
	tree_dir(&tree, "root/names");
	tree_file(&tree, "root/hello.txt", "hello, world\n");
	tree_file(&tree, "root/dir/inner.txt", "inner\n");
	tree_file(&tree, "root/.hidden", "SECRET\n");
	tree_link(&tree, "root/out", "../secret");
	tree_link(&tree, "root/up", "..");
	tree_link(&tree, "root/etc", "/etc/passwd");
	tree_fifo(&tree, "root/fifo");
	(void)mknod(tree_path(&tree, "root/null"), S_IFCHR | 0666, 1 << 8 | 3);
	tree_file(&tree, "root/closed", "SECRET\n");
	ck_assert_int_eq(chmod(tree_path(&tree, "root/closed"), 0), 0);
	tree_pattern(&tree, "root/big", BIG);
	(void)snprintf(name, sizeof(name), "root/names/%s", html_name);
	tree_dir(&tree, name);
	(void)snprintf(name, sizeof(name), "root/names/%s", escape_name);
	tree_file(&tree, name, "");
	memset(name, 'n', sizeof(name));
	memcpy(name, "root/", 5);
	name[5 + NAME_BYTES] = '\0';
	tree_file(&tree, name, "long\n");
}

/* Runs it with more arguments; as someone to whom permissions mean something,
 * if that can be. */
static void
begin(int cell, const char *option, const char *value)
{
	const char *args[16] = {
	    "-w", "1", "-r", tree_path(&tree, "root"), option, value, NULL};
	int n = option == NULL ? 4 : value == NULL ? 5 : 6;

	if (geteuid() == 0) {
		args[n++] = "-u";
		args[n++] = "nobody";
	}
	args[n] = NULL;
	server_start_in_at(HERE, &server, cell, args);
	good = client_open(&server);
}

static void
serve_the_good(const char *after)
{
	http_get(good, "/hello.txt", &r);
	ck_assert_msg(r.status == 200 && strcmp(r.body, "hello, world\n") == 0,
	    "after %s the good one got %d", after, r.status);
}

static void
end(void)
{
	serve_the_good("all");
	client_close(good);
	server_finish(&server);
	tree_remove(&tree);
}

/* Requests as they are sent. They end the connection unless `kept`. */
#define RAW(text) text, sizeof(text) - 1
#define GET(target) RAW("GET " target " HTTP/1.1\r\nHost: x\r\n\r\n")
#define WITH(fields) RAW("GET /hello.txt HTTP/1.1\r\n" fields "\r\n")
#define POST(fields) RAW("POST / HTTP/1.1\r\nHost: x\r\n" fields)

static const struct row {
	const char *bytes;
	size_t len;
	int status, or ; /* or: another one that is as good */
	bool kept;
} rows[] = {
    /* Ways out of the root. */
    {GET("/../secret"), 400, 404, true},
    {GET("/dir/../../secret"), 400, 404, true},
    {GET("/%2e%2e/secret"), 400, 404, true},
    {GET("/%2E%2E%2Fsecret"), 400, 404, true},
    {GET("/.%2e/secret"), 400, 404, true},
    {GET("/..%2fsecret"), 400, 404, true},
    {GET("/%252e%252e/secret"), 404, 0, true},
    {GET("/..\\secret"), 404, 400, true},
    {GET("/..%5csecret"), 404, 400, true},
    {GET("/%c0%ae%c0%ae/secret"), 404, 400, true},
    {GET("/%e0%80%ae%e0%80%ae/secret"), 404, 400, true},
    {GET("/..%c0%afsecret"), 404, 400, true},
    {GET("/\xc0\xae\xc0\xae/secret"), 400, 0, false},
    {GET("http://x/../secret"), 400, 404, true},
    {GET("/out"), 403, 404, true},
    {GET("/up/secret"), 403, 404, true},
    {GET("/up/root/hello.txt"), 403, 404, true},
    {GET("/etc"), 403, 404, true},
    {GET("/.hidden"), 404, 403, true},
    /* Targets that are odd or broken. */
    {GET("/hello.txt%00"), 400, 0, true},
    {GET("/%"), 400, 0, true},
    {GET("/%4"), 400, 0, true},
    {GET("/%zz"), 400, 0, true},
    {GET("/%0d%0aSet-Cookie:%20a=b"), 400, 0, true},
    {GET("/%1b[2J"), 400, 0, true},
    {GET("//hello.txt"), 200, 0, true},
    {GET("/./hello.txt"), 200, 0, true},
    {GET("/././//./hello.txt"), 200, 0, true},
    {GET("hello.txt"), 400, 0, true},
    {GET("/hello.txt#x"), 400, 0, true},
    {GET("*"), 400, 0, false},
    {GET("http://x/hello.txt"), 200, 0, true},
    {GET("HTTP://x/hello.txt"), 200, 400, true},
    {GET("http://x"), 200, 0, true},
    {GET("http:///hello.txt"), 400, 0, true},
    {GET("ftp://x/hello.txt"), 400, 200, true},
    /* What is no file. */
    {GET("/fifo"), 403, 404, true},
    {GET("/null"), 403, 404, true},
    {GET("/hello.txt/"), 404, 0, true},
    {GET("/hello.txt/x"), 404, 0, true},
    /* Lines that are no request. */
    {RAW("GET  / HTTP/1.1\r\nHost: x\r\n\r\n"), 400, 0, false},
    {RAW(" / HTTP/1.1\r\nHost: x\r\n\r\n"), 400, 0, false},
    {RAW("GET /\r\n\r\n"), 400, 0, false},
    {RAW("GET / HTTP/1.1\rHost: x\r\n\r\n"), 400, 0, false},
    {RAW("GET / HTTP/1.1 \r\nHost: x\r\n\r\n"), 400, 0, false},
    {RAW("GET\t/ HTTP/1.1\r\nHost: x\r\n\r\n"), 400, 0, false},
    {RAW("GET / http/1.1\r\nHost: x\r\n\r\n"), 400, 0, false},
    {RAW("GET / HTTP/1\r\nHost: x\r\n\r\n"), 400, 0, false},
    {RAW("GET / HTTP/1.\r\nHost: x\r\n\r\n"), 400, 0, false},
    {RAW("GET / HTTP/11.1\r\nHost: x\r\n\r\n"), 400, 505, false},
    {RAW("GET / HTTP/0.9\r\n\r\n"), 505, 400, false},
    {RAW("GET / HTTP/2.0\r\nHost: x\r\n\r\n"), 505, 0, false},
    {RAW("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 505, 400, false},
    {RAW("GE\0T / HTTP/1.1\r\nHost: x\r\n\r\n"), 400, 0, false},
    {RAW("get / HTTP/1.1\r\nHost: x\r\n\r\n"), 501, 400, false},
    {RAW("BREW / HTTP/1.1\r\nHost: x\r\n\r\n"), 501, 0, false},
    {RAW("CONNECT x:80 HTTP/1.1\r\nHost: x:80\r\n\r\n"), 405, 400, true},
    {RAW("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"), 400, 0, false},
    {RAW("\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n"), 400, 0, false},
    /* Fields. */
    {WITH(""), 400, 0, false},
    {WITH("Host:\r\n"), 400, 0, false},
    {WITH("Host: x\r\nHost: x\r\n"), 400, 0, false},
    {WITH("Host: x/y\r\n"), 400, 0, false},
    {WITH("Host: x y\r\n"), 400, 0, false},
    {WITH("Host: u@x\r\n"), 400, 0, false},
    {WITH("Host: x:99999\r\n"), 400, 0, false},
    {WITH("Host : x\r\n"), 400, 0, false},
    {WITH(" Host: x\r\n"), 400, 0, false},
    {WITH("Host: x\r\nnone\r\n"), 400, 0, false},
    {WITH("Host: x\r\n: none\r\n"), 400, 0, false},
    {WITH("Host: x\r\nA: b\r\n c\r\n"), 400, 0, false},
    {WITH("Host: x\r\nA: b\0c\r\n"), 400, 0, false},
    {WITH("Host: x\r\nA: b\rc\r\n"), 400, 0, false},
    {WITH("Host: x\r\nA: \x1b[2J\r\n"), 400, 0, false},
    {WITH("Host: x\r\nA(: b\r\n"), 400, 0, false},
    /* Bodies. */
    {POST("Content-Length: 3\r\n\r\nabc"), 405, 0, true},
    {POST("Content-Length: +3\r\n\r\nabc"), 400, 0, false},
    {POST("Content-Length: -3\r\n\r\nabc"), 400, 0, false},
    {POST("Content-Length: 3, 3\r\n\r\nabc"), 400, 0, false},
    {POST("Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc"), 400, 0, false},
    {POST("Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc"), 400, 0, false},
    {POST("Content-Length: 0x3\r\n\r\nabc"), 400, 0, false},
    {POST("Content-Length: 3 3\r\n\r\nabc"), 400, 0, false},
    {POST("Content-Length:\r\n\r\n"), 400, 0, false},
    {POST("Content-Length: 18446744073709551619\r\n\r\nabc"), 400, 413, false},
    {POST("Content-Length: 9223372036854775807\r\n\r\nabc"), 413, 400, false},
    {POST("Content-Length: 1048577\r\n\r\nabc"), 413, 0, false},
    {POST("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
	400, 0, false},
    {POST("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n"),
	400, 0, false},
    {POST("Transfer-Encoding: gzip, chunked\r\n\r\n"), 501, 400, false},
    {POST("Transfer-Encoding: identity\r\n\r\n"), 501, 400, false},
    {POST("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"),
	501, 400, false},
    {POST("Transfer-Encoding: xchunked\r\n\r\n"), 501, 400, false},
    {RAW("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 400,
	0, false},
    {POST(
	 "Transfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n0\r\nT: u\r\n\r\n"),
	405, 0, true},
    {POST("Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n"), 405, 400,
	false},
    {POST("Transfer-Encoding: chunked\r\n\r\nx\r\nabc\r\n0\r\n\r\n"), 405, 400,
	false},
    {POST("Transfer-Encoding: chunked\r\n\r\n-3\r\nabc\r\n0\r\n\r\n"), 405, 400,
	false},
    {POST("Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nabc"), 405,
	400, false},
    {POST("Transfer-Encoding: chunked\r\n\r\n7fffffffffffffff\r\nabc"), 405,
	413, false},
    {POST("Transfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n"), 405, 400,
	false},
    {POST("Expect: 100-continue\r\nContent-Length: 9\r\n\r\n"), 405, 417,
	false},
    {WITH("Host: x\r\nExpect: 100-continue\r\n"), 200, 0, true},
    {WITH("Host: x\r\nExpect: 200-ok\r\n"), 200, 417, true},
    {WITH("Host: x\r\nContent-Length: 5\r\n\r\nabcde"
	  "GET /hello.txt HTTP/1.1\r\nHost: x\r\n"),
	200, 0, true},
    {RAW("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n"), 204, 200, true},
    {RAW("OPTIONS /hello.txt HTTP/1.1\r\nHost: x\r\n\r\n"), 204, 200, true},
    /* Ranges and dates that have been other servers' undoing. */
    {WITH("Host: x\r\nRange: bytes=0-,5-0,5-1,5-2,5-3,5-4,5-5,5-6,5-7,5-8,5-9,"
	  "5-10,5-11,5-12,5-13,5-14,5-15,5-16,5-17,5-18,5-19,5-20\r\n"),
	200, 206, true},
    {WITH("Host: x\r\nRange: bytes=-17,-9223372036854775792\r\n"), 206, 200,
	true},
    {WITH("Host: x\r\nRange: bytes=-18446744073709551615\r\n"), 206, 200, true},
    {WITH("Host: x\r\nRange: bytes=9223372036854775807-\r\n"), 416, 0, true},
    {WITH("Host: x\r\nRange: bytes=1-0\r\n"), 200, 416, true},
    {WITH("Host: x\r\nRange: bytes=--1\r\n"), 200, 416, true},
    {WITH("Host: x\r\nIf-Modified-Since: Mon, 01 Jan 1601 00:00:00 GMT\r\n"),
	200, 0, true},
    {WITH("Host: x\r\nIf-Modified-Since: Wed, 31 Dec 1969 23:59:59 GMT\r\n"),
	200, 0, true},
    {WITH("Host: x\r\nIf-Modified-Since: Fri, 31 Dec 9999 23:59:59 GMT\r\n"),
	200, 304, true},
    {WITH("Host: x\r\nIf-Modified-Since: Thu, 99 Foo 99999 99:99:99\r\n"), 200,
	0, true},
    {WITH("Host: x\r\nIf-Modified-Since:\r\n"), 200, 0, true},
    {WITH("Host: x\r\nIf-None-Match: \"\r\n"), 200, 0, true},
};

enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

START_TEST(each_request_has_its_answer)
{
	int c, i;

	make_root();
	begin(_i, "--service", "http");
	for (i = 0; i < ROWS; i++) {
		const struct row *row = &rows[i];
		const char *what = shown(row->bytes, row->len);

		c = client_open(&server);
		send_bytes(c, row->bytes, row->len);
		http_read(c, &r);
		ck_assert_msg(
		    r.status == row->status || (row->or &&r.status == row->or),
		    "%s: %d", what, r.status);
		ck_assert_msg(strstr(r.body, "SECRET") == NULL,
		    "%s gave what it should not", what);
		ck_assert_msg(strstr(r.head, "Set-Cookie") == NULL,
		    "%s: \"%s\"", what, shown(r.head, strlen(r.head)));
		if (!row->kept) {
			expect_eof(c);
		} else {
			/* Where it ended is clear: the next one begins. */
			if (strstr(row->bytes, "abcdeGET") != NULL)
				http_read(c, &r);
			http_get(c, "/hello.txt", &r);
			ck_assert_msg(
			    r.status == 200, "after %s: %d", what, r.status);
		}
		client_close(c);
		serve_the_good(what);
	}
	end();
}
END_TEST

/* The same bytes in two writes, cut anywhere, give the same answer. */
START_TEST(it_does_not_matter_where_a_request_is_cut)
{
	static const char request[] =
	    "GET /hello.txt HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
	    "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
	    "3\r\nabc\r\n0\r\n\r\n"
	    "GET /hello.txt HTTP/1.1\r\nHost: x\r\n\r\n";
	size_t cut;
	int c;

	make_root();
	begin(_i, NULL, NULL);
	c = client_open(&server);
	for (cut = 1; cut < sizeof(request) - 1; cut++) {
		send_bytes(c, request, cut);
		serve_the_good("a part");
		send_bytes(c, request + cut, sizeof(request) - 1 - cut);
		http_read(c, &r);
		ck_assert_int_eq(r.status, 200);
		http_read(c, &r);
		ck_assert_int_eq(r.status, 405);
		http_read(c, &r);
		ck_assert_str_eq(r.body, "hello, world\n");
	}
	/* And byte by byte. */
	for (cut = 0; cut < sizeof(request) - 1; cut++)
		send_bytes(c, request + cut, 1);
	http_read(c, &r);
	http_read(c, &r);
	http_read(c, &r);
	ck_assert_str_eq(r.body, "hello, world\n");
	client_close(c);
	end();
}
END_TEST

START_TEST(a_thousand_requests_may_come_in_one_write)
{
	enum { REQUESTS = 1000 };
	static const char one[] = "GET /hello.txt HTTP/1.1\r\nHost: x\r\n\r\n";
	static char all[REQUESTS * (sizeof(one) - 1)];
	int c, i;

	make_root();
	begin(_i, NULL, NULL);
	for (i = 0; i < REQUESTS; i++)
		memcpy(
		    all + (size_t)i * (sizeof(one) - 1), one, sizeof(one) - 1);
	c = client_open(&server);
	send_bytes(c, all, sizeof(all));
	serve_the_good("so many");
	for (i = 0; i < REQUESTS; i++) {
		http_read(c, &r);
		ck_assert_str_eq(r.body, "hello, world\n");
	}
	client_close(c);
	end();
}
END_TEST

/* Sends as much as is taken: whoever refuses it may close before the end. */
static void
send_what_is_taken(int c, const char *bytes, size_t len)
{
	int64_t until = deadline();
	size_t done = 0;
	ssize_t n = 0;

	while (done < len && clock_now() < until) {
		if ((wait_ready(c, POLLIN | POLLOUT, until) & POLLOUT) == 0)
			return;
		n = send(c, bytes + done, len - done, MSG_NOSIGNAL);
		if (n < 0 && errno != EAGAIN)
			return;
		done += n > 0 ? (size_t)n : 0;
	}
}

/* One part of a request, `times` over, between a beginning and an end. */
static const struct long_row {
	const char *begin, *part;
	int times;
	const char *end;
	int status, or ;
} longs[] = {
    {"GET /", "a", 8000, " HTTP/1.1\r\nHost: x\r\n\r\n", 414, 404},
    {"GET /", "a/", 4000, " HTTP/1.1\r\nHost: x\r\n\r\n", 414, 404},
    {"GET /", "%41", 2600, " HTTP/1.1\r\nHost: x\r\n\r\n", 414, 404},
    {"GET /", "./", 4000, "hello.txt HTTP/1.1\r\nHost: x\r\n\r\n", 200, 414},
    {"GET /", "../", 2600, "secret HTTP/1.1\r\nHost: x\r\n\r\n", 400, 404},
    {"GET /", "n", 255, " HTTP/1.1\r\nHost: x\r\n\r\n", 200, 0},
    {"GET /", "n", 256, " HTTP/1.1\r\nHost: x\r\n\r\n", 414, 404},
    {"GET /", "a", 9000, " HTTP/1.1\r\nHost: x\r\n\r\n", 414, 0},
    {"", "A", 9000, " / HTTP/1.1\r\nHost: x\r\n\r\n", 414, 400},
    {"GET /", "a", 1 << 20, " HTTP/1.1\r\nHost: x\r\n\r\n", 414, 0},
    {"GET / HTTP/1.1\r\nHost: x\r\n", "A: b\r\n", 98, "\r\n", 200, 0},
    {"GET / HTTP/1.1\r\nHost: x\r\n", "A: b\r\n", 10000, "\r\n", 431, 0},
    {"GET / HTTP/1.1\r\nHost: x\r\nA: ", "b", 1 << 20, "\r\n\r\n", 431, 0},
    {"GET / HTTP/1.1\r\nHost: x\r\n", "b", 1 << 20, ": a\r\n\r\n", 431, 0},
    {"GET / HTTP/1.1\r\nHost: x\r\nRange: bytes=0-", ",5-1", 1300, "\r\n\r\n",
	200, 0},
    {"GET /hello.txt HTTP/1.1\r\nHost: x\r\nIf-None-Match: ", "\"a\",", 1300,
	"\"b\"\r\n\r\n", 200, 0},
    {"GET / HTTP/1.1\r\nHost: x\r\nAccept-Encoding: ", "gzip;q=0.5,", 900,
	"br\r\n\r\n", 200, 0},
    {"GET / HTTP/1.1\r\nHost: x\r\nConnection: ", "close,", 1300, "\r\n\r\n",
	200, 0},
    {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
	"1\r\na\r\n", 200000, "0\r\n\r\n", 405, 413},
    {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1;", "a",
	10000, "\r\na\r\n0\r\n\r\n", 405, 400},
    {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1500000\r\n\r\n", "a",
	1500000, "", 413, 0},
    {"", "\r\n", 100000, "", 400, 0},
};

enum { LONGS = sizeof(longs) / sizeof(longs[0]) };

START_TEST(what_is_too_long_is_answered_before_it_ends)
{
	int c, i, k;

	make_root();
	begin(_i, "--service", "http");
	for (i = 0; i < LONGS; i++) {
		const struct long_row *row = &longs[i];
		size_t part = strlen(row->part), n = strlen(row->begin);
		size_t size = n + part * (size_t)row->times + strlen(row->end);
		char *all = malloc(size + 1);

		ck_assert_ptr_nonnull(all);
		memcpy(all, row->begin, n);
		for (k = 0; k < row->times; k++, n += part)
			memcpy(all + n, row->part, part);
		memcpy(all + n, row->end, strlen(row->end) + 1);
		c = client_open(&server);
		send_what_is_taken(c, all, size);
		http_read(c, &r);
		ck_assert_msg(
		    r.status == row->status || (row->or &&r.status == row->or),
		    "%d x '%s': %d", row->times, shown(row->part, part),
		    r.status);
		client_close(c);
		serve_the_good("something long");
		free(all);
	}
	end();
}
END_TEST

START_TEST(a_file_without_permission_is_forbidden)
{
	make_root();
	begin(_i, NULL, NULL);
	http_get(good, "/closed", &r);
	ck_assert_int_eq(r.status, 403);
	ck_assert_ptr_null(strstr(r.body, "SECRET"));
	end();
}
END_TEST

/* A link that leads inside and outside by turns, and a directory that is one:
 * whatever is served is what lies inside. */
START_TEST(a_link_that_is_swapped_gives_nothing_away)
{
	enum { SWAPS = 300 };
	static const char *const to[] = {"hello.txt", "../secret"};
	static const char *const dirs[] = {"dir", ".."};
	char name[512], spare[512];
	int i;

	make_root();
	begin(_i, NULL, NULL);
	for (i = 0; i < SWAPS; i++) {
		bool dir = i % 4 < 2;

		(void)snprintf(name, sizeof(name), "%s",
		    tree_path(&tree, dir ? "root/way" : "root/link"));
		(void)snprintf(
		    spare, sizeof(spare), "%s", tree_path(&tree, "root/spare"));
		ck_assert_int_eq(
		    symlink(dir ? dirs[i % 2] : to[i % 2], spare), 0);
		send_text(
		    good, dir ? "GET /way/secret HTTP/1.1\r\nHost: x\r\n\r\n"
			      : "GET /link HTTP/1.1\r\nHost: x\r\n\r\n");
		ck_assert_int_eq(rename(spare, name), 0);
		http_read(good, &r);
		ck_assert_ptr_null(strstr(r.body, "SECRET"));
	}
	end();
}
END_TEST

/* What happens to a file in the middle of its being sent, and whether all of
 * what was announced can still come. */
static void
unlink_it(const char *path)
{
	ck_assert_int_eq(unlink(path), 0);
}

static void
replace_it(const char *path)
{
	tree_file(&tree, "root/other", "SECRET\n");
	ck_assert_int_eq(rename(tree_path(&tree, "root/other"), path), 0);
}

static void
lengthen_it(const char *path)
{
	ck_assert_int_eq(truncate(path, BIG + 100000), 0);
}

static void
cut_it(const char *path)
{
	ck_assert_int_eq(truncate(path, 100), 0);
}

static const struct change {
	void (*change)(const char *path);
	bool whole;
} changes[] = {
    {unlink_it, true},
    {replace_it, true},
    {lengthen_it, true},
    {cut_it, false},
};

START_TEST(a_file_may_change_while_it_is_sent)
{
	char name[32], request[96];
	size_t i;
	int c;

	make_root();
	begin(_i, NULL, NULL);
	for (i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		/* Each its own: for a moment a name may stand for the file
		 * that it was. */
		(void)snprintf(name, sizeof(name), "root/big%zu", i);
		(void)snprintf(request, sizeof(request),
		    "GET /big%zu HTTP/1.1\r\nHost: x\r\n\r\n", i);
		tree_pattern(&tree, name, BIG);
		c = client_open_narrow(&server);
		send_text(c, request);
		http_read_head(c, &r);
		expect_pattern(c, 0, 1000);
		changes[i].change(tree_path(&tree, name));
		serve_the_good("a change");
		if (changes[i].whole) {
			expect_pattern(c, 1000, BIG);
			http_get(c, "/hello.txt", &r);
			ck_assert_str_eq(r.body, "hello, world\n");
		} else {
			expect_gone(c);
		}
		client_close(c);
	}
	end();
}
END_TEST

/* Reads a file's text into bytes; returns its length. */
static size_t
read_text(const char *path, char *bytes, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	ck_assert_int_ge(fd, 0);
	n = read(fd, bytes, size - 1);
	(void)close(fd);
	ck_assert_int_ge(n, 0);
	bytes[n] = '\0';
	return (size_t)n;
}

/* Requests for names and with bytes that would act on whoever looks at what
 * the server makes of them. */
static const char *const hostile[] = {
    "/names/",
    "/names/%3Cimg%20src=x%20onerror=alert(1)%3E",
    "/names/%3Cimg%20src=x%20onerror=alert(1)%3E?a=<img>",
    "/names/%3Cimg%20src=x%20onerror=alert(1)%3E/",
    "/names/<img%20src=x%20onerror=alert(1)>/",
    "/<img%20src=x>",
    "/dir?%0d%0aSet-Cookie:%20a=b",
    "/%0d%0aSet-Cookie:%20a=b",
    "/%1b[2Jgone",
};

enum { HOSTILE = sizeof(hostile) / sizeof(hostile[0]) };

START_TEST(what_is_shown_acts_on_nobody)
{
	static char text[65536];
	int64_t until = deadline();
	char log[512];
	size_t i, n;

	make_root();
	tree_file(&tree, "log", "");
	(void)snprintf(log, sizeof(log), "%s", tree_path(&tree, "log"));
	ck_assert_int_eq(chmod(log, 0666), 0);
	begin(_i, "--access-log", log);
	for (i = 0; i < HOSTILE; i++) {
		http_ask(good, "GET", hostile[i],
		    "User-Agent: <img> \"\xff\r\n", &r);
		ck_assert_msg(strstr(r.body, "<img") == NULL &&
				  strchr(r.body, '\x1b') == NULL,
		    "%s: %s", hostile[i], r.body);
		ck_assert_ptr_null(http_field(&r, "Set-Cookie"));
	}
	serve_the_good("all");
	do
		n = read_text(log, text, sizeof(text));
	while (strstr(text, "GET /hello.txt") == NULL && clock_now() < until);
	ck_assert_ptr_nonnull(strstr(text, "\"<img> \\\"\\xff\"\n"));
	for (i = 0; i < n; i++)
		ck_assert_msg(
		    text[i] == '\n' || (text[i] >= ' ' && text[i] <= '~'),
		    "the byte \\x%02x is in the log", (unsigned char)text[i]);
	end();
}
END_TEST

/* A way to be slow: what is sent before the silence, the option that ends it,
 * and the status that tells of it, 0 for none. */
static const struct slow {
	const char *sends, *option;
	int first, last;
} slows[] = {
    {"", "--keep-alive", 0, 0},
    {"GET /hello.txt HTTP/1.1\r\nHost: x\r\n", "--header-timeout", 0, 408},
    {"G", "--header-timeout", 0, 408},
    {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nbody",
	"--idle-timeout", 405, 0},
    {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nab",
	"--idle-timeout", 405, 0},
    {"GET /hello.txt HTTP/1.1\r\nHost: x\r\n\r\n", "--keep-alive", 200, 0},
    {"GET /hello.txt HTTP/1.1\r\nHost: x\r\n\r\nG", "--header-timeout", 200,
	408},
};

enum { SLOWS = sizeof(slows) / sizeof(slows[0]) };

START_TEST(who_is_silent_is_let_go)
{
	int c, i;

	for (i = 0; i < SLOWS; i++) {
		const struct slow *slow = &slows[i];

		make_root();
		server_run_in(&server, _i, "-w", "1", "-s", "http", "-r",
		    tree_path(&tree, "root"), slow->option, "0.3");
		c = client_open(&server);
		send_text(c, slow->sends);
		if (slow->first != 0) {
			http_read(c, &r);
			ck_assert_int_eq(r.status, slow->first);
		}
		good = client_open(&server);
		serve_the_good("a silence");
		if (slow->last != 0) {
			http_read(c, &r);
			ck_assert_int_eq(r.status, slow->last);
		}
		expect_eof(c);
		client_close(c);
		client_close(good);
		server_finish(&server);
		tree_remove(&tree);
	}
}
END_TEST

/* A head that keeps coming, but never ends. */
START_TEST(a_head_has_its_time_and_no_more)
{
	int c;

	make_root();
	begin(_i, "--header-timeout", "0.5");
	c = client_open(&server);
	send_text(c, "GET / HTTP/1.1\r\nHost: x\r\n");
	while (wait_ready(c, POLLIN, clock_now() + 20) == 0)
		send_text(c, "a:b\r\n");
	http_read(c, &r);
	/* On a machine that is fast in this there are too many of them. */
	ck_assert_msg(r.status == 408 || r.status == 431, "%d", r.status);
	client_close(c);
	end();
}
END_TEST

/* A reset at any point of a session. */
START_TEST(who_resets_hurts_nobody_else)
{
	static const char *const starts[] = {
	    "",
	    "GET /hel",
	    "GET /hello.txt HTTP/1.1\r\nHost: x\r\n",
	    "GET /big HTTP/1.1\r\nHost: x\r\n\r\n",
	    "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
	    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n",
	    "GET / HTTP/1.1\r\n\r\n",
	    "hello\n",
	    "exit\n",
	};
	size_t i, n = sizeof(starts) / sizeof(starts[0]);
	int c;

	make_root();
	begin(_i, NULL, NULL);
	for (i = 0; i < 10 * n; i++) {
		c = client_open(&server);
		send_text(c, starts[i % n]);
		/* Now and then it has had something by then. */
		if (i >= 5 * n && i % n > 2 && i % n != 8)
			(void)wait_ready(c, POLLIN, clock_now() + 50);
		client_abort(c);
		serve_the_good("a reset");
	}
	end();
}
END_TEST

/* Clients that do not read, as many as fill the kernel's buffers. */
START_TEST(who_does_not_read_hurts_nobody_else)
{
	enum { CLIENTS = 20 };
	int c[CLIENTS], i;

	make_root();
	begin(_i, NULL, NULL);
	for (i = 0; i < CLIENTS; i++) {
		c[i] = client_open_narrow(&server);
		send_text(c[i], "GET /big HTTP/1.1\r\nHost: x\r\n\r\n"
				"GET /big HTTP/1.1\r\nHost: x\r\n\r\n");
		http_read_head(c[i], &r);
		serve_the_good("one that does not read");
	}
	for (i = 0; i < CLIENTS; i++)
		client_close(c[i]);
	end();
}
END_TEST

/* Sets a limit of another process, as its own user does. `most` may be more
 * than is allowed: then it is what is. */
static void
set_limit(pid_t pid, int kind, rlim_t most)
{
	const struct passwd *nobody = getpwnam("nobody");
	struct rlimit limit;
	pid_t child = fork();
	int status;

	ck_assert_int_ge(child, 0);
	if (child == 0) {
		if (geteuid() == 0 && (setgid(nobody->pw_gid) != 0 ||
					  setuid(nobody->pw_uid) != 0))
			_exit(1);
		if (prlimit(pid, kind, NULL, &limit) != 0)
			_exit(2);
		limit.rlim_cur = most < limit.rlim_max ? most : limit.rlim_max;
		_exit(prlimit(pid, kind, &limit, NULL) == 0 ? 0 : 3);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
}

/* The first descriptor that the process has not in use. */
static rlim_t
first_free(pid_t pid)
{
	char path[64];
	struct stat st;
	rlim_t fd = 0;

	do
		(void)snprintf(path, sizeof(path), "/proc/%ld/fd/%lu",
		    (long)pid, (unsigned long)fd++);
	while (lstat(path, &st) == 0);
	return fd - 1;
}

START_TEST(without_descriptors_newcomers_wait)
{
	pid_t child;
	int c;

	make_root();
	begin(_i, NULL, NULL);
	serve_the_good("nothing");
	server_await_workers(&server, &child, 1);
	server_allow_log(&server, "it waits: Too many open files");
	set_limit(child, RLIMIT_NOFILE, first_free(child));
	c = client_open(&server);
	send_text(c, "hello\n");
	/* Served is who was there; what needs a file is told to try later. */
	http_get(good, "/hello.txt", &r);
	ck_assert_msg(
	    r.status == 503 ||
		(strcmp(matrix_model(_i), "fork") == 0 && r.status == 200),
	    "%d", r.status);
	http_ask(good, "OPTIONS", "*", "", &r);
	ck_assert_int_eq(r.status, 204);
	ck_assert_int_eq(wait_ready(c, POLLIN, clock_now() + 100), 0);
	set_limit(child, RLIMIT_NOFILE, RLIM_INFINITY);
	expect(c, "hello\n");
	client_close(c);
	end();
}
END_TEST

/* Without a process or thread to be had for it a client waits. */
START_TEST(without_processes_newcomers_wait)
{
	pid_t child;
	int c;

	if (strcmp(matrix_model(_i), "fork") != 0 &&
	    strcmp(matrix_model(_i), "thread") != 0)
		return;
	make_root();
	begin(_i, NULL, NULL);
	serve_the_good("nothing");
	server_await_workers(&server, &child, 1);
	set_limit(child, RLIMIT_NPROC, 0);
	c = client_open(&server);
	send_text(c, "hello\n");
	(void)server_expect_log(
	    &server, "cannot start a * for a client, it waits: Resource");
	serve_the_good("a failed start");
	set_limit(child, RLIMIT_NPROC, RLIM_INFINITY);
	expect(c, "hello\n");
	client_close(c);
	end();
}
END_TEST

/* The master cannot fork: it waits and tries again. */
START_TEST(without_processes_the_pool_is_mended_later)
{
	pid_t child;
	int c;

	make_root();
	begin(_i, without_standby(), NULL);
	server_await_workers(&server, &child, 1);
	set_limit(server.pid, RLIMIT_NPROC, 0);
	server_allow_log(&server, "worker 0 keeps dying: the next starts in");
	server_allow_log(&server, "worker 0 could not be forked: Resource");
	ck_assert_int_eq(kill(child, SIGKILL), 0);
	(void)server_expect_log(&server, "worker 0 * was killed by SIGKILL");
	(void)server_expect_log(
	    &server, "worker 0 could not be forked: Resource");
	c = client_open(&server);
	send_text(c, "hello\n");
	set_limit(server.pid, RLIMIT_NPROC, RLIM_INFINITY);
	(void)server_expect_log(&server, "worker 0 serves");
	expect(c, "hello\n");
	client_close(c);
	client_close(good);
	good = client_open(&server);
	end();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("bad input");
	TCase *tc = suite_case(suite, "bad input");

	in_all_cells(tc, each_request_has_its_answer);
	in_all_cells(tc, it_does_not_matter_where_a_request_is_cut);
	in_all_cells(tc, a_thousand_requests_may_come_in_one_write);
	in_all_cells(tc, what_is_too_long_is_answered_before_it_ends);
	in_all_cells(tc, a_file_without_permission_is_forbidden);
	in_all_cells(tc, a_link_that_is_swapped_gives_nothing_away);
	in_all_cells(tc, a_file_may_change_while_it_is_sent);
	in_all_cells(tc, what_is_shown_acts_on_nobody);
	in_all_cells(tc, who_is_silent_is_let_go);
	in_all_cells(tc, a_head_has_its_time_and_no_more);
	in_all_cells(tc, who_resets_hurts_nobody_else);
	in_all_cells(tc, who_does_not_read_hurts_nobody_else);
	if (proc_visible()) {
		in_all_cells(tc, without_descriptors_newcomers_wait);
		in_all_cells(tc, without_processes_newcomers_wait);
		in_pool_cells(tc, without_processes_the_pool_is_mended_later);
	}
	return suite_run(suite);
}
