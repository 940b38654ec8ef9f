/*
 * The keeper: whatever becomes of the master, clients do not notice, and no
 * order is lost or obeyed twice.
 */
#include "config.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "bench/proc.h"
#include "family.h"
#include "matrix.h"
#include "os/keep.h"
#include "os/ledger.h"
#include "os/standby.h"
#include "peer.h"
#include "server.h"
#include "suite.h"
#include "trap.h"
#include "tree.h"

enum { CLIENTS = 8 };

static struct server server;
static int client[CLIENTS];

/* The first to be ready may be killed before it has noted that it said so: then
 * the next says it again. */
#define run(...)                                  \
	(server_run_in(&server, _i, __VA_ARGS__), \
	    server_allow_log(&server, "ready: *"))

static void
open_clients(void)
{
	int i;

	for (i = 0; i < CLIENTS; i++) {
		client[i] = client_open(&server);
		greet(client[i]);
	}
}

static void
greet_all(void)
{
	int c, i;

	for (i = 0; i < CLIENTS; i++)
		greet(client[i]);
	c = client_open(&server);
	greet(c);
	client_close(c);
}

static void
close_clients(void)
{
	int i;

	for (i = 0; i < CLIENTS; i++)
		client_close(client[i]);
}

/* Kills the master and waits for the next. Returns which it is. */
static pid_t
kill_master(pid_t master, int signo)
{
	char line[96];

	ck_assert_int_eq(kill(master, signo), 0);
	(void)snprintf(line, sizeof(line),
	    "master (pid %ld) was killed by SIG*: another goes on",
	    (long)master);
	(void)server_expect_log(&server, line);
	return server_await_master(&server, master);
}

static bool
is_pool(int cell)
{
	return strncmp(matrix_model(cell), "pre", 3) == 0;
}

/* How many children a master of two workers has, standbys left out. */
static int
children_of_two(int cell)
{
	return strcmp(matrix_model(cell), "prefork") == 0 ? 2 : 1;
}

START_TEST(nobody_notices_that_the_master_is_killed)
{
	enum { KILLS = 20 };
	const int workers = children_of_two(_i);
	int i, before;
	pid_t master, first[CLIENTS], last[CLIENTS];

	run("-w", "2");
	master = server_master(&server);
	open_clients();
	/* A standby that has just been made still bears its worker's title. */
	server_await_workers(&server, first, workers);
	before = server_descriptors(server.pid);
	for (i = 0; i < KILLS; i++) {
		master = kill_master(master, SIGKILL);
		greet_all();
	}
	server_await_workers(&server, last, workers);
	for (i = 0; i < workers; i++)
		ck_assert_int_eq(first[i], last[i]);
	server_signal(&server, SIGUSR1);
	greet_all();
	/* The last master may not have opened all of its own yet. */
	while (server_descriptors(server.pid) != before)
		server_listen(&server, 20);
	close_clients();
	server_finish(&server);
}
END_TEST

/* Those that a master finds are children of the keeper; what they come to, the
 * keeper tells. */
START_TEST(a_child_of_a_dead_master_is_followed)
{
	enum { KILLS = 4 };
	const bool survives = strcmp(matrix_model(_i), "prefork") == 0 &&
			      standby_possible() && ledger_works();
	pid_t master, worker[CLIENTS];
	int i;

	run("-w", "1");
	master = server_master(&server);
	server_allow_log(&server, "* serves, pid");
	for (i = 0; i < KILLS; i++) {
		open_clients();
		master = kill_master(master, SIGKILL);
		if (i % 2 != 0)
			master = kill_master(master, SIGKILL);
		ck_assert_int_ge(server_workers(&server, worker, CLIENTS), 1);
		ck_assert_int_eq(kill(worker[0], SIGKILL), 0);
		if (survives) {
			(void)server_expect_log(
			    &server, "took over from pid *: 8 clients kept");
			greet_all();
		} else {
			(void)server_expect_log(
			    &server, "was killed by SIGKILL after");
			(void)server_expect_log(&server, "serves, pid");
		}
		close_clients();
	}
	server_finish(&server);
}
END_TEST

/* A worker that has made way has left its slot to a standby, which may be
 * killed before anybody has told it to take over. */
