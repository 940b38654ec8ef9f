/* A service of a program's own: tests/service/served. */
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "family.h"
#include "matrix.h"
#include "peer.h"
#include "server.h"
#include "suite.h"
#include "takeover.h"

static void
start(int cell, const char *more)
{
	tree_make(&tree);
	tree_file(&tree, "small", "small\n");
	server_run_in(&server, cell, "-w", "1", "-r", tree.path, more);
}

static void
end(int c)
{
	client_close(c);
	server_finish(&server);
	tree_remove(&tree);
}

/* A request with a body of a length that is given. */
static void
post(int c, const char *method, const char *path, const char *type,
    const char *body)
{
	char head[512];

	(void)snprintf(head, sizeof(head),
	    "%s %s HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\n"
	    "Content-Length: %zu\r\n\r\n",
	    method, path, type, strlen(body));
	send_text(c, head);
	send_text(c, body);
}

static void
expect_answer(int c, int status, const char *body)
{
	static struct response r;

	http_read(c, &r);
	ck_assert_int_eq(r.status, status);
	if (body != NULL)
		ck_assert_str_eq(r.body, body);
}

START_TEST(what_a_route_takes_is_answered_and_the_rest_is_a_file)
{
	static struct response r;
	int c;

	start(_i, NULL);
	c = client_open(&server);
	http_get(c, "/hello?name=you", &r);
	ck_assert_int_eq(r.status, 200);
	ck_assert_int_eq(strncmp(r.body, "Hello you, you are request ", 27), 0);
	http_head(c, "/hello?name=you", &r);
	ck_assert_int_eq(r.status, 200);
	ck_assert_int_gt(r.length, 27);
	http_get(c, "/small", &r);
	ck_assert_str_eq(r.body, "small\n");
	post(c, "POST", "/mirror", "text/x-own", "some\nlines\n");
	http_read(c, &r);
	ck_assert_str_eq(r.body, "some\nlines\n");
	ck_assert_str_eq(http_field(&r, "Content-Type"), "text/x-own");
	http_get(c, "/fill/100000", &r);
	ck_assert_int_eq((int)r.len, 100000);
	ck_assert_int_eq(memcmp(r.body + 99990, "0123456789", 10), 0);
	http_get(c, "/mirror", &r);
	ck_assert_int_eq(r.status, 405);
	ck_assert_str_eq(http_field(&r, "Allow"), "POST, PUT, OPTIONS");
	end(c);
}
END_TEST

START_TEST(a_handler_is_told_all_there_is)
{
	static struct response r;
	int c;

	start(_i, NULL);
	c = client_open(&server);
	http_ask(c, "GET", "/tell/a%20b?x&a+b=%C3%A9+&x",
	    "X-Field: one \r\nCookie: other=1; session=\"a%20b\"\r\n", &r);
	ck_assert_str_eq(r.body,
	    "GET /tell/a b\nid=a b\npart=\nquery=\xc3\xa9 \nfield=one\n"
	    "cookie=a b\npeer=127.0.0.1\nform=\n");
	post(c, "POST", "/tell/1/of/2", "application/x-www-form-urlencoded",
	    "empty=&text=a+b%21&alone");
	expect_answer(c, 200,
	    "POST /tell/1/of/2\nid=1\npart=2\nquery=\nfield=\ncookie=\n"
	    "peer=127.0.0.1\nform=a b!\nempty||||0\ntext|a b!|||4\n"
	    "alone||||0\n");
	post(c, "POST", "/tell/1/of/2", "multipart/form-data; boundary=\"b b\"",
	    "--b b\r\nContent-Disposition: form-data; name=text\r\n\r\n"
	    "--b\r\n--b bit\r\n"
	    "\r\n--b b\r\ncontent-disposition: form-data; filename=\"a\\\"b\"; "
	    "name=\"file\"\r\nContent-Type: text/x\r\n\r\n\r\n--b b--\r\n");
	http_read(c, &r);
	ck_assert_int_eq(r.status, 400);
	post(c, "POST", "/tell/1/of/2", "multipart/form-data; boundary=\"b b\"",
	    "--b b\r\nContent-Disposition: form-data; name=text\r\n\r\n"
	    "--b\r\n -b bit\r\n"
	    "\r\n--b b\r\ncontent-disposition: form-data; filename=\"a\\\"b\"; "
	    "name=\"file\"\r\nContent-Type: text/x\r\n\r\n\r\n--b b--\r\n");
	expect_answer(c, 200,
	    "POST /tell/1/of/2\nid=1\npart=2\nquery=\nfield=\ncookie=\n"
	    "peer=127.0.0.1\nform=--b\r\n -b bit\r\n\n"
	    "text|--b\r\n -b bit\r\n|||14\nfile||a\"b|text/x|0\n");
	end(c);
}
END_TEST

