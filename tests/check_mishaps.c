/*
 * What befalls a server: files that change under it, clients that fall silent,
 * leave or do not read, and no descriptors or processes to be had. In every
 * model, and the good client is served as before.
 */
#define _GNU_SOURCE /* prlimit */
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "family.h"
#include "good.h"
#include "bench/proc.h"
#include "matrix.h"
#include "peer.h"
#include "server.h"
#include "suite.h"
#include "tree.h"

START_TEST(a_file_without_permission_is_forbidden)
{
	make_root();
	begin(_i, NULL, NULL);
	http_get(good, "/closed", &r);
	ck_assert_int_eq(r.status, 403);
	ck_assert_ptr_null(strstr(r.body, "SECRET"));
	end();
}
END_TEST

/* A link that leads inside and outside by turns, and a directory that is one:
 * whatever is served is what lies inside. */
START_TEST(a_link_that_is_swapped_gives_nothing_away)
{
	enum { SWAPS = 300 };
	static const char *const to[] = {"hello.txt", "../secret"};
	static const char *const dirs[] = {"dir", ".."};
	char name[512], spare[512];
	int i;

	make_root();
	begin(_i, NULL, NULL);
	for (i = 0; i < SWAPS; i++) {
		bool dir = i % 4 < 2;

		(void)snprintf(name, sizeof(name), "%s",
		    tree_path(&tree, dir ? "root/way" : "root/link"));
		(void)snprintf(
		    spare, sizeof(spare), "%s", tree_path(&tree, "root/spare"));
		ck_assert_int_eq(
		    symlink(dir ? dirs[i % 2] : to[i % 2], spare), 0);
		send_text(
		    good, dir ? "GET /way/secret HTTP/1.1\r\nHost: x\r\n\r\n"
			      : "GET /link HTTP/1.1\r\nHost: x\r\n\r\n");
		ck_assert_int_eq(rename(spare, name), 0);
		http_read(good, &r);
		ck_assert_ptr_null(strstr(r.body, "SECRET"));
	}
	end();
}
END_TEST

/* What happens to a file in the middle of its being sent, and whether all of
 * what was announced can still come. */
static void
unlink_it(const char *path)
{
	ck_assert_int_eq(unlink(path), 0);
}

static void
replace_it(const char *path)
{
	tree_file(&tree, "root/other", "SECRET\n");
	ck_assert_int_eq(rename(tree_path(&tree, "root/other"), path), 0);
}

static void
lengthen_it(const char *path)
{
	ck_assert_int_eq(truncate(path, BIG + 100000), 0);
}

static void
cut_it(const char *path)
{
	ck_assert_int_eq(truncate(path, 100), 0);
}

static const struct change {
	void (*change)(const char *path);
	bool whole;
} changes[] = {
    {unlink_it, true},
    {replace_it, true},
    {lengthen_it, true},
    {cut_it, false},
};

START_TEST(a_file_may_change_while_it_is_sent)
{
	char name[32], request[96];
	size_t i;
	int c;

	make_root();
	begin(_i, NULL, NULL);
	for (i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		/* Each its own: for a moment a name may stand for the file
		 * that it was. */
		(void)snprintf(name, sizeof(name), "root/big%zu", i);
		(void)snprintf(request, sizeof(request),
		    "GET /big%zu HTTP/1.1\r\nHost: x\r\n\r\n", i);
		tree_pattern(&tree, name, BIG);
		c = client_open_narrow(&server);
		send_text(c, request);
		http_read_head(c, &r);
		expect_pattern(c, 0, 1000);
		changes[i].change(tree_path(&tree, name));
		serve_the_good("a change");
		if (changes[i].whole) {
			expect_pattern(c, 1000, BIG);
			http_get(c, "/hello.txt", &r);
			ck_assert_str_eq(r.body, "hello, world\n");
		} else {
			expect_gone(c);
		}
		client_close(c);
	}
	end();
}
END_TEST

/* A way to be slow: what is sent before the silence, the option that ends it,
 * and the status that tells of it, 0 for none. */
static const struct slow {
	const char *sends, *option;
	int first, last;
} slows[] = {
    {"", "--keep-alive", 0, 0},
    {"GET /hello.txt HTTP/1.1\r\nHost: x\r\n", "--header-timeout", 0, 408},
    {"G", "--header-timeout", 0, 408},
    {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nbody",
	"--idle-timeout", 405, 0},
    {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nab",
	"--idle-timeout", 405, 0},
    {"GET /hello.txt HTTP/1.1\r\nHost: x\r\n\r\n", "--keep-alive", 200, 0},
    {"GET /hello.txt HTTP/1.1\r\nHost: x\r\n\r\nG", "--header-timeout", 200,
	408},
};

