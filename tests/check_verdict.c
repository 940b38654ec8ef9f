/* The laboratory's verdicts follow what was measured: each as a table of
 * outcomes, those that must not be among them. */
#include "check_main.h"

#include <string.h>

#include "lab/verdict.h"

static const struct variant *
variant(const char *name)
{
	const struct variant *v = variants;

	while (strcmp(v->name, name) != 0)
		v++;
	return v;
}

static void
expect(const struct verdict *v, enum opinion opinion, bool surprise,
    const char *text, const char *why)
{
	ck_assert_msg(v->opinion == opinion, "%s, not %s: %s",
	    opinion_name(v->opinion), opinion_name(opinion), v->text);
	ck_assert_msg(
	    v->surprise == surprise, "surprise %d: %s", v->surprise, v->text);
	ck_assert_msg(
	    strstr(v->text, text) != NULL, "no '%s' in: %s", text, v->text);
	ck_assert_msg(
	    strstr(v->why, why) != NULL, "no '%s' in: %s", why, v->why);
}

START_TEST(a_variable)
{
	static const struct {
		const char *variant;
		struct variable_facts f;
		enum opinion opinion;
		bool surprise;
		const char *text, *why;
	} cases[] = {
	    /* processes, same, of them saw, other, of them saw */
	    {"prefork", {4, 5, 5, 18, 0}, OPINION_GOOD, false,
		"isolated: none of the 18 clients", "fork()"},
	    {"prefork", {4, 5, 5, 18, 1}, OPINION_BAD, true,
		"not isolated: 1 of 18", "into shared memory"},
	    {"prefork", {4, 5, 5, 18, 18}, OPINION_BAD, true,
		"not isolated: 18 of 18", "into shared memory"},
	    {"no-standby", {4, 5, 3, 18, 0}, OPINION_MIXED, true,
		"even within a process: 3 of 5", "thread-local"},
	    {"prefork", {1, 23, 23, 0, 0}, OPINION_BAD, true, "shared: all 23",
		"one address space"},
	    {"prethread", {1, 23, 23, 0, 0}, OPINION_BAD, false,
		"shared: all 23", "one address space"},
	    {"prethread", {4, 5, 5, 18, 0}, OPINION_GOOD, true, "isolated",
		"fork()"},
	    {"thread", {1, 23, 5, 0, 0}, OPINION_MIXED, true, "only 5 of 23",
		"thread-local"},
	    {"fork", {24, 0, 0, 23, 0}, OPINION_GOOD, false,
		"none of the 23 clients", "a process to itself"},
	    {"fork", {24, 0, 0, 23, 23}, OPINION_BAD, true, "not isolated",
		"into shared memory"},
	};
	struct verdict v;

	verdict_variable(&v, variant(cases[_i].variant), &cases[_i].f);
	expect(&v, cases[_i].opinion, cases[_i].surprise, cases[_i].text,
	    cases[_i].why);
}
END_TEST

START_TEST(a_stray_write)
{
	static const struct {
		const char *variant;
		struct scribble_facts f;
		enum opinion opinion;
		bool surprise;
		const char *text, *why;
	} cases[] = {
	    /* same, changed, lost, other, changed, lost */
	    {"prefork", {5, 0, 0, 18, 0, 0}, OPINION_GOOD, false,
		"0 of 23 others lost", "intact"},
	    {"prefork", {5, 0, 5, 18, 0, 0}, OPINION_MIXED, false,
		"5 of 23 others lost", "checksum"},
	    {"prefork", {5, 2, 0, 18, 0, 0}, OPINION_MIXED, true,
		"2 got wrong bytes", "checksum"},
	    {"prefork", {5, 0, 5, 18, 0, 1}, OPINION_BAD, true, "6 of 23",
		"shared between processes"},
	    {"prefork", {23, 0, 23, 0, 0, 0}, OPINION_BAD, true, "23 of 23",
		"one address space"},
	    {"no-standby", {5, 0, 5, 18, 0, 0}, OPINION_MIXED, false, "5 of 23",
		"went with it"},
	    {"prethread", {23, 0, 23, 0, 0, 0}, OPINION_BAD, false, "23 of 23",
		"one address space"},
	    {"prethread", {5, 0, 5, 18, 0, 0}, OPINION_MIXED, true, "5 of 23",
		"went with it"},
	    {"thread", {23, 0, 0, 0, 0, 0}, OPINION_GOOD, true, "0 of 23",
		"luck"},
	    {"fork", {0, 0, 0, 23, 0, 0}, OPINION_GOOD, false, "0 of 23",
		"memory management unit"},
	    {"fork", {0, 0, 0, 23, 0, 23}, OPINION_BAD, true, "23 of 23",
		"shared between processes"},
	};
	struct verdict v;

	verdict_scribble(&v, variant(cases[_i].variant), &cases[_i].f);
	expect(&v, cases[_i].opinion, cases[_i].surprise, cases[_i].text,
	    cases[_i].why);
}
END_TEST

