/*
 * Another program in the place of this one: the same pid, the same clients. And
 * what is said to those who ask for it.
 */
#include "upgrade.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/proc.h"
#include "family.h"
#include "matrix.h"
#include "os/keep.h"
#include "os/ready.h"
#include "os/title.h"
#include "peer.h"
#include "program.h"
#include "suite.h"

/* By a connection to its status. */
static void
expect_ready(int c)
{
	static struct response r;

	http_get(c, "/readyz", &r);
	ck_assert_int_eq(r.status, 200);
}

/* Whole, to be given back by free(3). */
static char *
read_whole(const char *path, size_t *size)
{
	FILE *f = fopen(path, "re");
	struct stat st;
	char *bytes;

	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(fstat(fileno(f), &st), 0);
	*size = (size_t)st.st_size;
	bytes = malloc(*size);
	ck_assert_ptr_nonnull(bytes);
	ck_assert_uint_eq(fread(bytes, 1, *size, f), *size);
	ck_assert_int_eq(fclose(f), 0);
	return bytes;
}

/* Installs this program, but says by its trial that its state is another. */
static void
install_of_another_state(void)
{
	static const char says[] = "prefork %s state %s\n";
	static const char lies[] = "prefork %s state 9\n\n";
	const char *path = tree_path(&tree, "prefork.other");
	char *bytes, *at;
	size_t size;
	FILE *f;

	bytes = at = read_whole(built, &size);
	while (at + sizeof(says) < bytes + size &&
	       memcmp(at, says, sizeof(says)) != 0)
		at++;
	ck_assert(at + sizeof(says) < bytes + size);
	memcpy(at, lies, sizeof(lies));
	f = fopen(path, "we");
	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(bytes, 1, size, f), size);
	ck_assert_int_eq(fclose(f), 0);
	free(bytes);
	install(path);
}

START_TEST(clients_stay_while_the_program_changes)
{
	static const char get[] = "GET /big HTTP/1.1\r\nHost: x\r\n\r\n";
	static struct response r;
	int c, d, i;

	if (!can_keep_clients())
		return;
	start(0, keepers[_i]);
	server_allow_log(&server, "slot *: *");
	server_allow_log(&server, "master: pid");
	server_allow_log(&server, "keeper: program");
	open_clients();
	d = client_open_status(&server);
	c = client_open_narrow(&server);
	send_text(c, get);
	http_read_head(c, &r);
	ck_assert_int_eq(r.length, SIZE);
	for (i = 0; i < 3; i++) {
		install(built);
		ck_assert_int_eq(upgrade(), 0);
		(void)server_expect_log(&server, "upgraded to prefork ");
		expect_installed(2);
		expect_ready(d);
	}
	expect_pattern(c, 0, SIZE);
	client_close(c);
	client_close(d);
	finish();
}
END_TEST

START_TEST(where_there_is_no_standby_the_old_finish)
{
	int c;

	if (!can_upgrade())
		return;
	start(_i, "--keeper");
	c = client_open(&server);
	greet(c);
	install(built);
	ck_assert_int_eq(upgrade(), 0);
	(void)server_expect_log(&server, "upgraded to prefork ");
	client_close(c);
	expect_installed(is_prefork(_i) ? 2 : 1);
	c = client_open(&server);
	greet(c);
	client_close(c);
	server_finish(&server);
	tree_remove(&tree);
}
END_TEST

/* It is begun afresh; the old serve what they have begun. And it can be
 * upgraded in its turn. */
START_TEST(a_program_of_another_state_begins_afresh)
{
	static const char get[] = "GET /big HTTP/1.1\r\nHost: x\r\n\r\n";
	static struct response r;
	int c, d, i;

	if (!can_upgrade() || !keep_possible())
		return;
	start(_i, "--keeper");
	server_allow_log(&server, "listening on ");
	server_allow_log(&server, "running as root");
	server_allow_log(&server, "the options are fine");
	server_allow_log(&server, "stopping, clients may finish");
	c = client_open_narrow(&server);
	send_text(c, get);
	http_read_head(c, &r);
	install_of_another_state();
	server_signal(&server, SIGUSR2);
	(void)server_expect_log(&server, "begins afresh");
	/* It still knows where it lay. */
	install(built);
	(void)server_expect_log(&server, "ready: ");
	greet(client[0] = client_open(&server));
	client_close(client[0]);
	/* Not the old ones, which are about to go. */
	(void)server_expect_log(&server, "stopping, clients may finish");
	for (i = 0; i < CLIENTS; i++) {
		expect_ready(d = client_open_status(&server));
		client_close(d);
	}
	expect_pattern(c, 0, SIZE);
	client_close(c);
	greet(client[0] = client_open(&server));
	client_close(client[0]);
	ck_assert_int_eq(upgrade(), 0);
	(void)server_expect_log(&server, "upgraded to prefork ");
	expect_installed(is_prefork(_i) ? 2 : 1);
	server_finish(&server);
	ck_assert_int_ne(access(tree_path(&tree, "pid"), F_OK), 0);
	tree_remove(&tree);
}
END_TEST

