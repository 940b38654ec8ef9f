/*
 * check_slot - what is done with a slot, cell by cell.
 */
#include "master/slot.h"

#include <stdio.h>
#include <string.h>

#include "check_main.h"

enum { CELL = 32 };

/* "next/action" in the words of the master's log; "-": the state stays, and
 * nothing is done. */
/* clang-format off */
static const char *const states[SLOT_STATES] = {
	"empty", "starting", "serving", "renewing", "taking",
	"aborting", "waiting", "resting", "leaving",
};

static const struct {
	const char *event;
	const char *cell[SLOT_STATES];
} table[SLOT_EVENTS] = {
	{"start", {"starting/spawn", "-", "-", "-", "-",
		   "-", "-", "-", "taking/stay"}},
	{"ready", {"-", "serving/welcome", "-", "serving/replace",
		   "serving/welcome", "-", "-", "-", "-"}},
	{"died", {"-", "waiting/wait", "waiting/wait", "starting/adopt",
		  "waiting/wait", "waiting/wait", "-", "waiting/wait",
		  "empty/free"}},
	{"left", {"-", "resting/rest", "resting/rest", "resting/rest",
		  "resting/rest", "resting/rest", "-", "-", "leaving/take"}},
	{"lost", {"-", "waiting/wait", "-", "serving/discard", "-",
		  "-", "waiting/wait", "-", "-"}},
	{"hung", {"-", "aborting/abort", "aborting/abort", "-", "-",
		  "-", "-", "-", "-"}},
	{"due", {"-", "-", "renewing/spawn", "serving/discard",
		 "aborting/abort", "aborting/kill", "starting/spawn",
		 "taking/take", "leaving/quit"}},
	{"renew", {"-", "starting/later", "renewing/spawn", "renewing/later",
		   "taking/later", "-", "-", "resting/later", "leaving/later"}},
	{"retire", {"-", "starting/later", "serving/retire", "renewing/later",
		    "taking/later", "-", "-", "resting/later",
		    "leaving/later"}},
	{"leave", {"-", "leaving/kill", "leaving/drain", "leaving/drain",
		   "leaving/drain", "leaving/kill", "empty/free",
		   "leaving/take", "-"}},
	{"stop", {"-", "leaving/quit", "leaving/quit", "leaving/quit",
		  "leaving/quit", "leaving/quit", "empty/free", "empty/free",
		  "leaving/quit"}},
};
/* clang-format on */

START_TEST(test_every_cell_is_as_written)
{
	enum slot_event event = (enum slot_event)(_i / SLOT_STATES);
	enum slot_state state = (enum slot_state)(_i % SLOT_STATES);
	struct slot_step step = slot_next(state, event);
	char due[CELL], is[CELL];

	ck_assert_str_eq(slot_event_name(event), table[event].event);
	ck_assert_str_eq(slot_state_name(state), states[state]);
	snprintf(due, sizeof(due), "%s", table[event].cell[state]);
	if (strcmp(due, "-") == 0)
		snprintf(due, sizeof(due), "%s/-", states[state]);
	snprintf(is, sizeof(is), "%s/%s", slot_state_name(step.next),
	    slot_action_name(step.action));
	ck_assert_msg(strcmp(is, due) == 0, "%s, %s: %s; due: %s",
	    states[state], table[event].event, is, due);
}
END_TEST

START_TEST(test_names_past_the_last_are_unknown)
{
	ck_assert_str_eq(slot_state_name(SLOT_STATES), "?");
	ck_assert_str_eq(slot_event_name(SLOT_EVENTS), "?");
	ck_assert_str_eq(
	    slot_action_name((enum slot_action)(DO_WAIT + 1)), "?");
}
END_TEST

START_TEST(test_stop_and_a_death_empty_a_slot_whatever_it_did)
{
	struct slot_step step = slot_next((enum slot_state)_i, SLOT_STOP);

	ck_assert(step.next == SLOT_LEAVING || step.next == SLOT_EMPTY);
	/* A deadline that comes meanwhile is no way back. */
	step = slot_next(step.next, SLOT_DUE);
	ck_assert_int_eq(slot_next(step.next, SLOT_DIED).next, SLOT_EMPTY);
}
END_TEST

START_TEST(test_a_slot_that_is_not_wanted_never_starts_anyone)
{
	int event;

	/* But for being wanted again. */
	for (event = SLOT_READY; event < SLOT_EVENTS; event++) {
		ck_assert_int_ne(
		    slot_next(SLOT_LEAVING, (enum slot_event)event).action,
		    DO_SPAWN);
		ck_assert_int_ne(
		    slot_next(SLOT_EMPTY, (enum slot_event)event).action,
		    DO_SPAWN);
	}
}
END_TEST

START_TEST(test_a_renewal_is_remembered_until_somebody_begins_after_it)
{
	static const enum slot_action begin[] = {DO_SPAWN, DO_RETIRE, DO_FREE};
	bool again = slot_again(false, SLOT_SERVING, DO_LATER);
	size_t i;

	ck_assert(again);
	ck_assert(!slot_again(false, SLOT_SERVING, DO_WELCOME));
	ck_assert(slot_again(true, SLOT_SERVING, DO_WELCOME));
	ck_assert(slot_again(true, SLOT_SERVING, DO_STAY));
	ck_assert(slot_again(true, SLOT_SERVING, DO_ADOPT));
	ck_assert(slot_again(true, SLOT_RESTING, DO_TAKE));
	/* One that was broken off is due if the child stays after all. */
	ck_assert(slot_again(false, SLOT_RENEWING, DO_DRAIN));
	ck_assert(!slot_again(false, SLOT_SERVING, DO_DRAIN));
	ck_assert(slot_again(false, SLOT_RENEWING, DO_DISCARD));
	for (i = 0; i < LENGTH(begin); i++)
		ck_assert(!slot_again(true, SLOT_SERVING, begin[i]));
}
END_TEST

