/*
 * What is being sent when a worker dies goes on at the exact byte in the next
 * one: files, ranges, parts, encodings, listings. The points that cannot be
 * held from outside are hooks, compiled in by --enable-test-hooks.
 */
#include "config.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "family.h"
#include "multipart.h"
#include "peer.h"
#include "server.h"
#include "suite.h"
#include "takeover.h"
#include "trap.h"
#include "tree.h"
#include "worker/config.h"

START_TEST(a_download_goes_on_at_the_exact_byte)
{
	static struct response r;
	size_t at = 0;
	int c, i;

	begin();
	c = client_open_narrow(&server);
	send_text(c, "GET /big HTTP/1.1\r\nHost: x\r\n\r\n");
	http_read_head(c, &r);
	ck_assert_int_eq(r.status, 200);
	for (i = 0; i < 10; i++) {
		kill_worker(1);
		expect_pattern(c, at, at + FILE_BYTES / 20);
		at += FILE_BYTES / 20;
	}
	expect_pattern(c, at, FILE_BYTES);
	http_get(c, "/small", &r);
	ck_assert_str_eq(r.body, "small\n");
	client_close(c);
	server_finish(&server);
}
END_TEST

/* Small ones and large ones, so that some go through memory and some from
 * the file; out of order, and the last to the end. */
static const struct part ranges[] = {
    {5000000, 6999999},
    {0, 99},
    {200, 40000},
    {100000, 2999999},
    {60000, 60000},
    {FILE_BYTES - 400000, FILE_BYTES - 1},
};

enum { PARTS = sizeof(ranges) / sizeof(ranges[0]) };

static const struct whole big = {
    "application/octet-stream", FILE_BYTES, pattern_byte};

static void
ask_for_parts(int c, struct response *r)
{
	send_text(c, "GET /big HTTP/1.1\r\nHost: x\r\n"
		     "Range: bytes=5000000-6999999,0-99,200-40000,"
		     "100000-2999999,60000-60000,-400000\r\n\r\n");
	http_read_head(c, r);
	ck_assert_int_eq(r->status, 206);
}

static void
kill_the_one(void)
{
	kill_worker(1);
}

START_TEST(a_multipart_body_goes_on_at_the_exact_byte)
{
	static struct response r;
	int c;

	begin();
	c = client_open_narrow(&server);
	ask_for_parts(c, &r);
	expect_parts(c, &r, &big, ranges, PARTS, kill_the_one);
	http_get(c, "/small", &r);
	ck_assert_str_eq(r.body, "small\n");
	client_close(c);
	server_finish(&server);
}
END_TEST

START_TEST(a_range_goes_on_at_the_exact_byte)
{
	static struct response r;
	int c;

	begin();
	c = client_open_narrow(&server);
	send_text(c, "GET /big HTTP/1.1\r\nHost: x\r\n"
		     "Range: bytes=1000000-\r\n\r\n");
	http_read_head(c, &r);
	ck_assert_int_eq(r.status, 206);
	kill_worker(1);
	expect_pattern(c, 1000000, 2000000);
	kill_worker(1);
	expect_pattern(c, 2000000, FILE_BYTES);
	client_close(c);
	server_finish(&server);
}
END_TEST

/* All that the request gets, which is too long for a response's body. */
static char *
read_whole(const char *request, struct response *r)
{
	int c = client_open(&server);
	char *text;
	ssize_t n;

	send_text(c, request);
	http_read_head(c, r);
	ck_assert_int_eq(r->status, 200);
	text = malloc((size_t)r->length);
	for (; r->len < (size_t)r->length; r->len += (size_t)n) {
		ck_assert_int_ne(wait_ready(c, POLLIN, deadline()), 0);
		n = recv(c, text + r->len, (size_t)r->length - r->len, 0);
		ck_assert_int_gt(n, 0);
	}
	client_close(c);
	return text;
}

