/*
 * Each worker has its program to itself: it was begun anew for it, in a memory
 * of another layout, and nobody has noticed.
 */
#include "config.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "bench/proc.h"
#include "fail.h"
#include "family.h"
#include "peer.h"
#include "program.h"
#include "server.h"
#include "suite.h"
#include "takeover.h"
#include "trap.h"

enum { DEATHS = 8, MANY = 50, NO_SECCOMP = 77 };

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static char program[512]; /* what is run in place of ./prefork, or empty */

/* Where the process has its program; 0: it cannot be seen. */
static unsigned long
layout_of(pid_t pid)
{
	char path[64], line[512];
	unsigned long from = 0;
	FILE *maps;

	(void)snprintf(path, sizeof(path), "/proc/%ld/maps", (long)pid);
	maps = fopen(path, "re");
	if (maps == NULL)
		return 0;
	while (from == 0 && fgets(line, sizeof(line), maps) != NULL)
		if (strstr(line, "/prefork") != NULL)
			from = strtoul(line, NULL, 16);
	(void)fclose(maps);
	return from;
}

static pid_t
worker(void)
{
	pid_t pid;

	server_await_workers(&server, &pid, 1);
	return pid;
}

/* Does it lie elsewhere each time, as far as the kernel and the linker go? */
static bool
moves(void)
{
	unsigned long first;

	server_run(&server, "-w", "1", "--traceable");
	first = layout_of(server.pid);
	server_finish(&server);
	server_run(&server, "-w", "1", "--traceable");
	first ^= layout_of(server.pid);
	server_finish(&server);
	return first != 0;
}

static void
expect_echoes(int c)
{
	send_text(c, "again\n");
	expect(c, "again\n");
}

START_TEST(every_worker_has_a_layout_of_its_own)
{
	unsigned long layout[DEATHS + 1];
	int c, i, k;

	if (!moves())
		return;
	server_run(&server, "-w", "1", "--traceable");
	c = client_open(&server);
	greet(c);
	for (i = 0; i <= DEATHS; i++) {
		layout[i] = layout_of(worker());
		ck_assert_uint_ne(layout[i], 0);
		ck_assert_uint_ne(layout[i], layout_of(server.pid));
		for (k = 0; k < i; k++)
			ck_assert_uint_ne(layout[i], layout[k]);
		if (i < DEATHS)
			kill_worker(1);
		expect_echoes(c);
	}
	client_close(c);
	server_finish(&server);
}
END_TEST

START_TEST(a_cold_start_has_another_layout_as_well)
{
	unsigned long before;
	pid_t pid, standby;

	if (!moves())
		return;
	server_run(&server, "-w", "1", "--traceable");
	before = layout_of(worker());
	pid = worker();
	standby = server_await_member(&server, "standby", 0);
	server_allow_log(&server, "*killed by SIGKILL*");
	/* Stopped, the worker makes no other one meanwhile. */
	ck_assert_int_eq(kill(pid, SIGSTOP), 0);
	ck_assert_int_eq(kill(standby, SIGKILL), 0);
	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	(void)server_expect_log(&server, "worker 0 serves, pid *");
	ck_assert_uint_ne(layout_of(worker()), before);
	ck_assert_uint_ne(layout_of(worker()), layout_of(server.pid));
	server_finish(&server);
}
END_TEST

START_TEST(a_worker_may_be_told_to_keep_its_layout)
{
	unsigned long before;

	server_run(&server, "-w", "1", "--traceable", "--no-exec");
	before = layout_of(worker());
	ck_assert_uint_eq(before, layout_of(server.pid));
	kill_worker(0);
	ck_assert_uint_eq(before, layout_of(worker()));
	server_finish(&server);
}
END_TEST

/* All that are there, once there are a worker and a standby and nobody else. */
static int
descriptors_of_family(void)
{
	pid_t pid = worker();
	pid_t standby = server_await_member(&server, "standby", 0);

	ck_assert_int_eq(server_member(&server, "holder 0"), 0);
	return server_descriptors(server.pid) + server_descriptors(pid) +
	       server_descriptors(standby);
}

START_TEST(nothing_is_left_open_and_nobody_is_left)
{
	int c, i, before;

	server_run(&server, "-w", "1", "-r", tree.path, "--traceable");
	c = client_open(&server);
	greet(c);
	kill_worker(1);
	before = descriptors_of_family();
	for (i = 0; i < MANY; i++)
		kill_worker(1);
	ck_assert_int_eq(descriptors_of_family(), before);
	expect_echoes(c);
	client_close(c);
	server_finish(&server);
}
END_TEST

