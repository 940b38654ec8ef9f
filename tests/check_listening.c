/*
 * Where a server listens: at several addresses, at files; and what a takeover
 * makes of clients of whose bytes the kernel keeps no count.
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "bench/proc.h"
#include "family.h"
#include "matrix.h"
#include "os/listener.h"
#include "peer.h"
#include "program.h"
#include "server.h"
#include "suite.h"
#include "takeover.h"

enum { SYSTEM = 111 };

static struct tree place;
static struct result result;
static char path[LISTENER_PATH], address[LISTENER_TEXT];

static void
make_place(void)
{
	tree_make(&place);
	(void)snprintf(path, sizeof(path), "%.90s/socket", place.path);
	(void)snprintf(address, sizeof(address), "unix:%s", path);
}

static void
remove_place(void)
{
	tree_remove(&place);
}

static bool
is_there(void)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

/* Somebody else's socket, with its file. */
static int
take_path(void)
{
	struct sockaddr_un addr;
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	memset(&addr, 0, sizeof(addr));
	addr.sun_family = AF_UNIX;
	(void)snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", path);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(
	    bind(fd, (const struct sockaddr *)&addr, sizeof(addr)), 0);
	return fd;
}

static void
talk(int c)
{
	greet(c);
	client_close(c);
}

START_TEST(every_address_is_served_in_every_model)
{
	server_run_in(&server, _i, "-w", "1", "-b", address, "-b", "127.0.0.1",
	    "-b", "::1", "-r", "/");
	talk(client_open(&server));
	talk(client_open6(&server));
	talk(client_open_path(path));
	ck_assert_uint_eq(server.port4, server.port6);
	server_finish(&server);
	ck_assert(!is_there());
}
END_TEST

/* Where a unix socket has such bytes. */
START_TEST(urgent_bytes_are_echoed_like_others)
{
	int i, k, c;

	server_run_in(&server, _i, "-w", "1", "-b", address, "-b", "127.0.0.1",
	    "-r", "/", "-s", "echo");
	for (i = 0; i < 2; i++) {
		c = i == 0 ? client_open(&server) : client_open_path(path);
		for (k = 0; k < 3; k++) {
			send_text(c, "ab");
			if (send(c, "!", 1, MSG_OOB) != 1)
				send_text(c, "!");
			send_text(c, "cd\n");
			expect(c, "ab!cd\n");
		}
		client_close(c);
	}
	server_finish(&server);
}
END_TEST

START_TEST(more_addresses_than_there_is_room_for_are_refused)
{
	program_run(&result, NULL, "/bin/sh", "-c",
	    "exec \"$0\" -p 0 -r / $(for i in 1 2 3 4 5 6 7 8 9 10 11; do "
	    "echo -b 127.0.0.$i; done)",
	    server_program(), NULL);
	ck_assert_int_eq(result.status, SYSTEM);
	ck_assert_ptr_nonnull(strstr(result.err, "127.0.0.11"));
}
END_TEST

START_TEST(a_file_has_the_mode_that_was_asked_for)
{
	struct stat st;

	(void)umask(0);
	if (_i == 0)
		server_run(&server, "-w", "1", "-b", address, "-r", "/");
	else
		server_run(&server, "-w", "1", "-b", address, "--socket-mode",
		    "0602", "-r", "/");
	ck_assert_int_eq(lstat(path, &st), 0);
	ck_assert(S_ISSOCK(st.st_mode));
	ck_assert_int_eq((int)st.st_mode & 07777, _i == 0 ? 0660 : 0602);
	talk(client_open_path(path));
	server_finish(&server);
}
END_TEST