START_TEST(a_standby_that_is_left_alone_may_be_killed)
{
	enum { TRIES = 4 };
	pid_t worker, standby;
	int i;

	if (strcmp(matrix_model(_i), "prefork") != 0 || !standby_possible() ||
	    !ledger_works())
		return;
	run("-w", "1");
	server_allow_log(&server, "standby of worker 0 * was killed by SIG*");
	server_allow_log(&server, "renewing all workers");
	open_clients();
	/* Of those who are left the keeper hears. */
	(void)kill_master(server_master(&server), SIGKILL);
	for (i = 0; i < TRIES; i++) {
		server_await_workers(&server, &worker, 1);
		(void)server_await_member(&server, "standby", 0);
		/* Nobody hears of a death meanwhile. */
		ck_assert_int_eq(kill(server.pid, SIGSTOP), 0);
		ck_assert_int_eq(kill(server_master(&server), SIGHUP), 0);
		while (!process_gone(worker))
			server_listen(&server, 20);
		standby = server_await_member(&server, "standby", 0);
		ck_assert_int_eq(kill(standby, SIGKILL), 0);
		while (!process_gone(standby))
			server_listen(&server, 20);
		ck_assert_int_eq(kill(server.pid, SIGCONT), 0);
		(void)server_expect_log(
		    &server, "took over from pid *: 8 clients kept");
		greet_all();
	}
	close_clients();
	server_finish(&server);
}
END_TEST

/* Whom the master's death makes look again a second later may have begun its
 * program anew until then. */
START_TEST(a_takeover_just_after_a_master_died_is_as_any)
{
	pid_t worker, next;

	if (strcmp(matrix_model(_i), "prefork") != 0 || !standby_possible() ||
	    !ledger_works())
		return;
	run("-w", "1");
	open_clients();
	(void)kill_master(server_master(&server), SIGKILL);
	server_await_workers(&server, &worker, 1);
	ck_assert_int_eq(kill(worker, SIGKILL), 0);
	(void)server_expect_log(
	    &server, "took over from pid *: 8 clients kept");
	server_await_workers(&server, &worker, 1);
	/* The alarm, now and when it was set to. */
	ck_assert_int_eq(kill(worker, SIGALRM), 0);
	greet_all();
	server_listen(&server, 1100);
	greet_all();
	server_await_workers(&server, &next, 1);
	ck_assert_int_eq(worker, next);
	close_clients();
	server_finish(&server);
}
END_TEST

#ifdef TEST_HOOKS

/* The master has woken a standby, and dies before it has written that down; by
 * the time of the next the standby serves, and has made another. */
START_TEST(a_standby_that_was_woken_is_the_worker)
{
	struct tree tree;
	pid_t worker, next;

	tree_make(&tree);
	trap_set(&tree, "woken");
	server_run(&server, "-w", "1");
	server_allow_log(&server, "ready: *");
	open_clients();
	server_await_workers(&server, &worker, 1);
	next = server_await_member(&server, "standby", 0);
	trap_arm();
	/* The master sees this one die by itself. Nobody makes another. */
	ck_assert_int_eq(kill(server.pid, SIGSTOP), 0);
	ck_assert_int_eq(kill(worker, SIGKILL), 0);
	(void)server_expect_log(
	    &server, "took over from pid *: 8 clients kept");
	ck_assert(trap_sprung());
	while (server_await_member(&server, "standby", 0) == next)
		server_listen(&server, 20);
	ck_assert_int_eq(kill(server.pid, SIGCONT), 0);
	(void)server_expect_log(&server, "was killed by SIGKILL: another goes");
	(void)server_master(&server);
	greet_all();
	server_await_workers(&server, &worker, 1);
	ck_assert_int_eq(worker, next);
	/* Its standby is known: another death is as any. */
	ck_assert_int_eq(kill(worker, SIGKILL), 0);
	(void)server_expect_log(
	    &server, "took over from pid *: 8 clients kept");
	greet_all();
	close_clients();
	server_finish(&server);
	trap_remove();
	tree_remove(&tree);
}
END_TEST

#endif

