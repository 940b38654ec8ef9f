/*
 * check_audit - what a takeover believes of a record: all that a healthy worker
 * leaves, and nothing that would lead outside what the record owns.
 */
#include "stream/audit.h"

#include <stddef.h>
#include <string.h>

#include "check_main.h"
#include "service/http_record.h"
#include "records.h"
#include "service/registry.h"

enum { RECORDS = 4 };

static struct journal j;
static struct record r;
static struct service_config config;
static struct append lines;
static struct audit audit = {.journal = &j, .first = FD_FIRST, .end = FD_END};

static void
set_up(void)
{
	ck_assert_int_eq(
	    journal_open(&j, RECORDS, services, JOURNAL_UNKEPT), 0);
	record_config(&config, &lines);
}

static void
tear_down(void)
{
	journal_close(&j);
}

static bool
is_believed(void)
{
	audit.logs = config.access != NULL;
	services_spoken(&config, audit.spoken);
	return audit_record(&audit, &r);
}

static int
kind_of(const char *name)
{
	int i;

	for (i = 0; i < RECORD_KINDS; i++)
		if (strcmp(record_kinds[i].name, name) == 0)
			return i;
	ck_abort_msg("no record is called %s", name);
}

static void
make(const char *name)
{
	record_make(&j, &r, kind_of(name));
}

START_TEST(test_what_a_healthy_worker_leaves_is_believed)
{
	int i;

	for (i = 0; i < RECORD_KINDS; i++) {
		record_make(&j, &r, i);
		ck_assert_msg(is_believed(), "%s", record_kinds[i].name);
	}
}
END_TEST

START_TEST(test_who_names_no_buffer_has_nothing_in_it)
{
	static const char *const owing[] = {"begun", "busy echo",
	    "holding echo", "ending echo", "half a head", "answer", "file",
	    "parts", "body", "lines", "demo"};
	size_t i;

	for (i = 0; i < LENGTH(owing); i++) {
		make(owing[i]);
		r.in_buf = -1;
		ck_assert_msg(!is_believed(), "%s", owing[i]);
	}
}
END_TEST

/* How many of the 256 a line can be in: none or up to five of "exit\r", of
 * which none or up to all were echoed, or begun in the middle; or another; or
 * the echo ends. */
enum { LINE_STATES = 6 * 7 / 2 + 6 + 1 + 1 };

START_TEST(test_an_echo_is_in_a_line_state_that_there_is)
{
	int state, match, told, found = 0;

	for (state = 0; state < 256; state++) {
		make("holding echo");
		match = state & 7;
		told = state >> 4 & 7;
		r.out = 798;
		record_scan(&r, (uint64_t)r.in << 8 | (uint64_t)state);
		if (!is_believed())
			continue;
		found++;
		ck_assert_msg(state == SCAN_END || match == 7
				  ? state == SCAN_END || state == 7
				  : state < 128 && match <= 5 &&
					told <= match &&
					(told == 0 || !(state & 8)),
		    "%#x", (unsigned)state);
	}
	ck_assert_int_eq(found, LINE_STATES);
}
END_TEST

/* One number of a record of that kind, and what it may not be. */
#define FIELD(field) #field, offsetof(struct record, field), sizeof(r.field)
#define ANSWER(field)                                                 \
	"answer." #field,                                             \
	    offsetof(struct record, answer) + sizeof(struct answer) + \
		offsetof(struct answer, field),                       \
	    sizeof(r.answer[1].field)
#define OWN(field)                                                    \
	"own." #field,                                                \
	    offsetof(struct record, answer) + sizeof(struct answer) + \
		offsetof(struct answer, own) +                        \
		offsetof(struct http_answer, field),                  \
	    sizeof(((struct http_answer *)NULL)->field)