START_TEST(a_file_has_the_owner_that_was_asked_for)
{
	struct stat st;

	if (geteuid() != 0)
		return;
	server_run(&server, "-w", "1", "-b", address, "--socket-owner",
	    "54321:54322", "-r", "/");
	ck_assert_int_eq(lstat(path, &st), 0);
	ck_assert_int_eq((int)st.st_uid, 54321);
	ck_assert_int_eq((int)st.st_gid, 54322);
	server_finish(&server);
	program_run(&result, NULL, server_program(), "-b", address,
	    "--socket-owner", "no-such-user", "-r", "/", NULL);
	ck_assert_int_eq(result.status, SYSTEM);
	ck_assert_ptr_nonnull(
	    strstr(result.err, "--socket-owner no-such-user"));
	ck_assert_ptr_nonnull(strstr(result.err, "no such user"));
	ck_assert(!is_there());
}
END_TEST

/* By -t. NULL: nothing is wrong. */
static void
expect_test(const char *option, const char *value, const char *why)
{
	program_run(&result, NULL, server_program(), "-t", "-p", "0", "-r", "/",
	    option, value, NULL);
	ck_assert_msg(result.status == (why == NULL ? 0 : SYSTEM), "%s %s: %s",
	    option, value, result.err);
	if (why != NULL)
		ck_assert_msg(strstr(result.err, value) != NULL &&
				  strstr(result.err, why) != NULL,
		    "%s", result.err);
}

START_TEST(a_test_of_the_options_finds_where_no_file_can_be)
{
	static const char *const options[] = {"-b", "--status"};
	int fd;

	expect_test("--socket-owner", "no-such-user", "no such user");
	expect_test(options[_i], "unix:/nowhere/at/all", "No such file");
	expect_test(options[_i], "unix:/dev/null", "Address already in use");
	expect_test(options[_i], "unix:/dev/null/x", "Not a directory");
	expect_test(options[_i], address, NULL);
	ck_assert(!is_there());
	fd = take_path();
	ck_assert_int_eq(listen(fd, 1), 0);
	expect_test(options[_i], address, NULL);
	ck_assert(is_there());
	program_run(&result, NULL, server_program(), "-t", "-r", "/", "-b",
	    address, options[_i], address, NULL);
	ck_assert_int_eq(result.status, SYSTEM);
	ck_assert_ptr_nonnull(strstr(result.err, "Address already in use"));
	(void)close(fd);
	ck_assert_int_eq(unlink(path), 0);
}
END_TEST

static const struct {
	const char *bind, *status;
	int outcome;
} same_ports[] = {
    {"127.0.0.1", "5000", SYSTEM},
    {"127.0.0.1", "5001", 0},
    {"127.0.0.1", "127.0.0.2:5000", 0},
    {"127.0.0.1", "127.0.0.1:5000", SYSTEM},
    {"0.0.0.0", "127.0.0.2:5000", SYSTEM},
};

/* Though it takes other ports, which are free. */
START_TEST(a_test_of_the_options_finds_a_port_that_is_given_twice)
{
	program_run(&result, NULL, server_program(), "-t", "-p", "5000", "-r",
	    "/", "-b", same_ports[_i].bind, "--status", same_ports[_i].status,
	    geteuid() == 0 ? "-unobody" : "-v", NULL);
	ck_assert_msg(result.status == same_ports[_i].outcome, "%d: %s",
	    result.status, result.err);
	if (result.status != 0)
		ck_assert_ptr_nonnull(strstr(result.err, "--status"));
}
END_TEST

START_TEST(a_file_that_was_left_behind_is_replaced)
{
	int fd = take_path();

	ck_assert_int_eq(listen(fd, 1), 0);
	(void)close(fd);
	ck_assert(is_there());
	server_run(&server, "-w", "1", "-b", address, "-r", "/");
	talk(client_open_path(path));
	server_finish(&server);
	ck_assert(!is_there());
}
END_TEST

static void
expect_refusal(void)
{
	program_run(
	    &result, NULL, server_program(), "-b", address, "-r", "/", NULL);
	ck_assert_msg(
	    result.status == SYSTEM, "%d: %s", result.status, result.err);
	ck_assert_ptr_nonnull(strstr(result.err, path));
	ck_assert_ptr_nonnull(strstr(result.err, "in use"));
	ck_assert(is_there());
}

