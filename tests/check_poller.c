/*
 * check_poller - the twins behind one interface.
 */
#include "os/poller.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "check_main.h"
#include "descriptors.h"

enum { CAPACITY = 512, NOW = 0, FOR_EVER = -1 };

static struct poller_event event[POLLER_EVENTS];

static struct poller *
twin(int i)
{
	struct poller *p = poller_new(poller_names[i], CAPACITY);

	ck_assert_ptr_nonnull(p);
	return p;
}

static void
make_pair(int ends[2])
{
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
}

/* Exactly one descriptor is ready, the one with this tag, for these. */
static void
expect_one(struct poller *p, uint64_t tag, short events)
{
	ck_assert_int_eq(poller_wait(p, event, POLLER_EVENTS, FOR_EVER), 1);
	ck_assert_uint_eq(event[0].tag, tag);
	ck_assert_int_eq(event[0].events, events);
}

static void
expect_none(struct poller *p)
{
	ck_assert_int_eq(poller_wait(p, event, POLLER_EVENTS, NOW), 0);
}

START_TEST(test_every_twin_is_found_by_its_name)
{
	struct poller *p = twin(_i);

	ck_assert_int_eq(
	    poller_fd(p) >= 0, strcmp(poller_names[_i], "epoll") == 0);
	poller_free(p);
}
END_TEST

START_TEST(test_the_first_twin_is_the_best_and_poll_is_always_there)
{
	struct poller *p = poller_new(NULL, CAPACITY);
	int i;

	ck_assert_ptr_nonnull(p);
	ck_assert_int_eq(
	    poller_fd(p) >= 0, strcmp(poller_names[0], "epoll") == 0);
	poller_free(p);
	poller_free(NULL);
	for (i = 0; strcmp(poller_names[i], "poll") != 0; i++)
		ck_assert_ptr_nonnull(poller_names[i + 1]);
}
END_TEST

START_TEST(test_unknown_names_are_invalid)
{
	static const char *const names[] = {"", "Poll", "polls", "kqueue "};

	errno = 0;
	ck_assert_ptr_null(poller_new(names[_i], CAPACITY));
	ck_assert_int_eq(errno, EINVAL);
}
END_TEST

START_TEST(test_a_tag_comes_back_whole)
{
	static const uint64_t tags[] = {
	    0, 1, UINT32_MAX, (uint64_t)1 << 63, UINT64_MAX};
	struct poller *p = twin(_i);
	int ends[2];
	size_t i;

	make_pair(ends);
	for (i = 0; i < LENGTH(tags); i++) {
		ck_assert_int_eq(poller_add(p, ends[0], POLLOUT, tags[i]), 0);
		expect_one(p, tags[i], POLLOUT);
		ck_assert_int_eq(poller_del(p, ends[0]), 0);
	}
	close_both(ends);
	poller_free(p);
}
END_TEST

START_TEST(test_what_is_ready_is_told_until_it_is_done)
{
	struct poller *p = twin(_i);
	int ends[2];
	char byte;

	make_pair(ends);
	ck_assert_int_eq(poller_add(p, ends[0], POLLIN, 7), 0);
	expect_none(p);
	ck_assert_int_eq(write(ends[1], "x", 1), 1);
	expect_one(p, 7, POLLIN);
	expect_one(p, 7, POLLIN);
	ck_assert_int_eq(read(ends[0], &byte, 1), 1);
	expect_none(p);
	close_both(ends);
	poller_free(p);
}
END_TEST

