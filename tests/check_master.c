/* Supervision: who dies, who follows, who is told, and that nobody is left.
 * Standbys, where there are any, are left out of the tests in which a death
 * is to be seen. */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "family.h"
#include "bench/proc.h"
#include "matrix.h"
#include "peer.h"
#include "server.h"
#include "suite.h"
#include "tree.h"

static struct server server;

static void
greet_and_leave(void)
{
	int c = client_open(&server);

	greet(c);
	client_close(c);
}

static bool
is_among(const pid_t *pids, int n, pid_t pid)
{
	int i;

	for (i = 0; i < n; i++)
		if (pids[i] == pid)
			return true;
	return false;
}

START_TEST(a_killed_worker_is_replaced)
{
	pid_t before[3], after[3];
	int i;

	server_run_in(&server, _i, "-w", "3", without_standby());
	server_await_workers(&server, before, 3);
	ck_assert_int_eq(kill(before[1], SIGKILL), 0);
	(void)server_expect_log(&server, "worker * was killed by SIGKILL");
	(void)server_expect_log(&server, "worker * serves, pid");
	server_await_workers(&server, after, 3);
	ck_assert(!is_among(after, 3, before[1]));
	ck_assert(is_among(after, 3, before[0]));
	ck_assert(is_among(after, 3, before[2]));
	for (i = 0; i < 10; i++)
		greet_and_leave();
	server_finish(&server);
}
END_TEST

START_TEST(the_death_is_told_with_its_cost)
{
	pid_t worker;
	char text[64];
	int c[3], i;

	server_run_in(&server, _i, "-w", "1", without_standby());
	server_await_workers(&server, &worker, 1);
	for (i = 0; i < 3; i++) {
		c[i] = client_open(&server);
		greet(c[i]);
	}
	ck_assert_int_eq(kill(worker, SIGSEGV), 0);
	(void)snprintf(text, sizeof(text),
	    "worker 0 (pid %ld) was killed by SIGSEGV after", (long)worker);
	ck_assert_ptr_nonnull(
	    strstr(server_expect_log(&server, text), ": 3 clients lost"));
	(void)server_expect_log(&server, "worker 0 serves, pid");
	for (i = 0; i < 3; i++) {
		expect_gone(c[i]);
		client_close(c[i]);
	}
	greet_and_leave();
	server_finish(&server);
}
END_TEST

/* How many clients the death cost, by the line that tells of it. */
static int
clients_lost(const char *line)
{
	const char *count = strrchr(line, ':');
	int lost = -1;

	ck_assert_ptr_nonnull(count);
	ck_assert_int_eq(sscanf(count, ": %d client", &lost), 1);
	return lost;
}

/* Sends and looks for the echo. False if the connection is gone. */
static bool
still_echoes(int c)
{
	char got[6];
	size_t have = 0;
	ssize_t n;

	if (send(c, "hello\n", 6, MSG_NOSIGNAL) != 6)
		return false;
	while (have < sizeof(got)) {
		ck_assert_int_ne(wait_ready(c, POLLIN, deadline()), 0);
		n = recv(c, got + have, sizeof(got) - have, 0);
		if (n <= 0)
			return false;
		have += (size_t)n;
	}
	return memcmp(got, "hello\n", 6) == 0;
}

/* Connects one after the other until two workers have clients; -1 closes the
 * list. Returns the worker of the first. */
static pid_t
seat_among_two(int *c, pid_t *at, int most)
{
	int n = 0;

	do {
		ck_assert_int_lt(n, most - 1);
		c[n] = client_open(&server);
		at[n] = ask_pid(c[n]);
	} while (at[n++] == at[0]);
	c[n] = -1;
	return at[0];
}

START_TEST(the_clients_of_the_others_do_not_notice)
{
	enum { MOST = 256 };
	pid_t workers[4], at[MOST], killed;
	int c[MOST], i, lost, gone = 0;

	server_run_in(&server, _i, "-w", "4", "--demo", without_standby());
	server_await_workers(&server, workers, 4);
	killed = seat_among_two(c, at, MOST);
	ck_assert_int_eq(kill(killed, SIGKILL), 0);
	lost = clients_lost(
	    server_expect_log(&server, "worker * was killed by SIGKILL"));
	(void)server_expect_log(&server, "worker * serves");
	for (i = 0; c[i] >= 0; i++) {
		bool here = still_echoes(c[i]);

		ck_assert_int_eq(here, at[i] != killed);
		gone += !here;
		client_close(c[i]);
	}
	ck_assert_int_eq(gone, lost);
	server_finish(&server);
}
END_TEST

