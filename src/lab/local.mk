libprefork_a_SOURCES += \
	src/lab/lab.h src/lab/lab.c src/lab/lab_settings.c \
	src/lab/exp_crash.c src/lab/exp_isolation.c \
	src/lab/exp_limits.c src/lab/exp_memory.c \
	src/lab/exp_pages.c src/lab/exp_speed.c src/lab/exp_start.c \
	src/lab/progress.c \
	src/lab/probe.h src/lab/probe.c \
	src/lab/steady.h src/lab/steady.c \
	src/lab/experiment.h src/lab/experiment.c \
	src/lab/guess.h src/lab/guess.c \
	src/lab/attack.h src/lab/attack.c \
	src/lab/report.h src/lab/results.c src/lab/closing.c \
	src/lab/verdict.h src/lab/verdict_figures.c src/lab/verdict_crash.c

# Not installed: it is for looking at the models, where they are built.
noinst_PROGRAMS += prefork-lab prefork-guess
prefork_guess_SOURCES = src/lab/guess_main.c
prefork_guess_LDADD = libprefork.a
prefork_lab_SOURCES = src/lab/lab_main.c
prefork_lab_LDADD = libprefork.a

# The page is a part of the laboratory: its lines as strings of C.
page_lines = src/bench/page_lines.inc
$(page_lines): src/bench/page.html
	$(AM_V_GEN)$(MKDIR_P) src/bench && sed -e 's/[\\"]/\\&/g' \
		-e 's/^/"/' -e 's/$$/\\n",/' $(top_srcdir)/src/bench/page.html >$@
src/lab/results.$(OBJEXT): $(page_lines)
CLEANFILES += $(page_lines)
EXTRA_DIST += src/bench/page.html

# What it says in sentences, as macros.
lab_texts = src/lab/texts.inc
$(lab_texts): src/lab/texts.txt src/lab/texts.awk
	$(AM_V_GEN)$(MKDIR_P) src/lab && $(AWK) -f $(top_srcdir)/src/lab/texts.awk \
		$(top_srcdir)/src/lab/texts.txt >$@.new && mv $@.new $@
lab_speakers = src/lab/exp_crash.$(OBJEXT) src/lab/exp_isolation.$(OBJEXT) \
	src/lab/exp_limits.$(OBJEXT) src/lab/exp_memory.$(OBJEXT) \
	src/lab/exp_pages.$(OBJEXT) src/lab/exp_speed.$(OBJEXT) \
	src/lab/exp_start.$(OBJEXT) src/lab/verdict_crash.$(OBJEXT) \
	src/lab/verdict_figures.$(OBJEXT)
$(lab_speakers): $(lab_texts)
CLEANFILES += $(lab_texts)
EXTRA_DIST += src/lab/texts.txt src/lab/texts.awk