START_TEST(pages)
{
	static const struct {
		const char *variant;
		struct pages_facts f;
		enum opinion opinion;
		bool surprise;
		const char *text, *why;
	} cases[] = {
	    /* one process, KiB both write, KiB resident */
	    {"prefork", {false, 0, 1900}, OPINION_GOOD, false, "no page",
		"copy-on-write"},
	    {"fork", {false, 4, 1900}, OPINION_MIXED, false, "4 KiB",
		"on purpose"},
	    {"prefork", {false, 900, 1900}, OPINION_MIXED, true, "900 KiB",
		"on purpose"},
	    {"prefork", {true, 700, 1900}, OPINION_BAD, true, "700 KiB",
		"same page tables"},
	    {"prethread", {true, 700, 1900}, OPINION_BAD, false, "700 KiB",
		"same page tables"},
	    {"prethread", {false, 0, 1900}, OPINION_GOOD, true, "no page",
		"copy-on-write"},
	};
	struct verdict v;

	verdict_pages(&v, variant(cases[_i].variant), &cases[_i].f);
	expect(&v, cases[_i].opinion, cases[_i].surprise, cases[_i].text,
	    cases[_i].why);
}
END_TEST

START_TEST(a_crash)
{
	static const struct {
		const char *variant;
		struct crash_facts f;
		enum opinion opinion;
		bool surprise;
		const char *text, *why;
	} cases[] = {
	    /* fault, others, lost, wrong, unheard, longest, culprit, blamed */
	    {"prefork", {FAULT_SEGV, 23, 0, 0, 0, 5, true, true}, OPINION_GOOD,
		false, "none of 23", "journal"},
	    {"prefork", {FAULT_SEGV, 23, 1, 0, 0, 5, true, true}, OPINION_MIXED,
		true, "1 of 23", "served 1 of the others"},
	    {"prefork", {FAULT_SEGV, 23, 23, 0, 0, 5, true, false}, OPINION_BAD,
		true, "23 of 23", "not a thread"},
	    {"prefork", {FAULT_SEGV, 23, 0, 2, 0, 5, true, true}, OPINION_BAD,
		true, "2 wrong answers", "wrong place"},
	    {"prefork", {FAULT_SEGV, 23, 0, 0, 4, 900, true, true},
		OPINION_MIXED, true, "4 not served again", "did not come back"},
	    /* Nothing happened at all. */
	    {"prefork", {FAULT_SEGV, 23, 0, 0, 0, 1, false, false},
		OPINION_GOOD, true, "none of 23", ""},
	    {"prefork", {FAULT_KILL, 23, 0, 0, 0, 5, false, false},
		OPINION_GOOD, false, "none of 23", "standby"},
	    {"prefork", {FAULT_HANG, 23, 0, 0, 0, 1200, true, true},
		OPINION_GOOD, false, "longest wait 1200 ms", "1200 ms"},
	    {"no-standby", {FAULT_KILL, 23, 5, 0, 0, 5, true, false},
		OPINION_MIXED, false, "5 of 23", "second owner"},
	    {"no-standby", {FAULT_KILL, 23, 23, 0, 0, 5, true, false},
		OPINION_BAD, true, "23 of 23", ""},
	    {"prethread", {FAULT_SEGV, 23, 23, 0, 0, 5, true, false},
		OPINION_BAD, false, "23 of 23", "not a thread"},
	    {"prethread", {FAULT_SEGV, 23, 0, 0, 0, 5, true, false},
		OPINION_GOOD, true, "none of 23", ""},
	    {"prethread", {FAULT_HANG, 23, 23, 0, 0, 1200, true, false},
		OPINION_BAD, false, "23 of 23", "one thread"},
	    {"fork", {FAULT_SEGV, 23, 0, 0, 0, 2, true, true}, OPINION_GOOD,
		false, "none of 23", "processes of their own"},
	    {"fork", {FAULT_SEGV, 23, 1, 0, 0, 2, true, true}, OPINION_MIXED,
		true, "1 of 23", ""},
	    {"thread", {FAULT_KILL, 23, 23, 0, 0, 7, true, false}, OPINION_BAD,
		false, "23 of 23", "not a thread"},
	    {"thread", {FAULT_HANG, 23, 0, 0, 0, 12, false, false},
		OPINION_GOOD, false, "none of 23", "cannot be ended"},
	    {"thread", {FAULT_HANG, 23, 23, 0, 0, 900, true, false},
		OPINION_BAD, true, "23 of 23", ""},
	};
	struct verdict v;

	verdict_crash(&v, variant(cases[_i].variant), &cases[_i].f);
	expect(&v, cases[_i].opinion, cases[_i].surprise, cases[_i].text,
	    cases[_i].why);
}
END_TEST

