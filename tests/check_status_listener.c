/*
 * check_status_listener - the status has a listener of its own, which is there
 * when the others are not, and tells what is so.
 */
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench/proc.h"
#include "family.h"
#include "matrix.h"
#include "os/ledger.h"
#include "os/standby.h"
#include "peer.h"
#include "program.h"
#include "server.h"
#include "suite.h"
#include "tree.h"

enum { LARGE_BYTES = 8 << 20, ROUNDS = 5 };

static struct server server;
static struct tree tree;
static struct response answer;

static void
setup(void)
{
	tree_make(&tree);
	tree_pattern(&tree, "small", 500);
}

static void
teardown(void)
{
	tree_remove(&tree);
}

static void
ask(int c, const char *path, int status, const char *body)
{
	http_get(c, path, &answer);
	ck_assert_int_eq(answer.status, status);
	if (body != NULL)
		ck_assert_str_eq(answer.body, body);
}

static void
ask_once(const char *path, int status, const char *body)
{
	int c = client_open_status(&server);

	ask(c, path, status, body);
	client_close(c);
}

/* The first number behind that name. */
static uint64_t
number_of(const char *text, const char *name)
{
	const char *at = strstr(text, name);
	uint64_t n = 0;

	ck_assert_msg(at != NULL, "no %s in %s", name, text);
	ck_assert_int_eq(sscanf(at + strlen(name), "%" SCNu64, &n), 1);
	return n;
}

START_TEST(it_answers_there_and_nowhere_else)
{
	static const char *const paths[] = {
	    "/healthz", "/readyz", "/status.json", "/metrics"};
	size_t i;
	int c;

	server_run_in(&server, _i, "--status", "0", "-w", "2", "-r", tree.path);
	c = client_open_status(&server);
	ask(c, "/healthz", 200, "alive\n");
	ask(c, "/readyz", 200, "ready\n");
	ask(c, "/small", 404, NULL);
	expect_eof(c);
	client_close(c);
	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		ask_once(paths[i], 200, NULL);
		c = client_open(&server);
		ask(c, paths[i], 404, NULL);
		client_close(c);
	}
	c = client_open_status(&server);
	http_ask(c, "POST", "/healthz", "", &answer);
	ck_assert_int_eq(answer.status, 405);
	http_ask(c, "OPTIONS", "*", "", &answer);
	ck_assert_int_eq(answer.status, 204);
	ask(c, "/healthz", 200, "alive\n");
	client_close(c);
	server_finish(&server);
}
END_TEST

START_TEST(it_counts_the_others_and_not_itself)
{
	uint64_t given;
	int c;

	server_run_in(&server, _i, "--status", "0", "-w", "1", "-r", tree.path);
	ask_once("/readyz", 200, NULL);
	ask_once("/status.json", 200, NULL);
	ck_assert_uint_eq(number_of(answer.body, "\"accepted\": "), 0);
	ck_assert_uint_eq(number_of(answer.body, "\"requests\": "), 0);
	ck_assert_uint_eq(number_of(answer.body, "\"bytes_in\": "), 0);
	ck_assert_uint_eq(number_of(answer.body, "\"bytes_out\": "), 0);
	ck_assert_uint_eq(number_of(answer.body, "\"clients\": "), 0);
	c = client_open(&server);
	ask(c, "/small", 200, NULL);
	given = strlen(answer.head) + answer.len;
	ask(c, "/small", 200, NULL);
	half_close(c);
	expect_eof(c);
	client_close(c);
	ask_once("/status.json", 200, NULL);
	ck_assert_uint_eq(number_of(answer.body, "\"accepted\": "), 1);
	ck_assert_uint_eq(number_of(answer.body, "\"requests\": "), 2);
	ck_assert_uint_eq(number_of(answer.body, "\"bytes_out\": "), 2 * given);
	ask_once("/metrics", 200, NULL);
	ck_assert_uint_eq(
	    number_of(answer.body, "prefork_requests_total{slot=\"0\"} "), 2);
	ck_assert_uint_eq(
	    number_of(answer.body, "prefork_answers_total{class=\"2xx\"} "), 2);
	ck_assert_uint_eq(
	    number_of(answer.body, "\nprefork_answer_seconds_count "), 2);
	server_finish(&server);
}
END_TEST

