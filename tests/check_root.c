/* The root is a path: what is there now is served, in every model and with
 * every poller, whichever process has died meanwhile. */
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "family.h"
#include "matrix.h"
#include "os/standby.h"
#include "peer.h"
#include "program.h"
#include "server.h"
#include "site.h"
#include "suite.h"
#include "tree.h"

/* A release: "version" with its name, and "big", another for each. */
static void
make_release(const char *name, size_t size)
{
	char path[64];

	tree_dir(&tree, name);
	(void)snprintf(path, sizeof(path), "%s/version", name);
	tree_file(&tree, path, name);
	(void)snprintf(path, sizeof(path), "%s/big", name);
	tree_pattern(&tree, path, size);
}

static void
move(const char *from, const char *to)
{
	ck_assert_int_eq(
	    rename(tree_path(&tree, from), tree_path(&tree, to)), 0);
}

/* Asks until the server has said it. */
static void
await_log(const char *pattern)
{
	int64_t until = deadline();

	do
		ask("GET", "/", "");
	while (!server_has_logged(&server, pattern) && clock_now() < until);
	(void)server_expect_log(&server, pattern);
}

/* Asks until the answer has the status and, if there is one, the body. In
 * between there may be what there was before, nothing, and 503. */
static void
await(const char *path, int status, const char *body)
{
	int64_t until = deadline();

	do {
		ask("GET", path, "");
		ck_assert_msg(
		    r.status == 200 || r.status == 404 || r.status == 503, "%d",
		    r.status);
		if (r.status == status &&
		    (body == NULL || strcmp(r.body, body) == 0))
			return;
	} while (clock_now() < until);
	ck_abort_msg("%s: %d \"%s\"", path, r.status, r.body);
}

START_TEST(a_directory_that_is_moved_into_its_place_is_found)
{
	tree_make(&tree);
	make_release("a", BIG);
	make_release("b", BIG);
	server_run_in(&server, _i, "-w", "2", "-r", tree_path(&tree, "a"));
	ask("GET", "/version", "");
	ck_assert_str_eq(r.body, "a");
	move("a", "old");
	move("b", "a");
	await("/version", 200, "b");
	/* For all processes, once. */
	(void)server_expect_log(&server, "root */a is another directory now");
	end();
}
END_TEST

START_TEST(a_link_that_is_switched_is_followed)
{
	tree_make(&tree);
	make_release("a", BIG);
	make_release("b", BIG);
	tree_link(&tree, "now", "a");
	server_run_in(&server, _i, "-w", "1", "-r", tree_path(&tree, "now"));
	ask("GET", "/version", "");
	ck_assert_str_eq(r.body, "a");
	tree_link(&tree, "next", "b");
	move("next", "now");
	await("/version", 200, "b");
	(void)server_expect_log(&server, "root */now is another directory now");
	end();
}
END_TEST

START_TEST(what_is_missing_is_told_and_found_again)
{
	tree_make(&tree);
	make_release("a", BIG);
	server_run_in(&server, _i, "-w", "2", "-r", tree_path(&tree, "a"),
	    "--spa", "--cache-control", "max-age=60");
	ask("GET", "/version", "");
	ck_assert_str_eq(r.body, "a");
	move("a", "b");
	await("/version", 503, NULL);
	ck_assert(field_is("Retry-After", "1"));
	ck_assert_ptr_null(http_field(&r, "Cache-Control"));
	await("/", 503, NULL);
	ask("OPTIONS", "/version", "");
	ck_assert_int_eq(r.status, 204);
	(void)server_expect_log(
	    &server, "root */a is missing, clients get 503: No such file*");
	tree_dir(&tree, "a");
	tree_file(&tree, "a/version", "new");
	await("/version", 200, "new");
	(void)server_expect_log(&server, "root */a is there again");
	end();
}
END_TEST

START_TEST(it_is_told_though_nobody_asks)
{
	tree_make(&tree);
	make_release("a", 1);
	server_run_in(&server, _i, "-w", "2", "-r", tree_path(&tree, "a"));
	move("a", "b");
	(void)server_expect_log(
	    &server, "root */a is missing, clients get 503");
	move("b", "a");
	(void)server_expect_log(&server, "root */a is there again");
	end();
}
END_TEST

