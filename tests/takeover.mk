check_PROGRAMS += tests/check_takeover tests/check_resume
TESTS += tests/check_takeover tests/check_resume
tests_check_takeover_SOURCES = tests/check_takeover.c \
	tests/takeover.h tests/takeover.c
tests_check_takeover_CFLAGS = $(harness_cflags)
tests_check_takeover_LDADD = $(harness_ldadd)
tests_check_resume_SOURCES = tests/check_resume.c \
	tests/takeover.h tests/takeover.c
tests_check_resume_CFLAGS = $(harness_cflags)
tests_check_resume_LDADD = $(harness_ldadd)

check_PROGRAMS += tests/check_listening
TESTS += tests/check_listening
tests_check_listening_SOURCES = tests/check_listening.c \
	tests/takeover.h tests/takeover.c
tests_check_listening_CFLAGS = $(harness_cflags)
tests_check_listening_LDADD = $(harness_ldadd)

check_PROGRAMS += tests/check_supervised
TESTS += tests/check_supervised
tests_check_supervised_SOURCES = tests/check_supervised.c
tests_check_supervised_CFLAGS = $(harness_cflags)
tests_check_supervised_LDADD = $(harness_ldadd)

check_PROGRAMS += tests/check_proxied
TESTS += tests/check_proxied
tests_check_proxied_SOURCES = tests/check_proxied.c \
	tests/takeover.h tests/takeover.c
tests_check_proxied_CFLAGS = $(harness_cflags)
tests_check_proxied_LDADD = $(harness_ldadd)

check_PROGRAMS += tests/check_exec
TESTS += tests/check_exec
tests_check_exec_SOURCES = tests/check_exec.c \
	tests/takeover.h tests/takeover.c
tests_check_exec_CFLAGS = $(harness_cflags)
tests_check_exec_LDADD = $(harness_ldadd)

check_PROGRAMS += tests/check_strangers
TESTS += tests/check_strangers
tests_check_strangers_SOURCES = tests/check_strangers.c
tests_check_strangers_CFLAGS = $(harness_cflags)
tests_check_strangers_LDADD = $(harness_ldadd)

check_PROGRAMS += tests/check_backoff
TESTS += tests/check_backoff
tests_check_backoff_SOURCES = tests/check_backoff.c
tests_check_backoff_CFLAGS = $(harness_cflags)
tests_check_backoff_LDADD = $(harness_ldadd)

check_PROGRAMS += tests/check_wander
TESTS += tests/check_wander
tests_check_wander_SOURCES = tests/check_wander.c
tests_check_wander_CFLAGS = $(harness_cflags)
tests_check_wander_LDADD = $(harness_ldadd)

check_PROGRAMS += tests/check_top
TESTS += tests/check_top
tests_check_top_SOURCES = tests/check_top.c
tests_check_top_CFLAGS = $(harness_cflags)
tests_check_top_LDADD = $(harness_ldadd)

check_PROGRAMS += tests/check_status_listener
TESTS += tests/check_status_listener
tests_check_status_listener_SOURCES = tests/check_status_listener.c
tests_check_status_listener_CFLAGS = $(harness_cflags)
tests_check_status_listener_LDADD = $(harness_ldadd)

check_PROGRAMS += tests/check_counts
TESTS += tests/check_counts
tests_check_counts_SOURCES = tests/check_counts.c
tests_check_counts_CFLAGS = $(harness_cflags)
tests_check_counts_LDADD = $(harness_ldadd)

check_PROGRAMS += tests/check_keeper
TESTS += tests/check_keeper
tests_check_keeper_SOURCES = tests/check_keeper.c
tests_check_keeper_CFLAGS = $(harness_cflags)
tests_check_keeper_LDADD = $(harness_ldadd)

check_PROGRAMS += tests/check_upgrade tests/check_broken
TESTS += tests/check_upgrade tests/check_broken
tests_check_broken_SOURCES = tests/check_broken.c tests/upgrade.h tests/upgrade.c
tests_check_broken_CFLAGS = $(harness_cflags)
tests_check_broken_LDADD = $(harness_ldadd)
tests_check_upgrade_SOURCES = tests/check_upgrade.c tests/upgrade.h tests/upgrade.c
tests_check_upgrade_CFLAGS = $(harness_cflags)
tests_check_upgrade_LDADD = $(harness_ldadd)

