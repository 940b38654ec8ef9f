check_PROGRAMS += tests/check_root
TESTS += tests/check_root
tests_check_root_SOURCES = tests/check_root.c tests/site.h tests/site.c
tests_check_root_CFLAGS = $(harness_cflags)
tests_check_root_LDADD = $(harness_ldadd)

check_PROGRAMS += tests/check_auth
TESTS += tests/check_auth
tests_check_auth_SOURCES = tests/check_auth.c tests/site.h tests/site.c
tests_check_auth_CFLAGS = $(harness_cflags)
tests_check_auth_LDADD = $(harness_ldadd)

check_PROGRAMS += tests/check_pid_file
TESTS += tests/check_pid_file
tests_check_pid_file_SOURCES = tests/check_pid_file.c
tests_check_pid_file_CFLAGS = $(harness_cflags)
tests_check_pid_file_LDADD = $(harness_ldadd)

check_PROGRAMS += tests/check_reread
TESTS += tests/check_reread
tests_check_reread_SOURCES = tests/check_reread.c tests/site.h tests/site.c
tests_check_reread_CFLAGS = $(harness_cflags)
tests_check_reread_LDADD = $(harness_ldadd)
