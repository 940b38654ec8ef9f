/* Limits, and how the load is shared. */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

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

/* A few at a time: who waits longer than a moment is for whichever worker may
 * run first, and which that is only the system knows. */
START_TEST(a_thousand_clients_are_spread_evenly)
{
	enum { CLIENTS = 1000, BURST = 20, WORKERS = 4 };
	enum { SHARE = CLIENTS / WORKERS };
	int c[CLIENTS], before[WORKERS], i, n, sum = 0;
	pid_t workers[WORKERS];

	if (!may_open(CLIENTS + 64))
		return;
	server_run_in(&server, _i, "-w", "4");
	server_await_workers(&server, workers, WORKERS);
	for (i = 0; i < WORKERS; i++)
		before[i] = server_sockets(workers[i]);
	for (n = 0; n < CLIENTS; n += BURST) {
		for (i = n; i < n + BURST; i++)
			c[i] = client_open(&server);
		/* They are served, so they have been accepted. */
		for (i = n; i < n + BURST; i++)
			greet(c[i]);
	}
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

/* Is there an echo on a new connection? If so it stays open, in *c. */
static bool
gets_in(int *c)
{
	char got[6];
	ssize_t n;

	*c = client_try(&server);
	if (*c < 0)
		return false;
	n = send(*c, "hello\n", 6, MSG_NOSIGNAL);
	if (n == 6) {
		ck_assert_int_ne(wait_ready(*c, POLLIN, deadline()), 0);
		n = recv(*c, got, sizeof(got), 0);
	}
	if (n > 0)
		return true;
	client_close(*c);
	return false;
}

/* Exactly `most` get in, and as soon as one leaves, one more. */
static void
expect_most(int *c, int most)
{
	int64_t until = deadline();
	int i, more;

	for (i = 0; i < most; i++)
		if (c[i] < 0)
			ck_assert_msg(gets_in(&c[i]), "no place for %d", i);
	for (i = 0; i < 3; i++)
		ck_assert_msg(!gets_in(&more), "a place too many");
	client_close(c[0]);
	/* The server hears of it when it comes to it. */
	while (!gets_in(&c[0]))
		ck_assert_int_lt(clock_now(), until);
	ck_assert(!gets_in(&more));
}

static void
close_all(const int *c, int n)
{
	int i;

	for (i = 0; i < n; i++)
		client_close(c[i]);
}

START_TEST(an_address_has_so_many_clients_over_all_workers)
{
	enum { MOST = 7 };
	int c[MOST], six, i;

	server_run_in(&server, _i, "-w", "3", "--max-clients-per-address", "7");
	server_allow_log(&server, "127.0.0.1 has 7 clients already*");
	for (i = 0; i < MOST; i++)
		c[i] = -1;
	for (i = 0; i < 5; i++)
		expect_most(c, MOST);
	ck_assert(server_has_logged(&server, "127.0.0.1 has 7 clients"));
	/* Another address is another matter. */
	if (server.port6 != 0) {
		six = client_open6(&server);
		greet(six);
		client_close(six);
	}
	greet(c[MOST - 1]);
	close_all(c, MOST);
	server_finish(&server);
}
END_TEST

START_TEST(deaths_do_not_change_how_many_an_address_may_have)
{
	enum { MOST = 5, DEATHS = 6 };
	pid_t workers[2];
	int c[MOST], i;

	server_run_in(&server, _i, "-w", "2", "--max-clients-per-address", "5");
	server_allow_log(&server, "127.0.0.1 has 5 clients already*");
	for (i = 0; i < MOST; i++)
		c[i] = -1;
	for (i = 0; i < DEATHS; i++) {
		expect_most(c, MOST);
		server_await_workers(&server, workers, 2);
		ck_assert_int_eq(kill(workers[i % 2], SIGKILL), 0);
		(void)server_expect_log(&server, "worker * took over *");
	}
	expect_most(c, MOST);
	close_all(c, MOST);
	server_finish(&server);
}
END_TEST

START_TEST(who_died_with_its_clients_leaves_their_places)
{
	enum { MOST = 4 };
	pid_t worker;
	int c[MOST], i, t;

	server_run_in(&server, _i, "-w", "1", "--max-clients-per-address", "4",
	    without_standby());
	server_allow_log(&server, "127.0.0.1 has 4 clients already*");
	for (i = 0; i < MOST; i++)
		c[i] = -1;
	for (t = 0; t < 3; t++) {
		expect_most(c, MOST);
		server_await_workers(&server, &worker, 1);
		ck_assert_int_eq(kill(worker, SIGKILL), 0);
		(void)server_expect_log(&server, "worker * was killed by");
		(void)server_expect_log(&server, "worker * serves, pid");
		for (i = 0; i < MOST; i++) {
			expect_gone(c[i]);
			client_close(c[i]);
			c[i] = -1;
		}
	}
	expect_most(c, MOST);
	close_all(c, MOST);
	server_finish(&server);
}
END_TEST

/* Two places: one is held by a client that takes next to nothing, one by one
 * that takes its time. A third one waits. */
START_TEST(who_is_too_slow_gives_way_when_places_are_scarce)
{
	enum { SIZE = 32 << 20, PIECE = 16384 };
	static struct response r;
	uint64_t at = 1000;
	int slow, steady, c;
	struct tree tree;

	tree_make(&tree);
	tree_pattern(&tree, "big", SIZE);
	server_run_in(&server, _i, "-w", "1", "-r", tree.path, "--max-clients",
	    "2", "--min-rate", "1000");
	slow = client_open_narrow(&server);
	send_text(slow, "GET /big HTTP/1.1\r\nHost: x\r\n\r\n");
	http_read_head(slow, &r);
	steady = client_open_narrow(&server);
	send_text(steady, "GET /big HTTP/1.1\r\nHost: x\r\n\r\n");
	http_read_head(steady, &r);
	expect_pattern(steady, 0, at);
	c = client_open(&server);
	send_text(c, "hello\n");
	while (wait_ready(c, POLLIN, clock_now() + 20) == 0) {
		ck_assert_uint_lt(at, SIZE - PIECE);
		expect_pattern(steady, at, at + PIECE);
		at += PIECE;
	}
	expect(c, "hello\n");
	expect_pattern(steady, at, at + PIECE);
	expect_gone(slow);
	client_close(slow);
	client_close(steady);
	client_close(c);
	server_finish(&server);
	tree_remove(&tree);
}
END_TEST

/* Options, a request, and how it is answered. */
static const struct limit {
	const char *option, *value, *request;
	int status;
} limits[] = {
    {"--max-line", "64", "GET /%.*s HTTP/1.1\r\nHost: x\r\n\r\n", 414},
    {"--max-line", "200", "GET /%.*s HTTP/1.1\r\nHost: x\r\n\r\n", 404},
    {"--max-head", "64", "GET / HTTP/1.1\r\nHost: x\r\nA: %.*s\r\n\r\n", 431},
    {"--max-head", "200", "GET / HTTP/1.1\r\nHost: x\r\nA: %.*s\r\n\r\n", 200},
    {"--max-fields", "1", "GET / HTTP/1.1\r\nHost: x\r\nA: %.*s\r\n\r\n", 431},
    {"--max-fields", "2", "GET / HTTP/1.1\r\nHost: x\r\nA: %.*s\r\n\r\n", 200},
    {"--max-body", "99",
	"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n%.*s", 413},
    {"--max-body", "100",
	"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n%.*s", 405},
};

enum { LIMITS = sizeof(limits) / sizeof(limits[0]) };

START_TEST(limits_are_where_they_are_set)
{
	static struct response r;
	char request[512], fill[100];
	struct tree tree;
	int c, i;

	memset(fill, 'a', sizeof(fill));
	tree_make(&tree);
	for (i = 0; i < LIMITS; i++) {
		server_run_in(&server, _i, "-w", "1", "-r", tree.path,
		    limits[i].option, limits[i].value);
		c = client_open(&server);
		(void)snprintf(request, sizeof(request), limits[i].request,
		    (int)sizeof(fill), fill);
		send_text(c, request);
		http_read(c, &r);
		ck_assert_msg(r.status == limits[i].status, "%s %s: %d",
		    limits[i].option, limits[i].value, r.status);
		client_close(c);
		server_finish(&server);
	}
	tree_remove(&tree);
}
END_TEST

/* What a client sends and how that is answered, after which it falls silent,
 * and the option that says for how long it may. */
static const struct silence {
	const char *option, *sends;
	int status; /* 0: not at all; 1: by an echo */
} silences[] = {
    {"--header-timeout", "G", 0},
    {"--header-timeout", "GET /nothing HTTP/1.1\r\nHost:", 0},
    {"--keep-alive", "GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n", 404},
    {"--idle-timeout",
	"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nbody", 405},
    {"--idle-timeout", "hello\n", 1},
    {"--idle-timeout", "", 0},
};

enum { SILENCES = sizeof(silences) / sizeof(silences[0]) };

/* Its worker is killed again and again meanwhile, more often than that. */
START_TEST(kills_give_nobody_more_time)
{
	const struct silence *s = &silences[_i];
	static struct response r;
	int64_t until = clock_now() + patience();
	struct tree tree;
	pid_t worker;
	int c, kills;

	tree_make(&tree);
	server_run(&server, "-w", "1", "-r", tree.path, s->option, "1");
	server_allow_log(&server, "worker 0 * took over *");
	c = client_open(&server);
	send_text(c, s->sends);
	if (s->status == 1)
		expect(c, s->sends);
	else if (s->status != 0)
		http_read(c, &r);
	ck_assert(s->status <= 1 || r.status == s->status);
	/* The end, a 408, or the echo of what is no method after all. */
	for (kills = 0; wait_ready(c, POLLIN, clock_now() + 50) == 0; kills++) {
		ck_assert_msg(clock_now() < until, "%d kills keep it", kills);
		server_await_workers(&server, &worker, 1);
		ck_assert_int_eq(kill(worker, SIGKILL), 0);
		(void)server_expect_log(&server, "worker 0 * took over *");
	}
	ck_assert_int_gt(kills, 0);
	client_close(c);
	server_finish(&server);
	tree_remove(&tree);
}
END_TEST

static void
crash_by(int c)
{
	send_text(c, "!segv\n");
	expect_gone(c);
	client_close(c);
}

/* Does whoever connects by IPv4 hear anything? */
static bool
is_served(void)
{
	static const char hello[] = "hello\n";
	char byte;
	int c = client_try(&server);
	bool served =
	    c >= 0 && send(c, hello, strlen(hello), MSG_NOSIGNAL) > 0 &&
	    wait_ready(c, POLLIN, deadline()) > 0 && recv(c, &byte, 1, 0) == 1;

	if (c >= 0)
		client_close(c);
	return served;
}

/* In the models where somebody is left who can tell. */
START_TEST(an_address_that_kills_one_after_the_other_is_refused)
{
	enum { MOST = 3 };
	const char *model = matrix_model(_i);
	int i, friend, accomplice;

	if (strcmp(model, "fork") != 0 &&
	    (strcmp(model, "prefork") != 0 || !standby_possible()))
		return;
	server_run_in(&server, _i, "-w", "2", "--demo", "--max-blames", "3");
	server_allow_log(&server, "*took over from*");
	server_allow_log(&server, "client process * killed by SIGSEGV*");
	friend = client_open6(&server);
	greet(friend);
	accomplice = client_open(&server);
	greet(accomplice);
	for (i = 0; i < MOST + 1; i++) {
		ck_assert(is_served());
		crash_by(client_open(&server));
	}
	(void)server_expect_log(
	    &server, "127.0.0.1 is blamed for more than 3 deaths*");
	ck_assert(!is_served());
	ck_assert(!is_served());
	/* Of a pool whoever is there already goes as well. */
	if (model[0] == 'p')
		expect_gone(accomplice);
	greet(friend);
	client_close(friend);
	friend = client_open6(&server);
	greet(friend);
	client_close(friend);
	client_close(accomplice);
	server_finish(&server);
}
END_TEST

/* For whom the proxy asked, only the process knew that is dead. */
START_TEST(of_processes_of_their_own_no_proxy_is_blamed)
{
	int i;

	if (strcmp(matrix_model(_i), "fork") != 0)
		return;
	server_run_in(&server, _i, "-w", "2", "--demo", "--max-blames", "1",
	    "--trust-forwarded", "127.0.0.1");
	server_allow_log(&server, "client process * killed by SIGSEGV*");
	for (i = 0; i < 3; i++) {
		crash_by(client_open(&server));
		ck_assert(is_served());
	}
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
	in_all_cells(tc, an_address_has_so_many_clients_over_all_workers);
	in_all_cells(tc, who_is_too_slow_gives_way_when_places_are_scarce);
	in_all_cells(tc, limits_are_where_they_are_set);
	in_all_cells(tc, an_address_that_kills_one_after_the_other_is_refused);
	in_all_cells(tc, of_processes_of_their_own_no_proxy_is_blamed);
	if (proc_visible()) {
		if (standby_possible() && ledger_works() &&
		    matrix_has("prefork")) {
			in_pool_cells(tc,
			    deaths_do_not_change_how_many_an_address_may_have);
			tcase_add_loop_test(
			    tc, kills_give_nobody_more_time, 0, SILENCES);
		}
		in_pool_cells(
		    tc, who_died_with_its_clients_leaves_their_places);
		in_all_cells(tc, nothing_is_left_of_clients_that_are_gone);
		in_pool_cells(tc, a_thousand_clients_are_spread_evenly);
	}
	return suite_run(suite);
}
