/*
 * check_pool - who takes a new client, by what others say on the scoreboard.
 * The pool is one of two; the test writes the row of the other.
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
#include "service/registry.h"

enum {
	PLACES = 256,
	AHEAD = 17, /* clients with which it leaves new ones to the other */
	NEWCOMERS = 100,
	WAITS_MOST = 20, /* even if a newcomer takes half a second */
	LOOKS = 10,
	MINE = 0,
	OTHER = 1
};

/* The best, and the one that is everywhere. */
static const char *const pollers[] = {NULL, "poll"};

static struct board board;
static struct root root = {.fd = -1};
static struct worker_config config;
static struct listeners listeners;
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
	ck_assert_int_eq(dup2(listeners.fd[0], FD_LISTEN), FD_LISTEN);
	config.service.root = &root;
	config.service.first = service_find("echo");
	config.service.idle_timeout = config.service.header_timeout =
	    config.service.keep_alive = 600000;
	config.listeners = 1;
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
	ck_assert_int_eq(close(FD_LISTEN), 0);
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
connect_one(void)
{
	struct sockaddr_storage address;
	socklen_t len = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	ck_assert_int_eq(
	    getsockname(FD_LISTEN, (struct sockaddr *)&address, &len), 0);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&address, len), 0);
	client[clients++] = fd;
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
add(TCase *tc)
{
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
