libprefork_a_SOURCES += \
	src/client/digest.h src/client/digest.c \
	src/client/histogram.h src/client/histogram.c \
	src/client/load.c \
	src/client/report.c \
	src/client/run.h src/client/connections.c src/client/trips.c \
	src/client/load_echo.c src/client/load_get.c \
	src/client/settings.h src/client/settings.c \
	src/client/sha256.h src/client/sha256.c \
	src/client/talk.h src/client/talk.c

bin_PROGRAMS += prefork-client
prefork_client_SOURCES = src/client/client_main.c
prefork_client_LDADD = libprefork.a

dist_man_MANS += src/client/prefork-client.1
