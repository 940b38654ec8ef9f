/* A log that nobody reads: a pipe, a FIFO or a socket that is full, a terminal
 * that was stopped or stops who writes. It delays nobody, and what it cost is
 * told when there is room again. */
#define _XOPEN_SOURCE 700 /* ptsname */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/clock.h"
#include "family.h"
#include "guard.h"
#include "bench/proc.h"
#include "matrix.h"
#include "peer.h"
#include "suite.h"
#include "tree.h"

enum { DEATHS = 3, REQUESTS = 40, TEXT_BYTES = 1 << 20, STOP = 19, GO = 17 };

enum kind { A_PIPE, A_FIFO, A_SOCKET, A_TERMINAL, A_JOB };

static struct server server; /* its pid and port, for the helpers */
static struct tree tree;
static enum kind kind;
static int reader, writer; /* writer: standard output and error */
static int workers;	   /* the executors that the master keeps */
static pid_t child;	   /* ours; of a job, who leads its session */
static char text[TEXT_BYTES];
static size_t len;

static void
open_ends(void)
{
	int ends[2] = {-1, -1};

	tree_make(&tree);
	tree_file(&tree, "file", "hello\n");
	if (kind == A_PIPE) {
		ck_assert_int_eq(pipe(ends), 0);
	} else if (kind == A_SOCKET) {
		ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	} else if (kind == A_FIFO) {
		tree_fifo(&tree, "fifo");
		ends[0] = open(tree_path(&tree, "fifo"), O_RDWR | O_CLOEXEC);
		ends[1] = open("/dev/null", O_RDWR | O_CLOEXEC);
	} else {
		ends[0] = posix_openpt(O_RDWR | O_NOCTTY);
		ck_assert_int_ge(ends[0], 0);
		ck_assert_int_eq(grantpt(ends[0]), 0);
		ck_assert_int_eq(unlockpt(ends[0]), 0);
		ends[1] = open(ptsname(ends[0]), O_RDWR | O_NOCTTY);
	}
	ck_assert_int_ge(ends[0], 0);
	ck_assert_int_ge(ends[1], 0);
	reader = ends[0];
	writer = ends[1];
	ck_assert_int_eq(fcntl(reader, F_SETFL, O_NONBLOCK), 0);
}

static _Noreturn void
be_server(const char *const args[])
{
	(void)dup2(writer, STDOUT_FILENO);
	(void)dup2(writer, STDERR_FILENO);
	(void)close(reader);
	(void)execv(args[0], (char *const *)(uintptr_t)args);
	_exit(127);
}

/* The shell of a terminal, and the server its job in the background, which is
 * not to write. */
static _Noreturn void
be_shell(const char *const args[], int tell)
{
	struct termios t;
	int status, fd = open(ptsname(reader), O_RDWR);
	pid_t pid;

	if (fd < 0 || tcgetattr(fd, &t) != 0)
		_exit(126);
	t.c_lflag |= TOSTOP;
	(void)tcsetattr(fd, TCSANOW, &t);
	(void)dup2(fd, writer);
	pid = fork();
	if (pid == 0) {
		(void)setpgid(0, 0);
		be_server(args);
	}
	(void)setpgid(pid, pid);
	if (write(tell, &pid, sizeof(pid)) < 0 ||
	    waitpid(pid, &status, WUNTRACED) != pid)
		_exit(126);
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 125);
}

/* Reads what there is. */
static void
listen_in(void)
{
	ssize_t n;

	while ((n = read(reader, text + len, sizeof(text) - 1 - len)) > 0)
		len += (size_t)n;
	text[len] = '\0';
}

static const char *
await_text(const char *what)
{
	int64_t until = deadline();
	const char *at;

	for (;;) {
		listen_in();
		at = strstr(text, what);
		if (at != NULL)
			return at;
		/* Its end, for it begins with what filled it. */
		ck_assert_msg(clock_now() < until, "no '%s' in \"%s\"", what,
		    len < 1000 ? text : text + len - 1000);
		(void)wait_ready(reader, POLLIN, clock_now() + 10);
	}
}

static in_port_t
port_in(const char *before)
{
	return (in_port_t)strtol(await_text(before) + strlen(before), NULL, 10);
}

