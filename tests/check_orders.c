/*
 * Orders that meet a slot on its way: it leaves, renews or takes over, its
 * standby is dead, or somebody is stopped. None is lost, and no slot either.
 */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
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
#include "worker/config.h"

enum { CLIENTS = 128, TRIES = 20 };

static struct server server;
static int client[CLIENTS];

static bool
has_standbys(int cell)
{
	return strcmp(matrix_model(cell), "prefork") == 0 &&
	       standby_possible() && ledger_works();
}

/* Asks for more than fits, and reads nothing: it is not done. */
static void
ask_for_much(int c)
{
	enum { QUESTIONS = 20000 };
	int i;

	for (i = 0; i < QUESTIONS; i++)
		if (send(c, "!help\n", 6, MSG_NOSIGNAL | MSG_DONTWAIT) != 6)
			return;
}

static bool
is_closed(int c)
{
	char byte;

	return recv(c, &byte, 1, MSG_DONTWAIT | MSG_PEEK) == 0;
}

/* Of two executors with idle clients and busy ones, one is not wanted any more,
 * and has let its idle ones go; then it is wanted again. */
static void
begin_to_leave_and_stay(int cell, const char *option)
{
	int i;

	server_run_in(&server, cell, "-w", "2", "--demo", "--grace", "600",
	    "--timeout", "600", option);
	for (i = 0; i < CLIENTS; i++) {
		client[i] = client_open_narrow(&server);
		(void)ask_pid(client[i]);
		if (i % 2 != 0)
			ask_for_much(client[i]);
	}
	server_signal(&server, SIGTTOU);
	(void)server_expect_log(&server, "1 worker wanted");
	for (i = 0; !is_closed(client[i]); i = (i + 2) % CLIENTS)
		if (i == 0)
			server_listen(&server, 10);
	server_signal(&server, SIGTTIN);
	(void)server_expect_log(&server, "2 workers wanted");
}

START_TEST(one_that_leaves_and_is_wanted_again_serves)
{
	const char *option[] = {without_standby(), NULL};
	int c, i, k;

	if (strcmp(matrix_model(_i), "fork") == 0 ||
	    strcmp(matrix_model(_i), "thread") == 0)
		return;
	for (k = 0; k < (has_standbys(_i) ? 2 : 1); k++) {
		begin_to_leave_and_stay(_i, option[k]);
		/* If only one serves, nobody does from now on. */
		c = client_open(&server);
		send_text(c, "!hang\n");
		for (i = 0; i < TRIES; i++) {
			int d = client_open(&server);

			greet(d);
			client_close(d);
		}
		client_close(c);
		for (i = 0; i < CLIENTS; i++)
			client_close(client[i]);
		(void)server_stop(&server, SIGQUIT);
	}
}
END_TEST

START_TEST(a_worker_that_leaves_twice_is_gone)
{
	pid_t worker;
	int i;

	begin_to_leave_and_stay(_i, NULL);
	server_signal(&server, SIGTTOU);
	(void)server_expect_log(&server, "1 worker wanted");
	for (i = 0; i < CLIENTS; i++)
		client_close(client[i]);
	server_await_workers(&server, &worker, 1);
	server_finish(&server);
}
END_TEST

START_TEST(a_renewal_of_who_is_being_renewed_is_not_lost)
{
	int i;

	server_run_in(&server, _i, "-w", "1", without_standby());
	for (i = 0; i < TRIES; i++) {
		server_signal(&server, SIGHUP);
		(void)server_expect_log(&server, "renewing all workers");
		server_signal(&server, SIGHUP);
		(void)server_expect_log(&server, "renewing all workers");
		(void)server_expect_log(&server, "serves, pid");
		(void)server_expect_log(&server, "serves, pid");
	}
	server_finish(&server);
}
END_TEST

/* What is done to the standby before its worker is to make way. */
static const int harm[] = {SIGKILL, SIGSTOP};

START_TEST(hup_without_a_standby_that_could_take_over_disconnects_nobody)
{
	int c, i;

	if (!has_standbys(_i))
		return;
	server_run_in(&server, _i, "-w", "1");
	server_allow_log(&server, "standby of worker 0 * was killed by SIG");
	c = client_open(&server);
	greet(c);
	for (i = 0; i < TRIES; i++) {
		/* One may just be making way for another. */
		while (kill(server_await_member(&server, "standby", 0),
			   harm[i % 2]) != 0)
			ck_assert_int_eq(errno, ESRCH);
		server_signal(&server, SIGHUP);
		(void)server_expect_log(&server, "renewing all workers");
		(void)server_expect_log(
		    &server, "worker 0 * took over *made way*: 1 client kept");
		greet(c);
	}
	client_close(c);
	server_finish(&server);
}
END_TEST

