/*
 * audit.h - what a takeover believes of the records that a dead worker has
 * left, and why. Pure.
 *
 * A record may hold any bits: the worker may have been stopped by a fault that
 * wrote all over it. What passes the audit makes no step read, send, write or
 * receive a byte outside what the record owns: its buffers, in them the
 * streams' bytes that it says, its file from the first byte to the last.
 * Whether the bytes are the right ones is for the checksum to say. Each rule is
 * one that every record obeys after each single instruction of a healthy
 * worker, so it holds for who was killed at any moment, too; and it holds again
 * when the counts of bytes have been set right by the kernel's ledger, which
 * are what is used.
 *
 *  fd		a client's descriptor. file_fd: another such, or -1. That no two
 *		records name the same one is for the takeover to see, as it is
 *		for buffers
 *  *_buf	-1, or a buffer of the journal; no two the same
 *  base	a buffer that is used begins at or before the first byte wanted
 *		of it, and has all up to the last: base <= from <= to <=
 *		base + BUFFER_BYTES (an echo's ring: to <= from + BUFFER_BYTES).
 *		No buffer: from == to
 *  speaks	what the configuration can lead to
 *  auto	nothing was sent or answered: all is as in a new record but for
 *		what came, [0, in) in in_buf
 *  echo	out <= in, [out, in) in in_buf; out is not beyond what the line
 *		state allows, and that is a state there is; no answers
 *  http, demo	parsed <= in, [parsed, in) in in_buf; out <= file_end, and if
 *		out < mem_end, [out, mem_end) in out_buf; mem_end <= file_end,
 *		and what lies between is in the file, from file_off on, before
 *		the end of it. No file: mem_end == file_end. More parts: a file,
 *		and a request at `parsed`
 *  log_buf	[logged, log_end). What the lines in it say of their own lengths
 *		is looked at when they are written
 *  body	a state there is, and no length below 0
 *  lingering	nothing is sent any more: of all these only fd, the buffers'
 *		numbers and the log matter
 *  times	are not judged, but cut to the longest there may be: conn_delay
 *
 * What is not in a record (the request being parsed, a listing being made, an
 * answer in the cache) is made anew and never believed.
 */
#ifndef SERVICE_AUDIT_H
#define SERVICE_AUDIT_H

#include <stdbool.h>

#include "os/ledger.h"
#include "service/conn.h"
#include "service/journal.h"

struct audit {
	const struct journal *journal;
	const struct service_config *config;
	int first, end; /* clients' descriptors are in [first, end) */
};

/* Can the record, which is not free, be what a worker has left? */
bool audit_record(const struct audit *a, const struct record *r);

/* Sets the counts of a record that has passed, and does not linger, right by
 * the ledger of its socket. False if the two do not go together. */
bool
audit_count(const struct audit *a, struct record *r, const struct ledger *l);

#endif