/* --- delays --- */

/* Deaths of one kind until the first that is not answered at once. Returns
 * how many were; *delay: that of the next. */
static int
free_deaths(struct slot_history *h, bool served, int64_t *delay)
{
	int n = 0;

	while ((*delay = slot_delay(h, served, false)) == 0 && n < 1000)
		n++;
	return n;
}

static void
expect_doubling(bool served)
{
	struct slot_history h = {0};
	int64_t delay, due = SLOT_DELAY_MIN;
	int i;

	ck_assert_int_gt(free_deaths(&h, served, &delay), 0);
	for (i = 0; i < 100; i++) {
		ck_assert_int_eq(delay, due);
		due = due * 2 < SLOT_DELAY_MAX ? due * 2 : SLOT_DELAY_MAX;
		delay = slot_delay(&h, served, false);
	}
	ck_assert_int_eq(delay, SLOT_DELAY_MAX);
}

START_TEST(test_delays_begin_small_and_double_up_to_the_cap)
{
	expect_doubling(true);
	expect_doubling(false);
}
END_TEST

START_TEST(test_who_has_served_is_started_at_once_more_often)
{
	struct slot_history served = {0}, never = {0};
	int64_t delay;

	ck_assert_int_gt(free_deaths(&served, true, &delay),
	    free_deaths(&never, false, &delay));
}
END_TEST

START_TEST(test_a_life_that_went_well_forgets_all)
{
	struct slot_history h = {0}, fresh = {0};
	int64_t delay;
	int i, due = free_deaths(&fresh, true, &delay);

	for (i = 0; i < 50; i++)
		(void)slot_delay(&h, true, false);
	ck_assert_int_eq(slot_delay(&h, true, false), SLOT_DELAY_MAX);
	ck_assert_int_eq(slot_delay(&h, false, false), SLOT_DELAY_MAX);
	ck_assert_int_eq(slot_delay(&h, true, true), 0);
	ck_assert_int_eq(free_deaths(&h, true, &delay), due);
	ck_assert_int_eq(delay, SLOT_DELAY_MIN);
}
END_TEST

START_TEST(test_a_death_that_had_somebody_to_blame_does_not_count)
{
	struct slot_history h = {0};
	int64_t delay;
	int i;

	slot_excuse(&h);
	for (i = 0; i < 50; i++) {
		ck_assert_int_eq(slot_delay(&h, true, false), 0);
		slot_excuse(&h);
	}
	/* Of those that had none nothing is forgotten. */
	(void)free_deaths(&h, true, &delay);
	slot_excuse(&h);
	ck_assert_int_eq(slot_delay(&h, true, false), delay);
}
END_TEST

/* Nothing that a row of the scoreboard may hold keeps one alive for ever. */
START_TEST(test_a_beat_counts_only_if_it_may_be_true)
{
	static const struct {
		int64_t now, beat;
		bool beats;
	} cases[] = {
	    {100000, 100000, true},
	    {100000, 99000, true},
	    {100000, 90000, true},
	    {100000, 89999, false},
	    {100000, 0, false},
	    {100000, -1, false},
	    {100000, INT64_MIN, false},
	    {0, INT64_MIN, false},
	    /* It moved after we had read the clock. */
	    {100000, 100005, true},
	    {100000, 110000, true},
	    {100000, 110001, false},
	    {100000, INT64_MAX, false},
	};
	size_t i;

	for (i = 0; i < LENGTH(cases); i++)
		ck_assert_msg(slot_beats(cases[i].now, cases[i].beat, 10000) ==
				  cases[i].beats,
		    "case %zu", i);
}
END_TEST

START_TEST(test_any_number_of_deaths_can_be_counted)
{
	struct slot_history h = {INT32_MAX - 1};
	int i;

	for (i = 0; i < 3; i++)
		ck_assert_int_eq(
		    slot_delay(&h, i % 2 != 0, false), SLOT_DELAY_MAX);
	ck_assert_int_eq(h.failures, INT32_MAX);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_loop_test(tc, test_every_cell_is_as_written, 0,
	    (int)SLOT_EVENTS * (int)SLOT_STATES);
	tcase_add_test(tc, test_names_past_the_last_are_unknown);
	tcase_add_loop_test(tc,
	    test_stop_and_a_death_empty_a_slot_whatever_it_did, 0, SLOT_STATES);
	tcase_add_test(tc, test_a_slot_that_is_not_wanted_never_starts_anyone);
	tcase_add_test(
	    tc, test_a_renewal_is_remembered_until_somebody_begins_after_it);
	tcase_add_test(tc, test_delays_begin_small_and_double_up_to_the_cap);
	tcase_add_test(tc, test_who_has_served_is_started_at_once_more_often);
	tcase_add_test(tc, test_a_life_that_went_well_forgets_all);
	tcase_add_test(
	    tc, test_a_death_that_had_somebody_to_blame_does_not_count);
	tcase_add_test(tc, test_any_number_of_deaths_can_be_counted);
	tcase_add_test(tc, test_a_beat_counts_only_if_it_may_be_true);
}

int
main(void)
{
	return check_main("slot", add);
}
