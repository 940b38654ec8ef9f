/*
 * descriptors.h - what the tests of those who own descriptors ask about them.
 */
#ifndef TESTS_DESCRIPTORS_H
#define TESTS_DESCRIPTORS_H

#include <check.h>
#include <fcntl.h>
#include <stdbool.h>
#include <unistd.h>

/* The number that the next descriptor gets: grows if one is left open. */
static inline int
next_descriptor(void)
{
	int fd = open("/dev/null", O_RDONLY);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(close(fd), 0);
	/* cppcheck-suppress deallocret ; a number, not used as a descriptor */
	return fd;
}

static inline bool
is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

static inline void
close_both(const int ends[2])
{
	ck_assert_int_eq(close(ends[0]), 0);
	ck_assert_int_eq(close(ends[1]), 0);
}

/* A client's, which is to be there after an exec. */
static inline void
expect_nonblocking_and_lasting(int fd)
{
	ck_assert_int_ne(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
	ck_assert_int_eq(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
}

static inline void
expect_nonblocking_and_private(int fd)
{
	ck_assert_int_ne(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
	ck_assert_int_ne(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
}

#endif