START_TEST(a_file_in_place_of_the_directory_is_none)
{
	tree_make(&tree);
	make_release("a", BIG);
	server_run_in(&server, _i, "-w", "1", "-r", tree_path(&tree, "a"));
	move("a", "b");
	tree_file(&tree, "a", "");
	await("/version", 503, NULL);
	(void)server_expect_log(&server, "root */a is missing*Not a directory");
	end();
}
END_TEST

/* The test's own directory, while the server is started. */
static int
enter(const char *name)
{
	int before = open(".", O_RDONLY | O_CLOEXEC);

	ck_assert_int_ge(before, 0);
	ck_assert_int_eq(chdir(tree_path(&tree, name)), 0);
	return before;
}

START_TEST(a_root_may_be_relative_or_where_it_was_started)
{
	static const struct {
		const char *where, *root, *pwd;
	} rows[] = {{"", "now/", NULL}, {"now", ".", NULL},
	    {"now", "../now", NULL}, {"now", ".", "now"}};
	size_t i;
	int before;

	if (server_program()[0] != '/')
		return;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		tree_make(&tree);
		make_release("a", BIG);
		make_release("b", BIG);
		/* Where it is a link, that is its path only by $PWD. */
		if (rows[i].pwd != NULL)
			tree_link(&tree, "now", "a");
		else
			move("a", "now");
		(void)setenv("PWD", tree_path(&tree, "now"), 1);
		if (rows[i].pwd == NULL)
			(void)unsetenv("PWD");
		before = enter(rows[i].where);
		server_run_in(&server, _i, "-w", "1", "-r", rows[i].root);
		ck_assert_int_eq(fchdir(before), 0);
		ask("GET", "/version", "");
		ck_assert_str_eq(r.body, "a");
		move("now", "old");
		move("b", "now");
		await("/version", 200, "b");
		server_allow_log(&server, "root *another directory now");
		end();
		ck_assert_int_eq(close(before), 0);
	}
}
END_TEST

START_TEST(downloads_keep_their_file_also_over_a_takeover)
{
	static const char get[] = "GET /big HTTP/1.1\r\nHost: x\r\n\r\n";
	enum { SIZE = 8 << 20 };
	pid_t worker[2];
	int c;

	tree_make(&tree);
	make_release("a", SIZE);
	make_release("b", 1000);
	server_run_in(&server, _i, "-w", "1", "-r", tree_path(&tree, "a"));
	c = client_open_narrow(&server);
	send_text(c, get);
	http_read_head(c, &r);
	ck_assert_int_eq(r.length, SIZE);
	move("a", "old");
	move("b", "a");
	await("/version", 200, "b");
	(void)server_expect_log(&server, "another directory now");
	if (standby_possible() && _i < matrix_pools() &&
	    strcmp(matrix_model(_i), "prefork") == 0) {
		server_await_workers(&server, worker, 1);
		ck_assert_int_eq(kill(worker[0], SIGKILL), 0);
		(void)server_expect_log(
		    &server, "took over from pid *: 1 client kept*");
	}
	expect_pattern(c, 0, SIZE);
	/* And the next worker knows where the root is. */
	send_text(c, get);
	http_read_head(c, &r);
	ck_assert_int_eq(r.length, 1000);
	expect_pattern(c, 0, 1000);
	client_close(c);
	end();
}
END_TEST

START_TEST(a_renewal_looks_at_once)
{
	int i;

	if (!standby_possible())
		return; /* nobody says when the old one is gone */
	tree_make(&tree);
	make_release("a", 1);
	make_release("b", 1);
	server_run_in(&server, _i, "-w", "1", "-r", tree_path(&tree, "a"));
	server_allow_log(&server, "renewing all workers");
	server_allow_log(&server, "root *another directory now");
	for (i = 0; i < 4; i++) {
		ask("GET", "/version", "");
		ck_assert_str_eq(r.body, i % 2 ? "b" : "a");
		move("a", "c");
		move("b", "a");
		move("c", "b");
		server_signal(&server, SIGHUP);
		(void)server_expect_log(&server, "worker 0 * took over");
		ask("GET", "/version", "");
		ck_assert_str_eq(r.body, i % 2 ? "a" : "b");
	}
	end();
}
END_TEST

