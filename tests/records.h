/*
 * records.h - records as a healthy worker leaves them, in each state that a
 * connection can be in: what the audit has to let pass, and what its tests and
 * its fuzzer damage.
 */
#ifndef TESTS_RECORDS_H
#define TESTS_RECORDS_H

#include "service/config.h"
#include "service/conn.h"
#include "stream/audit.h"

/* Clients' descriptors, none of them open. */
enum { FD_FIRST = 1000, FD_END = 1010, FD_RECORD = 1003, FD_RECORD_FILE };

/* The buffers they use. */
enum { BUFFER_IN = 0, BUFFER_OUT = 2, BUFFER_LINES = 4 };

struct record_kind {
	const char *name;
	void (*make)(struct journal *j, struct record *r);
};

enum { RECORD_KINDS = 15 };
extern const struct record_kind record_kinds[RECORD_KINDS];

/* Makes r one of that kind, and the journal's bases what goes with it. */
void record_make(struct journal *j, struct record *r, int kind);

/* The first eight bytes of a record's own, which are an echo's line. */
void record_scan(struct record *r, uint64_t scan);

/* Where the echo of such a one stops. */
enum { SCAN_END = 1 << 7 };

/* A configuration under which each of them may be. */
void record_config(struct service_config *config, struct append *log);

#endif