START_TEST(all_workers_killed_at_once_are_replaced)
{
	pid_t before[4], after[4];
	int i;

	server_run_in(&server, _i, "-w", "4", without_standby());
	server_await_workers(&server, before, 4);
	for (i = 0; i < 4; i++)
		ck_assert_int_eq(kill(before[i], SIGKILL), 0);
	for (i = 0; i < 4; i++)
		(void)server_expect_log(&server, "was killed by SIGKILL");
	for (i = 0; i < 4; i++)
		(void)server_expect_log(&server, "worker * serves, pid");
	server_await_workers(&server, after, 4);
	for (i = 0; i < 4; i++)
		ck_assert(!is_among(after, 4, before[i]));
	greet_and_leave();
	server_finish(&server);
}
END_TEST

START_TEST(who_connects_while_nobody_is_there_is_served_by_the_next)
{
	pid_t worker;
	int c;

	server_run_in(&server, _i, "-w", "1", without_standby());
	server_await_workers(&server, &worker, 1);
	ck_assert_int_eq(kill(worker, SIGSTOP), 0);
	c = client_open(&server);
	send_text(c, "hello\n");
	ck_assert_int_eq(kill(worker, SIGKILL), 0);
	(void)server_expect_log(&server, "worker 0 * was *killed by SIGKILL");
	(void)server_expect_log(&server, "worker 0 serves");
	expect(c, "hello\n");
	client_close(c);
	server_finish(&server);
}
END_TEST

START_TEST(when_the_master_is_killed_nobody_is_left_within_a_second)
{
	int c, status;

	server_run_in(&server, _i, "-w", "4", "--no-keeper");
	c = client_open(&server);
	greet(c);
	server_signal(&server, SIGKILL);
	status = server_wait(&server, 1000);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	expect_gone(c);
	client_close(c);
	server_end(&server);
}
END_TEST

START_TEST(a_stopped_worker_is_replaced_after_the_timeout)
{
	pid_t workers[2], after[2];
	int i;

	server_run_in(
	    &server, _i, "-w", "2", "--timeout", "1.5", without_standby());
	server_await_workers(&server, workers, 2);
	ck_assert_int_eq(kill(workers[0], SIGSTOP), 0);
	(void)server_expect_log(&server, "worker * was *killed by SIG");
	(void)server_expect_log(&server, "worker * serves, pid");
	server_await_workers(&server, after, 2);
	ck_assert(!is_among(after, 2, workers[0]));
	ck_assert(is_among(after, 2, workers[1]));
	for (i = 0; i < 8; i++)
		greet_and_leave();
	server_finish(&server);
}
END_TEST

START_TEST(a_stopped_master_does_not_blame_its_workers)
{
	pid_t workers[2];
	int status;

	server_run_in(&server, _i, "-w", "2", "--timeout", "1", "--no-keeper");
	server_await_workers(&server, workers, 2);
	server_signal(&server, SIGSTOP);
	ck_assert_int_eq(waitpid(server.pid, &status, WUNTRACED), server.pid);
	server_listen(
	    &server, 2500); /* longer than the timeout, and its tick */
	server_signal(&server, SIGCONT);
	greet_and_leave();
	server_signal(&server, SIGTTIN);
	(void)server_expect_log(&server, "3 workers wanted");
	(void)server_expect_log(&server, "worker 2 serves");
	server_await_workers(&server, (pid_t[3]){0}, 3);
	ck_assert(process_gone(workers[0]) == false);
	ck_assert(process_gone(workers[1]) == false);
	server_finish(&server);
}
END_TEST

START_TEST(a_worker_that_keeps_dying_is_started_ever_more_rarely)
{
	enum { PATIENT = 100 };
	const char *next = "";
	pid_t worker;
	int deaths;

	server_run_in(&server, _i, "-w", "1", without_standby());
	for (deaths = 0; deaths < PATIENT; deaths++) {
		server_await_workers(&server, &worker, 1);
		ck_assert_int_eq(kill(worker, SIGKILL), 0);
		(void)server_expect_log(&server, "was killed by SIGKILL");
		next = server_expect_log(&server, "worker 0 [sk]");
		if (strstr(next, "keeps dying") != NULL)
			break;
	}
	ck_assert_msg(deaths >= 3, "a pause after %d deaths", deaths);
	ck_assert_msg(deaths < PATIENT, "%d deaths and no pause", deaths);
	/* It comes back, by itself. */
	greet_and_leave();
	(void)server_expect_log(&server, "worker 0 serves");
	server_finish(&server);
}
END_TEST