static void
expect_site(int c)
{
	static struct response r;

	http_get(c, "/nothing", &r);
	ck_assert_int_eq(r.status, 404);
	ck_assert_str_eq(r.body, "an own page\n");
	ck_assert_str_eq(http_field(&r, "X-Own"), "field");
	http_get(c, "/a.own", &r);
	ck_assert_str_eq(http_field(&r, "Content-Type"), "text/own");
	ck_assert_str_eq(http_field(&r, "Cache-Control"), "no-cache");
}

/* The files are gone, and so is the directory that relative names count from,
 * for all that a worker can know. */
START_TEST(what_was_read_at_the_start_is_known_ever_after)
{
	char page[256];
	int c;

	tree_file(&tree, "page", "an own page\n");
	tree_file(&tree, "types", "text/own own\n");
	tree_file(&tree, "a.own", "x");
	(void)snprintf(page, sizeof(page), "404=%s", tree_path(&tree, "page"));
	server_run(&server, "-w", "1", "-r", tree.path, "--error-page", page,
	    "--header", "X-Own: field", "--mime-types",
	    tree_path(&tree, "types"), "--charset", "off", "--cache-control",
	    "/*.own=no-cache");
	ck_assert_int_eq(unlink(tree_path(&tree, "page")), 0);
	ck_assert_int_eq(unlink(tree_path(&tree, "types")), 0);
	c = client_open(&server);
	expect_site(c);
	kill_worker(1);
	expect_site(c);
	kill_worker(1);
	expect_site(c);
	client_close(c);
	server_finish(&server);
}
END_TEST

static void
copy_program(void)
{
	static struct result result;

	(void)snprintf(
	    program, sizeof(program), "%s", tree_path(&tree, "prefork"));
	program_run(&result, NULL, "/bin/cp", server_program(), program, NULL);
	ck_assert_int_eq(result.status, 0);
	ck_assert_int_eq(setenv("PREFORK", program, 1), 0);
}

START_TEST(the_program_may_be_gone_from_the_disk)
{
	unsigned long before;
	int c;

	copy_program();
	server_run(&server, "-w", "1", "--traceable");
	c = client_open(&server);
	greet(c);
	ck_assert_int_eq(unlink(program), 0);
	before = layout_of(worker());
	kill_worker(1);
	expect_echoes(c);
	if (before != layout_of(server.pid))
		ck_assert_uint_ne(layout_of(worker()), before);
	/* Another one in its place is another matter. */
	tree_file(&tree, "prefork", "garbage\n");
	kill_worker(1);
	expect_echoes(c);
	client_close(c);
	server_finish(&server);
	ck_assert_int_eq(unsetenv("PREFORK"), 0);
}
END_TEST

/* False where nothing can be denied. */
static bool
find_deny(char deny[512])
{
	static struct result trial;
	const char *top = getenv("top_builddir");

	(void)snprintf(
	    deny, 512, "%s/tests/denied/deny", top != NULL ? top : ".");
	if (access(deny, X_OK) != 0)
		return false;
	program_run(
	    &trial, NULL, deny, "EPERM", "bind", "--", "/bin/true", NULL);
	return trial.status == 0;
}

static const char *const denied[] = {
    "execveat", "memfd_create", "pidfd_open", "pidfd_send_signal"};

START_TEST(where_it_is_denied_takeovers_go_on_without)
{
	static char deny[512];
	const char *const by[] = {deny, "EPERM", denied[_i], "--", NULL};
	const char *const args[] = {"-w", "1", "--traceable", NULL};
	unsigned long before;
	int c;

	if (!find_deny(deny))
		return;
	ck_assert(server_try(&server, by, args));
	server_allow_log(&server, "ready: *");
	server_allow_log(&server, "the system denies *");
	(void)server_expect_log(
	    &server, "no program can be begun anew on this system*");
	c = client_open(&server);
	greet(c);
	before = layout_of(worker());
	kill_worker(1);
	expect_echoes(c);
	ck_assert_uint_eq(layout_of(worker()), before);
	client_close(c);
	server_finish(&server);
}
END_TEST

/* Runs a server to which the call is denied once there is a file "denying".
 * False where nothing can be denied. */
