libprefork_a_SOURCES += \
	src/show/canvas.h src/show/canvas.c \
	src/show/capture.h src/show/capture.c \
	src/show/demo_clients.c src/show/demo_program.c \
	src/show/demo.h src/show/demo.c src/show/demo_main.c src/show/demo_state.c \
	src/show/act.c src/show/screen.c src/show/verdict.c \
	src/show/ladder.h src/show/ladder.c \
	src/show/layers.h src/show/layers.c \
	src/show/packet.h src/show/packet.c \
	src/show/field_list.h src/show/field_list.c src/show/fields.c src/show/tls.c \
	src/show/hidden.h src/show/hidden.c \
	src/show/pcap.h src/show/pcap.c \
	src/show/server_log.h src/show/server_log.c \
	src/show/sketch.h src/show/sketch.c

bin_PROGRAMS += prefork-show
prefork_show_SOURCES = src/show/show_main.c
prefork_show_LDADD = libprefork.a

dist_man_MANS += src/show/prefork-show.1
