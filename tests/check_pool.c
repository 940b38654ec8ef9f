/*
 * check_pool - who takes a new client, by what others say on the scoreboard:
 * the pool is one of two, and the test writes the row of the other. And whom it
 * waits for when it leaves.
 */
#include "worker/pool.h"
#include "worker/accept.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "check_main.h"
#include "os/listener.h"
#include "service/program.h"
#include "service/registry.h"

enum {
	PLACES = 256,
	AHEAD = 17, /* clients with which it leaves new ones to the other */
	NEWCOMERS = 100,
	LONG_MS = 600000,
	WAITS_MOST = 20, /* even if a newcomer takes half a second */
	LOOKS = 10,
	MINE = 0,
	OTHER = 1,
	FD_STATUS = FD_LISTEN + 1
};

/* The best, and the one that is everywhere. */
static const char *const pollers[] = {NULL, "poll"};

static struct board board;
static struct root root = {.fd = -1};
static struct worker_config config;
static struct listeners listeners, apart; /* for the status */
static struct pool pool;
static int client[PLACES];
static int clients;

static void
open_pool(int poller)
{
	static const char *const address[] = {"127.0.0.1", NULL};
	static const struct listener_rights rights = {0600, NULL};
	const char *failed, *cause;

	ck_assert_int_eq(board_open(&board, 2, PLACES, BOARD_UNKEPT), 0);
	board_set(board_master(&board)->rows, 2);
	ck_assert_int_eq(
	    listeners_open(&listeners, address, 0, &rights, &failed, &cause),
	    0);
	ck_assert_int_eq(
	    listeners_open(&apart, address, 0, &rights, &failed, &cause), 0);
	ck_assert_int_eq(dup2(listeners.fd[0], FD_LISTEN), FD_LISTEN);
	ck_assert_int_eq(dup2(apart.fd[0], FD_STATUS), FD_STATUS);
	config.service.root = &root;
	config.service.first = service_find("echo");
	config.service.idle_timeout = config.service.header_timeout =
	    config.service.keep_alive = LONG_MS;
	config.service.limits = (struct request_limits){8192, 16384, 100};
	config.service.board = &board;
	config.service.status = &status_offered;
	config.listeners = 2;
	config.status = 2;
	config.poller = pollers[poller];
	config.max_clients = PLACES;
	config.descriptors = 3 * PLACES;
	config.board = &board;
	ck_assert_int_eq(pool_open(&pool, &config, MINE, NULL, 0), 0);
}

static void
close_pool(void)
{
	pool_close(&pool);
	while (clients > 0)
		ck_assert_int_eq(close(client[--clients]), 0);
	listeners_close(&listeners);
	listeners_close(&apart);
	ck_assert_int_eq(close(FD_LISTEN), 0);
	ck_assert_int_eq(close(FD_STATUS), 0);
}

/* Says of the other that it takes clients, and has so many. */
static void
claim(int32_t has)
{
	struct board_row *row = board_row(&board, OTHER);

	board_set(row->beat, clock_now());
	board_set(row->clients, has);
	board_set(row->accepting, 1);
}

static void
connect_at(int listener)
{
	struct sockaddr_storage address;
	socklen_t len = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	ck_assert_int_eq(
	    getsockname(listener, (struct sockaddr *)&address, &len), 0);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&address, len), 0);
	client[clients++] = fd;
}

static void
connect_one(void)
{
	connect_at(FD_LISTEN);
}

static void
fill_until_ahead(void)
{
	while (pool.journal.used < AHEAD) {
		connect_one();
		while (pool.journal.used < clients)
			(void)pool_turn(&pool);
	}
	claim(0);
}

START_TEST(a_row_that_lies_is_not_waited_for)
{
	int i, waits = 0;

	open_pool(_i);
	fill_until_ahead();
	for (i = 0; i < NEWCOMERS; i++) {
		connect_one();
		waits += pool.paused != 0;
		while (pool.journal.used < clients) {
			claim(0);
			(void)pool_turn(&pool);
		}
	}
	ck_assert_msg(waits <= WAITS_MOST, "%d waited", waits);
	close_pool();
}
END_TEST