enum { SLOWS = sizeof(slows) / sizeof(slows[0]) };

START_TEST(who_is_silent_is_let_go)
{
	int c, i;

	for (i = 0; i < SLOWS; i++) {
		const struct slow *slow = &slows[i];

		make_root();
		server_run_in(&server, _i, "-w", "1", "-s", "http", "-r",
		    tree_path(&tree, "root"), slow->option, "0.3");
		c = client_open(&server);
		send_text(c, slow->sends);
		if (slow->first != 0) {
			http_read(c, &r);
			ck_assert_int_eq(r.status, slow->first);
		}
		good = client_open(&server);
		serve_the_good("a silence");
		if (slow->last != 0) {
			http_read(c, &r);
			ck_assert_int_eq(r.status, slow->last);
		}
		expect_eof(c);
		client_close(c);
		client_close(good);
		server_finish(&server);
		tree_remove(&tree);
	}
}
END_TEST

/* A head that keeps coming, but never ends. */
START_TEST(a_head_has_its_time_and_no_more)
{
	int c;

	make_root();
	begin(_i, "--header-timeout", "0.5");
	c = client_open(&server);
	send_text(c, "GET / HTTP/1.1\r\nHost: x\r\n");
	while (wait_ready(c, POLLIN, clock_now() + 20) == 0)
		send_text(c, "a:b\r\n");
	http_read(c, &r);
	/* On a machine that is fast in this there are too many of them. */
	ck_assert_msg(r.status == 408 || r.status == 431, "%d", r.status);
	client_close(c);
	end();
}
END_TEST

/* A reset at any point of a session. */
START_TEST(who_resets_hurts_nobody_else)
{
	static const char *const starts[] = {
	    "",
	    "GET /hel",
	    "GET /hello.txt HTTP/1.1\r\nHost: x\r\n",
	    "GET /big HTTP/1.1\r\nHost: x\r\n\r\n",
	    "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
	    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n",
	    "GET / HTTP/1.1\r\n\r\n",
	    "hello\n",
	    "exit\n",
	};
	size_t i, n = sizeof(starts) / sizeof(starts[0]);
	int c;

	make_root();
	begin(_i, NULL, NULL);
	for (i = 0; i < 10 * n; i++) {
		c = client_open(&server);
		send_text(c, starts[i % n]);
		/* Now and then it has had something by then. */
		if (i >= 5 * n && i % n > 2 && i % n != 8)
			(void)wait_ready(c, POLLIN, clock_now() + 50);
		client_abort(c);
		serve_the_good("a reset");
	}
	end();
}
END_TEST

/* Clients that do not read, as many as fill the kernel's buffers. */
START_TEST(who_does_not_read_hurts_nobody_else)
{
	enum { CLIENTS = 20 };
	int c[CLIENTS], i;

	make_root();
	begin(_i, NULL, NULL);
	for (i = 0; i < CLIENTS; i++) {
		c[i] = client_open_narrow(&server);
		send_text(c[i], "GET /big HTTP/1.1\r\nHost: x\r\n\r\n"
				"GET /big HTTP/1.1\r\nHost: x\r\n\r\n");
		http_read_head(c[i], &r);
		serve_the_good("one that does not read");
	}
	for (i = 0; i < CLIENTS; i++)
		client_close(c[i]);
	end();
}
END_TEST

/* Sets a limit of another process, as its own user does. `most` may be more
 * than is allowed: then it is what is. */