/* Waits until nobody listens any more. */
static void
await_refusal(void)
{
	int64_t until = deadline();

	while (!client_refused(&server)) {
		ck_assert_msg(
		    clock_now() < until, "new clients are still taken");
		server_listen(&server, 20);
	}
}

START_TEST(term_waits_for_a_download_and_for_nobody_else)
{
	enum { SIZE = 8 << 20 };
	static struct response r;
	struct tree tree;
	int c, idle;

	tree_make(&tree);
	tree_pattern(&tree, "big", SIZE);
	server_run_in(&server, _i, "-w", "1", "-r", tree.path);
	idle = client_open(&server);
	greet(idle);
	c = client_open_narrow(&server);
	send_text(c, "GET /big HTTP/1.1\r\nHost: x\r\n\r\n");
	http_read_head(c, &r);
	ck_assert_int_eq(r.status, 200);
	server_allow_log(&server, "prefork: stopping");
	server_signal(&server, SIGTERM);
	(void)server_expect_log(&server, "prefork: stopping");
	expect_eof(idle);
	client_close(idle);
	await_refusal();
	expect_pattern(c, 0, SIZE);
	expect_eof(c);
	client_close(c);
	ck_assert_int_eq(server_wait(&server, 0), 0);
	server_end(&server);
	tree_remove(&tree);
}
END_TEST

/* Stops the server while c is connected and does nothing. */
static int
stop_with_client(int signo, int c)
{
	int status;

	server_allow_log(&server, "prefork: stopping");
	server_signal(&server, signo);
	status = server_wait(&server, 0);
	client_close(c);
	server_end(&server);
	return status;
}

START_TEST(the_grace_is_all_that_a_client_gets)
{
	enum { SIZE = 8 << 20 };
	static struct response r;
	struct tree tree;
	int c;

	tree_make(&tree);
	tree_pattern(&tree, "big", SIZE);
	server_run_in(
	    &server, _i, "-w", "1", "-r", tree.path, "--grace", "0.3");
	c = client_open_narrow(&server);
	send_text(c, "GET /big HTTP/1.1\r\nHost: x\r\n\r\n");
	http_read_head(c, &r);
	/* It reads no further, and the server does not wait for ever. */
	ck_assert_int_eq(stop_with_client(SIGTERM, c), 0);
	tree_remove(&tree);
}
END_TEST

static const int fast[] = {SIGINT, SIGQUIT};

START_TEST(int_and_quit_stop_at_once)
{
	int c, i;

	for (i = 0; i < 2; i++) {
		server_run_in(&server, _i, "-w", "2");
		c = client_open(&server);
		greet(c);
		ck_assert_int_eq(stop_with_client(fast[i], c), 0);
	}
}
END_TEST

START_TEST(a_signal_to_the_whole_group_is_the_same)
{
	static const int all[] = {SIGTERM, SIGINT, SIGQUIT};
	int c, i;

	for (i = 0; i < 3; i++) {
		server_run_in(&server, _i, "-w", "2");
		c = client_open(&server);
		greet(c);
		server_allow_log(&server, "prefork: stopping");
		ck_assert_int_eq(kill(-server.pid, all[i]), 0);
		expect_gone(c);
		client_close(c);
		ck_assert_int_eq(server_wait(&server, 0), 0);
		server_end(&server);
	}
}
END_TEST

START_TEST(stopping_twice_is_stopping_once)
{
	int c;

	server_run_in(&server, _i, "-w", "2", "--grace", "60");
	c = client_open(&server);
	greet(c);
	server_allow_log(&server, "prefork: stopping");
	server_signal(&server, SIGTERM);
	server_signal(&server, SIGTERM);
	server_signal(&server, SIGINT);
	expect_gone(c);
	client_close(c);
	ck_assert_int_eq(server_wait(&server, 0), 0);
	server_end(&server);
}
END_TEST

/* How many children the master has when it was told -w 2. */
static int
children_in(int cell)
{
	return strcmp(matrix_model(cell), "prefork") == 0 ? 2 : 1;
}

