# The laboratory: its verdicts as tables, and the whole of it against servers
# that are broken on purpose.
lab_tests = tests/check_demo tests/check_verdict tests/check_lab
check_PROGRAMS += $(lab_tests) tests/prefork_shared tests/bench/report
TESTS += $(lab_tests) tests/lab.sh tests/guess.sh
EXTRA_DIST += tests/lab.sh tests/guess.sh
tests_check_demo_SOURCES = tests/check_demo.c
tests_check_demo_CFLAGS = $(harness_cflags)
tests_check_demo_LDADD = $(harness_ldadd)
tests_check_verdict_SOURCES = tests/check_verdict.c tests/check_main.h
tests_check_verdict_CFLAGS = $(unit_cflags)
tests_check_verdict_LDADD = $(unit_ldadd)
tests_check_lab_SOURCES = tests/check_lab.c tests/check_main.h
tests_check_lab_CFLAGS = $(unit_cflags)
tests_check_lab_LDADD = $(unit_ldadd)
tests_prefork_shared_SOURCES = src/main.c tests/shared_word.c
tests_prefork_shared_LDADD = libprefork.a
