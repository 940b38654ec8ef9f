# Run by scripts/https, scripts/fleet and .ci/run.
EXTRA_DIST += tests/front/fleet.sh tests/front/framing.sh tests/front/https.sh
check_PROGRAMS += tests/front/framing
tests_front_framing_SOURCES = tests/front/framing.c
tests_front_framing_LDADD = libprefork.a
