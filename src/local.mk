libprefork_a_SOURCES += \
	src/configure.h src/configure.c \
	src/contents.h src/contents.c \
	src/errand.h src/errand.c \
	src/image.h src/image.c \
	src/listen.h src/listen.c \
	src/program.c \
	src/options.h src/options.c \
	src/resume.h src/resume.c \
	src/site.h src/site.c \
	src/start.h src/start.c \
	src/upgrade_wait.h src/upgrade_wait.c

bin_PROGRAMS += prefork
prefork_SOURCES = src/main.c
prefork_LDADD = libprefork.a

# For services of somebody's own: one object, in which all names but those of
# the interface are local, lest they be in the way of the program's.
prefork_libdir = $(libdir)
prefork_lib_DATA = pkg/libprefork.a
prefork_includedir = $(includedir)/prefork
prefork_include_HEADERS = include/prefork/service.h
pkgconfigdir = $(libdir)/pkgconfig
pkgconfig_DATA = prefork.pc
dist_man_MANS += src/prefork-service.7 src/prefork-deploy.7
EXTRA_DIST += src/prefork.pc.in src/status.png

pkg/libprefork.a: libprefork.a
	$(AM_V_GEN)$(MKDIR_P) pkg && rm -f $@ && \
	$(CC) $(CFLAGS) -r -nostdlib -o pkg/whole.o \
		-Wl,-u,prefork_main -Wl,-u,pf_file -Wl,-u,pf_json \
		-Wl,-u,pf_query libprefork.a && \
	$(OBJCOPY) --wildcard --keep-global-symbol='pf_*' \
		--keep-global-symbol=prefork_main pkg/whole.o && \
	$(AR) $(ARFLAGS) $@ pkg/whole.o && $(RANLIB) $@
CLEANFILES += pkg/libprefork.a pkg/whole.o