START_TEST(an_encoding_goes_on_at_the_exact_byte)
{
	static struct response r;
	int c;

	ck_assert_int_eq(
	    link(tree_path(&tree, "big"), tree_path(&tree, "small.gz")), 0);
	begin();
	c = client_open_narrow(&server);
	send_text(c, "GET /small HTTP/1.1\r\nHost: x\r\n"
		     "Accept-Encoding: gzip\r\n\r\n");
	http_read_head(c, &r);
	ck_assert_str_eq(http_field(&r, "Content-Encoding"), "gzip");
	kill_worker(1);
	expect_pattern(c, 0, 3000000);
	kill_worker(1);
	expect_pattern(c, 3000000, FILE_BYTES);
	client_close(c);
	server_finish(&server);
}
END_TEST

START_TEST(a_listing_goes_on_at_the_exact_byte_for_all_who_share_it)
{
	enum { ENTRIES = 10000, PIECE = 65536, CLIENTS = 3 };
	static const char listing[] = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
	static struct response whole, r;
	char name[256], *text;
	struct tree many;
	int c[CLIENTS], i, k;

	tree_make(&many);
	for (i = 0; i < ENTRIES; i++) {
		(void)snprintf(name, sizeof(name), "%0200d", i);
		tree_file(&many, name, "");
	}
	server_run(&server, "-w", "1", "-r", many.path);
	text = read_whole(listing, &whole);
	for (k = 0; k < CLIENTS; k++) {
		c[k] = client_open_narrow(&server);
		send_text(c[k], listing);
		http_read_head(c[k], &r);
		ck_assert_int_eq(r.length, whole.length);
	}
	/* Theirs is what it was. */
	tree_file(&many, "another", "");
	for (i = 0; i < 4; i++) {
		kill_worker(CLIENTS);
		for (k = 0; k < CLIENTS; k++)
			expect_bytes(c[k], text + (size_t)i * PIECE, PIECE);
	}
	for (k = 0; k < CLIENTS; k++) {
		expect_bytes(
		    c[k], text + (size_t)i * PIECE, whole.len - i * PIECE);
		client_close(c[k]);
	}
	free(text);
	text = read_whole(listing, &r);
	ck_assert_int_gt(r.length, whole.length);
	free(text);
	server_finish(&server);
	tree_remove(&many);
}
END_TEST

/* Between two files, and within small and large ones. */
START_TEST(an_archive_goes_on_at_the_exact_byte)
{
	enum { FILES = 400, STEPS = 40 };
	static const char archive[] = "GET /?tar HTTP/1.1\r\nHost: x\r\n\r\n";
	static struct response whole, r;
	size_t at = 0, piece;
	char name[64], *text;
	int c, i;

	tree_dir(&tree, "sub");
	for (i = 0; i < FILES; i++) {
		(void)snprintf(name, sizeof(name), "sub/%d", i);
		tree_pattern(&tree, name, i % 7 == 0 ? 150000 : (size_t)i * 3);
	}
	begin();
	text = read_whole(archive, &whole);
	c = client_open_narrow(&server);
	send_text(c, archive);
	http_read_head(c, &r);
	ck_assert_int_eq(r.length, whole.length);
	for (i = 0; i < STEPS; i++) {
		piece = whole.len / STEPS + (size_t)i;
		if (i % 4 == 0)
			kill_worker(1);
		expect_bytes(c, text + at, piece);
		at += piece;
		if (at + whole.len / STEPS + STEPS > whole.len)
			break;
	}
	expect_bytes(c, text + at, whole.len - at);
	http_get(c, "/small", &r);
	ck_assert_str_eq(r.body, "small\n");
	client_close(c);
	free(text);
	server_finish(&server);
}
END_TEST

/* So many that places for clients are no fewer than can be filled. */
enum { FEW_FDS = FD_CLIENTS + 140 };

