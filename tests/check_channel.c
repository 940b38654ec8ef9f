/*
 * check_channel - who says what to the parent.
 */
#include "os/channel.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check_main.h"
#include "os/standby.h"

static int ends[2];
static uint64_t word;
static pid_t from;

/* A child of the child speaks where `deep` is set. Returns who spoke. */
static pid_t
speak(bool deep, uint64_t value)
{
	int told[2];
	pid_t pid, speaker = 0;

	ck_assert_int_eq(pipe(told), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		if (deep && fork() > 0)
			_exit(0);
		speaker = getpid();
		if (write(ends[1], &value, sizeof(value)) < 0 ||
		    write(told[1], &speaker, sizeof(speaker)) < 0)
			_exit(1);
		_exit(0);
	}
	ck_assert_int_eq(
	    read(told[0], &speaker, sizeof(speaker)), sizeof(speaker));
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	(void)close(told[0]);
	(void)close(told[1]);
	return speaker;
}

START_TEST(the_system_says_who_spoke)
{
	pid_t due;
	int deep;

	ck_assert_int_eq(channel_open(ends), 0);
	ck_assert_int_eq(channel_hear(ends[0], &word, sizeof(word), &from), 0);
	for (deep = 0; deep < 2; deep++) {
		due = speak(deep, 7 + (uint64_t)deep);
		ck_assert_int_eq(
		    channel_hear(ends[0], &word, sizeof(word), &from), 1);
		ck_assert_uint_eq(word, 7 + (uint64_t)deep);
		/* Where it does not know, nobody has standbys. */
		ck_assert_int_eq(from, standby_possible() ? due : 0);
	}
}
END_TEST

START_TEST(words_of_another_size_are_none)
{
	static const char long_one[64] = "long";

	if (!standby_possible())
		return;
	ck_assert_int_eq(channel_open(ends), 0);
	ck_assert_int_eq(write(ends[1], "x", 1), 1);
	ck_assert_int_eq(write(ends[1], long_one, sizeof(long_one)), 64);
	ck_assert_int_eq(write(ends[1], "12345678", 8), 8);
	ck_assert_int_eq(channel_hear(ends[0], &word, sizeof(word), &from), 0);
	ck_assert_int_eq(channel_hear(ends[0], &word, sizeof(word), &from), 0);
	ck_assert_int_eq(channel_hear(ends[0], &word, sizeof(word), &from), 1);
	ck_assert_int_eq(memcmp(&word, "12345678", 8), 0);
}
END_TEST

START_TEST(a_flood_ends_by_itself_and_is_heard_word_by_word)
{
	uint64_t said = 0;

	ck_assert_int_eq(channel_open(ends), 0);
	while (write(ends[1], &said, sizeof(said)) == sizeof(said))
		ck_assert_uint_lt(++said, 1 << 20);
	ck_assert_int_eq(errno, EAGAIN);
	for (; said > 0; said--)
		ck_assert_int_eq(
		    channel_hear(ends[0], &word, sizeof(word), &from), 1);
	ck_assert_int_eq(channel_hear(ends[0], &word, sizeof(word), &from), 0);
}
END_TEST

START_TEST(the_end_is_that_nobody_is_left_to_speak)
{
	ck_assert_int_eq(channel_open(ends), 0);
	(void)speak(false, 1);
	(void)close(ends[1]);
	ck_assert_int_eq(channel_hear(ends[0], &word, sizeof(word), &from), 1);
	ck_assert_int_eq(channel_hear(ends[0], &word, sizeof(word), &from), -1);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, the_system_says_who_spoke);
	tcase_add_test(tc, words_of_another_size_are_none);
	tcase_add_test(tc, a_flood_ends_by_itself_and_is_heard_word_by_word);
	tcase_add_test(tc, the_end_is_that_nobody_is_left_to_speak);
}

int
main(void)
{
	return check_main("channel", add_tests);
}
