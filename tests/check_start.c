/* What a server makes of the state in which it is started: descriptors that
 * were left open, limits, and the user it is to become. */
#include <fcntl.h>
#include <fnmatch.h>
#include <poll.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "family.h"
#include "bench/proc.h"
#include "matrix.h"
#include "os/standby.h"
#include "peer.h"
#include "program.h"
#include "server.h"
#include "suite.h"
#include "tree.h"

enum { PATIENCE_MS = 20000, UNUSED_ID = 54321 };

static struct server server;
static struct result result;

/* A lock that somebody held on such a number would be held for ever. */
static const int left_open[] = {3, 9, 19, 40, 200};
enum { LEFT_OPEN = sizeof(left_open) / sizeof(left_open[0]) };

/* Begins the program, which inherits a pipe at these numbers. In the process of
 * the test one of them may be Check's own. */
static _Noreturn void
begin_with_open(int writer)
{
	int i;

	for (i = 0; i < LEFT_OPEN; i++)
		if (dup2(writer, left_open[i]) != left_open[i])
			_exit(126);
	(void)execl(server_program(), server_program(), "-p", "0", "-r", "/",
	    (char *)NULL);
	_exit(127);
}

START_TEST(what_was_inherited_is_closed_whatever_its_number)
{
	int i, ends[2], reader, writer;
	struct pollfd p = {.events = POLLIN};
	pid_t pid;
	char byte;

	/* Out of the way of the numbers, which alone are left open. */
	ck_assert_int_eq(pipe(ends), 0);
	reader = fcntl(ends[0], F_DUPFD_CLOEXEC, 500);
	writer = fcntl(ends[1], F_DUPFD_CLOEXEC, 500);
	ck_assert_int_ge(reader, 0);
	ck_assert_int_ge(writer, 0);
	(void)close(ends[0]);
	(void)close(ends[1]);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0)
		begin_with_open(writer);
	(void)close(writer);
	p.fd = reader;
	/* The server lives, and nobody has the pipe any more. */
	ck_assert_int_eq(poll(&p, 1, PATIENCE_MS), 1);
	ck_assert_int_eq(read(reader, &byte, 1), 0);
	ck_assert_int_eq(kill(pid, 0), 0);
	ck_assert_int_eq(waitpid(pid, &i, WNOHANG), 0);
	ck_assert_int_eq(kill(pid, SIGTERM), 0);
	ck_assert_int_eq(waitpid(pid, &i, 0), pid);
	/* It may not have come to its handlers yet. */
	ck_assert(i == 0 || (WIFSIGNALED(i) && WTERMSIG(i) == SIGTERM));
}
END_TEST

static const int soft_limits[] = {15, 20, 27};

START_TEST(a_soft_limit_below_what_is_needed_is_raised)
{
	char command[96];

	(void)snprintf(command, sizeof(command),
	    "ulimit -Sn %d && exec \"$0\" -t -r /", soft_limits[_i]);
	program_run(
	    &result, NULL, "/bin/sh", "-c", command, server_program(), NULL);
	ck_assert_msg(result.status == 0, "%d: %s", result.status, result.err);
	ck_assert_ptr_nonnull(strstr(result.err, "fine"));
}
END_TEST

/* As whom the process runs; of a file in /proc. */
static void
expect_identity(pid_t pid, const char *line, long id)
{
	char path[64], text[256], want[128];
	bool found = false;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%ld/status", (long)pid);
	(void)snprintf(want, sizeof(want), "%s\t%ld\t%ld\t%ld\t%ld\n", line, id,
	    id, id, id);
	f = fopen(path, "r");
	ck_assert_ptr_nonnull(f);
	while (!found && fgets(text, sizeof(text), f) != NULL)
		found = strcmp(text, want) == 0;
	(void)fclose(f);
	ck_assert_msg(found, "no line %s of %ld", line, id);
}

/* An administrator's number may have no entry in the table of users. */
static const struct {
	const char *user;
	long uid, gid; /* -1: those of nobody */
} users[] = {
    {"nobody", -1, -1},
    {"54321", UNUSED_ID, UNUSED_ID},
    {"54321:54322", UNUSED_ID, UNUSED_ID + 1},
    {"nobody:54322", -1, UNUSED_ID + 1},
    {"nobody:root", -1, 0},
};