/* A client holds the only place; and the address has no more. */
START_TEST(no_limit_of_clients_is_one_for_it)
{
	int c, d, e;

	server_run_in(&server, _i, "--status", "0", "-w", "1", "-s", "echo",
	    "--max-clients", "1", "--max-clients-per-address", "1");
	c = client_open(&server);
	greet(c);
	d = client_open_status(&server);
	e = client_open_status(&server);
	ask(d, "/readyz", 200, "ready\n");
	ask(e, "/readyz", 200, "ready\n");
	ask(d, "/readyz", 200, "ready\n");
	greet(c);
	client_close(d);
	client_close(e);
	client_close(c);
	server_finish(&server);
}
END_TEST

START_TEST(who_is_refused_is_counted)
{
	int c, d;

	server_run_in(&server, _i, "--status", "0", "-w", "1", "-s", "echo",
	    "--max-clients-per-address", "1");
	server_allow_log(&server, "127.0.0.1 has 1 clients already");
	c = client_open(&server);
	greet(c);
	d = client_open(&server);
	expect_gone(d);
	client_close(d);
	ask_once("/status.json", 200, NULL);
	ck_assert_uint_eq(number_of(answer.body, "\"address\": "), 1);
	client_close(c);
	server_finish(&server);
}
END_TEST

/* Those that ask for it again and again do not have one another's places: the
 * one that asked longest ago goes. */
START_TEST(its_own_places_go_to_those_that_asked_last)
{
	int c[40], i, n = (int)(sizeof(c) / sizeof(c[0]));

	server_run_in(&server, _i, "--status", "0", "-w", "1");
	for (i = 0; i < n; i++) {
		c[i] = client_open_status(&server);
		ask(c[i], "/healthz", 200, NULL);
	}
	for (i = 0; i < n; i++)
		client_close(c[i]);
	server_finish(&server);
}
END_TEST

/* While a client takes its time the end has begun: nobody new is served, and
 * the status says so until the last has left. */
START_TEST(while_draining_it_is_alive_and_not_ready)
{
	int c, silent;

	tree_pattern(&tree, "large", LARGE_BYTES);
	server_run_in(&server, _i, "--status", "0", "-w", "1", "-r", tree.path);
	silent = client_open(&server);
	c = client_open_narrow(&server);
	send_text(c, "GET /large HTTP/1.1\r\nHost: x\r\n\r\n");
	http_read_head(c, &answer);
	server_signal(&server, SIGTERM);
	(void)server_expect_log(&server, "stopping, clients may finish");
	ask_once("/readyz", 503, "draining\n");
	/* Nor is who asks late let go with those that have nothing to ask. */
	expect_gone(silent);
	client_close(silent);
	ask_once("/readyz", 503, "draining\n");
	ask_once("/healthz", 200, "alive\n");
	expect_pattern(c, 0, LARGE_BYTES);
	client_close(c);
	(void)server_wait(&server, 0);
	server_end(&server);
}
END_TEST

/* Told to stop, it goes on for a while: what sends clients here is to see it
 * first. Told again it waits no more. */
START_TEST(before_draining_it_is_not_ready_and_serves)
{
	int c;

	server_run_in(&server, _i, "--status", "0", "-w", "1", "-r", tree.path,
	    "--drain-delay", "600");
	server_signal(&server, SIGTERM);
	(void)server_expect_log(&server, "stopping in 600.0 s: not ready");
	ask_once("/readyz", 503, "draining\n");
	c = client_open(&server);
	greet(c);
	client_close(c);
	server_signal(&server, SIGTERM);
	(void)server_expect_log(&server, "stopping, clients may finish");
	(void)server_wait(&server, 0);
	server_end(&server);
}
END_TEST

START_TEST(the_delay_before_draining_ends)
{
	server_run_in(&server, _i, "-w", "1", "--drain-delay", "0.05");
	server_signal(&server, SIGTERM);
	(void)server_expect_log(&server, "stopping in 0.1 s: not ready");
	(void)server_expect_log(&server, "stopping, clients may finish");
	(void)server_wait(&server, 0);
	server_end(&server);
}
END_TEST

/* By the program itself: how it ends, and what it says. */
static void
check_url(const char *path, int status, const char *says)
{
	static struct result result;
	char url[128];

	(void)snprintf(url, sizeof(url), "http://127.0.0.1:%d%s",
	    (int)server.status4, path);
	program_run(&result, NULL, server_program(), "--check", url, NULL);
	ck_assert_int_eq(result.status, status);
	ck_assert_str_eq(result.out, "");
	if (says == NULL)
		ck_assert_str_eq(result.err, "");
	else
		ck_assert_ptr_nonnull(strstr(result.err, says));
}

