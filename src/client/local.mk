libprefork_a_SOURCES += \
	include/client/digest.h src/client/digest.c \
	include/client/histogram.h src/client/histogram.c \
	include/client/load.h src/client/load.c \
	include/client/report.h src/client/report.c \
	include/client/run.h src/client/claims.c src/client/crowd.c \
	src/client/load_echo.c src/client/load_get.c \
	include/client/settings.h src/client/settings.c \
	include/client/sha256.h src/client/sha256.c \
	include/client/talk.h src/client/talk.c \
	include/client/tally.h src/client/tally.c \
	include/client/timeline.h src/client/timeline.c

bin_PROGRAMS += prefork-client
prefork_client_SOURCES = src/client/client_main.c
prefork_client_LDADD = libprefork.a

dist_man_MANS += src/client/prefork-client.1