static void
begin(int cell)
{
	const char *args[32] = {server_program(), "-p", "0", "-w", "2", "-r",
	    tree.path, "--access-log", "-", "--status", "0"};
	int n = 11, tell[2];

	open_ends();
	workers = strcmp(matrix_model(cell), "prefork") == 0 ? 2 : 1;
	n += matrix_arguments(cell, args + n);
	if (kind == A_FIFO) {
		args[n++] = "--log";
		args[n++] = tree_path(&tree, "fifo");
		args[8] = tree_path(&tree, "fifo");
	}
	ck_assert_int_eq(pipe(tell), 0);
	child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		(void)setsid();
		(void)signal(SIGPIPE, SIG_DFL);
		if (kind == A_JOB)
			be_shell(args, tell[1]);
		be_server(args);
	}
	guard_group(child);
	server.pid = child;
	if (kind == A_JOB)
		ck_assert_int_eq(read(tell[0], &server.pid, sizeof(pid_t)),
		    (int)sizeof(pid_t));
	guard_group(server.pid);
	(void)close(tell[0]);
	(void)close(tell[1]);
	len = 0;
	(void)await_text("prefork: ready");
	server.err = -1; /* it is read here */
	server.port4 = port_in("listening on 127.0.0.1:");
	server.status4 = port_in("status on 127.0.0.1:");
}

/* There is no room any more, and the description is as it was. */
static void
fill(void)
{
	static char waste[4096];
	char name[64], stop = STOP;
	int fd = writer, flags;

	memset(waste, '\n', sizeof(waste));
	if (kind == A_JOB)
		return;
	if (kind == A_TERMINAL) {
		ck_assert_int_eq(write(reader, &stop, 1), 1);
		return;
	}
	flags = fcntl(writer, F_GETFL);
	if (kind == A_SOCKET) {
		while (send(fd, waste, sizeof(waste), MSG_DONTWAIT) > 0 ||
		       send(fd, waste, 1, MSG_DONTWAIT) > 0)
			;
	} else {
		(void)snprintf(name, sizeof(name), "/dev/fd/%d",
		    kind == A_FIFO ? reader : writer);
		fd = open(name, O_WRONLY | O_NONBLOCK);
		ck_assert_int_ge(fd, 0);
		while (write(fd, waste, sizeof(waste)) > 0 ||
		       write(fd, waste, 1) > 0)
			;
		(void)close(fd);
	}
	ck_assert_int_eq(flags & O_NONBLOCK, 0);
}

/* What was written goes on; what was stopped may. */
static void
empty(void)
{
	char go = GO;

	if (kind == A_TERMINAL)
		ck_assert_int_eq(write(reader, &go, 1), 1);
	len = 0;
	listen_in();
}

/* All of it is served, and each answer has a line in the access log. */
static void
be_served(void)
{
	static struct response r;
	int c = client_open(&server), i;

	for (i = 0; i < REQUESTS; i++) {
		http_get(c, "/file", &r);
		ck_assert_str_eq(r.body, "hello\n");
	}
	client_close(c);
}

/* A child dies, is reaped and replaced. */
static void
kill_one(void)
{
	int64_t until = deadline();
	pid_t pids[8];
	pid_t victim;

	ck_assert_int_ge(server_workers(&server, pids, 8), 1);
	victim = pids[0];
	ck_assert_int_eq(kill(victim, SIGKILL), 0);
	while (kill(victim, 0) == 0 ||
	       server_workers(&server, pids, 8) < workers) {
		ck_assert_msg(clock_now() < until, "not reaped or replaced");
		(void)poll(NULL, 0, 10);
	}
}

/* The master says so before it does it. */
static void
have_one_more(void)
{
	int64_t until = deadline();
	pid_t pids[8];

	ck_assert_int_eq(kill(server.pid, SIGTTIN), 0);
	workers++;
	while (server_workers(&server, pids, 8) < workers) {
		ck_assert_msg(clock_now() < until, "no worker more");
		(void)poll(NULL, 0, 10);
	}
}

