/*
 * sha256.h - SHA-256 (FIPS 180-4) of bytes that arrive in pieces.
 *
 * Pure. For checking what a server sent, not for secrets.
 */
#ifndef CLIENT_SHA256_H
#define CLIENT_SHA256_H

#include <stddef.h>
#include <stdint.h>

enum { SHA256_SIZE = 32, SHA256_BLOCK = 64 };

struct sha256 {
	uint32_t state[8];
	uint64_t length; /* bytes so far */
	unsigned char block[SHA256_BLOCK];
};

void sha256_init(struct sha256 *s);
void sha256_add(struct sha256 *s, const void *data, size_t len);

/* Ends the message; s must be initialised before it is used again. */
void sha256_end(struct sha256 *s, unsigned char sum[SHA256_SIZE]);

/* Reads exactly 64 hexadecimal digits. 0, or -1 if text is anything else. */
int sha256_parse(const char *text, unsigned char sum[SHA256_SIZE]);

#endif
