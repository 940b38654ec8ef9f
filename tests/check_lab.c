/* The laboratory's instruments and its report, without a server. */
#include "check_main.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/json.h"
#include "bench/proc.h"
#include "lab/guess.h"
#include "lab/lab.h"
#include "lab/report.h"
#include "lab/verdict.h"

START_TEST(a_median_and_its_spread)
{
	double odd[] = {5, 1, 9}, even[] = {4, 1, 2, 3};
	struct value v = {0};

	value_from(&v, odd, 3);
	ck_assert_int_eq(v.samples, 3);
	ck_assert_double_eq(v.median, 5);
	ck_assert_double_eq(v.low, 1);
	ck_assert_double_eq(v.high, 9);
	value_from(&v, even, 4);
	ck_assert_double_eq(v.median, 2.5);
	value_from(&v, even, 0);
	ck_assert_int_eq(v.samples, 0);
}
END_TEST

START_TEST(a_number_of_a_report)
{
	static const struct {
		const char *json, *key;
		double n;
	} cases[] = {
	    {"{\"round_trips\":12,\"p50\":3.5}", "p50", 3.5},
	    {"{\"round_trips_least\":1,\"round_trips\":12}", "round_trips", 12},
	    {"{\"a\":0}", "a", 0},
	    {"{\"a\":0}", "b", -1},
	    {"{\"a\":\"text\"}", "a", -1},
	    {"", "a", -1},
	};

	ck_assert_double_eq(
	    json_find(cases[_i].json, cases[_i].key), cases[_i].n);
}
END_TEST

START_TEST(what_both_can_write)
{
	/* begin, end, offset, inode, mode, name, size, rss, pss, shared,
	 * private */
	static const struct proc_range one[] = {
	    {0x1000, 0x5000, 0, 7, "rw-s", "", 16, 16, 8, 16, 0},
	    {0x8000, 0xa000, 0, 8, "rw-p", "", 8, 8, 8, 0, 8},
	    {0xb000, 0xc000, 0, 9, "r--s", "", 4, 4, 2, 4, 0},
	};
	static const struct proc_range same_memory[] = {
	    {0x2000, 0x6000, 0, 7, "rw-s", "", 16, 16, 8, 16, 0}};
	static const struct proc_range half[] = {
	    {0x2000, 0x4000, 0x2000, 7, "rw-s", "", 8, 8, 4, 8, 0}};
	static const struct proc_range only_read[] = {
	    {0x1000, 0x5000, 0, 7, "r--s", "", 16, 16, 8, 16, 0},
	    {0xb000, 0xc000, 0, 9, "rw-s", "", 4, 4, 2, 4, 0}};
	static const struct proc_range copied[] = {
	    {0x8000, 0xa000, 0, 8, "rw-p", "", 8, 8, 8, 0, 8}};

	ck_assert_int_eq(proc_both_write(one, 3, same_memory, 1, false), 16);
	ck_assert_int_eq(proc_both_write(one, 3, half, 1, false), 8);
	ck_assert_int_eq(proc_both_write(one, 3, only_read, 2, false), 0);
	ck_assert_int_eq(proc_both_write(one, 3, copied, 1, false), 0);
	ck_assert_int_eq(proc_both_write(one, 3, one, 3, true), 24);
}
END_TEST

START_TEST(the_rest_is_judged_by_the_pace)
{
	struct progress p = {.total = 100, .done = 0};

	ck_assert_double_eq(progress_left(&p, 0), 100);
	p.done = 45;
	ck_assert_double_eq(progress_left(&p, 45), 55);
	ck_assert_double_eq(progress_left(&p, 95), 110);
}
END_TEST

static int
wanted(const char *only)
{
	char option[] = "--only", words[32];
	char *argv[] = {option, words, NULL};
	struct lab_settings s;
	int i, n = 0;

	(void)snprintf(words, sizeof(words), "%s", only);
	lab_settings(&s, argv);
	for (i = 0; i < EXPERIMENTS; i++)
		n += lab_wants(&s, recipes[i]);
	return n;
}

START_TEST(only_what_was_asked_for)
{
	int i;

	ck_assert_int_eq(wanted("memory,segv"), 2);
	ck_assert_int_eq(wanted("crash"), 5);
	for (i = 0; i < EXPERIMENTS; i++)
		ck_assert_int_ge(wanted(recipes[i]->id), 1);
}
END_TEST

START_TEST(every_variant_can_be_chosen_by_its_name)
{
	char option[] = "--models", name[32];
	char *argv[] = {option, name, NULL};
	struct lab_settings s;
	int i;

	(void)snprintf(name, sizeof(name), "%s", variants[_i].name);
	lab_settings(&s, argv);
	for (i = 0; i < VARIANTS; i++)
		ck_assert_int_eq(s.chosen[i], i == _i);
}
END_TEST

