/*
 * multipart.h - a multipart/byteranges body, as its client expects it.
 */
#ifndef TESTS_MULTIPART_H
#define TESTS_MULTIPART_H

#include <stdint.h>

#include "peer.h"

struct part {
	int64_t first, last;
};

/* What the parts are of. */
struct whole {
	const char *type;
	int64_t size;
	unsigned char (*byte)(uint64_t at);
};

/* Reads the body behind the head r, part by part; `between` is called before
 * each part, if it is not NULL. */
#define expect_parts(c, r, whole, part, n, between) \
	expect_parts_at(HERE, c, r, whole, part, n, between)
void expect_parts_at(struct place at, int c, const struct response *r,
    const struct whole *whole, const struct part *part, int n,
    void (*between)(void));

#endif