START_TEST(what_cannot_be_read_never_reaches_a_handler)
{
	static const char *const forms[] = {"a=%", "a=%4", "%zz", "a=%00"};
	static struct response r;
	size_t i;
	int c;

	start(_i, NULL);
	c = client_open(&server);
	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		post(c, "POST", "/tell/1/of/2",
		    "application/x-www-form-urlencoded", forms[i]);
		expect_answer(c, 400, NULL);
	}
	http_get(c, "/hello?name=%f", &r);
	ck_assert_int_eq(r.status, 400);
	post(c, "POST", "/tell/1/of/2", "multipart/form-data", "--x--");
	expect_answer(c, 400, NULL);
	post(c, "POST", "/tell/1/of/2", "multipart/form-data; boundary=x",
	    "--x\r\n\r\nno name\r\n--x--");
	expect_answer(c, 400, NULL);
	end(c);
}
END_TEST

/* Is it there, and as the handler has it, alone? */
static void
expect_one_field(int c, const char *path, const char *name, const char *value)
{
	static struct response r;
	const char *first, *at;

	http_get(c, path, &r);
	ck_assert_str_eq(http_field(&r, name), value);
	first = strstr(r.head, name);
	for (at = r.head; (at = strstr(at, name)) != NULL; at++)
		ck_assert_ptr_eq(at, first);
}

START_TEST(what_a_handler_says_is_said_once)
{
	int c;

	start(_i, NULL);
	c = client_open(&server);
	expect_one_field(c,
	    "/set?name=WWW-Authenticate&value=Bearer&status=401",
	    "WWW-Authenticate", "Bearer");
	expect_one_field(
	    c, "/set?name=Retry-After&value=7&status=503", "Retry-After", "7");
	expect_one_field(c, "/status/503", "Retry-After", "1");
	end(c);
}
END_TEST

START_TEST(what_is_said_is_safe)
{
	static struct response r;
	int c;

	start(_i, NULL);
	c = client_open(&server);
	http_get(c, "/say?text=%22%3Cb/%C3%A9%FF%0A", &r);
	ck_assert_str_eq(r.body,
	    "<p title=\"&#34;&lt;b/\xc3\xa9\xff\n\">  -12|ab  |xy|&lt;|%</p>\n"
	    "\"\\u0022\\u003cb/\xc3\xa9\xef\xbf\xbd\\u000a\"\n"
	    "%22%3Cb%2F%C3%A9%FF%0A\n"
	    "0003.142 ff 18446744073709551615 1    ab|7  |\n");
	ck_assert_str_eq(http_field(&r, "X-Said"), "yes");
	ck_assert_str_eq(
	    http_field(&r, "Set-Cookie"), "session=a%20b%3B; HttpOnly");
	ck_assert_str_eq(
	    http_field(&r, "Content-Type"), "text/html; charset=utf-8");
	http_get(c, "/file?path=/small", &r);
	ck_assert_str_eq(r.body, "small\n");
	http_get(c, "/file?path=../small", &r);
	ck_assert_int_ge(r.status, 400);
	http_get(c, "/status/204", &r);
	ck_assert_int_eq(r.status, 204);
	http_get(c, "/status/409", &r);
	ck_assert_int_eq(r.status, 409);
	ck_assert_int_gt((int)r.len, 0);
	server_allow_log(&server, "an answer of the service could not be made");
	http_get(c, "/set?name=a&value=b%0D%0Ac:d", &r);
	ck_assert_int_eq(r.status, 500);
	http_get(c, "/set?name=Content-Length&value=1", &r);
	ck_assert_int_eq(r.status, 500);
	end(c);
}
END_TEST

