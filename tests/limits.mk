# The tests of what is logged, of what is refused, and of what befalls a server.
limits_tests = tests/check_accidents tests/check_access_log tests/check_bad_input \
	tests/check_denied \
	tests/check_denied_later \
	tests/check_late tests/check_mishaps tests/check_no_devices tests/check_scarce tests/check_unread
check_PROGRAMS += $(limits_tests)
TESTS += $(limits_tests)
tests_check_accidents_SOURCES = tests/check_accidents.c
tests_check_accidents_CFLAGS = $(harness_cflags)
tests_check_accidents_LDADD = $(harness_ldadd)
tests_check_access_log_SOURCES = tests/check_access_log.c
tests_check_access_log_CFLAGS = $(harness_cflags)
tests_check_access_log_LDADD = $(harness_ldadd)
tests_check_bad_input_SOURCES = tests/check_bad_input.c \
	tests/good.h tests/good.c
tests_check_bad_input_CFLAGS = $(harness_cflags)
tests_check_bad_input_LDADD = $(harness_ldadd)
tests_check_late_SOURCES = tests/check_late.c
tests_check_late_CFLAGS = $(harness_cflags)
tests_check_late_LDADD = $(harness_ldadd)
tests_check_mishaps_SOURCES = tests/check_mishaps.c \
	tests/good.h tests/good.c
tests_check_mishaps_CFLAGS = $(harness_cflags)
tests_check_mishaps_LDADD = $(harness_ldadd)
tests_check_scarce_SOURCES = tests/check_scarce.c
tests_check_scarce_CFLAGS = $(harness_cflags)
tests_check_scarce_LDADD = $(harness_ldadd)
tests_check_unread_SOURCES = tests/check_unread.c
tests_check_unread_CFLAGS = $(harness_cflags)
tests_check_unread_LDADD = $(harness_ldadd)

# scripts/torture runs it for long.
check_PROGRAMS += tests/torture/torture
tests_torture_torture_SOURCES = tests/torture/torture.c
tests_torture_torture_LDADD = libprefork.a
TESTS += tests/torture.sh
EXTRA_DIST += tests/torture.sh

tests_check_no_devices_SOURCES = tests/check_no_devices.c
tests_check_no_devices_CFLAGS = $(harness_cflags)
tests_check_no_devices_LDADD = $(harness_ldadd)

# Runs a program to which the kernel denies system calls.
tests_check_denied_SOURCES = tests/check_denied.c
tests_check_denied_CFLAGS = $(harness_cflags)
tests_check_denied_LDADD = $(harness_ldadd)
tests_check_denied_later_SOURCES = tests/check_denied_later.c
tests_check_denied_later_CFLAGS = $(harness_cflags)
tests_check_denied_later_LDADD = $(harness_ldadd)
if LINUX
check_PROGRAMS += tests/denied/deny
tests_denied_deny_SOURCES = tests/denied/deny.c
endif