START_TEST(what_is_somebody_elses_is_left_alone)
{
	int fd = take_path();

	ck_assert_int_eq(listen(fd, 1), 0);
	expect_refusal();
	(void)close(fd);
	ck_assert_int_eq(unlink(path), 0);
	tree_file(&place, "socket", "a file\n");
	expect_refusal();
	ck_assert_int_eq(unlink(path), 0);
	tree_link(&place, "socket", "nowhere");
	expect_refusal();
}
END_TEST

START_TEST(a_file_that_another_has_made_meanwhile_stays)
{
	server_run(&server, "-w", "1", "-b", address, "-r", "/");
	ck_assert_int_eq(unlink(path), 0);
	tree_file(&place, "socket", "a file\n");
	server_finish(&server);
	ck_assert(is_there());
}
END_TEST

START_TEST(a_test_of_options_leaves_a_running_servers_file)
{
	server_run(&server, "-w", "1", "-b", address, "-r", "/");
	program_run(&result, NULL, server_program(), "-t", "-b", address, "-r",
	    "/", NULL);
	ck_assert_int_eq(result.status, 0);
	talk(client_open_path(path));
	server_finish(&server);
}
END_TEST

START_TEST(the_access_log_says_that_there_is_no_address)
{
	static struct response r;
	char log[160];
	int c;

	(void)snprintf(log, sizeof(log), "%s/log", place.path);
	server_run(&server, "-w", "1", "-b", address, "--access-log", log, "-r",
	    place.path);
	c = client_open_path(path);
	http_get(c, "/", &r);
	ck_assert_int_eq(r.status, 200);
	client_close(c);
	server_finish(&server);
	program_run(&result, NULL, "/bin/cat", log, NULL);
	ck_assert_msg(
	    strncmp(result.out, "unix: - - [", 11) == 0, "%s", result.out);
}
END_TEST

/* --- takeovers --- */

static int
open_client(void)
{
	server_run(
	    &server, "-w", "1", "-b", address, "-r", tree.path, "--demo");
	return client_open_path(path);
}

/* Until it sleeps: it has nothing to sleep for but its poller. */
static void
await_wait(pid_t pid)
{
	int64_t until = deadline();
	struct proc p;

	do {
		ck_assert_int_lt(clock_now(), until);
		(void)poll(NULL, 0, 1);
		ck_assert(proc_look(&p, pid));
	} while (p.state != 'S');
}

/* The worker waits: nobody is being served. A later client that has been
 * answered says that no other is; its own turn may not have ended yet. */
static void
kill_waiting_worker(int others)
{
	int later = client_open_path(path);
	pid_t pid;

	greet(later);
	server_await_workers(&server, &pid, 1);
	await_wait(pid);
	kill_worker(others + 1);
	client_close(later);
}

START_TEST(clients_by_a_file_outlive_their_worker)
{
	static struct response r;
	int idle = open_client(), half = client_open_path(path);

	greet(idle);
	send_text(half, "GET /small HT");
	kill_waiting_worker(2);
	kill_waiting_worker(2);
	greet(idle);
	send_text(half, "TP/1.1\r\nHost: x\r\n\r\n");
	http_read(half, &r);
	ck_assert_int_eq(r.status, 200);
	ck_assert_str_eq(r.body, "small\n");
	client_close(half);
	client_close(idle);
	server_finish(&server);
}
END_TEST

START_TEST(a_client_by_a_file_that_does_not_read_gets_all_in_the_end)
{
	int c = open_client();
	uint64_t sent = send_until_full(c, 64 << 20);

	kill_waiting_worker(1);
	kill_waiting_worker(1);
	expect_pattern(c, 0, sent);
	client_close(c);
	server_finish(&server);
}
END_TEST