/* Conditions and a range are for what is there, which has the status 200. */
START_TEST(a_file_has_the_status_that_the_handler_says)
{
	static const struct {
		int status;
		const char *body;
	} row[] = {{201, "small\n"}, {204, ""}, {205, ""}, {304, ""},
	    {404, "small\n"}, {503, "small\n"}};
	static const char *const fields[] = {"", "Range: bytes=0-1\r\n",
	    "If-None-Match: *\r\n", "If-Match: \"x\"\r\n",
	    "Range: bytes=99-\r\n"};
	char text[160];
	size_t i, k;
	int c;

	start(_i, NULL);
	c = client_open(&server);
	for (i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		for (k = 0; k < sizeof(fields) / sizeof(fields[0]); k++) {
			(void)snprintf(text, sizeof(text),
			    "GET /file?path=small&status=%d HTTP/1.1\r\n"
			    "Host: x\r\n%s\r\n",
			    row[i].status, fields[k]);
			send_text(c, text);
			expect_answer(c, row[i].status, row[i].body);
		}
	end(c);
}
END_TEST

static const char chunked[] =
    "PUT /mirror HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    "5;x=y\r\nhello\r\n1\r\n,\r\n0006\r\n\r\nworl\r\n0\r\nA: b\r\n\r\n"
    "GET /small HTTP/1.1\r\nHost: x\r\n\r\n";

START_TEST(a_body_may_be_cut_at_every_byte)
{
	size_t i, len = sizeof(chunked) - 1;
	const int one = 1;
	int c;

	start(_i, NULL);
	c = client_open(&server);
	/* Each piece goes by itself. */
	ck_assert_int_eq(
	    setsockopt(c, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)), 0);
	for (i = 0; i <= len; i++) {
		send_bytes(c, chunked, i);
		send_bytes(c, chunked + i, len - i);
		expect_answer(c, 200, "hello,\r\nworl");
		expect_answer(c, 200, "small\n");
	}
	for (i = 0; i < len; i++)
		send_bytes(c, chunked + i, 1);
	expect_answer(c, 200, "hello,\r\nworl");
	expect_answer(c, 200, "small\n");
	end(c);
}
END_TEST

START_TEST(a_body_has_its_bound)
{
	static char body[1025];
	static struct response r;
	int c;

	start(_i, "--max-body=1K");
	c = client_open(&server);
	memset(body, 'x', sizeof(body) - 1);
	post(c, "POST", "/mirror", "text/x", body);
	expect_answer(c, 200, body);
	send_text(c, "POST /mirror HTTP/1.1\r\nHost: x\r\n"
		     "Transfer-Encoding: chunked\r\n\r\n400\r\n");
	send_text(c, body);
	send_text(c, "\r\n0\r\n\r\n");
	expect_answer(c, 200, body);
	/* The next byte is too many, and it is known before it comes. */
	send_text(c, "POST /mirror HTTP/1.1\r\nHost: x\r\n"
		     "Transfer-Encoding: chunked\r\n\r\n400\r\n");
	send_text(c, body);
	send_text(c, "\r\n1\r\n");
	http_read(c, &r);
	ck_assert_int_eq(r.status, 413);
	ck_assert_str_eq(http_field(&r, "Connection"), "close");
	client_close(c);
	c = client_open(&server);
	send_text(c, "POST /mirror HTTP/1.1\r\nHost: x\r\n"
		     "Expect: 100-continue\r\nContent-Length: 1025\r\n\r\n");
	http_read(c, &r);
	ck_assert_int_eq(r.status, 413);
	end(c);
}
END_TEST

