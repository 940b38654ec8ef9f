#include "upgrade.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench/proc.h"
#include "family.h"
#include "matrix.h"
#include "os/exec.h"
#include "os/ledger.h"
#include "os/standby.h"
#include "os/title.h"
#include "peer.h"
#include "program.h"

struct server server;
struct tree tree;
int client[CLIENTS];
char built[256];
const char *const keepers[2] = {"--keeper", "--no-keeper"};

bool
is_prefork(int cell)
{
	return strcmp(matrix_model(cell), "prefork") == 0;
}

bool
can_upgrade(void)
{
	char *path = exec_path(false);
	bool known = path != NULL;

	free(path);
	return known && standby_possible() && ledger_works() && proc_visible();
}

bool
can_keep_clients(void)
{
	return is_prefork(0) && can_upgrade();
}

/* A file for the program that is to come next; put_in_place() when all of it is
 * written. */
static int
open_new(void)
{
	int out = open(tree_path(&tree, "prefork.new"),
	    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);

	ck_assert_int_ge(out, 0);
	return out;
}

static void
put_in_place(int out)
{
	ck_assert_int_eq(close(out), 0);
	ck_assert_int_eq(rename(tree_path(&tree, "prefork.new"),
			     tree_path(&tree, "prefork")),
	    0);
}

void
install(const char *from)
{
	static char bytes[1 << 16];
	int in = open(from, O_RDONLY | O_CLOEXEC), out = open_new();
	ssize_t n;

	ck_assert_int_ge(in, 0);
	while ((n = read(in, bytes, sizeof(bytes))) > 0)
		ck_assert_int_eq(write(out, bytes, (size_t)n), n);
	ck_assert_int_eq(n, 0);
	ck_assert_int_eq(close(in), 0);
	put_in_place(out);
}

void
install_script(const char *script)
{
	int out = open_new();
	size_t len = strlen(script);

	ck_assert_int_eq(write(out, script, len), (ssize_t)len);
	put_in_place(out);
}

static void
set_up(void)
{
	char *path = realpath(server_program(), NULL);

	ck_assert_ptr_nonnull(path);
	(void)snprintf(built, sizeof(built), "%s", path);
	free(path);
	tree_make(&tree);
	install(built);
	ck_assert_int_eq(setenv("PREFORK", tree_path(&tree, "prefork"), 1), 0);
	tree_pattern(&tree, "big", SIZE);
	server_look_for_no_leaks();
}

void
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

void
open_clients(void)
{
	int i;

	for (i = 0; i < CLIENTS; i++) {
		client[i] = client_open(&server);
		greet(client[i]);
	}
}

void
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

int
upgrade(void)
{
	static struct result r;

	program_run(
	    &r, NULL, built, "--upgrade", tree_path(&tree, "pid"), NULL);
	return r.status;
}

uint64_t
program_of(pid_t pid)
{
	char path[64];
	struct stat st;

	(void)snprintf(path, sizeof(path), "/proc/%ld/exe", (long)pid);
	ck_assert_int_eq(stat(path, &st), 0);
	return (uint64_t)st.st_ino;
}

void
expect_installed(int workers)
{
	struct stat st;
	pid_t pid[2];
	int i;

	ck_assert_int_eq(stat(tree_path(&tree, "prefork"), &st), 0);
	ck_assert_uint_eq(program_of(server.pid), (uint64_t)st.st_ino);
	server_await_workers(&server, pid, workers);
	for (i = 0; i < workers; i++)
		ck_assert_uint_eq(program_of(pid[i]), (uint64_t)st.st_ino);
}

bool
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
