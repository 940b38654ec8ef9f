/*
 * check_heap - deadlines, against a naive reference.
 */
#include "base/heap.h"

#include "base/clock.h"
#include "check_main.h"

enum { CAPACITY = 61 };

START_TEST(test_an_empty_heap_never_comes_due)
{
	struct heap *h = heap_new(1);
	int id = 7;

	ck_assert(heap_top(h, &id) == CLOCK_NEVER);
	ck_assert_int_eq(id, -1);
	ck_assert(heap_get(h, 0) == CLOCK_NEVER);
	heap_set(h, 0, CLOCK_NEVER);
	ck_assert(heap_top(h, &id) == CLOCK_NEVER);
	heap_free(h);
	heap_free(NULL);
}
END_TEST

START_TEST(test_the_earliest_comes_first)
{
	struct heap *h = heap_new(4);
	int id;

	heap_set(h, 0, 30);
	heap_set(h, 1, 10);
	heap_set(h, 2, 20);
	heap_set(h, 3, INT64_MIN);
	ck_assert(heap_top(h, &id) == INT64_MIN && id == 3);
	heap_set(h, 3, CLOCK_NEVER);
	ck_assert(heap_top(h, &id) == 10 && id == 1);
	heap_set(h, 1, 40);
	ck_assert(heap_top(h, &id) == 20 && id == 2);
	heap_set(h, 0, 5);
	ck_assert(heap_top(h, &id) == 5 && id == 0);
	ck_assert(heap_get(h, 1) == 40);
	ck_assert(heap_get(h, 3) == CLOCK_NEVER);
	heap_free(h);
}
END_TEST

/* Numbers that look random and are the same each time. */
static uint32_t
next(uint32_t *state)
{
	*state = *state * 1664525 + 1013904223;
	return *state >> 8;
}

START_TEST(test_random_operations_agree_with_a_plain_search)
{
	struct heap *h = heap_new(CAPACITY);
	int64_t when[CAPACITY], least, top;
	uint32_t state = 1;
	int i, id, step, found, unlike;

	for (i = 0; i < CAPACITY; i++)
		when[i] = CLOCK_NEVER;
	for (step = 0; step < 200000; step++) {
		i = (int)(next(&state) % CAPACITY);
		/* Few values, so that many are equal; long runs of removals. */
		when[i] = next(&state) % 4 == 0 || (step / 5000) % 3 == 2
			      ? CLOCK_NEVER
			      : (int64_t)(next(&state) % 100) - 50;
		heap_set(h, i, when[i]);
		least = CLOCK_NEVER;
		found = -1;
		unlike = 0;
		for (i = 0; i < CAPACITY; i++) {
			unlike += heap_get(h, i) != when[i];
			if (when[i] < least) {
				least = when[i];
				found = i;
			}
		}
		top = heap_top(h, &id);
		/* One assertion a step: each is a write to a file. */
		if (unlike || top != least || (id < 0) != (found < 0) ||
		    (id >= 0 && when[id] != least))
			ck_abort_msg("step %d", step);
	}
	heap_free(h);
}
END_TEST

START_TEST(test_all_come_out_in_order)
{
	struct heap *h = heap_new(1000);
	int64_t last = INT64_MIN, top;
	uint32_t state = 2;
	int i, id;

	for (i = 0; i < 1000; i++)
		heap_set(h, i, next(&state) % 500);
	for (i = 0; i < 1000; i++) {
		top = heap_top(h, &id);
		ck_assert(top >= last);
		last = top;
		heap_set(h, id, CLOCK_NEVER);
	}
	ck_assert(heap_top(h, &id) == CLOCK_NEVER && id == -1);
	heap_free(h);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, test_an_empty_heap_never_comes_due);
	tcase_add_test(tc, test_the_earliest_comes_first);
	tcase_add_test(tc, test_random_operations_agree_with_a_plain_search);
	tcase_add_test(tc, test_all_come_out_in_order);
}

int
main(void)
{
	return check_main("heap", add_tests);
}
