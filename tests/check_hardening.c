/* What makes a fault in the program harder to use: how it is built, and what
 * its processes may do to each other. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "family.h"
#include "bench/proc.h"
#include "matrix.h"
#include "os/standby.h"
#include "program.h"
#include "server.h"
#include "suite.h"
#include "tree.h"

/* Whoever runs the tests as root becomes this one. */
enum { SOMEBODY = 65534 };

static struct server server;
static struct tree tree;
static struct result result;

/* In this process alone; the way to the program may be closed to others. */
static void
be_somebody(void)
{
	tree_make(&tree);
	if (geteuid() != 0)
		return;
	program_run(
	    &result, NULL, "/bin/cp", server_program(), tree.path, NULL);
	ck_assert_int_eq(result.status, 0);
	ck_assert_int_eq(setenv("PREFORK", tree_path(&tree, "prefork"), 1), 0);
	ck_assert_int_eq(chown(tree.path, SOMEBODY, SOMEBODY), 0);
	ck_assert_int_eq(setgid(SOMEBODY), 0);
	ck_assert_int_eq(setuid(SOMEBODY), 0);
}

/* Who may read this may trace as well. The errno; 0: it was read. */
static int
look_into(pid_t pid)
{
	char path[64], byte;
	int fd, saved = 0;

	(void)snprintf(path, sizeof(path), "/proc/%ld/environ", (long)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno;
	if (read(fd, &byte, 1) < 0)
		saved = errno;
	(void)close(fd);
	return saved;
}

static bool
gains_no_rights(pid_t pid)
{
	char text[4096];

	return proc_text(text, sizeof(text), pid, "status") &&
	       strstr(text, "\nNoNewPrivs:\t1\n") != NULL;
}

/* _i: whether it was told to let them. */
START_TEST(processes_of_its_user_look_into_it_only_if_told_to)
{
	pid_t worker;

	/* Elsewhere that cannot be said. */
	if (!proc_visible() || !standby_possible())
		return;
	be_somebody();
	if (_i == 0)
		server_run(&server, "-w", "1", "-r", tree.path);
	else
		server_run(&server, "-w", "1", "-r", tree.path, "--traceable");
	server_await_workers(&server, &worker, 1);
	ck_assert_int_eq(look_into(worker), _i == 0 ? EACCES : 0);
	ck_assert_int_eq(look_into(server.pid), _i == 0 ? EACCES : 0);
	ck_assert_int_eq(
	    look_into(server_master(&server)), _i == 0 ? EACCES : 0);
	ck_assert(gains_no_rights(worker));
	ck_assert(gains_no_rights(server.pid));
	ck_assert(gains_no_rights(server_master(&server)));
	server_finish(&server);
	tree_remove(&tree);
}
END_TEST

static bool
was_built_with(const char *name)
{
	return strstr(" " HARDENING " ", name) != NULL;
}

/* What configure found possible is in the program. */
START_TEST(the_program_is_built_as_configure_says)
{
	if (access("/usr/bin/readelf", X_OK) != 0)
		return;
	program_run(
	    &result, NULL, "/usr/bin/readelf", "-hld", server_program(), NULL);
	ck_assert_int_eq(result.status, 0);
	if (was_built_with(" pie "))
		ck_assert_ptr_nonnull(strstr(result.out, "DYN ("));
	if (was_built_with(" relro ")) {
		ck_assert_ptr_nonnull(strstr(result.out, "GNU_RELRO"));
		ck_assert_ptr_nonnull(strstr(result.out, "NOW"));
	}
	if (!was_built_with(" stack-protector "))
		return;
	program_run(&result, NULL, "/bin/grep", "-c", "__stack_chk_fail",
	    server_program(), NULL);
	ck_assert_int_eq(result.status, 0);
}
END_TEST

/* Does the address lie in what process pid has mapped of the program? */
static bool
lies_in_program(pid_t pid, unsigned long address)
{
	char path[64], line[512];
	unsigned long from, to;
	bool found = false;
	FILE *maps;

	(void)snprintf(path, sizeof(path), "/proc/%ld/maps", (long)pid);
	maps = fopen(path, "re");
	ck_assert_ptr_nonnull(maps);
	while (!found && fgets(line, sizeof(line), maps) != NULL)
		found = strstr(line, "/prefork") != NULL &&
			sscanf(line, "%lx-%lx", &from, &to) == 2 &&
			address >= from && address < to;
	(void)fclose(maps);
	return found;
}

/* _i: in each model. */
START_TEST(the_log_says_where_a_program_lies)
{
	unsigned long address = 0;
	const char *line;
	pid_t pid = 0;
	char *end;

	if (!proc_visible())
		return;
	server_run_in(&server, _i, "-v", "-w", "1", "--traceable");
	server_allow_log(&server, "slot 0:*");
	server_allow_log(&server, "served so far:*");
	line = server_expect_log(&server, "slot 0: pid *, program at 0x*");
	pid = (pid_t)strtol(strstr(line, "pid ") + 4, NULL, 10);
	address = strtoul(strstr(line, " at ") + 4, &end, 16);
	ck_assert_msg(*end == '\0', "%s", line);
	ck_assert_msg(lies_in_program(pid, address), "%s", line);
	server_finish(&server);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("hardening");
	TCase *tc = suite_case(suite, "hardening");

	tcase_add_loop_test(
	    tc, processes_of_its_user_look_into_it_only_if_told_to, 0, 2);
	tcase_add_test(tc, the_program_is_built_as_configure_says);
	tcase_add_loop_test(
	    tc, the_log_says_where_a_program_lies, 0, matrix_cells());
	return suite_run(suite);
}
