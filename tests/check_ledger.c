/*
 * check_ledger - the kernel's count of what passed through a socket, to the
 * byte.
 */
#define _GNU_SOURCE
#include "config.h"

#include "os/ledger.h"

#include "check_main.h"
#include "descriptors.h"

#ifdef HAVE_LINUX

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* ours is accepted, theirs connected: there the kernel counts the SYN among
 * what was written, and nobody asks. */
static int ours, theirs;
static char data[1 << 16];

static void
connect_pair(void)
{
	struct sockaddr_in in;
	socklen_t len = sizeof(in);
	int listener = socket(AF_INET, SOCK_STREAM, 0);

	memset(&in, 0, sizeof(in));
	in.sin_family = AF_INET;
	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(bind(listener, (struct sockaddr *)&in, len), 0);
	ck_assert_int_eq(listen(listener, 1), 0);
	ck_assert_int_eq(
	    getsockname(listener, (struct sockaddr *)&in, &len), 0);
	theirs = socket(AF_INET, SOCK_STREAM, 0);
	ck_assert_int_eq(connect(theirs, (struct sockaddr *)&in, len), 0);
	ours = accept(listener, NULL, NULL);
	ck_assert_int_ge(ours, 0);
	ck_assert_int_eq(close(listener), 0);
}

static void
close_pair(void)
{
	if (ours >= 0)
		ck_assert_int_eq(close(ours), 0);
	if (theirs >= 0)
		ck_assert_int_eq(close(theirs), 0);
}

static void
put(int fd, size_t len)
{
	ck_assert_int_eq(send(fd, data, len, MSG_NOSIGNAL), (ssize_t)len);
}

static void
get(int fd, size_t len)
{
	ck_assert_int_eq(recv(fd, data, len, MSG_WAITALL), (ssize_t)len);
}

static void
await(int fd, short events)
{
	struct pollfd p = {fd, events, 0};

	ck_assert_int_eq(poll(&p, 1, 30000), 1);
	ck_assert(p.revents & events);
}

static struct ledger
read_ledger(int fd)
{
	struct ledger l;

	ck_assert_int_eq(ledger_read(fd, &l), 0);
	return l;
}

static void
expect_counts(int fd, int64_t consumed, int64_t written)
{
	struct ledger l = read_ledger(fd);

	ck_assert_int_eq(l.consumed, consumed);
	ck_assert_int_eq(l.written, written);
}

static void
expect_flags(int fd, bool peer_done, bool own_done, bool dead)
{
	struct ledger l = read_ledger(fd);

	ck_assert_int_eq(l.peer_done, peer_done);
	ck_assert_int_eq(l.own_done, own_done);
	ck_assert_int_eq(l.dead, dead);
}

START_TEST(test_the_ledger_works_and_leaves_nothing_open)
{
	int before = next_descriptor();

	ck_assert(ledger_works());
	ck_assert_int_eq(next_descriptor(), before);
}
END_TEST

START_TEST(test_a_new_connection_has_counted_nothing)
{
	expect_counts(ours, 0, 0);
	expect_flags(ours, false, false, false);
}
END_TEST

START_TEST(test_only_what_was_read_is_consumed)
{
	static const size_t pieces[] = {1, 299, 1000, 3000, 60000, 700};
	int64_t due = 0;
	size_t i;

	put(theirs, 65000);
	for (i = 0; i < LENGTH(pieces); i++) {
		get(ours, pieces[i]);
		due += (int64_t)pieces[i];
		expect_counts(ours, due, 0);
	}
	ck_assert_int_eq(due, 65000);
}
END_TEST

START_TEST(test_a_look_consumes_nothing)
{
	put(theirs, 100);
	ck_assert_int_eq(recv(ours, data, 100, MSG_PEEK | MSG_WAITALL), 100);
	expect_counts(ours, 0, 0);
}
END_TEST

START_TEST(test_both_ways_are_counted_apart)
{
	int i;

	for (i = 1; i <= 100; i++) {
		put(theirs, 10);
		get(ours, 10);
		put(ours, 7);
		get(theirs, 7);
		expect_counts(ours, 10 * i, 7 * i);
	}
}
END_TEST

/* Writes until nothing more fits. Returns how much did. */
static int64_t
fill(int fd)
{
	int64_t total = 0;
	ssize_t n;

	while (
	    (n = send(fd, data, sizeof(data), MSG_DONTWAIT | MSG_NOSIGNAL)) > 0)
		total += n;
	ck_assert(n < 0 && errno == EAGAIN);
	return total;
}

START_TEST(test_what_the_reader_does_not_read_is_written_all_the_same)
{
	int64_t total = fill(ours), got = 0;

	ck_assert_int_gt(total, 0);
	expect_counts(ours, 0, total);
	/* What was written may go on while they read. */
	for (got = 0; got < total / 2; got += 1000) {
		get(theirs, 1000);
		expect_counts(ours, 0, total);
		ck_assert_int_eq(read_ledger(theirs).consumed, got + 1000);
	}
	total += fill(ours);
	expect_counts(ours, 0, total);
}
END_TEST

