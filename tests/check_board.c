/*
 * check_board - the scoreboard: whose rows can be written, and by nobody else.
 */
#define _GNU_SOURCE
#include "stream/board.h"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check_main.h"
#include "os/memory.h"

enum { ROWS = 4, MINE = 1, CLIENTS = 8, SEALS_NOT = 77 };

static struct board board;

/* Runs what a child of row MINE tries; returns its status. */
static int
in_child(int (*attempt)(void))
{
	int status;
	pid_t pid;

	ck_assert_int_eq(board_open(&board, ROWS, CLIENTS, BOARD_UNKEPT), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		if (!memory_seal(memory_private(memory_page()), memory_page()))
			_exit(SEALS_NOT);
		if (board_restrict(&board, MINE, 1) != 0)
			_exit(1);
		board_set(board_row(&board, MINE)->clients, 7);
		_exit(attempt());
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	if (WEXITSTATUS(status) != SEALS_NOT)
		ck_assert_int_eq(
		    board_get(board_row(&board, MINE)->clients), 7);
	return WEXITSTATUS(status);
}

static int
make_writable(void)
{
	const int both = PROT_READ | PROT_WRITE;

	return mprotect(board_row(&board, MINE + 1), board.stride, both) == 0 ||
	       mprotect(board.memory, memory_page(), both) == 0;
}

static int
grow_own(void)
{
	return mremap(board_row(&board, MINE), board.stride, 2 * board.stride,
		   MREMAP_MAYMOVE) != MAP_FAILED;
}

static int
replace(void)
{
	const size_t page = memory_page();
	int fd = memory_file();
	void *p = mmap(board.memory, page, PROT_READ | PROT_WRITE,
	    MAP_FIXED | MAP_PRIVATE, fd, 0);

	(void)close(fd);
	if (p != MAP_FAILED) {
		(void)munmap(p, page);
		return 1;
	}
	return munmap(board_row(&board, MINE + 1), board.stride) == 0;
}

/* What a row said, one fold after the other, and the total after each. */
static const struct fold {
	uint64_t says, total;
} folds[] = {
    {5, 5},
    {5, 5}, /* folded twice */
    {7, 7}, /* the next executor goes on */
    {3, 7}, /* it has fallen: it was written over */
    {4, 8},
    {0, 8},
    {UINT64_MAX, 8}, /* one less than nothing */
    {UINT64_MAX / 2, 8},
    {UINT64_MAX / 2 + 1, 9},
    {UINT64_MAX / 2 + 1 + BOARD_CREDIBLE, 9 + BOARD_CREDIBLE},
    {1, 9 + BOARD_CREDIBLE},
};

START_TEST(a_total_never_falls_whatever_a_row_says)
{
	size_t i;

	ck_assert_int_eq(board_open(&board, ROWS, CLIENTS, BOARD_UNKEPT), 0);
	for (i = 0; i < LENGTH(folds); i++) {
		board_set(board_row(&board, MINE)->count[COUNT_BYTES_IN],
		    folds[i].says);
		board_fold(&board, MINE);
		ck_assert_uint_eq(
		    board_total(&board, COUNT_BYTES_IN), folds[i].total);
	}
	ck_assert_uint_eq(board_total(&board, COUNT_BYTES_OUT), 0);
}
END_TEST

START_TEST(a_total_stays_at_the_greatest_number)
{
	uint64_t before = 0, now, i;

	ck_assert_int_eq(board_open(&board, ROWS, CLIENTS, BOARD_UNKEPT), 0);
	for (i = 0; i < 40000; i++) {
		board_add(
		    board_row(&board, i % 2), COUNT_CLIENTS, BOARD_CREDIBLE);
		board_fold(&board, i % 2);
		now = board_total(&board, COUNT_CLIENTS);
		ck_assert_uint_ge(now, before);
		before = now;
	}
	ck_assert_uint_eq(before, UINT64_MAX);
}
END_TEST

START_TEST(requests_are_the_sum_of_their_classes)
{
	struct board_row *row;

	ck_assert_int_eq(board_open(&board, ROWS, CLIENTS, BOARD_UNKEPT), 0);
	row = board_row(&board, MINE);
	board_add(row, COUNT_2XX, 3);
	board_add(row, COUNT_3XX, 5);
	board_add(row, COUNT_4XX, 7);
	board_add(row, COUNT_5XX, 11);
	board_add(row, COUNT_BLAMED, 13);
	board_add(row, COUNT_REFUSED_ADDRESS, 17);
	ck_assert_uint_eq(board_so_far(&board, MINE, COUNT_REQUESTS), 26);
	ck_assert_uint_eq(board_total(&board, COUNT_REQUESTS), 0);
	board_fold(&board, MINE);
	ck_assert_uint_eq(board_total(&board, COUNT_REQUESTS), 26);
	board_add(row, COUNT_4XX, UINT64_MAX);
	ck_assert_uint_eq(board_so_far(&board, MINE, COUNT_REQUESTS), 26);
}
END_TEST

START_TEST(a_new_executor_counts_on)
{
	struct board_row *row;

	ck_assert_int_eq(board_open(&board, ROWS, CLIENTS, BOARD_UNKEPT), 0);
	row = board_row(&board, MINE);
	board_add(row, COUNT_2XX, 3);
	board_begin(&board, MINE, 1);
	board_add(row, COUNT_2XX, 2);
	board_fold(&board, MINE);
	board_begin(&board, MINE, 2);
	board_fold(&board, MINE);
	ck_assert_uint_eq(board_total(&board, COUNT_2XX), 5);
}
END_TEST

enum { NUMBER = 40 };

START_TEST(what_is_kept_is_found_by_its_number_and_its_size)
{
	struct board again;

	ck_assert_int_eq(board_open(&board, ROWS, CLIENTS, NUMBER), 0);
	if (!board.kept)
		return;
	board_set(board_row(&board, MINE)->clients, 7);
	ck_assert_int_eq(board_find(&again, ROWS, CLIENTS, NUMBER), 0);
	ck_assert_int_eq(board_get(board_row(&again, MINE)->clients), 7);
	ck_assert_uint_eq(
	    board_master(&again)->secret, board_master(&board)->secret);
	ck_assert_int_eq(board_find(&again, ROWS + 1, CLIENTS, NUMBER), -1);
}
END_TEST

static int (*const attempts[])(void) = {make_writable, grow_own, replace};

START_TEST(no_call_makes_what_is_not_its_own_writable)
{
	int status = in_child(attempts[_i]);

	/* Where the kernel cannot seal there is nothing to be tried. */
	ck_assert(status == 0 || status == SEALS_NOT);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, a_total_never_falls_whatever_a_row_says);
	tcase_add_test(tc, a_total_stays_at_the_greatest_number);
	tcase_add_test(tc, requests_are_the_sum_of_their_classes);
	tcase_add_test(tc, a_new_executor_counts_on);
	tcase_add_test(tc, what_is_kept_is_found_by_its_number_and_its_size);
	tcase_add_loop_test(tc, no_call_makes_what_is_not_its_own_writable, 0,
	    LENGTH(attempts));
}

int
main(void)
{
	return check_main("board", add);
}
