# The tests. Programs speak TAP through Check, scripts by themselves; both
# find what they need in the environment set here.
TEST_EXTENSIONS = .sh
LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) \
	$(top_srcdir)/build-aux/tap-driver.sh
SH_LOG_DRIVER = $(LOG_DRIVER)
SH_LOG_COMPILER = $(SHELL)
AM_TESTS_ENVIRONMENT = \
	CK_TAP_LOG_FILE_NAME=-; CK_VERBOSITY=silent; \
	PREFORK='$(abs_top_builddir)/prefork$(EXEEXT)'; \
	PREFORK_CLIENT='$(abs_top_builddir)/prefork-client$(EXEEXT)'; \
	PREFORK_SHOW='$(abs_top_builddir)/prefork-show$(EXEEXT)'; \
	CONFORM='$(abs_top_builddir)/tests/conform/conform$(EXEEXT)'; \
	top_srcdir='$(abs_top_srcdir)'; \
	top_builddir='$(abs_top_builddir)'; \
	export CK_TAP_LOG_FILE_NAME CK_VERBOSITY PREFORK PREFORK_CLIENT \
		PREFORK_SHOW CONFORM top_srcdir top_builddir;

if HAVE_CHECK
include tests/unit.mk
include tests/client.mk
include tests/core.mk
include tests/show.mk
include tests/lab.mk

# Those that start ./prefork.
check_LIBRARIES += tests/libharness.a
tests_libharness_a_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_libharness_a_SOURCES = \
	tests/fail.h tests/fail.c \
	tests/family.h tests/family.c \
	tests/guard.h tests/guard.c \
	tests/http.c \
	tests/matrix.h tests/matrix.c \
	tests/multipart.h tests/multipart.c \
	tests/peer.h tests/peer.c \
	tests/program.h tests/program.c \
	tests/server.h tests/server.c \
	tests/suite.h tests/suite.c \
	tests/trap.h tests/trap.c \
	tests/tree.h tests/tree.c
harness_cflags = $(AM_CFLAGS) $(CHECK_CFLAGS)
harness_ldadd = tests/libharness.a libprefork.a $(CHECK_LIBS)

integration_tests = tests/check_answers tests/check_echo tests/check_files tests/check_limits \
	tests/check_hardening tests/check_master tests/check_options tests/check_site \
	tests/check_start tests/check_usage
include tests/root.mk
include tests/takeover.mk
include tests/limits.mk
include tests/cache.mk
include tests/pages.mk

check_PROGRAMS += $(integration_tests)
TESTS += $(integration_tests)
tests_check_answers_SOURCES = tests/check_answers.c tests/site.h tests/site.c
tests_check_answers_CFLAGS = $(harness_cflags)
tests_check_answers_LDADD = $(harness_ldadd)
tests_check_echo_SOURCES = tests/check_echo.c
tests_check_echo_CFLAGS = $(harness_cflags)
tests_check_echo_LDADD = $(harness_ldadd)
tests_check_files_SOURCES = tests/check_files.c
tests_check_files_CFLAGS = $(harness_cflags)
tests_check_files_LDADD = $(harness_ldadd)
tests_check_hardening_SOURCES = tests/check_hardening.c
tests_check_hardening_CFLAGS = $(harness_cflags) -DHARDENING='"$(hardening)"'
tests_check_hardening_LDADD = $(harness_ldadd)
tests_check_limits_SOURCES = tests/check_limits.c
tests_check_limits_CFLAGS = $(harness_cflags)
tests_check_limits_LDADD = $(harness_ldadd)
tests_check_master_SOURCES = tests/check_master.c
tests_check_master_CFLAGS = $(harness_cflags)
tests_check_master_LDADD = $(harness_ldadd)
tests_check_options_SOURCES = tests/check_options.c
tests_check_options_CFLAGS = $(harness_cflags)
tests_check_options_LDADD = $(harness_ldadd)
tests_check_start_SOURCES = tests/check_start.c
tests_check_start_CFLAGS = $(harness_cflags)
tests_check_start_LDADD = $(harness_ldadd)
tests_check_usage_SOURCES = tests/check_usage.c
tests_check_usage_CFLAGS = $(harness_cflags)
tests_check_usage_LDADD = $(harness_ldadd)
tests_check_site_SOURCES = tests/check_site.c tests/site.h tests/site.c
tests_check_site_CFLAGS = $(harness_cflags)
tests_check_site_LDADD = $(harness_ldadd)
else
check-local:
	@echo 'make check: the tests need Check (libcheck) and configure did' \
	    'not find it; scripts/test installs it' >&2; exit 1
endif

include tests/conform.mk
include tests/front/local.mk

# Builds what `make check` would run, and runs nothing.
all-tests: $(check_LIBRARIES) $(check_PROGRAMS)
.PHONY: all-tests

include tests/bench/local.mk
