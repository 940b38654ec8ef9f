libprefork_a_SOURCES += \
	include/stream/board.h src/stream/board.c \
	include/stream/record.h src/stream/record.c \
	include/stream/service.h \
	include/stream/journal.h src/stream/journal.c \
	include/stream/input.h src/stream/input.c \
	include/stream/output.h src/stream/output.c \
	include/stream/audit.h src/stream/audit.c
