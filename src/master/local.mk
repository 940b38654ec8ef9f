libprefork_a_SOURCES += \
	include/master/master.h src/master/master.c \
	include/master/slot.h src/master/slot.c \
	src/master/model.c
