/*
 * Another program in the place of this one: the same pid, the same clients; and
 * one that is broken costs nobody anything.
 */
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
#include "os/exec.h"
#include "os/keep.h"
#include "os/ledger.h"
#include "os/ready.h"
#include "os/standby.h"
#include "os/title.h"
#include "peer.h"
#include "program.h"
#include "server.h"
#include "suite.h"
#include "tree.h"

enum { CLIENTS = 8, SIZE = 4 << 20, SCRIPT = 1024 };

static struct server server;
static struct tree tree;
static int client[CLIENTS];
static char real[256]; /* the program as it was built */

static bool
is_prefork(int cell)
{
	return strcmp(matrix_model(cell), "prefork") == 0;
}

/* Where that is not so there is one line, as a test says. */
static bool
can_upgrade(void)
{
	char *path = exec_path();
	bool known = path != NULL;

	free(path);
	return known && standby_possible() && ledger_works() && proc_visible();
}

/* In cell 0, where the model prefork is, if it is tested at all. */
static bool
can_keep_clients(void)
{
	return is_prefork(0) && can_upgrade();
}

static void
copy(int to, int from)
{
	static char bytes[1 << 16];
	ssize_t n;

	while ((n = read(from, bytes, sizeof(bytes))) > 0)
		ck_assert_int_eq(write(to, bytes, (size_t)n), n);
	ck_assert_int_eq(n, 0);
}

/* Puts a program where the server's lies, as `make install` does. */
static void
install(const char *from, const char *script)
{
	const char *path = tree_path(&tree, "prefork");
	const char *made = tree_path(&tree, "prefork.new");
	int in,
	    out = open(made, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);

	ck_assert_int_ge(out, 0);
	if (script != NULL) {
		ck_assert_int_eq(write(out, script, strlen(script)),
		    (ssize_t)strlen(script));
	} else {
		ck_assert_ptr_nonnull(from);
		in = open(from, O_RDONLY | O_CLOEXEC);
		ck_assert_int_ge(in, 0);
		copy(out, in);
		ck_assert_int_eq(close(in), 0);
	}
	ck_assert_int_eq(close(out), 0);
	ck_assert_int_eq(rename(made, path), 0);
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

	bytes = at = read_whole(real, &size);
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
	install(path, NULL);
}

/* The server runs a copy of the program that may be replaced. */
static void
set_up(void)
{
	char *path = realpath(server_program(), NULL);

	ck_assert_ptr_nonnull(path);
	(void)snprintf(real, sizeof(real), "%s", path);
	free(path);
	tree_make(&tree);
	install(real, NULL);
	ck_assert_int_eq(setenv("PREFORK", tree_path(&tree, "prefork"), 1), 0);
	tree_pattern(&tree, "big", SIZE);
	server_look_for_no_leaks();
}

static void
start(int cell, const char *keeper)
{
	set_up();
	server_run_in(&server, cell, "-w", "2", "-r", tree_path(&tree, ""),
	    "--status", "0", "--pid-file", tree_path(&tree, "pid"), keeper);
	server_allow_log(&server, "upgrad");
	server_allow_log(&server, "took over from pid");
	server_allow_log(&server, "the program before");
	server_allow_log(&server, "serves, pid");
	server_allow_log(&server, "master (pid *another goes on");
}

/* With a keeper that is killed in the test. */
static void
start_to_lose_the_keeper(void)
{
	start(0, "--keeper");
	server_allow_log(&server, "slot *: *");
	server_allow_log(&server, "the keeper * is gone");
	server_allow_log(&server, "stopping, clients may finish");
}

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
finish(void)
{
	int i;

	for (i = 0; i < CLIENTS; i++) {
		greet(client[i]);
		client_close(client[i]);
	}
	client[0] = client_open(&server);
	greet(client[0]);
	client_close(client[0]);
	server_finish(&server);
	ck_assert_int_ne(access(tree_path(&tree, "pid"), F_OK), 0);
	tree_remove(&tree);
}