START_TEST(an_emptier_one_that_takes_them_is_left_them)
{
	int i, n, fd;

	open_pool(_i);
	fill_until_ahead();
	connect_one();
	while (pool.journal.used < clients)
		(void)pool_turn(&pool);
	for (n = 0; n < LOOKS; n++) {
		connect_one();
		fd = accept(FD_LISTEN, NULL, NULL);
		ck_assert_int_ge(fd, 0);
		for (i = 0; i < LOOKS; i++) {
			claim(0);
			(void)pool_turn(&pool);
		}
		ck_assert(pool.paused == PAUSE_AHEAD);
		ck_assert_int_eq(close(fd), 0);
	}
	ck_assert_int_eq(pool.journal.used, AHEAD + 1);
	close_pool();
}
END_TEST

static void
meet_status(void)
{
	int turns = 0;

	connect_at(FD_STATUS);
	while (pool.apart == 0 && turns++ < WAITS_MOST)
		(void)pool_turn(&pool);
	ck_assert_int_eq(pool.apart, 1);
}

/* Asks, and is answered before all has ended. */
static void
ask_status(void)
{
	static const char request[] =
	    "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
	static const char answer[] = "HTTP/1.1 200 ";
	char text[sizeof(answer)] = "";
	int c = client[clients - 1];

	ck_assert_int_eq(send(c, request, strlen(request), MSG_NOSIGNAL),
	    (ssize_t)strlen(request));
	while (pool.apart > 0)
		(void)pool_turn(&pool);
	ck_assert_int_eq(recv(c, text, strlen(answer), MSG_WAITALL),
	    (ssize_t)strlen(answer));
	ck_assert_str_eq(text, answer);
}

START_TEST(one_that_leaves_answers_who_asks_how_it_is)
{
	open_pool(_i);
	meet_status();
	pool_drain(&pool);
	pool_dismiss(&pool);
	ck_assert(!pool_drained(&pool));
	/* However busy this machine is. */
	pool.drained += LONG_MS;
	ask_status();
	ck_assert(pool_drained(&pool));
	close_pool();
}
END_TEST

START_TEST(one_that_leaves_waits_a_second_for_who_says_nothing)
{
	open_pool(_i);
	meet_status();
	pool_drain(&pool);
	pool_dismiss(&pool);
	pool.drained = pool.serving.now;
	ck_assert(pool_drained(&pool));
	close_pool();
}
END_TEST

/* At the end of the server. */
START_TEST(who_comes_to_ask_one_that_leaves_has_time_to)
{
	open_pool(_i);
	connect_one();
	while (pool_clients(&pool) == 0)
		(void)pool_turn(&pool);
	board_set(board_master(&board)->stopping, BOARD_STOPS);
	pool_drain(&pool);
	pool_dismiss(&pool);
	/* Its client stays; and all that were silent had their time. */
	pool.place[0].since += LONG_MS;
	pool.drained = pool.serving.now - LONG_MS;
	meet_status();
	pool.drained = pool.serving.now + LONG_MS;
	ask_status();
	ck_assert_int_eq(pool_clients(&pool), 1);
	close_pool();
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_loop_test(
	    tc, one_that_leaves_answers_who_asks_how_it_is, 0, LENGTH(pollers));
	tcase_add_loop_test(tc,
	    one_that_leaves_waits_a_second_for_who_says_nothing, 0,
	    LENGTH(pollers));
	tcase_add_loop_test(tc, who_comes_to_ask_one_that_leaves_has_time_to, 0,
	    LENGTH(pollers));
	tcase_add_loop_test(
	    tc, a_row_that_lies_is_not_waited_for, 0, LENGTH(pollers));
	tcase_add_loop_test(tc, an_emptier_one_that_takes_them_is_left_them, 0,
	    LENGTH(pollers));
}

int
main(void)
{
	return check_main("pool", add);
}
