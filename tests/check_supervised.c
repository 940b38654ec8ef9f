/*
 * A server under a supervisor: what it tells it and when, and what it takes
 * over from it.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "guard.h"
#include "os/keep.h"
#include "os/listener.h"
#include "peer.h"
#include "program.h"
#include "server.h"
#include "suite.h"
#include "tree.h"

enum { SYSTEM = 111, TEXT = 512, ARGS = 16, INHERITED = 3 };

static const char activate[] = "/usr/bin/systemd-socket-activate";

static struct tree place;
static struct result result;
static int supervisor = -1; /* its socket */
static pid_t sender;	    /* of what was heard last */
static char heard[TEXT];

/* --- a supervisor --- */

static void
listen_for_notices(bool abstract)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	const int on = 1;
	socklen_t len = sizeof(addr);
	char name[LISTENER_PATH];

	if (abstract) {
		(void)snprintf(
		    name, sizeof(name), "@prefork-check-%ld", (long)getpid());
		len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
				  strlen(name));
	} else {
		(void)snprintf(name, sizeof(name), "%.90s/notify", place.path);
	}
	memcpy(addr.sun_path, name, strlen(name));
	if (abstract)
		addr.sun_path[0] = '\0';
	supervisor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(
	    bind(supervisor, (const struct sockaddr *)&addr, len), 0);
	ck_assert_int_eq(
	    setsockopt(supervisor, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)),
	    0);
	ck_assert_int_eq(setenv("NOTIFY_SOCKET", name, 1), 0);
}

/* Waits for the next notice. */
static const char *
hear(void)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(struct ucred))];
	} control;
	struct iovec iov = {heard, TEXT - 1};
	struct msghdr message = {.msg_iov = &iov,
	    .msg_iovlen = 1,
	    .msg_control = &control,
	    .msg_controllen = sizeof(control)};
	struct ucred who;
	ssize_t n;

	if (wait_ready(supervisor, POLLIN, deadline()) == 0)
		ck_abort_msg("nothing was heard");
	n = recvmsg(supervisor, &message, 0);
	ck_assert_int_gt(n, 0);
	heard[n] = '\0';
	ck_assert_ptr_nonnull(CMSG_FIRSTHDR(&message));
	memcpy(&who, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(who));
	sender = who.pid;
	return heard;
}

static void
expect_notice(pid_t pid, const char *text)
{
	ck_assert_msg(strncmp(hear(), text, strlen(text)) == 0,
	    "'%s' was heard, not '%s'", heard, text);
	ck_assert_int_eq(sender, pid);
}

static pid_t start_at(int inherited, const char *const args[]);

/* Starts the server with these arguments, and what it is to inherit at
 * descriptor 3 (-1: nothing). */
#define start(inherited, ...) \
	start_at(inherited, (const char *const[]){__VA_ARGS__, NULL})

static _Noreturn void
be_server(int inherited, const char *const args[])
{
	const char *argv[ARGS + 6] = {server_program(), "-w", "1", "-r", "/"};
	const char *handed = getenv("LISTEN_PID");
	char pid[24];
	int i, n = 5;

	for (i = 0; i < ARGS && args[i] != NULL; i++)
		argv[n++] = args[i];
	(void)setpgid(0, 0);
	if (inherited >= 0 && dup2(inherited, INHERITED) < 0)
		_exit(127);
	(void)snprintf(pid, sizeof(pid), "%ld", (long)getpid());
	if (handed != NULL && handed[0] == '\0')
		(void)setenv("LISTEN_PID", pid, 1);
	(void)execv(argv[0], (char *const *)(uintptr_t)argv);
	_exit(127);
}

static pid_t
start_at(int inherited, const char *const args[])
{
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0)
		be_server(inherited, args);
	(void)setpgid(pid, pid);
	guard_group(pid);
	return pid;
}

