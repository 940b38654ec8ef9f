libprefork_a_SOURCES += \
	include/os/activation.h src/os/activation.c \
	src/os/beneath.h src/os/beneath.c \
	include/os/calls.h src/os/calls.c \
	include/os/channel.h \
	include/os/file.h src/os/file.c \
	include/os/keep.h \
	include/os/ledger.h \
	include/os/listener.h src/os/listener.c \
	src/os/listener_file.h src/os/listener_file.c \
	include/os/memory.h src/os/memory.c \
	include/os/networks.h src/os/networks.c \
	include/os/notify.h src/os/notify.c \
	include/os/password.h \
	include/os/poller.h src/os/poller.c src/os/poller_ops.h \
	src/os/poller_poll.c \
	include/os/pid_file.h src/os/pid_file.c \
	include/os/process.h src/os/process.c \
	include/os/exec.h \
	include/os/random.h src/os/random_call.h src/os/random.c \
	include/os/ready.h src/os/ready.c \
	include/os/reap.h src/os/reap.c \
	include/os/root.h src/os/root.c \
	include/os/scribble.h src/os/scribble.c \
	include/os/signals.h src/os/signals.c \
	include/os/smash.h src/os/smash.c \
	include/os/socket.h src/os/socket.c \
	include/os/standby.h \
	include/os/terminal.h src/os/terminal.c \
	include/os/title.h \
	include/os/watch.h

# What goes beyond POSIX, and its twin: two files behind one header.
if LINUX
libprefork_a_SOURCES += \
	src/os/beneath_linux.c src/os/calls_linux.c src/os/channel_linux.c \
	src/os/clone.h src/os/clone_linux.c \
	src/os/file_linux.c src/os/keep_linux.c src/os/ledger_linux.c \
	src/os/memory_linux.c src/os/poller_epoll.c \
	src/os/proc.h src/os/proc_linux.c src/os/process_linux.c \
	src/os/random_linux.c \
	src/os/exec_linux.c \
	src/os/scribble_linux.c src/os/socket_linux.c src/os/standby_linux.c \
	src/os/terminal_linux.c src/os/title_linux.c src/os/watch_linux.c
else
libprefork_a_SOURCES += \
	src/os/beneath_posix.c src/os/calls_posix.c src/os/channel_posix.c \
	src/os/file_posix.c src/os/keep_posix.c src/os/ledger_posix.c \
	src/os/memory_posix.c src/os/poller_posix.c src/os/process_posix.c \
	src/os/random_posix.c \
	src/os/exec_posix.c \
	src/os/scribble_posix.c src/os/socket_posix.c src/os/standby_posix.c \
	src/os/terminal_posix.c src/os/title_posix.c \
	src/os/watch_posix.c
endif

if CRYPT
libprefork_a_SOURCES += src/os/password_crypt.c
else
libprefork_a_SOURCES += src/os/password_none.c
endif
