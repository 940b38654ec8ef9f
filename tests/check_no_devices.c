/* A root of its own that holds the program and no device, as chroot(1) gives
 * it: nothing that it does needs /dev/null. */
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
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

/* Hides what is in /dev, and leaves the numbers of two standard streams to
 * whatever is opened first. */
static const char hide[] = "mount -t tmpfs none /dev && test ! -e /dev/null &&"
			   " exec \"$@\" <&- >&-";

/* Root stays itself; others are root among processes of their own. Sanitizers
 * keep what they find by a name of /proc. */
static const char *const by_root[] = {
    "/usr/bin/unshare", "-m", "/bin/sh", "-c", hide, "sh", NULL};
static const char *const by_others[] = {
    "/usr/bin/unshare", "-rm", "/bin/sh", "-c", hide, "sh", NULL};

/* In some sandboxes nobody may mount anything. */
static bool
can_hide(void)
{
	program_run(&result, NULL, "/usr/bin/unshare",
	    geteuid() == 0 ? "-m" : "-rm", "/bin/sh", "-c", hide, "sh",
	    "/bin/true", NULL);
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

/* Its client goes on where it was, whoever is killed: the worker, then the one
 * that took over, then all of them by HUP. */
static void
expect_kept(void)
{
	int c = client_open(&server);
	pid_t worker;
	int i;

	expect_echo(c, 0, 20000, 3000);
	for (i = 0; i < 2; i++) {
		server_await_workers(&server, &worker, 1);
		ck_assert_int_eq(kill(worker, SIGKILL), 0);
		server_expect_log(
		    &server, "took over*: 1 client kept, 0 dropped");
		expect_echo(c, 20000, 40000, 3000);
	}
	server_signal(&server, SIGUSR2);
	server_expect_log(&server, "upgraded to prefork ");
	expect_echo(c, 40000, 60000, 3000);
	half_close(c);
	expect_eof(c);
	client_close(c);
}

START_TEST(it_serves_where_there_are_no_devices)
{
	const char *args[16];
	int n = matrix_arguments(_i, args);

	if (!can_hide())
		return;
	tree_make(&tree);
	tree_pattern(&tree, "file", FILE_BYTES);
	args[n++] = "-w";
	args[n++] = "1";
	args[n++] = "-r";
	args[n++] = tree.path;
	args[n] = NULL;
	if (!server_try(&server, geteuid() == 0 ? by_root : by_others, args))
		ck_abort_msg("it ended: %s", server.log);
	expect_file();
	if (_i < matrix_pools() && standby_possible())
		expect_kept();
	expect_file();
	server_allow_log(&server, "*running as root*");
	server_allow_log(&server, "ready: 1 worker*");
	server_allow_log(&server, "upgrading to*");
	server_allow_log(&server, "took over*which made way*");
	server_finish(&server);
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
	tcase_add_test(tc, numbers_at_random_need_no_device);
	return suite_run(suite);
}