START_TEST(test_a_change_replaces_events_and_tag)
{
	struct poller *p = twin(_i);
	int ends[2];

	make_pair(ends);
	ck_assert_int_eq(write(ends[1], "x", 1), 1);
	ck_assert_int_eq(poller_add(p, ends[0], POLLIN, 1), 0);
	expect_one(p, 1, POLLIN);
	ck_assert_int_eq(poller_mod(p, ends[0], POLLIN | POLLOUT, 2), 0);
	expect_one(p, 2, POLLIN | POLLOUT);
	ck_assert_int_eq(poller_mod(p, ends[0], POLLOUT, 3), 0);
	expect_one(p, 3, POLLOUT);
	ck_assert_int_eq(poller_mod(p, ends[0], 0, 4), 0);
	expect_none(p);
	ck_assert_int_eq(close(ends[1]), 0);
	ck_assert_int_eq(poller_wait(p, event, POLLER_EVENTS, FOR_EVER), 1);
	ck_assert_uint_eq(event[0].tag, 4);
	ck_assert(event[0].events & POLLHUP);
	ck_assert_int_eq(close(ends[0]), 0);
	poller_free(p);
}
END_TEST

START_TEST(test_what_was_removed_is_silent_and_may_come_back)
{
	struct poller *p = twin(_i);
	int first[2], second[2], third[2];

	make_pair(first);
	make_pair(second);
	make_pair(third);
	ck_assert_int_eq(poller_add(p, first[0], POLLOUT, 1), 0);
	ck_assert_int_eq(poller_add(p, second[0], POLLIN, 2), 0);
	ck_assert_int_eq(poller_add(p, third[0], POLLIN, 3), 0);
	ck_assert_int_eq(poller_del(p, first[0]), 0);
	expect_none(p);
	/* The others are still known under their own tags. */
	ck_assert_int_eq(write(third[1], "x", 1), 1);
	expect_one(p, 3, POLLIN);
	ck_assert_int_eq(poller_mod(p, second[0], POLLOUT, 4), 0);
	ck_assert_int_eq(poller_del(p, third[0]), 0);
	expect_one(p, 4, POLLOUT);
	ck_assert_int_eq(poller_del(p, second[0]), 0);
	ck_assert_int_eq(poller_add(p, first[0], POLLOUT, 5), 0);
	expect_one(p, 5, POLLOUT);
	close_both(first);
	close_both(second);
	close_both(third);
	poller_free(p);
}
END_TEST

START_TEST(test_mistakes_are_refused_with_their_cause)
{
	struct poller *p = twin(_i);
	int ends[2];

	make_pair(ends);
	ck_assert_int_eq(poller_mod(p, ends[0], POLLIN, 0), -1);
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_int_eq(poller_del(p, ends[0]), -1);
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_int_eq(poller_add(p, ends[0], POLLOUT, 1), 0);
	ck_assert_int_eq(poller_add(p, ends[0], POLLIN, 2), -1);
	ck_assert_int_eq(errno, EEXIST);
	expect_one(p, 1, POLLOUT);
	ck_assert_int_eq(poller_add(p, -1, POLLIN, 3), -1);
	ck_assert_int_eq(errno, EBADF);
	close_both(ends);
	poller_free(p);
}
END_TEST

START_TEST(test_the_poll_twin_refuses_what_is_beyond_its_capacity)
{
	struct poller *p = poller_new("poll", 100);
	int end = open("/dev/null", O_RDONLY), high;

	ck_assert_int_ge(end, 0);
	ck_assert_int_lt(end, 99);
	high = dup2(end, 99);
	ck_assert_int_eq(poller_add(p, high, POLLIN, 1), 0);
	ck_assert_int_eq(close(high), 0);
	high = dup2(end, 100);
	ck_assert_int_eq(poller_add(p, high, POLLIN, 1), -1);
	ck_assert_int_eq(errno, EBADF);
	poller_forget(p, high);
	ck_assert_int_eq(close(high), 0);
	ck_assert_int_eq(close(end), 0);
	poller_free(p);
}
END_TEST

START_TEST(test_a_forgotten_descriptor_makes_room_for_the_next_of_its_number)
{
	struct poller *p = twin(_i);
	int ends[2], more[2], number;

	make_pair(ends);
	number = ends[0];
	ck_assert_int_eq(poller_add(p, number, POLLIN | POLLOUT, 1), 0);
	expect_one(p, 1, POLLOUT);
	poller_forget(p, number);
	close_both(ends);
	expect_none(p);
	make_pair(more);
	ck_assert_int_eq(dup2(more[0], number), number);
	ck_assert_int_eq(poller_add(p, number, POLLOUT, 2), 0);
	expect_one(p, 2, POLLOUT);
	poller_forget(p, number);
	if (number != more[0])
		ck_assert_int_eq(close(number), 0);
	close_both(more);
	poller_free(p);
}
END_TEST

