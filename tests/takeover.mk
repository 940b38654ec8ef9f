check_PROGRAMS += tests/check_takeover
TESTS += tests/check_takeover
tests_check_takeover_SOURCES = tests/check_takeover.c
tests_check_takeover_CFLAGS = $(harness_cflags)
tests_check_takeover_LDADD = $(harness_ldadd)

TESTS += tests/storm.sh
EXTRA_DIST += tests/storm.sh
