/* A container denies system calls. Whichever it is, the server serves rightly,
 * or ends with 111 and a line that names the call. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "family.h"
#include "bench/proc.h"
#include "matrix.h"
#include "peer.h"
#include "program.h"
#include "server.h"
#include "suite.h"
#include "tree.h"

enum {
	CALLS_MAX = 100,
	STRIDE = 7, /* of the calls, in cells but the first */
	FILE_BYTES = 200000,
	LINES_MOST = 30,  /* of a log that is no storm */
	SECONDS_MOST = 3, /* of a processor: nothing spins */
	NO_SECCOMP = 77,
	SYSTEM = 111
};

static struct server server;
static struct tree tree;
static struct result names;
static const char *call[CALLS_MAX];
static int calls;
static char deny[512];

/* Those without which a program is not even loaded, which is not for the
 * server to say. */
static const char *const of_loader[] = {"arch_prctl", "close", "execve", "mmap",
    "mprotect", "newfstatat", "openat", "pread64", "read", NULL};

/* Those that end it, by what the line says. The others may not. */
static const struct {
	const char *call, *line;
} end[] = {
    {"bind", "bind"},
    {"clone", "fork (clone)"},
    {"close", "close"},
    {"dup2", "dup2"},
    {"dup3", "dup2"},
    {"epoll_create1", "poller epoll"},
    {"epoll_ctl", "poller epoll"},
    {"epoll_pwait", "poller epoll"},
    {"epoll_wait", "poller epoll"},
    {"fcntl", "fcntl"},
    {"getdents64", "getdents64"},
    {"getpid", "getpid"},
    {"getsockname", "getsockname"},
    {"kill", "kill"},
    {"listen", "listen"},
    {"munmap", "munmap"},
    {"pipe2", "pipe"},
    {"poll", "poll"},
    {"pread64", "pread"},
    {"recvfrom", "recv"},
    {"recvmsg", "recvmsg"},
    {"socketpair", "socketpair"},
    {"rt_sigaction", "sigaction"},
    {"rt_sigprocmask", "sigprocmask"},
    {"rt_sigreturn", "sigreturn"},
    {"sendto", "send"},
    {"setsockopt", "setsockopt"},
    {"shutdown", "shutdown"},
    {"socket", "socket"},
    {"wait4", "wait4"},
};

/* Those that threads alone need. */
static const char *const of_threads[] = {"clone3", "exit", "futex", NULL};

static bool
is_among(const char *const *list, const char *name)
{
	while (*list != NULL && strcmp(*list, name) != 0)
		list++;
	return *list != NULL;
}

/* A sanitizer makes calls of its own, and does not bear to be denied them. */
#ifdef __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED
#endif
#endif

static void
list_calls(void)
{
#ifdef SANITIZED
	return;
#endif
	const char *top = getenv("top_builddir");
	char *name, *rest;

	(void)snprintf(deny, sizeof(deny), "%s/tests/denied/deny",
	    top != NULL ? top : ".");
	if (access(deny, X_OK) != 0)
		return;
	program_run(
	    &names, NULL, deny, "EPERM", "execve", "--", "/bin/true", NULL);
	if (names.status == NO_SECCOMP)
		return;
	program_run(&names, NULL, deny, "-l", NULL);
	for (name = strtok_r(names.out, "\n", &rest);
	     name != NULL && calls < CALLS_MAX;
	     name = strtok_r(NULL, "\n", &rest))
		call[calls++] = name;
}

