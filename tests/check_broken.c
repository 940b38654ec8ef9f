/*
 * A program that is broken, in the place of this one: it costs nobody anything,
 * whatever process it is that it breaks.
 */
#include "upgrade.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "bench/proc.h"
#include "family.h"
#include "os/keep.h"
#include "os/ready.h"
#include "peer.h"
#include "suite.h"

/* With a keeper that is killed in the test. */
static void
start_to_lose_the_keeper(void)
{
	start(0, "--keeper");
	server_allow_log(&server, "slot *: *");
	server_allow_log(&server, "the keeper * is gone");
	server_allow_log(&server, "stopping, clients may finish");
}

static pid_t
pid_in_file(void)
{
	FILE *f = fopen(tree_path(&tree, "pid"), "re");
	long pid = 0;

	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(fscanf(f, "%ld", &pid), 1);
	ck_assert_int_eq(fclose(f), 0);
	return (pid_t)pid;
}

/* What the new program does, by what it is begun as, and what is said. */
static const struct {
	const char *good; /* these it is good as */
	const char *does; /* and else */
	const char *says;
} broken[] = {
    {NULL, "", "no upgrade to */prefork: *Exec format error"},
    {"", "exit 0", "no upgrade to */prefork: it does not say that it is *"},
    {"", "exit 3", "no upgrade to */prefork: its trial exited with status 3"},
    {"", "echo prefork 9.9 state 1.0; test $# = 1",
	"no upgrade to */prefork: it *"},
    {"*trial*", "exit 1", "called off: its master did not come to serve"},
    {"*trial*", "kill -SEGV $$", "called off: its master did not come to *"},
    {"*trial*", "exec sleep 60", "called off: its master did not come to *"},
    {"*trial*|*master*|*keeper*", "exit 7", "called off, and * worker ?*"},
    {"*trial*|*master*|*keeper*", "kill -SEGV $$",
	"called off, and * worker ?*"},
    {"*trial*|*master*|*keeper*",
	"(sleep 0.05; kill -SEGV $$) 2>/dev/null &\nexec %s \"$@\"",
	"called off, and *: worker ? was killed by SIGSEGV"},
};

enum {
	BROKEN = sizeof(broken) / sizeof(broken[0]),
	REFUSED = 4, /* the first of them change nothing */
	BROKEN_MASTER = REFUSED
};

static void
write_script(char out[SCRIPT], int i)
{
	char does[SCRIPT / 2];

	(void)snprintf(does, sizeof(does), broken[i].does, built);
	if (broken[i].good == NULL)
		(void)snprintf(out, SCRIPT, "neither a program nor a script\n");
	else
		(void)snprintf(out, SCRIPT,
		    "#!/bin/sh\ncase $1 in %s) exec %s \"$@\";; esac\n%s\n",
		    broken[i].good[0] != '\0' ? broken[i].good : "-", built,
		    does);
}

START_TEST(a_broken_program_costs_nobody_anything)
{
	char script[SCRIPT];
	const int i = _i % BROKEN;
	const bool keeper = _i < BROKEN;
	pid_t master;
	int before;

	/* Without a keeper nobody stands behind the master. */
	if (!can_keep_clients() || (_i >= BROKEN && broken[i].good != NULL &&
				       strcmp(broken[i].good, "*trial*") == 0))
		return;
	start(0, keepers[_i / BROKEN]);
	server_allow_log(&server, "slot *: *");
	server_allow_log(&server, "master: pid");
	server_allow_log(&server, "keeper: program");
	server_allow_log(&server, "worker * while taking over");
	server_allow_log(
	    &server, "worker * keeps dying: its standby takes over");
	open_clients();
	master = keeper ? server_master(&server) : server.pid;
	before = server_descriptors(master);
	write_script(script, i);
	install_script(script);
	ck_assert_int_ne(upgrade(), 0);
	(void)server_expect_log(&server, broken[i].says);
	while (i < REFUSED && server_descriptors(master) != before)
		server_listen(&server, 20);
	/* A good one is as welcome as before. */
	install(built);
	ck_assert_int_eq(upgrade(), 0);
	expect_installed(2);
	finish();
}
END_TEST

/* A keeper that hangs, or stops itself; and one that somebody else has stopped.
 * Its master goes on in any case. */
static const struct {
	const char *good, *does;
	bool survives;
} slow_keeper[] = {
    {"*trial*|*master*", "exec sleep 60", false},
    {"*trial*|*master*", "kill -STOP $$; exec sleep 60", false},
    {"*trial*", "test ${1#*master} = $1 || kill -STOP $PPID", true},
};

