/*
 * What strangers send, in tables: a request or a way to send it, and what comes
 * back. In every model, and after each of them the good client is served as
 * before.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "good.h"
#include "matrix.h"
#include "peer.h"
#include "server.h"
#include "suite.h"
#include "tree.h"

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
    {GET("/\xc0\xae\xc0\xae/secret"), 404, 0, true},
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
    {"GET /", "a", 8000, " HTTP/1.1\r\nHost: x\r\n\r\n", 404, 0},
    {"GET /", "a/", 4000, " HTTP/1.1\r\nHost: x\r\n\r\n", 404, 0},
    {"GET /", "%41", 2600, " HTTP/1.1\r\nHost: x\r\n\r\n", 404, 0},
    {"GET /", "./", 4000, "hello.txt HTTP/1.1\r\nHost: x\r\n\r\n", 200, 414},
    {"GET /", "../", 2600, "secret HTTP/1.1\r\nHost: x\r\n\r\n", 400, 404},
    {"GET /", "n", 255, " HTTP/1.1\r\nHost: x\r\n\r\n", 200, 0},
    {"GET /", "n", 256, " HTTP/1.1\r\nHost: x\r\n\r\n", 404, 0},
    {"GET /", "a", 9000, " HTTP/1.1\r\nHost: x\r\n\r\n", 414, 0},
    {"", "A", 9000, " / HTTP/1.1\r\nHost: x\r\n\r\n", 501, 0},
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

int
main(void)
{
	Suite *suite = suite_create("bad input");
	TCase *tc = suite_case(suite, "bad input");

	in_all_cells(tc, each_request_has_its_answer);
	in_all_cells(tc, it_does_not_matter_where_a_request_is_cut);
	in_all_cells(tc, a_thousand_requests_may_come_in_one_write);
	in_all_cells(tc, what_is_too_long_is_answered_before_it_ends);
	in_all_cells(tc, what_is_shown_acts_on_nobody);
	return suite_run(suite);
}