/* One worker, with a client that it has answered; returns that. */
static int
serve_one(int cell)
{
	int c;

	server_run_in(&server, cell, "-w", "1", "--timeout", "600");
	c = client_open(&server);
	greet(c);
	return c;
}

START_TEST(a_stopped_standby_takes_over)
{
	int c;

	if (!has_standbys(_i))
		return;
	c = serve_one(_i);
	ck_assert_int_eq(
	    kill(server_await_member(&server, "standby", 0), SIGSTOP), 0);
	ck_assert_int_eq(
	    kill(server_await_member(&server, "worker", 0), SIGKILL), 0);
	(void)server_expect_log(
	    &server, "worker 0 * took over *: 1 client kept");
	greet(c);
	client_close(c);
	server_finish(&server);
}
END_TEST

/* A worker of the server's, and its standby. */
struct pair {
	int slot;
	pid_t worker, standby;
};

static void
await_pair(struct pair *p, int slot)
{
	p->slot = slot;
	p->worker = server_await_member(&server, "worker", slot);
	p->standby = server_await_member(&server, "standby", slot);
}

enum { KNOWN_MAX = 16 };

/* Those that a test knows of: there before, or stopped by it since. */
struct known {
	pid_t pid[KNOWN_MAX];
	int count;
};

static bool
is_known(const struct known *k, pid_t pid)
{
	int i;

	for (i = 0; i < k->count && k->pid[i] != pid; i++)
		;
	return i < k->count;
}

static void
know(struct known *k, pid_t pid)
{
	ck_assert_int_lt(k->count, KNOWN_MAX);
	k->pid[k->count++] = pid;
}

/* Stops children that are not known: as early as they can be seen. */
static void
stop_new_ones(struct known *k)
{
	const pid_t master = server_master(&server);
	DIR *walk = opendir("/proc");
	struct proc p;

	ck_assert_ptr_nonnull(walk);
	while (proc_next(&p, walk)) {
		if (p.parent != master || proc_dead(&p) || is_known(k, p.pid) ||
		    kill(p.pid, SIGSTOP) != 0)
			continue;
		know(k, p.pid);
	}
	(void)closedir(walk);
}

/* Kills the last pair's worker, and stops the standby of that which takes over,
 * mostly before it has reported; and who stands behind it meanwhile. They are
 * the pair then. */
static void
kill_and_stop(struct pair *pair, int pairs)
{
	struct pair *last = &pair[pairs - 1];
	int64_t until = deadline();
	struct known known = {.count = 0};
	char line[80];
	int i;

	for (i = 0; i < pairs; i++) {
		know(&known, pair[i].worker);
		know(&known, pair[i].standby);
	}
	ck_assert_int_eq(kill(last->worker, SIGKILL), 0);
	last->worker = last->standby;
	(void)snprintf(line, sizeof(line),
	    "worker %d (pid %ld) took over *, 0 dropped", last->slot,
	    (long)last->worker);
	while (!server_has_logged(&server, line)) {
		ck_assert_int_lt(clock_now(), until);
		stop_new_ones(&known);
		server_listen(&server, 0);
	}
	(void)server_expect_log(&server, line);
	/* It may have been overlooked so far. */
	stop_new_ones(&known);
	for (i = 2 * pairs; i < known.count; i++)
		if (!process_gone(known.pid[i]))
			last->standby = known.pid[i];
	ck_assert_int_ne(last->standby, last->worker);
}

START_TEST(a_standby_that_is_stopped_before_it_reports_takes_over)
{
	struct pair pair;
	int c, i;

	if (!has_standbys(_i))
		return;
	c = serve_one(_i);
	await_pair(&pair, 0);
	for (i = 0; i < TRIES; i++) {
		kill_and_stop(&pair, 1);
		greet(c);
	}
	client_close(c);
	server_finish(&server);
}
END_TEST

