/*
 * check_status_rows - what is told of the scoreboard is well-formed whatever
 * stands there.
 */
#include "service/status.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check_main.h"
#include "service/app_reply.h"

enum { ROWS = 3, CLIENTS = 4, ROUNDS = 10000, TEXT = 65536, DEPTH = 8 };

static struct board board;
static struct pf_reply reply;
static char text[TEXT];
static uint64_t seed;

/* xorshift64 */
static uint64_t
chance(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

/* Random bytes, or all of one kind: numbers at the ends of their ranges. */
static void
scribble(void *at, size_t size)
{
	const unsigned kind = chance() % 4;
	unsigned char *bytes = at;
	size_t i;

	for (i = 0; i < size; i++)
		bytes[i] = kind == 0   ? 0xff
			   : kind == 1 ? 0x7f
				       : (unsigned char)chance();
}

static void
scribble_board(void)
{
	struct board_master *m = board_master(&board);
	int i;

	for (i = 0; i < ROWS; i++) {
		scribble(board_row(&board, i), sizeof(struct board_row));
		scribble(&m->shown[i], sizeof(m->shown[i]));
		scribble(&m->total[i], sizeof(m->total[i]));
	}
	scribble((void *)&m->ready, sizeof(m->ready));
	scribble((void *)&m->stopping, sizeof(m->stopping));
	scribble((void *)&m->began, sizeof(m->began));
	if (chance() % 2 == 0)
		scribble((void *)&m->used, sizeof(m->used));
	else
		board_set(m->used, ROWS);
}

/* There are many: Check would write down each. */
#define must(true)                                             \
	do                                                     \
		if (!(true))                                   \
			ck_abort_msg("%s in %s", #true, text); \
	while (0)

/* What was written, as text. */
static void
render(void (*write)(struct pf_reply *, const struct status *))
{
	const struct status s = {.board = &board,
	    .model = "prefork",
	    .now = (int64_t)(chance() >> (1 + chance() % 62))};

	pf_clear(&reply);
	write(&reply, &s);
	must(reply.why == NULL);
	must(reply.file < 0);
	must(reply.stage.len < TEXT);
	memcpy(text, reply.stage.data, reply.stage.len);
	text[reply.stage.len] = '\0';
	must(strlen(text) == reply.stage.len);
}

/* --- JSON, RFC 8259 --- */

static const char *value(const char *p, int depth);

static const char *
blank(const char *p)
{
	return p + strspn(p, " \n\t\r");
}

static const char *
string(const char *p)
{
	must(*p == '"');
	for (p++; *p != '"'; p++)
		must((unsigned char)*p >= ' ' && *p != '\\' &&
		     (unsigned char)*p < 0x7f);
	return p + 1;
}

static const char *
number(const char *p)
{
	const char *from = p;

	p += *p == '-';
	p += strspn(p, "0123456789");
	must(p != from);
	must(*from != '0' || p == from + 1);
	return p;
}

static const char *
members(const char *p, int depth, char end)
{
	for (p = blank(p + 1); *p != end; p = blank(p)) {
		if (end == '}') {
			p = blank(string(p));
			must(*p++ == ':');
		}
		p = blank(value(blank(p), depth + 1));
		if (*p != ',')
			break;
		p = blank(p + 1);
		must(*p != end);
	}
	must(*p == end);
	return p + 1;
}

static const char *
value(const char *p, int depth)
{
	must(depth < DEPTH);
	switch (*p) {
	case '{':
		return members(p, depth, '}');
	case '[':
		return members(p, depth, ']');
	case '"':
		return string(p);
	case 't':
		must(strncmp(p, "true", 4) == 0);
		return p + 4;
	case 'f':
		must(strncmp(p, "false", 5) == 0);
		return p + 5;
	default:
		return number(p);
	}
}

static void
expect_json(void)
{
	must(*blank(value(text, 0)) == '\0');
}

/* --- text for Prometheus --- */

static const char *
name(const char *p)
{
	const char *from = p;

	while (isalnum((unsigned char)*p) || *p == '_')
		p++;
	must(p != from);
	must(strncmp(from, "prefork_", 8) == 0);
	return p;
}

static const char *
labels(const char *p)
{
	while (*p != '}') {
		p += strspn(p, "abcdefghijklmnopqrstuvwxyz_");
		must(*p++ == '=');
		p = string(p);
		p += *p == ',';
	}
	return p + 1;
}

static void
expect_sample(const char *line, bool counts)
{
	const char *p = name(line);
	char *end;
	double n;

	if (*p == '{')
		p = labels(p + 1);
	must(*p == ' ');
	n = strtod(p + 1, &end);
	must(*end == '\0' && end > p + 1 && n >= 0);
	must(!counts || strchr(p, '.') == NULL);
}

static void
expect_metrics(void)
{
	char *line, *next, *type = NULL;

	must(text[strlen(text) - 1] == '\n');
	for (line = text; *line != '\0'; line = next) {
		next = strchr(line, '\n');
		*next++ = '\0';
		if (strncmp(line, "# TYPE ", 7) == 0)
			type = line + 7;
		if (line[0] == '#')
			continue;
		must(type != NULL);
		/* Of the kind that was said last. */
		must(strncmp(line, type, strcspn(type, " ")) == 0);
		expect_sample(line, strstr(type, "_total") != NULL);
	}
}

/* --- the page --- */

/* What is of the board are numbers and words in cells, in whole rows. */
static void
expect_page(void)
{
	static const char in_cells[] =
	    "abcdefghijklmnopqrstuvwxyz0123456789, .";
	const char *p = strstr(text, "<tbody id=rows>\n");
	int cells;

	must(p != NULL);
	for (p += strlen("<tbody id=rows>\n"); strncmp(p, "<tr>", 4) == 0;
	     p++) {
		p += 4;
		for (cells = 0; strncmp(p, "<td>", 4) == 0; cells++) {
			p += 4;
			p += strspn(p, in_cells);
		}
		must(cells == 17);
		must(*p == '\n');
	}
	must(strncmp(p, "</table>", 8) == 0);
}

static void
setup(void)
{
	ck_assert_int_eq(board_open(&board, ROWS, CLIENTS, BOARD_UNKEPT), 0);
	app_reply_init(&reply);
	seed = 88172645463325252;
}

START_TEST(what_is_told_is_well_formed_whatever_stands_there)
{
	int i;

	for (i = 0; i < ROUNDS; i++) {
		if (i > 0)
			scribble_board();
		render(status_json);
		expect_json();
		render(status_metrics);
		expect_metrics();
		render(status_html);
		expect_page();
	}
}
END_TEST

/* A total that was read in between is no more than the next fold says, and no
 * less than the last. */
START_TEST(a_total_of_now_has_what_was_not_folded)
{
	struct board_row *row = board_row(&board, 1);

	board_add(row, COUNT_CLIENTS, 5);
	ck_assert_uint_eq(board_so_far(&board, 1, COUNT_CLIENTS), 5);
	board_fold(&board, 1);
	ck_assert_uint_eq(board_so_far(&board, 1, COUNT_CLIENTS), 5);
	board_add(row, COUNT_CLIENTS, 2);
	ck_assert_uint_eq(board_so_far(&board, 1, COUNT_CLIENTS), 7);
	ck_assert_uint_eq(board_total(&board, COUNT_CLIENTS), 5);
	/* It was written over: what had been folded stays. */
	board_set(row->count[COUNT_CLIENTS], 1);
	ck_assert_uint_eq(board_so_far(&board, 1, COUNT_CLIENTS), 5);
	board_fold(&board, 1);
	ck_assert_uint_eq(board_so_far(&board, 1, COUNT_CLIENTS), 5);
	board_add(row, COUNT_CLIENTS, 1);
	ck_assert_uint_eq(board_so_far(&board, 1, COUNT_CLIENTS), 6);
}
END_TEST

static const struct {
	int32_t stopping, ready, state;
	enum status_readiness is;
} moments[] = {
    {0, 0, SHOWN_STARTING, STATUS_STARTING},
    {0, 0, SHOWN_SERVING, STATUS_STARTING},
    {0, 1, SHOWN_SERVING, STATUS_READY},
    {0, 1, SHOWN_RENEWING, STATUS_READY},
    {0, 1, SHOWN_TAKING, STATUS_READY},
    {0, 1, SHOWN_WAITING, STATUS_IDLE},
    {0, 1, 77, STATUS_IDLE},
    {0, 1, -1, STATUS_IDLE},
    {BOARD_STOPS, 1, SHOWN_SERVING, STATUS_DRAINING},
    {BOARD_MAKES_WAY, 1, SHOWN_LEAVING, STATUS_READY},
};

START_TEST(it_is_ready_when_a_slot_serves_and_all_have_served)
{
	const struct status s = {.board = &board, .model = "x", .now = 1};
	struct board_master *m = board_master(&board);

	board_set(m->used, ROWS);
	board_set(m->stopping, moments[_i].stopping);
	board_set(m->ready, moments[_i].ready);
	board_set(m->shown[1].state, moments[_i].state);
	ck_assert_int_eq(status_readiness(&s), moments[_i].is);
}
END_TEST

START_TEST(a_time_is_counted_where_its_bound_is)
{
	int i;

	ck_assert_int_eq(board_time(0), COUNT_TIMES);
	for (i = 0; i < BOARD_BOUNDS; i++) {
		ck_assert_int_eq(board_time(board_bounds[i]), COUNT_TIMES + i);
		ck_assert_int_eq(
		    board_time(board_bounds[i] + 1), COUNT_TIMES + i + 1);
	}
	ck_assert_int_eq(board_time(INT64_MAX), BOARD_COUNTS - 1);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, what_is_told_is_well_formed_whatever_stands_there);
	tcase_add_test(tc, a_time_is_counted_where_its_bound_is);
	tcase_add_test(tc, a_total_of_now_has_what_was_not_folded);
	tcase_add_loop_test(tc,
	    it_is_ready_when_a_slot_serves_and_all_have_served, 0,
	    (int)LENGTH(moments));
}

int
main(void)
{
	return check_main("status_rows", add);
}
