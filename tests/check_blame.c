/*
 * check_blame - who has killed too many of late.
 */
#include "master/blame.h"

#include "check_main.h"
#include "os/socket.h"

enum { MOST = 3, HIM = 7 };

static struct blame_list list;
static bool anew;

/* Counts n blames, one in each step of time from `now` on; the last answer. */
static int
blame(uint64_t network, int n, int64_t now, int64_t step)
{
	int at = -1;

	for (; n > 0; n--, now += step)
		at = blame_count(&list, network, now, MOST, &anew);
	return at;
}

START_TEST(more_than_so_many_in_a_minute_are_too_many)
{
	ck_assert_int_eq(blame(HIM, MOST, 1000, 1), -1);
	ck_assert(!anew);
	ck_assert_int_ge(blame(HIM, 1, 2000, 1), 0);
	ck_assert(anew);
	ck_assert_int_ge(blame(HIM, 1, 2001, 1), 0);
	ck_assert(!anew);
	ck_assert_int_eq(blame(HIM + 1, MOST, 2002, 1), -1);
}
END_TEST

START_TEST(a_death_now_and_then_is_no_guessing)
{
	ck_assert_int_eq(blame(HIM, 100, 1000, BLAME_WINDOW_MS / MOST + 1), -1);
}
END_TEST

START_TEST(who_was_quiet_for_a_minute_begins_anew)
{
	int64_t last = 1000 + 20 * 1000;

	ck_assert_int_ge(blame(HIM, 20, 1000, 1000), 0);
	ck_assert_int_eq(blame(HIM, 1, last + BLAME_WINDOW_MS, 1), -1);
	ck_assert_int_ge(blame(HIM, MOST, last + BLAME_WINDOW_MS + 1, 1), 0);
	ck_assert(anew);
}
END_TEST

START_TEST(whoever_else_is_blamed_the_latest_are_remembered)
{
	uint64_t other;

	ck_assert_int_eq(blame(HIM, MOST, 1000, 1), -1);
	for (other = 100; other < 100 + BOARD_REFUSED_MAX - 1; other++)
		(void)blame(other, 1, 2000, 1);
	ck_assert_int_ge(blame(HIM, 1, 2001, 1), 0);
	for (other = 100; other < 1000; other++)
		(void)blame(other, 1, 3000, 1);
	ck_assert_int_eq(blame(HIM, 1, 3001, 1), -1);
}
END_TEST

START_TEST(nobody_and_no_limit_refuse_nobody)
{
	int i;

	ck_assert_int_eq(blame(0, 100, 1000, 1), -1);
	for (i = 0; i < 100; i++)
		ck_assert_int_eq(blame_count(&list, HIM, 1, 0, &anew), -1);
}
END_TEST

struct row {
	struct peer peer;
	const char *name;
};

static const struct row rows[] = {
    {{{127, 0, 0, 1}, 80, 4, 0}, "127.0.0.1"},
    {{{0}, 80, 4, 0}, "0.0.0.0"},
    {{{255, 255, 255, 255}, 80, 4, 0}, "255.255.255.255"},
    {{{[15] = 1}, 80, 6, 0}, "::"},
    {{{0x20, 1, 0xd, 0xb8, 0, 0, 0, 9, 1, 2}, 1, 6, 0}, "2001:db8:0:9::"},
    {{{0}, 80, 0, 0}, "?"},
};

START_TEST(a_network_is_a_number_and_back)
{
	char name[PEER_TEXT];
	struct peer peer;
	size_t i, k;

	for (i = 0; i < LENGTH(rows); i++) {
		peer_of_network(&peer, peer_network(&rows[i].peer));
		peer_address(name, &peer);
		ck_assert_str_eq(name, rows[i].name);
		for (k = 0; k < i; k++)
			ck_assert(peer_network(&rows[i].peer) !=
				  peer_network(&rows[k].peer));
	}
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, more_than_so_many_in_a_minute_are_too_many);
	tcase_add_test(tc, a_death_now_and_then_is_no_guessing);
	tcase_add_test(tc, who_was_quiet_for_a_minute_begins_anew);
	tcase_add_test(tc, whoever_else_is_blamed_the_latest_are_remembered);
	tcase_add_test(tc, nobody_and_no_limit_refuse_nobody);
	tcase_add_test(tc, a_network_is_a_number_and_back);
}

int
main(void)
{
	return check_main("blame", add_tests);
}
