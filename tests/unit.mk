# The tests of the pure rooms, and the fuzz targets. A replay program feeds
# the corpus of a target to it, with any compiler.
unit_cflags = $(AM_CFLAGS) $(CHECK_CFLAGS)
unit_ldadd = libprefork.a $(CHECK_LIBS)

unit_tests = \
	tests/check_accept \
	tests/check_access \
	tests/check_arguments \
	tests/check_caching \
	tests/check_conditions \
	tests/check_date \
	tests/check_escape \
	tests/check_field \
	tests/check_forwarded \
	tests/check_heap \
	tests/check_listing \
	tests/check_log \
	tests/check_media \
	tests/check_num \
	tests/check_form \
	tests/check_out \
	tests/check_path \
	tests/check_preface \
	tests/check_range \
	tests/check_request \
	tests/check_status
replays = \
	tests/fuzz/replay_accept \
	tests/fuzz/replay_audit \
	tests/fuzz/replay_body \
	tests/fuzz/replay_conditions \
	tests/fuzz/replay_date \
	tests/fuzz/replay_escape \
	tests/fuzz/replay_form \
	tests/fuzz/replay_forwarded \
	tests/fuzz/replay_greeting \
	tests/fuzz/replay_path \
	tests/fuzz/replay_preface \
	tests/fuzz/replay_range \
	tests/fuzz/replay_request
check_PROGRAMS += $(unit_tests) $(replays)
TESTS += $(unit_tests) $(replays)
EXTRA_DIST += tests/fuzz/corpus

tests_check_accept_SOURCES = tests/check_accept.c tests/check_main.h
tests_check_accept_CFLAGS = $(unit_cflags)
tests_check_accept_LDADD = $(unit_ldadd)
tests_check_access_SOURCES = tests/check_access.c tests/check_main.h
tests_check_access_CFLAGS = $(unit_cflags)
tests_check_access_LDADD = $(unit_ldadd)
tests_check_arguments_SOURCES = tests/check_arguments.c tests/check_main.h
tests_check_arguments_CFLAGS = $(unit_cflags)
tests_check_arguments_LDADD = $(unit_ldadd)
tests_check_caching_SOURCES = tests/check_caching.c tests/check_main.h
tests_check_caching_CFLAGS = $(unit_cflags)
tests_check_caching_LDADD = $(unit_ldadd)
tests_check_conditions_SOURCES = tests/check_conditions.c tests/check_main.h
tests_check_conditions_CFLAGS = $(unit_cflags)
tests_check_conditions_LDADD = $(unit_ldadd)
tests_check_date_SOURCES = tests/check_date.c tests/check_main.h
tests_check_date_CFLAGS = $(unit_cflags)
tests_check_date_LDADD = $(unit_ldadd)
tests_check_escape_SOURCES = tests/check_escape.c tests/check_main.h
tests_check_escape_CFLAGS = $(unit_cflags)
tests_check_escape_LDADD = $(unit_ldadd)
tests_check_field_SOURCES = tests/check_field.c tests/check_main.h
tests_check_field_CFLAGS = $(unit_cflags)
tests_check_field_LDADD = $(unit_ldadd)
tests_check_heap_SOURCES = tests/check_heap.c tests/check_main.h
tests_check_heap_CFLAGS = $(unit_cflags)
tests_check_heap_LDADD = $(unit_ldadd)
tests_check_listing_SOURCES = tests/check_listing.c tests/check_main.h
tests_check_listing_CFLAGS = $(unit_cflags)
tests_check_listing_LDADD = $(unit_ldadd)
tests_check_log_SOURCES = tests/check_log.c tests/check_main.h
tests_check_log_CFLAGS = $(unit_cflags)
tests_check_log_LDADD = $(unit_ldadd)
tests_check_media_SOURCES = tests/check_media.c tests/check_main.h
tests_check_media_CFLAGS = $(unit_cflags)
tests_check_media_LDADD = $(unit_ldadd)
tests_check_num_SOURCES = tests/check_num.c tests/check_main.h
tests_check_num_CFLAGS = $(unit_cflags)
tests_check_num_LDADD = $(unit_ldadd)
tests_check_form_SOURCES = tests/check_form.c tests/check_main.h
tests_check_form_CFLAGS = $(unit_cflags)
tests_check_form_LDADD = $(unit_ldadd)
tests_check_out_SOURCES = tests/check_out.c tests/check_main.h
tests_check_out_CFLAGS = $(unit_cflags)
tests_check_out_LDADD = $(unit_ldadd)
tests_check_forwarded_SOURCES = tests/check_forwarded.c tests/check_main.h
tests_check_forwarded_CFLAGS = $(unit_cflags)
tests_check_forwarded_LDADD = $(unit_ldadd)
tests_check_path_SOURCES = tests/check_path.c tests/check_main.h
tests_check_path_CFLAGS = $(unit_cflags)
tests_check_path_LDADD = $(unit_ldadd)
tests_check_preface_SOURCES = tests/check_preface.c tests/check_main.h
tests_check_preface_CFLAGS = $(unit_cflags)
tests_check_preface_LDADD = $(unit_ldadd)
tests_check_range_SOURCES = tests/check_range.c tests/check_main.h
tests_check_range_CFLAGS = $(unit_cflags)
tests_check_range_LDADD = $(unit_ldadd)
tests_check_request_SOURCES = tests/check_request.c tests/check_main.h tests/request_same.h
tests_check_request_CFLAGS = $(unit_cflags)
tests_check_request_LDADD = $(unit_ldadd)
tests_check_status_SOURCES = tests/check_status.c tests/check_main.h
tests_check_status_CFLAGS = $(unit_cflags)
tests_check_status_LDADD = $(unit_ldadd)

