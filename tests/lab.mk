# The laboratory: its verdicts as tables, and its instruments and report.
lab_tests = tests/check_verdict tests/check_lab
check_PROGRAMS += $(lab_tests)
TESTS += $(lab_tests)
tests_check_verdict_SOURCES = tests/check_verdict.c tests/check_main.h
tests_check_verdict_CFLAGS = $(unit_cflags)
tests_check_verdict_LDADD = $(unit_ldadd)
tests_check_lab_SOURCES = tests/check_lab.c tests/check_main.h
tests_check_lab_CFLAGS = $(unit_cflags)
tests_check_lab_LDADD = $(unit_ldadd)
