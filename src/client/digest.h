/*
 * digest.h - a fast 64-bit checksum of bytes that arrive in pieces.
 *
 * Pure. Tells whether two bodies are the same bytes in the same order,
 * however they were cut into pieces. Good against accidents, not against
 * an adversary; sha256.h is for that.
 */
#ifndef CLIENT_DIGEST_H
#define CLIENT_DIGEST_H

#include <stddef.h>
#include <stdint.h>

enum { DIGEST_LANES = 4, DIGEST_STRIPE = 8 * DIGEST_LANES };

struct digest {
	uint64_t lane[DIGEST_LANES];
	uint64_t length;		   /* bytes so far */
	unsigned char tail[DIGEST_STRIPE]; /* the last length % stripe bytes */
};

void digest_init(struct digest *d);
void digest_add(struct digest *d, const void *data, size_t len);

/* The checksum of all so far; d may be added to afterwards. */
uint64_t digest_sum(const struct digest *d);

#endif