/* How many descriptors clients and files may still have. */
static int
descriptors_left(int own)
{
	pid_t worker;

	server_await_workers(&server, &worker, 1);
	return FEW_FDS - FD_CLIENTS - (server_descriptors(worker) - own);
}

/* Asks for a file without reading it. The status. */
static int
begin_download(int *c)
{
	static struct response r;

	*c = client_open_narrow(&server);
	send_text(*c, "GET /big HTTP/1.1\r\nHost: x\r\n\r\n");
	http_read_head(*c, &r);
	return r.status;
}

/* A browser that seeks in a video breaks off what it had asked for. */
START_TEST(who_has_gone_by_himself_is_not_one_who_was_dropped)
{
	pid_t worker;
	int c, other;

	begin();
	other = client_open(&server);
	greet(other);
	ck_assert_int_eq(begin_download(&c), 200);
	server_await_workers(&server, &worker, 1);
	ck_assert_int_eq(kill(worker, SIGSTOP), 0);
	client_abort(c);
	kill_worker(1);
	client_close(other);
	server_finish(&server);
}
END_TEST

/* Not one descriptor is to be had at the moment of the kill: each download
 * takes two, until there are few, and each echo one. */
START_TEST(a_full_table_is_taken_over)
{
	const struct rlimit few = {FEW_FDS, FEW_FDS};
	int c[FEW_FDS], downloads = 0, clients, own, i;
	pid_t worker;

	begin();
	server_await_workers(&server, &worker, 1);
	own = server_descriptors(worker);
	server_finish(&server);
	/* The test is a process of its own; the server inherits it. */
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
	server_run(&server, "-w", "1", "-r", tree.path);
	server_allow_log(&server, "clients cannot be accepted, they wait: *");
	while (descriptors_left(own) > 3)
		ck_assert_int_eq(begin_download(&c[downloads++]), 200);
	for (clients = downloads; descriptors_left(own) > 0; clients++) {
		ck_assert_int_lt(clients, FEW_FDS);
		c[clients] = client_open(&server);
		greet(c[clients]);
	}
	kill_worker(clients);
	for (i = 0; i < clients; i++) {
		if (i < downloads) {
			expect_pattern(c[i], 0, FILE_BYTES);
		} else {
			send_text(c[i], "again\n");
			expect(c[i], "again\n");
		}
		client_close(c[i]);
	}
	server_finish(&server);
}
END_TEST

/* As if no worker had died: what was announced comes, of the file as it is. */
START_TEST(a_file_that_is_written_to_is_sent_on)
{
	static const struct {
		long size;
		ssize_t sent;
	} changes[] = {
	    {FILE_BYTES + 1, FILE_BYTES}, /* it grows, as a log does */
	    {FILE_BYTES, FILE_BYTES},	  /* its time of change is another */
	    {FILE_BYTES - 1, FILE_BYTES - 1}, /* it is cut */
	};
	int c;

	begin();
	ck_assert_int_eq(begin_download(&c), 200);
	ck_assert_int_eq(
	    truncate(tree_path(&tree, "big"), changes[_i].size), 0);
	kill_worker(1);
	expect_pattern(c, 0, changes[_i].sent);
	if (changes[_i].sent < FILE_BYTES)
		expect_eof(c);
	client_close(c);
	server_finish(&server);
}
END_TEST

#ifdef TEST_HOOKS

/* Where the worker dies, and the number of clients its standby then keeps. */
static const struct point {
	const char *name;
	int kept;
} points[] = {
    {"accepted", 1},
    {"recorded", 1},
    {"received", 1},
    {"echoed", 1},
    {"exit", 1},
    {"finishing", 1},
    {"finished", 1},
    {"rendered", 1},
    {"answered", 1},
    {"sent", 1},
    {"settled", 1},
    {"piece", 1},
    {"continued", 1},
    {"freed", 0},
};

enum { POINTS = sizeof(points) / sizeof(points[0]) };

