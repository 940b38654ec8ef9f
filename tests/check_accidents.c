/*
 * What reaches a process by accident, and by default kills it: a limit on
 * files or on time, a timer, a signal that was meant for somebody else. In
 * every process of every model, and nobody notices.
 */
#include <dirent.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "family.h"
#include "bench/proc.h"
#include "matrix.h"
#include "os/ledger.h"
#include "os/memory.h"
#include "os/standby.h"
#include "peer.h"
#include "server.h"
#include "suite.h"
#include "tree.h"

enum { FAMILY = 16 };

static struct server server;
static struct response r;

static const int accidents[] = {SIGALRM, SIGPIPE, SIGUSR2, SIGVTALRM, SIGPROF,
    SIGXCPU, SIGXFSZ,
#ifdef SIGPOLL
    SIGPOLL,
#endif
#ifdef SIGPWR
    SIGPWR,
#endif
#ifdef SIGSTKFLT
    SIGSTKFLT,
#endif
    0};

static bool
is_pool(int cell)
{
	return strcmp(matrix_model(cell), "prefork") == 0;
}

/* All processes of the server, whoever made them. */
static int
all_of_it(pid_t pids[FAMILY])
{
	struct proc p;
	DIR *walk = opendir("/proc");
	int n = 0;

	ck_assert_ptr_nonnull(walk);
	while (proc_next(&p, walk))
		if (p.group == server.pid && !proc_dead(&p) && n < FAMILY)
			pids[n++] = p.pid;
	(void)closedir(walk);
	return n;
}

/* Those that would kill it now, or later what it becomes. */
static uint64_t
mortal(pid_t pid)
{
	char text[4096], *ignored, *caught;

	ck_assert(proc_text(text, sizeof(text), pid, "status"));
	ignored = strstr(text, "SigIgn:");
	caught = strstr(text, "SigCgt:");
	ck_assert_ptr_nonnull(ignored);
	ck_assert_ptr_nonnull(caught);
	return ~(
	    strtoull(ignored + 7, NULL, 16) | strtoull(caught + 7, NULL, 16));
}

/* One that has just been made has yet to say what it ignores. */
static void
expect_immortal(pid_t pid, int signo)
{
	int64_t until = deadline();

	while (mortal(pid) >> (signo - 1) & 1) {
		ck_assert_msg(clock_now() < until, "signal %d kills %ld", signo,
		    (long)pid);
		server_listen(&server, 10);
	}
	ck_assert_int_eq(kill(pid, signo), 0);
}

/* To all at once, of each kind, and again to those that took over. */
START_TEST(no_signal_that_comes_by_accident_kills)
{
	pid_t pids[FAMILY], now[FAMILY];
	int c, i, k, n, round;

	server_run_in(&server, _i, "-w", "2");
	server_allow_log(&server, "took over from pid");
	for (round = 0; round < 2; round++) {
		c = client_open(&server);
		greet(c);
		if (is_pool(_i) && standby_possible() && ledger_works()) {
			(void)server_await_member(&server, "standby", 0);
			(void)server_await_member(&server, "standby", 1);
		}
		n = all_of_it(pids);
		ck_assert_int_ge(n, 2);
		for (i = 0; i < n; i++) {
			/* The master has another use for USR2. */
			for (k = 0; accidents[k] != 0; k++)
				if (pids[i] != server.pid ||
				    accidents[k] != SIGUSR2)
					expect_immortal(pids[i], accidents[k]);
			for (k = SIGRTMIN; k <= SIGRTMAX; k++)
				expect_immortal(pids[i], k);
			if (pids[i] == server.pid)
				continue;
			expect_immortal(pids[i], SIGTTIN);
			expect_immortal(pids[i], SIGTTOU);
		}
		greet(c);
		ck_assert_int_eq(all_of_it(now), n);
		ck_assert_mem_eq(pids, now, (size_t)n * sizeof(pids[0]));
		client_close(c);
		if (!is_pool(_i) || !standby_possible() || !ledger_works())
			break;
		for (i = 0; i < 2; i++)
			ck_assert_int_eq(
			    kill(server_await_member(&server, "worker", i),
				SIGKILL),
			    0);
		for (i = 0; i < 2; i++)
			(void)server_expect_log(&server, "took over from pid");
	}
	server_finish(&server);
}
END_TEST

/* Sends the orders to the server that the parent of this process starts, as
 * soon as it has said what it ignores: long before it has handlers. */
static _Noreturn void
give_orders(const int *orders)
{
	struct proc p;
	pid_t server_pid = 0;
	DIR *walk;

	while (server_pid == 0) {
		walk = opendir("/proc");
		ck_assert_ptr_nonnull(walk);
		while (proc_next(&p, walk))
			if (p.parent == getppid() &&
			    strcmp(p.name, "prefork") == 0)
				server_pid = p.pid;
		(void)closedir(walk);
	}
	while (mortal(server_pid) >> (SIGXFSZ - 1) & 1)
		;
	for (; *orders != 0; orders++)
		if (kill(server_pid, *orders) != 0)
			_exit(1);
	_exit(0);
}

