/* A root of its own that holds the program and no device, as chroot(1) gives
 * it: nothing that it does needs /dev/null. And one without /proc, or with that
 * of others, where no process can see another. */
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "family.h"
#include "matrix.h"
#include "os/random.h"
#include "os/standby.h"
#include "peer.h"
#include "program.h"
#include "server.h"
#include "suite.h"
#include "tree.h"

enum { FILE_BYTES = 200000 };

static struct server server;
static struct tree tree;
static struct result result;

/* What is in /dev, with the numbers of two standard streams left to whatever is
 * opened first; and in /proc. */
static const char hide_devices[] = "mount -t tmpfs none /dev && "
				   "test ! -e /dev/null && "
				   "exec \"$@\" <&- >&-";
static const char hide_processes[] = "mount -t tmpfs none /proc && "
				     "test ! -e /proc/self && exec \"$@\"";

/* Root stays itself; others are root among processes of their own. Sanitizers
 * keep what they find by a name of /proc. */
static const char *const *
hidden_by(const char *hide)
{
	static const char *by[] = {
	    "/usr/bin/unshare", "", "/bin/sh", "-c", "", "sh", NULL};

	by[1] = geteuid() == 0 ? "-m" : "-rm";
	by[4] = hide;
	return by;
}

/* In some sandboxes nobody may mount anything; and a program with sanitizers
 * may need /proc to start. */
static bool
can_hide(const char *hide)
{
	program_run(&result, NULL, "/usr/bin/unshare",
	    geteuid() == 0 ? "-m" : "-rm", "/bin/sh", "-c", hide, "sh",
	    server_program(), "--version", NULL);
	return result.status == 0;
}

static void
expect_file(void)
{
	static struct response r;
	int c = client_open(&server);

	http_get(c, "/file", &r);
	ck_assert_int_eq(r.status, 200);
	ck_assert_int_eq((int64_t)r.len, FILE_BYTES);
	client_close(c);
}

/* The worker is killed, and the one that took over. */
static void
expect_kept_over_deaths(int c)
{
	pid_t worker;
	int i;

	for (i = 0; i < 2; i++) {
		server_await_workers(&server, &worker, 1);
		ck_assert_int_eq(kill(worker, SIGKILL), 0);
		server_expect_log(
		    &server, "took over*SIGKILL*: 1 client kept, 0 dropped");
		expect_echo(c, 20000, 40000, 3000);
	}
}

/* Its client goes on where it was, whoever is killed or changes its program. */
static void
expect_kept(void)
{
	int c = client_open(&server);

	expect_echo(c, 0, 20000, 3000);
	expect_kept_over_deaths(c);
	server_signal(&server, SIGUSR2);
	server_expect_log(&server, "upgraded to prefork ");
	expect_kept_over_deaths(c);
	half_close(c);
	expect_eof(c);
	client_close(c);
}

/* server_finish(), or what it does, is to follow. */
static void
serve_by(const char *const by[], int cell)
{
	const char *args[16];
	int n = matrix_arguments(cell, args);

	tree_make(&tree);
	tree_pattern(&tree, "file", FILE_BYTES);
	args[n++] = "-w";
	args[n++] = "1";
	args[n++] = "-r";
	args[n++] = tree.path;
	args[n] = NULL;
	/* A sanitizer that looks for leaks needs to see its process. */
	server_look_for_no_leaks();
	if (!server_try(&server, by, args))
		ck_abort_msg("it ended: %s", server.log);
	server_allow_log(&server, "*running as root*");
	server_allow_log(&server, "ready: 1 worker*");
	server_allow_log(&server, "upgrading to*");
	server_allow_log(&server, "took over*which made way*");
	/* A sanitizer's. */
	server_allow_log(&server, "*WARNING: reading executable name failed*");
}

static void
expect_service(int cell)
{
	expect_file();
	if (cell < matrix_pools() && standby_possible())
		expect_kept();
	expect_file();
}

static void
serve_without(const char *hide, int cell)
{
	if (!can_hide(hide))
		return;
	serve_by(hidden_by(hide), cell);
	expect_service(cell);
	server_finish(&server);
	tree_remove(&tree);
}

START_TEST(it_serves_where_there_are_no_devices)
{
	serve_without(hide_devices, _i);
}
END_TEST

/* As with ProtectProc=invisible of systemd, which hides them even from
 * processes of the same user. */
START_TEST(it_serves_where_no_process_can_be_seen)
{
	serve_without(hide_processes, _i);
}
END_TEST

/* Numbers in /proc are not those that the server knows. */
START_TEST(it_serves_where_other_processes_are_seen)
{
	static const char *by[] = {"/usr/bin/unshare", "", NULL};
	pid_t outer;
	int status;

	by[1] = geteuid() == 0 ? "-pf" : "-rpf";
	program_run(
	    &result, NULL, by[0], by[1], server_program(), "--version", NULL);
	if (result.status != 0)
		return;
	serve_by(by, _i);
	outer = server.pid; /* of unshare(1), which waits for it */
	ck_assert_int_eq(children_of(outer, &server.pid, 1), 1);
	expect_service(_i);
	server_allow_log(&server, "prefork: stopping");
	server_signal(&server, SIGTERM);
	server.pid = outer;
	status = server_wait(&server, 0);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	server_end(&server);
	tree_remove(&tree);
}
END_TEST

/* Nothing can be opened here. */
START_TEST(numbers_at_random_need_no_device)
{
	struct rlimit all, none;
	uint64_t one[2] = {0, 0}, other[2] = {0, 0};
	bool drawn;

	/* Elsewhere only the device has them. */
	if (!standby_possible())
		return;
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &all), 0);
	none = all;
	none.rlim_cur = 0;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
	drawn = random_bytes(one, sizeof(one)) &&
		random_bytes(other, sizeof(other));
	/* A sanitizer looks for leaks at the end, and opens files. */
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &all), 0);
	ck_assert(drawn);
	ck_assert(one[0] != other[0] && one[1] != other[1]);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("no devices");
	TCase *tc = suite_case(suite, "no devices");

	in_all_cells(tc, it_serves_where_there_are_no_devices);
	in_all_cells(tc, it_serves_where_no_process_can_be_seen);
	in_all_cells(tc, it_serves_where_other_processes_are_seen);
	tcase_add_test(tc, numbers_at_random_need_no_device);
	return suite_run(suite);
}
