/* The file that says which process the server is, in every model. */
#include <dirent.h>
#include <fcntl.h>
#include <pwd.h>
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
#include "os/pid_file.h"
#include "os/standby.h"
#include "peer.h"
#include "program.h"
#include "server.h"
#include "suite.h"
#include "tree.h"

enum { SYSTEM = 111, TEXT = 64 };

static struct server server;
static struct result result;
static struct tree tree;

static const char *
pid_path(void)
{
	return tree_path(&tree, "pid");
}

static void
start_in(int cell)
{
	server_run_in(
	    &server, cell, "-w", "2", "--traceable", "--pid-file", pid_path());
}

static void
begin(int cell)
{
	tree_make(&tree);
	start_in(cell);
}

/* What the file holds. */
static const char *
held(void)
{
	static char text[TEXT];
	int fd = open(pid_path(), O_RDONLY);
	ssize_t n;

	ck_assert_int_ge(fd, 0);
	n = read(fd, text, sizeof(text) - 1);
	ck_assert_int_ge(n, 0);
	text[n] = '\0';
	(void)close(fd);
	return text;
}

static bool
is_there(void)
{
	struct stat st;

	return lstat(pid_path(), &st) == 0;
}

static const char *
decimal(pid_t pid)
{
	static char text[TEXT];

	(void)snprintf(text, sizeof(text), "%ld\n", (long)pid);
	return text;
}

/* Starts one that is to be refused, or with -t only looked at. */
static void
try_file(const char *path, const char *more)
{
	program_run(&result, NULL, server_program(), "-p", "0", "--pid-file",
	    path, more, NULL);
}

/* The last line names the option, the file and this. */
static void
must_be_refused(const char *path, const char *why)
{
	const char *line = strstr(result.err, "prefork: --pid-file ");

	ck_assert_msg(result.status == SYSTEM, "%s: status %d, '%s'", path,
	    result.status, result.err);
	ck_assert_msg(line != NULL && strstr(line, path) != NULL &&
			  strstr(line, why) != NULL,
	    "no option, file and '%s' in '%s'", why, result.err);
	ck_assert_ptr_eq(
	    strchr(line, '\n'), result.err + strlen(result.err) - 1);
}

START_TEST(the_file_tells_who_runs_and_goes_at_the_end)
{
	static const int signals[] = {SIGTERM, SIGINT, SIGQUIT};
	size_t i;

	tree_make(&tree);
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		start_in(_i);
		ck_assert_str_eq(held(), decimal(server.pid));
		ck_assert_int_eq(server_stop(&server, signals[i]), 0);
		ck_assert(!is_there());
	}
	tree_remove(&tree);
}
END_TEST

static void
must_keep_out(pid_t pid)
{
	char why[TEXT];

	(void)snprintf(why, sizeof(why), "pid %ld\n", (long)pid);
	try_file(pid_path(), NULL);
	must_be_refused(pid_path(), why);
	ck_assert_str_eq(held(), decimal(pid));
}

/* What becomes of children is nothing to the lock. */
static void
renew(int cell)
{
	bool takes_over =
	    strcmp(matrix_model(cell), "prefork") == 0 && standby_possible();

	server_signal(&server, SIGHUP);
	(void)server_expect_log(&server, "renewing all workers");
	(void)server_expect_log(
	    &server, takes_over ? "* took over from pid" : "* serves, pid");
}

START_TEST(a_second_server_is_told_who_runs)
{
	tree_make(&tree);
	server_run_in(&server, _i, "-w", "1", "--pid-file", pid_path());
	must_keep_out(server.pid);
	renew(_i);
	must_keep_out(server.pid);
	server_finish(&server);
	tree_remove(&tree);
}
END_TEST

