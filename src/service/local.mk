libprefork_a_SOURCES += \
	include/service/site.h include/service/config.h \
	src/service/cache.h src/service/cache.c \
	include/service/conn.h src/service/conn.c \
	include/service/registry.h src/service/registry.c \
	include/service/auth.h src/service/auth.c \
	src/service/access.h src/service/access.c \
	src/service/services.h src/service/auto.c \
	src/service/demo.c src/service/preface.c \
	src/service/echo.c \
	src/service/http_record.h src/service/http_record.c \
	src/service/http_state.h src/service/http.c \
	src/service/reply.h src/service/decide.c \
	src/service/directory.c src/service/reply.c src/service/represent.c \
	src/service/encoding.c \
	src/service/emit.c src/service/parts.c \
	src/service/archive.h src/service/archive.c \
	include/service/program.h src/service/app.h src/service/app.c src/service/app_route.c src/service/app_take.c \
	src/service/app_request.c \
	src/service/app_reply.h src/service/app_reply.c src/service/app_print.c \
	src/service/entries.h src/service/entries.c \
	src/service/job.h src/service/job.c \
	include/service/budget.h src/service/budget.c \
	src/service/page_table.h src/service/page_table.c \
	src/service/pages.h src/service/pages.c \
	src/service/status.h src/service/status.c \
	src/service/status_metrics.c src/service/status_json.c \
	src/service/status_page.c src/service/status_events.c \
	src/service/status_demo.c src/service/status_routes.c \
	src/service/visible.h src/service/visible.c \
	src/service/word.h src/service/word.c

# The page of the status is a part of the program: its lines as strings of C.
status_lines = src/service/status_lines.inc
$(status_lines): src/service/status.html
	$(AM_V_GEN)$(MKDIR_P) src/service && sed -e 's/[\\"]/\\&/g' \
		-e 's/^/"/' -e 's/$$/\\n",/' \
		$(top_srcdir)/src/service/status.html >$@
src/service/status_page.$(OBJEXT): $(status_lines)
CLEANFILES += $(status_lines)
EXTRA_DIST += src/service/status.html
