/*
 * check_memory - memory that outlives a program: what is kept at a descriptor.
 */
#include "os/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "check_main.h"
#include "descriptors.h"

enum { NUMBER = 40, SIZE = 4096, MORE = 2 * SIZE };

/* False where this system keeps none: then nothing is left to be tried. */
static bool
keeps(char **memory)
{
	*memory = memory_kept(SIZE, NUMBER);
	if (*memory == NULL)
		ck_assert(!is_open(NUMBER));
	return *memory != NULL;
}

START_TEST(what_is_kept_is_found_as_it_was_left)
{
	char *kept, *found;

	if (!keeps(&kept))
		return;
	ck_assert_int_eq(kept[SIZE - 1], 0);
	kept[SIZE - 1] = 'x';
	found = memory_found(SIZE, NUMBER);
	ck_assert_ptr_nonnull(found);
	ck_assert_ptr_ne(found, kept);
	ck_assert_int_eq(found[SIZE - 1], 'x');
	found[0] = 'y';
	ck_assert_int_eq(kept[0], 'y');
}
END_TEST

START_TEST(its_size_stays)
{
	char *kept;

	if (!keeps(&kept))
		return;
	ck_assert_int_ne(ftruncate(NUMBER, 0), 0);
	ck_assert_int_ne(ftruncate(NUMBER, MORE), 0);
	ck_assert_int_ne(pwrite(NUMBER, "z", 1, SIZE), 1);
	ck_assert_ptr_null(memory_found(MORE, NUMBER));
	ck_assert_ptr_null(memory_found(SIZE - 1, NUMBER));
}
END_TEST

START_TEST(what_others_have_made_is_not_found)
{
	size_t size;
	int file = memory_file();

	ck_assert_int_ge(file, 0);
	ck_assert_int_eq(dup2(file, NUMBER), NUMBER);
	ck_assert_int_eq(ftruncate(NUMBER, SIZE), 0);
	ck_assert_ptr_null(memory_found(SIZE, NUMBER));
	ck_assert_ptr_null(memory_read_back(&size, NUMBER));
	ck_assert_int_eq(close(NUMBER), 0);
	ck_assert_ptr_null(memory_found(SIZE, NUMBER));
	ck_assert_ptr_null(memory_read_back(&size, NUMBER));
}
END_TEST

START_TEST(what_is_written_once_is_read_back_and_never_changed)
{
	const char *text;
	size_t size = 0;
	int before = next_descriptor();

	if (memory_write_once("abc", 3, NUMBER) != 0)
		return;
	ck_assert_int_eq(next_descriptor(), before);
	ck_assert_int_ne(pwrite(NUMBER, "x", 1, 0), 1);
	ck_assert_int_ne(ftruncate(NUMBER, 1), 0);
	text = memory_read_back(&size, NUMBER);
	ck_assert_ptr_nonnull(text);
	ck_assert_uint_eq(size, 3);
	ck_assert_int_eq(memcmp(text, "abc", 3), 0);
	ck_assert_ptr_null(memory_found(3, NUMBER));
}
END_TEST

START_TEST(what_may_be_written_is_not_what_was_written_once)
{
	size_t size;
	char *kept;

	if (keeps(&kept))
		ck_assert_ptr_null(memory_read_back(&size, NUMBER));
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, what_is_kept_is_found_as_it_was_left);
	tcase_add_test(tc, its_size_stays);
	tcase_add_test(tc, what_others_have_made_is_not_found);
	tcase_add_test(tc, what_is_written_once_is_read_back_and_never_changed);
	tcase_add_test(tc, what_may_be_written_is_not_what_was_written_once);
}

int
main(void)
{
	return check_main("memory", add);
}