static void
end(void)
{
	int64_t until = deadline();
	int status;

	ck_assert_int_eq(kill(server.pid, SIGTERM), 0);
	while (waitpid(child, &status, WNOHANG) == 0) {
		ck_assert_msg(clock_now() < until, "TERM does nothing");
		(void)poll(NULL, 0, 10);
	}
	ck_assert_int_eq(status, 0);
	while (group_alive(server.pid)) {
		ck_assert_msg(clock_now() < until, "a process is left");
		(void)poll(NULL, 0, 10);
	}
	if (kind == A_JOB)
		guard_group_gone(server.pid);
	guard_group_gone(child);
	(void)close(reader);
	(void)close(writer);
	tree_remove(&tree);
}

static void
try_unread(enum kind what, int cell)
{
	int i;

	kind = what;
	begin(cell);
	fill();
	for (i = 0; i < DEATHS; i++) {
		kill_one();
		be_served();
	}
	/* Those of who takes over may come late, this one does not. */
	if (workers > 1)
		have_one_more();
	empty();
	(void)await_text(kind == A_JOB ? "killed by SIGKILL" : " of the log w");
	fill();
	kill_one();
	be_served();
	end();
}

START_TEST(a_full_pipe_delays_nobody)
{
	try_unread(A_PIPE, _i);
}
END_TEST

START_TEST(a_full_fifo_delays_nobody)
{
	try_unread(A_FIFO, _i);
}
END_TEST

START_TEST(a_full_socket_delays_nobody)
{
	try_unread(A_SOCKET, _i);
}
END_TEST

START_TEST(a_stopped_terminal_delays_nobody)
{
	try_unread(A_TERMINAL, _i);
}
END_TEST

/* Nor does it take a worker away, as SIGTTOU to the master would. */
START_TEST(a_terminal_that_stops_who_writes_delays_nobody)
{
	try_unread(A_JOB, _i);
	ck_assert_ptr_null(strstr(text, "1 worker wanted"));
}
END_TEST

/* How many lines the log itself says it has lost. */
static long
count_told(void)
{
	const char *at = text;
	long n, sum = 0;
	char more;

	listen_in();
	while ((at = strstr(at, "prefork: ")) != NULL) {
		at += strlen("prefork: ");
		if (sscanf(at, "%ld line%*[ fos]the log w%c", &n, &more) == 2)
			sum += n;
	}
	return sum;
}

/* How many the status says. */
static long
count_lost(void)
{
	static const char name[] = "lost_total{log=\"event\"} ";
	static struct response r;
	const char *at;
	int c = client_open_status(&server);

	http_get(c, "/metrics", &r);
	client_close(c);
	at = strstr(r.body, name);
	ck_assert_ptr_nonnull(at);
	return strtol(at + strlen(name), NULL, 10);
}

static void
await_as_many_lost_as_told(long least)
{
	int64_t until = deadline();
	long told = 0, lost = 0;

	while (told < least || lost != told) {
		ck_assert_msg(
		    clock_now() < until, "%ld lost, %ld told", lost, told);
		(void)wait_ready(reader, POLLIN, clock_now() + 10);
		told = count_told();
		lost = count_lost();
	}
}

/* The executors, the master and the keeper. */
START_TEST(what_is_lost_is_counted_and_told_whoever_says_it)
{
	pid_t master;

	kind = A_FIFO;
	begin(_i);
	fill();
	if (workers > 1)
		have_one_more();
	kill_one();
	await_as_many_lost_as_told(1);
	master = server_master(&server);
	if (master != server.pid) {
		fill();
		ck_assert_int_eq(kill(master, SIGKILL), 0);
		(void)server_await_master(&server, master);
		await_as_many_lost_as_told(count_told() + 1);
	}
	end();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("unread");
	TCase *tc = suite_case(suite, "unread");

	if (!proc_visible())
		return suite_run(suite);
	in_all_cells(tc, a_full_pipe_delays_nobody);
	in_all_cells(tc, a_full_fifo_delays_nobody);
	in_all_cells(tc, a_full_socket_delays_nobody);
	in_all_cells(tc, a_stopped_terminal_delays_nobody);
	in_all_cells(tc, a_terminal_that_stops_who_writes_delays_nobody);
	in_all_cells(tc, what_is_lost_is_counted_and_told_whoever_says_it);
	return suite_run(suite);
}