START_TEST(what_a_killed_server_left_is_taken_over)
{
	char left[TEXT];

	begin(_i);
	(void)snprintf(left, sizeof(left), "%s", held());
	ck_assert_int_eq(kill(-server.pid, SIGKILL), 0);
	(void)server_wait(&server, 0);
	server_end(&server);
	ck_assert_str_eq(held(), left);
	start_in(_i);
	ck_assert_str_ne(held(), left);
	ck_assert_str_eq(held(), decimal(server.pid));
	server_finish(&server);
	ck_assert(!is_there());
	tree_remove(&tree);
}
END_TEST

/* The master goes on, is known by the file, and takes it away. */
START_TEST(without_its_keeper_the_master_has_the_file)
{
	pid_t master;
	int status;

	if (!keep_possible() || !proc_visible())
		return;
	begin(_i);
	master = server_master(&server);
	server_signal(&server, SIGKILL);
	(void)server_expect_log(&server, "the keeper * is gone");
	while (strcmp(held(), decimal(master)) != 0)
		server_listen(&server, 10);
	must_keep_out(master);
	server_allow_log(&server, "stopping, clients may finish");
	ck_assert_int_eq(kill(master, SIGTERM), 0);
	status = server_wait(&server, 0);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	server_end(&server);
	ck_assert(!is_there());
	tree_remove(&tree);
}
END_TEST

/* Has the process this file open? */
static bool
has_open(pid_t pid, const struct stat *file)
{
	char name[TEXT];
	struct stat st;
	int fd;

	for (fd = 0; fd < SERVER_FDS; fd++) {
		(void)snprintf(
		    name, sizeof(name), "/proc/%ld/fd/%d", (long)pid, fd);
		if (stat(name, &st) == 0 && st.st_dev == file->st_dev &&
		    st.st_ino == file->st_ino)
			return true;
	}
	return false;
}

START_TEST(whoever_serves_clients_cannot_change_it)
{
	DIR *walk;
	struct proc p;
	struct stat st;
	int c, served = 0;

	if (!proc_visible() || !standby_possible())
		return; /* they may have no titles to be known by */
	begin(_i);
	c = client_open(&server);
	greet(c);
	ck_assert_int_eq(stat(pid_path(), &st), 0);
	ck_assert(has_open(server.pid, &st));
	walk = opendir("/proc");
	ck_assert_ptr_nonnull(walk);
	while (proc_next(&p, walk)) {
		if (p.group != server.pid ||
		    strncmp(p.name, "prefork-", 8) != 0 ||
		    strcmp(p.name, "prefork-master") == 0)
			continue;
		ck_assert_msg(!has_open(p.pid, &st), "%s has it", p.name);
		served++;
	}
	(void)closedir(walk);
	ck_assert_int_gt(served, 0);
	client_close(c);
	server_finish(&server);
	tree_remove(&tree);
}
END_TEST

START_TEST(a_relative_name_is_found_again)
{
	char here[1024];

	tree_make(&tree);
	tree_dir(&tree, "root");
	ck_assert_ptr_nonnull(getcwd(here, sizeof(here)));
	ck_assert_int_eq(chdir(tree.path), 0);
	server_run_in(&server, _i, "-w", "1", "--pid-file", "pid", "-r",
	    tree_path(&tree, "root"));
	ck_assert_int_eq(chdir(here), 0);
	ck_assert_str_eq(held(), decimal(server.pid));
	server_finish(&server);
	ck_assert(!is_there());
	tree_remove(&tree);
}
END_TEST

START_TEST(a_file_that_came_in_its_place_stays)
{
	tree_make(&tree);
	server_run(&server, "-w", "1", "--pid-file", pid_path());
	tree_file(&tree, "new", "1\n");
	ck_assert_int_eq(link(pid_path(), tree_path(&tree, "old")), 0);
	ck_assert_int_eq(rename(tree_path(&tree, "new"), pid_path()), 0);
	server_finish(&server);
	ck_assert_str_eq(held(), "1\n");
	/* Nobody is to believe the old one. */
	ck_assert_int_eq(rename(tree_path(&tree, "old"), pid_path()), 0);
	ck_assert_str_eq(held(), "");
	tree_remove(&tree);
}
END_TEST

