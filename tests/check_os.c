/*
 * check_os - signals, memory, files, kin and addresses.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check_main.h"
#include "descriptors.h"
#include "os/file.h"
#include "os/listener.h"
#include "os/memory.h"
#include "os/process.h"
#include "os/signals.h"
#include "os/socket.h"

static void
expect_option(int fd, int level, int name)
{
	socklen_t len = sizeof(int);
	int value = 0;

	ck_assert_int_eq(getsockopt(fd, level, name, &value, &len), 0);
	ck_assert_int_ne(value, 0);
}

static void
expect_nonblocking_and_private(int fd)
{
	ck_assert_int_ne(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
	ck_assert_int_ne(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
}

/* --- signals --- */

static const int caught[] = {SIGUSR1, SIGTERM, SIGHUP, 0};

static void
drop_signals(void)
{
	const int also[] = {SIGPIPE, 0};

	signals_default(caught);
	signals_default(also);
	ck_assert_int_eq(close(signals_fd()), 0);
}

START_TEST(test_both_ends_of_a_pipe_never_block)
{
	int ends[2];
	char byte;

	ck_assert_int_eq(pipe_nonblocking(ends), 0);
	expect_nonblocking_and_private(ends[0]);
	expect_nonblocking_and_private(ends[1]);
	ck_assert_int_eq(read(ends[0], &byte, 1), -1);
	ck_assert_int_eq(errno, EAGAIN);
	ck_assert_int_eq(write(ends[1], "x", 1), 1);
	ck_assert_int_eq(read(ends[0], &byte, 1), 1);
	ck_assert_int_eq(byte, 'x');
	close_both(ends);
}
END_TEST

START_TEST(test_signals_become_bytes_in_their_order)
{
	struct pollfd p;

	ck_assert_int_eq(signals_open(caught), 0);
	expect_nonblocking_and_private(signals_fd());
	ck_assert_int_eq(signals_next(), 0);
	ck_assert_int_eq(raise(SIGTERM), 0);
	ck_assert_int_eq(raise(SIGUSR1), 0);
	ck_assert_int_eq(raise(SIGTERM), 0);
	ck_assert_int_eq(raise(SIGHUP), 0);
	p.fd = signals_fd();
	p.events = POLLIN;
	ck_assert_int_eq(poll(&p, 1, 0), 1);
	ck_assert_int_eq(signals_next(), SIGTERM);
	ck_assert_int_eq(signals_next(), SIGUSR1);
	ck_assert_int_eq(signals_next(), SIGTERM);
	ck_assert_int_eq(signals_next(), SIGHUP);
	ck_assert_int_eq(signals_next(), 0);
	ck_assert_int_eq(poll(&p, 1, 0), 0);
	drop_signals();
}
END_TEST

START_TEST(test_what_was_blocked_is_let_in)
{
	sigset_t all, now;

	sigfillset(&all);
	ck_assert_int_eq(sigprocmask(SIG_SETMASK, &all, NULL), 0);
	ck_assert_int_eq(raise(SIGPIPE), 0);
	ck_assert_int_eq(signals_open(caught), 0);
	ck_assert_int_eq(sigprocmask(SIG_SETMASK, NULL, &now), 0);
	ck_assert_int_eq(sigismember(&now, SIGUSR1), 0);
	/* SIGPIPE is ignored: we are still here. */
	ck_assert_int_eq(raise(SIGPIPE), 0);
	ck_assert_int_eq(signals_next(), 0);
	drop_signals();
}
END_TEST

START_TEST(test_a_full_pipe_neither_blocks_nor_changes_errno)
{
	enum { MORE_THAN_FITS = 70000 };
	int i, n = 0;

	ck_assert_int_eq(signals_open(caught), 0);
	errno = EXDEV;
	for (i = 0; i < MORE_THAN_FITS; i++)
		(void)raise(SIGUSR1);
	ck_assert_int_eq(errno, EXDEV);
	while (signals_next() == SIGUSR1)
		n++;
	ck_assert_int_ge(n, 1000);
	ck_assert_int_lt(n, MORE_THAN_FITS);
	drop_signals();
}
END_TEST

