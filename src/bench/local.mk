libprefork_a_SOURCES += \
	include/bench/cleanup.h src/bench/cleanup.c \
	include/bench/clients.h src/bench/clients.c \
	include/bench/crowd.h src/bench/crowd.c \
	include/bench/dial.h src/bench/dial.c \
	include/bench/instance.h src/bench/instance.c \
	include/bench/json.h src/bench/json.c \
	include/bench/pattern.h src/bench/pattern.c \
	include/bench/proc.h src/bench/proc.c \
	include/bench/program.h src/bench/program.c \
	include/bench/response.h src/bench/response.c \
	include/bench/results_page.h src/bench/results_page.c

# The page is a part of the programs that write it: its lines as strings of C.
page_lines = src/bench/page_lines.inc
$(page_lines): src/bench/page.html
	$(AM_V_GEN)$(MKDIR_P) src/bench && sed -e 's/[\\"]/\\&/g' \
		-e 's/^/"/' -e 's/$$/\\n",/' $(top_srcdir)/src/bench/page.html >$@
src/bench/results_page.$(OBJEXT): $(page_lines)
CLEANFILES += $(page_lines)
EXTRA_DIST += src/bench/page.html
