/*
 * append.h - a file that several processes append lines to, and that may be
 * renamed under them.
 *
 * One write(2) for each line, to a descriptor that was opened with O_APPEND:
 * lines of different processes never mix, on a pipe up to APPEND_LINE bytes.
 * Nothing here waits for a reader: what is no regular file and finds no room
 * is lost, as on a full disk; the caller counts. That a descriptor waits is a
 * matter of its open file description, and one that was inherited is shared
 * with others, such as the user's shell: it is left as it is, and a pipe or a
 * terminal is opened anew.
 */
#ifndef BASE_APPEND_H
#define BASE_APPEND_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a pipe takes whole (PIPE_BUF of Linux; a smaller one elsewhere only
 * means that long lines may mix in a pipe). */
enum { APPEND_LINE = 4096 };

/* How a line is written without waiting. */
enum append_way {
	APPEND_ASKS,   /* only if poll(2) says that there is room: good but for
			* several that write at once into the last of it */
	APPEND_WRITES, /* it never waits: a regular file, or O_NONBLOCK */
	APPEND_SENDS   /* a socket: MSG_DONTWAIT */
};

struct append {
	int fd;		  /* always the same number */
	const char *path; /* NULL: it cannot be opened again */
	enum append_way way;
	bool terminal;	  /* SIGTTOU is to be blocked */
	_Atomic bool cut; /* the last line has no end yet */

	/* How often it was rotated, in shared memory, and how often this
	 * process has followed. NULL: never. */
	const _Atomic int32_t *rotations;
	_Atomic int32_t followed;
};

/* Opens the file for appending, at descriptor number fd, in place of what was
 * open there. 0, or -1 with errno and all as it was: ENXIO for a pipe that
 * no process reads. */
int append_open(const char *path, int fd);

/* Looks at a->fd once it is open. */
void append_begin(struct append *a);

/* The same, for one that was inherited; if it is a pipe or a terminal that can
 * be opened anew, it is from now on at descriptor number fd. */
void append_own(struct append *a, int fd);

/* Opens the file again if it was rotated since the last time. 0; -1 with
 * errno: it could not be, lines go on to where they went. */
int append_follow(struct append *a);

/* Writes a line, with its newline. 0, or -1 with errno: it is lost, or cut. */
int append_line(struct append *a, const char *line, size_t len);

#endif