START_TEST(test_the_pipe_of_signals_can_be_moved)
{
	int before = next_descriptor();

	ck_assert_int_eq(signals_open(caught), 0);
	ck_assert_int_eq(raise(SIGUSR1), 0);
	ck_assert_int_eq(signals_move(200, 201), 0);
	ck_assert_int_eq(signals_fd(), 200);
	expect_nonblocking_and_private(200);
	expect_nonblocking_and_private(201);
	ck_assert_int_eq(next_descriptor(), before);
	ck_assert_int_eq(raise(SIGTERM), 0);
	/* To where they are is no move. */
	ck_assert_int_eq(signals_move(200, 201), 0);
	ck_assert_int_eq(raise(SIGHUP), 0);
	ck_assert_int_eq(signals_next(), SIGUSR1);
	ck_assert_int_eq(signals_next(), SIGTERM);
	ck_assert_int_eq(signals_next(), SIGHUP);
	ck_assert_int_eq(signals_next(), 0);
	drop_signals();
	ck_assert_int_eq(close(201), 0);
}
END_TEST

START_TEST(test_the_default_is_restored_and_unblocked)
{
	struct sigaction sa;
	sigset_t now;
	size_t i;

	ck_assert_int_eq(signals_open(caught), 0);
	sigfillset(&now);
	ck_assert_int_eq(sigprocmask(SIG_SETMASK, &now, NULL), 0);
	signals_default(caught);
	ck_assert_int_eq(sigprocmask(SIG_SETMASK, NULL, &now), 0);
	for (i = 0; caught[i] != 0; i++) {
		ck_assert_int_eq(sigaction(caught[i], NULL, &sa), 0);
		ck_assert(sa.sa_handler == SIG_DFL);
		ck_assert_int_eq(sigismember(&now, caught[i]), 0);
	}
	drop_signals();
}
END_TEST

START_TEST(test_signals_have_their_short_names)
{
	static const struct {
		int signo;
		const char *name;
	} names[] = {
	    {SIGKILL, "KILL"},
	    {SIGTERM, "TERM"},
	    {SIGSEGV, "SEGV"},
	    {SIGABRT, "ABRT"},
	    {SIGBUS, "BUS"},
	    {SIGHUP, "HUP"},
	    {SIGINT, "INT"},
	    {SIGQUIT, "QUIT"},
	    {SIGUSR1, "USR1"},
	    {SIGUSR2, "USR2"},
	    {SIGCHLD, "CHLD"},
	    {SIGXFSZ, "XFSZ"},
	    {0, "?"},
	    {-1, "?"},
	    {9999, "?"},
	};
	size_t i;

	for (i = 0; i < LENGTH(names); i++)
		ck_assert_str_eq(signals_name(names[i].signo), names[i].name);
}
END_TEST

/* --- children --- */

static int
wait_for(pid_t pid)
{
	int status;

	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return status;
}

/* A child that lives until the end returned in *leash is closed. */
static pid_t
leashed_child(int *leash)
{
	int ends[2];
	char byte;
	pid_t pid;

	ck_assert_int_eq(pipe(ends), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		(void)close(ends[1]);
		_exit(read(ends[0], &byte, 1) == 0 ? 0 : 1);
	}
	ck_assert_int_eq(close(ends[0]), 0);
	*leash = ends[1];
	return pid;
}

START_TEST(test_a_child_is_one_until_it_is_reaped)
{
	siginfo_t info;
	int leash;
	pid_t pid = leashed_child(&leash);

	ck_assert(process_is_child(pid));
	/* To ask is not to reap. */
	ck_assert(process_is_child(pid));
	ck_assert_int_eq(close(leash), 0);
	ck_assert_int_eq(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
	ck_assert(process_is_child(pid));
	ck_assert_int_eq(wait_for(pid), 0);
	ck_assert(!process_is_child(pid));
}
END_TEST

START_TEST(test_parents_and_siblings_are_no_children)
{
	int leash, status;
	pid_t sibling = leashed_child(&leash), pid;

	ck_assert(!process_is_child(getpid()));
	ck_assert(!process_is_child(getppid()));
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0)
		_exit(process_is_child(sibling) ||
			      process_is_child(getppid()) ||
			      process_is_child(getpid())
			  ? 1
			  : 0);
	status = wait_for(pid);
	ck_assert_int_eq(close(leash), 0);
	ck_assert_int_eq(wait_for(sibling), 0);
	ck_assert_int_eq(status, 0);
}
END_TEST

/* --- memory --- */