/* A server whose place is to be taken has nobody else to tell it. So many
 * workers are not ready when the order comes. */
START_TEST(an_order_to_stop_reaches_the_one_to_be_replaced)
{
	char script[SCRIPT];
	struct proc p;
	pid_t master;

	if (!can_keep_clients() || !keep_possible())
		return;
	start(0, "--keeper");
	server_allow_log(&server, "ready: ");
	server_allow_log(&server, "listening on ");
	server_allow_log(&server, "running as root");
	server_allow_log(&server, "the options are fine");
	server_allow_log(&server, "stopping, clients may finish");
	(void)snprintf(script, sizeof(script),
	    "#!/bin/sh\ncase $1 in *trial*) echo prefork 9.9 state 1.0;;\n"
	    "*) exec %s \"$@\" -w 48;; esac\n",
	    built);
	install_script(script);
	master = server_master(&server);
	server_signal(&server, SIGUSR2);
	(void)server_expect_log(&server, "begins afresh");
	while (!has_another_master(master))
		ready_pause(1);
	server_signal(&server, SIGTERM);
	(void)server_wait(&server, 0);
	while (proc_look(&p, master) && !proc_dead(&p))
		ready_pause(10);
	server_end(&server);
	tree_remove(&tree);
}
END_TEST

/* Have they changed by now? One that is about to go cannot be asked. */
static bool
have_installed(int workers)
{
	char path[64];
	struct stat want, st;
	pid_t pid[2];
	int i, n = 0;

	ck_assert_int_eq(stat(tree_path(&tree, "prefork"), &want), 0);
	if (server_workers(&server, pid, workers) != workers)
		return false;
	for (i = 0; i < workers; i++) {
		(void)snprintf(
		    path, sizeof(path), "/proc/%ld/exe", (long)pid[i]);
		n += stat(path, &st) == 0 && st.st_ino == want.st_ino;
	}
	return n == workers;
}

/* One that was leaving while the others changed, and is wanted after all. */
START_TEST(a_worker_that_stays_after_all_gets_the_new_program)
{
	static const char get[] = "GET /big HTTP/1.1\r\nHost: x\r\n\r\n";
	static struct response r;
	int i;

	if (!can_keep_clients())
		return;
	start(0, keepers[_i]);
	server_allow_log(&server, "slot *: *");
	for (i = 0; i < CLIENTS; i++) {
		client[i] = client_open_narrow(&server);
		send_text(client[i], get);
		http_read_head(client[i], &r);
	}
	server_signal(&server, SIGTTOU);
	(void)server_expect_log(&server, "1 worker wanted");
	install(built);
	ck_assert_int_eq(upgrade(), 0);
	server_signal(&server, SIGTTIN);
	(void)server_expect_log(&server, "2 workers wanted");
	while (!have_installed(2))
		server_listen(&server, 20);
	for (i = 0; i < CLIENTS; i++) {
		expect_pattern(client[i], 0, SIZE);
		client_close(client[i]);
	}
	server_finish(&server);
	tree_remove(&tree);
}
END_TEST

/* A process of ours that asks for it; returns when it waits, or has ended. */
static pid_t
begin_upgrade(int err)
{
	pid_t pid = fork();
	struct proc p;

	if (pid == 0) {
		(void)dup2(err, STDERR_FILENO);
		(void)execl(built, built, "--upgrade", tree_path(&tree, "pid"),
		    (char *)NULL);
		_exit(127);
	}
	while (proc_look(&p, pid) && !proc_dead(&p) && p.state != 'S')
		;
	return pid;
}

/* A master that has just died is followed by one that can be asked. */
START_TEST(a_keeper_without_a_master_is_waited_for)
{
	pid_t pid, master;
	int status;

	if (!can_keep_clients() || !keep_possible())
		return;
	start(0, "--keeper");
	open_clients();
	server_allow_log(&server, "slot *: *");
	/* It may die before it has said so. */
	server_allow_log(&server, "ready: ");
	server_allow_log(&server, "upgrade*");
	server_allow_log(&server, "prefork: worker *");
	server_allow_log(&server, "*master*");
	master = server_master(&server);
	server_signal(&server, SIGSTOP);
	ck_assert_int_eq(kill(master, SIGKILL), 0);
	pid = begin_upgrade(STDERR_FILENO);
	server_signal(&server, SIGCONT);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	finish();
}
END_TEST

/* Here nobody reaps it meanwhile. */
START_TEST(of_one_that_ends_meanwhile_who_asks_is_told)
{
	char said[512] = "";
	int status, ends[2];
	pid_t pid;

	if (!can_keep_clients())
		return;
	start(0, "--no-keeper");
	server_signal(&server, SIGSTOP);
	ck_assert_int_eq(pipe(ends), 0);
	pid = begin_upgrade(ends[1]);
	ck_assert_int_eq(close(ends[1]), 0);
	server_signal(&server, SIGKILL);
	ck_assert_int_gt(read(ends[0], said, sizeof(said) - 1), 0);
	ck_assert_ptr_nonnull(strstr(said, "is gone"));
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(WEXITSTATUS(status), 111);
	ck_assert_int_eq(close(ends[0]), 0);
	(void)server_wait(&server, 0);
	server_end(&server);
	tree_remove(&tree);
}
END_TEST

