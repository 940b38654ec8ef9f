/*
 * check_journal - records, buffers, and the sum of what they retain.
 */
#include "stream/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "check_main.h"
#include "descriptors.h"
#include "service/registry.h"

enum { RECORDS = 4, BUFFERS = RECORDS * BUFFERS_PER_RECORD };

static struct journal j;
static const struct peer peer = {{127, 0, 0, 1}, 5000, 4, 0};

static void
set_up(void)
{
	ck_assert_int_eq(
	    journal_open(&j, RECORDS, services, JOURNAL_UNKEPT), 0);
}

static void
tear_down(void)
{
	journal_close(&j);
}

static int
descriptor(void)
{
	int fd = open("/dev/null", O_RDONLY);

	ck_assert_int_ge(fd, 0);
	return fd;
}

static struct record *
take(uint8_t speaks)
{
	struct record *r =
	    journal_take(&j, descriptor(), services[speaks], &peer);

	ck_assert_ptr_nonnull(r);
	return r;
}

START_TEST(test_a_new_journal_is_empty)
{
	ck_assert_int_eq(j.records, RECORDS);
	ck_assert_int_eq(j.buffers, BUFFERS);
	ck_assert_int_eq(j.used, 0);
	ck_assert_int_eq(j.head->noted, -1);
	ck_assert_int_eq(j.head->top, 0);
	ck_assert_int_eq(j.head->fd_top, 0);
}
END_TEST

START_TEST(test_a_new_record_owes_nothing)
{
	int fd = descriptor();
	struct record *r = journal_take(&j, fd, services[SPEAKS_HTTP], &peer);

	ck_assert_int_eq(r->fd, fd);
	ck_assert(r->in_buf == -1 && r->out_buf == -1);
	ck_assert(r->answer[0].file_fd == -1 && r->answer[1].file_fd == -1);
	ck_assert(r->in == 0 && r->out == 0);
	ck_assert(r->half == 0 && r->eof == 0 && r->phase == PHASE_OPEN);
	ck_assert_int_eq(r->speaks, SPEAKS_HTTP);
	ck_assert_mem_eq(&r->peer, &peer, sizeof(peer));
	ck_assert_int_eq(j.used, 1);
	ck_assert_int_eq(j.head->top, 1);
	ck_assert_int_eq(j.head->fd_top, fd + 1);
	journal_drop(&j, r);
}
END_TEST

START_TEST(test_a_dropped_record_closes_what_it_owns)
{
	struct record *r = take(SPEAKS_HTTP);
	int fd = r->fd, file = descriptor(), spare = descriptor();
	int own = descriptor();

	r->half = 1;
	r->answer[1].file_fd = file;
	r->answer[1].own_fd = own;
	r->answer[0].file_fd = spare;
	r->in_buf = journal_buffer(&j, 0);
	r->out_buf = journal_buffer(&j, 0);
	journal_drop(&j, r);
	ck_assert(!is_open(fd) && !is_open(file) && !is_open(own));
	/* What the spare half says is history, and not to be closed. */
	ck_assert(is_open(spare));
	ck_assert_int_eq(close(spare), 0);
	ck_assert(r->fd == -1 && r->in_buf == -1 && r->out_buf == -1);
	ck_assert_int_eq(j.used, 0);
	ck_assert_int_eq(j.free_buffers, 2);
}
END_TEST

START_TEST(test_a_dropped_record_is_the_next_and_as_good_as_new)
{
	struct record *first = take(SPEAKS_ECHO), *second = take(SPEAKS_HTTP);

	memset(&first->in, 0x55, sizeof(*first) - offsetof(struct record, in));
	first->half = 0;
	first->answer[0].file_fd = first->answer[0].own_fd = -1;
	journal_drop(&j, first);
	ck_assert_ptr_eq(take(SPEAKS_DEMO), first);
	ck_assert(first->in == 0 && first->strikes == 0 && first->sum == 0);
	ck_assert_int_eq(first->answer[1].file_fd, -1);
	ck_assert_int_eq(journal_index(&j, first), 0);
	ck_assert_int_eq(journal_index(&j, second), 1);
	ck_assert_int_eq(j.head->top, 2);
	journal_drop(&j, second);
	journal_drop(&j, first);
}
END_TEST

