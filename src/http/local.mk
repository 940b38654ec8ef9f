libprefork_a_SOURCES += \
	include/http/accept.h src/http/accept.c \
	include/http/access.h src/http/access.c \
	include/http/basic.h src/http/basic.c \
	src/http/body.c \
	include/http/forwarded.h src/http/forwarded.c \
	include/http/preface.h src/http/preface.c \
	include/http/bytes.h src/http/bytes.c \
	include/http/caching.h src/http/caching.c \
	include/http/conditions.h src/http/conditions.c \
	include/http/date.h src/http/date.c \
	include/http/field.h src/http/field.c \
	include/prefork/service.h include/http/form.h src/http/form.c \
	include/http/greeting.h src/http/greeting.c \
	include/http/listing.h src/http/listing.c \
	include/http/media.h src/http/media.c src/http/media_map.c \
	src/http/natural.h src/http/natural.c \
	include/http/out.h src/http/out.c \
	src/http/page.h src/http/page.c \
	include/http/path.h src/http/path.c \
	include/http/range.h src/http/range.c \
	include/http/request.h src/http/request.c \
	src/http/request_fields.h src/http/request_fields.c \
	src/http/shown.h src/http/shown.c \
	include/http/status.h src/http/status.c \
	include/http/tar.h src/http/tar.c
