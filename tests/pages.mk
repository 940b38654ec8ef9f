# The tests of listings: of the pages alone, and of a server of directories.
check_PROGRAMS += tests/check_pages tests/check_directories \
	tests/check_tar tests/check_archive
TESTS += tests/check_pages tests/check_directories \
	tests/check_tar tests/check_archive
tests_check_tar_SOURCES = tests/check_tar.c tests/check_main.h
tests_check_tar_CFLAGS = $(unit_cflags)
tests_check_tar_LDADD = $(unit_ldadd)
tests_check_archive_SOURCES = tests/check_archive.c \
	tests/site.h tests/site.c
tests_check_archive_CFLAGS = $(harness_cflags)
tests_check_archive_LDADD = $(harness_ldadd)
tests_check_pages_SOURCES = tests/check_pages.c tests/check_main.h
tests_check_pages_CFLAGS = $(unit_cflags)
tests_check_pages_LDADD = $(unit_ldadd)
tests_check_directories_SOURCES = tests/check_directories.c \
	tests/site.h tests/site.c
tests_check_directories_CFLAGS = $(harness_cflags)
tests_check_directories_LDADD = $(harness_ldadd)
