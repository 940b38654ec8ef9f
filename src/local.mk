libprefork_a_SOURCES += \
	src/configure.h src/configure.c \
	src/contents.h src/contents.c \
	src/image.h src/image.c \
	src/program.c \
	src/options.h src/options.c \
	src/resume.h src/resume.c \
	src/site.h src/site.c \
	src/start.h src/start.c \
	src/upgrade_wait.h src/upgrade_wait.c

bin_PROGRAMS += prefork
prefork_SOURCES = src/main.c
prefork_LDADD = libprefork.a