START_TEST(a_download_by_a_file_goes_on)
{
	static struct response r;
	int c = open_client();

	send_text(c, "GET /big HTTP/1.1\r\nHost: x\r\n\r\n");
	http_read_head(c, &r);
	ck_assert_int_eq(r.status, 200);
	kill_waiting_worker(1);
	expect_pattern(c, 0, FILE_BYTES);
	client_close(c);
	server_finish(&server);
}
END_TEST

/* Until the worker has taken what was sent. */
static void
await_taken(int c)
{
	int64_t until = deadline();
	int left = 1;

	while (left > 0) {
		ck_assert_int_eq(ioctl(c, TIOCOUTQ, &left), 0);
		ck_assert_int_lt(clock_now(), until);
		(void)poll(NULL, 0, 1);
	}
}

/* Where the worker is in the middle of one client, that one alone is lost. */
START_TEST(who_was_being_served_alone_is_dropped)
{
	int idle = open_client(), served = client_open_path(path);
	pid_t worker;

	greet(idle);
	greet(served);
	send_text(served, "!hang\n");
	await_taken(served);
	server_await_workers(&server, &worker, 1);
	ck_assert_int_eq(kill(worker, SIGKILL), 0);
	(void)server_expect_log(&server,
	    "worker 0 * took over *SIGKILL*: 1 client kept, 1 dropped");
	expect_gone(served);
	greet(idle);
	client_close(served);
	client_close(idle);
	server_finish(&server);
}
END_TEST

START_TEST(nobody_is_dropped_when_a_worker_is_renewed)
{
	uint64_t sent;
	int c = open_client(), i;

	sent = send_until_full(c, 64 << 20);
	for (i = 0; i < 3; i++) {
		server_signal(&server, SIGHUP);
		(void)server_expect_log(&server, "renewing all workers");
		(void)server_expect_log(&server, "1 client kept, 0 dropped");
	}
	expect_pattern(c, 0, sent);
	client_close(c);
	server_finish(&server);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("listening");
	TCase *tc = suite_case(suite, "files");

	tcase_add_checked_fixture(tc, make_place, remove_place);
	in_all_cells(tc, every_address_is_served_in_every_model);
	in_all_cells(tc, urgent_bytes_are_echoed_like_others);
	tcase_add_test(tc, more_addresses_than_there_is_room_for_are_refused);
	tcase_add_loop_test(tc, a_file_has_the_mode_that_was_asked_for, 0, 2);
	tcase_add_test(tc, a_file_has_the_owner_that_was_asked_for);
	tcase_add_loop_test(
	    tc, a_test_of_the_options_finds_where_no_file_can_be, 0, 2);
	tcase_add_loop_test(tc,
	    a_test_of_the_options_finds_a_port_that_is_given_twice, 0,
	    (int)(sizeof(same_ports) / sizeof(same_ports[0])));
	tcase_add_test(tc, a_file_that_was_left_behind_is_replaced);
	tcase_add_test(tc, what_is_somebody_elses_is_left_alone);
	tcase_add_test(tc, a_file_that_another_has_made_meanwhile_stays);
	tcase_add_test(tc, a_test_of_options_leaves_a_running_servers_file);
	tcase_add_test(tc, the_access_log_says_that_there_is_no_address);
	tc = takeover_case(suite, "takeovers");
	if (tc == NULL)
		return suite_run(suite);
	tcase_add_checked_fixture(tc, make_place, remove_place);
	tcase_add_test(tc, clients_by_a_file_outlive_their_worker);
	tcase_add_test(
	    tc, a_client_by_a_file_that_does_not_read_gets_all_in_the_end);
	tcase_add_test(tc, a_download_by_a_file_goes_on);
	tcase_add_test(tc, who_was_being_served_alone_is_dropped);
	tcase_add_test(tc, nobody_is_dropped_when_a_worker_is_renewed);
	return suite_run(suite);
}
