# The tests of the system's room, the slot's table and the journal.
core_tests = \
	tests/check_audit \
	tests/check_beneath \
	tests/check_blame \
	tests/check_board \
	tests/check_channel \
	tests/check_journal \
	tests/check_image \
	tests/check_memory \
	tests/check_names \
	tests/check_ledger \
	tests/check_poller \
	tests/check_pool \
	tests/check_process \
	tests/check_slot \
	tests/check_sockets \
	tests/check_status_rows \
	tests/check_step \
	tests/check_walk
check_PROGRAMS += $(core_tests)
TESTS += $(core_tests)
tests_check_audit_SOURCES = tests/check_audit.c tests/check_main.h \
	tests/records.h tests/records.c
tests_check_audit_CFLAGS = $(unit_cflags)
tests_check_audit_LDADD = $(unit_ldadd)
tests_check_beneath_SOURCES = tests/check_beneath.c tests/check_main.h tests/descriptors.h
tests_check_beneath_CFLAGS = $(unit_cflags)
tests_check_beneath_LDADD = $(harness_ldadd)
tests_check_blame_CFLAGS = $(unit_cflags)
tests_check_blame_LDADD = $(unit_ldadd)
tests_check_board_CFLAGS = $(unit_cflags)
tests_check_board_LDADD = $(unit_ldadd)
tests_check_channel_CFLAGS = $(unit_cflags)
tests_check_channel_LDADD = $(unit_ldadd)
tests_check_image_SOURCES = tests/check_image.c tests/check_main.h
tests_check_image_CFLAGS = $(unit_cflags)
tests_check_image_LDADD = $(unit_ldadd)

tests_check_memory_SOURCES = tests/check_memory.c tests/check_main.h tests/descriptors.h
tests_check_memory_CFLAGS = $(unit_cflags)
tests_check_memory_LDADD = $(unit_ldadd)

tests_check_journal_SOURCES = tests/check_journal.c tests/check_main.h tests/descriptors.h
tests_check_journal_CFLAGS = $(unit_cflags)
tests_check_journal_LDADD = $(unit_ldadd)
tests_check_ledger_SOURCES = tests/check_ledger.c tests/check_main.h tests/descriptors.h
tests_check_ledger_CFLAGS = $(unit_cflags)
tests_check_ledger_LDADD = $(unit_ldadd)
tests_check_poller_SOURCES = tests/check_poller.c tests/check_main.h tests/descriptors.h
tests_check_poller_CFLAGS = $(unit_cflags)
tests_check_poller_LDADD = $(unit_ldadd)
tests_check_pool_CFLAGS = $(unit_cflags)
tests_check_pool_LDADD = $(unit_ldadd)
tests_check_process_SOURCES = tests/check_process.c tests/check_main.h tests/descriptors.h
tests_check_process_CFLAGS = $(unit_cflags)
tests_check_process_LDADD = $(unit_ldadd)
tests_check_status_rows_SOURCES = tests/check_status_rows.c tests/check_main.h
tests_check_status_rows_CFLAGS = $(unit_cflags)
tests_check_status_rows_LDADD = $(unit_ldadd)
tests_check_slot_CFLAGS = $(unit_cflags)
tests_check_slot_LDADD = $(unit_ldadd)
tests_check_names_SOURCES = tests/check_names.c tests/check_main.h
tests_check_names_CFLAGS = $(unit_cflags)
tests_check_names_LDADD = $(unit_ldadd)
tests_check_sockets_SOURCES = tests/check_sockets.c tests/check_main.h tests/descriptors.h
tests_check_sockets_CFLAGS = $(unit_cflags)
tests_check_sockets_LDADD = $(unit_ldadd)
tests_check_walk_SOURCES = tests/check_walk.c tests/check_main.h
tests_check_walk_CFLAGS = $(unit_cflags)
tests_check_walk_LDADD = $(unit_ldadd)
tests_check_step_SOURCES = tests/check_step.c tests/check_main.h \
	tests/records.h tests/records.c
tests_check_step_CFLAGS = $(unit_cflags)
tests_check_step_LDADD = $(unit_ldadd)
