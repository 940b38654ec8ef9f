/*
 * fail.h - how a helper of the tests gives up: with the test's file and line,
 * what went wrong, and what the servers have said so far.
 */
#ifndef TESTS_FAIL_H
#define TESTS_FAIL_H

#include <stddef.h>
#include <stdint.h>

/* Where in a test a helper was called. */
struct place {
	const char *file;
	int line;
};

#define HERE ((struct place){__FILE__, __LINE__})

_Noreturn void fail_at(struct place at, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* As escape_text(), into one of a few buffers of its own. */
const char *shown(const void *bytes, size_t len);

/* How long a helper waits for what must come, in ms: 10 s, or what
 * PREFORK_TEST_PATIENCE says, in seconds. */
int64_t patience(void);

/* Waits until fd is ready for `events`, at most until clock_now() `until`.
 * Returns poll(2)'s revents, 0 if the time is over. */
short wait_ready(int fd, short events, int64_t until);

/* Clocks at a moment, patience() away. */
int64_t deadline(void);

#endif