START_TEST(a_master_waits_for_its_keeper_and_outlives_it)
{
	char script[SCRIPT];
	pid_t master;
	int i, status;

	if (!can_keep_clients() || !keep_possible())
		return;
	start_to_lose_the_keeper();
	open_clients();
	(void)snprintf(script, sizeof(script),
	    "#!/bin/sh\nr() { exec %s \"$@\"; }\ncase $1 in %s) r \"$@\";; "
	    "*master*|*keeper*) %s;; esac\nr \"$@\"\n",
	    built, slow_keeper[_i].good, slow_keeper[_i].does);
	install_script(script);
	ck_assert_int_eq(upgrade() == 0, slow_keeper[_i].survives);
	(void)server_expect_log(&server, "upgraded to prefork ");
	if (slow_keeper[_i].survives) {
		finish();
		return;
	}
	for (i = 0; i < CLIENTS; i++) {
		greet(client[i]);
		client_close(client[i]);
	}
	master = pid_in_file();
	ck_assert_int_ne(master, server.pid);
	ck_assert_int_eq(kill(master, SIGTERM), 0);
	status = server_wait(&server, 0);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM);
	server_end(&server);
	tree_remove(&tree);
}
END_TEST

/* By its number, which its script has written. */
static pid_t
await_trial(void)
{
	const char *path = tree_path(&tree, "trial");
	long pid = 0;
	FILE *f;

	while (pid == 0) {
		ready_pause(10);
		f = fopen(path, "re");
		if (f == NULL)
			continue;
		if (fscanf(f, "%ld", &pid) != 1)
			pid = 0;
		ck_assert_int_eq(fclose(f), 0);
	}
	return (pid_t)pid;
}

/* It has the listeners: a child that it leaves, or itself if it hangs when
 * nobody is left to end it, would have the port. */
START_TEST(nothing_of_a_trial_stays)
{
	static const char *const does[] = {
	    "sleep 60 & echo $! >%s; exit 3", "echo $$ >%s; exec sleep 60"};
	char script[SCRIPT], line[SCRIPT / 2];
	struct proc p;
	pid_t trial, master;

	if (!can_keep_clients())
		return;
	start(0, keepers[_i / 2]);
	server_allow_log(&server, "slot *: *");
	(void)snprintf(
	    line, sizeof(line), does[_i % 2], tree_path(&tree, "trial"));
	(void)snprintf(script, sizeof(script), "#!/bin/sh\n%s\n", line);
	install_script(script);
	server_signal(&server, SIGUSR2);
	trial = await_trial();
	if (_i % 2 == 0) {
		(void)server_expect_log(&server, "no upgrade to *status 3");
		while (proc_look(&p, trial) && !proc_dead(&p))
			ready_pause(10);
		server_finish(&server);
	} else {
		master = _i / 2 == 0 ? server_master(&server) : server.pid;
		/* It is to make no other master. */
		server_signal(&server, SIGSTOP);
		ck_assert_int_eq(kill(master, SIGKILL), 0);
		server_signal(&server, SIGKILL);
		while (proc_look(&p, trial) && !proc_dead(&p))
			ready_pause(10);
		(void)server_wait(&server, 0);
		server_end(&server);
	}
	tree_remove(&tree);
}
END_TEST

/* The shell that runs the script waits for the sleep, and for whoever else is a
 * child of the master. */
START_TEST(one_that_a_script_has_reaped_is_missed)
{
	char script[SCRIPT];
	pid_t pid[2];

	if (!can_keep_clients())
		return;
	start(0, keepers[_i]);
	server_allow_log(&server, "slot *: *");
	open_clients();
	server_await_workers(&server, pid, 2);
	(void)snprintf(script, sizeof(script),
	    "#!/bin/sh\ncase $1 in *master*) kill -9 %ld; sleep 0.2;; esac\n"
	    "exec %s \"$@\"\n",
	    (long)pid[0], built);
	install_script(script);
	ck_assert_int_eq(upgrade(), 0);
	finish();
}
END_TEST

/* A child of a master that died, reaped by whoever comes after the keeper. */
START_TEST(a_trial_of_which_nobody_tells_is_not_waited_for)
{
	char script[SCRIPT];
	pid_t trial, master;

	if (!can_keep_clients() || !keep_possible())
		return;
	start_to_lose_the_keeper();
	(void)snprintf(script, sizeof(script),
	    "#!/bin/sh\necho $$ >%s; exec sleep 60\n",
	    tree_path(&tree, "trial"));
	install_script(script);
	server_signal(&server, SIGUSR2);
	trial = await_trial();
	master = server_master(&server);
	ck_assert_int_eq(kill(master, SIGKILL), 0);
	while (!has_another_master(master))
		ready_pause(1);
	server_signal(&server, SIGKILL);
	ck_assert_int_eq(kill(trial, SIGKILL), 0);
	(void)server_expect_log(&server, "no upgrade to *: nobody can tell ");
	ck_assert_int_eq(kill(pid_in_file(), SIGTERM), 0);
	(void)server_wait(&server, 0);
	server_end(&server);
	tree_remove(&tree);
}
END_TEST

/* The file of the program before, which nobody runs any more, may be the one
 * that comes next, with other contents. */