START_TEST(a_root_that_may_not_be_looked_at_is_served_as_it_was)
{
	static struct result trial;
	const struct passwd *nobody = getpwnam("nobody");

	if (geteuid() != 0 || nobody == NULL)
		return; /* no rights to drop */
	tree_make(&tree);
	make_release("a", 1);
	make_release("b", 1);
	ck_assert_int_eq(chmod(tree_path(&tree, ""), 0700), 0);
	program_run(&trial, NULL, server_program(), "-t", "-p", "0", "-r",
	    tree_path(&tree, "a"), "-u", "nobody", NULL);
	ck_assert_int_eq(trial.status, 0);
	ck_assert_ptr_nonnull(strstr(trial.err, "cannot be looked at"));
	server_run_in(&server, _i, "-w", "2", "-r", tree_path(&tree, "a"), "-u",
	    "nobody");
	/* At the start, before anything is asked for, and not again. */
	ck_assert(server_has_logged(
	    &server, "root */a cannot be looked at*Permission denied"));
	(void)server_expect_log(&server, "root */a cannot be looked at*");
	move("a", "old");
	ask("GET", "/version", "");
	ck_assert_str_eq(r.body, "a");
	end();
}
END_TEST

START_TEST(one_file_may_be_the_root)
{
	static const struct {
		const char *path;
		int status;
	} rows[] = {{"/", 200}, {"/hello.txt", 200}, {"/hello%2Etxt?a", 200},
	    {"//hello.txt", 200}, {"/hello.txt/", 404}, {"/empty", 404},
	    {"/dir/", 404}, {"/dir/index.html", 404}, {"/../hello.txt", 400},
	    {"/hello.txt.gz", 404}};
	size_t i;

	make_root();
	tree_file(&tree, "root/hello.txt.gz", "no gzip\n");
	server_run_in(&server, _i, "-w", "1", "-r",
	    tree_path(&tree, "root/hello.txt"), "--spa");
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ask("GET", rows[i].path, "Accept-Encoding: gzip\r\n");
		ck_assert_msg(r.status == rows[i].status, "%s: %d",
		    rows[i].path, r.status);
		if (r.status != 200)
			continue;
		ck_assert_str_eq(r.body, "hello, world\n");
		ck_assert(
		    field_is("Content-Type", "text/plain; charset=utf-8"));
	}
	ask("GET", "/", "Range: bytes=0-1,4-6\r\n");
	ck_assert_int_eq(r.status, 206);
	ck_assert_ptr_nonnull(strstr(r.body, "text/plain; charset=utf-8"));
	/* Another one in its place, and none. */
	tree_file(&tree, "next", "hello again\n");
	move("next", "root/hello.txt");
	await("/", 200, "hello again\n");
	ck_assert_int_eq(unlink(tree_path(&tree, "root/hello.txt")), 0);
	await("/hello.txt", 503, NULL);
	await_log("root *hello.txt is missing*");
	tree_file(&tree, "root/hello.txt", "back\n");
	await("/hello.txt", 200, "back\n");
	await_log("root *hello.txt is there again");
	end();
}
END_TEST

START_TEST(one_file_may_be_named_by_a_link)
{
	make_root();
	tree_file(&tree, "outside.html", "<p>outside</p>\n");
	tree_link(&tree, "root/page.html", tree_path(&tree, "outside.html"));
	server_run_in(
	    &server, _i, "-w", "1", "-r", tree_path(&tree, "root/page.html"));
	ask("GET", "/page.html", "");
	ck_assert_str_eq(r.body, "<p>outside</p>\n");
	ask("GET", "/outside.html", "");
	ck_assert_int_eq(r.status, 404);
	end();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("root");
	TCase *tc = suite_case(suite, "root");

	in_all_cells(tc, a_directory_that_is_moved_into_its_place_is_found);
	in_all_cells(tc, a_link_that_is_switched_is_followed);
	in_all_cells(tc, what_is_missing_is_told_and_found_again);
	in_all_cells(tc, it_is_told_though_nobody_asks);
	in_all_cells(tc, a_file_in_place_of_the_directory_is_none);
	in_all_cells(tc, a_root_may_be_relative_or_where_it_was_started);
	in_all_cells(tc, downloads_keep_their_file_also_over_a_takeover);
	in_pool_cells(tc, a_renewal_looks_at_once);
	in_all_cells(tc, a_root_that_may_not_be_looked_at_is_served_as_it_was);
	in_all_cells(tc, one_file_may_be_the_root);
	in_all_cells(tc, one_file_may_be_named_by_a_link);
	return suite_run(suite);
}