/* Waits until the process has gone. */
static void
await_gone(pid_t pid)
{
	int64_t until = deadline();

	while (!process_gone(pid)) {
		ck_assert_msg(
		    clock_now() < until, "%ld is still there", (long)pid);
		server_listen(&server, 20);
	}
}

START_TEST(hup_renews_every_child)
{
	pid_t before[2], after[2];
	int i, n = children_in(_i);

	server_run_in(&server, _i, "-w", "2", without_standby());
	server_await_workers(&server, before, n);
	server_signal(&server, SIGHUP);
	(void)server_expect_log(&server, "renewing all workers");
	for (i = 0; i < n; i++)
		(void)server_expect_log(&server, "* serves, pid");
	for (i = 0; i < n; i++)
		await_gone(before[i]);
	server_await_workers(&server, after, n);
	greet_and_leave();
	server_finish(&server);
}
END_TEST

START_TEST(a_killed_host_is_replaced_and_takes_all_with_it)
{
	pid_t before, after;
	int c;

	if (children_in(_i) != 1)
		return;
	server_run_in(&server, _i, "-w", "2");
	server_await_workers(&server, &before, 1);
	c = client_open(&server);
	greet(c);
	ck_assert_int_eq(kill(before, SIGKILL), 0);
	(void)server_expect_log(&server, "was killed by SIGKILL");
	(void)server_expect_log(&server, "* serves, pid");
	expect_gone(c);
	client_close(c);
	server_await_workers(&server, &after, 1);
	ck_assert_int_ne(before, after);
	greet_and_leave();
	server_finish(&server);
}
END_TEST

START_TEST(a_killed_client_process_costs_its_client_alone)
{
	pid_t host, clients[2];
	int c, d;

	if (strcmp(matrix_model(_i), "fork") != 0)
		return;
	server_run_in(&server, _i, "-w", "2");
	server_await_workers(&server, &host, 1);
	c = client_open(&server);
	greet(c);
	ck_assert_int_eq(children_of(host, clients, 2), 1);
	d = client_open(&server);
	greet(d);
	ck_assert_int_eq(kill(clients[0], SIGKILL), 0);
	(void)server_expect_log(
	    &server, "client process * was killed by SIGKILL");
	expect_gone(c);
	client_close(c);
	greet(d);
	client_close(d);
	server_finish(&server);
}
END_TEST

START_TEST(a_client_may_finish_while_its_worker_is_renewed)
{
	enum { SIZE = 8 << 20 };
	static struct response r;
	struct tree tree;
	pid_t worker;
	int c;

	tree_make(&tree);
	tree_pattern(&tree, "big", SIZE);
	server_run_in(
	    &server, _i, "-w", "1", "-r", tree.path, without_standby());
	server_await_workers(&server, &worker, 1);
	c = client_open_narrow(&server);
	send_text(c, "GET /big HTTP/1.1\r\nHost: x\r\n\r\n");
	http_read_head(c, &r);
	server_signal(&server, SIGHUP);
	(void)server_expect_log(&server, "renewing all workers");
	(void)server_expect_log(&server, "worker 0 serves");
	greet_and_leave();
	ck_assert(!process_gone(worker));
	expect_pattern(c, 0, SIZE);
	client_close(c);
	while (!process_gone(worker))
		server_listen(&server, 20);
	server_finish(&server);
}
END_TEST

START_TEST(ttin_and_ttou_change_how_many_there_are)
{
	pid_t workers[3];

	server_run_in(&server, _i, "-w", "1");
	server_signal(&server, SIGTTIN);
	(void)server_expect_log(&server, "2 workers wanted");
	(void)server_expect_log(&server, "worker 1 serves");
	server_signal(&server, SIGTTIN);
	(void)server_expect_log(&server, "3 workers wanted");
	(void)server_expect_log(&server, "worker 2 serves");
	server_await_workers(&server, workers, 3);
	server_signal(&server, SIGTTOU);
	(void)server_expect_log(&server, "2 workers wanted");
	server_await_workers(&server, workers, 2);
	greet_and_leave();
	server_signal(&server, SIGTTOU);
	(void)server_expect_log(&server, "1 worker wanted");
	server_await_workers(&server, workers, 1);
	/* The last one stays. */
	server_signal(&server, SIGTTOU);
	greet_and_leave();
	server_await_workers(&server, workers, 1);
	server_finish(&server);
}
END_TEST

