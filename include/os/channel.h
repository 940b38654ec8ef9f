/*
 * channel.h - short messages from children to their parent, and back.
 *
 * Each process that has the sending end may send. The kernel says which one it
 * was, so none can send in the name of another, where the system has a way to
 * tell (Linux). A message arrives whole or not at all.
 */
#ifndef OS_CHANNEL_H
#define OS_CHANNEL_H

#include <stddef.h>
#include <sys/types.h>

/* ends[0] receives; ends[1] sends, by write(2). Both are non-blocking and
 * closed on exec. 0, or -1 with errno. */
int channel_open(int ends[2]);

/* Takes one message of exactly `size` bytes. 1; 0: none is there, or one of
 * another size was; -1: no process is left that could send. *from: the pid that
 * sent it, 0 where that is not known. */
int channel_hear(int fd, void *message, size_t size, pid_t *from);

/* The same, and the message stays there to be taken later: for a process that
 * may die before it has done what the message says. Linux alone can (POSIX:
 * -1).
 */
int channel_look(int fd, void *message, size_t size, pid_t *from);

/* The other way, on ends[0]: sends a message and a descriptor, which stays open
 * here as well. 0; -1 with errno: nothing was sent. */
int channel_give(int fd, const void *message, size_t size, int descriptor);

/* On ends[1], takes the next message that was given so: 1, and the descriptor,
 * which is closed on exec, is the caller's; 0: none is there, or one of another
 * size was. Linux alone can give and take (POSIX: -1, 0). */
int channel_take(int fd, void *message, size_t size, int *descriptor);

#endif