START_TEST(root_becomes_whom_it_is_told_by_name_or_number)
{
	const struct passwd *nobody = getpwnam("nobody");
	long uid = users[_i].uid, gid = users[_i].gid;
	pid_t worker;
	int c;

	if (geteuid() != 0 || nobody == NULL || !proc_visible())
		return; /* nothing that could be dropped or seen */
	server_run(&server, "-w", "1", "-u", users[_i].user, "-r", "/");
	uid = uid < 0 ? (long)nobody->pw_uid : uid;
	gid = gid < 0 ? (long)nobody->pw_gid : gid;
	expect_identity(server.pid, "Uid:", uid);
	expect_identity(server.pid, "Gid:", gid);
	server_await_workers(&server, &worker, 1);
	expect_identity(worker, "Uid:", uid);
	c = client_open(&server);
	greet(c);
	client_close(c);
	server_finish(&server);
}
END_TEST

static const char *const unknown[] = {"no-such-user", "nobody:no-such-group",
    "-1", "4294967295", "99999999999", ":", ":0", "nobody:", "0x10"};

START_TEST(a_user_or_group_that_is_not_there_is_the_systems_no)
{
	program_run(&result, NULL, server_program(), "-p", "0", "-u",
	    unknown[_i], "-r", "/", NULL);
	ck_assert_msg(
	    result.status == 111, "%d: %s", result.status, result.err);
	ck_assert_ptr_nonnull(strstr(result.err, unknown[_i]));
}
END_TEST

/* When memory is short, a worker is to go before the master. */
START_TEST(a_worker_is_more_expendable_than_the_master_for_any_user)
{
	const char *const args[2][6] = {{"-w", "1", "-r", "/", NULL},
	    {"-w", "1", "-r", "/", "-u", "nobody"}};
	char path[64], text[16] = "";
	const char *argv[7] = {NULL};
	pid_t worker;
	FILE *f;

	/* Elsewhere that cannot be said. */
	if ((_i == 1 && (geteuid() != 0 || getpwnam("nobody") == NULL)) ||
	    !proc_visible() || !standby_possible())
		return;
	memcpy(argv, args[_i], sizeof(args[_i]));
	server_start(&server, argv);
	server_await_workers(&server, &worker, 1);
	(void)snprintf(
	    path, sizeof(path), "/proc/%ld/oom_score_adj", (long)worker);
	f = fopen(path, "r");
	ck_assert_ptr_nonnull(f);
	ck_assert_ptr_nonnull(fgets(text, sizeof(text), f));
	(void)fclose(f);
	ck_assert_str_eq(text, "200\n");
	server_finish(&server);
}
END_TEST

/* What nobody could be served with ends the start, and the test of options. */
static const struct {
	const char *limit, *arguments, *says;
} hopeless[] = {
    {"-n 100", "-w 64", "too few descriptors: 100*64 workers needs"},
    {"-v 60000", "-w 2", "Cannot allocate memory"},
    {"-v 60000", "-w 2 -m prethread", "Cannot allocate memory"},
};
enum { HOPELESS = sizeof(hopeless) / sizeof(hopeless[0]) };

START_TEST(what_cannot_be_served_with_ends_the_start)
{
	const int i = _i / 2;
	char command[160], pattern[96];

	(void)snprintf(command, sizeof(command),
	    "ulimit %s && exec \"$0\" -r / -p 0 %s %s", hopeless[i].limit,
	    hopeless[i].arguments, _i % 2 == 0 ? "" : "-t");
	(void)snprintf(pattern, sizeof(pattern), "*%s*", hopeless[i].says);
	program_run(
	    &result, NULL, "/bin/sh", "-c", command, server_program(), NULL);
	if (strstr(result.err, "Sanitizer") != NULL)
		return; /* it takes more memory than there is for itself */
	ck_assert_msg(
	    result.status == 111, "%d: %s", result.status, result.err);
	ck_assert_msg(fnmatch(pattern, result.err, 0) == 0, "%s", result.err);
}
END_TEST