static const struct lie {
	const char *kind;
	const char *name;
	size_t at, size;
	int64_t value;
} lies[] = {
    {"idle echo", FIELD(fd), FD_FIRST - 1},
    {"idle echo", FIELD(fd), FD_END},
    {"idle echo", FIELD(fd), INT32_MIN},
    {"file", ANSWER(own_fd), FD_END},
    {"file", ANSWER(own_fd), FD_RECORD},
    {"file", ANSWER(own_fd), FD_RECORD_FILE},
    {"file", ANSWER(own_fd), -2},
    {"file", OWN(padding), 512},
    {"file", OWN(plan_at), -1},
    {"parts", ANSWER(own_fd), -1},
    {"parts", ANSWER(own_fd), FD_RECORD_FILE},
    {"lingering", ANSWER(own_fd), FD_RECORD_FILE},
    {"demo", ANSWER(own_fd), FD_RECORD_FILE},
    {"file", ANSWER(file_fd), FD_END},
    {"file", ANSWER(file_fd), FD_RECORD},
    {"file", ANSWER(file_fd), -2},
    {"file", ANSWER(file_fd), -1},
    {"busy echo", FIELD(in_buf), -2},
    {"busy echo", FIELD(in_buf), RECORDS *BUFFERS_PER_RECORD},
    {"answer", FIELD(in_buf), BUFFER_OUT},
    {"answer", FIELD(out_buf), RECORDS *BUFFERS_PER_RECORD},
    {"answer", FIELD(out_buf), -1},
    {"lines", FIELD(log_buf), RECORDS *BUFFERS_PER_RECORD},
    {"lines", FIELD(log_buf), -1},
    {"lines", FIELD(log_buf), BUFFER_OUT},
    {"answer", FIELD(half), 2},
    {"answer", FIELD(eof), 2},
    {"answer", FIELD(polled), 2},
    {"answer", FIELD(phase), 2},
    {"answer", FIELD(speaks), 4},
    {"answer", FIELD(speaks), SERVICES_MAX},
    {"answer", FIELD(speaks), 255},
    {"new", FIELD(in), 1},
    {"new", FIELD(out), 1},
    {"new", FIELD(own), 1},
    {"new", FIELD(out_buf), BUFFER_OUT},
    {"begun", FIELD(in), BUFFER_BYTES + 1},
    {"begun", FIELD(in), -1},
    {"busy echo", FIELD(in), INT64_MAX},
    {"busy echo", FIELD(in), 999},
    {"busy echo", FIELD(out), 0},
    {"busy echo", FIELD(out), INT64_MIN},
    {"busy echo", FIELD(out), INT64_MAX},
    {"busy echo", FIELD(out_buf), BUFFER_OUT},
    {"busy echo", FIELD(log_buf), BUFFER_LINES},
    {"busy echo", FIELD(logged), 8},
    {"busy echo", FIELD(own), 0},
    {"busy echo", FIELD(own), -1},
    {"busy echo", FIELD(own), INT64_MAX},
    {"idle echo", FIELD(own), (700000 << 8) | 3},
    {"ending echo", FIELD(own), 1000 << 8 | SCAN_END},
    {"ending echo", FIELD(own), INT64_MAX - 0x7f},
    {"ending echo", FIELD(own), -1},
    {"answer", FIELD(in), 4999},
    {"answer", FIELD(in), 4900 + BUFFER_BYTES + 1},
    {"answer", FIELD(in), INT64_MAX},
    {"answer", FIELD(out), 88999},
    {"answer", FIELD(out), 90001},
    {"answer", FIELD(out), -1},
    {"answer", ANSWER(parsed), 4899},
    {"answer", ANSWER(parsed), -1},
    {"answer", ANSWER(parsed), INT64_MAX},
    {"answer", ANSWER(mem_end), 89000 + BUFFER_BYTES + 1},
    {"answer", ANSWER(mem_end), INT64_MAX},
    {"answer", ANSWER(mem_end), -1},
    {"answer", ANSWER(file_end), 89999},
    {"answer", ANSWER(file_end), 90001},
    {"answer", ANSWER(last), 2},
    {"answer", ANSWER(linger), 255},
    {"file", ANSWER(file_off), 200001},
    {"file", ANSWER(file_off), -1},
    {"file", ANSWER(file_off), INT64_MAX},
    {"file", ANSWER(file_end), 90000 + 800001},
    {"file", ANSWER(file_end), INT64_MAX},
    {"file", ANSWER(id.size), -1},
    {"file", ANSWER(id.size), 999999},
    {"file", OWN(part), 255},
    {"parts", ANSWER(parsed), 5030},
    {"parts", ANSWER(file_fd), -1},
    {"half a head", OWN(part), 2},
    {"body", OWN(body.state), 255},
    {"body", OWN(body.left), -1},
    {"lines", FIELD(logged), 639},
    {"lines", FIELD(logged), 1201},
    {"lines", ANSWER(log_end), 640 + BUFFER_BYTES + 1},
    {"lines", ANSWER(log_end), INT64_MAX},
    {"demo", OWN(part), 2},
    {"demo", ANSWER(file_end), 90001},
    {"demo", ANSWER(file_fd), FD_RECORD_FILE},
    {"demo", FIELD(log_buf), BUFFER_LINES},
    {"lingering", FIELD(in), -1},
    {"lingering", FIELD(in), INT64_MAX},
    {"lingering", FIELD(lingered), -1},
    {"lingering", FIELD(lingered), INT64_MAX},
    {"lingering", ANSWER(file_fd), FD_RECORD_FILE},
};

START_TEST(test_no_number_leads_outside)
{
	const struct lie *lie = &lies[_i];
	int64_t value = lie->value;

	make(lie->kind);
	/* Little-endian or not. */
	if (lie->size == 1)
		*((uint8_t *)&r + lie->at) = (uint8_t)value;
	else if (lie->size == 2)
		memcpy((char *)&r + lie->at, &(int16_t){(int16_t)value}, 2);
	else if (lie->size == 4)
		memcpy((char *)&r + lie->at, &(int32_t){(int32_t)value}, 4);
	else
		memcpy((char *)&r + lie->at, &value, 8);
	ck_assert_msg(!is_believed(), "%s: %s = %lld", lie->kind, lie->name,
	    (long long)value);
}
END_TEST