/* --- the report --- */

/* Skips one JSON value (RFC 8259); NULL if there is none. */
static const char *skip_value(const char *p);

static const char *
skip_string(const char *p)
{
	for (p++; *p != '"'; p++) {
		if (*p == '\0' || (unsigned char)*p < 0x20)
			return NULL;
		if (*p == '\\' && *++p == '\0')
			return NULL;
	}
	return p + 1;
}

static const char *
skip_space(const char *p)
{
	return p == NULL ? NULL : p + strspn(p, " \t\r\n");
}

static const char *
skip_members(const char *p, char end, bool keys)
{
	p = skip_space(p + 1);
	if (*p == end)
		return p + 1;
	for (;;) {
		if (keys) {
			p = *p == '"' ? skip_space(skip_string(p)) : NULL;
			if (p == NULL || *p++ != ':')
				return NULL;
			p = skip_space(p);
		}
		p = skip_space(skip_value(p));
		if (p == NULL || (*p != ',' && *p != end))
			return NULL;
		if (*p++ == end)
			return p;
		p = skip_space(p);
	}
}

static const char *
skip_value(const char *p)
{
	size_t n;

	if (*p == '{' || *p == '[')
		return skip_members(p, *p == '{' ? '}' : ']', *p == '{');
	if (*p == '"')
		return skip_string(p);
	n = strspn(p, "-+.0123456789eEtrufalsn");
	return n > 0 ? p + n : NULL;
}

/* A report of two experiments, one of which was not made, for two variants. */
static void
fill(struct report *r, struct experiment e[2], bool chosen[VARIANTS])
{
	static const struct variable_facts isolated = {4, 5, 5, 18, 0};
	static const struct variable_facts leaky = {4, 5, 5, 18, 18};
	static const struct recipe tried = {.id = "variable",
	    .group = "isolation",
	    .title = "A <b>title</b>",
	    .question = "Who & \"why\"?",
	    .done = "this\nand that\\",
	    .by_hand = "one\ntwo",
	    .figure = {{"seen_by", "seen by", "", 0},
		{"seen_in_other_processes", "in others", "KiB", 0},
		{"processes", "processes", "", 1}},
	    .chart = {.kind = "bars"}};
	static const struct recipe left_out = {
	    .id = "memory", .group = "isolation"};

	memset(r, 0, sizeof(*r));
	memset(e, 0, 2 * sizeof(*e));
	memset(chosen, 0, VARIANTS * sizeof(*chosen));
	chosen[0] = chosen[3] = true;
	e[0].recipe = &tried;
	e[1].recipe = &left_out;
	e[0].ran = true;
	experiment_add(&e[0], 0, (const double[]){5, 0, 4});
	say(e[0].value[0][3].note, NOTE_TEXT, "it <broke>");
	verdict_variable(&e[0].verdict[0], &variants[0], &isolated);
	verdict_variable(&e[0].verdict[3], &variants[3], &leaky);
	r->experiment = e;
	r->experiments = 2;
	r->chosen = chosen;
	(void)snprintf(r->date, sizeof(r->date), "2026-01-01 00:00 UTC");
	(void)snprintf(r->machine, sizeof(r->machine), "2 processors");
}

static char *
written(void (*write_it)(FILE *out, const void *report))
{
	static char text[65536];
	static struct experiment e[2];
	bool chosen[VARIANTS];
	struct report r;
	FILE *f = fmemopen(text, sizeof(text), "w");

	ck_assert_ptr_nonnull(f);
	fill(&r, e, chosen);
	write_it(f, &r);
	ck_assert_int_eq(fclose(f), 0);
	return text;
}

static void
expect_text(const char *text, const char *part)
{
	ck_assert_msg(strstr(text, part) != NULL, "no '%s' in: %s", part, text);
}

START_TEST(results_are_json)
{
	const char *text = written(report_results), *end = skip_value(text);

	ck_assert_msg(
	    end != NULL && *skip_space(end) == '\0', "not JSON: %s", text);
	expect_text(text, "\"surprises\":1");
	expect_text(text, "\"seen_by\":{");
	expect_text(text, "\"chart\":\"bars\"");
	expect_text(text, "\"prefork\":{\"samples\":1,\"median\":5,");
	expect_text(text, "\"note\":\"it \\u003cbroke>\"");
	expect_text(text, "\"text\":\"not isolated: 18 of 18");
	expect_text(text, "this\\nand that\\\\");
	ck_assert_ptr_null(strstr(text, "\"memory\",\"group\""));
	ck_assert_ptr_null(strstr(text, "prethread"));
}
END_TEST