static bool
run_denied_later(const char *call)
{
	static char deny[512], denying[512];
	const char *const by[] = {
	    deny, "-w", denying, "EPERM", call, "--", NULL};
	const char *const args[] = {"-w", "1", "--traceable", "--demo", NULL};

	(void)snprintf(
	    denying, sizeof(denying), "%s", tree_path(&tree, "denying"));
	if (!find_deny(deny))
		return false;
	ck_assert(server_try(&server, by, args));
	server_allow_log(&server, "ready: *");
	return true;
}

START_TEST(where_it_comes_to_be_denied_the_log_says_so_once)
{
	unsigned long layout[3];
	int c, i;

	if (!run_denied_later("execveat"))
		return;
	c = client_open(&server);
	greet(c);
	for (i = 0; i < 3; i++) {
		if (i == 1)
			tree_file(&tree, "denying", "");
		kill_worker(1);
		expect_echoes(c);
		layout[i] = layout_of(worker());
	}
	(void)server_expect_log(
	    &server, "workers cannot begin their program anew*not permitted");
	ck_assert_uint_eq(layout[1], layout[0]);
	ck_assert_uint_eq(layout[2], layout[0]);
	ck_assert_int_eq(unlink(tree_path(&tree, "denying")), 0);
	kill_worker(1);
	if (layout[0] != layout_of(server.pid))
		ck_assert_uint_ne(layout_of(worker()), layout[0]);
	client_close(c);
	server_finish(&server);
}
END_TEST

/* Its program cannot be loaded, for want of a call that nobody needs else. */
static bool
run_hopeless(void)
{
	if (!run_denied_later("pread64"))
		return false;
	server_allow_log(&server, "*error while loading shared libraries*");
	server_allow_log(&server, "* exited with status 127 while taking over");
	/* Where all this goes by in less than a second. */
	server_allow_log(
	    &server, "worker 0 keeps dying: its standby takes over in *");
	return true;
}
START_TEST(a_program_that_cannot_begin_costs_nobody_anything)
{
	int c, i;

	if (!run_hopeless())
		return;
	c = client_open(&server);
	greet(c);
	tree_file(&tree, "denying", "");
	for (i = 0; i < 5; i++) {
		ck_assert_int_eq(kill(worker(), SIGKILL), 0);
		(void)server_expect_log(&server,
		    "worker 0 * took over *: 1 client kept, 0 dropped");
		expect_echoes(c);
	}
	(void)server_expect_log(
	    &server, "workers cannot begin their program anew*");
	ck_assert_int_eq(unlink(tree_path(&tree, "denying")), 0);
	kill_worker(1);
	expect_echoes(c);
	client_close(c);
	server_finish(&server);
}
END_TEST

/* It cannot begin once, and the next time it is tried again. */
START_TEST(a_program_that_could_not_begin_is_tried_again)
{
	unsigned long before;
	int c;

	if (!run_hopeless())
		return;
	c = client_open(&server);
	greet(c);
	before = layout_of(worker());
	tree_file(&tree, "denying", "");
	ck_assert_int_eq(kill(worker(), SIGKILL), 0);
	(void)server_expect_log(
	    &server, "worker 0 * took over *: 1 client kept, 0 dropped");
	expect_echoes(c);
	ck_assert_uint_eq(layout_of(worker()), before);
	ck_assert_int_eq(unlink(tree_path(&tree, "denying")), 0);
	kill_worker(1);
	expect_echoes(c);
	if (before != layout_of(server.pid))
		ck_assert_uint_ne(layout_of(worker()), before);
	client_close(c);
	server_finish(&server);
}
END_TEST

/* Returns when the worker runs in a loop: it has consumed time since. */
static void
await_loop(pid_t pid)
{
	int64_t until = deadline();
	struct proc p;
	int64_t from;

	ck_assert(proc_look(&p, pid));
	for (from = p.ticks; p.ticks < from + 5;) {
		ck_assert(proc_look(&p, pid));
		ck_assert_int_lt(clock_now(), until);
	}
}

/* The worker that was killed was just serving a client. That the next program
 * cannot begin is nothing that this client has done. */
START_TEST(a_program_that_cannot_begin_blames_nobody)
{
	int c, other;

	if (!run_hopeless())
		return;
	c = client_open(&server);
	greet(c);
	other = client_open(&server);
	send_text(other, "!hang\n");
	await_loop(worker());
	/* It goes by itself, lest the next worker hangs as well. */
	client_abort(other);
	tree_file(&tree, "denying", "");
	ck_assert_int_eq(kill(worker(), SIGKILL), 0);
	(void)server_expect_log(
	    &server, "worker 0 * took over *: 1 client kept, 0 dropped");
	expect_echoes(c);
	client_close(c);
	server_finish(&server);
}
END_TEST

