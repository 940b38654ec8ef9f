/*
 * check_counts - what the server says that it has served is what its clients
 * have sent and received: across renewals, changes of the number of workers,
 * and deaths.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "bench/proc.h"
#include "family.h"
#include "matrix.h"
#include "os/ledger.h"
#include "os/standby.h"
#include "peer.h"
#include "server.h"
#include "suite.h"
#include "tree.h"

enum { ECHO_BYTES = 40000, ROUNDS = 5 };

/* In the order of the line. */
struct counts {
	uint64_t clients, requests, in, out, takeovers, kept, dropped;
};

static struct server server;
static struct tree tree;
static struct counts ours;

/* What a client has sent and received is counted before the server ends its
 * connection: so no death after that loses it. */
static void
end(int c)
{
	half_close(c);
	expect_eof(c);
	client_close(c);
}

/* A client that sends bytes, and one that asks twice and gets an answer and an
 * error. */
static void
serve_two(void)
{
	static const char good[] = "GET /small HTTP/1.1\r\nHost: x\r\n\r\n";
	static const char bad[] = "GET /none HTTP/1.1\r\nHost: x\r\n\r\n";
	static struct response r;
	int c = client_open(&server);

	expect_echo(c, 0, ECHO_BYTES, 4000);
	end(c);
	ours.in += ECHO_BYTES;
	ours.out += ECHO_BYTES;
	c = client_open(&server);
	send_text(c, good);
	http_read(c, &r);
	ck_assert_int_eq(r.status, 200);
	ours.in += strlen(good);
	ours.out += strlen(r.head) + r.len;
	send_text(c, bad);
	http_read(c, &r);
	ck_assert_int_eq(r.status, 404);
	ours.in += strlen(bad);
	ours.out += strlen(r.head) + r.len;
	end(c);
	ours.requests += 2;
	ours.clients += 2;
}

static struct counts
read_line(const char *line)
{
	struct counts n;

	ck_assert_int_eq(sscanf(strstr(line, "so far: "),
			     "so far: clients %" SCNu64 ", requests %" SCNu64
			     ", bytes in %" SCNu64 ", bytes out %" SCNu64
			     ", takeovers %" SCNu64 ", clients kept %" SCNu64
			     ", dropped %" SCNu64,
			     &n.clients, &n.requests, &n.in, &n.out,
			     &n.takeovers, &n.kept, &n.dropped),
	    7);
	return n;
}

static void
expect_counts(const struct counts *n)
{
	ck_assert_uint_eq(n->clients, ours.clients);
	ck_assert_uint_eq(n->requests, ours.requests);
	ck_assert_uint_eq(n->in, ours.in);
	ck_assert_uint_eq(n->out, ours.out);
	ck_assert_uint_eq(n->takeovers, ours.takeovers);
	ck_assert_uint_le(n->kept, ours.clients);
	ck_assert_uint_eq(n->dropped, 0);
}

static void
begin(int cell, const char *option)
{
	memset(&ours, 0, sizeof(ours));
	tree_make(&tree);
	tree_pattern(&tree, "small", 5000);
	server_run_in(&server, cell, "-v", "-w", "2", "-r", tree.path, option);
	server_allow_log(&server, "prefork: *");
}

/* All have gone by the last line: nothing is under way any more. */
static void
finish(void)
{
	struct counts n;

	server_signal(&server, SIGTERM);
	(void)server_expect_log(&server, "stopping");
	n = read_line(server_expect_log(&server, "served so far: *"));
	expect_counts(&n);
	(void)server_wait(&server, 0);
	server_end(&server);
	tree_remove(&tree);
}

/* Renews all workers, and waits until the old ones are gone: a client that one
 * of them has accepted may be let go between two requests. */
static void
renew(int children)
{
	pid_t pids[8];
	int i;

	server_signal(&server, SIGHUP);
	(void)server_expect_log(&server, "renewing all workers");
	for (i = 0; i < children; i++)
		(void)server_expect_log(&server, "serves, pid");
	server_await_workers(&server, pids, children);
}

/* A line at any time says no less than the one before it; and what a slot has
 * given that is not wanted any more still counts. */
START_TEST(what_was_served_is_counted_across_renewals)
{
	const bool prefork = strcmp(matrix_model(_i), "prefork") == 0;
	struct counts n, before;
	int i;

	memset(&before, 0, sizeof(before));
	begin(_i, without_standby());
	for (i = 0; i < ROUNDS; i++) {
		serve_two();
		renew(prefork ? 2 + i : 1);
		serve_two();
		server_signal(&server, SIGTTIN);
		if (prefork)
			(void)server_expect_log(&server, "serves, pid");
		serve_two();
		server_signal(&server, SIGUSR1);
		n = read_line(server_expect_log(&server, "served so far: *"));
		ck_assert_uint_ge(n.requests, before.requests);
		ck_assert_uint_ge(n.out, before.out);
		ck_assert_uint_le(n.out, ours.out);
		before = n;
	}
	for (i = 0; i < ROUNDS; i++)
		server_signal(&server, SIGTTOU);
	finish();
}
END_TEST

START_TEST(what_was_served_is_counted_across_deaths)
{
	pid_t pids[8];
	int i;

	begin(_i, without_standby());
	for (i = 0; i < ROUNDS; i++) {
		serve_two();
		ck_assert_int_gt(server_workers(&server, pids, 8), 0);
		ck_assert_int_eq(kill(pids[0], SIGKILL), 0);
		(void)server_expect_log(&server, "killed by SIGKILL");
		(void)server_expect_log(&server, "serves, pid");
	}
	finish();
}
END_TEST

START_TEST(what_was_served_is_counted_across_takeovers)
{
	pid_t worker;
	int i;

	begin(_i, "--timeout=60");
	for (i = 0; i < ROUNDS; i++) {
		serve_two();
		worker = server_await_member(&server, "worker", 0);
		(void)server_await_member(&server, "standby", 0);
		ck_assert_int_eq(kill(worker, SIGKILL), 0);
		(void)server_expect_log(&server, "took over");
		ours.takeovers++;
	}
	finish();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("counts");
	TCase *tc = suite_case(suite, "counts");

	if (!proc_visible())
		return suite_run(suite);
	in_all_cells(tc, what_was_served_is_counted_across_renewals);
	in_all_cells(tc, what_was_served_is_counted_across_deaths);
	if (matrix_has("prefork") && standby_possible() && ledger_works())
		tcase_add_loop_test(
		    tc, what_was_served_is_counted_across_takeovers, 0, 1);
	server_look_for_no_leaks();
	return suite_run(suite);
}