START_TEST(the_page_is_one_file)
{
	static const char *const outside[] = {"<link", "<img", "<iframe",
	    "src=", "url(", "@import", "import(", "fetch(", "https:"};
	const char *text = written(report_page), *at;
	size_t i;

	for (i = 0; i < LENGTH(outside); i++)
		ck_assert_msg(
		    strstr(text, outside[i]) == NULL, "%s", outside[i]);
	/* That is the name of a language, not an address. */
	at = strstr(text, "http:");
	ck_assert_ptr_nonnull(at);
	ck_assert_int_eq(strncmp(at, "http://www.w3.org/2000/svg", 26), 0);
	ck_assert_ptr_null(strstr(at + 1, "http:"));
	expect_text(text, "prefers-color-scheme: dark");
	expect_text(text, "@media print");
	expect_text(text, "</html>");
}
END_TEST

START_TEST(the_page_holds_the_results_and_nothing_ends_them)
{
	static const char begin[] = "id=\"results\">\n";
	const char *results = written(report_results);
	static char copy[65536];
	const char *page, *at;
	size_t len = strlen(results);

	memcpy(copy, results, len + 1);
	ck_assert_ptr_null(strchr(copy, '<'));
	page = written(report_page);
	at = strstr(page, begin);
	ck_assert_ptr_nonnull(at);
	at += strlen(begin);
	ck_assert_int_eq(strncmp(at, copy, len), 0);
	ck_assert_int_eq(strncmp(at + len, "</script>", 9), 0);
}
END_TEST

/* Runs tests/bench/report with these runs, and the table or the JSON to its
 * standard output. Returns its exit status. */
static int
run_report(char text[16384], const char *runs, const char *to)
{
	const char *top = getenv("top_srcdir"), *built = getenv("top_builddir");
	char command[4096];
	size_t n;
	FILE *f;

	(void)snprintf(command, sizeof(command),
	    "cd '%s/tests/bench' && printf '%s' | '%s/tests/bench/report' "
	    "sample/machine cases bars %s %s 2>&1",
	    top, runs[0] == '/' ? "" : runs, built,
	    runs[0] == '/' ? runs + 1 : "/dev/stdin", to);
	f = popen(command, "r");
	ck_assert_ptr_nonnull(f);
	n = fread(text, 1, 16383, f);
	text[n] = '\0';
	return pclose(f);
}

/* What scripts/bench makes of a few runs. */
START_TEST(the_results_of_the_bench_are_json)
{
	char text[16384];
	const char *end;

	ck_assert_int_eq(
	    run_report(text, "/sample/runs", "/dev/null /dev/stdout"), 0);
	end = skip_value(text);
	ck_assert_msg(
	    end != NULL && *skip_space(end) == '\0', "not JSON: %s", text);
	ck_assert_ptr_null(strchr(text, '<'));
	expect_text(text, "A \\\"fast\\\" \\u003cprocessor>");
	expect_text(text, "\"median\":8.0000,\"low\":7.5000");
	expect_text(text, "\"pss_kib\":2048");
	expect_text(text, "\"that\":\"nginx\",\"value\":0.8000");
	expect_text(text, "\"met\":false");
	expect_text(text, "memory: prefork takes 4096 KiB, at most 2048");
}
END_TEST

START_TEST(the_results_of_the_bench_are_a_table)
{
	char text[16384];

	ck_assert_int_eq(
	    run_report(text, "/sample/runs", "/dev/stdout /dev/null"), 0);
	expect_text(text,
	    "\nmemory: Memory of all processes, without a client\n"
	    "                       KiB             quartiles  "
	    "prefork\n"
	    "  prefork             4096           4096 - 4096  "
	    "   1.00\n");
	expect_text(text, "  prefork             8.00           7.50 - 8.50  "
			  "   1.00       1000       110       850      2048\n");
	expect_text(text, "\n1k: prefork costs 0.80 of nginx (the floor 0.50), "
			  "at most 0.72: missed\n");
}
END_TEST

/* The second line of the runs, and what is said of it. */
static const char *const bad_run[][2] = {
    {"1k|prefork|1|1000|9000000|1.0|100", "too few or too many fields"},
    {"1k|prefork", "too few or too many fields"},
    {"1k|prefork|1|1|2|3|4|5|6|7|8|9|10", "too few or too many fields"},
    {"1k|prefork|1|1000|many|1.0|100|900", "no number"},
    {"1k|prefork|1|1000|-9|1.0|100|900", "no number"},
    {"1k|prefork|1||9000000|1.0|100|900", "no number"},
    {"1k|prefork|1|0|9000000|1.0|100|900", "nothing done"},
    {"1k|prefork|1|0|0|1.0|100|900", "nothing done"},
    {"1k|prefork|1|1000|9000000|0|100|900", "nothing done"},
};

