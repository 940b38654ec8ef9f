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
	include/bench/quantile.h src/bench/quantile.c \
	include/bench/response.h src/bench/response.c