START_TEST(test_shared_memory_is_zeroed_and_on_a_page)
{
	size_t page = memory_page(), size = 3 * page + 1, i;
	unsigned char *p = memory_shared(size);

	ck_assert_ptr_nonnull(p);
	ck_assert_uint_eq((uintptr_t)p % page, 0);
	for (i = 0; i < size; i++)
		ck_assert_uint_eq(p[i], 0);
	memory_drop(p, size);
}
END_TEST

START_TEST(test_shared_memory_is_one_for_parent_and_child)
{
	size_t size = 2 * memory_page();
	volatile unsigned char *p = memory_shared(size);
	pid_t pid;

	p[0] = 1;
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		p[size - 1] = (unsigned char)(p[0] + 1);
		/* The parent keeps what this process gives back. */
		memory_drop((void *)p, size);
		_exit(0);
	}
	ck_assert_int_eq(wait_for(pid), 0);
	ck_assert_uint_eq(p[size - 1], 2);
	memory_drop((void *)p, size);
}
END_TEST

START_TEST(test_too_much_memory_is_none)
{
	errno = 0;
	ck_assert_ptr_null(memory_shared(SIZE_MAX / 2));
	ck_assert_int_ne(errno, 0);
}
END_TEST

/* In a child: the page is for reading only, and at is written. */
static int
write_in_child(volatile unsigned char *p, size_t page, size_t at)
{
	const int faults[] = {SIGSEGV, SIGBUS, 0};
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		/* A sanitizer would catch what we want to see. */
		signals_default(faults);
		process_no_core();
		if (memory_read_only((void *)p, page) != 0 || p[at] != 5)
			_exit(2);
		p[at] = 6;
		_exit(0);
	}
	return wait_for(pid);
}

START_TEST(test_a_write_to_memory_for_reading_is_death)
{
	size_t page = memory_page(), last = page - 1;
	volatile unsigned char *p = memory_shared(2 * page);
	int status;

	p[0] = p[last] = p[page] = 5;
	status = write_in_child(p, page, last);
	ck_assert(WIFSIGNALED(status));
	ck_assert(WTERMSIG(status) == SIGSEGV || WTERMSIG(status) == SIGBUS);
	ck_assert_uint_eq(p[last], 5);
	/* The page behind it is as it was, and so is the parent's. */
	ck_assert_int_eq(write_in_child(p, page, page), 0);
	ck_assert_uint_eq(p[page], 6);
	p[0] = 7;
	ck_assert_uint_eq(p[0], 7);
	memory_drop((void *)p, 2 * page);
}
END_TEST

START_TEST(test_a_file_of_memory_is_empty_and_has_no_name)
{
	int fd = memory_file();
	struct stat st;
	char text[8];

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert_int_eq(st.st_size, 0);
	ck_assert_int_eq(st.st_nlink, 0);
	ck_assert_int_ne(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
	ck_assert_int_eq(fcntl(fd, F_GETFL) & O_ACCMODE, O_RDWR);
	ck_assert_int_eq(pwrite(fd, "text", 4, 0), 4);
	ck_assert_int_eq(pread(fd, text, sizeof(text), 0), 4);
	ck_assert_mem_eq(text, "text", 4);
	ck_assert_int_eq(close(fd), 0);
}
END_TEST

/* --- files --- */

enum { FILE_BYTES = 300007 };

static const struct {
	const char *name;
	ssize_t (*send)(int, int, int64_t, int64_t);
} twins[] = {{"send", file_send}, {"copy", file_copy}};

static const struct {
	int64_t offset, len;
	int64_t due;
} pieces[] = {
    {0, FILE_BYTES, FILE_BYTES},
    {0, 1, 1},
    {0, 0, 0},
    {1, 32767, 32767},
    {5, 32768, 32768},
    {7, 32769, 32769},
    {123457, 100000, 100000},
    {FILE_BYTES - 1, 1, 1},
    {FILE_BYTES - 1, 100, 1},
    {FILE_BYTES - 40000, INT64_MAX, 40000},
    {FILE_BYTES, 1, 0},
    {FILE_BYTES, INT64_MAX, 0},
    {FILE_BYTES + 1, 1, 0},
    {INT64_C(1) << 40, 100, 0},
};

static char bytes[FILE_BYTES], got[FILE_BYTES];

static int
filled_file(void)
{
	int fd = memory_file();
	uint32_t x = 1;
	size_t i;

	for (i = 0; i < sizeof(bytes); i++) {
		x = x * 1664525 + 1013904223;
		bytes[i] = (char)(x >> 24);
	}
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, bytes, sizeof(bytes)), FILE_BYTES);
	return fd;
}