START_TEST(test_a_buffer_begins_before_what_is_in_it)
{
	static const struct {
		const char *kind;
		int buffer;
		int64_t base;
	} rows[] = {
	    {"begun", BUFFER_IN, 1},
	    {"begun", BUFFER_IN, -1},
	    {"busy echo", BUFFER_IN, -1},
	    {"busy echo", BUFFER_IN, INT64_MIN},
	    {"busy echo", BUFFER_IN, 1000 + 2 * BUFFER_BYTES + 31},
	    {"answer", BUFFER_IN, 5001},
	    {"answer", BUFFER_IN, -1},
	    {"answer", BUFFER_OUT, 89501},
	    {"answer", BUFFER_OUT, INT64_MIN},
	    {"lines", BUFFER_LINES, 721},
	    {"lines", BUFFER_LINES, INT64_MIN},
	};
	size_t i;

	for (i = 0; i < LENGTH(rows); i++) {
		make(rows[i].kind);
		j.base[rows[i].buffer] = rows[i].base;
		ck_assert_msg(!is_believed(), "%s: base %lld", rows[i].kind,
		    (long long)rows[i].base);
	}
}
END_TEST

START_TEST(test_nobody_speaks_what_is_not_configured)
{
	static const struct {
		uint8_t speaks;
		bool demo;
		const char *kind;
		bool due;
	} rows[] = {
	    {SPEAKS_HTTP, false, "idle http", true},
	    {SPEAKS_HTTP, true, "idle echo", false},
	    {SPEAKS_HTTP, true, "new", false},
	    {SPEAKS_HTTP, true, "demo", false},
	    {SPEAKS_ECHO, false, "idle echo", true},
	    {SPEAKS_ECHO, false, "idle http", false},
	    {SPEAKS_ECHO, true, "demo", true},
	    {SPEAKS_ECHO, false, "demo", false},
	    {SPEAKS_AUTO, false, "demo", false},
	    {SPEAKS_AUTO, false, "new", true},
	};
	size_t i;

	for (i = 0; i < LENGTH(rows); i++) {
		config.first = services[rows[i].speaks];
		config.demo = rows[i].demo;
		make(rows[i].kind);
		ck_assert_msg(is_believed() == rows[i].due, "row %zu", i);
	}
	record_config(&config, NULL);
	make("lines");
	ck_assert(!is_believed());
}
END_TEST

/* What the ledger adds to a record, and whether the two go together. */
START_TEST(test_the_ledger_counts_what_the_record_did_not)
{
	static const struct {
		const char *kind;
		int64_t consumed, written; /* more than in, than out */
		bool due;
	} rows[] = {
	    {"new", 0, 0, true},
	    {"new", 1, 0, false},
	    {"begun", 5, 0, true},
	    {"begun", 5, 1, false},
	    {"begun", BUFFER_BYTES - 3, 0, true},
	    {"begun", BUFFER_BYTES - 2, 0, false},
	    {"idle echo", 0, 0, true},
	    {"idle echo", 1, 1, false},
	    {"idle echo", -1, 0, false},
	    {"busy echo", 20, 0, true},
	    {"busy echo", 21, 0, false},
	    {"busy echo", 21, 1, true},
	    {"busy echo", 0, BUFFER_BYTES - 20, true},
	    {"busy echo", 0, BUFFER_BYTES - 19, false},
	    {"busy echo", 0, -1, false},
	    {"holding echo", 1, 0, true},
	    {"holding echo", 1, 1, false},
	    {"ending echo", 0, BUFFER_BYTES - 25, true},
	    {"ending echo", 0, BUFFER_BYTES - 24, false},
	    {"half a head", BUFFER_BYTES - 130, 0, true},
	    {"half a head", BUFFER_BYTES - 129, 0, false},
	    {"half a head", 0, 1, false},
	    {"answer", 0, 500, true},
	    {"answer", 0, 501, false},
	    {"file", 0, 800100, true},
	    {"file", 0, 800101, false},
	    {"demo", 0, 500, true},
	    {"demo", 0, 501, false},
	};
	size_t i;

	for (i = 0; i < LENGTH(rows); i++) {
		struct ledger l = {0};

		make(rows[i].kind);
		(void)is_believed();
		l.consumed = r.in + rows[i].consumed;
		l.written = r.out + rows[i].written;
		ck_assert_msg(
		    audit_count(&audit, &r, &l) == rows[i].due, "row %zu", i);
		if (!rows[i].due)
			continue;
		ck_assert(r.in == l.consumed && r.out == l.written);
		l.own_done = true;
		ck_assert(!audit_count(&audit, &r, &l));
	}
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, test_what_a_healthy_worker_leaves_is_believed);
	tcase_add_test(tc, test_who_names_no_buffer_has_nothing_in_it);
	tcase_add_test(tc, test_an_echo_is_in_a_line_state_that_there_is);
	tcase_add_loop_test(
	    tc, test_no_number_leads_outside, 0, (int)LENGTH(lies));
	tcase_add_test(tc, test_a_buffer_begins_before_what_is_in_it);
	tcase_add_test(tc, test_nobody_speaks_what_is_not_configured);
	tcase_add_test(tc, test_the_ledger_counts_what_the_record_did_not);
}

int
main(void)
{
	return check_main("audit", add);
}
