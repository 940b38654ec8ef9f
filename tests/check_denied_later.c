/* Calls are denied to a server that runs, and some are allowed again. It goes
 * on serving, as well as it can: nothing spins, and the log is not filled. */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "family.h"
#include "bench/proc.h"
#include "matrix.h"
#include "peer.h"
#include "program.h"
#include "server.h"
#include "suite.h"
#include "tree.h"

enum {
	NO_SECCOMP = 77,
	ECHOES = 100,
	EXECUTORS = 2,
	CALM_MS = 500,	 /* for so long a loop that spins would show it */
	LINES_MOST = 40, /* of a log that is no storm */
	/* Calls that may be denied: some in all, and of each loop one in so
	 * many milliseconds. */
	CALLS_ANYWAY = 500,
	LOOPS = 12,
	PACE_MS = 5
};

static const struct {
	const char *call[4];
	const char *line;
} refusal[] = {
    {{"poll"}, "poll fails"},
    {{"ppoll"}, NULL},
    {{"epoll_wait"}, NULL},
    {{"epoll_wait", "poll", "ppoll"}, "poll fails"},
};

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static struct server server;
static struct tree tree;
static struct result trial;
static char deny[512];
static char denying[512]; /* the file that says so */
static int64_t began;

static void
find_deny(void)
{
	const char *top = getenv("top_builddir");

	(void)snprintf(deny, sizeof(deny), "%s/tests/denied/deny",
	    top != NULL ? top : ".");
	if (access(deny, X_OK) != 0) {
		deny[0] = '\0';
		return;
	}
	program_run(&trial, NULL, deny, "-w", "/nowhere/at/all", "EPERM",
	    "accept", "--", "/bin/true", NULL);
	if (trial.status != 0)
		deny[0] = '\0';
}

static void
start(int cell, const char *const calls[])
{
	const char *by[16] = {deny, "-w", denying, "EPERM"};
	const char *args[16];
	int n = 4;

	tree_make(&tree);
	(void)snprintf(
	    denying, sizeof(denying), "%s", tree_path(&tree, "denying"));
	while (*calls != NULL)
		by[n++] = *calls++;
	by[n++] = "--";
	by[n] = NULL;
	n = matrix_arguments(cell, args);
	args[n++] = "-w";
	args[n++] = "2";
	args[n] = NULL;
	ck_assert(server_try(&server, by, args));
	server_allow_log(&server, "");
}

static void
deny_calls(void)
{
	int fd = open(denying, O_WRONLY | O_CREAT, 0600);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(close(fd), 0);
	began = clock_now();
}

static int64_t
denied(void)
{
	struct stat st;

	ck_assert_int_eq(stat(denying, &st), 0);
	return st.st_size;
}

/* Every loop has been pausing between two tries. */
static void
expect_calm(void)
{
	int64_t calls = denied(), ms = clock_now() - began;

	ck_assert_msg(calls <= CALLS_ANYWAY + LOOPS * ms / PACE_MS,
	    "%lld calls in %lld ms", (long long)calls, (long long)ms);
	ck_assert_int_le(server.lines, LINES_MOST);
}

static void
expect_echoes(int c)
{
	int i;

	for (i = 0; i < ECHOES; i++) {
		send_text(c, "hello\n");
		expect(c, "hello\n");
	}
}

/* A client that is not accepted. A call that was allowed before may be made as
 * late as for this one, by each executor. */
static int
open_waiting(void)
{
	int c, i;

	for (i = 0; i <= EXECUTORS; i++) {
		c = client_open(&server);
		send_text(c, "hello\n");
		if (wait_ready(c, POLLIN, clock_now() + CALM_MS) == 0)
			return c;
		expect(c, "hello\n");
		client_close(c);
	}
	ck_abort_msg("all were accepted");
}

static void
finish(void)
{
	ck_assert_int_eq(kill(server.pid, SIGTERM), 0);
	ck_assert_int_eq(server_wait(&server, 0), 0);
	server_end(&server);
	tree_remove(&tree);
}

START_TEST(who_cannot_be_accepted_waits_until_it_is_allowed)
{
	static const char *const calls[] = {"accept", "accept4", NULL};
	int old, c, lines;

	start(_i, calls);
	old = client_open(&server);
	greet(old);
	deny_calls();
	c = open_waiting();
	server_expect_log(&server, "clients cannot be accepted, they wait: "
				   "Operation not permitted");
	expect_echoes(old);
	expect_calm();
	/* Each of the two executors says it, once. */
	lines = server.lines;
	ck_assert_int_eq(wait_ready(c, POLLIN, clock_now() + CALM_MS), 0);
	server_listen(&server, 0);
	ck_assert_int_le(server.lines, lines + 1);
	ck_assert_int_eq(unlink(denying), 0);
	expect(c, "hello\n");
	expect_echoes(c);
	client_close(c);
	client_close(old);
	finish();
}
END_TEST

/* All that the server is for works meanwhile: old clients and new ones, a death
 * and its takeover, the end. */
static void
expect_life_without(int cell, int which)
{
	pid_t worker[8];
	int old, c;

	start(cell, refusal[which].call);
	old = client_open(&server);
	greet(old);
	deny_calls();
	expect_echoes(old);
	c = client_open(&server);
	greet(c);
	if (refusal[which].line != NULL)
		server_expect_log(&server, refusal[which].line);
	expect_echoes(c);
	(void)wait_ready(c, POLLIN, clock_now() + CALM_MS);
	expect_calm();
	if (proc_visible() && cell < matrix_pools()) {
		server_await_workers(&server, worker, 2);
		ck_assert_int_eq(kill(worker[0], SIGKILL), 0);
		ck_assert_int_eq(kill(worker[1], SIGKILL), 0);
		if (without_standby() == NULL) {
			client_abort(old);
			client_abort(c);
			old = client_open(&server);
			c = client_open(&server);
		}
	}
	expect_echoes(old);
	expect_echoes(c);
	(void)wait_ready(c, POLLIN, clock_now() + CALM_MS);
	expect_calm();
	client_close(c);
	client_close(old);
	finish();
}

START_TEST(without_calls_that_wait_it_looks_now_and_then)
{
	expect_life_without(_i / LENGTH(refusal), _i % LENGTH(refusal));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("denied_later");
	TCase *tc = suite_case(suite, "denied_later");
	int cells;

	find_deny();
	cells = deny[0] != '\0' ? matrix_cells() : 0;
	tcase_add_loop_test(
	    tc, who_cannot_be_accepted_waits_until_it_is_allowed, 0, cells);
	tcase_add_loop_test(tc, without_calls_that_wait_it_looks_now_and_then,
	    0, cells * (int)LENGTH(refusal));
	return suite_run(suite);
}