static int
await_end(pid_t pid)
{
	int status;

	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	guard_group_gone(pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 256;
}

static void
finish(pid_t pid)
{
	ck_assert_int_eq(kill(pid, SIGTERM), 0);
	do
		(void)hear();
	while (strncmp(heard, "STOPPING=1", 10) != 0);
	ck_assert_int_eq(sender, pid);
	ck_assert_int_eq(await_end(pid), 0);
}

static void
setup(void)
{
	tree_make(&place);
	(void)unsetenv("LISTEN_PID");
	(void)unsetenv("LISTEN_FDS");
}

static void
teardown(void)
{
	tree_remove(&place);
}

/* --- notices --- */

/* With a keeper and without: only the process that was started is heard. */
static const char *const keepers[] = {"--no-keeper", "--keeper"};

static bool
has_keeper(int i)
{
	return i == 1 && keep_possible();
}

START_TEST(ready_reloading_and_stopping_are_told_by_who_was_started)
{
	long long before, usec;
	pid_t pid;
	int i;

	listen_for_notices(_i >= 2);
	pid = start(-1, "-p", "0", keepers[_i % 2]);
	expect_notice(pid, "READY=1\nSTATUS=ready");
	for (i = 0; i < 2; i++) {
		before = clock_ns() / 1000;
		ck_assert_int_eq(kill(pid, SIGHUP), 0);
		expect_notice(pid, "RELOADING=1\nMONOTONIC_USEC=");
		usec = strtoll(strchr(heard, 'U') + 5, NULL, 10);
		ck_assert_int_ge(usec, before);
		ck_assert_int_le(usec, clock_ns() / 1000);
		expect_notice(pid, "READY=1\nSTATUS=ready");
	}
	ck_assert_int_eq(kill(pid, SIGTERM), 0);
	expect_notice(pid, "STOPPING=1\nSTATUS=stopping");
	ck_assert_int_eq(await_end(pid), 0);
}
END_TEST

START_TEST(a_watchdog_hears_that_the_master_moves)
{
	pid_t pid;
	int i;

	listen_for_notices(false);
	ck_assert_int_eq(setenv("WATCHDOG_USEC", "100000", 1), 0);
	pid = start(-1, "-p", "0", keepers[_i]);
	for (i = 0; i < 4; i++) {
		if (strncmp(hear(), "READY=1", 7) == 0)
			continue;
		ck_assert_str_eq(heard, "WATCHDOG=1");
		ck_assert_int_eq(sender, pid);
	}
	finish(pid);
}
END_TEST

/* The variables may be left over from somebody else's. */
START_TEST(a_watchdog_of_another_process_hears_nothing)
{
	pid_t pid;

	listen_for_notices(false);
	ck_assert_int_eq(setenv("WATCHDOG_USEC", "1000", 1), 0);
	ck_assert_int_eq(setenv("WATCHDOG_PID", "1", 1), 0);
	pid = start(-1, "-p", "0", keepers[_i]);
	expect_notice(pid, "READY=1\n");
	ck_assert_int_eq(kill(pid, SIGTERM), 0);
	expect_notice(pid, "STOPPING=1\n");
	ck_assert_int_eq(await_end(pid), 0);
}
END_TEST

START_TEST(nobody_but_the_master_can_make_the_keeper_speak)
{
	pid_t pid;

	if (!has_keeper(1))
		return;
	listen_for_notices(false);
	ck_assert_int_eq(setenv("WATCHDOG_USEC", "600000000", 1), 0);
	pid = start(-1, "-p", "0", "--keeper");
	expect_notice(pid, "READY=1\n");
	ck_assert_int_eq(kill(pid, SIGRTMIN), 0);
	ck_assert_int_eq(kill(pid, SIGRTMIN + 1), 0);
	ck_assert_int_eq(kill(pid, SIGTERM), 0);
	expect_notice(pid, "STOPPING=1\n");
	ck_assert_int_eq(await_end(pid), 0);
}
END_TEST

/* An empty pid is filled in by who becomes the server. */
static void
hand_over(const char *pid, const char *count)
{
	ck_assert_int_eq(setenv("LISTEN_PID", pid, 1), 0);
	ck_assert_int_eq(setenv("LISTEN_FDS", count, 1), 0);
	ck_assert_int_eq(setenv("LISTEN_FDNAMES", "web", 1), 0);
}

START_TEST(what_is_no_number_is_not_taken_for_too_many)
{
	static const char *const bad[][2] = {{"x", "1"}, {"-1", "1"}};
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		hand_over(bad[i][0], bad[i][1]);
		program_run(&result, NULL, server_program(), "-p", "0", NULL);
		ck_assert_int_eq(result.status, 111);
		ck_assert_ptr_nonnull(
		    strstr(result.err, "LISTEN_PID, LISTEN_FDS: give a "));
	}
}
END_TEST