static double
processor_seconds(void)
{
	struct rusage used;

	ck_assert_int_eq(getrusage(RUSAGE_CHILDREN, &used), 0);
	return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
	       (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

static void
expect_file(const char *path, uint64_t len)
{
	static struct response r;
	uint64_t x;
	int c = client_open(&server);

	http_get(c, path, &r);
	ck_assert_int_eq(r.status, 200);
	ck_assert_int_eq((int64_t)r.len, (int64_t)len);
	for (x = 0; x < len; x++)
		if ((unsigned char)r.body[x] != pattern_byte(x))
			ck_abort_msg("the file is wrong");
	client_close(c);
}

static void
expect_listing(void)
{
	static struct response r;
	int c = client_open(&server);

	http_get(c, "/sub/", &r);
	ck_assert_int_eq(r.status, 200);
	ck_assert_ptr_nonnull(strstr(r.body, "leaf"));
	client_close(c);
}

static void
expect_service(void)
{
	int c = client_open(&server);

	greet(c);
	expect_echo(c, 0, 20000, 3000);
	half_close(c);
	expect_eof(c);
	client_close(c);
	expect_file("/file", FILE_BYTES);
	expect_listing();
}

static void
make_site(void)
{
	tree_make(&tree);
	tree_pattern(&tree, "file", FILE_BYTES);
	tree_dir(&tree, "sub");
	tree_file(&tree, "sub/leaf", "green");
}

/* Of the keeper, or of the master if there is none. */
static void
kill_worker(pid_t first)
{
	pid_t child[8];
	struct proc p;
	int n;

	if (!proc_visible())
		return;
	n = children_of(first, child, 8);
	if (n == 1 && proc_look(&p, child[0]) &&
	    strcmp(p.name, "prefork-master") == 0)
		n = children_of(child[0], child, 8);
	if (n > 0)
		ck_assert_int_eq(kill(child[0], SIGKILL), 0);
}

/* Of a server that is ready: it serves, a worker dies, it serves. */
static void
expect_life(pid_t first)
{
	expect_service();
	kill_worker(first);
	expect_service();
	ck_assert_int_eq(kill(first, SIGTERM), 0);
	ck_assert_int_eq(server_wait(&server, 0), 0);
}

static void
expect_end(const char *name, int cell)
{
	bool threads = strstr(matrix_model(cell), "thread") != NULL;
	size_t i;
	int status = server_wait(&server, 0);

	if (is_among(of_loader, name)) {
		ck_assert_int_ne(status, 0);
		return;
	}
	ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == SYSTEM,
	    "without %s the status was %#x", name, (unsigned)status);
	/* It cannot say so. */
	if (strcmp(name, "write") == 0)
		return;
	if (threads && is_among(of_threads, name)) {
		ck_assert(server_has_logged(&server, name));
		return;
	}
	for (i = 0; i < sizeof(end) / sizeof(end[0]); i++)
		/* Without a name of its own the best poller that works. */
		if (strcmp(end[i].call, name) == 0 &&
		    (cell > 0 || strstr(end[i].line, "poller") == NULL)) {
			ck_assert_msg(server_has_logged(&server, end[i].line),
			    "nothing names %s", name);
			return;
		}
	ck_abort_msg("it cannot do without %s", name);
}

static void
expect_without(const char *error, const char *name, int cell)
{
	const char *const by[] = {deny, error, name, "--", NULL};
	const char *args[16];
	double before = processor_seconds();
	int n = 0;

	/* In the first cell the poller is left to the program. */
	if (cell > 0)
		n = matrix_arguments(cell, args);
	args[n++] = "-w";
	args[n++] = "1";
	args[n++] = "-r";
	args[n++] = tree.path;
	args[n] = NULL;
	if (server_try(&server, by, args))
		expect_life(server.pid);
	else
		expect_end(name, cell);
	server_allow_log(&server, "");
	ck_assert_int_le(server.lines, LINES_MOST);
	server_end(&server);
	ck_assert(processor_seconds() - before < SECONDS_MOST);
}

/* _i: a call and an error. */
START_TEST(denied_a_call_it_serves_or_says_which)
{
	const char *error = _i % 2 == 0 ? "EPERM" : "ENOSYS";
	int cell, at = _i / 2;

	make_site();
	for (cell = 0; cell < matrix_cells(); cell++)
		if (cell == 0 || getenv("PREFORK_TEST_DENIED") != NULL ||
		    (_i + cell) % STRIDE == 0)
			expect_without(error, call[at], cell);
	tree_remove(&tree);
}
END_TEST

/* It cannot leave anything to another program, and says nothing of one. */
START_TEST(denied_memory_without_a_name_there_is_no_upgrade)
{
	const char *const by[] = {deny, "EPERM", "memfd_create", "--", NULL};
	const char *args[] = {"-p", "0", "-w", "1", NULL};

	if (calls == 0)
		return;
	if (!server_try(&server, by, args))
		ck_abort_msg("it ended: %s", server.log);
	server_allow_log(&server, "");
	server_signal(&server, SIGUSR2);
	(void)server_expect_log(&server, "no upgrade: this system *");
	ck_assert_int_eq(server_stop(&server, SIGTERM), 0);
}
END_TEST

static void
expect_all_known(const char *trace)
{
	char line[4096], name[64];
	FILE *file = fopen(trace, "r");
	int i, known = 0;

	ck_assert_ptr_nonnull(file);
	while (fgets(line, sizeof(line), file) != NULL) {
		if (sscanf(line, "%*d %63[a-z0-9_](", name) != 1)
			continue;
		if (strcmp(name, "syscall_0x1ce") == 0)
			(void)strcpy(name, "mseal");
		for (i = 0; i < calls && strcmp(call[i], name) != 0; i++)
			;
		ck_assert_msg(i < calls, "tests/denied/deny knows no %s", name);
		known++;
	}
	ck_assert_int_gt(known, 0);
	(void)fclose(file);
}

START_TEST(every_call_it_makes_is_tried)
{
	static const char strace[] = "/usr/bin/strace";
	const char *by[] = {strace, "-f", "-qq", "-o", NULL, NULL};
	const char *args[16];
	pid_t first;
	int n = matrix_arguments(_i, args);

	if (access(strace, X_OK) != 0 || !proc_visible() || calls == 0)
		return;
	make_site();
	by[4] = tree_path(&tree, "trace");
	args[n++] = "-r";
	args[n++] = tree.path;
	args[n] = NULL;
	/* In some sandboxes nobody may be traced. */
	if (server_try(&server, by, args)) {
		ck_assert_int_eq(children_of(server.pid, &first, 1), 1);
		expect_life(first);
		expect_all_known(tree_path(&tree, "trace"));
	} else {
		(void)server_wait(&server, 0);
	}
	server_allow_log(&server, "");
	server_end(&server);
	tree_remove(&tree);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("denied");
	TCase *tc = suite_case(suite, "denied");

	list_calls();
	tcase_add_test(tc, denied_memory_without_a_name_there_is_no_upgrade);
	tcase_add_loop_test(
	    tc, denied_a_call_it_serves_or_says_which, 0, 2 * calls);
	tcase_add_loop_test(
	    tc, every_call_it_makes_is_tried, 0, matrix_cells());
	return suite_run(suite);
}