START_TEST(test_when_all_records_are_in_use_there_is_none)
{
	struct record *r[RECORDS];
	int i, fd = descriptor(), round;

	for (round = 0; round < 3; round++) {
		for (i = 0; i < RECORDS; i++)
			r[i] = take(SPEAKS_AUTO);
		ck_assert_ptr_null(
		    journal_take(&j, fd, services[SPEAKS_AUTO], &peer));
		/* Who is refused keeps the descriptor. */
		ck_assert(is_open(fd));
		ck_assert_int_eq(j.used, RECORDS);
		for (i = 0; i < RECORDS; i++)
			journal_drop(&j, r[i]);
		ck_assert_int_eq(j.used, 0);
		ck_assert_int_eq(j.head->top, RECORDS);
	}
	ck_assert_int_eq(close(fd), 0);
}
END_TEST

/* --- buffers --- */

START_TEST(test_the_buffer_given_back_last_comes_first)
{
	int32_t b[3], copy[3];
	int i;

	for (i = 0; i < 3; i++) {
		b[i] = copy[i] = journal_buffer(&j, 1000 + i);
		ck_assert_int_eq(b[i], i);
		ck_assert_int_eq(j.base[b[i]], 1000 + i);
	}
	for (i = 0; i < 3; i++) {
		journal_release(&j, &copy[i]);
		ck_assert_int_eq(copy[i], -1);
	}
	for (i = 2; i >= 0; i--) {
		ck_assert_int_eq(journal_buffer(&j, INT64_MAX - i), b[i]);
		ck_assert_int_eq(j.base[b[i]], INT64_MAX - i);
	}
	ck_assert_int_eq(journal_buffer(&j, 0), 3);
}
END_TEST

START_TEST(test_to_release_no_buffer_does_nothing)
{
	int32_t none = -1;

	journal_release(&j, &none);
	ck_assert_int_eq(none, -1);
	ck_assert_int_eq(j.free_buffers, 0);
}
END_TEST

START_TEST(test_when_all_buffers_are_in_use_there_is_none)
{
	int32_t b[BUFFERS];
	int i, k;

	for (i = 0; i < BUFFERS; i++) {
		b[i] = journal_buffer(&j, i);
		ck_assert_int_ge(b[i], 0);
		for (k = 0; k < i; k++)
			ck_assert_int_ne(b[i], b[k]);
	}
	ck_assert_int_eq(journal_buffer(&j, 0), -1);
	journal_release(&j, &b[5]);
	ck_assert_int_eq(journal_buffer(&j, 0), 5);
	ck_assert_int_eq(journal_buffer(&j, 0), -1);
}
END_TEST

START_TEST(test_buffers_lie_one_after_another_within_the_memory)
{
	char *begin = (char *)j.head, *end = begin + j.size;
	int i;

	ck_assert(journal_data(&j, 0) >= (char *)(j.base + BUFFERS));
	for (i = 0; i < BUFFERS; i++) {
		ck_assert_ptr_eq(
		    journal_data(&j, i), j.data + i * BUFFER_BYTES);
		memset(journal_data(&j, i), i + 1, BUFFER_BYTES);
	}
	ck_assert_ptr_eq(journal_data(&j, BUFFERS - 1) + BUFFER_BYTES, end);
	for (i = 0; i < BUFFERS; i++)
		ck_assert_int_eq(journal_data(&j, i)[BUFFER_BYTES - 1], i + 1);
	ck_assert_int_eq(j.head->noted, -1);
}
END_TEST

/* --- sums --- */

static const struct {
	const char *name;
	uint8_t speaks;
	bool answers; /* the sum is of the valid answer, too */
} languages[] = {
    {"auto", SPEAKS_AUTO, false},
    {"echo", SPEAKS_ECHO, false},
    {"http", SPEAKS_HTTP, true},
    {"demo", SPEAKS_DEMO, true},
};

/* Both streams go round the end of their buffers. */
enum {
	IN_BASE = 100,
	IN_FROM = IN_BASE + BUFFER_BYTES - 30,
	IN_TO = IN_FROM + 101,
	OUT_BASE = 7,
	OUT_FROM = IN_FROM, /* an echo's in and out are one stream */
	OUT_TO = OUT_FROM + 65500,
	SPARE_BUFFER = 2
};