START_TEST(a_body_that_lies_ends_the_connection)
{
	int c;

	start(_i, NULL);
	c = client_open(&server);
	send_text(c, "POST /mirror HTTP/1.1\r\nHost: x\r\n"
		     "Content-Length: 9\r\n\r\nshorter");
	half_close(c);
	expect_eof(c);
	client_close(c);
	c = client_open(&server);
	send_text(c, "POST /mirror HTTP/1.1\r\nHost: x\r\n"
		     "Transfer-Encoding: chunked\r\n\r\n5\r\nlonger than that");
	expect_answer(c, 400, NULL);
	client_close(c);
	/* A length without a body at its time. */
	c = client_open(&server);
	send_text(c, "POST /mirror HTTP/1.1\r\nHost: x\r\n"
		     "Content-Length: 2\r\n\r\nab"
		     "POST /mirror HTTP/1.1\r\nHost: x\r\n"
		     "Content-Length: 0\r\n\r\n");
	expect_answer(c, 200, "ab");
	expect_answer(c, 200, "");
	end(c);
}
END_TEST

START_TEST(a_body_that_stays_away_is_told_so)
{
	static struct response r;
	int c;

	start(_i, "--idle-timeout=1");
	c = client_open(&server);
	send_text(c, "POST /mirror HTTP/1.1\r\nHost: x\r\n"
		     "Content-Length: 9\r\n\r\nshorter");
	http_read(c, &r);
	ck_assert_int_eq(r.status, 408);
	ck_assert_str_eq(http_field(&r, "Connection"), "close");
	end(c);
}
END_TEST

START_TEST(a_client_that_asks_whether_to_send_is_told_to)
{
	int c;

	start(_i, NULL);
	c = client_open(&server);
	send_text(c, "POST /mirror HTTP/1.1\r\nHost: x\r\n"
		     "Expect: 100-continue\r\nContent-Length: 4\r\n\r\n");
	expect(c, "HTTP/1.1 100 Continue\r\n\r\n");
	send_text(c, "body");
	expect_answer(c, 200, "body");
	/* One that sends unasked is not. */
	send_text(c, "POST /mirror HTTP/1.1\r\nHost: x\r\n"
		     "Expect: 100-continue\r\nContent-Length: 4\r\n\r\nbody");
	expect_answer(c, 200, "body");
	end(c);
}
END_TEST

START_TEST(a_service_that_does_not_open_is_tried_again)
{
	static struct response r;
	int c;

	(void)setenv("SERVED_REFUSES", "1", 1);
	start(_i, NULL);
	(void)unsetenv("SERVED_REFUSES");
	server_allow_log(&server, "the service served does not open");
	c = client_open(&server);
	http_get(c, "/state", &r);
	ck_assert_int_eq(r.status, 503);
	http_get(c, "/small", &r);
	ck_assert_int_eq(r.status, 200);
	end(c);
}
END_TEST

static void
run(void)
{
	server_run(&server, "-w", "1", "-r", tree.path);
}

START_TEST(a_body_goes_on_after_each_death)
{
	enum { PIECE = 20000, PIECES = 10 };
	static char bytes[PIECE * PIECES + 1];
	static struct response r;
	char head[128];
	int c, i;

	for (i = 0; i < PIECE * PIECES; i++)
		bytes[i] = (char)('a' + i % 23);
	run();
	c = client_open(&server);
	/* By then it has been accepted. */
	http_get(c, "/small", &r);
	(void)snprintf(head, sizeof(head),
	    "POST /mirror HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n",
	    PIECE * PIECES);
	send_text(c, head);
	for (i = 0; i < PIECES; i++) {
		kill_worker(1);
		send_bytes(c, bytes + i * PIECE, PIECE);
	}
	http_read(c, &r);
	ck_assert_int_eq(r.status, 200);
	ck_assert_str_eq(r.body, bytes);
	client_close(c);
	server_finish(&server);
}
END_TEST

/* Asks whether so much may be sent that there is room for one of these. */
static int
announce_much(void)
{
	int c = client_open(&server);

	send_text(c,
	    "POST /mirror HTTP/1.1\r\nHost: x\r\n"
	    "Expect: 100-continue\r\nContent-Length: 40000000\r\n\r\n");
	return c;
}

static void
must_be_refused(int c)
{
	expect_answer(c, 503, NULL);
	client_close(c);
}

