/*
 * Deaths in a row: those that come to nothing slow a slot down, and the log
 * says so; an answer given, a client to blame or a death from outside does not.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "family.h"
#include "bench/proc.h"
#include "matrix.h"
#include "os/ledger.h"
#include "os/standby.h"
#include "peer.h"
#include "server.h"
#include "suite.h"

enum { FREE = 8, PATIENT = 100, MANY = 30 };

static struct server server;

/* One worker with a standby; its slot's steps are in the log. False where there
 * are none. */
static bool
begin(int cell)
{
	if (strcmp(matrix_model(cell), "prefork") != 0 || !standby_possible() ||
	    !ledger_works())
		return false;
	server_run_in(&server, cell, "-w", "1", "-v", "--demo");
	server_allow_log(&server, "slot 0:*");
	return true;
}

/* What was given to a client is on the scoreboard when the next one is served:
 * the step of the first is over then. */
static void
greet_and_leave(void)
{
	int i, c;

	for (i = 0; i < 2; i++) {
		c = client_open(&server);
		greet(c);
		client_close(c);
	}
}

/* Kills the worker. Returns whether its standby takes over at once; if so, it
 * serves when this returns. */
static bool
kill_worker(int signo)
{
	const char *next;

	ck_assert_int_eq(
	    kill(server_await_member(&server, "worker", 0), signo), 0);
	next = server_expect_log(&server, "worker 0 [(k]");
	if (strstr(next, "keeps dying: its standby takes over in") != NULL)
		return false;
	ck_assert_msg(strstr(next, "took over") != NULL, "%s", next);
	(void)server_expect_log(&server, "slot 0: taking and ready");
	return true;
}

START_TEST(takeovers_that_come_to_nothing_slow_down)
{
	int deaths = 1;

	if (!begin(_i))
		return;
	while (kill_worker(SIGSEGV))
		ck_assert_int_lt(deaths++, PATIENT);
	ck_assert_int_gt(deaths, FREE);
	/* It goes on, by itself. */
	greet_and_leave();
	(void)server_expect_log(&server, "worker 0 * took over");
	server_finish(&server);
}
END_TEST

START_TEST(an_answer_ends_a_back_off)
{
	int i;

	if (!begin(_i))
		return;
	for (i = 0; i < 3 * FREE; i++) {
		if (i % FREE == 0)
			greet_and_leave();
		ck_assert(kill_worker(SIGSEGV));
	}
	server_finish(&server);
}
END_TEST

START_TEST(who_is_killed_from_outside_or_renewed_is_not_delayed)
{
	int i;

	if (!begin(_i))
		return;
	for (i = 0; i < MANY; i++)
		ck_assert(kill_worker(SIGKILL));
	for (i = 0; i < MANY; i++) {
		server_signal(&server, SIGHUP);
		(void)server_expect_log(&server, "renewing all workers");
		(void)server_expect_log(
		    &server, "worker 0 * took over *made way");
		(void)server_expect_log(&server, "slot 0: taking and ready");
	}
	server_finish(&server);
}
END_TEST

START_TEST(a_client_that_keeps_crashing_workers_delays_nobody)
{
	int c, i;

	if (!begin(_i))
		return;
	for (i = 0; i < MANY; i++) {
		c = client_open(&server);
		send_text(c, "!segv\n");
		expect_gone(c);
		client_close(c);
		(void)server_expect_log(
		    &server, "worker 0 * took over *is blamed");
		(void)server_expect_log(&server, "slot 0: taking and ready");
	}
	greet_and_leave();
	server_finish(&server);
}
END_TEST

START_TEST(standbys_that_keep_dying_are_made_ever_more_rarely)
{
	const char *next = "";
	int c, deaths;

	if (!begin(_i))
		return;
	c = client_open(&server);
	greet(c);
	server_allow_log(&server, "standby of worker 0 * SIGSEGV");
	for (deaths = 0; strstr(next, "standbys of") == NULL; deaths++) {
		ck_assert_int_lt(deaths, PATIENT);
		ck_assert_int_eq(
		    kill(server_await_member(&server, "standby", 0), SIGSEGV),
		    0);
		next = server_expect_log(&server, "standby* of worker 0 ");
		if (strstr(next, "keep dying") == NULL && deaths > 0)
			next = server_expect_log(&server, "keep dying");
	}
	/* Another is made, and is as good as any. */
	(void)server_await_member(&server, "standby", 0);
	ck_assert(kill_worker(SIGKILL));
	greet(c);
	client_close(c);
	server_finish(&server);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("backoff");
	TCase *tc = suite_case(suite, "backoff");

	if (!proc_visible())
		return suite_run(suite);
	in_pool_cells(tc, takeovers_that_come_to_nothing_slow_down);
	in_pool_cells(tc, an_answer_ends_a_back_off);
	in_pool_cells(tc, who_is_killed_from_outside_or_renewed_is_not_delayed);
	in_pool_cells(tc, a_client_that_keeps_crashing_workers_delays_nobody);
	in_pool_cells(tc, standbys_that_keep_dying_are_made_ever_more_rarely);
	server_look_for_no_leaks();
	return suite_run(suite);
}