START_TEST(orders_to_one_that_is_starting_wait_until_it_is_there)
{
	static const int orders[] = {SIGHUP, SIGUSR1, SIGTTIN, SIGTTOU, 0};
	enum { TIMES = 5 };
	pid_t helper;
	int i, status;

	for (i = 0; i < TIMES; i++) {
		helper = fork();
		ck_assert_int_ge(helper, 0);
		if (helper == 0)
			give_orders(orders);
		server_run_in(&server, _i, "-w", "1");
		ck_assert_int_eq(waitpid(helper, &status, 0), helper);
		ck_assert_int_eq(status, 0);
		server_allow_log(&server, "[12] worker* wanted");
		server_allow_log(&server, "has no number of workers to change");
		server_allow_log(&server, "took over from pid");
		server_allow_log(&server, "serves, pid");
		(void)server_expect_log(&server, "renewing all workers");
		server_finish(&server);
	}
}
END_TEST

/* Starts the server as a shell does it with a limit: one block for a file. */
static void
run_limited(int cell, const struct tree *t)
{
	char program[PATH_MAX], script[PATH_MAX + 64];

	ck_assert_ptr_nonnull(realpath(server_program(), program));
	(void)snprintf(script, sizeof(script),
	    "#!/bin/sh\nulimit -f 1\nexec '%s' \"$@\"\n", program);
	tree_file(t, "limited", script);
	ck_assert_int_eq(chmod(tree_path(t, "limited"), 0755), 0);
	ck_assert_int_eq(setenv("PREFORK", tree_path(t, "limited"), 1), 0);
	server_run_in(&server, cell, "-w", "1", "-r", tree_path(t, "root"),
	    "--log", tree_path(t, "log"), "--access-log",
	    tree_path(t, "access"));
	ck_assert_int_eq(setenv("PREFORK", program, 1), 0);
}

/* There is nothing to share where files take the place of memory. */
static bool
memory_is_limited(void)
{
	struct rlimit before, limit;
	void *p;

	(void)signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = before;
	limit.rlim_cur = 1;
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	p = memory_shared(memory_page());
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &before), 0);
	(void)signal(SIGXFSZ, SIG_DFL);
	memory_drop(p, memory_page());
	return p == NULL;
}

START_TEST(a_limit_on_files_is_a_full_disk_and_no_death)
{
	enum { REQUESTS = 40 };
	struct tree tree;
	pid_t child, next;
	int c, i;

	if (memory_is_limited())
		return;
	tree_make(&tree);
	tree_dir(&tree, "root");
	tree_dir(&tree, "root/dir");
	tree_file(&tree, "root/hello.txt", "hello\n");
	run_limited(_i, &tree);
	server_allow_log(&server, "");
	server_await_workers(&server, &child, 1);
	c = client_open(&server);
	for (i = 0; i < REQUESTS; i++) {
		http_get(c, "/hello.txt", &r);
		ck_assert_int_eq(r.status, 200);
		ck_assert_str_eq(r.body, "hello\n");
	}
	http_get(c, "/dir/", &r);
	ck_assert_int_eq(r.status, 503);
	http_get(c, "/hello.txt", &r);
	ck_assert_int_eq(r.status, 200);
	client_close(c);
	/* None of this was a death. */
	server_await_workers(&server, &next, 1);
	ck_assert_int_eq(next, child);
	for (i = 0; i < (is_pool(_i) ? 12 : 2); i++) {
		ck_assert_int_eq(kill(child, SIGKILL), 0);
		do
			server_await_workers(&server, &next, 1);
		while (next == child);
		child = next;
		c = client_open(&server);
		http_get(c, "/hello.txt", &r);
		ck_assert_int_eq(r.status, 200);
		client_close(c);
	}
	ck_assert_int_eq(server_stop(&server, SIGTERM), 0);
	tree_remove(&tree);
}
END_TEST

/* What is ignored stays so over an exec. */
START_TEST(it_starts_by_a_parent_that_ignores_its_children)
{
	pid_t child, next;
	int c;

	(void)signal(SIGCHLD, SIG_IGN);
	server_run_in(&server, _i, "-w", "1");
	(void)signal(SIGCHLD, SIG_DFL);
	server_allow_log(&server, "");
	server_await_workers(&server, &child, 1);
	ck_assert_int_eq(kill(child, SIGKILL), 0);
	do
		server_await_workers(&server, &next, 1);
	while (next == child);
	c = client_open(&server);
	greet(c);
	client_close(c);
	ck_assert_int_eq(server_stop(&server, SIGTERM), 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("accidents");
	TCase *tc = suite_case(suite, "accidents");

	if (!proc_visible())
		return suite_run(suite);
	in_all_cells(tc, no_signal_that_comes_by_accident_kills);
	in_all_cells(tc, orders_to_one_that_is_starting_wait_until_it_is_there);
	in_all_cells(tc, a_limit_on_files_is_a_full_disk_and_no_death);
	in_all_cells(tc, it_starts_by_a_parent_that_ignores_its_children);
	server_look_for_no_leaks();
	return suite_run(suite);
}
