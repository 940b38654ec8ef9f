/*
 * input.h - the bytes that a client has sent: taken, looked at, let go of.
 */
#ifndef STREAM_INPUT_H
#define STREAM_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stream/journal.h"

/* Receives into in_buf. Returns the bytes, 0 at end of file (r->eof is set),
 * or -1: nothing there or no room (errno EAGAIN), or the connection is broken.
 * *all: the socket held no more than that. */
int64_t input_receive(struct journal *j, struct record *r, bool *all);

/* A pointer to byte x of the requests, and in *len how many follow it in one
 * piece, up to `end`. x must be in in_buf. */
static inline char *
input_at(const struct journal *j, const struct record *r, int64_t x,
    int64_t end, size_t *len)
{
	size_t at = (size_t)((x - j->base[r->in_buf]) & (BUFFER_BYTES - 1));

	*len = BUFFER_BYTES - at;
	if (end - x < (int64_t)*len)
		*len = (size_t)(end - x);
	return journal_data(j, r->in_buf) + at;
}

/* The next line of what is not answered, with its end. 1: *line and *len say
 * where it is; 0: it has not come whole; -1: nor will it, it is longer than
 * `most` bytes. */
int input_line(const struct journal *j, const struct record *r, size_t most,
    const char **line, size_t *len);

/* Nothing in in_buf is needed any more. */
void input_release(struct journal *j, struct record *r);

/* Copies what has come, from byte `from` on, to a buffer of its own that
 * begins with it, and then names that. 0, or -1: there is no buffer. */
int input_renew(struct journal *j, struct record *r, int64_t from);

/* Makes room for more, as far as there is: what is retained must lie in one
 * piece. 0, or -1: there is no buffer. */
int input_make_room(struct journal *j, struct record *r);

#endif