/* By the pid file. */
static int
upgrade(void)
{
	static struct result r;

	program_run(&r, NULL, real, "--upgrade", tree_path(&tree, "pid"), NULL);
	return r.status;
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

static uint64_t
file_of(pid_t pid)
{
	char path[64];
	struct stat st;

	(void)snprintf(path, sizeof(path), "/proc/%ld/exe", (long)pid);
	ck_assert_int_eq(stat(path, &st), 0);
	return (uint64_t)st.st_ino;
}

/* Do all run what lies there now? */
static void
expect_installed(int workers)
{
	struct stat st;
	pid_t pid[2];
	int i;

	ck_assert_int_eq(stat(tree_path(&tree, "prefork"), &st), 0);
	ck_assert_uint_eq(file_of(server.pid), (uint64_t)st.st_ino);
	server_await_workers(&server, pid, workers);
	for (i = 0; i < workers; i++)
		ck_assert_uint_eq(file_of(pid[i]), (uint64_t)st.st_ino);
}

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

/* By a connection to its status. */
static void
expect_ready(int c)
{
	static struct response r;

	http_get(c, "/readyz", &r);
	ck_assert_int_eq(r.status, 200);
}

static const char *const keepers[] = {"--keeper", "--no-keeper"};

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
		install(real, NULL);
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
	install(real, NULL);
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

	(void)snprintf(does, sizeof(does), broken[i].does, real);
	if (broken[i].good == NULL)
		(void)snprintf(out, SCRIPT, "neither a program nor a script\n");
	else
		(void)snprintf(out, SCRIPT,
		    "#!/bin/sh\ncase $1 in %s) exec %s \"$@\";; esac\n%s\n",
		    broken[i].good[0] != '\0' ? broken[i].good : "-", real,
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
	install(NULL, script);
	ck_assert_int_ne(upgrade(), 0);
	(void)server_expect_log(&server, broken[i].says);
	while (i < REFUSED && server_descriptors(master) != before)
		server_listen(&server, 20);
	/* A good one is as welcome as before. */
	install(real, NULL);
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
	    real, slow_keeper[_i].good, slow_keeper[_i].does);
	install(NULL, script);
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
	ck_assert_int_eq(upgrade(), 0);
	(void)server_expect_log(&server, "begins afresh");
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
	install(real, NULL);
	ck_assert_int_eq(upgrade(), 0);
	(void)server_expect_log(&server, "upgraded to prefork ");
	expect_installed(is_prefork(_i) ? 2 : 1);
	server_finish(&server);
	ck_assert_int_ne(access(tree_path(&tree, "pid"), F_OK), 0);
	tree_remove(&tree);
}
END_TEST

static bool
has_another_master(pid_t but)
{
	char title[24];
	pid_t child[64];
	int i, n = title_children(server.pid, child, 64);

	for (i = 0; i < n; i++)
		if (child[i] != but &&
		    title_read(child[i], title, sizeof(title)) &&
		    strncmp(title, "prefork: master", 15) == 0)
			return true;
	return false;
}

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
	    real);
	install(NULL, script);
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
	install(real, NULL);
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
	install(NULL, script);
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
	    (long)pid[0], real);
	install(NULL, script);
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
	install(NULL, script);
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
	install(real, NULL);
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

/* A process of ours that asks for it; returns when it waits, or has ended. */
static pid_t
begin_upgrade(int err)
{
	pid_t pid = fork();
	struct proc p;

	if (pid == 0) {
		(void)dup2(err, STDERR_FILENO);
		(void)execl(real, real, "--upgrade", tree_path(&tree, "pid"),
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
	program_run(&r, NULL, real, "--upgrade", pid, NULL);
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
	tcase_add_loop_test(
	    tc, a_broken_program_costs_nobody_anything, 0, n * BROKEN);
	tcase_add_loop_test(tc, a_master_waits_for_its_keeper_and_outlives_it,
	    0, (int)(sizeof(slow_keeper) / sizeof(slow_keeper[0])));
	in_all_cells(tc, a_program_of_another_state_begins_afresh);
	tcase_add_test(tc, an_order_to_stop_reaches_the_one_to_be_replaced);
	tcase_add_loop_test(
	    tc, a_worker_that_stays_after_all_gets_the_new_program, 0, n);
	tcase_add_loop_test(tc, nothing_of_a_trial_stays, 0, 2 * n);
	tcase_add_loop_test(tc, one_that_a_script_has_reaped_is_missed, 0, n);
	tcase_add_test(tc, a_trial_of_which_nobody_tells_is_not_waited_for);
	tcase_add_test(tc, a_broken_one_is_not_taken_for_the_one_before);
	tcase_add_loop_test(tc, one_that_is_not_there_is_none, 0, n);
	if (proc_visible())
		tcase_add_test(tc, a_keeper_without_a_master_is_waited_for);
	tcase_add_test(tc, there_is_room_for_a_title_without_an_environment);
	tcase_add_test(tc, who_asks_is_told_what_is_wrong);
	if (proc_visible())
		tcase_add_loop_test(tc, one_that_heeds_no_usr2_is_not_sent_it,
		    n == 2 ? 0 : 1, 2);
	tcase_add_test(tc, of_one_that_ends_meanwhile_who_asks_is_told);
	return suite_run(suite);
}
