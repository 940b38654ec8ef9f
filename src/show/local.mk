libprefork_a_SOURCES += \
	include/show/arguments.h src/show/arguments.c \
	include/show/capture.h src/show/capture.c \
	include/show/ladder.h src/show/ladder.c \
	include/show/layers.h src/show/layers.c \
	include/show/packet.h src/show/packet.c src/show/fields.c \
	include/show/pcap.h src/show/pcap.c \
	include/show/sketch.h src/show/sketch.c

bin_PROGRAMS += prefork-show
prefork_show_SOURCES = src/show/show_main.c
prefork_show_LDADD = libprefork.a