START_TEST(test_the_end_of_the_peer_is_no_byte)
{
	put(theirs, 500);
	get(ours, 200);
	ck_assert_int_eq(shutdown(theirs, SHUT_WR), 0);
	await(ours, POLLRDHUP);
	expect_flags(ours, true, false, false);
	expect_counts(ours, 200, 0);
	get(ours, 300);
	expect_counts(ours, 500, 0);
	/* To have read the end changes nothing. */
	ck_assert_int_eq(recv(ours, data, 1, 0), 0);
	expect_counts(ours, 500, 0);
	expect_flags(ours, true, false, false);
	put(ours, 50);
	expect_counts(ours, 500, 50);
}
END_TEST

START_TEST(test_the_own_end_is_no_byte)
{
	put(ours, 500);
	ck_assert_int_eq(shutdown(ours, SHUT_WR), 0);
	expect_flags(ours, false, true, false);
	expect_counts(ours, 0, 500);
	get(theirs, 500);
	ck_assert_int_eq(recv(theirs, data, 1, 0), 0);
	expect_flags(ours, false, true, false);
	expect_counts(ours, 0, 500);
	put(theirs, 30);
	get(ours, 20);
	expect_counts(ours, 20, 500);
}
END_TEST

START_TEST(test_the_own_end_may_wait_behind_what_is_not_read)
{
	int64_t total = fill(ours);

	ck_assert_int_eq(shutdown(ours, SHUT_WR), 0);
	expect_flags(ours, false, true, false);
	expect_counts(ours, 0, total);
}
END_TEST

START_TEST(test_the_end_of_both_is_no_byte)
{
	put(theirs, 11);
	put(ours, 22);
	ck_assert_int_eq(shutdown(theirs, SHUT_WR), 0);
	await(ours, POLLRDHUP);
	/* Ours is queued behind what they have not read: both are done. */
	fill(ours);
	ck_assert_int_eq(shutdown(ours, SHUT_WR), 0);
	expect_flags(ours, true, true, false);
	ck_assert_int_eq(read_ledger(ours).consumed, 0);
	get(ours, 11);
	ck_assert_int_eq(read_ledger(ours).consumed, 11);
}
END_TEST

START_TEST(test_a_reset_connection_is_dead)
{
	const struct linger at_once = {1, 0};

	put(ours, 10);
	ck_assert_int_eq(setsockopt(theirs, SOL_SOCKET, SO_LINGER, &at_once,
			     sizeof(at_once)),
	    0);
	ck_assert_int_eq(close(theirs), 0);
	theirs = -1;
	await(ours, POLLERR);
	ck_assert(read_ledger(ours).dead);
}
END_TEST

START_TEST(test_a_connection_that_both_have_ended_is_dead)
{
	put(ours, 500);
	ck_assert_int_eq(shutdown(ours, SHUT_WR), 0);
	get(theirs, 500);
	ck_assert_int_eq(recv(theirs, data, 1, 0), 0);
	ck_assert_int_eq(shutdown(theirs, SHUT_WR), 0);
	await(ours, POLLHUP);
	ck_assert(read_ledger(ours).dead);
}
END_TEST

START_TEST(test_other_descriptors_have_no_ledger)
{
	struct ledger l;
	int ends[2], fd;

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	ck_assert_int_eq(ledger_read(ends[0], &l), -1);
	ck_assert_int_eq(close(ends[0]), 0);
	ck_assert_int_eq(close(ends[1]), 0);
	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(ledger_read(ends[0], &l), -1);
	ck_assert_int_eq(errno, ENOTSOCK);
	ck_assert_int_eq(close(ends[0]), 0);
	ck_assert_int_eq(close(ends[1]), 0);
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	ck_assert_int_eq(ledger_read(fd, &l), -1);
	ck_assert_int_eq(close(fd), 0);
	fd = socket(AF_INET, SOCK_STREAM, 0);
	ck_assert_int_eq(listen(fd, 1), 0);
	ck_assert_int_eq(ledger_read(fd, &l), -1);
	ck_assert_int_eq(close(fd), 0);
	ck_assert_int_eq(ledger_read(-1, &l), -1);
	ck_assert_int_eq(errno, EBADF);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_checked_fixture(tc, connect_pair, close_pair);
	tcase_add_test(tc, test_the_ledger_works_and_leaves_nothing_open);
	tcase_add_test(tc, test_a_new_connection_has_counted_nothing);
	tcase_add_test(tc, test_only_what_was_read_is_consumed);
	tcase_add_test(tc, test_a_look_consumes_nothing);
	tcase_add_test(tc, test_both_ways_are_counted_apart);
	tcase_add_test(
	    tc, test_what_the_reader_does_not_read_is_written_all_the_same);
	tcase_add_test(tc, test_the_end_of_the_peer_is_no_byte);
	tcase_add_test(tc, test_the_own_end_is_no_byte);
	tcase_add_test(tc, test_the_own_end_may_wait_behind_what_is_not_read);
	tcase_add_test(tc, test_the_end_of_both_is_no_byte);
	tcase_add_test(tc, test_a_reset_connection_is_dead);
	tcase_add_test(tc, test_a_connection_that_both_have_ended_is_dead);
	tcase_add_test(tc, test_other_descriptors_have_no_ledger);
}

#else

START_TEST(test_without_linux_the_ledger_does_not_work)
{
	ck_assert(!ledger_works());
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, test_without_linux_the_ledger_does_not_work);
}

#endif

int
main(void)
{
	return check_main("ledger", add);
}
