/*
 * append.h - a file that several processes append lines to, and that may be
 * renamed under them.
 *
 * One write(2) for each line, to a descriptor that was opened with O_APPEND:
 * lines of different processes never mix, on a pipe up to APPEND_LINE bytes.
 * Nothing here waits: what is no regular file is written to only when it takes
 * a line, else the line is lost, as on a full disk; the caller counts.
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

struct append {
	int fd;		  /* always the same number */
	const char *path; /* NULL: it cannot be opened again */
	bool patient;	  /* a regular file: a write to it does not wait */

	/* How often it was rotated, in shared memory, and how often this
	 * process has followed. NULL: never. */
	const _Atomic int32_t *rotations;
	_Atomic int32_t followed;
};

/* Opens the file for appending, at descriptor number fd, in place of what was
 * open there. 0, or -1 with errno and all as it was: ENXIO for a pipe that
 * nobody reads. */
int append_open(const char *path, int fd);

/* Looks at a->fd once it is open. */
void append_begin(struct append *a);

/* Opens the file again if it was rotated since the last time. 0; -1 with
 * errno: it could not be, lines go on to where they went. */
int append_follow(struct append *a);

/* Writes a line, with its newline. 0, or -1 with errno: it is lost, or cut. */
int append_line(struct append *a, const char *line, size_t len);

#endif