static void
socket_pair(int ends[2])
{
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	ck_assert_int_eq(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
	ck_assert_int_eq(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
}

/* Reads what is there behind the first n bytes. Returns how many are now. */
static int64_t
drain(int fd, int64_t n)
{
	ssize_t more;

	while (n < FILE_BYTES &&
	       (more = read(fd, got + n, (size_t)(FILE_BYTES - n))) > 0)
		n += more;
	return n;
}

START_TEST(test_both_send_the_same_piece_of_a_file)
{
	int file = filled_file(), ends[2];
	int64_t sent, arrived;
	ssize_t n;
	size_t i;

	for (i = 0; i < LENGTH(twins); i++) {
		socket_pair(ends);
		sent = arrived = 0;
		while (sent < pieces[_i].len) {
			n = twins[i].send(ends[0], file,
			    pieces[_i].offset + sent, pieces[_i].len - sent);
			if (n == 0)
				break;
			ck_assert(n > 0 || errno == EAGAIN);
			sent += n > 0 ? n : 0;
			arrived = drain(ends[1], arrived);
		}
		ck_assert_int_eq(sent, pieces[_i].due);
		ck_assert_int_eq(arrived, pieces[_i].due);
		if (arrived > 0)
			ck_assert_mem_eq(
			    got, bytes + pieces[_i].offset, (size_t)arrived);
		ck_assert_int_eq(
		    twins[i].send(ends[0], file, pieces[_i].offset + sent, 0),
		    0);
		close_both(ends);
	}
	/* Neither moves the place where the file is read. */
	ck_assert_int_eq(lseek(file, 0, SEEK_CUR), FILE_BYTES);
	ck_assert_int_eq(close(file), 0);
}
END_TEST

START_TEST(test_a_full_socket_says_so)
{
	int file = filled_file(), ends[2], tries;
	size_t i;

	for (i = 0; i < LENGTH(twins); i++) {
		socket_pair(ends);
		for (tries = 0; tries < 1000; tries++)
			if (twins[i].send(ends[0], file, 0, FILE_BYTES) < 0)
				break;
		ck_assert_int_eq(errno, EAGAIN);
		ck_assert_int_lt(tries, 1000);
		close_both(ends);
	}
	ck_assert_int_eq(close(file), 0);
}
END_TEST

START_TEST(test_a_peer_that_is_gone_and_a_file_that_is_none_are_errors)
{
	int file = filled_file(), ends[2], here = next_descriptor();
	size_t i;

	(void)signal(SIGPIPE, SIG_IGN);
	for (i = 0; i < LENGTH(twins); i++) {
		socket_pair(ends);
		ck_assert_int_eq(twins[i].send(ends[0], -1, 0, 10), -1);
		ck_assert_int_eq(errno, EBADF);
		ck_assert_int_eq(close(ends[1]), 0);
		ck_assert_int_eq(twins[i].send(ends[0], file, 0, 10), -1);
		ck_assert_int_eq(errno, EPIPE);
		ck_assert_int_eq(close(ends[0]), 0);
	}
	ck_assert_int_eq(next_descriptor(), here);
	ck_assert_int_eq(close(file), 0);
	(void)signal(SIGPIPE, SIG_DFL);
}
END_TEST

/* --- addresses --- */

START_TEST(test_peers_are_written_as_addresses)
{
	static const struct {
		int family;
		const char *address;
		uint16_t port;
		const char *text;
	} rows[] = {
	    {AF_INET, "127.0.0.1", 5000, "127.0.0.1:5000"},
	    {AF_INET, "255.255.255.255", 65535, "255.255.255.255:65535"},
	    {AF_INET, "0.0.0.0", 0, "0.0.0.0:0"},
	    {AF_INET6, "::1", 5000, "[::1]:5000"},
	    {AF_INET6, "::", 1, "[::]:1"},
	    {AF_INET6, "1111:2222:3333:4444:5555:6666:7777:8888", 65535,
		"[1111:2222:3333:4444:5555:6666:7777:8888]:65535"},
	    {AF_INET6, "::ffff:255.255.255.255", 65535,
		"[::ffff:255.255.255.255]:65535"},
	    {AF_UNIX, NULL, 0, "?"},
	};
	struct sockaddr_storage address;
	struct sockaddr_in *in = (struct sockaddr_in *)&address;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&address;
	struct peer peer;
	char text[PEER_TEXT];
	size_t i;

	for (i = 0; i < LENGTH(rows); i++) {
		memset(&address, 0, sizeof(address));
		memset(&peer, 0xff, sizeof(peer));
		address.ss_family = (sa_family_t)rows[i].family;
		if (rows[i].family == AF_INET) {
			in->sin_port = htons(rows[i].port);
			inet_pton(AF_INET, rows[i].address, &in->sin_addr);
		} else if (rows[i].family == AF_INET6) {
			in6->sin6_port = htons(rows[i].port);
			inet_pton(AF_INET6, rows[i].address, &in6->sin6_addr);
		}
		peer_from(&peer, &address);
		ck_assert_uint_eq(peer.port, rows[i].port);
		peer_format(text, &peer);
		ck_assert_str_eq(text, rows[i].text);
	}
}
END_TEST

static uint16_t
port_of(int fd)
{
	struct sockaddr_storage address;
	socklen_t len = sizeof(address);
	struct peer peer;

	memset(&address, 0, sizeof(address));
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&address, &len), 0);
	peer_from(&peer, &address);
	return peer.port;
}