fuzz_replay = tests/fuzz/fuzz.h tests/fuzz/replay.c
tests_fuzz_replay_accept_SOURCES = tests/fuzz/fuzz_accept.c $(fuzz_replay)
tests_fuzz_replay_accept_LDADD = libprefork.a
fuzz_audit = tests/fuzz/fuzz_audit.c tests/records.h tests/records.c
tests_fuzz_replay_audit_SOURCES = $(fuzz_audit) $(fuzz_replay)
tests_fuzz_replay_audit_LDADD = libprefork.a
tests_fuzz_replay_body_SOURCES = tests/fuzz/fuzz_body.c $(fuzz_replay)
tests_fuzz_replay_body_LDADD = libprefork.a
tests_fuzz_replay_conditions_SOURCES = tests/fuzz/fuzz_conditions.c $(fuzz_replay)
tests_fuzz_replay_conditions_LDADD = libprefork.a
tests_fuzz_replay_date_SOURCES = tests/fuzz/fuzz_date.c $(fuzz_replay)
tests_fuzz_replay_date_LDADD = libprefork.a
tests_fuzz_replay_escape_SOURCES = tests/fuzz/fuzz_escape.c $(fuzz_replay)
tests_fuzz_replay_escape_LDADD = libprefork.a
tests_fuzz_replay_form_SOURCES = tests/fuzz/fuzz_form.c $(fuzz_replay)
tests_fuzz_replay_form_LDADD = libprefork.a
tests_fuzz_replay_greeting_SOURCES = tests/fuzz/fuzz_greeting.c $(fuzz_replay)
tests_fuzz_replay_greeting_LDADD = libprefork.a
tests_fuzz_replay_forwarded_SOURCES = tests/fuzz/fuzz_forwarded.c $(fuzz_replay)
tests_fuzz_replay_forwarded_LDADD = libprefork.a
tests_fuzz_replay_path_SOURCES = tests/fuzz/fuzz_path.c $(fuzz_replay)
tests_fuzz_replay_path_LDADD = libprefork.a
tests_fuzz_replay_preface_SOURCES = tests/fuzz/fuzz_preface.c $(fuzz_replay)
tests_fuzz_replay_preface_LDADD = libprefork.a
tests_fuzz_replay_range_SOURCES = tests/fuzz/fuzz_range.c $(fuzz_replay)
tests_fuzz_replay_range_LDADD = libprefork.a
tests_fuzz_replay_request_SOURCES = tests/fuzz/fuzz_request.c $(fuzz_replay) tests/request_same.h
tests_fuzz_replay_request_LDADD = libprefork.a

# scripts/fuzz builds these, one at a time.
if FUZZERS
fuzz_ldflags = $(AM_LDFLAGS) -fsanitize=fuzzer
EXTRA_PROGRAMS += \
	tests/fuzz/fuzz_accept \
	tests/fuzz/fuzz_audit \
	tests/fuzz/fuzz_body \
	tests/fuzz/fuzz_conditions \
	tests/fuzz/fuzz_date \
	tests/fuzz/fuzz_escape \
	tests/fuzz/fuzz_form \
	tests/fuzz/fuzz_forwarded \
	tests/fuzz/fuzz_greeting \
	tests/fuzz/fuzz_path \
	tests/fuzz/fuzz_preface \
	tests/fuzz/fuzz_range \
	tests/fuzz/fuzz_request
tests_fuzz_fuzz_accept_SOURCES = tests/fuzz/fuzz_accept.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_accept_LDADD = libprefork.a
tests_fuzz_fuzz_accept_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_audit_SOURCES = $(fuzz_audit) tests/fuzz/fuzz.h
tests_fuzz_fuzz_audit_LDADD = libprefork.a
tests_fuzz_fuzz_audit_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_body_SOURCES = tests/fuzz/fuzz_body.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_body_LDADD = libprefork.a
tests_fuzz_fuzz_body_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_conditions_SOURCES = tests/fuzz/fuzz_conditions.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_conditions_LDADD = libprefork.a
tests_fuzz_fuzz_conditions_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_date_SOURCES = tests/fuzz/fuzz_date.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_date_LDADD = libprefork.a
tests_fuzz_fuzz_date_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_escape_SOURCES = tests/fuzz/fuzz_escape.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_escape_LDADD = libprefork.a
tests_fuzz_fuzz_escape_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_form_SOURCES = tests/fuzz/fuzz_form.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_form_LDADD = libprefork.a
tests_fuzz_fuzz_form_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_greeting_SOURCES = tests/fuzz/fuzz_greeting.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_greeting_LDADD = libprefork.a
tests_fuzz_fuzz_greeting_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_forwarded_SOURCES = tests/fuzz/fuzz_forwarded.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_forwarded_LDADD = libprefork.a
tests_fuzz_fuzz_forwarded_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_path_SOURCES = tests/fuzz/fuzz_path.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_path_LDADD = libprefork.a
tests_fuzz_fuzz_path_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_preface_SOURCES = tests/fuzz/fuzz_preface.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_preface_LDADD = libprefork.a
tests_fuzz_fuzz_preface_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_range_SOURCES = tests/fuzz/fuzz_range.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_range_LDADD = libprefork.a
tests_fuzz_fuzz_range_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_request_SOURCES = tests/fuzz/fuzz_request.c tests/fuzz/fuzz.h tests/request_same.h
tests_fuzz_fuzz_request_LDADD = libprefork.a
tests_fuzz_fuzz_request_LDFLAGS = $(fuzz_ldflags)
endif
