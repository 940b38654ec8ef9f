/*
 * A worker's death, as its clients see it: not at all. Every state in which a
 * connection can be is built over a real socket, the worker is killed in it,
 * and the client must get what it would have got; who is to blame alone is
 * lost.
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "bench/proc.h"
#include "family.h"
#include "peer.h"
#include "server.h"
#include "suite.h"
#include "takeover.h"
#include "worker/config.h"

START_TEST(an_idle_client_is_kept)
{
	int c;

	begin();
	c = client_open(&server);
	greet(c);
	kill_worker(1);
	send_text(c, "again\nexit\n");
	expect(c, "again\n");
	expect_eof(c);
	client_close(c);
	server_finish(&server);
}
END_TEST

START_TEST(half_an_exit_is_remembered)
{
	int c;

	begin();
	c = client_open(&server);
	send_text(c, "hello\nex");
	expect(c, "hello\n");
	kill_worker(1);
	send_text(c, "it\n");
	/* If the pause was long, what was held has been echoed meanwhile. */
	expect_gone(c);
	client_close(c);
	server_finish(&server);
}
END_TEST

START_TEST(half_a_request_is_remembered)
{
	static struct response r;
	int c, later;

	begin();
	c = client_open(&server);
	send_text(c, "GET /small HT");
	/* A later client that is served: so the first has been looked at. */
	later = client_open(&server);
	greet(later);
	kill_worker(2);
	client_close(later);
	send_text(c, "TP/1.1\r\nHost: x\r\n\r\n");
	http_read(c, &r);
	ck_assert_int_eq(r.status, 200);
	ck_assert_str_eq(r.body, "small\n");
	client_close(c);
	server_finish(&server);
}
END_TEST

START_TEST(between_two_requests_nothing_is_lost)
{
	static struct response r;
	int c, i;

	begin();
	c = client_open(&server);
	for (i = 0; i < 5; i++) {
		http_get(c, "/small", &r);
		ck_assert_int_eq(r.status, 200);
		ck_assert_str_eq(r.body, "small\n");
		kill_worker(1);
	}
	client_close(c);
	server_finish(&server);
}
END_TEST

START_TEST(a_client_that_does_not_read_gets_all_in_the_end)
{
	uint64_t sent;
	int c;

	begin();
	c = client_open_narrow(&server);
	sent = send_until_full(c, 64 << 20);
	kill_worker(1);
	kill_worker(1);
	expect_pattern(c, 0, sent);
	client_close(c);
	server_finish(&server);
}
END_TEST

START_TEST(pipelined_requests_are_each_answered_once)
{
	enum { REQUESTS = 200 };
	static const char ask[] = "GET /small HTTP/1.1\r\nHost: x\r\n\r\n";
	static struct response r;
	int c, i;

	begin();
	c = client_open_narrow(&server);
	for (i = 0; i < REQUESTS; i++)
		send_text(c, ask);
	/* Who still waits in the listening socket's queue is nobody's. */
	ck_assert_int_ne(wait_ready(c, POLLIN, deadline()), 0);
	for (i = 0; i < REQUESTS; i++) {
		if (i % 50 == 0)
			kill_worker(1);
		http_read(c, &r);
		ck_assert_int_eq(r.status, 200);
		ck_assert_str_eq(r.body, "small\n");
	}
	client_close(c);
	server_finish(&server);
}
END_TEST

START_TEST(a_half_closed_client_gets_every_byte)
{
	uint64_t sent;
	int c;

	begin();
	c = client_open_narrow(&server);
	sent = send_until_full(c, 64 << 20);
	half_close(c);
	kill_worker(1);
	expect_pattern(c, 0, sent);
	expect_eof(c);
	client_close(c);
	server_finish(&server);
}
END_TEST

START_TEST(the_faulty_client_alone_is_lost)
{
	enum { OTHERS = 50, FAULTS = 20 };
	static const char *const fault[] = {
	    "!segv\n", "!abort\n", "!exit 7\n", "!scribble 1\n"};
	int c[OTHERS], bad, i, t;

	begin();
	for (i = 0; i < OTHERS; i++) {
		c[i] = client_open(&server);
		greet(c[i]);
	}
	for (t = 0; t < FAULTS; t++) {
		bad = client_open(&server);
		send_text(bad, fault[t % 3]);
		expect_gone(bad);
		client_close(bad);
		(void)server_expect_log(&server,
		    "worker 0 * took over *: 50 clients kept, 1 dropped *");
		for (i = 0; i < OTHERS; i++) {
			send_text(c[i], "still here\n");
			expect(c[i], "still here\n");
		}
	}
	for (i = 0; i < OTHERS; i++)
		client_close(c[i]);
	server_finish(&server);
}
END_TEST

START_TEST(a_hung_worker_costs_the_client_that_hung_it)
{
	int c, bad;

	server_run(
	    &server, "-w", "1", "-r", tree.path, "--demo", "--timeout", "1");
	c = client_open(&server);
	greet(c);
	bad = client_open(&server);
	send_text(bad, "!hang\n");
	expect_gone(bad);
	(void)server_expect_log(
	    &server, "worker 0 * took over *hung*: 1 client kept, 1 dropped *");
	send_text(c, "still here\n");
	expect(c, "still here\n");
	client_close(c);
	client_close(bad);
	server_finish(&server);
}
END_TEST