static const struct {
	const char *text;
	bool stale;
} contents[] = {
    {"", true},
    {"1\n", true},
    {"4194304\n", true},
    {"1", false},
    {"\n", false},
    {" 1\n", false},
    {"-1\n", false},
    {"1\n\n", false},
    {"1\n2\n", false},
    {"1 \n", false},
    {"1a\n", false},
    {"root:x:0:0\n", false},
    {"111111111111111111111111111111111111\n", false},
};

enum { CONTENTS = sizeof(contents) / sizeof(contents[0]) };

START_TEST(only_a_pid_and_a_newline_is_written_over)
{
	tree_make(&tree);
	tree_file(&tree, "pid", contents[_i].text);
	if (contents[_i].stale) {
		start_in(0);
		ck_assert_str_eq(held(), decimal(server.pid));
		server_finish(&server);
		ck_assert(!is_there());
	} else {
		try_file(pid_path(), NULL);
		must_be_refused(pid_path(), "something else than a pid");
		ck_assert_str_eq(held(), contents[_i].text);
		try_file(pid_path(), "-t");
		must_be_refused(pid_path(), "something else than a pid");
	}
	tree_remove(&tree);
}
END_TEST

START_TEST(what_is_no_file_is_refused)
{
	tree_make(&tree);
	tree_dir(&tree, "dir");
	tree_fifo(&tree, "fifo");
	tree_file(&tree, "file", "1\n");
	tree_link(&tree, "link", "file");
	tree_link(&tree, "dangling", "nothing");
	try_file(tree_path(&tree, "dir"), NULL);
	must_be_refused(tree_path(&tree, "dir"), "it is a directory");
	try_file(tree_path(&tree, "fifo"), NULL);
	must_be_refused(tree_path(&tree, "fifo"), "not a regular file");
	try_file(tree_path(&tree, "link"), NULL);
	must_be_refused(tree_path(&tree, "link"), "it is a symbolic link");
	try_file(tree_path(&tree, "dangling"), NULL);
	must_be_refused(tree_path(&tree, "dangling"), "it is a symbolic link");
	try_file(tree_path(&tree, "no/pid"), NULL);
	must_be_refused(tree_path(&tree, "no/pid"), "No such file");
	try_file(tree_path(&tree, "file/pid"), NULL);
	must_be_refused(tree_path(&tree, "file/pid"), "Not a directory");
	ck_assert_int_ne(access(tree_path(&tree, "nothing"), F_OK), 0);
	tree_remove(&tree);
}
END_TEST

/* Becomes somebody who may write nowhere in the tree, if this is root. */
static bool
become_nobody(void)
{
	const struct passwd *nobody = getpwnam("nobody");

	return geteuid() != 0 ||
	       (nobody != NULL && setegid(nobody->pw_gid) == 0 &&
		   seteuid(nobody->pw_uid) == 0);
}

START_TEST(a_directory_that_may_not_be_written_to_is_refused)
{
	struct pid_file f;
	char why[PID_FILE_WHY];
	uid_t before = geteuid();

	tree_make(&tree);
	ck_assert_int_eq(chmod(tree.path, 0555), 0);
	if (become_nobody()) {
		ck_assert_int_eq(pid_file_take(&f, pid_path(), 500, why), -1);
		ck_assert_str_eq(why, "Permission denied");
	}
	ck_assert_int_eq(seteuid(before), 0);
	ck_assert_int_eq(chmod(tree.path, 0700), 0);
	tree_remove(&tree);
}
END_TEST

START_TEST(a_start_that_fails_leaves_nothing)
{
	tree_make(&tree);
	try_file(pid_path(), "--user=no-such-user");
	ck_assert_int_eq(result.status, SYSTEM);
	ck_assert(!is_there());
	tree_file(&tree, "pid", "1\n");
	try_file(pid_path(), "--user=no-such-user");
	ck_assert_int_eq(result.status, SYSTEM);
	ck_assert_str_eq(held(), "1\n");
	tree_remove(&tree);
}
END_TEST

