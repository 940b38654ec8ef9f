# What scripts/bench measures with, beside the programs themselves. Built by
# `make bench-programs`, never installed.
bench_programs = tests/bench/floor tests/bench/first tests/bench/hello \
	tests/bench/report
EXTRA_PROGRAMS += $(bench_programs)
CLEANFILES += $(bench_programs)
tests_bench_floor_SOURCES = tests/bench/floor.c
tests_bench_first_SOURCES = tests/bench/first.c
tests_bench_hello_SOURCES = tests/bench/hello.c
tests_bench_hello_LDADD = libprefork.a
tests_bench_report_SOURCES = tests/bench/report.c
tests_bench_report_LDADD = libprefork.a
bench-programs: $(bench_programs)
.PHONY: bench-programs
EXTRA_DIST += \
	tests/bench/apache.conf \
	tests/bench/bars \
	tests/bench/cases \
	tests/bench/h2o.conf \
	tests/bench/kore.c \
	tests/bench/kore.conf \
	tests/bench/lighttpd.conf \
	tests/bench/microhttpd.c \
	tests/bench/nginx.conf \
	tests/bench/sample/machine \
	tests/bench/sample/runs \
	tests/bench/wrk.lua
