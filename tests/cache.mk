check_PROGRAMS += tests/check_cache
TESTS += tests/check_cache
tests_check_cache_SOURCES = tests/check_cache.c tests/check_main.h tests/descriptors.h
tests_check_cache_CFLAGS = $(unit_cflags)
tests_check_cache_LDADD = $(unit_ldadd)