/* It makes the worker crash, and is dropped for it; another client is kept. */
static void
expect_blamed(int c)
{
	send_text(c, "!segv\n");
	(void)server_expect_log(&server,
	    "worker 0 * took over *: 1 client kept, 1 dropped (* is blamed, it "
	    "sent \"!segv*");
	expect_gone(c);
	client_close(c);
}

/* And where it is the client's doing, its death does not excuse it. */
START_TEST(a_program_that_cannot_begin_excuses_nobody)
{
	int c, other;

	if (!run_hopeless())
		return;
	c = client_open(&server);
	greet(c);
	other = client_open(&server);
	greet(other);
	tree_file(&tree, "denying", "");
	expect_blamed(other);
	expect_echoes(c);
	client_close(c);
	server_finish(&server);
}
END_TEST

START_TEST(nobody_else_can_pretend_to_go_on)
{
	static struct result result;

	program_run(
	    &result, NULL, server_program(), "--goes-on=0,0,0,0,0,0", NULL);
	ck_assert_int_eq(result.status, 100);
	ck_assert_ptr_nonnull(strstr(result.err, "--goes-on"));
}
END_TEST

#ifdef TEST_HOOKS

/* At the first two it stands before a holder. */
static const char *const points[] = {"held", "changed", "followed", "alone"};

/* The one that takes over dies on the way: another one does. */
START_TEST(a_death_on_the_way_costs_nobody_anything)
{
	int c, before;

	trap_set(&tree, points[_i]);
	server_run(&server, "-w", "1", "--traceable");
	c = client_open(&server);
	greet(c);
	kill_worker(1);
	before = descriptors_of_family();
	trap_arm();
	kill_worker(1);
	ck_assert_msg(trap_sprung(), "%s was never reached", points[_i]);
	expect_echoes(c);
	ck_assert_int_eq(descriptors_of_family(), before);
	kill_worker(1);
	expect_echoes(c);
	client_close(c);
	server_finish(&server);
	trap_remove();
}
END_TEST

/* Nor is a client excused that a worker died of. */
START_TEST(a_death_on_the_way_excuses_nobody)
{
	int c, other;

	trap_set(&tree, points[_i]);
	server_run(&server, "-w", "1", "--demo");
	c = client_open(&server);
	greet(c);
	other = client_open(&server);
	greet(other);
	trap_arm();
	expect_blamed(other);
	ck_assert_msg(trap_sprung(), "%s was never reached", points[_i]);
	expect_echoes(c);
	client_close(c);
	server_finish(&server);
	trap_remove();
}
END_TEST

#endif

int
main(void)
{
	Suite *suite = suite_create("exec");
	TCase *tc = takeover_case(suite, "exec");

	if (tc != NULL && proc_visible()) {
		tcase_add_test(tc, every_worker_has_a_layout_of_its_own);
		tcase_add_test(tc, a_cold_start_has_another_layout_as_well);
		tcase_add_test(tc, a_worker_may_be_told_to_keep_its_layout);
		tcase_add_test(tc, nothing_is_left_open_and_nobody_is_left);
		tcase_add_test(
		    tc, what_was_read_at_the_start_is_known_ever_after);
		tcase_add_test(tc, the_program_may_be_gone_from_the_disk);
		tcase_add_loop_test(tc,
		    where_it_is_denied_takeovers_go_on_without, 0,
		    LENGTH(denied));
		tcase_add_test(
		    tc, where_it_comes_to_be_denied_the_log_says_so_once);
		tcase_add_test(
		    tc, a_program_that_cannot_begin_costs_nobody_anything);
		tcase_add_test(
		    tc, a_program_that_could_not_begin_is_tried_again);
		tcase_add_test(tc, a_program_that_cannot_begin_blames_nobody);
		tcase_add_test(tc, a_program_that_cannot_begin_excuses_nobody);
		tcase_add_test(tc, nobody_else_can_pretend_to_go_on);
#ifdef TEST_HOOKS
		tcase_add_loop_test(tc,
		    a_death_on_the_way_costs_nobody_anything, 0,
		    LENGTH(points));
		tcase_add_loop_test(
		    tc, a_death_on_the_way_excuses_nobody, 0, 2);
#endif
	}
	return suite_run(suite);
}