/* Waits until the file holds the text. */
static void
await_text(const char *path, const char *text)
{
	int64_t until = deadline();
	static char got[65536];
	size_t n;
	FILE *f;

	for (;;) {
		f = fopen(path, "r");
		n = f != NULL ? fread(got, 1, sizeof(got) - 1, f) : 0;
		got[n] = '\0';
		if (f != NULL) {
			(void)fclose(f);
			if (strstr(got, text) != NULL)
				return;
		}
		ck_assert_msg(clock_now() < until,
		    "'%s' is not in %s, but '%s'", text, path, got);
		server_listen(&server, 20);
	}
}

START_TEST(a_verbose_log_tells_who_serves_in_each_slot)
{
	pid_t pids[2];
	char line[96];
	int i, c;

	server_run_in(&server, _i, "-v", "-w", "2");
	server_allow_log(&server, "prefork: slot [0-9]*: *");
	server_await_workers(&server, pids, children_in(_i));
	for (i = 0; i < children_in(_i); i++) {
		(void)snprintf(line, sizeof(line),
		    "prefork: slot [0-9]*: pid %ld, standby [0-9]*, 0 clients",
		    (long)pids[i]);
		(void)server_expect_log(&server, line);
	}
	c = client_open(&server);
	greet(c);
	(void)server_expect_log(&server, "slot [0-9]*: pid *, 1 client");
	client_close(c);
	(void)server_expect_log(&server, "slot [0-9]*: pid *, 0 clients");
	server_finish(&server);
}
END_TEST

START_TEST(usr1_reopens_the_log)
{
	struct tree tree;
	const char *log, *old;

	tree_make(&tree);
	log = tree_path(&tree, "log");
	old = tree_path(&tree, "log.1");
	server_run_in(&server, _i, "-w", "1", "--log", log);
	ck_assert_int_eq(rename(log, old), 0);
	server.file_at = 0;
	server_signal(&server, SIGUSR1);
	await_text(log, ""); /* it is there: USR1 was obeyed */
	server_signal(&server, SIGHUP);
	server_allow_log(&server, "serves, pid");
	server_allow_log(&server, "took over from pid");
	(void)server_expect_log(&server, "renewing all workers");
	await_text(log, "renewing all workers");
	greet_and_leave();
	server_finish(&server);
	await_text(log, "stopping");
	await_text(old, "ready");
	tree_remove(&tree);
}
END_TEST

START_TEST(usr1_without_a_log_file_is_nothing)
{
	server_run_in(&server, _i, "-w", "1");
	server_signal(&server, SIGUSR1);
	greet_and_leave();
	server_finish(&server);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("master");
	TCase *tc = suite_case(suite, "master");

	in_all_cells(
	    tc, when_the_master_is_killed_nobody_is_left_within_a_second);
	in_all_cells(tc, term_waits_for_a_download_and_for_nobody_else);
	in_all_cells(tc, the_grace_is_all_that_a_client_gets);
	in_all_cells(tc, int_and_quit_stop_at_once);
	in_all_cells(tc, a_signal_to_the_whole_group_is_the_same);
	in_all_cells(tc, stopping_twice_is_stopping_once);
	in_all_cells(tc, a_verbose_log_tells_who_serves_in_each_slot);
	in_all_cells(tc, usr1_reopens_the_log);
	in_all_cells(tc, usr1_without_a_log_file_is_nothing);
	if (!proc_visible())
		return suite_run(suite);
	in_pool_cells(tc, a_killed_worker_is_replaced);
	in_pool_cells(tc, the_death_is_told_with_its_cost);
	in_pool_cells(tc, the_clients_of_the_others_do_not_notice);
	in_pool_cells(tc, all_workers_killed_at_once_are_replaced);
	in_pool_cells(
	    tc, who_connects_while_nobody_is_there_is_served_by_the_next);
	in_pool_cells(tc, a_stopped_worker_is_replaced_after_the_timeout);
	in_pool_cells(tc, a_stopped_master_does_not_blame_its_workers);
	in_pool_cells(
	    tc, a_worker_that_keeps_dying_is_started_ever_more_rarely);
	in_pool_cells(tc, a_client_may_finish_while_its_worker_is_renewed);
	in_pool_cells(tc, ttin_and_ttou_change_how_many_there_are);
	in_all_cells(tc, hup_renews_every_child);
	in_all_cells(tc, a_killed_host_is_replaced_and_takes_all_with_it);
	in_all_cells(tc, a_killed_client_process_costs_its_client_alone);
	server_look_for_no_leaks();
	return suite_run(suite);
}
