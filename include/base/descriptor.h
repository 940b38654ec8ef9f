/*
 * descriptor.h - descriptors that have numbers of their own.
 */
#ifndef BASE_DESCRIPTOR_H
#define BASE_DESCRIPTOR_H

/* Moves fd to the number, in place of what was open there; it is closed on
 * exec. May have that number already. 0; -1 with errno, and fd is closed; also
 * if it is -1, with errno as it was. */
int descriptor_move(int fd, int number);

/* One that stands for nothing, so that nothing else gets its number: /dev/null,
 * or what serves as well where the root has no such device. The lowest number
 * that is free; stays open on exec. -1 with errno. */
int descriptor_nothing(void);

#endif
