libprefork_a_SOURCES += \
	include/outside/fetch.h src/outside/fetch.c \
	include/outside/health.h src/outside/health.c \
	include/outside/top.h src/outside/top.c \
	src/outside/answer.h src/outside/answer.c \
	src/outside/lookup.h src/outside/lookup.c \
	src/outside/json.h src/outside/json.c \
	src/outside/picture.h src/outside/picture.c \
	src/outside/reading.h src/outside/reading.c
