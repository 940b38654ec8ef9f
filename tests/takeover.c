#include "takeover.h"

#include <signal.h>
#include <stdio.h>

#include "family.h"
#include "matrix.h"
#include "os/ledger.h"
#include "os/standby.h"
#include "suite.h"

struct server server;
struct tree tree;

static void
setup(void)
{
	tree_make(&tree);
	tree_file(&tree, "small", "small\n");
	tree_pattern(&tree, "big", FILE_BYTES);
}

static void
teardown(void)
{
	tree_remove(&tree);
}

TCase *
takeover_case(Suite *suite, const char *name)
{
	TCase *tc = suite_case(suite, name);

	if (!standby_possible() || !ledger_works() || !matrix_has("prefork"))
		return NULL;
	tcase_add_checked_fixture(tc, setup, teardown);
	return tc;
}

void
kill_worker(int clients)
{
	char line[96];
	pid_t pid;

	server_await_workers(&server, &pid, 1);
	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	(void)snprintf(line, sizeof(line),
	    "worker 0 * took over *SIGKILL*: %d client* kept, 0 dropped",
	    clients);
	(void)server_expect_log(&server, line);
}

void
begin(void)
{
	server_run(&server, "-w", "1", "-r", tree.path, "--demo");
}
