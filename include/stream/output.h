/*
 * output.h - what a client is to get: rendered, owed, sent, let go of.
 *
 * To answer: output_open for the room behind what is owed already, bytes into
 * it; answer_begin, output_owe and whatever else changes with it;
 * answer_commit. Then, in this step or a later one, output_send until all is
 * sent, and output_settle.
 */
#ifndef STREAM_OUTPUT_H
#define STREAM_OUTPUT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "http/out.h"
#include "stream/journal.h"

/* Makes o the room in out_buf behind what is owed. 0; -1: there is no buffer.
 */
int output_open(struct journal *j, struct record *r, struct out *o);

/* Adds to the answer that was begun: so many bytes, rendered behind the others,
 * and then `len` bytes of a file from `offset`, if len > 0. From the commit on
 * the record owns the file. */
static inline void
output_owe(
    struct answer *next, size_t rendered, int file, int64_t offset, int64_t len)
{
	next->mem_end += (int64_t)rendered;
	next->file_end = next->mem_end + len;
	next->file_off = offset;
	next->file_fd = len > 0 ? file : -1;
}

/* Makes these bytes the answer to the requests up to `parsed`. last: and
 * nothing is answered after that. 1; -1: there is no room. */
int output_push(struct journal *j, struct record *r, const void *bytes,
    size_t len, int64_t parsed, bool last);

/* Sends once of what is owed: from memory, or at most `most` bytes from the
 * file. As send(2); *want: how much it might have been. 0: the file is shorter
 * than it was. There must be something that is owed. */
ssize_t
output_send(struct journal *j, struct record *r, int64_t most, int64_t *want);

/* The same of a service that mirrors: up to byte `until`. */
ssize_t
output_mirror(struct journal *j, struct record *r, int64_t until, size_t *want);

/* All that is owed is sent: lets go of the buffer, and of the file unless it
 * is to stay. What follows begins a buffer of its own. */
void output_let_go(struct journal *j, struct record *r, bool stays);

static inline void
output_settle(struct journal *j, struct record *r, bool stays)
{
	if (r->out_buf >= 0 || answer_now(r)->file_fd >= 0)
		output_let_go(j, r, stays);
}

#endif