START_TEST(a_standby_that_is_stopped_before_it_reports_goes_with_its_slot)
{
	struct pair pair[2];
	int64_t until;
	int i;

	if (!has_standbys(_i))
		return;
	server_run_in(&server, _i, "-w", "2", "--timeout", "600");
	await_pair(&pair[0], 0);
	for (i = 0; i < TRIES; i++) {
		await_pair(&pair[1], 1);
		kill_and_stop(pair, 2);
		server_signal(&server, SIGTTOU);
		(void)server_expect_log(&server, "1 worker wanted");
		until = deadline();
		while (!process_gone(pair[1].standby))
			ck_assert_int_lt(clock_now(), until);
		server_signal(&server, SIGTTIN);
		(void)server_expect_log(&server, "2 workers wanted");
		(void)server_expect_log(&server, "worker 1 serves");
	}
	server_finish(&server);
}
END_TEST

/* Has the process taken notice of all signals that it was sent? */
static bool
has_pending(pid_t pid)
{
	char path[64], line[256];
	unsigned long bits;
	bool pending = false;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%ld/status", (long)pid);
	f = fopen(path, "r");
	ck_assert_ptr_nonnull(f);
	while (fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, "ShdPnd: %lx", &bits) == 1)
			pending = bits != 0;
	(void)fclose(f);
	return pending;
}

START_TEST(a_standby_believes_no_signal)
{
	static const int accident[] = {SIGUSR2, SIGHUP, SIGTERM, SIGCHLD,
	    SIGUSR1, SIGALRM, SIGVTALRM, SIGPROF, SIGXCPU, SIGXFSZ, SIGPIPE,
	    SIGIO, SIGTSTP, SIGTTIN, SIGURG, SIGUSR2};
	pid_t standby;
	size_t i;
	int c;

	if (!has_standbys(_i))
		return;
	server_run_in(&server, _i, "-w", "1");
	c = client_open(&server);
	greet(c);
	standby = server_await_member(&server, "standby", 0);
	for (i = 0; i < sizeof(accident) / sizeof(accident[0]); i++) {
		ck_assert_int_eq(kill(standby, accident[i]), 0);
		while (has_pending(standby))
			server_listen(&server, 1);
		greet(c);
	}
	ck_assert_int_eq(
	    kill(server_await_member(&server, "worker", 0), SIGKILL), 0);
	(void)server_expect_log(
	    &server, "worker 0 * took over *SIGKILL*: 1 client kept");
	ck_assert_int_eq(server_await_member(&server, "worker", 0), standby);
	greet(c);
	client_close(c);
	server_finish(&server);
}
END_TEST

/* Waits until the event log of that process is the file of that name. */
static void
expect_log_at(pid_t pid, const char *path)
{
	int64_t until = deadline();
	char link[64], to[512];
	ssize_t n;

	do {
		ck_assert_msg(clock_now() < until,
		    "%ld does not follow the log", (long)pid);
		server_listen(&server, 10);
		(void)snprintf(
		    link, sizeof(link), "/proc/%ld/fd/%d", (long)pid, FD_LOG);
		n = readlink(link, to, sizeof(to) - 1);
		to[n < 0 ? 0 : n] = '\0';
	} while (n >= 0 && strcmp(to, path) != 0);
}

/* The paths of a log in the tree, and of what it is renamed to. */
static void
name_logs(const struct tree *tree, char log[512], char old[512])
{
	char *path = realpath(tree->path, NULL);

	ck_assert_ptr_nonnull(path);
	(void)snprintf(log, 512, "%s/log", path);
	(void)snprintf(old, 512, "%s/old", path);
	free(path);
}

static void
rotate(const char *log, const char *old)
{
	ck_assert_int_eq(rename(log, old), 0);
	server.file_at = 0;
	server_signal(&server, SIGUSR1);
}

START_TEST(a_rotation_amid_a_renewal_reaches_every_slot)
{
	enum { SLOTS = 4 };
	char old[512], log[512];
	struct tree tree;
	int i, k;

	tree_make(&tree);
	name_logs(&tree, log, old);
	server_run_in(&server, _i, "-w", "4", "--log", log);
	server_allow_log(&server, "renewing all workers");
	server_allow_log(&server, "took over from pid");
	server_allow_log(&server, "serves, pid");
	for (i = 0; i < TRIES / 2; i++) {
		server_signal(&server, SIGHUP);
		rotate(log, old);
		for (k = 0; k < SLOTS; k++)
			expect_log_at(
			    server_await_member(&server, "worker", k), log);
	}
	server_finish(&server);
	tree_remove(&tree);
}
END_TEST