START_TEST(the_program_itself_can_ask)
{
	server_run_in(
	    &server, _i, "--status", "0", "-w", "1", "--drain-delay", "600");
	check_url("/readyz", 0, NULL);
	check_url("/metrics?x=y", 0, NULL);
	check_url("/nothing", 1, ": HTTP/1.1 404");
	server_signal(&server, SIGTERM);
	(void)server_expect_log(&server, "stopping in 600.0 s: not ready");
	check_url("/readyz", 1, ": HTTP/1.1 503");
	check_url("/healthz", 0, NULL);
	server_signal(&server, SIGINT);
	(void)server_expect_log(&server, "stopping");
	(void)server_wait(&server, 0);
	server_end(&server);
	check_url("/healthz", 1, ": Connection refused");
}
END_TEST

START_TEST(a_renewal_leaves_it)
{
	pid_t pids[2];

	server_run_in(&server, _i, "--status", "0", "-w", "1");
	server_allow_log(&server, "prefork: worker *");
	server_allow_log(&server, "prefork: thread pool *");
	server_allow_log(&server, "prefork: process host *");
	server_allow_log(&server, "prefork: thread host *");
	server_allow_log(&server, "prefork: *host*");
	ask_once("/readyz", 200, NULL);
	server_signal(&server, SIGHUP);
	(void)server_expect_log(&server, "renewing all workers");
	server_await_workers(&server, pids, 1);
	ask_once("/healthz", 200, NULL);
	server_finish(&server);
}
END_TEST

/* The client's connection goes on, and what was counted is. */
START_TEST(a_takeover_goes_on_with_it)
{
	uint64_t i, requests;
	int c, d;

	server_run_in(&server, _i, "--status", "0", "-w", "1", "--timeout=60",
	    "-r", tree.path);
	c = client_open_status(&server);
	d = client_open(&server);
	for (i = 1; i <= ROUNDS; i++) {
		ask(d, "/small", 200, NULL);
		(void)server_await_member(&server, "standby", 0);
		ck_assert_int_eq(
		    kill(server_await_member(&server, "worker", 0), SIGKILL),
		    0);
		(void)server_expect_log(&server, "took over");
		ask(c, "/status.json", 200, NULL);
		ck_assert_uint_eq(number_of(answer.body, "\"takeovers\": "), i);
		ck_assert_uint_eq(
		    number_of(answer.body, "\"workers_killed\": "), i);
		ck_assert_uint_gt(number_of(answer.body, "\"took_us\": "), 0);
		requests = number_of(answer.body, "\"requests\": ");
		ck_assert_uint_eq(requests, i);
		ck_assert_uint_eq(number_of(answer.body, "\"accepted\": "), 1);
		ck_assert_uint_eq(number_of(answer.body, "\"clients\": "), 1);
	}
	client_close(c);
	client_close(d);
	server_finish(&server);
}
END_TEST

/* Reads up to and with that text. */
static void
read_until(int c, const char *text)
{
	size_t n = 0, len = strlen(text);
	char byte;

	while (n < len) {
		ck_assert_int_eq(
		    wait_ready(c, POLLIN, deadline()) & POLLIN, POLLIN);
		ck_assert_int_eq(recv(c, &byte, 1, 0), 1);
		/* No text of ours has its beginning in it once more. */
		n = byte == text[n] ? n + 1 : byte == text[0];
	}
}

/* The process that tells the next event. */
static pid_t
hear_event(int c)
{
	char digits[16];
	size_t n = 0;

	read_until(c, "data: {\"by\": ");
	do
		ck_assert_int_eq(recv(c, &digits[n], 1, MSG_WAITALL), 1);
	while (digits[n++] != ',' && n < sizeof(digits));
	read_until(c, "\"slots\": [");
	read_until(c, "]}}\n\n");
	return (pid_t)strtol(digits, NULL, 10);
}

