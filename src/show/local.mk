libprefork_a_SOURCES += \
	include/show/canvas.h src/show/canvas.c \
	include/show/capture.h src/show/capture.c \
	include/show/clients.h src/show/clients.c \
	include/show/demo.h src/show/demo.c src/show/demo_main.c \
	src/show/act.c src/show/screen.c src/show/verdict.c \
	include/show/ladder.h src/show/ladder.c \
	include/show/layers.h src/show/layers.c \
	include/show/packet.h src/show/packet.c src/show/fields.c \
	include/show/pcap.h src/show/pcap.c \
	include/show/roll.h src/show/roll.c \
	include/show/sketch.h src/show/sketch.c

bin_PROGRAMS += prefork-show
prefork_show_SOURCES = src/show/show_main.c
prefork_show_LDADD = libprefork.a

dist_man_MANS += src/show/prefork-show.1