/* From now on there is no room in the queue of signals; or as before again. */
static void
fill_signals(bool full)
{
#ifdef RLIMIT_SIGPENDING
	static struct rlimit before;
	struct rlimit limit;

	if (full)
		ck_assert_int_eq(getrlimit(RLIMIT_SIGPENDING, &before), 0);
	limit = before;
	if (full)
		limit.rlim_cur = 0;
	ck_assert_int_eq(setrlimit(RLIMIT_SIGPENDING, &limit), 0);
#else
	(void)full;
#endif
}

/* The programs that follow know whom to tell, and whose the sockets are; also
 * where no signal can be queued. */
START_TEST(an_upgrade_changes_nothing_for_the_supervisor)
{
	char path[LISTENER_PATH], text[24];
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	struct stat st;
	int listener;
	pid_t pid;

	if (!keep_possible())
		return;
	listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	(void)snprintf(path, sizeof(path), "%.90s/socket", place.path);
	memcpy(addr.sun_path, path, sizeof(path));
	ck_assert_int_eq(
	    bind(listener, (const struct sockaddr *)&addr, sizeof(addr)), 0);
	ck_assert_int_eq(listen(listener, 8), 0);
	listen_for_notices(false);
	hand_over("", "1");
	ck_assert_int_eq(setenv("WATCHDOG_USEC", "100000", 1), 0);
	if (_i >= 2)
		fill_signals(true);
	pid = start(listener, keepers[_i % 2]);
	if (_i >= 2)
		fill_signals(false);
	(void)snprintf(text, sizeof(text), "%ld", (long)pid);
	do
		ck_assert_str_ne(hear(), "STOPPING=1");
	while (strncmp(heard, "READY=1", 7) != 0);
	program_run(&result, NULL, server_program(), "--upgrade", text, NULL);
	ck_assert_msg(result.status == 0, "%d: %s", result.status, result.err);
	while (recv(supervisor, heard, TEXT, MSG_DONTWAIT) > 0)
		;
	ck_assert_str_eq(hear(), "WATCHDOG=1");
	ck_assert_int_eq(sender, pid);
	ck_assert_int_eq(kill(pid, SIGHUP), 0);
	while (strncmp(hear(), "RELOADING=1", 11) != 0)
		ck_assert_str_eq(heard, "WATCHDOG=1");
	while (strncmp(hear(), "READY=1", 7) != 0)
		ck_assert_str_eq(heard, "WATCHDOG=1");
	ck_assert_int_eq(sender, pid);
	finish(pid);
	ck_assert_int_eq(lstat(path, &st), 0);
	(void)close(listener);
}
END_TEST

static void
make_pipe(int ends[2])
{
	int i, end;

	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	/* Out of the way of what is inherited. */
	for (i = 0; i < 2; i++) {
		end = fcntl(ends[i], F_DUPFD_CLOEXEC, 100);
		ck_assert_int_ge(end, 100);
		(void)close(ends[i]);
		ends[i] = end;
	}
}

START_TEST(a_newline_says_that_all_is_ready_and_nothing_follows)
{
	char bytes[4];
	int ends[2];
	pid_t pid;

	listen_for_notices(false);
	make_pipe(ends);
	pid = start(ends[1], "-p", "0", "--notification-fd", "3", keepers[_i]);
	(void)close(ends[1]);
	ck_assert_int_eq(read(ends[0], bytes, sizeof(bytes)), 1);
	ck_assert_int_eq(bytes[0], '\n');
	/* Nobody holds it any more, while the server lives. */
	ck_assert_int_eq(read(ends[0], bytes, sizeof(bytes)), 0);
	ck_assert_int_eq(kill(pid, 0), 0);
	(void)close(ends[0]);
	finish(pid);
}
END_TEST

START_TEST(a_descriptor_that_is_not_open_is_the_systems_no)
{
	program_run(&result, NULL, server_program(), "-p", "0", "-r", "/",
	    "--notification-fd", "77", NULL);
	ck_assert_int_eq(result.status, SYSTEM);
	ck_assert_ptr_nonnull(strstr(result.err, "--notification-fd 77"));
}
END_TEST

