libprefork_a_SOURCES += \
	include/options.h src/options.c \
	include/site.h src/site.c \
	include/start.h src/start.c

bin_PROGRAMS += prefork
prefork_SOURCES = src/main.c
prefork_LDADD = libprefork.a