START_TEST(a_bad_line_of_the_runs_is_told)
{
	char text[16384], runs[256];

	(void)snprintf(runs, sizeof(runs), "# runs\\n%s\\n", bad_run[_i][0]);
	ck_assert_int_ne(run_report(text, runs, "/dev/null /dev/null"), 0);
	expect_text(text, "/dev/stdin line 2: ");
	expect_text(text, bad_run[_i][1]);
}
END_TEST

START_TEST(the_closing_table_rests_on_figures)
{
	static struct experiment e[2];
	bool chosen[VARIANTS];
	char cell[CLOSING_TEXT];
	struct report r;
	int i;

	fill(&r, e, chosen);
	for (i = 0; i < CLOSING_ROWS; i++) {
		const struct closing_row *row = &closing_rows[i];

		(void)closing_cell(cell, &r, row, 0);
		if (strcmp(row->title, "Shared state") == 0)
			ck_assert_str_eq(cell, "only on purpose: 4 processes");
		else if (strcmp(row->title, "Software of this kind") != 0)
			ck_assert_str_eq(cell, "not measured");
		ck_assert_int_gt((int)strlen(cell), 0);
	}
	/* That one is not known for fork. */
	for (i = 0; strcmp(closing_rows[i].title, "Shared state") != 0; i++)
		;
	ck_assert_str_eq(
	    closing_cell(cell, &r, &closing_rows[i], 3), "not measured");
	experiment_clear(&e[0], 0, "");
	experiment_add(&e[0], 0, (const double[]){5, 18, 4});
	ck_assert_str_eq(closing_cell(cell, &r, &closing_rows[i], 0),
	    "seen by other processes");
}
END_TEST

/* A process with a secret, which another has after its death or not. */
struct oracle {
	bool changes;
	uint64_t state;
	unsigned char secret[GUESS_BYTES];
};

static void
renew_secret(struct oracle *o)
{
	int i;

	for (i = GUESS_GIVEN; i < GUESS_BYTES; i++) {
		o->state =
		    o->state * 6364136223846793005U + 1442695040888963407U;
		o->secret[i] = (unsigned char)(o->state >> 56);
	}
}

static void
guess_once(struct guess *g, struct oracle *o)
{
	unsigned char bytes[GUESS_BYTES];
	int n = guess_next(g, bytes);
	bool right = memcmp(bytes, o->secret, (size_t)n) == 0;

	guess_learn(g, right);
	if (!right && o->changes)
		renew_secret(o);
}

START_TEST(a_secret_that_stays_is_learnt)
{
	struct oracle o = {.state = (uint64_t)_i};
	struct guess g;

	renew_secret(&o);
	if (_i == 0)
		memset(o.secret, 0, sizeof(o.secret));
	if (_i == 1)
		memset(o.secret + GUESS_GIVEN, 255, GUESS_SECRET);
	guess_init(&g);
	while (g.sure < GUESS_BYTES) {
		guess_once(&g, &o);
		ck_assert_int_le(g.deaths, 256 * GUESS_SECRET + GUESS_SURE);
	}
	ck_assert_mem_eq(g.byte, o.secret, GUESS_BYTES);
	ck_assert_int_eq(g.refuted, 0);
}
END_TEST

START_TEST(a_secret_that_changes_is_not)
{
	struct oracle o = {.changes = true, .state = (uint64_t)_i};
	struct guess g;

	renew_secret(&o);
	guess_init(&g);
	while (g.deaths < 10000)
		guess_once(&g, &o);
	ck_assert_int_eq(g.sure, GUESS_GIVEN);
	ck_assert_int_gt(g.refuted, 0);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_loop_test(tc, a_secret_that_stays_is_learnt, 0, 8);
	tcase_add_loop_test(tc, a_secret_that_changes_is_not, 0, 8);
	tcase_add_test(tc, a_median_and_its_spread);
	tcase_add_loop_test(tc, a_number_of_a_report, 0, 6);
	tcase_add_test(tc, what_both_can_write);
	tcase_add_test(tc, the_rest_is_judged_by_the_pace);
	tcase_add_test(tc, only_what_was_asked_for);
	tcase_add_loop_test(
	    tc, every_variant_can_be_chosen_by_its_name, 0, VARIANTS);
	tcase_add_test(tc, results_are_json);
	tcase_add_test(tc, the_page_is_one_file);
	tcase_add_test(tc, the_page_holds_the_results_and_nothing_ends_them);
	tcase_add_test(tc, the_results_of_the_bench_are_json);
	tcase_add_test(tc, the_results_of_the_bench_are_a_table);
	tcase_add_loop_test(
	    tc, a_bad_line_of_the_runs_is_told, 0, LENGTH(bad_run));
	tcase_add_test(tc, the_closing_table_rests_on_figures);
}

int
main(void)
{
	return check_main("lab", add);
}