START_TEST(orders_are_obeyed_after_a_death)
{
	pid_t master;

	run("-w", "2");
	master = server_master(&server);
	open_clients();
	master = kill_master(master, SIGKILL);
	server_allow_log(&server, "took over from pid *, which made way");
	server_allow_log(&server, "* serves, pid");
	/* A master may be killed after it has said so, and before it has
	 * written it down. */
	server_allow_log(&server, "? workers wanted");
	server_allow_log(&server, "renewing all workers");
	if (is_pool(_i)) {
		server_signal(&server, SIGTTIN);
		(void)server_expect_log(&server, "3 workers wanted");
		master = kill_master(master, SIGKILL);
		server_signal(&server, SIGTTOU);
		(void)server_expect_log(&server, "2 workers wanted");
	}
	server_signal(&server, SIGHUP);
	(void)server_expect_log(&server, "renewing all workers");
	(void)kill_master(master, SIGKILL);
	if (strcmp(matrix_model(_i), "prefork") == 0 && standby_possible())
		greet_all();
	close_clients();
	server_finish(&server);
}
END_TEST

/* It is stopped when they come, and killed before it can obey: the next does,
 * each once. */
START_TEST(orders_to_a_master_that_dies_are_obeyed_once)
{
	pid_t master;

	run("-w", "1");
	master = server_master(&server);
	open_clients();
	ck_assert_int_eq(kill(master, SIGSTOP), 0);
	server_signal(&server, SIGTTIN);
	server_signal(&server, SIGUSR1);
	server_allow_log(&server, "* serves, pid");
	(void)kill_master(master, SIGKILL);
	(void)server_expect_log(&server, "2 workers wanted");
	greet_all();
	ck_assert(!server_has_logged(&server, "3 workers wanted"));
	close_clients();
	server_finish(&server);
}
END_TEST

START_TEST(a_stop_goes_on)
{
	pid_t master;
	int c;

	run("-w", "2");
	master = server_master(&server);
	c = client_open(&server);
	greet(c);
	send_text(c, "half a line");
	server_signal(&server, SIGTERM);
	(void)server_expect_log(&server, "stopping, clients may finish");
	/* It may be gone already, having nothing to wait for. */
	(void)kill(master, SIGKILL);
	server_allow_log(&server, "master * was killed by SIGKILL");
	server_allow_log(&server, "stopping, clients may finish");
	client_close(c);
	ck_assert_int_eq(server_wait(&server, 0), 0);
	server_end(&server);
}
END_TEST

START_TEST(without_its_keeper_the_master_goes_on)
{
	pid_t master, worker[CLIENTS];
	int status, first = _i % 2;

	run("-w", "2");
	master = server_master(&server);
	open_clients();
	if (first)
		master = kill_master(master, SIGKILL);
	ck_assert_int_ge(server_workers(&server, worker, CLIENTS), 1);
	server_signal(&server, SIGKILL);
	(void)server_expect_log(&server, "the keeper * is gone");
	greet_all();
	close_clients();
	/* Now orders are for the master. */
	server_allow_log(&server, "* serves, pid");
	server_allow_log(&server, "took over from pid *");
	server_allow_log(&server, "stopping, clients may finish");
	server_allow_log(&server, "* was killed by SIGKILL");
	ck_assert_int_eq(kill(worker[0], SIGKILL), 0);
	(void)server_expect_log(&server,
	    strcmp(matrix_model(_i), "prefork") == 0 ? "took over from pid"
						     : "serves, pid");
	ck_assert_int_eq(kill(master, SIGTERM), 0);
	status = server_wait(&server, 0);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	server_end(&server);
}
END_TEST

/* Whose first master is dead as well is nobody's child that we know. */
START_TEST(without_its_keeper_the_master_sees_who_dies)
{
	const bool survives = strcmp(matrix_model(_i), "prefork") == 0 &&
			      standby_possible() && ledger_works();
	pid_t master, worker[CLIENTS];
	int status;

	run("-w", "1");
	master = server_master(&server);
	open_clients();
	master = kill_master(master, SIGKILL);
	server_await_workers(&server, worker, 1);
	server_signal(&server, SIGKILL);
	(void)server_expect_log(&server, "supervision is reduced");
	ck_assert_int_eq(kill(worker[0], SIGSEGV), 0);
	server_allow_log(&server, "* serves, pid");
	(void)server_expect_log(&server,
	    survives ? "took over from pid *, killed by SIG*: 8 clients kept"
		     : "was killed by SIG");
	if (survives)
		greet_all();
	close_clients();
	server_allow_log(&server, "stopping, clients may finish");
	server_allow_log(&server, "* was killed by SIGKILL");
	ck_assert_int_eq(kill(master, SIGTERM), 0);
	status = server_wait(&server, 0);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	server_end(&server);
}
END_TEST