START_TEST(test_it_does_no_harm_to_forget_what_is_not_known)
{
	struct poller *p = twin(_i);
	int ends[2];

	make_pair(ends);
	ck_assert_int_eq(poller_add(p, ends[0], POLLOUT, 1), 0);
	poller_forget(p, ends[1]);
	poller_forget(p, -1);
	expect_one(p, 1, POLLOUT);
	close_both(ends);
	poller_free(p);
}
END_TEST

START_TEST(test_a_closed_peer_is_told_asked_or_not)
{
	static const short asked[] = {POLLIN, POLLOUT, POLLIN | POLLOUT, 0};
	struct poller *p;
	int ends[2];
	size_t i;

	for (i = 0; i < LENGTH(asked); i++) {
		p = twin(_i);
		make_pair(ends);
		ck_assert_int_eq(poller_add(p, ends[0], asked[i], 9), 0);
		ck_assert_int_eq(close(ends[1]), 0);
		ck_assert_int_eq(
		    poller_wait(p, event, POLLER_EVENTS, FOR_EVER), 1);
		ck_assert_uint_eq(event[0].tag, 9);
		ck_assert(event[0].events & POLLHUP);
		ck_assert_int_eq(event[0].events & POLLIN, asked[i] & POLLIN);
		poller_forget(p, ends[0]);
		ck_assert_int_eq(close(ends[0]), 0);
		poller_free(p);
	}
}
END_TEST

START_TEST(test_a_pipe_without_a_reader_is_an_error)
{
	struct poller *p = twin(_i);
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(poller_add(p, ends[1], 0, 9), 0);
	expect_none(p);
	ck_assert_int_eq(close(ends[0]), 0);
	expect_one(p, 9, POLLERR);
	poller_forget(p, ends[1]);
	ck_assert_int_eq(close(ends[1]), 0);
	poller_free(p);
}
END_TEST

/* Of so many that are always ready, with room for so many at a time, nobody
 * waits for longer than it takes to serve each once. */
static void
expect_turns(int i, int many, int max)
{
	static int fd[CAPACITY];
	int seen[CAPACITY] = {0}, room, waits, ends[2], n, k, turn;
	struct poller *p = twin(i);

	make_pair(ends);
	ck_assert_int_eq(write(ends[1], "x", 1), 1);
	for (k = 0; k < many; k++) {
		fd[k] = dup(ends[0]);
		ck_assert_int_ge(fd[k], 0);
		ck_assert_int_eq(poller_add(p, fd[k], POLLIN, (uint64_t)k), 0);
	}
	room = max < POLLER_EVENTS ? max : POLLER_EVENTS;
	waits = (many + room - 1) / room;
	for (turn = 1; turn <= 3; turn++) {
		for (k = 0; k < waits; k++) {
			n = poller_wait(p, event, max, NOW);
			ck_assert_int_eq(n, room < many ? room : many);
			while (n-- > 0)
				seen[event[n].tag]++;
		}
		for (k = 0; k < many; k++)
			ck_assert_int_ge(seen[k], turn);
	}
	for (k = 0; k < many; k++) {
		poller_forget(p, fd[k]);
		ck_assert_int_eq(close(fd[k]), 0);
	}
	close_both(ends);
	poller_free(p);
}

START_TEST(test_everyone_has_a_turn_however_few_fit)
{
	static const int rooms[] = {1, 2, 3, 7, 9, 10, 11};
	size_t k;

	for (k = 0; k < LENGTH(rooms); k++)
		expect_turns(_i, 10, rooms[k]);
}
END_TEST

START_TEST(test_one_wait_tells_no_more_than_the_limit)
{
	expect_turns(_i, POLLER_EVENTS + 44, POLLER_EVENTS);
}
END_TEST

