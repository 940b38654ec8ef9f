# The tests of prefork-show.
check_PROGRAMS += tests/check_layers tests/fuzz/replay_capture
TESTS += tests/check_layers tests/fuzz/replay_capture
tests_check_layers_SOURCES = tests/check_layers.c tests/check_main.h
tests_check_layers_CFLAGS = $(unit_cflags)
tests_check_layers_LDADD = $(unit_ldadd)
tests_fuzz_replay_capture_SOURCES = tests/fuzz/fuzz_capture.c $(fuzz_replay)
tests_fuzz_replay_capture_LDADD = libprefork.a

if FUZZERS
EXTRA_PROGRAMS += tests/fuzz/fuzz_capture
tests_fuzz_fuzz_capture_SOURCES = tests/fuzz/fuzz_capture.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_capture_LDADD = libprefork.a
tests_fuzz_fuzz_capture_LDFLAGS = $(fuzz_ldflags)
endif

TESTS += tests/layers.sh
EXTRA_DIST += tests/layers.sh

TESTS += tests/crash-demo.sh
EXTRA_DIST += tests/crash-demo.sh

check_PROGRAMS += tests/check_show
TESTS += tests/check_show
tests_check_show_SOURCES = tests/check_show.c
tests_check_show_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_check_show_LDADD = tests/libharness.a libprefork.a $(CHECK_LIBS)
