/* Limits, and how the load is shared. */
#include <poll.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "family.h"
#include "matrix.h"
#include "peer.h"
#include "server.h"
#include "suite.h"

static struct server server;

static void
greet(int c)
{
	send_text(c, "hello\n");
	expect(c, "hello\n");
}

START_TEST(more_clients_than_allowed_wait_for_their_turn)
{
	enum { MOST = 3, MORE = 2 };
	int c[MOST + MORE], i;

	server_run_in(&server, _i, "-w", "1", "--max-clients", "3");
	for (i = 0; i < MOST; i++) {
		c[i] = client_open(&server);
		greet(c[i]);
	}
	for (; i < MOST + MORE; i++) {
		c[i] = client_open(&server);
		send_text(c[i], "hello\n");
	}
	/* Those who are served are not disturbed by those who wait. */
	greet(c[0]);
	for (i = MOST; i < MOST + MORE; i++) {
		ck_assert_int_eq(
		    wait_ready(c[i], POLLIN, clock_now() + 100), 0);
		client_close(c[i - MOST]);
		expect(c[i], "hello\n");
	}
	for (i = MORE; i < MOST + MORE; i++) {
		greet(c[i]);
		client_close(c[i]);
	}
	server_finish(&server);
}
END_TEST

START_TEST(nothing_is_left_of_clients_that_are_gone)
{
	enum { CLIENTS = 20, TIMES = 10 };
	int c[CLIENTS], i, t, first, n = 0;
	pid_t child;
	int64_t until;

	server_run_in(&server, _i, "-w", "1");
	server_await_workers(&server, &child, 1);
	first = server_descriptors(child);
	for (t = 0; t < TIMES; t++) {
		for (i = 0; i < CLIENTS; i++) {
			c[i] = client_open(&server);
			if (i % 2 == 0)
				greet(c[i]);
		}
		for (i = 0; i < CLIENTS; i++)
			if (i % 3 == 0)
				client_abort(c[i]);
			else
				client_close(c[i]);
	}
	/* It hears of the last ones when it comes to it. */
	until = deadline();
	while ((n = server_descriptors(child)) > first && clock_now() < until)
		server_listen(&server, 20);
	ck_assert_msg(n <= first,
	    "%d descriptors; with no client there were %d", n, first);
	server_finish(&server);
}
END_TEST

/* As many descriptors as the test needs; false if they cannot be had. */
static bool
may_open(rlim_t n)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return false;
	if (limit.rlim_cur >= n)
		return true;
	limit.rlim_cur = limit.rlim_max < n ? limit.rlim_max : n;
	return setrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur >= n;
}

START_TEST(a_thousand_clients_are_spread_evenly)
{
	enum { CLIENTS = 1000, WORKERS = 4, SHARE = CLIENTS / WORKERS };
	int c[CLIENTS], before[WORKERS], i, n, sum = 0;
	pid_t workers[WORKERS];

	if (!may_open(CLIENTS + 64))
		return;
	server_run_in(&server, _i, "-w", "4");
	server_await_workers(&server, workers, WORKERS);
	for (i = 0; i < WORKERS; i++)
		before[i] = server_sockets(workers[i]);
	for (i = 0; i < CLIENTS; i++)
		c[i] = client_open(&server);
	/* All of them are served, so all of them have been accepted. */
	for (i = 0; i < CLIENTS; i++)
		greet(c[i]);
	for (i = 0; i < WORKERS; i++) {
		n = server_sockets(workers[i]) - before[i];
		sum += n;
		ck_assert_msg(n >= SHARE - SHARE / 4 && n <= SHARE + SHARE / 4,
		    "worker %d has %d of %d clients", i, n, CLIENTS);
	}
	ck_assert_int_eq(sum, CLIENTS);
	for (i = 0; i < CLIENTS; i++)
		client_close(c[i]);
	server_finish(&server);
}
END_TEST

START_TEST(a_thousand_clients_are_served_at_once)
{
	enum { CLIENTS = 1000 };
	int c[CLIENTS], i;

	if (!may_open(CLIENTS + 64))
		return;
	/* A process for each would be more than a small machine bears. */
	if (strcmp(matrix_model(_i), "fork") == 0)
		return;
	server_run_in(&server, _i, "-w", "4");
	for (i = 0; i < CLIENTS; i++)
		c[i] = client_open(&server);
	for (i = 0; i < CLIENTS; i++)
		send_text(c[i], "hello\n");
	for (i = CLIENTS - 1; i >= 0; i--)
		expect(c[i], "hello\n");
	for (i = 0; i < CLIENTS; i++)
		client_close(c[i]);
	server_finish(&server);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("limits");
	TCase *tc = suite_case(suite, "limits");

	in_all_cells(tc, more_clients_than_allowed_wait_for_their_turn);
	in_all_cells(tc, a_thousand_clients_are_served_at_once);
	if (family_visible()) {
		in_all_cells(tc, nothing_is_left_of_clients_that_are_gone);
		in_pool_cells(tc, a_thousand_clients_are_spread_evenly);
	}
	return suite_run(suite);
}
