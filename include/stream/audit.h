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
 * worker, so it holds for one that was killed at any moment, too; and it holds
 * again when the counts of bytes have been set right by the kernel's ledger,
 * which are what is used.
 *
 *  fd		a client's descriptor. file_fd, own_fd: another such, or -1; no
 *		two the same. That no two records name the same one is for the
 *		takeover to see, as it is for buffers
 *  *_buf	-1, or a buffer of the journal; no two the same
 *  base	a buffer that is used begins at or before the first byte wanted
 *		of it, and has all up to the last: base <= from <= to <=
 *		base + BUFFER_BYTES (a ring: to <= from + BUFFER_BYTES).
 *		No buffer: from == to
 *  skipped	<= preface, and all of it if it speaks a service of clients
 *  speaks	a service that the configuration can lead to
 *  mirrors	out <= in, [out, in) in in_buf; no answers
 *  others	parsed <= in; [retained, in) in in_buf; out <= file_end, and if
 *		out < mem_end, [out, mem_end) in out_buf; mem_end <= file_end,
 *		and what lies between is in the file, from file_off on, before
 *		the end of it. No file: mem_end == file_end
 *  own		for the service to judge: service.plausible
 *  log_buf	[logged, log_end). What the lines in it say of their own lengths
 *		is looked at when they are written
 *  lingering	nothing is sent any more: of all these only fd, the buffers'
 *		numbers and the log matter
 *  times	are not judged: conn_delay cuts them to the longest there may be
 *
 * What is not in a record (the request being parsed, a listing being made, an
 * answer in the cache) is made anew and never believed.
 */
#ifndef STREAM_AUDIT_H
#define STREAM_AUDIT_H

#include <stdbool.h>

#include "os/ledger.h"
#include "stream/journal.h"
#include "stream/service.h"

struct audit {
	const struct journal *journal;
	int first, end;	      /* clients' descriptors are in [first, end) */
	bool logs;	      /* there is an access log */
	service_table spoken; /* what clients may have come to speak */
};

/* Can the record, which is not free, be what a worker has left? */
bool audit_record(const struct audit *a, const struct record *r);

/* Corrects the counts of a record that has passed, and does not linger, by the
 * ledger of its socket. False if the two contradict each other. */
bool
audit_count(const struct audit *a, struct record *r, const struct ledger *l);

#endif