/* One that is stopped does not see the end of its lifeline. */
START_TEST(when_both_are_killed_nobody_is_left)
{
	pid_t master, worker[CLIENTS];
	int k, status;

	for (k = 0; k < 4; k++) {
		run("-w", "2");
		master = server_master(&server);
		open_clients();
		if (k >= 2) {
			ck_assert_int_ge(
			    server_workers(&server, worker, CLIENTS), 1);
			ck_assert_int_eq(kill(worker[0], SIGSTOP), 0);
		}
		ck_assert_int_eq(kill(server.pid, SIGSTOP), 0);
		if (k % 2 == 0)
			ck_assert_int_eq(kill(master, SIGKILL), 0);
		server_signal(&server, SIGKILL);
		if (k % 2 != 0)
			(void)kill(master, SIGKILL);
		server_allow_log(&server, "the keeper * is gone");
		/* The system sends HUP to a group that nobody can continue
		 * any more and of which one is stopped. */
		server_allow_log(&server, "renewing all workers");
		server_allow_log(&server, "took over from pid *");
		server_allow_log(&server, "serves, pid *");
		status = server_wait(&server, k < 2 ? 1000 : 0);
		ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
		ck_assert(client_refused(&server));
		close_clients();
		server_end(&server);
	}
}
END_TEST

START_TEST(masters_that_keep_crashing_are_made_ever_more_rarely)
{
	enum { PATIENT = 100 };
	const char *line = "";
	pid_t master = 0;
	int deaths;

	run("-w", "1");
	open_clients();
	for (deaths = 0; deaths < PATIENT; deaths++) {
		master = server_await_master(&server, master);
		ck_assert_int_eq(kill(master, SIGSEGV), 0);
		line = server_expect_log(&server, "killed by SIGSEGV: another");
		if (strstr(line, "goes on in") != NULL)
			break;
	}
	ck_assert_msg(deaths >= 2, "a pause after %d deaths", deaths);
	ck_assert_msg(deaths < PATIENT, "%d deaths and no pause", deaths);
	(void)server_await_master(&server, master);
	greet_all();
	close_clients();
	server_finish(&server);
}
END_TEST

/* A standby may sleep through it. */
static bool
all_stand_still(pid_t group)
{
	DIR *walk = opendir("/proc");
	struct proc p;
	bool still = true;

	ck_assert_ptr_nonnull(walk);
	while (proc_next(&p, walk))
		still = still &&
			(p.group != group || proc_dead(&p) || p.state == 'T' ||
			    strcmp(p.name, "prefork-standby") == 0);
	(void)closedir(walk);
	return still;
}

/* As ^Z and fg do, for longer than one that hangs has time. */
START_TEST(a_family_that_its_terminal_stops_goes_on)
{
	enum { LONG_MS = 1100 };
	pid_t master, first[CLIENTS], last[CLIENTS];
	int64_t until;
	const int n = children_of_two(_i);
	int status;

	run("-w", "2", "--timeout", "1");
	master = server_master(&server);
	open_clients();
	server_await_workers(&server, first, n);
	ck_assert_int_eq(kill(-server.pid, SIGTSTP), 0);
	/* This is what a shell waits for. */
	ck_assert_int_eq(waitpid(server.pid, &status, WUNTRACED), server.pid);
	ck_assert(WIFSTOPPED(status));
	until = deadline();
	while (!all_stand_still(server.pid))
		ck_assert_int_lt(clock_now(), until);
	server_listen(&server, LONG_MS);
	ck_assert_int_eq(kill(-server.pid, SIGCONT), 0);
	greet_all();
	server_await_workers(&server, last, n);
	ck_assert_mem_eq(first, last, (size_t)n * sizeof(first[0]));
	ck_assert_int_eq(server_master(&server), master);

	close_clients();
	server_finish(&server);
}
END_TEST

/* Of a client's process in the middle of something: that it stood still with
 * its host does not count. */