static void
set_limit(pid_t pid, int kind, rlim_t most)
{
	const struct passwd *nobody = getpwnam("nobody");
	struct rlimit limit;
	pid_t child = fork();
	int status;

	ck_assert_int_ge(child, 0);
	if (child == 0) {
		if (geteuid() == 0 && (setgid(nobody->pw_gid) != 0 ||
					  setuid(nobody->pw_uid) != 0))
			_exit(1);
		if (prlimit(pid, kind, NULL, &limit) != 0)
			_exit(2);
		limit.rlim_cur = most < limit.rlim_max ? most : limit.rlim_max;
		_exit(prlimit(pid, kind, &limit, NULL) == 0 ? 0 : 3);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
}

/* The first descriptor that the process has not in use. */
static rlim_t
first_free(pid_t pid)
{
	char path[64];
	struct stat st;
	rlim_t fd = 0;

	do
		(void)snprintf(path, sizeof(path), "/proc/%ld/fd/%lu",
		    (long)pid, (unsigned long)fd++);
	while (lstat(path, &st) == 0);
	return fd - 1;
}

START_TEST(without_descriptors_newcomers_wait)
{
	pid_t child;
	int c;

	make_root();
	begin(_i, NULL, NULL);
	serve_the_good("nothing");
	server_await_workers(&server, &child, 1);
	server_allow_log(&server, "wait*: Too many open files");
	set_limit(child, RLIMIT_NOFILE, first_free(child));
	c = client_open(&server);
	send_text(c, "hello\n");
	/* Served is who was there; what needs a file is told to try later. */
	http_get(good, "/hello.txt", &r);
	ck_assert_msg(
	    r.status == 503 ||
		(strcmp(matrix_model(_i), "fork") == 0 && r.status == 200),
	    "%d", r.status);
	http_ask(good, "OPTIONS", "*", "", &r);
	ck_assert_int_eq(r.status, 204);
	ck_assert_int_eq(wait_ready(c, POLLIN, clock_now() + 100), 0);
	set_limit(child, RLIMIT_NOFILE, RLIM_INFINITY);
	expect(c, "hello\n");
	client_close(c);
	end();
}
END_TEST

/* A body of several long parts needs one more than the file. */
START_TEST(without_descriptors_parts_are_for_later)
{
	static const char parts[] = "Range: bytes=0-39999,50000-99999\r\n";
	pid_t child;

	if (strcmp(matrix_model(_i), "prefork") != 0)
		return;
	make_root();
	tree_pattern(&tree, "root/parts", 100000);
	begin(_i, NULL, NULL);
	serve_the_good("nothing");
	server_await_workers(&server, &child, 1);
	server_allow_log(&server, "wait*: Too many open files");
	set_limit(child, RLIMIT_NOFILE, first_free(child) + 1);
	http_ask(good, "GET", "/parts", parts, &r);
	ck_assert_int_eq(r.status, 503);
	set_limit(child, RLIMIT_NOFILE, RLIM_INFINITY);
	http_ask(good, "GET", "/parts", parts, &r);
	ck_assert_int_eq(r.status, 206);
	end();
}
END_TEST

/* Without a process or thread to be had for it a client waits. */
START_TEST(without_processes_newcomers_wait)
{
	pid_t child;
	int c;

	if (strcmp(matrix_model(_i), "fork") != 0 &&
	    strcmp(matrix_model(_i), "thread") != 0)
		return;
	make_root();
	begin(_i, NULL, NULL);
	serve_the_good("nothing");
	server_await_workers(&server, &child, 1);
	set_limit(child, RLIMIT_NPROC, 0);
	c = client_open(&server);
	send_text(c, "hello\n");
	(void)server_expect_log(
	    &server, "cannot start a * for a client, it waits: Resource");
	serve_the_good("a failed start");
	set_limit(child, RLIMIT_NPROC, RLIM_INFINITY);
	expect(c, "hello\n");
	client_close(c);
	end();
}
END_TEST

/* The master cannot fork: it waits and tries again. */
START_TEST(without_processes_the_pool_is_mended_later)
{
	pid_t child;
	int c;

	make_root();
	begin(_i, without_standby(), NULL);
	server_await_workers(&server, &child, 1);
	set_limit(server_master(&server), RLIMIT_NPROC, 0);
	server_allow_log(&server, "worker 0 keeps dying: the next starts in");
	server_allow_log(&server, "worker 0 could not be forked: Resource");
	ck_assert_int_eq(kill(child, SIGKILL), 0);
	(void)server_expect_log(&server, "worker 0 * was killed by SIGKILL");
	(void)server_expect_log(
	    &server, "worker 0 could not be forked: Resource");
	c = client_open(&server);
	send_text(c, "hello\n");
	set_limit(server_master(&server), RLIMIT_NPROC, RLIM_INFINITY);
	(void)server_expect_log(&server, "worker 0 serves");
	expect(c, "hello\n");
	client_close(c);
	client_close(good);
	good = client_open(&server);
	end();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("mishaps");
	TCase *tc = suite_case(suite, "mishaps");

	in_all_cells(tc, a_file_without_permission_is_forbidden);
	in_all_cells(tc, a_link_that_is_swapped_gives_nothing_away);
	in_all_cells(tc, a_file_may_change_while_it_is_sent);
	in_all_cells(tc, who_is_silent_is_let_go);
	in_all_cells(tc, a_head_has_its_time_and_no_more);
	in_all_cells(tc, who_resets_hurts_nobody_else);
	in_all_cells(tc, who_does_not_read_hurts_nobody_else);
	if (proc_visible()) {
		in_all_cells(tc, without_descriptors_newcomers_wait);
		in_all_cells(tc, without_descriptors_parts_are_for_later);
		in_all_cells(tc, without_processes_newcomers_wait);
		in_pool_cells(tc, without_processes_the_pool_is_mended_later);
	}
	return suite_run(suite);
}