static long
ms_since(const struct timespec *then)
{
	struct timespec now;

	ck_assert_int_eq(clock_gettime(CLOCK_MONOTONIC, &now), 0);
	return (now.tv_sec - then->tv_sec) * 1000 +
	       (now.tv_nsec - then->tv_nsec) / 1000000;
}

START_TEST(test_a_wait_for_nothing_lasts_as_long_as_was_said)
{
	struct poller *p = twin(_i);
	struct timespec begin;
	int ends[2];

	make_pair(ends);
	expect_none(p);
	ck_assert_int_eq(poller_add(p, ends[0], POLLIN, 1), 0);
	ck_assert_int_eq(clock_gettime(CLOCK_MONOTONIC, &begin), 0);
	ck_assert_int_eq(poller_wait(p, event, POLLER_EVENTS, 30), 0);
	/* poll(2) may round to its clock's tick. */
	ck_assert_int_ge(ms_since(&begin), 29);
	close_both(ends);
	poller_free(p);
}
END_TEST

static void
ignore(int signo)
{
	(void)signo;
}

START_TEST(test_a_signal_ends_a_wait_without_limit)
{
	struct poller *p = twin(_i);
	/* Again and again: the first may come before the wait. */
	struct itimerval often = {{0, 1000}, {0, 1000}}, never = {{0}, {0}};
	struct sigaction sa;
	int ends[2];

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = ignore;
	sa.sa_flags = SA_RESTART;
	ck_assert_int_eq(sigaction(SIGALRM, &sa, NULL), 0);
	make_pair(ends);
	ck_assert_int_eq(poller_add(p, ends[0], POLLIN, 1), 0);
	ck_assert_int_eq(setitimer(ITIMER_REAL, &often, NULL), 0);
	ck_assert_int_eq(poller_wait(p, event, POLLER_EVENTS, FOR_EVER), 0);
	ck_assert_int_eq(setitimer(ITIMER_REAL, &never, NULL), 0);
	close_both(ends);
	poller_free(p);
}
END_TEST

START_TEST(test_a_shared_descriptor_is_told_to_one_of_those_who_wait)
{
	struct poller *p = twin(_i), *q = twin(_i);
	int ends[2], n;

	make_pair(ends);
	ck_assert_int_eq(poller_add_shared(p, ends[0], POLLIN, 1), 0);
	ck_assert_int_eq(poller_add_shared(q, ends[0], POLLIN, 2), 0);
	expect_none(p);
	ck_assert_int_eq(write(ends[1], "x", 1), 1);
	n = poller_wait(p, event, POLLER_EVENTS, NOW) +
	    poller_wait(q, event, POLLER_EVENTS, NOW);
	ck_assert_int_ge(n, 1);
	/* One who leaves does not take the news along. */
	ck_assert_int_eq(poller_del(p, ends[0]), 0);
	expect_none(p);
	ck_assert_int_eq(poller_del(q, ends[0]), 0);
	ck_assert_int_eq(poller_add_shared(q, ends[0], POLLIN, 3), 0);
	expect_one(q, 3, POLLIN);
	close_both(ends);
	poller_free(p);
	poller_free(q);
}
END_TEST

START_TEST(test_a_poller_works_from_where_it_was_moved)
{
	enum { PLACE = 300 };
	struct poller *p = twin(_i);
	int ends[2], old = poller_fd(p);

	make_pair(ends);
	ck_assert_int_eq(poller_add(p, ends[0], POLLOUT, 1), 0);
	if (old >= 0) {
		ck_assert_int_eq(dup2(old, PLACE), PLACE);
		ck_assert_int_eq(close(old), 0);
		poller_move_fd(p, PLACE);
		ck_assert_int_eq(poller_fd(p), PLACE);
	}
	expect_one(p, 1, POLLOUT);
	close_both(ends);
	poller_free(p);
	ck_assert_int_eq(fcntl(PLACE, F_GETFD), -1);
}
END_TEST

