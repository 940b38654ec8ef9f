# Tries a server by the rules of HTTP; see tests/conform/conform.h. It shares
# with prefork what connects and counts, and nothing that speaks HTTP.
check_PROGRAMS += tests/conform/conform
TESTS += tests/conformance.sh
EXTRA_DIST += tests/conformance.sh
tests_conform_conform_SOURCES = \
	tests/conform/conform.h tests/conform/main.c \
	tests/conform/always.c \
	tests/conform/answer.h tests/conform/answer.c \
	tests/conform/exchange.h tests/conform/exchange.c \
	tests/conform/fixture.h tests/conform/fixture.c \
	tests/conform/judge.c \
	tests/conform/parts.c \
	tests/conform/rows_answers.c \
	tests/conform/rows_conditions.c \
	tests/conform/rows_framing.c \
	tests/conform/rows_guarded.c \
	tests/conform/rows_ranges.c \
	tests/conform/rows_requests.c \
	tests/conform/stamp.h tests/conform/stamp.c \
	tests/conform/trial.c \
	tests/conform/words.h tests/conform/words.c
tests_conform_conform_LDADD = libprefork.a