START_TEST(a_broken_one_is_not_taken_for_the_one_before)
{
	char script[SCRIPT];
	const char *old;
	int fd;

	if (!can_keep_clients() || !keep_possible())
		return;
	start(0, "--keeper");
	server_allow_log(&server, "slot *: *");
	open_clients();
	old = tree_path(&tree, "old");
	ck_assert_int_eq(link(tree_path(&tree, "prefork"), old), 0);
	install(built);
	ck_assert_int_eq(upgrade(), 0);
	write_script(script, BROKEN_MASTER);
	fd = open(old, O_WRONLY | O_TRUNC | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(
	    write(fd, script, strlen(script)), (ssize_t)strlen(script));
	ck_assert_int_eq(close(fd), 0);
	ck_assert_int_eq(rename(old, tree_path(&tree, "prefork")), 0);
	ck_assert_int_ne(upgrade(), 0);
	(void)server_expect_log(&server, broken[BROKEN_MASTER].says);
	finish();
}
END_TEST

/* Opens a pipe of that name for a script that waits for its end. */
static int
open_for_script(const char *name)
{
	int fd = open(tree_path(&tree, name), O_WRONLY | O_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	return fd;
}

/* Two slots have a new program when the third cannot begin it, and the first is
 * about to begin it again after a death, which takes its time. The second does
 * not wait for that, but has the program before when its own worker dies. */
START_TEST(no_slot_waits_for_the_program_before)
{
	char script[SCRIPT];
	uint64_t old;
	pid_t worker;
	int64_t until;
	int third, first;

	if (!can_keep_clients())
		return;
	start(0, "--no-keeper");
	server_allow_log(&server, "slot *: *");
	server_allow_log(&server, "3 workers wanted");
	server_allow_log(&server, "worker 2 * while taking over");
	old = program_of(server.pid);
	server_signal(&server, SIGTTIN);
	(void)server_expect_log(&server, "worker 2 serves");
	open_clients();
	(void)snprintf(script, sizeof(script),
	    "#!/bin/sh\nset -C\ncase $1 in *trial*|*master*) ;; *)\n"
	    "for n in 1 2 3 4 more; do true 2>/dev/null >%s/$n && break; done\n"
	    "case $n in 3) read -r _ <%s/third; exit 7;;\n"
	    "4) read -r _ <%s/first;; esac;; esac\nexec %s \"$@\"\n",
	    tree.path, tree.path, tree.path, built);
	ck_assert_int_eq(mkfifo(tree_path(&tree, "third"), 0600), 0);
	ck_assert_int_eq(mkfifo(tree_path(&tree, "first"), 0600), 0);
	install_script(script);
	server_signal(&server, SIGUSR2);
	third = open_for_script("third");
	worker = server_await_member(&server, "worker", 0);
	ck_assert_int_eq(kill(worker, SIGKILL), 0);
	first = open_for_script("first");
	(void)close(third);
	(void)server_expect_log(&server, "called off, and *: worker 2 *");
	until = deadline();
	do {
		ck_assert_msg(clock_now() < until, "it keeps the other one");
		worker = server_await_member(&server, "worker", 1);
		ck_assert_int_eq(kill(worker, SIGSEGV), 0);
		(void)server_expect_log(&server, "worker 1 * killed by SIG*");
		worker = server_await_member(&server, "worker", 1);
	} while (program_of(worker) != old);
	(void)close(first);
	(void)server_expect_log(&server, "the program before serves again");
	finish();
}
END_TEST

START_TEST(one_that_is_not_there_is_none)
{
	if (!can_keep_clients())
		return;
	start(0, keepers[_i]);
	open_clients();
	server_allow_log(&server, "slot *: *");
	server_allow_log(&server, "master: pid");
	ck_assert_int_eq(unlink(tree_path(&tree, "prefork")), 0);
	ck_assert_int_ne(upgrade(), 0);
	(void)server_expect_log(&server, "no upgrade to *: No such file*");
	finish();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("broken");
	TCase *tc = suite_case(suite, "broken");
	int n = keep_possible() ? 2 : 1;

	tcase_add_loop_test(
	    tc, a_broken_program_costs_nobody_anything, 0, n * BROKEN);
	tcase_add_loop_test(tc, a_master_waits_for_its_keeper_and_outlives_it,
	    0, (int)(sizeof(slow_keeper) / sizeof(slow_keeper[0])));
	tcase_add_loop_test(tc, nothing_of_a_trial_stays, 0, 2 * n);
	tcase_add_loop_test(tc, one_that_a_script_has_reaped_is_missed, 0, n);
	tcase_add_test(tc, a_trial_of_which_nobody_tells_is_not_waited_for);
	tcase_add_test(tc, a_broken_one_is_not_taken_for_the_one_before);
	tcase_add_test(tc, no_slot_waits_for_the_program_before);
	tcase_add_loop_test(tc, one_that_is_not_there_is_none, 0, n);
	return suite_run(suite);
}