/* Of the model fork they have no signals of their own. */
START_TEST(a_rotation_reaches_the_processes_of_clients)
{
	char old[512], log[512];
	struct tree tree;
	pid_t pid;
	int c, i;

	tree_make(&tree);
	name_logs(&tree, log, old);
	server_run_in(&server, _i, "-w", "2", "--demo", "--log", log);
	c = client_open(&server);
	pid = ask_pid(c);
	for (i = 0; i < 3; i++) {
		expect_log_at(pid, log);
		rotate(log, old);
		expect_log_at(server_master(&server), log);
		ck_assert_int_eq(ask_pid(c), pid);
	}
	expect_log_at(pid, log);
	client_close(c);
	server_finish(&server);
	tree_remove(&tree);
}
END_TEST

/* Without standbys each renewal starts children, and signals meet them there:
 * none dies of one. */
START_TEST(no_rotation_kills_a_child_that_is_starting)
{
	enum { TIMES = 10 };
	struct tree tree;
	char old[512], log[512];
	int i, k;

	tree_make(&tree);
	name_logs(&tree, log, old);
	server_run_in(&server, _i, "-w", "2", "--log", log, without_standby());
	server_allow_log(&server, "serves, pid");
	for (i = 0; i < TIMES; i++) {
		server_signal(&server, SIGHUP);
		for (k = 0; k < 100; k++) {
			server_signal(&server, SIGUSR1);
			server_listen(&server, 0);
		}
		(void)server_expect_log(&server, "renewing all workers");
	}
	server_finish(&server);
	tree_remove(&tree);
}
END_TEST

/* Both wait to be reaped when the master looks, so the one that was to take
 * over is dead when it is woken. */
START_TEST(a_pair_that_dies_at_once_is_forgotten)
{
	pid_t worker, standby;
	int status;

	if (!has_standbys(_i))
		return;
	server_run_in(&server, _i, "-w", "1", "--no-keeper");
	standby = server_await_member(&server, "standby", 0);
	worker = server_await_member(&server, "worker", 0);
	server_signal(&server, SIGSTOP);
	ck_assert_int_eq(waitpid(server.pid, &status, WUNTRACED), server.pid);
	ck_assert_int_eq(kill(worker, SIGKILL), 0);
	ck_assert_int_eq(kill(standby, SIGKILL), 0);
	server_signal(&server, SIGCONT);
	server_allow_log(&server, "*killed by SIGKILL*");
	(void)server_expect_log(&server, "worker 0 serves, pid");
	server_finish(&server);
}
END_TEST

/* What an executor does when the master is killed: it loops for ever, or is
 * stopped, alone or with its standby. */
START_TEST(who_does_not_look_at_its_lifeline_goes_with_the_master)
{
	pid_t pids[4];
	int c, i, k, n;

	for (k = 0; k < 3; k++) {
		server_run_in(&server, _i, "-w", "1", "--demo", "--no-keeper",
		    "--timeout", "600", k == 2 ? NULL : without_standby());
		c = client_open(&server);
		greet(c);
		/* A standby that has just been made looks like a worker. */
		server_await_workers(&server, pids, 1);
		n = 1;
		if (k == 2 && has_standbys(_i))
			pids[n++] = server_await_member(&server, "standby", 0);
		if (k == 0)
			send_text(c, "!hang\n");
		for (i = 0; i < n && k != 0; i++)
			ck_assert_int_eq(kill(pids[i], SIGSTOP), 0);
		server_signal(&server, SIGKILL);
		(void)server_wait(&server, 0);
		client_close(c);
		server_end(&server);
	}
}
END_TEST

/* Of the model fork, whose host was killed: longer than a process that hangs
 * has time. */
START_TEST(who_has_begun_finishes_without_its_host)
{
	enum { SIZE = 16 << 20, PIECE = 4096, LONG_MS = 5000 };
	static struct response r;
	struct tree tree;
	int64_t until;
	uint64_t x = 0;
	pid_t host;
	int c;

	if (strcmp(matrix_model(_i), "fork") != 0)
		return;
	tree_make(&tree);
	tree_pattern(&tree, "big", SIZE);
	server_run_in(
	    &server, _i, "-w", "1", "--timeout", "2", "-r", tree.path);
	server_allow_log(&server, "process host * was killed by SIGKILL");
	server_allow_log(&server, "process host serves, pid");
	c = client_open_narrow(&server);
	send_text(c, "GET /big HTTP/1.0\r\n\r\n");
	http_read_head(c, &r);
	server_await_workers(&server, &host, 1);
	ck_assert_int_eq(kill(host, SIGKILL), 0);
	until = clock_now() + LONG_MS;
	while (clock_now() < until && x < SIZE / 2) {
		expect_pattern(c, x, x + PIECE);
		x += PIECE;
		server_listen(&server, 10);
	}
	expect_pattern(c, x, SIZE);
	expect_eof(c);
	client_close(c);
	server_finish(&server);
	tree_remove(&tree);
}
END_TEST