/* --- sockets that are handed over --- */

static int
listen_somewhere(struct sockaddr_in *addr)
{
	socklen_t len = sizeof(*addr);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	memset(addr, 0, sizeof(*addr));
	addr->sin_family = AF_INET;
	addr->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)addr, len), 0);
	ck_assert_int_eq(listen(fd, 8), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)addr, &len), 0);
	return fd;
}

static int
dial(const struct sockaddr_in *addr)
{
	int c = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ck_assert_int_eq(
	    connect(c, (const struct sockaddr *)addr, sizeof(*addr)), 0);
	(void)fcntl(c, F_SETFL, O_NONBLOCK);
	return c;
}

START_TEST(a_socket_that_is_handed_over_is_served_and_outlives_the_server)
{
	struct sockaddr_in addr;
	int i, c, listener = listen_somewhere(&addr);
	pid_t pid;

	listen_for_notices(false);
	hand_over("", "1");
	/* Who comes before the server is there waits, as who comes between
	 * two of them. */
	for (i = 0; i < 2; i++) {
		c = dial(&addr);
		pid = start(listener, keepers[_i]);
		greet(c);
		expect_notice(pid, "READY=1\n");
		client_close(c);
		finish(pid);
	}
	(void)close(listener);
}
END_TEST

/* One has that name: it is none for clients, and they have others. */
START_TEST(one_that_is_named_so_is_for_the_status)
{
	static struct response r;
	struct sockaddr_in addr;
	int c, listener = listen_somewhere(&addr);
	pid_t pid;

	listen_for_notices(false);
	hand_over("", "1");
	ck_assert_int_eq(setenv("LISTEN_FDNAMES", "status", 1), 0);
	pid = start(listener, "-p", "0");
	expect_notice(pid, "READY=1\n");
	c = dial(&addr);
	http_get(c, "/readyz", &r);
	ck_assert_int_eq(r.status, 200);
	http_get(c, "/metrics", &r);
	ck_assert_int_eq(r.status, 200);
	client_close(c);
	finish(pid);
	(void)close(listener);
}
END_TEST

static bool
has_variable(pid_t pid)
{
	static char bytes[65536];
	char path[64];
	bool found = false;
	size_t i, n;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%ld/environ", (long)pid);
	f = fopen(path, "r");
	ck_assert_ptr_nonnull(f);
	n = fread(bytes, 1, sizeof(bytes) - 1, f);
	(void)fclose(f);
	bytes[n] = '\0';
	for (i = 0; i < n; i += strlen(bytes + i) + 1)
		if (strncmp(bytes + i, "LISTEN_", 7) == 0 ||
		    strncmp(bytes + i, "NOTIFY_", 7) == 0 ||
		    strncmp(bytes + i, "WATCHDOG_", 9) == 0)
			found = true;
	return found;
}

/* Its program was begun anew with the environment as it is: see ask_pid. */
START_TEST(what_was_said_to_the_server_is_not_said_to_workers)
{
	struct sockaddr_in addr;
	int c, listener = listen_somewhere(&addr);
	pid_t pid, worker;

	listen_for_notices(false);
	hand_over("", "1");
	pid = start(listener, "--demo");
	c = dial(&addr);
	worker = ask_pid(c);
	/* Of one whose program was not begun anew it is that of the start. */
	if (keep_possible())
		ck_assert(!has_variable(worker));
	client_close(c);
	finish(pid);
	(void)close(listener);
}
END_TEST

static const struct {
	const char *pid, *count;
	bool listens;
	int status;
} handed[] = {
    {"", "1", false, SYSTEM},
    {"", "11", true, SYSTEM},
    {"", "x", true, SYSTEM},
    {"", "-1", true, SYSTEM},
    {"x", "1", true, SYSTEM},
    {"1", "1", false, 0}, /* somebody else's */
    {"", "0", false, 0},
};

START_TEST(what_makes_no_sense_is_refused_and_what_is_not_ours_is_closed)
{
	struct sockaddr_in addr;
	int fd = handed[_i].listens ? listen_somewhere(&addr)
				    : socket(AF_INET, SOCK_STREAM, 0);
	pid_t pid;

	hand_over(handed[_i].pid, handed[_i].count);
	pid = start(fd, "-t");
	ck_assert_int_eq(await_end(pid), handed[_i].status);
	(void)close(fd);
}
END_TEST

