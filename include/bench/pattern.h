/*
 * pattern.h - the bytes a load client sends, and the proof that they came back.
 *
 * Pure. The byte at an offset is a function of (seed, stream, offset), so
 * nothing sent is remembered, and a byte that is changed, lost, doubled or
 * another client's is noticed. A stream is a row of segments of 4,093 bytes
 * (no power of two, lest a server that loses a whole buffer meets the same
 * bytes again). A segment is 8 bytes that name it, all of them 0x80 or above,
 * followed by a piece of one pattern, chosen by the same hash: filling is a
 * memcpy and checking a memcmp.
 *
 * All byte values occur. No line begins with '!' or "exit", which are
 * commands of an echo server, nor with a capital letter; and the first byte
 * is 0x80 or above, so that no stream looks like an HTTP request.
 */
#ifndef BENCH_PATTERN_H
#define BENCH_PATTERN_H

#include <stddef.h>
#include <stdint.h>

enum {
	PATTERN_NAME = 8,	/* bytes that name a segment */
	PATTERN_SEGMENT = 4093, /* a prime */
	PATTERN_STARTS = 65536	/* places where a piece may start */
};

/* Made once per run, then only read. */
struct pattern {
	uint64_t seed;
	unsigned char bytes[PATTERN_STARTS + PATTERN_SEGMENT];
};

void pattern_init(struct pattern *p, uint64_t seed);

/* Writes the len bytes at `offset` of the stream to dst. */
void pattern_fill(const struct pattern *p, uint64_t stream, uint64_t offset,
    void *dst, size_t len);

/* How many of the len bytes are not those at `offset` of the stream. If any,
 * *first is the offset in the stream of the first such byte. */
size_t pattern_check(const struct pattern *p, uint64_t stream, uint64_t offset,
    const void *data, size_t len, uint64_t *first);

/* The next of a row of pseudo-random numbers. */
uint64_t pattern_random(uint64_t *state);

#endif