START_TEST(a_body_has_its_room_after_a_death_too)
{
	int c, i;

	server_run(
	    &server, "-w", "1", "-r", tree.path, "--max-body", "40000000");
	c = announce_much();
	expect(c, "HTTP/1.1 100 Continue\r\n\r\n");
	must_be_refused(announce_much());
	for (i = 0; i < 2; i++) {
		kill_worker(1);
		must_be_refused(announce_much());
	}
	client_close(c);
	server_finish(&server);
}
END_TEST

START_TEST(a_crash_costs_the_client_whose_handler_it_was)
{
	int bad, good, i;

	run();
	good = client_open(&server);
	post(good, "POST", "/mirror", "text/x", "first");
	expect_answer(good, 200, "first");
	for (i = 0; i < 4; i++) {
		send_text(good, "POST /mirror HTTP/1.1\r\nHost: x\r\n"
				"Content-Length: 4\r\n\r\nbo");
		bad = client_open(&server);
		send_text(bad, "GET /crash HTTP/1.1\r\nHost: x\r\n\r\n");
		expect_eof(bad);
		(void)server_expect_log(&server,
		    "worker 0 * took over *: 1 client kept, 1 dropped");
		client_close(bad);
		send_text(good, "dy");
		expect_answer(good, 200, "body");
	}
	server_allow_log(&server, "127.0.0.1*");
	client_close(good);
	server_finish(&server);
}
END_TEST

START_TEST(those_whose_handler_did_not_crash_do_not_notice)
{
	enum { OTHERS = 200, CRASHES = 20 };
	int c[OTHERS], bad, i, t;

	server_run(&server, "-w", "1", "-r", tree.path, "--max-blames=0");
	for (i = 0; i < OTHERS; i++) {
		c[i] = client_open(&server);
		send_text(c[i], "POST /mirror HTTP/1.1\r\nHost: x\r\n"
				"Content-Length: 20\r\n\r\n");
	}
	for (t = 0; t < CRASHES; t++) {
		for (i = 0; i < OTHERS; i++)
			send_text(c[i], "x");
		bad = client_open(&server);
		post(bad, "POST", "/crash", "text/x", "body");
		expect_gone(bad);
		client_close(bad);
		(void)server_expect_log(&server,
		    "worker 0 * took over *: 200 clients kept, 1 dropped *");
	}
	for (i = 0; i < OTHERS; i++) {
		expect_answer(c[i], 200, "xxxxxxxxxxxxxxxxxxxx");
		client_close(c[i]);
	}
	server_finish(&server);
}
END_TEST

/* Asks for what is killed the first time; returns the file that says how often
 * it was run. */
static const char *
run_and_die(const char *method, struct response *r)
{
	static char said[512];
	const char *path = tree_path(&tree, "run");
	char target[600];
	ssize_t n;
	int c, fd;

	run();
	c = client_open(&server);
	(void)snprintf(target, sizeof(target), "/run?dies&to=%s", path);
	if (strcmp(method, "GET") == 0) {
		http_get(c, target, r);
	} else {
		post(c, method, target, "text/x", "body");
		http_read(c, r);
	}
	(void)server_expect_log(&server, "worker 0 * took over *SIGKILL*");
	client_close(c);
	server_finish(&server);
	fd = open(path, O_RDONLY);
	ck_assert_int_ge(fd, 0);
	n = read(fd, said, sizeof(said) - 1);
	(void)close(fd);
	said[n > 0 ? n : 0] = '\0';
	return said;
}

static void
expect_twice(const char *method)
{
	static struct response r;
	char twice[256], again[160];
	const char *said = run_and_die(method, &r);
	const int len = (int)strcspn(said, "\n");

	ck_assert_int_eq(r.status, 200);
	(void)snprintf(
	    twice, sizeof(twice), "%.*s\n%.*s\n", len, said, len, said);
	(void)snprintf(again, sizeof(again), "again %.*s\n", len, said);
	ck_assert_int_gt(len, 32);
	ck_assert_str_eq(said, twice);
	ck_assert_str_eq(r.body, again);
}

START_TEST(what_is_safe_is_run_again_under_the_same_name)
{
	expect_twice("GET");
}
END_TEST