START_TEST(a_worker_that_could_not_begin_leaves_nothing)
{
	const struct passwd *nobody = getpwnam("nobody");

	if (geteuid() != 0 || nobody == NULL)
		return;
	tree_make(&tree);
	tree_dir(&tree, "root");
	ck_assert_int_eq(chmod(tree_path(&tree, "root"), 0700), 0);
	ck_assert_int_eq(chown(tree.path, nobody->pw_uid, nobody->pw_gid), 0);
	program_run(&result, NULL, server_program(), "-p", "0", "-u", "nobody",
	    "-r", tree_path(&tree, "root"), "--pid-file", pid_path(), NULL);
	ck_assert_int_eq(result.status, SYSTEM);
	ck_assert_ptr_nonnull(
	    strstr(result.err, "user nobody cannot read root"));
	ck_assert(!is_there());
	tree_remove(&tree);
}
END_TEST

START_TEST(test_tries_and_changes_nothing)
{
	tree_make(&tree);
	try_file(pid_path(), "-t");
	ck_assert_msg(result.status == 0, "%s", result.err);
	ck_assert(!is_there());
	tree_file(&tree, "pid", "1\n");
	try_file(pid_path(), "-t");
	ck_assert_msg(result.status == 0, "%s", result.err);
	ck_assert_str_eq(held(), "1\n");
	try_file(tree.path, "-t");
	must_be_refused(tree.path, "it is a directory");
	/* A server that runs is no reason to refuse its own options. */
	start_in(0);
	try_file(pid_path(), "-t");
	ck_assert_msg(result.status == 0, "%s", result.err);
	must_keep_out(server.pid);
	server_finish(&server);
	tree_remove(&tree);
}
END_TEST

START_TEST(without_the_right_to_remove_it_is_left_empty)
{
	const struct passwd *nobody = getpwnam("nobody");
	int i;

	if (geteuid() != 0 || nobody == NULL)
		return;
	tree_make(&tree);
	ck_assert_int_eq(chmod(tree.path, 0755), 0);
	for (i = 0; i < 2; i++) {
		server_run_in(&server, _i, "-w", "1", "-u", "nobody", "-r", "/",
		    "--pid-file", pid_path());
		ck_assert_str_eq(held(), decimal(server.pid));
		must_keep_out(server.pid);
		server_finish(&server);
		ck_assert_str_eq(held(), "");
	}
	tree_remove(&tree);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("pid_file");
	TCase *tc = suite_case(suite, "pid_file");

	in_all_cells(tc, the_file_tells_who_runs_and_goes_at_the_end);
	in_all_cells(tc, a_second_server_is_told_who_runs);
	in_all_cells(tc, what_a_killed_server_left_is_taken_over);
	in_all_cells(tc, without_its_keeper_the_master_has_the_file);
	in_all_cells(tc, whoever_serves_clients_cannot_change_it);
	in_all_cells(tc, a_relative_name_is_found_again);
	in_all_cells(tc, without_the_right_to_remove_it_is_left_empty);
	tcase_add_test(tc, a_file_that_came_in_its_place_stays);
	tcase_add_loop_test(
	    tc, only_a_pid_and_a_newline_is_written_over, 0, CONTENTS);
	tcase_add_test(tc, what_is_no_file_is_refused);
	tcase_add_test(tc, a_directory_that_may_not_be_written_to_is_refused);
	tcase_add_test(tc, a_start_that_fails_leaves_nothing);
	tcase_add_test(tc, a_worker_that_could_not_begin_leaves_nothing);
	tcase_add_test(tc, test_tries_and_changes_nothing);
	server_look_for_no_leaks();
	return suite_run(suite);
}