/* -1: nobody listens there yet. */
static int
try_path(const char *path)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int c = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	memcpy(addr.sun_path, path, strlen(path));
	if (connect(c, (const struct sockaddr *)&addr, sizeof(addr)) == 0) {
		(void)fcntl(c, F_SETFL, O_NONBLOCK);
		return c;
	}
	(void)close(c);
	return -1;
}

/* Waits until somebody listens there. */
static int
dial_path(const char *path)
{
	int64_t until = deadline();
	int c;

	while ((c = try_path(path)) < 0) {
		ck_assert_int_lt(clock_now(), until);
		(void)poll(NULL, 0, 1);
	}
	return c;
}

static const struct {
	const char *names;
	bool status; /* the second is for it, and not for clients */
} activated[] = {
    {"--fdname=web:more", false},
    {"--fdname=web:status", true},
};

/* It starts the server when somebody comes. */
static pid_t
be_activated(const char *names, const char *first, const char *second)
{
	const char *const argv[] = {activate, "-l", first, "-l", second, names,
	    "-E", "NOTIFY_SOCKET", "-E", "ASAN_OPTIONS", server_program(), "-w",
	    "1", "-r", "/", NULL};
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	(void)setpgid(pid, pid);
	if (pid == 0) {
		(void)execv(activate, (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	guard_group(pid);
	return pid;
}

/* Where it is not there, CI installs it. */
static bool
has_activate(void)
{
	bool has = access(activate, X_OK) == 0;

	ck_assert_msg(has || getenv("CI") == NULL, "there is no %s", activate);
	return has;
}

START_TEST(the_real_thing_hands_over_unix_sockets)
{
	static struct response r;
	char first[LISTENER_PATH], second[LISTENER_PATH];
	pid_t pid;
	int c;

	if (!has_activate())
		return;
	listen_for_notices(false);
	(void)snprintf(first, sizeof(first), "%.90s/first", place.path);
	(void)snprintf(second, sizeof(second), "%.90s/second", place.path);
	pid = be_activated(activated[_i].names, first, second);
	c = dial_path(first);
	greet(c);
	expect_notice(pid, "READY=1\n");
	client_close(c);
	c = dial_path(second);
	if (activated[_i].status) {
		http_get(c, "/readyz", &r);
		ck_assert_int_eq(r.status, 200);
	} else {
		greet(c);
	}
	client_close(c);
	finish(pid);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("supervised");
	TCase *tc = suite_case(suite, "supervised");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(
	    tc, ready_reloading_and_stopping_are_told_by_who_was_started, 0, 4);
	tcase_add_loop_test(tc, a_watchdog_hears_that_the_master_moves, 0, 2);
	tcase_add_loop_test(
	    tc, a_watchdog_of_another_process_hears_nothing, 0, 2);
	tcase_add_test(tc, nobody_but_the_master_can_make_the_keeper_speak);
	tcase_add_loop_test(
	    tc, an_upgrade_changes_nothing_for_the_supervisor, 0, 4);
	tcase_add_loop_test(
	    tc, a_newline_says_that_all_is_ready_and_nothing_follows, 0, 2);
	tcase_add_test(tc, a_descriptor_that_is_not_open_is_the_systems_no);
	tcase_add_loop_test(tc,
	    a_socket_that_is_handed_over_is_served_and_outlives_the_server, 0,
	    2);
	tcase_add_test(tc, one_that_is_named_so_is_for_the_status);
	tcase_add_test(tc, what_was_said_to_the_server_is_not_said_to_workers);
	tcase_add_loop_test(tc,
	    what_makes_no_sense_is_refused_and_what_is_not_ours_is_closed, 0,
	    sizeof(handed) / sizeof(handed[0]));
	tcase_add_loop_test(tc, the_real_thing_hands_over_unix_sockets, 0,
	    sizeof(activated) / sizeof(activated[0]));
	server_look_for_no_leaks();
	tcase_add_test(tc, what_is_no_number_is_not_taken_for_too_many);
	return suite_run(suite);
}