START_TEST(test_what_was_registered_is_inherited_with_the_descriptor)
{
	struct poller *dead = twin(_i), *p;
	int a[2], b[2], fd = poller_fd(dead);

	make_pair(a);
	make_pair(b);
	ck_assert_int_eq(poller_add(dead, a[0], POLLIN, 1), 0);
	p = poller_inherit(poller_names[_i], fd);
	if (fd < 0) {
		ck_assert_ptr_null(p);
		ck_assert_int_eq(errno, ENOTSUP);
		poller_free(dead);
	} else {
		ck_assert_ptr_nonnull(p);
		poller_move_fd(dead, -1);
		poller_free(dead);
		ck_assert_int_eq(write(a[1], "x", 1), 1);
		expect_one(p, 1, POLLIN);
		/* What is there may be added, and what is not be changed. */
		ck_assert_int_eq(poller_add_shared(p, a[0], POLLIN, 2), 0);
		expect_one(p, 2, POLLIN);
		ck_assert_int_eq(poller_del(p, a[0]), 0);
		ck_assert_int_eq(poller_mod(p, b[0], POLLOUT, 3), 0);
		expect_one(p, 3, POLLOUT);
		poller_free(p);
	}
	close_both(a);
	close_both(b);
}
END_TEST

START_TEST(test_a_poller_leaves_no_descriptor_open)
{
	int before = next_descriptor();

	poller_free(twin(_i));
	ck_assert_int_eq(next_descriptor(), before);
}
END_TEST

static void
add(TCase *tc)
{
	int twins = 0;

	while (poller_names[twins] != NULL)
		twins++;
	tcase_add_loop_test(tc, test_every_twin_is_found_by_its_name, 0, twins);
	tcase_add_test(
	    tc, test_the_first_twin_is_the_best_and_poll_is_always_there);
	tcase_add_loop_test(tc, test_unknown_names_are_invalid, 0, 4);
	tcase_add_loop_test(tc, test_a_tag_comes_back_whole, 0, twins);
	tcase_add_loop_test(
	    tc, test_what_is_ready_is_told_until_it_is_done, 0, twins);
	tcase_add_loop_test(
	    tc, test_a_change_replaces_events_and_tag, 0, twins);
	tcase_add_loop_test(
	    tc, test_what_was_removed_is_silent_and_may_come_back, 0, twins);
	tcase_add_loop_test(
	    tc, test_mistakes_are_refused_with_their_cause, 0, twins);
	tcase_add_test(
	    tc, test_the_poll_twin_refuses_what_is_beyond_its_capacity);
	tcase_add_loop_test(tc,
	    test_a_forgotten_descriptor_makes_room_for_the_next_of_its_number,
	    0, twins);
	tcase_add_loop_test(
	    tc, test_it_does_no_harm_to_forget_what_is_not_known, 0, twins);
	tcase_add_loop_test(
	    tc, test_a_closed_peer_is_told_asked_or_not, 0, twins);
	tcase_add_loop_test(
	    tc, test_a_pipe_without_a_reader_is_an_error, 0, twins);
	tcase_add_loop_test(
	    tc, test_everyone_has_a_turn_however_few_fit, 0, twins);
	tcase_add_loop_test(
	    tc, test_one_wait_tells_no_more_than_the_limit, 0, twins);
	tcase_add_loop_test(
	    tc, test_a_wait_for_nothing_lasts_as_long_as_was_said, 0, twins);
	tcase_add_loop_test(
	    tc, test_a_signal_ends_a_wait_without_limit, 0, twins);
	tcase_add_loop_test(tc,
	    test_a_shared_descriptor_is_told_to_one_of_those_who_wait, 0,
	    twins);
	tcase_add_loop_test(
	    tc, test_a_poller_works_from_where_it_was_moved, 0, twins);
	tcase_add_loop_test(tc,
	    test_what_was_registered_is_inherited_with_the_descriptor, 0,
	    twins);
	tcase_add_loop_test(
	    tc, test_a_poller_leaves_no_descriptor_open, 0, twins);
}

int
main(void)
{
	return check_main("poller", add);
}