START_TEST(memory_that_runs_out)
{
	static const struct {
		const char *variant;
		struct leak_facts f;
		enum opinion opinion;
		bool surprise;
		const char *text, *why;
	} cases[] = {
	    /* others, refused, lost, newcomers, served */
	    {"prefork", {23, 11, 0, 4, 4}, OPINION_MIXED, false, "11 of 23",
		"far from their limits"},
	    {"prefork", {23, 23, 0, 4, 4}, OPINION_BAD, true, "23 of 23", ""},
	    {"prefork", {23, 11, 0, 4, 2}, OPINION_BAD, true, "2 of 4 new", ""},
	    {"prefork", {23, 0, 5, 4, 4}, OPINION_MIXED, true, "5 disconnected",
		"did not survive"},
	    {"prethread", {23, 23, 0, 4, 4}, OPINION_BAD, false, "23 of 23",
		"same address space"},
	    {"prethread", {23, 8, 0, 4, 4}, OPINION_MIXED, false, "8 of 23",
		"set aside"},
	    {"prethread", {23, 0, 0, 4, 4}, OPINION_GOOD, true, "0 of 23", ""},
	    {"thread", {23, 11, 0, 4, 1}, OPINION_BAD, false, "1 of 4 new",
		"stack"},
	    {"fork", {23, 0, 0, 4, 4}, OPINION_GOOD, false, "0 of 23",
		"limit on a process"},
	    {"fork", {23, 1, 0, 4, 4}, OPINION_MIXED, true, "1 of 23", ""},
	    {"fork", {23, 0, 0, 4, 0}, OPINION_BAD, true, "0 of 4 new", ""},
	};
	struct verdict v;

	verdict_leak(&v, variant(cases[_i].variant), &cases[_i].f);
	expect(&v, cases[_i].opinion, cases[_i].surprise, cases[_i].text,
	    cases[_i].why);
}
END_TEST

START_TEST(descriptors_that_run_out)
{
	static const struct {
		const char *variant;
		struct files_facts f;
		enum opinion opinion;
		bool surprise;
		const char *text, *why;
	} cases[] = {
	    /* wanted, served, others, served, lost, after, served */
	    {"prefork", {200, 129, 23, 23, 0, 23, 23}, OPINION_MIXED, false,
		"129 of 200 served, the rest wait", "of its own"},
	    {"prethread", {200, 53, 23, 23, 0, 23, 23}, OPINION_MIXED, false,
		"53 of 200", "share one table"},
	    {"fork", {200, 200, 23, 23, 0, 23, 23}, OPINION_GOOD, false,
		"200 of 200 served;", "none comes near"},
	    {"prefork", {200, 129, 23, 22, 1, 23, 23}, OPINION_BAD, true,
		"1 lost", "were hurt"},
	    {"prefork", {200, 129, 23, 20, 0, 23, 23}, OPINION_BAD, true,
		"20 of 23", "were hurt"},
	    {"prefork", {200, 129, 23, 23, 0, 23, 0}, OPINION_BAD, true,
		"129 of 200", "did not notice"},
	};
	struct verdict v;

	verdict_files(&v, variant(cases[_i].variant), &cases[_i].f);
	expect(&v, cases[_i].opinion, cases[_i].surprise, cases[_i].text,
	    cases[_i].why);
}
END_TEST

