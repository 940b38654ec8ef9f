/*
 * channel.h - short words from children to their parent.
 *
 * Each process that has the sending end may speak. Which it was is said by the
 * kernel, so none can speak for another, where the system has a way to tell
 * (Linux); a word arrives whole or not at all.
 */
#ifndef OS_CHANNEL_H
#define OS_CHANNEL_H

#include <stddef.h>
#include <sys/types.h>

/* ends[0] hears, ends[1] speaks, by write(2); both are non-blocking and closed
 * on exec. 0, or -1 with errno. */
int channel_open(int ends[2]);

/* Takes one word of exactly `size` bytes. 1; 0: none is there, or one of
 * another size was; -1: nothing is left that could speak. *from: the pid that
 * spoke, 0 where that is not known. */
int channel_hear(int fd, void *word, size_t size, pid_t *from);

/* The same, and the word stays there to be heard again: for one who may die
 * before it has done what was said. Linux alone can (POSIX: -1). */
int channel_look(int fd, void *word, size_t size, pid_t *from);

/* The other way: a word and a descriptor, which stays open here as well. 0; -1
 * with errno: nothing was sent. */
int channel_give(int fd, const void *word, size_t size, int descriptor);

/* Takes the next that was given: 1, and the descriptor, which is closed on
 * exec, is the caller's; 0: none is there, or one of another size was. Linux
 * alone can give and take (POSIX: -1, 0). */
int channel_take(int fd, void *word, size_t size, int *descriptor);

#endif