/* The first child tries whether a program can be begun anew, with blanks for a
 * title. The master's is where the outcome is read: there are ten bytes of
 * arguments, and no environment behind them. */
START_TEST(there_is_room_for_a_title_without_an_environment)
{
	static char name[] = "x", port[] = "-p0", *argv[] = {name, port, NULL};
	static char *no_environment[] = {NULL};
	static const char wanted[] = "prefork: master (prefork, ";
	char title[96] = "";
	pid_t pid, master;
	int quiet;

	if (!can_upgrade() || !keep_possible())
		return;
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		quiet = open("/dev/null", O_RDWR);
		(void)dup2(quiet, STDIN_FILENO);
		(void)dup2(quiet, STDOUT_FILENO);
		(void)dup2(quiet, STDERR_FILENO);
		(void)execve(server_program(), argv, no_environment);
		_exit(127);
	}
	while (title_children(pid, &master, 1) != 1 ||
	       !title_read(master, title, sizeof(title)) ||
	       strcmp(title, "prefork: keeper") == 0 ||
	       strcmp(title, "x") == 0 || title[0] == ' ') {
		ck_assert_int_eq(waitpid(pid, NULL, WNOHANG), 0);
		ready_pause(10);
	}
	ck_assert_int_eq(strncmp(title, wanted, strlen(wanted)), 0);
	ck_assert_int_eq(kill(pid, SIGTERM), 0);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}
END_TEST

START_TEST(who_asks_is_told_what_is_wrong)
{
	static struct result r;
	char pid[24];

	program_run(&r, NULL, server_program(), "--upgrade", "/nowhere", NULL);
	ck_assert_int_ne(r.status, 0);
	ck_assert_ptr_nonnull(strstr(r.err, "--upgrade /nowhere: No such"));
	program_run(&r, NULL, server_program(), "--upgrade", "/dev/null", NULL);
	ck_assert_int_ne(r.status, 0);
	ck_assert_ptr_nonnull(strstr(r.err, "it holds no pid"));
	(void)snprintf(pid, sizeof(pid), "%ld", (long)getpid());
	program_run(&r, NULL, server_program(), "--upgrade", pid, NULL);
	ck_assert_int_ne(r.status, 0);
	ck_assert_ptr_nonnull(strstr(r.err, "is no prefork"));
	/* Nobody has it open for writing. */
	tree_make(&tree);
	ck_assert_int_eq(mkfifo(tree_path(&tree, "fifo"), 0600), 0);
	program_run(&r, NULL, server_program(), "--upgrade",
	    tree_path(&tree, "fifo"), NULL);
	ck_assert_int_eq(r.status, 111);
	ck_assert_ptr_nonnull(strstr(r.err, "it holds no pid"));
	tree_remove(&tree);
}
END_TEST

/* A master whose keeper is to be asked; and whoever has one for a child, and
 * would be killed by USR2. */
START_TEST(one_that_heeds_no_usr2_is_not_sent_it)
{
	static struct result r;
	char pid[24];

	if (!can_keep_clients())
		return;
	start(0, keepers[_i]);
	(void)snprintf(pid, sizeof(pid), "%ld",
	    (long)(_i == 0 ? server_master(&server) : getpid()));
	program_run(&r, NULL, built, "--upgrade", pid, NULL);
	ck_assert_int_eq(r.status, 111);
	ck_assert_ptr_nonnull(strstr(
	    r.err, _i == 0 ? "is a master: ask its keeper" : "is no prefork"));
	server_finish(&server);
	tree_remove(&tree);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("upgrade");
	TCase *tc = suite_case(suite, "upgrade");
	int n = keep_possible() ? 2 : 1;

	tcase_add_loop_test(tc, clients_stay_while_the_program_changes, 0, n);
	in_all_cells(tc, where_there_is_no_standby_the_old_finish);
	in_all_cells(tc, a_program_of_another_state_begins_afresh);
	tcase_add_test(tc, an_order_to_stop_reaches_the_one_to_be_replaced);
	tcase_add_loop_test(
	    tc, a_worker_that_stays_after_all_gets_the_new_program, 0, n);
	if (proc_visible())
		tcase_add_test(tc, a_keeper_without_a_master_is_waited_for);
	tcase_add_test(tc, of_one_that_ends_meanwhile_who_asks_is_told);
	tcase_add_test(tc, there_is_room_for_a_title_without_an_environment);
	tcase_add_test(tc, who_asks_is_told_what_is_wrong);
	if (proc_visible())
		tcase_add_loop_test(tc, one_that_heeds_no_usr2_is_not_sent_it,
		    n == 2 ? 0 : 1, 2);
	return suite_run(suite);
}