static struct record *
busy_record(uint8_t speaks)
{
	struct record *r = take(speaks);
	int i;

	r->in_buf = journal_buffer(&j, IN_BASE);
	r->out_buf = journal_buffer(&j, OUT_BASE);
	for (i = 0; i < BUFFER_BYTES; i++) {
		journal_data(&j, r->in_buf)[i] = (char)(i * 7);
		journal_data(&j, r->out_buf)[i] = (char)(i * 13);
	}
	r->half = 1;
	r->in = IN_TO;
	r->out = OUT_FROM;
	r->answer[1].parsed = IN_FROM;
	r->answer[1].mem_end = OUT_TO;
	r->answer[1].file_end = OUT_TO;
	return r;
}

/* A change of one bit of the byte at p is noticed, or it is not. */
static void
expect_noticed(
    const struct record *r, void *p, bool due, const char *what, size_t at)
{
	uint64_t sum = journal_sum(&j, r);
	unsigned char *byte = p;
	int bit;

	for (bit = 0; bit < 8; bit++) {
		*byte ^= (unsigned char)(1 << bit);
		ck_assert_msg((journal_sum(&j, r) != sum) == due,
		    "%s, byte %zu, bit %d", what, at, bit);
		*byte ^= (unsigned char)(1 << bit);
	}
	ck_assert_uint_eq(journal_sum(&j, r), sum);
}

/* Byte x of the ring is retained if it lies in [from, to). All of the few
 * and every 61st of the many, and those at the edges. */
static void
expect_retained(const struct record *r, int32_t buffer, int64_t from,
    int64_t to, const char *what)
{
	int64_t base = j.base[buffer], x;
	char *data = journal_data(&j, buffer);

	for (x = from; x < from + BUFFER_BYTES; x++) {
		if (x > from + 150 && x < to - 2 && x % 61 != 0)
			continue;
		if (x > to + 2 && x < from + BUFFER_BYTES - 2 && x % 61 != 0)
			continue;
		expect_noticed(r, data + ((x - base) & (BUFFER_BYTES - 1)),
		    x < to, what, (size_t)(x - from));
	}
}

START_TEST(test_the_sum_is_of_all_retained_bytes_and_no_others)
{
	struct record *r = busy_record(languages[_i].speaks);

	expect_retained(r, r->in_buf, IN_FROM, IN_TO, "in");
	expect_retained(r, r->out_buf, OUT_FROM, OUT_TO, "out");
	journal_drop(&j, r);
}
END_TEST

START_TEST(test_the_sum_is_of_every_field_but_itself_and_the_strikes)
{
	struct record *r = busy_record(languages[_i].speaks);
	size_t at;

	for (at = 0; at < offsetof(struct record, strikes); at++)
		expect_noticed(r, (char *)r + at, true, "record", at);
	for (; at < offsetof(struct record, answer); at++)
		expect_noticed(r, (char *)r + at, false, "record", at);
	journal_drop(&j, r);
}
END_TEST

START_TEST(test_the_sum_is_of_the_valid_answer_and_not_of_the_spare)
{
	struct record *r = busy_record(languages[_i].speaks);
	size_t at;

	/* Without bytes there is nothing but the fields. */
	journal_release(&j, &r->in_buf);
	journal_release(&j, &r->out_buf);
	for (at = 0; at < sizeof(struct answer); at++) {
		expect_noticed(r, (char *)&r->answer[1] + at,
		    languages[_i].answers, "valid", at);
		expect_noticed(
		    r, (char *)&r->answer[0] + at, false, "spare", at);
	}
	journal_drop(&j, r);
}
END_TEST

START_TEST(test_the_sum_is_of_the_bases_of_its_buffers_alone)
{
	struct record *r = busy_record(languages[_i].speaks);
	size_t at;

	for (at = 0; at < sizeof(int64_t); at++) {
		expect_noticed(
		    r, (char *)&j.base[r->in_buf] + at, true, "in", at);
		expect_noticed(
		    r, (char *)&j.base[r->out_buf] + at, true, "out", at);
		expect_noticed(
		    r, (char *)&j.base[SPARE_BUFFER] + at, false, "spare", at);
	}
	journal_drop(&j, r);
}
END_TEST