START_TEST(what_a_client_costs)
{
	static const struct {
		const char *variant;
		struct memory_facts f;
		enum opinion opinion;
		const char *text, *why;
	} cases[] = {
	    /* wanted, reached, KiB, tables, best, RSS by PSS, stopped */
	    {"prefork", {10000, 10000, 0.6, 0, 0.6, 1.2, ""}, OPINION_GOOD,
		"10000 clients, 0.6 KiB", "a record in a table"},
	    {"thread", {10000, 10000, 17, 1, 0.6, 1.2, ""}, OPINION_MIXED,
		"18.0 KiB", "a thread"},
	    {"fork", {10000, 10000, 60, 44, 0.6, 27, ""}, OPINION_BAD,
		"104.0 KiB", "27.0 times"},
	    {"fork", {10000, 4000, 60, 44, 0.6, 27, "no more pids"},
		OPINION_BAD, "4000 of 10000 clients", "a process"},
	    {"fork", {10000, 4000, 60, 44, 0.6, 27, "no more pids"},
		OPINION_BAD, "no more pids", ""},
	    {"prefork", {10000, 0, -1, 0, 0.6, 1, "no /proc"}, OPINION_NONE,
		"not measured: no /proc", ""},
	};
	struct verdict v;

	verdict_memory(&v, variant(cases[_i].variant), &cases[_i].f);
	expect(&v, cases[_i].opinion, false, cases[_i].text, cases[_i].why);
}
END_TEST

START_TEST(a_contest)
{
	static const struct {
		struct value own, best;
		bool more;
		enum opinion opinion;
		const char *text;
	} cases[] = {
	    {{5, 100, 90, 110, ""}, {5, 200, 190, 210, ""}, true, OPINION_MIXED,
		"50 % behind other"},
	    {{5, 60, 50, 70, ""}, {5, 200, 190, 210, ""}, true, OPINION_BAD,
		"70 % behind other"},
	    /* The spreads meet: nothing can be said. */
	    {{5, 100, 90, 190, ""}, {5, 200, 190, 210, ""}, true, OPINION_GOOD,
		"no difference to other"},
	    {{5, 12, 11, 13, ""}, {5, 10, 9, 10.5, ""}, false, OPINION_MIXED,
		"20 % behind other"},
	    {{5, 40, 30, 50, ""}, {5, 10, 9, 11, ""}, false, OPINION_BAD,
		"300 % behind other"},
	    {{0, 0, 0, 0, "no luck"}, {5, 10, 9, 11, ""}, false, OPINION_NONE,
		"not measured: no luck"},
	};
	struct contest c = {.own = &cases[_i].own,
	    .best = &cases[_i].best,
	    .best_name = "other",
	    .more_is_better = cases[_i].more};
	struct verdict v;

	verdict_speed(&v, variant("prefork"), &c, 7);
	expect(&v, cases[_i].opinion, false, cases[_i].text, "");
	verdict_start(&v, variant("prefork"), &c, 7);
	expect(&v, cases[_i].opinion, false, cases[_i].text, "");
}
END_TEST

START_TEST(the_best_is_the_best)
{
	struct value own = {5, 100, 90, 110, ""};
	struct contest c = {&own, &own, "prefork", true};
	struct verdict v;

	verdict_speed(&v, variant("prefork"), &c, 7.25);
	expect(&v, OPINION_GOOD, false, "100 round trips/s: the best median",
	    "7.2 microseconds");
	verdict_start(&v, variant("thread"), &c, 3);
	expect(&v, OPINION_GOOD, false, "after 100.0 ms: the best median",
	    "ready after 3.0 ms");
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_loop_test(tc, a_variable, 0, 10);
	tcase_add_loop_test(tc, a_stray_write, 0, 11);
	tcase_add_loop_test(tc, pages, 0, 6);
	tcase_add_loop_test(tc, a_crash, 0, 18);
	tcase_add_loop_test(tc, memory_that_runs_out, 0, 11);
	tcase_add_loop_test(tc, descriptors_that_run_out, 0, 6);
	tcase_add_loop_test(tc, what_a_client_costs, 0, 6);
	tcase_add_loop_test(tc, a_contest, 0, 6);
	tcase_add_test(tc, the_best_is_the_best);
}

int
main(void)
{
	return check_main("verdict", add);
}