check_PROGRAMS += tests/check_orders
TESTS += tests/check_orders
tests_check_orders_SOURCES = tests/check_orders.c
tests_check_orders_CFLAGS = $(harness_cflags)
tests_check_orders_LDADD = $(harness_ldadd)

TESTS += tests/storm.sh
EXTRA_DIST += tests/storm.sh

# Not run by `make check`: scripts/sweep does.
if LINUX
check_PROGRAMS += tests/sweep/sweep tests/sweep/served tests/sweep/masters
tests_sweep_sweep_SOURCES = tests/sweep/sweep.c \
	tests/sweep/change.h tests/sweep/change.c \
	tests/sweep/host.h tests/sweep/host.c \
	tests/sweep/stepper.h tests/sweep/stepper.c \
	tests/sweep/stride.h tests/sweep/stride.c \
	tests/sweep/talk.h tests/sweep/talk.c
tests_sweep_sweep_LDADD = libprefork.a
tests_sweep_masters_SOURCES = tests/sweep/masters.c \
	tests/sweep/clients.h tests/sweep/clients.c \
	tests/sweep/family.h tests/sweep/family.c \
	tests/sweep/host.h tests/sweep/host.c \
	tests/sweep/shared.h tests/sweep/shared.c \
	tests/sweep/stepper.h tests/sweep/stepper.c \
	tests/sweep/stride.h tests/sweep/stride.c \
	tests/sweep/talk.h tests/sweep/talk.c
tests_sweep_masters_LDADD = libprefork.a
tests_sweep_served_SOURCES = tests/sweep/served.c \
	tests/served.h tests/served.c
tests_sweep_served_LDADD = libprefork.a

# Run by scripts/storm.
check_PROGRAMS += tests/storm/kills tests/storm/herd tests/storm/watch
tests_storm_watch_SOURCES = tests/storm/watch.c
tests_storm_kills_SOURCES = tests/storm/kills.c \
	tests/storm/processes.h tests/storm/processes.c
tests_storm_kills_LDADD = libprefork.a
tests_storm_herd_SOURCES = tests/storm/herd.c \
	tests/storm/processes.h tests/storm/processes.c
tests_storm_herd_LDADD = libprefork.a
check_PROGRAMS += tests/storm/rows tests/storm/poster
tests_storm_rows_SOURCES = tests/storm/rows.c
tests_storm_rows_LDADD = libprefork.a
tests_storm_poster_SOURCES = tests/storm/poster.c
tests_storm_poster_LDADD = libprefork.a
endif

# A server that tests/check_waiting starts.
check_PROGRAMS += tests/check_waiting tests/waiting/waiter
TESTS += tests/check_waiting
tests_check_waiting_SOURCES = tests/check_waiting.c
tests_check_waiting_CFLAGS = $(harness_cflags)
tests_check_waiting_LDADD = $(harness_ldadd)
tests_waiting_waiter_SOURCES = tests/waiting/waiter.c \
	tests/served.h tests/served.c
tests_waiting_waiter_LDADD = libprefork.a

# A service of a program's own, which tests/check_service starts.
check_PROGRAMS += tests/check_service tests/service/served
TESTS += tests/check_service
tests_check_service_SOURCES = tests/check_service.c \
	tests/takeover.h tests/takeover.c
tests_check_service_CFLAGS = $(harness_cflags)
tests_check_service_LDADD = $(harness_ldadd)
tests_service_served_SOURCES = tests/service/served.c
tests_service_served_LDADD = libprefork.a

# And what a stranger makes of what is installed.
TESTS += tests/install.sh tests/completions.sh
EXTRA_DIST += tests/install.sh tests/completions.sh tests/service/none/sqlite3.h

# The units of systemd.
TESTS += tests/units.sh
EXTRA_DIST += tests/units.sh