START_TEST(test_port_0_is_one_free_port_for_all_addresses)
{
	static const struct {
		const char *host;
		const char *name[2];
		bool loopback;
	} rows[] = {
	    {"localhost", {"127.0.0.1:%u", "[::1]:%u"}, true},
	    {"*", {"0.0.0.0:%u", "[::]:%u"}, false},
	    {"127.0.0.1", {"127.0.0.1:%u", NULL}, true},
	    {"0.0.0.0", {"0.0.0.0:%u", NULL}, false},
	};
	const char *failed, *cause;
	struct listeners l;
	char name[2][LISTENER_TEXT];
	int i, before = next_descriptor();
	unsigned port;

	ck_assert_int_eq(
	    listeners_open(&l, rows[_i].host, 0, &failed, &cause), 0);
	ck_assert_int_ge(l.count, 1);
	ck_assert_int_le(l.count, rows[_i].name[1] != NULL ? 2 : 1);
	ck_assert_int_eq(l.loopback, rows[_i].loopback);
	port = port_of(l.fd[0]);
	ck_assert_uint_ne(port, 0);
	snprintf(name[0], sizeof(name[0]), rows[_i].name[0], port);
	if (rows[_i].name[1] != NULL)
		snprintf(name[1], sizeof(name[1]), rows[_i].name[1], port);
	for (i = 0; i < l.count; i++) {
		ck_assert_uint_eq(port_of(l.fd[i]), port);
		expect_nonblocking_and_private(l.fd[i]);
		/* One of the two may be missing on the machine. */
		ck_assert(strcmp(l.name[i], name[0]) == 0 ||
			  strcmp(l.name[i], name[1]) == 0);
		if (i > 0)
			ck_assert_str_ne(l.name[i], l.name[0]);
	}
	listeners_close(&l);
	ck_assert_int_eq(l.count, 0);
	ck_assert_int_eq(next_descriptor(), before);
}
END_TEST

START_TEST(test_a_client_is_accepted_prepared_and_with_its_address)
{
	const char *failed, *cause;
	struct sockaddr_storage address;
	socklen_t len = sizeof(address);
	struct listeners l;
	struct pollfd p;
	struct peer peer;
	int client, accepted;

	ck_assert_int_eq(
	    listeners_open(&l, "127.0.0.1", 0, &failed, &cause), 0);
	ck_assert_int_eq(socket_accept(l.fd[0], &peer), -1);
	ck_assert_int_eq(errno, EAGAIN);
	ck_assert_int_eq(
	    getsockname(l.fd[0], (struct sockaddr *)&address, &len), 0);
	client = socket(AF_INET, SOCK_STREAM, 0);
	ck_assert_int_eq(connect(client, (struct sockaddr *)&address, len), 0);
	p.fd = l.fd[0];
	p.events = POLLIN;
	ck_assert_int_eq(poll(&p, 1, 30000), 1);
	accepted = socket_accept(l.fd[0], &peer);
	ck_assert_int_ge(accepted, 0);
	expect_nonblocking_and_private(accepted);
	expect_option(accepted, IPPROTO_TCP, TCP_NODELAY);
	expect_option(accepted, SOL_SOCKET, SO_KEEPALIVE);
	ck_assert_uint_eq(peer.family, 4);
	ck_assert_uint_eq(peer.port, port_of(client));
	ck_assert_int_eq(close(client), 0);
	ck_assert_int_eq(close(accepted), 0);
	listeners_close(&l);
}
END_TEST

