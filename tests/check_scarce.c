/* Who goes when all places are taken and another client waits. */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "matrix.h"
#include "peer.h"
#include "server.h"
#include "suite.h"
#include "tree.h"

static const char get_big[] = "GET /big HTTP/1.1\r\nHost: x\r\n\r\n";

static struct server server;
static struct response r;

static int
open_head(void)
{
	int c = client_open(&server);

	send_text(c, "GET / HTTP/1.1\r\nHost:");
	return c;
}

/* The answer to a client that stays. */
static void
expect_answer(int c)
{
	http_get(c, "/nothing", &r);
	ck_assert_int_eq(r.status, 404);
}

/* The same, and its request is one of a later millisecond than whatever has
 * been answered before. */
static void
expect_later_answer(int c)
{
	int64_t before = clock_now(), sent;

	do {
		sent = clock_now();
		expect_answer(c);
	} while (sent <= before);
}

/* All places are held by heads that are never whole, and as many wait. Nothing
 * but their header timeout would end them, and that is not due. */
START_TEST(slow_heads_give_way_to_whoever_waits)
{
	enum { ATTACKERS = 100, CLIENTS = 10 };
	int a[ATTACKERS], c, i;

	server_run_in(&server, _i, "-w", "1", "--max-clients", "50",
	    "--header-timeout", "3600");
	for (i = 0; i < ATTACKERS; i++)
		a[i] = open_head();
	for (i = 0; i < CLIENTS; i++) {
		c = client_open(&server);
		expect_answer(c);
		client_close(c);
	}
	for (i = 0; i < ATTACKERS; i++)
		client_close(a[i]);
	server_finish(&server);
}
END_TEST

/* It may send whatever it likes, if only it is no whole request. */
START_TEST(no_trickle_of_bytes_keeps_a_place)
{
	int64_t until = clock_now() + patience();
	int a, c;

	server_run_in(&server, _i, "-w", "1", "--max-clients", "1",
	    "--header-timeout", "3600");
	a = open_head();
	c = client_open(&server);
	send_text(c, "GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n");
	while (wait_ready(c, POLLIN, clock_now() + 20) == 0) {
		ck_assert_int_lt(clock_now(), until);
		(void)send(a, "x", 1, MSG_NOSIGNAL);
	}
	http_read(c, &r);
	ck_assert_int_eq(r.status, 404);
	expect_gone(a);
	client_close(a);
	client_close(c);
	server_finish(&server);
}
END_TEST

/* Three places: one takes a file, one has begun a head, and one has had an
 * answer since. */
START_TEST(the_longest_without_a_request_goes_first)
{
	enum { SIZE = 16 << 20 };
	int taker, head, quick, c, d;
	struct tree tree;

	tree_make(&tree);
	tree_pattern(&tree, "big", SIZE);
	server_run_in(&server, _i, "-w", "1", "-r", tree.path, "--max-clients",
	    "3", "--min-rate", "0");
	taker = client_open_narrow(&server);
	send_text(taker, get_big);
	http_read_head(taker, &r);
	head = open_head();
	quick = client_open(&server);
	/* Clients are accepted in turn. */
	expect_answer(quick);
	expect_later_answer(quick);
	c = client_open(&server);
	expect_answer(c);
	expect_gone(head);
	/* The next one would be the place of `quick`, had it not asked. */
	expect_later_answer(quick);
	d = client_open(&server);
	expect_answer(d);
	expect_gone(c);
	expect_answer(quick);
	expect_pattern(taker, 0, SIZE);
	client_close(taker);
	client_close(head);
	client_close(quick);
	client_close(c);
	client_close(d);
	server_finish(&server);
	tree_remove(&tree);
}
END_TEST

/* All take what they have asked for: nobody gives way, and the next one waits
 * until one has it. */
START_TEST(nobody_gives_way_in_the_middle_of_an_answer)
{
	enum { SIZE = 16 << 20, TAKERS = 3 };
	int taker[TAKERS], c, i;
	struct tree tree;

	tree_make(&tree);
	tree_pattern(&tree, "big", SIZE);
	server_run_in(&server, _i, "-w", "1", "-r", tree.path, "--max-clients",
	    "3", "--min-rate", "0");
	for (i = 0; i < TAKERS; i++) {
		taker[i] = client_open_narrow(&server);
		send_text(taker[i], get_big);
		http_read_head(taker[i], &r);
	}
	c = client_open(&server);
	send_text(c, "GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n");
	ck_assert_int_eq(wait_ready(c, POLLIN, clock_now() + 600), 0);
	for (i = 0; i < TAKERS; i++)
		expect_pattern(taker[i], 0, SIZE);
	http_read(c, &r);
	ck_assert_int_eq(r.status, 404);
	for (i = 0; i < TAKERS; i++)
		client_close(taker[i]);
	client_close(c);
	server_finish(&server);
	tree_remove(&tree);
}
END_TEST

/* Who has given way does not count among those of its address any more. */
START_TEST(who_has_given_way_leaves_room_for_its_address)
{
	enum { PLACES = 3, TIMES = 6 };
	int a[PLACES], c, i;

	server_run_in(&server, _i, "-w", "1", "--max-clients", "3",
	    "--max-clients-per-address", "4", "--header-timeout", "3600");
	server_allow_log(&server, "127.0.0.1 has 4 clients already*");
	/* Each has its place: it does not wait behind those to come. */
	for (i = 0; i < PLACES; i++) {
		a[i] = client_open(&server);
		expect_answer(a[i]);
		send_text(a[i], "GET / HTTP/1.1\r\nHost:");
	}
	for (i = 0; i < TIMES; i++) {
		c = client_open(&server);
		expect_answer(c);
		client_close(a[i % PLACES]);
		a[i % PLACES] = c;
	}
	for (i = 0; i < PLACES; i++)
		client_close(a[i]);
	server_finish(&server);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("scarce");
	TCase *tc = suite_case(suite, "scarce");

	in_all_cells(tc, slow_heads_give_way_to_whoever_waits);
	in_all_cells(tc, no_trickle_of_bytes_keeps_a_place);
	in_all_cells(tc, the_longest_without_a_request_goes_first);
	in_all_cells(tc, nobody_gives_way_in_the_middle_of_an_answer);
	in_all_cells(tc, who_has_given_way_leaves_room_for_its_address);
	return suite_run(suite);
}