START_TEST(a_root_that_the_user_may_not_read_ends_the_start)
{
	struct tree tree;

	if (geteuid() != 0 || getpwnam("nobody") == NULL)
		return; /* nobody else to become */
	tree_make(&tree);
	ck_assert_int_eq(chmod(tree.path, 0700), 0);
	program_run(&result, NULL, server_program(), "-p", "0", "-u", "nobody",
	    "-r", tree.path, _i == 0 ? NULL : "-t", NULL);
	ck_assert_msg(
	    result.status == 111, "%d: %s", result.status, result.err);
	ck_assert_ptr_nonnull(strstr(result.err, tree.path));
	ck_assert_ptr_nonnull(strstr(result.err, "nobody"));
	ck_assert_ptr_nonnull(strstr(result.err, "Permission denied"));
	tree_remove(&tree);
}
END_TEST

START_TEST(a_test_of_options_says_so_and_leaves_a_running_server_alone)
{
	char port[16];

	server_run(&server, "-w", "1", "-r", "/");
	(void)snprintf(port, sizeof(port), "%u", (unsigned)server.port4);
	program_run(&result, NULL, server_program(), "-t", "-p", port, "-w",
	    "64", "-r", "/", NULL);
	ck_assert_int_eq(result.status, 0);
	ck_assert_ptr_nonnull(
	    strstr(result.err, "prefork: the options are fine\n"));
	server_finish(&server);
}
END_TEST

/* The one would take the place of the other, and nobody would be served. */
START_TEST(the_status_takes_no_place_of_the_clients)
{
	char address[sizeof(((struct tree *)NULL)->path) + 16];
	struct tree tree;

	tree_make(&tree);
	(void)snprintf(address, sizeof(address), "unix:%s/both", tree.path);
	program_run(&result, NULL, server_program(), "-b", address, "--status",
	    address, "-r", "/", NULL);
	ck_assert_int_eq(result.status, 111);
	ck_assert_ptr_nonnull(strstr(result.err, "--status unix:"));
	ck_assert_ptr_nonnull(strstr(result.err, "Address already in use"));
	ck_assert_int_ne(access(tree_path(&tree, "both"), F_OK), 0);
	tree_remove(&tree);
}
END_TEST

/* It is no want of descriptors. */
START_TEST(too_many_listeners_are_called_that)
{
	enum { MOST = 10 };
	char address[MOST][sizeof(((struct tree *)NULL)->path) + 16];
	struct tree tree;
	int i;

	tree_make(&tree);
	for (i = 0; i < MOST; i++)
		(void)snprintf(address[i], sizeof(address[i]), "-bunix:%s/%d",
		    tree.path, i);
	program_run(&result, NULL, server_program(), "-r", "/", "--status", "0",
	    address[0], address[1], address[2], address[3], address[4],
	    address[5], address[6], address[7], address[8], address[9], NULL);
	ck_assert_int_eq(result.status, 111);
	ck_assert_ptr_nonnull(
	    strstr(result.err, "--status 0: there are too many listeners"));
	tree_remove(&tree);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("start");
	TCase *tc = suite_case(suite, "start");

	tcase_add_test(tc, what_was_inherited_is_closed_whatever_its_number);
	tcase_add_loop_test(tc, a_soft_limit_below_what_is_needed_is_raised, 0,
	    sizeof(soft_limits) / sizeof(soft_limits[0]));
	tcase_add_loop_test(tc, root_becomes_whom_it_is_told_by_name_or_number,
	    0, sizeof(users) / sizeof(users[0]));
	tcase_add_loop_test(tc,
	    a_user_or_group_that_is_not_there_is_the_systems_no, 0,
	    sizeof(unknown) / sizeof(unknown[0]));
	tcase_add_loop_test(
	    tc, a_worker_is_more_expendable_than_the_master_for_any_user, 0, 2);
	tcase_add_loop_test(
	    tc, what_cannot_be_served_with_ends_the_start, 0, 2 * HOPELESS);
	tcase_add_loop_test(
	    tc, a_root_that_the_user_may_not_read_ends_the_start, 0, 2);
	tcase_add_test(
	    tc, a_test_of_options_says_so_and_leaves_a_running_server_alone);
	tcase_add_test(tc, the_status_takes_no_place_of_the_clients);
	tcase_add_test(tc, too_many_listeners_are_called_that);
	return suite_run(suite);
}