START_TEST(what_is_repeatable_is_run_again_under_the_same_name)
{
	expect_twice("PUT");
}
END_TEST

START_TEST(what_is_neither_is_not_run_again)
{
	static struct response r;
	const char *said = run_and_die("POST", &r);

	ck_assert_int_eq(r.status, 500);
	ck_assert_ptr_ne(strstr(r.body, "outcome is unknown"), NULL);
	ck_assert_int_gt((int)strlen(said), 32);
	ck_assert_ptr_eq(strchr(said, '\n'), said + strlen(said) - 1);
}
END_TEST

START_TEST(each_process_opens_the_service_once)
{
	static struct response r;
	int c, i, times, last = 0, pid;

	run();
	c = client_open(&server);
	for (i = 0; i < 4; i++) {
		http_get(c, "/state", &r);
		ck_assert_int_eq(sscanf(r.body, "%d %d", &times, &pid), 2);
		ck_assert_int_eq(times, 1);
		ck_assert_int_ne(pid, last);
		last = pid;
		http_get(c, "/state", &r);
		ck_assert_int_eq(sscanf(r.body, "%d %d", &times, &pid), 2);
		ck_assert_int_eq(times, 1);
		ck_assert_int_eq(pid, last);
		kill_worker(1);
	}
	client_close(c);
	server_finish(&server);
}
END_TEST

/* A request by way of a proxy, and its answer. */
static int
asked_for(int c, const char *client)
{
	static struct response r;
	char head[256];

	(void)snprintf(head, sizeof(head),
	    "GET /small HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: %s\r\n\r\n",
	    client);
	send_text(c, head);
	http_read(c, &r);
	return r.status;
}

/* ... by which a worker dies, in the head or with its body there. */
static void
crash_for(const char *client, const char *request)
{
	int bad = client_open(&server);

	send_text(bad, request);
	send_text(bad, "X-Forwarded-For: 192.0.2.66, ");
	send_text(bad, client);
	send_text(bad, "\r\n\r\nbody");
	expect_gone(bad);
	client_close(bad);
}

START_TEST(who_is_to_blame_is_for_whom_the_proxy_asked)
{
	int proxy;

	server_run(&server, "-w", "1", "-r", tree.path, "--trust-forwarded",
	    "127.0.0.1", "--max-blames", "1");
	tree_file(&tree, "small", "small\n");
	proxy = client_open(&server);
	ck_assert_int_eq(asked_for(proxy, "192.0.2.7"), 200);
	crash_for("192.0.2.7", "GET /crash HTTP/1.1\r\nHost: x\r\n");
	(void)server_expect_log(&server, "took over * (192.0.2.7 is blamed*");
	ck_assert_int_eq(asked_for(proxy, "192.0.2.7"), 200);
	crash_for("192.0.2.7", "POST /crash HTTP/1.1\r\nHost: x\r\n"
			       "Content-Length: 4\r\n");
	(void)server_expect_log(&server, "took over * (192.0.2.7 is blamed*");
	(void)server_expect_log(
	    &server, "192.0.2.7 is blamed for more than 1 deaths*");
	/* A handler sees the same. */
	send_text(proxy, "GET /tell/1 HTTP/1.1\r\nHost: x\r\n"
			 "Forwarded: for=192.0.2.9\r\n\r\n");
	expect_answer(proxy, 200,
	    "GET /tell/1\nid=1\npart=\nquery=\nfield=\ncookie=\n"
	    "peer=192.0.2.9\nform=\n");
	/* The connection is still there, and all others are served by it. */
	ck_assert_int_eq(asked_for(proxy, "192.0.2.7"), 403);
	ck_assert_int_eq(asked_for(proxy, "192.0.2.8"), 200);
	ck_assert_int_eq(asked_for(proxy, "192.0.2.7, 192.0.2.8"), 200);
	ck_assert_int_eq(asked_for(proxy, "192.0.2.8, 192.0.2.7"), 403);
	client_close(proxy);
	server_finish(&server);
}
END_TEST

