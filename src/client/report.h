/*
 * report.h - what a load run tells: a line while it lasts, then a table or
 * one JSON object. The keys are documented in prefork-client(1).
 */
#ifndef CLIENT_REPORT_H
#define CLIENT_REPORT_H

#include "run.h"

#include <stdio.h>

/* One line that overwrites the last one; rates since the last call. For a
 * terminal. */
struct progress {
	int64_t at; /* ns; 0: not yet */
	uint64_t round_trips, bytes;
};
void report_progress(
    FILE *out, const struct run *run, struct progress *last, int64_t now);

/* Connections that did not come about. */
uint64_t report_unconnected(const struct tally *t);

/* Did nothing go wrong? */
bool report_is_clean(const struct tally *t, const struct clients_count *count);

void report_table(FILE *out, const struct run *run);
void report_json(FILE *out, const struct run *run);

#endif