/* --- refusals --- */

static void
expect_refusal(const char *host, uint16_t port, const char *due)
{
	const char *failed = NULL, *cause = NULL;
	struct listeners l;
	int before = next_descriptor();

	ck_assert_int_eq(listeners_open(&l, host, port, &failed, &cause), -1);
	ck_assert_str_eq(failed, host);
	ck_assert_ptr_nonnull(cause);
	if (due != NULL)
		ck_assert_str_eq(cause, due);
	ck_assert_int_gt((int)strlen(cause), 0);
	ck_assert_int_eq(l.count, 0);
	ck_assert_int_eq(next_descriptor(), before);
}

START_TEST(test_a_port_that_is_taken_is_refused_by_name)
{
	static const char *const hosts[] = {"127.0.0.1", "localhost"};
	const char *failed, *cause;
	struct listeners l;
	char in_use[128];
	size_t i;

	snprintf(in_use, sizeof(in_use), "%s", strerror(EADDRINUSE));
	for (i = 0; i < LENGTH(hosts); i++) {
		ck_assert_int_eq(
		    listeners_open(&l, hosts[i], 0, &failed, &cause), 0);
		expect_refusal(hosts[i], port_of(l.fd[0]), in_use);
		expect_refusal("localhost", port_of(l.fd[0]), in_use);
		listeners_close(&l);
	}
}
END_TEST

START_TEST(test_a_host_that_is_unknown_is_refused_by_name)
{
	/* Too long for a name: nobody's server is asked. */
	char host[301];

	memset(host, 'x', sizeof(host) - 1);
	host[sizeof(host) - 1] = '\0';
	expect_refusal(host, 0, NULL);
}
END_TEST

START_TEST(test_an_address_of_others_is_refused_by_name)
{
	char absent[128];

	/* RFC 5737: for documentation, and nobody's. */
	snprintf(absent, sizeof(absent), "%s", strerror(EADDRNOTAVAIL));
	expect_refusal("192.0.2.1", 0, absent);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, test_both_ends_of_a_pipe_never_block);
	tcase_add_test(tc, test_signals_become_bytes_in_their_order);
	tcase_add_test(tc, test_what_was_blocked_is_let_in);
	tcase_add_test(tc, test_a_full_pipe_neither_blocks_nor_changes_errno);
	tcase_add_test(tc, test_the_pipe_of_signals_can_be_moved);
	tcase_add_test(tc, test_the_default_is_restored_and_unblocked);
	tcase_add_test(tc, test_signals_have_their_short_names);
	tcase_add_test(tc, test_a_child_is_one_until_it_is_reaped);
	tcase_add_test(tc, test_parents_and_siblings_are_no_children);
	tcase_add_test(tc, test_shared_memory_is_zeroed_and_on_a_page);
	tcase_add_test(tc, test_shared_memory_is_one_for_parent_and_child);
	tcase_add_test(tc, test_too_much_memory_is_none);
	tcase_add_test(tc, test_a_write_to_memory_for_reading_is_death);
	tcase_add_test(tc, test_a_file_of_memory_is_empty_and_has_no_name);
	tcase_add_loop_test(tc, test_both_send_the_same_piece_of_a_file, 0,
	    (int)LENGTH(pieces));
	tcase_add_test(tc, test_a_full_socket_says_so);
	tcase_add_test(
	    tc, test_a_peer_that_is_gone_and_a_file_that_is_none_are_errors);
	tcase_add_test(tc, test_peers_are_written_as_addresses);
	tcase_add_loop_test(
	    tc, test_port_0_is_one_free_port_for_all_addresses, 0, 4);
	tcase_add_test(
	    tc, test_a_client_is_accepted_prepared_and_with_its_address);
	tcase_add_test(tc, test_a_port_that_is_taken_is_refused_by_name);
	tcase_add_test(tc, test_a_host_that_is_unknown_is_refused_by_name);
	tcase_add_test(tc, test_an_address_of_others_is_refused_by_name);
}

int
main(void)
{
	return check_main("os", add);
}
