libprefork_a_SOURCES += \
	src/options.h src/options.c \
	src/site.h src/site.c \
	src/start.h src/start.c

bin_PROGRAMS += prefork
prefork_SOURCES = src/main.c
prefork_LDADD = libprefork.a