START_TEST(test_the_sum_is_not_of_free_buffers_and_other_records)
{
	struct record *r = busy_record(languages[_i].speaks), *other;
	uint64_t sum = journal_sum(&j, r);

	other = take(SPEAKS_HTTP);
	other->in_buf = journal_buffer(&j, 5);
	ck_assert_int_eq(other->in_buf, SPARE_BUFFER);
	memset(journal_data(&j, SPARE_BUFFER), 0xa5, BUFFER_BYTES);
	ck_assert_uint_eq(journal_sum(&j, r), sum);
	journal_drop(&j, other);
	ck_assert_uint_eq(journal_sum(&j, r), sum);
	memset(journal_data(&j, SPARE_BUFFER), 0x5a, BUFFER_BYTES);
	ck_assert_uint_eq(journal_sum(&j, r), sum);
	journal_drop(&j, r);
}
END_TEST

START_TEST(test_nonsense_can_be_summed)
{
	static const int32_t numbers[] = {-2, INT32_MIN, BUFFERS, INT32_MAX};
	static const int64_t ends[] = {
	    INT64_MIN, -1, IN_FROM - 1, IN_FROM + BUFFER_BYTES + 1};
	struct record *r = busy_record(languages[_i].speaks);
	int32_t in_buf = r->in_buf;
	uint64_t sum = journal_sum(&j, r);
	size_t i;

	for (i = 0; i < LENGTH(numbers); i++) {
		r->in_buf = numbers[i];
		ck_assert_uint_ne(journal_sum(&j, r), sum);
	}
	r->in_buf = in_buf;
	for (i = 0; i < LENGTH(ends); i++) {
		r->in = ends[i];
		ck_assert_uint_ne(journal_sum(&j, r), sum);
	}
	r->in = IN_TO;
	r->half = 255;
	ck_assert_uint_ne(journal_sum(&j, r), sum);
	r->half = 1;
	ck_assert_uint_eq(journal_sum(&j, r), sum);
	journal_drop(&j, r);
}
END_TEST

enum { NUMBER = 40 };

START_TEST(test_what_is_kept_is_found_by_its_number_and_its_size)
{
	struct journal again;

	journal_close(&j);
	ck_assert_int_eq(journal_open(&j, RECORDS, services, NUMBER), 0);
	ck_assert_int_eq(is_open(NUMBER), j.kept);
	if (!j.kept)
		return;
	(void)take(0);
	ck_assert_int_eq(journal_find(&again, RECORDS, services, NUMBER), 0);
	ck_assert_int_eq(again.head->noted, -1);
	ck_assert_int_eq(again.head->top, 1);
	ck_assert_int_eq(again.record[0].fd, j.record[0].fd);
	journal_close(&again);
	ck_assert_int_eq(
	    journal_find(&again, RECORDS + 1, services, NUMBER), -1);
	ck_assert_int_eq(
	    journal_find(&again, RECORDS, services, NUMBER + 1), -1);
}
END_TEST

static void
add(TCase *tc)
{
	const int all = (int)LENGTH(languages);

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, test_a_new_journal_is_empty);
	tcase_add_test(tc, test_a_new_record_owes_nothing);
	tcase_add_test(tc, test_a_dropped_record_closes_what_it_owns);
	tcase_add_test(
	    tc, test_a_dropped_record_is_the_next_and_as_good_as_new);
	tcase_add_test(tc, test_when_all_records_are_in_use_there_is_none);
	tcase_add_test(tc, test_the_buffer_given_back_last_comes_first);
	tcase_add_test(tc, test_to_release_no_buffer_does_nothing);
	tcase_add_test(tc, test_when_all_buffers_are_in_use_there_is_none);
	tcase_add_test(
	    tc, test_buffers_lie_one_after_another_within_the_memory);
	tcase_add_loop_test(
	    tc, test_the_sum_is_of_all_retained_bytes_and_no_others, 0, all);
	tcase_add_loop_test(tc,
	    test_the_sum_is_of_every_field_but_itself_and_the_strikes, 0, all);
	tcase_add_loop_test(tc,
	    test_the_sum_is_of_the_valid_answer_and_not_of_the_spare, 0, all);
	tcase_add_loop_test(
	    tc, test_the_sum_is_of_the_bases_of_its_buffers_alone, 0, all);
	tcase_add_loop_test(
	    tc, test_the_sum_is_not_of_free_buffers_and_other_records, 0, all);
	tcase_add_loop_test(tc, test_nonsense_can_be_summed, 0, all);
	tcase_add_test(
	    tc, test_what_is_kept_is_found_by_its_number_and_its_size);
}

int
main(void)
{
	return check_main("journal", add);
}
