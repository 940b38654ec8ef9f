libprefork_a_SOURCES += \
	include/base/append.h src/base/append.c \
	include/base/arguments.h src/base/arguments.c \
	src/base/arguments_file.h src/base/arguments_file.c \
	src/base/arguments_words.h src/base/arguments_words.c \
	include/base/clear.h src/base/clear.c \
	include/base/clock.h src/base/clock.c \
	include/base/descriptor.h src/base/descriptor.c \
	include/base/escape.h src/base/escape.c \
	include/base/hash.h \
	include/base/heap.h src/base/heap.c \
	include/base/hook.h src/base/hook.c \
	include/base/log.h src/base/log.c \
	src/base/log_system.h src/base/log_system.c \
	include/base/num.h src/base/num.c \
	include/base/siphash.h src/base/siphash.c