START_TEST(who_is_stopped_with_all_others_does_not_hang)
{
	enum { BEGUN_MS = 100, LONG_MS = 1500, TIMEOUT_MS = 1000 };
	int c, status;
	int64_t went_on, until;

	if (strcmp(matrix_model(_i), "fork") != 0)
		return;
	run("-w", "1", "--timeout", "1", "--demo");
	c = client_open(&server);
	send_text(c, "!hang\n");
	server_listen(&server, BEGUN_MS);
	ck_assert_int_eq(kill(-server.pid, SIGTSTP), 0);
	ck_assert_int_eq(waitpid(server.pid, &status, WUNTRACED), server.pid);
	until = deadline();
	while (!all_stand_still(server.pid))
		ck_assert_int_lt(clock_now(), until);
	server_listen(&server, LONG_MS);
	went_on = clock_now();
	ck_assert_int_eq(kill(-server.pid, SIGCONT), 0);
	server_allow_log(&server, "client process * was killed by SIGKILL");
	(void)server_expect_log(&server, "hangs, killing it");
	ck_assert_int_ge(clock_now() - went_on, TIMEOUT_MS - BEGUN_MS);
	client_close(c);
	server_finish(&server);
}
END_TEST

START_TEST(there_is_one_unless_it_is_told_otherwise)
{
	run("-w", "1");
	ck_assert_int_ne(server_master(&server), server.pid);
	server_finish(&server);
	run("-w", "1", "--no-keeper");
	ck_assert_int_eq(server_master(&server), server.pid);
	server_finish(&server);
}
END_TEST

/* Who is left to an init that does not reap is there for ever. */
static bool
somebody_is_left(pid_t group)
{
	DIR *walk = opendir("/proc");
	struct proc p;
	bool left = false;

	ck_assert_ptr_nonnull(walk);
	while (proc_next(&p, walk))
		left = left || p.group == group;
	(void)closedir(walk);
	return left;
}

START_TEST(all_are_reaped_before_it_ends)
{
	pid_t group;

	run("-w", "2");
	group = server.pid;
	server_finish(&server);
	ck_assert(!somebody_is_left(group));
}
END_TEST

/* As if the whole group had been told, and it were the first to see it. */
START_TEST(a_master_that_is_told_to_stop_stops)
{
	static const int orders[] = {SIGTERM, SIGINT, SIGQUIT};
	size_t i;

	for (i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		run("-w", "2");
		ck_assert_int_eq(kill(server_master(&server), orders[i]), 0);
		server_allow_log(&server, "prefork: stopping");
		ck_assert_int_eq(server_wait(&server, 0), 0);
		server_end(&server);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("keeper");
	TCase *tc = suite_case(suite, "keeper");

	if (!keep_possible() || !proc_visible())
		return suite_run(suite);
	in_all_cells(tc, a_family_that_its_terminal_stops_goes_on);
	in_all_cells(tc, who_is_stopped_with_all_others_does_not_hang);
	in_all_cells(tc, there_is_one_unless_it_is_told_otherwise);
	in_all_cells(tc, all_are_reaped_before_it_ends);
	in_all_cells(tc, a_master_that_is_told_to_stop_stops);
	in_all_cells(tc, nobody_notices_that_the_master_is_killed);
	in_all_cells(tc, a_child_of_a_dead_master_is_followed);
	in_all_cells(tc, a_standby_that_is_left_alone_may_be_killed);
	in_all_cells(tc, a_takeover_just_after_a_master_died_is_as_any);
#ifdef TEST_HOOKS
	if (standby_possible() && ledger_works())
		tcase_add_test(tc, a_standby_that_was_woken_is_the_worker);
#endif
	in_all_cells(tc, orders_are_obeyed_after_a_death);
	in_pool_cells(tc, orders_to_a_master_that_dies_are_obeyed_once);
	in_all_cells(tc, a_stop_goes_on);
	in_all_cells(tc, without_its_keeper_the_master_goes_on);
	in_all_cells(tc, without_its_keeper_the_master_sees_who_dies);
	in_all_cells(tc, when_both_are_killed_nobody_is_left);
	in_all_cells(tc, masters_that_keep_crashing_are_made_ever_more_rarely);
	server_look_for_no_leaks();
	return suite_run(suite);
}