/* A client can write into its body, and behind it, what it likes. */
START_TEST(nobody_is_blamed_by_what_a_client_writes_behind_its_head)
{
	static const char *const length[] = {"", "Content-Length: 35\r\n"};
	char text[512];
	int bad;

	server_run(&server, "-w", "1", "-r", tree.path, "--trust-forwarded",
	    "127.0.0.1");
	(void)snprintf(text, sizeof(text),
	    "GET /crash HTTP/1.1\r\nHost: x\r\n%s"
	    "X-Forwarded-For: 192.0.2.7\r\n\r\n"
	    "GET /\r\nX-Forwarded-For: 192.0.2.9\r\n",
	    length[_i]);
	bad = client_open(&server);
	send_text(bad, text);
	expect_gone(bad);
	(void)server_expect_log(&server, "took over * (192.0.2.7 is blamed*");
	client_close(bad);
	server_finish(&server);
}
END_TEST

/* ... so is nobody, if that does not say it, or names itself. */
START_TEST(a_proxy_is_not_blamed)
{
	static const char *const client[] = {"unknown", "unknown, 127.0.0.1"};
	int proxy, i;

	server_run(&server, "-w", "1", "-r", tree.path, "--trust-forwarded",
	    "127.0.0.1", "--max-blames", "1");
	tree_file(&tree, "small", "small\n");
	proxy = client_open(&server);
	for (i = 0; i < 3; i++) {
		crash_for(client[_i], "GET /crash HTTP/1.1\r\nHost: x\r\n");
		(void)server_expect_log(
		    &server, "took over * (127.0.0.1:* is blamed*");
		ck_assert_int_eq(asked_for(proxy, "192.0.2.7"), 200);
	}
	client_close(proxy);
	server_finish(&server);
}
END_TEST

static void
add_takeovers(Suite *suite)
{
	TCase *tc = takeover_case(suite, "takeover");

	if (tc == NULL)
		return;
	tcase_add_test(tc, a_body_goes_on_after_each_death);
	tcase_add_test(tc, a_body_has_its_room_after_a_death_too);
	tcase_add_test(tc, a_crash_costs_the_client_whose_handler_it_was);
	tcase_add_test(tc, those_whose_handler_did_not_crash_do_not_notice);
	tcase_add_test(tc, who_is_to_blame_is_for_whom_the_proxy_asked);
	tcase_add_loop_test(
	    tc, nobody_is_blamed_by_what_a_client_writes_behind_its_head, 0, 2);
	tcase_add_loop_test(tc, a_proxy_is_not_blamed, 0, 2);
	tcase_add_test(tc, what_is_safe_is_run_again_under_the_same_name);
	tcase_add_test(tc, what_is_repeatable_is_run_again_under_the_same_name);
	tcase_add_test(tc, what_is_neither_is_not_run_again);
	tcase_add_test(tc, each_process_opens_the_service_once);
	suite_add_tcase(suite, tc);
}

int
main(void)
{
	Suite *suite = suite_create("service");
	TCase *tc = suite_case(suite, "service");
	const char *top = getenv("top_builddir");
	char program[512];

	(void)snprintf(program, sizeof(program), "%s/tests/service/served",
	    top != NULL ? top : ".");
	(void)setenv("PREFORK", program, 1);
	in_all_cells(tc, what_a_route_takes_is_answered_and_the_rest_is_a_file);
	in_all_cells(tc, a_handler_is_told_all_there_is);
	in_all_cells(tc, what_cannot_be_read_never_reaches_a_handler);
	in_all_cells(tc, what_a_handler_says_is_said_once);
	in_all_cells(tc, what_is_said_is_safe);
	in_all_cells(tc, a_file_has_the_status_that_the_handler_says);
	in_all_cells(tc, a_body_may_be_cut_at_every_byte);
	in_all_cells(tc, a_body_has_its_bound);
	in_all_cells(tc, a_body_that_lies_ends_the_connection);
	in_all_cells(tc, a_body_that_stays_away_is_told_so);
	in_all_cells(tc, a_client_that_asks_whether_to_send_is_told_to);
	in_all_cells(tc, a_service_that_does_not_open_is_tried_again);
	add_takeovers(suite);
	return suite_run(suite);
}
