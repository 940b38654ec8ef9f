/*
 * Clients that are still sending when they are answered, and those whose
 * bytes came in time but are looked at late, since the worker did not run.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "family.h"
#include "bench/proc.h"
#include "matrix.h"
#include "os/ledger.h"
#include "os/standby.h"
#include "peer.h"
#include "server.h"
#include "suite.h"
#include "tree.h"

static struct server server;

enum { UPLOAD = 8 << 20 };

#define LENGTH_OF "Content-Length: 8388608\r\n"
#define LONG "0123456789012345678901234567890123456789012345678901234567890123"

/* What is sent before an upload to a server that reads lines of 64 bytes and
 * 128 bytes of fields, and how it is answered. */
static const struct upload {
	const char *head;
	int status;
} uploads[] = {
    {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 8388608\r\n\r\n", 413},
    {"PUT / HTTP/1.0\r\nContent-Length: 500000\r\n\r\n", 405},
    {"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
     "Content-Length: 500000\r\n\r\n",
	405},
    {"POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
     "Content-Length: 500000\r\n\r\n",
	405},
    {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", 400},
    {"POST / HTTP/3.0\r\n\r\n", 505},
    {"NONSENSE / HTTP/1.1\r\n\r\n", 501},
    {"NONSENSE / HTTP/1.0\r\n" LENGTH_OF "\r\n", 501},
    {LONG "M / HTTP/1.1\r\nHost: x\r\n" LENGTH_OF "\r\n", 501},
    {"POST /" LONG " HTTP/1.1\r\nHost: x\r\n" LENGTH_OF "\r\n", 414},
    {"POST /" LONG " HTTP/1.0\r\n" LENGTH_OF "\r\n", 414},
    {"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nA: " LONG LONG
     "\r\n" LENGTH_OF "\r\n",
	431},
    {"POST / HTTP/1.0\r\nA: " LONG LONG "\r\n" LENGTH_OF "\r\n", 431},
    {"POST / HTTP/1.1\r\nHost: a b\r\n" LENGTH_OF "\r\n", 400},
    {"POST / HTTP/1.0\r\nA : b\r\n" LENGTH_OF "\r\n", 400},
    {"POST /../x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" LENGTH_OF "\r\n",
	413},
    {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 8388608, 1\r\n\r\n", 400},
    /* No other expectation is known, nor refused. */
    {"POST / HTTP/1.1\r\nHost: x\r\nExpect: more\r\n" LENGTH_OF "\r\n", 413},
    {"GET /nothing HTTP/1.0\r\nContent-Length: 500000\r\n\r\n", 404},
};

enum { UPLOADS = sizeof(uploads) / sizeof(uploads[0]) };

START_TEST(an_answer_reaches_a_client_that_is_still_sending)
{
	static struct response r;
	char *bytes = calloc(1, UPLOAD);
	struct tree tree;
	int i, c;

	ck_assert_ptr_nonnull(bytes);
	tree_make(&tree);
	server_run_in(&server, _i, "-w", "1", "-r", tree.path, "--max-line",
	    "64", "--max-head", "128", "-s", "http");
	for (i = 0; i < UPLOADS; i++) {
		c = client_open(&server);
		send_text(c, uploads[i].head);
		send_bytes(c, bytes, UPLOAD);
		http_read(c, &r);
		ck_assert_msg(r.status == uploads[i].status, "%s: %d",
		    uploads[i].head, r.status);
		expect_eof(c);
		client_close(c);
	}
	server_finish(&server);
	free(bytes);
	tree_remove(&tree);
}
END_TEST

START_TEST(an_echo_ends_though_its_client_is_still_sending)
{
	char *bytes = calloc(1, UPLOAD);
	int c;

	ck_assert_ptr_nonnull(bytes);
	server_run_in(&server, _i, "-w", "1");
	c = client_open(&server);
	send_text(c, "exit\n");
	send_bytes(c, bytes, UPLOAD);
	expect_eof(c);
	client_close(c);
	server_finish(&server);
	free(bytes);
}
END_TEST

/* The worker that takes over reads on, for as long as the dead one would have.
 */
START_TEST(a_worker_killed_while_it_reads_on_loses_nothing)
{
	static struct response r;
	char *bytes = calloc(1, UPLOAD);
	pid_t worker;
	int c, i;

	ck_assert_ptr_nonnull(bytes);
	server_run(&server, "-w", "1", "--max-line", "64", "--max-head", "128",
	    "-s", "http");
	c = client_open(&server);
	send_text(c, uploads[_i].head);
	for (i = 0; i < 4; i++) {
		send_bytes(c, bytes, UPLOAD / 8);
		/* Before that, the worker may not have accepted it. */
		if (i == 0) {
			http_read(c, &r);
			ck_assert_int_eq(r.status, uploads[_i].status);
			expect_eof(c);
		}
		server_await_workers(&server, &worker, 1);
		ck_assert_int_eq(kill(worker, SIGKILL), 0);
		(void)server_expect_log(&server,
		    "worker 0 * took over *SIGKILL*: 1 client kept, 0 dropped");
	}
	send_bytes(c, bytes, UPLOAD / 2);
	client_close(c);
	server_finish(&server);
	free(bytes);
}
END_TEST

/* HEAD, and what makes its request an error. */
static const char *const heads[] = {
    "HEAD / HTTP/3.0\r\n",
    "HEAD / HTTP/1.1\r\n\r\n",
    "HEAD / HTTP/1.1\r\nHost: x\r\nA : b\r\n",
    "HEAD * HTTP/1.1\r\n",
    "HEAD /\r\n",
    "HEAD\r\n",
    "HEAD / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
};

enum { HEADS = sizeof(heads) / sizeof(heads[0]) };

START_TEST(an_error_to_head_has_no_body)
{
	static struct response r;
	int i, c;

	server_run_in(&server, _i, "-w", "1", "-s", "http");
	for (i = 0; i < HEADS; i++) {
		c = client_open(&server);
		send_text(c, heads[i]);
		http_read_head(c, &r);
		ck_assert_msg(r.status >= 400, "%s: %d", heads[i], r.status);
		expect_eof(c);
		client_close(c);
	}
	server_finish(&server);
}
END_TEST

/* A beginning; then the worker is stopped for longer than the option allows,
 * and meanwhile the rest comes. After that it goes on, or another does. */
static const struct pause {
	const char *option, *sends, *back, *rest, *then;
	int64_t ms;
	bool ends;
} pauses[] = {
    {"--idle-timeout", "one\n", "one\n", "two\n", "two\n", 700, false},
    {"--header-timeout", "G", "", "ET / HTTP/1.0\r\n\r\n", "HTTP/1.1 200", 700,
	false},
    {"--header-timeout", "GET / HTTP/1.0\r\n", "", "\r\n", "HTTP/1.1 200", 700,
	false},
    {"--keep-alive", "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 204",
	"GET / HTTP/1.0\r\n\r\n", "HTTP/1.1 200", 700, false},
    {"--idle-timeout", "abc\nexi", "abc\n", "t\n", "", 300, true},
};

enum { PAUSES = sizeof(pauses) / sizeof(pauses[0]) };

static void
stop_for(pid_t worker, int64_t ms)
{
	int64_t until = clock_now() + ms;

	ck_assert_int_eq(kill(worker, SIGSTOP), 0);
	while (clock_now() < until)
		server_listen(&server, until - clock_now());
}

/* An answer's first line was read; its head has no body. */
static void
read_head(int c, const char *back)
{
	char got;
	int ends = 0;

	if (strncmp(back, "HTTP/", 5) != 0)
		return;
	while (ends < 4) {
		ck_assert_int_eq(recv(c, &got, 1, MSG_WAITALL), 1);
		ends = got == "\r\n\r\n"[ends] ? ends + 1 : got == '\r';
	}
}

START_TEST(what_came_in_time_counts_though_the_worker_did_not_run)
{
	const struct pause *p = &pauses[_i % PAUSES];
	const bool dies = _i >= PAUSES;
	pid_t worker;
	int c;

	server_run(&server, "-w", "1", p->option, "0.5");
	server_await_workers(&server, &worker, 1);
	c = client_open(&server);
	send_text(c, p->sends);
	expect(c, p->back);
	read_head(c, p->back);
	ck_assert_int_eq(kill(worker, SIGSTOP), 0);
	send_text(c, p->rest);
	stop_for(worker, p->ms);
	ck_assert_int_eq(kill(worker, dies ? SIGKILL : SIGCONT), 0);
	/* One that has heard nothing may not have been accepted yet. */
	if (dies)
		(void)server_expect_log(&server,
		    *p->back != '\0'
			? "* took over *SIGKILL*: 1 client kept, 0 dropped"
			: "* took over *SIGKILL*: * kept, 0 dropped");
	expect(c, p->then);
	if (p->ends)
		expect_eof(c);
	client_close(c);
	server_finish(&server);
}
END_TEST

/* What the worker that died had left of their time, they still have. */
START_TEST(no_time_runs_for_clients_whose_worker_does_not)
{
	static const char *const options[] = {"--keep-alive", "--idle-timeout"};
	static struct response r;
	pid_t worker;
	int c;

	server_run(&server, "-w", "1", options[_i], "4");
	server_await_workers(&server, &worker, 1);
	c = client_open(&server);
	if (_i == 0)
		http_get(c, "/", &r);
	else
		greet(c);
	stop_for(worker, 4500);
	ck_assert_int_eq(kill(worker, SIGKILL), 0);
	(void)server_expect_log(&server,
	    "worker 0 * took over *SIGKILL*: 1 client kept, 0 dropped");
	if (_i == 0)
		http_get(c, "/", &r);
	else
		greet(c);
	client_close(c);
	server_finish(&server);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("late");
	TCase *tc = suite_case(suite, "late");

	in_all_cells(tc, an_answer_reaches_a_client_that_is_still_sending);
	in_all_cells(tc, an_echo_ends_though_its_client_is_still_sending);
	if (standby_possible() && ledger_works() && matrix_has("prefork"))
		tcase_add_loop_test(tc,
		    a_worker_killed_while_it_reads_on_loses_nothing, 0,
		    UPLOADS);
	in_all_cells(tc, an_error_to_head_has_no_body);
	if (proc_visible() && matrix_has("prefork")) {
		const bool kept = standby_possible() && ledger_works();

		tcase_add_loop_test(tc,
		    what_came_in_time_counts_though_the_worker_did_not_run, 0,
		    kept ? 2 * PAUSES : PAUSES);
		if (kept)
			tcase_add_loop_test(tc,
			    no_time_runs_for_clients_whose_worker_does_not, 0,
			    2);
	}
	server_look_for_no_leaks();
	return suite_run(suite);
}
