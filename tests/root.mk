check_PROGRAMS += tests/check_root
TESTS += tests/check_root
tests_check_root_SOURCES = tests/check_root.c tests/site.h tests/site.c
tests_check_root_CFLAGS = $(harness_cflags)
tests_check_root_LDADD = $(harness_ldadd)