/* With what stands behind the request in the same segment. */
static int
open_events_before(const char *behind)
{
	int c = client_open_status(&server);
	char text[128];

	(void)snprintf(text, sizeof(text),
	    "GET /events HTTP/1.1\r\nHost: x\r\n\r\n%s", behind);
	send_text(c, text);
	http_read_head(c, &answer);
	ck_assert_int_eq(answer.status, 200);
	ck_assert_ptr_nonnull(strstr(answer.head, "text/event-stream"));
	return c;
}

static int
open_events(void)
{
	return open_events_before("");
}

/* Somebody who leaves many pages open does not hide the server. */
START_TEST(who_hears_the_events_gives_way_as_well)
{
	int c[20], i, n = (int)(sizeof(c) / sizeof(c[0]));

	server_run_in(&server, _i, "--status", "0", "-w", "1");
	for (i = 0; i < n; i++) {
		c[i] = open_events();
		(void)hear_event(c[i]);
	}
	ask_once("/readyz", 200, NULL);
	expect_gone(c[0]);
	(void)hear_event(c[n - 1]);
	for (i = 0; i < n; i++)
		client_close(c[i]);
	server_finish(&server);
}
END_TEST

START_TEST(events_come_until_the_end)
{
	pid_t by;
	int c;

	server_run_in(&server, _i, "--status", "0", "-w", "1");
	c = open_events();
	by = hear_event(c);
	ck_assert_int_eq(hear_event(c), by);
	/* What it says is nothing to anybody. */
	send_text(c, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
	ck_assert_int_eq(hear_event(c), by);
	ask_once("/healthz", 200, NULL);
	server_signal(&server, SIGTERM);
	expect_gone(c);
	client_close(c);
	(void)server_wait(&server, 0);
	server_allow_log(&server, "stopping, clients may finish");
	server_end(&server);
}
END_TEST

/* What is sent behind the request is as little to it as what comes later. */
START_TEST(a_takeover_goes_on_with_the_events)
{
	static const char *const behind[] = {
	    "", "x", "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"};
	pid_t by, before;
	int c, i;

	server_run(&server, "--status", "0", "-w", "1", "--timeout=60");
	c = open_events_before(behind[_i]);
	by = hear_event(c);
	for (i = 0; i < ROUNDS; i++) {
		before = by;
		(void)server_await_member(&server, "standby", 0);
		ck_assert_int_eq(kill(by, SIGKILL), 0);
		(void)server_expect_log(&server, "1 client kept, 0 dropped");
		/* One that was on its way is finished by the next. */
		do
			by = hear_event(c);
		while (by == before);
	}
	client_close(c);
	server_finish(&server);
}
END_TEST

/* Sends a press: the fields of its head that say for whom, and its form. */
static void
press(int c, const char *who, const char *form)
{
	char head[512];

	(void)snprintf(head, sizeof(head),
	    "POST /demo HTTP/1.1\r\n%sContent-Type: "
	    "application/x-www-form-urlencoded\r\n"
	    "Content-Length: %zu\r\n\r\n%s",
	    who, strlen(form), form);
	send_text(c, head);
	http_read(c, &answer);
}

static void
read_token(char token[17])
{
	const char *at;

	ask_once("/", 200, NULL);
	at = strstr(answer.body, "name=token value=");
	ck_assert_ptr_nonnull(at);
	(void)snprintf(token, 17, "%.16s", at + 17);
}

START_TEST(the_page_breaks_things_for_itself_alone)
{
	static const char *const others[] = {
	    "Host: localhost\r\nOrigin: http://example.org\r\n",
	    "Host: example.org\r\n", "Host: localhost\r\n"};
	char token[17] = "", body[64];
	int c;
	size_t i;

	server_run_in(&server, _i, "--demo", "-w", "1");
	read_token(token);
	for (i = 0; i < 4; i++) {
		(void)snprintf(body, sizeof(body), "token=%s&slot=%d&do=worker",
		    i == 2 ? "0123456789abcdef" : token, i == 3 ? 9 : 0);
		c = client_open_status(&server);
		press(c, others[i < 3 ? i : 2], body);
		ck_assert_int_eq(answer.status, i < 3 ? 403 : 400);
		client_close(c);
	}
	server_finish(&server);
}
END_TEST

/* As a browser sends it again that lost its answer to it. */
START_TEST(a_press_means_the_worker_that_it_names)
{
	static const char *const stale[] = {"0", "1", "2147483648", "x", ""};
	char token[17] = "", body[96];
	pid_t worker;
	size_t i;
	int c;

	server_run(&server, "--demo", "-w", "1");
	read_token(token);
	server_await_workers(&server, &worker, 1);
	c = client_open_status(&server);
	for (i = 0; i < sizeof(stale) / sizeof(stale[0]); i++) {
		(void)snprintf(body, sizeof(body),
		    "token=%s&slot=0&do=both&worker=%s", token, stale[i]);
		press(c, "Host: localhost\r\n", body);
		ck_assert_int_eq(answer.status, 200);
		ck_assert_str_eq(answer.body, "That worker is gone already.\n");
	}
	(void)snprintf(body, sizeof(body),
	    "token=%s&slot=0&do=standby&worker=%d", token, (int)worker);
	press(c, "Host: localhost\r\n", body);
	if (standby_possible() && ledger_works()) {
		ck_assert_str_eq(answer.body, "Done.\n");
		server_expect_log(
		    &server, "standby of worker 0 (pid *) was killed");
	} else {
		ck_assert_str_eq(answer.body, "There is nobody.\n");
	}
	client_close(c);
	server_finish(&server);
}
END_TEST

START_TEST(the_page_of_others_has_no_buttons)
{
	int c;

	server_run(&server, "--status", "0", "-w", "1");
	ask_once("/", 200, NULL);
	ck_assert_ptr_null(strstr(answer.body, "name=token"));
	ask_once("/demo/bytes", 404, NULL);
	c = client_open_status(&server);
	send_text(c, "POST /demo HTTP/1.1\r\nHost: localhost\r\n"
		     "Content-Length: 0\r\n\r\n");
	http_read(c, &answer);
	ck_assert_int_eq(answer.status, 404);
	client_close(c);
	server_finish(&server);
}
END_TEST

/* Who goes by it goes by a path that ends with the server. */
START_TEST(it_may_be_a_file)
{
	char where[sizeof(tree.path) + 16], *path = where + strlen("unix:");
	struct stat st;
	int c;

	(void)snprintf(where, sizeof(where), "unix:%s/status", tree.path);
	server_run_in(&server, _i, "--status", where, "-w", "1");
	ck_assert_int_eq(stat(path, &st), 0);
	c = client_open_path(path);
	ask(c, "/readyz", 200, "ready\n");
	client_close(c);
	server_finish(&server);
	ck_assert_int_ne(stat(path, &st), 0);
}
END_TEST

START_TEST(a_demonstration_has_it_and_others_do_not)
{
	server_run(&server, "-w", "1");
	ck_assert_int_eq(server.status4, 0);
	server_finish(&server);
	server_run(&server, "-w", "1", "--demo");
	ask_once("/readyz", 200, "ready\n");
	server_finish(&server);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("status_listener");
	TCase *tc = suite_case(suite, "status_listener");

	tcase_add_checked_fixture(tc, setup, teardown);
	in_all_cells(tc, it_answers_there_and_nowhere_else);
	in_all_cells(tc, it_counts_the_others_and_not_itself);
	in_all_cells(tc, no_limit_of_clients_is_one_for_it);
	in_all_cells(tc, its_own_places_go_to_those_that_asked_last);
	in_all_cells(tc, who_hears_the_events_gives_way_as_well);
	in_all_cells(tc, who_is_refused_is_counted);
	in_all_cells(tc, while_draining_it_is_alive_and_not_ready);
	in_all_cells(tc, events_come_until_the_end);
	in_all_cells(tc, the_page_breaks_things_for_itself_alone);
	tcase_add_test(tc, a_press_means_the_worker_that_it_names);
	tcase_add_test(tc, the_page_of_others_has_no_buttons);
	in_all_cells(tc, it_may_be_a_file);
	tcase_add_test(tc, a_demonstration_has_it_and_others_do_not);
	if (proc_visible())
		in_all_cells(tc, before_draining_it_is_not_ready_and_serves);
	in_all_cells(tc, the_delay_before_draining_ends);
	in_all_cells(tc, the_program_itself_can_ask);
	in_all_cells(tc, a_renewal_leaves_it);
	if (proc_visible() && matrix_has("prefork") && standby_possible() &&
	    ledger_works()) {
		tcase_add_loop_test(tc, a_takeover_goes_on_with_it, 0, 1);
		tcase_add_loop_test(
		    tc, a_takeover_goes_on_with_the_events, 0, 3);
	}
	server_look_for_no_leaks();
	return suite_run(suite);
}