START_TEST(a_scribble_makes_nobody_receive_a_wrong_byte)
{
	enum { OTHERS = 20, SCRIBBLES = 100 };
	int c[OTHERS], bad, i, t;
	char line[64], got[64];
	ssize_t n;

	/* A scribble may end in a hang, too. */
	server_run(
	    &server, "-w", "1", "-r", tree.path, "--demo", "--timeout", "3");
	/* What a process says that was scribbled over is anybody's guess:
	 * what nobody may say is asked for at the end. */
	server_allow_log(&server, "");
	for (i = 0; i < OTHERS; i++)
		c[i] = -1;
	for (t = 0; t < SCRIBBLES; t++) {
		for (i = 0; i < OTHERS; i++) {
			if (c[i] < 0)
				c[i] = client_open(&server);
			(void)snprintf(line, sizeof(line), "%d of %d\n", i, t);
			send_text(c[i], line);
			expect(c[i], line);
		}
		bad = client_open(&server);
		(void)snprintf(line, sizeof(line), "!scribble %d\n", t);
		send_text(bad, line);
		expect_gone(bad);
		client_close(bad);
		(void)server_expect_log(&server, "worker 0 * took over *");
		/* Kept, or closed; nothing else. */
		for (i = 0; i < OTHERS; i++) {
			if (send(c[i], "alive\n", 6, MSG_NOSIGNAL) == 6)
				n = recv(c[i], got, 6, MSG_WAITALL);
			else
				n = -1;
			ck_assert_msg(
			    n <= 0 ||
				(n == 6 && memcmp(got, "alive\n", 6) == 0),
			    "scribble %d: client %d got %zd bytes", t, i, n);
			if (n <= 0) {
				client_close(c[i]);
				c[i] = -1;
			}
		}
	}
	for (i = 0; i < OTHERS; i++)
		if (c[i] >= 0)
			client_close(c[i]);
	ck_assert(!server_has_logged(&server, "while taking over"));
	ck_assert(!server_has_logged(&server, "cannot take over"));
	ck_assert(!server_has_logged(&server, " client lost"));
	ck_assert(!server_has_logged(&server, " clients lost"));
	server_finish(&server);
}
END_TEST

START_TEST(only_who_serves_waits_for_its_turn)
{
	enum { OTHER = 0, BATCH = 3 };

	begin();
	ck_assert_int_eq(process_policy(server.pid), OTHER);
	ck_assert_int_eq(process_policy(server_master(&server)), OTHER);
	ck_assert_int_eq(
	    process_policy(server_await_member(&server, "worker", 0)), BATCH);
	ck_assert_int_eq(
	    process_policy(server_await_member(&server, "standby", 0)), OTHER);
	kill_worker(0);
	ck_assert_int_eq(
	    process_policy(server_await_member(&server, "worker", 0)), BATCH);
	server_finish(&server);
}
END_TEST

START_TEST(hup_disconnects_nobody)
{
	int c, i;

	begin();
	c = client_open(&server);
	for (i = 0; i < 5; i++) {
		server_signal(&server, SIGHUP);
		(void)server_expect_log(&server, "renewing all workers");
		(void)server_expect_log(
		    &server, "worker 0 * took over *made way*1 client kept, *");
		greet(c);
	}
	client_close(c);
	server_finish(&server);
}
END_TEST

/* What the worker's poller waits for; 0 where that cannot be seen. */
static int
count_waits(void)
{
	char text[4096], name[24];
	const char *at = text;
	int n = 0;

	(void)snprintf(name, sizeof(name), "fdinfo/%d", FD_POLLER);
	if (!proc_visible() ||
	    !proc_text(text, sizeof(text),
		server_await_member(&server, "worker", 0), name))
		return 0;
	while ((at = strstr(at, "tfd:")) != NULL) {
		at++;
		n++;
	}
	return n;
}

/* Else it would wake for it for ever. */
START_TEST(nothing_of_a_dead_worker_is_waited_for)
{
	int c, i, before;

	begin();
	c = client_open(&server);
	greet(c);
	before = count_waits();
	for (i = 0; i < 3; i++) {
		kill_worker(1);
		greet(c);
		ck_assert_int_eq(count_waits(), before);
	}
	client_close(c);
	server_finish(&server);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("takeover");
	TCase *tc = takeover_case(suite, "takeover");

	if (tc != NULL) {
		tcase_add_test(tc, an_idle_client_is_kept);
		tcase_add_test(tc, half_an_exit_is_remembered);
		tcase_add_test(tc, half_a_request_is_remembered);
		tcase_add_test(tc, between_two_requests_nothing_is_lost);
		tcase_add_test(
		    tc, a_client_that_does_not_read_gets_all_in_the_end);
		tcase_add_test(tc, pipelined_requests_are_each_answered_once);
		tcase_add_test(tc, a_half_closed_client_gets_every_byte);
		tcase_add_test(tc, the_faulty_client_alone_is_lost);
		tcase_add_test(tc, a_hung_worker_costs_the_client_that_hung_it);
		tcase_add_test(
		    tc, a_scribble_makes_nobody_receive_a_wrong_byte);
		tcase_add_test(tc, only_who_serves_waits_for_its_turn);
		tcase_add_test(tc, hup_disconnects_nobody);
		tcase_add_test(tc, nothing_of_a_dead_worker_is_waited_for);
	}
	server_look_for_no_leaks();
	return suite_run(suite);
}