START_TEST(a_stopped_worker_obeys_orders)
{
	pid_t worker;

	server_run_in(&server, _i, "-w", "2", "--grace", "600", "--timeout",
	    "600", without_standby());
	worker = server_await_member(&server, "worker", 1);
	ck_assert_int_eq(kill(worker, SIGSTOP), 0);
	server_signal(&server, SIGTTOU);
	(void)server_expect_log(&server, "1 worker wanted");
	server_await_workers(&server, &worker, 1);
	ck_assert_int_eq(kill(worker, SIGSTOP), 0);
	server_signal(&server, SIGHUP);
	(void)server_expect_log(&server, "renewing all workers");
	(void)server_expect_log(&server, "worker 0 serves");
	server_await_workers(&server, &worker, 1);
	ck_assert_int_eq(kill(worker, SIGSTOP), 0);
	server_finish(&server);
}
END_TEST

/* A thread that is wanted has not begun yet: it does not hang. The master looks
 * at least once a second. */
START_TEST(a_thread_that_has_yet_to_begin_does_not_hang)
{
	int64_t until;
	pid_t host;

	if (strcmp(matrix_model(_i), "prethread") != 0)
		return;
	server_run_in(&server, _i, "-v", "-w", "2", "--timeout", "600");
	server_allow_log(&server, "prefork: slot 0: ");
	server_await_workers(&server, &host, 1);
	ck_assert_int_eq(kill(host, SIGSTOP), 0);
	server_signal(&server, SIGTTIN);
	(void)server_expect_log(&server, "3 workers wanted");
	until = clock_now() + 1500;
	while (clock_now() < until)
		server_listen(&server, until - clock_now());
	ck_assert(!server_has_logged(&server, "and hung"));
	ck_assert_int_eq(kill(host, SIGCONT), 0);
	server_finish(&server);
}
END_TEST

/* The process of a client that has nothing to do is told to leave. */
START_TEST(a_stopped_client_process_obeys_orders)
{
	int c;

	if (strcmp(matrix_model(_i), "fork") != 0)
		return;
	server_run_in(
	    &server, _i, "--demo", "--grace", "600", "--timeout", "600");
	c = client_open(&server);
	ck_assert_int_eq(kill(ask_pid(c), SIGSTOP), 0);
	server_signal(&server, SIGTERM);
	(void)server_expect_log(&server, "stopping, clients may finish");
	expect_eof(c);
	client_close(c);
	(void)server_wait(&server, 0);
	server_end(&server);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("orders");
	TCase *tc = suite_case(suite, "orders");

	in_all_cells(tc, one_that_leaves_and_is_wanted_again_serves);
	in_all_cells(tc, a_renewal_of_who_is_being_renewed_is_not_lost);
	if (!proc_visible())
		return suite_run(suite);
	in_pool_cells(tc, a_worker_that_leaves_twice_is_gone);
	in_all_cells(tc, a_thread_that_has_yet_to_begin_does_not_hang);
	in_pool_cells(
	    tc, hup_without_a_standby_that_could_take_over_disconnects_nobody);
	in_pool_cells(tc, a_stopped_standby_takes_over);
	in_pool_cells(
	    tc, a_standby_that_is_stopped_before_it_reports_takes_over);
	in_pool_cells(
	    tc, a_standby_that_is_stopped_before_it_reports_goes_with_its_slot);
	/* Where there are no titles, no slot's worker is known by its own. */
	if (matrix_has("prefork") && standby_possible())
		tcase_add_loop_test(
		    tc, a_rotation_amid_a_renewal_reaches_every_slot, 0, 1);
	in_all_cells(tc, a_rotation_reaches_the_processes_of_clients);
	in_all_cells(tc, no_rotation_kills_a_child_that_is_starting);
	in_pool_cells(tc, a_standby_believes_no_signal);
	in_pool_cells(tc, a_pair_that_dies_at_once_is_forgotten);
	if (standby_possible()) {
		in_pool_cells(tc, a_stopped_worker_obeys_orders);
		in_all_cells(
		    tc, who_does_not_look_at_its_lifeline_goes_with_the_master);
	}
	in_all_cells(tc, who_has_begun_finishes_without_its_host);
	in_all_cells(tc, a_stopped_client_process_obeys_orders);
	server_look_for_no_leaks();
	return suite_run(suite);
}
