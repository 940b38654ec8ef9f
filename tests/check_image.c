/*
 * check_image - what a server was started with, written down and read again.
 */
#include "image.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check_main.h"
#include "os/memory.h"

enum { NUMBER = 40 };

static char *arguments[] = {"-w", "2", "", "--header", "A: b", NULL};

static struct image
sample(void)
{
	static struct image image;

	image.argv = arguments;
	image.descriptors = 1 << 20;
	image.max_clients = 16384;
	image.listeners = 2;
	image.log_fd = -1;
	image.rereads = 3;
	image.service = "auto";
	image.root = "/srv";
	image.root_seen = UINT64_MAX;
	image.contents.count = 2;
	image.contents.file[0] =
	    (struct content){.name = "page", .text = "a\0b", .len = 3};
	image.contents.file[0].st.st_ino = 7;
	image.contents.file[0].st.st_ctim.tv_nsec = 8;
	image.contents.file[1] = (struct content){.name = "empty", .text = ""};
	return image;
}

/* False where this system keeps nothing. */
static bool
write_sample(void)
{
	struct image image = sample();

	return image_write(&image, NUMBER) == 0;
}

START_TEST(what_is_written_is_read)
{
	const struct image want = sample();
	const struct content *file;
	struct image got;
	int i;

	if (!write_sample())
		return;
	ck_assert_int_eq(image_read(&got, NUMBER), 0);
	for (i = 0; arguments[i] != NULL; i++)
		ck_assert_str_eq(got.argv[i], arguments[i]);
	ck_assert_ptr_null(got.argv[i]);
	ck_assert_int_eq(got.descriptors, want.descriptors);
	ck_assert_int_eq(got.max_clients, want.max_clients);
	ck_assert_int_eq(got.listeners, want.listeners);
	ck_assert_int_eq(got.log_fd, want.log_fd);
	ck_assert_int_eq(got.rereads, want.rereads);
	ck_assert_str_eq(got.service, want.service);
	ck_assert_ptr_null(got.log);
	ck_assert_str_eq(got.root, want.root);
	ck_assert_ptr_null(got.only);
	ck_assert_uint_eq(got.root_seen, want.root_seen);
	ck_assert(got.contents.whole);
	file = contents_of(&got.contents, "page", "page", 3);
	ck_assert_uint_eq(file->len, 3);
	ck_assert_int_eq(memcmp(file->text, "a\0b", 4), 0);
	ck_assert_uint_eq(file->st.st_ino, 7);
	ck_assert_int_eq(file->st.st_ctim.tv_nsec, 8);
	file = contents_of(&got.contents, "empty", "empty", 0);
	ck_assert_str_eq(file->text, "");
	free(got.argv);
}
END_TEST

START_TEST(half_of_it_is_none)
{
	char bytes[4096];
	size_t size, n;
	const char *whole;
	struct image got;

	if (!write_sample())
		return;
	whole = memory_read_back(&size, NUMBER);
	ck_assert_ptr_nonnull(whole);
	ck_assert_uint_lt(size, sizeof(bytes));
	memcpy(bytes, whole, size);
	bytes[size] = '\0';
	for (n = 1; n <= size + 1; n++) {
		ck_assert_int_eq(memory_write_once(bytes, n, NUMBER), 0);
		ck_assert_int_eq(image_read(&got, NUMBER), n == size ? 0 : -1);
		free(got.argv);
	}
}
END_TEST

/* Whatever stands there, it is read without a fault. */
START_TEST(no_byte_of_it_is_believed)
{
	unsigned char bytes[4096];
	const char *whole;
	struct image got;
	size_t size, n;

	if (!write_sample())
		return;
	whole = memory_read_back(&size, NUMBER);
	ck_assert_ptr_nonnull(whole);
	memcpy(bytes, whole, size);
	for (n = 0; n < size; n++) {
		bytes[n] ^= 0xff;
		ck_assert_int_eq(memory_write_once(bytes, size, NUMBER), 0);
		(void)image_read(&got, NUMBER);
		free(got.argv);
		bytes[n] ^= 0xff;
	}
}
END_TEST

START_TEST(another_version_is_not_read)
{
	unsigned char bytes[4096];
	const char *whole;
	struct image got;
	size_t size;

	if (!write_sample())
		return;
	whole = memory_read_back(&size, NUMBER);
	ck_assert_ptr_nonnull(whole);
	memcpy(bytes, whole, size);
	bytes[sizeof(int64_t)]++;
	ck_assert_int_eq(memory_write_once(bytes, size, NUMBER), 0);
	ck_assert_int_eq(image_read(&got, NUMBER), -1);
	free(got.argv);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, what_is_written_is_read);
	tcase_add_test(tc, half_of_it_is_none);
	tcase_add_test(tc, no_byte_of_it_is_believed);
	tcase_add_test(tc, another_version_is_not_read);
}

int
main(void)
{
	return check_main("image", add);
}