/* A session that passes all points; whichever process dies on the way, it is
 * the same. */
START_TEST(the_session_is_the_same_wherever_the_worker_dies)
{
	static struct response r;
	int c, h;

	trap_set(&tree, points[_i].name);
	begin();
	server_allow_log(&server, "worker 0 * took over *, 0 dropped");
	trap_arm();
	c = client_open(&server);
	greet(c);
	send_text(c, "more\nexit\nunread");
	expect(c, "more\n");
	expect_eof(c);
	client_close(c);
	h = client_open_narrow(&server);
	send_text(h, "GET /small HTTP/1.1\r\nHost: x\r\n\r\n"
		     "GET /big HTTP/1.1\r\nHost: x\r\n\r\n");
	http_read(h, &r);
	ck_assert_str_eq(r.body, "small\n");
	http_read_head(h, &r);
	ck_assert_int_eq(r.status, 200);
	expect_pattern(h, 0, FILE_BYTES);
	ask_for_parts(h, &r);
	expect_parts(h, &r, &big, ranges, PARTS, NULL);
	send_text(h, "GET /small HTTP/1.1\r\nHost: x\r\n"
		     "Connection: close\r\n\r\n");
	http_read(h, &r);
	ck_assert_str_eq(r.body, "small\n");
	expect_eof(h);
	client_close(h);
	ck_assert_msg(trap_sprung(), "%s was never reached", points[_i].name);
	if (!server_has_logged(&server, "worker 0 * took over *"))
		(void)server_expect_log(&server, "worker 0 * took over *");
	server_finish(&server);
	trap_remove();
}
END_TEST

/* Who is accepted and not recorded may have sent a request by then, and the
 * file that it opens while the table is walked is no stranger's. */
START_TEST(a_request_that_came_before_its_record_is_answered_whole)
{
	static struct response r;
	pid_t worker;
	int c;

	trap_set(&tree, "accepted");
	begin();
	server_await_workers(&server, &worker, 1);
	ck_assert_int_eq(kill(worker, SIGSTOP), 0);
	trap_arm();
	c = client_open_narrow(&server);
	send_text(c, "GET /big HTTP/1.1\r\nHost: x\r\n\r\n");
	ck_assert_int_eq(kill(worker, SIGCONT), 0);
	(void)server_expect_log(
	    &server, "worker 0 * took over *1 client kept*");
	http_read_head(c, &r);
	ck_assert_int_eq(r.status, 200);
	expect_pattern(c, 0, FILE_BYTES);
	client_close(c);
	server_finish(&server);
	trap_remove();
}
END_TEST

#endif

int
main(void)
{
	Suite *suite = suite_create("resume");
	TCase *tc = takeover_case(suite, "resume");

	if (tc != NULL) {
		tcase_add_test(tc, a_download_goes_on_at_the_exact_byte);
		tcase_add_test(tc, a_range_goes_on_at_the_exact_byte);
		tcase_add_test(tc, a_multipart_body_goes_on_at_the_exact_byte);
		tcase_add_test(tc, an_encoding_goes_on_at_the_exact_byte);
		tcase_add_test(tc, an_archive_goes_on_at_the_exact_byte);
		tcase_add_test(tc,
		    a_listing_goes_on_at_the_exact_byte_for_all_who_share_it);
		tcase_add_test(
		    tc, who_has_gone_by_himself_is_not_one_who_was_dropped);
		tcase_add_test(tc, a_full_table_is_taken_over);
		tcase_add_loop_test(
		    tc, a_file_that_is_written_to_is_sent_on, 0, 3);
#ifdef TEST_HOOKS
		tcase_add_loop_test(tc,
		    the_session_is_the_same_wherever_the_worker_dies, 0,
		    POINTS);
		tcase_add_test(tc,
		    a_request_that_came_before_its_record_is_answered_whole);
#endif
	}
	return suite_run(suite);
}
