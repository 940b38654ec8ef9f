#include "sha256.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* The names are those of FIPS 180-4, sections 4.1.2, 4.2.2 and 6.2. */
static const uint32_t k[64] = {0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5,
    0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01,
    0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
    0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
    0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138,
    0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624,
    0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5,
    0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f,
    0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

struct sum {
	uint32_t h[8];
	uint64_t length; /* bytes so far */
	unsigned char block[64];
};

static uint32_t
rotate(uint32_t x, unsigned n)
{
	return x >> n | x << (32 - n);
}

static void
schedule(uint32_t w[64], const unsigned char *block)
{
	uint32_t s0, s1;
	unsigned t;

	for (t = 0; t < 16; t++, block += 4)
		w[t] = (uint32_t)block[0] << 24 | (uint32_t)block[1] << 16 |
		       (uint32_t)block[2] << 8 | block[3];
	for (; t < 64; t++) {
		s0 = rotate(w[t - 15], 7) ^ rotate(w[t - 15], 18) ^
		     w[t - 15] >> 3;
		s1 = rotate(w[t - 2], 17) ^ rotate(w[t - 2], 19) ^
		     w[t - 2] >> 10;
		w[t] = w[t - 16] + s0 + w[t - 7] + s1;
	}
}

static void
compress(struct sum *s)
{
	uint32_t w[64], v[8], t1, t2; /* v: a to h */
	unsigned t;

	schedule(w, s->block);
	memcpy(v, s->h, sizeof(v));
	for (t = 0; t < 64; t++) {
		t1 = v[7] +
		     (rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25)) +
		     ((v[4] & v[5]) ^ (~v[4] & v[6])) + k[t] + w[t];
		t2 = (rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22)) +
		     ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
		memmove(&v[1], &v[0], 7 * sizeof(v[0]));
		v[4] += t1;
		v[0] = t1 + t2;
	}
	for (t = 0; t < 8; t++)
		s->h[t] += v[t];
}

static void
add(struct sum *s, unsigned char byte)
{
	s->block[s->length++ % 64] = byte;
	if (s->length % 64 == 0)
		compress(s);
}

static void
end(struct sum *s)
{
	const uint64_t bits = s->length * 8;
	int shift;

	add(s, 0x80);
	while (s->length % 64 != 56)
		add(s, 0);
	for (shift = 56; shift >= 0; shift -= 8)
		add(s, (unsigned char)(bits >> shift));
}

void
sha256(char hex[SHA256_HEX], const char *const texts[], size_t count)
{
	struct sum s = {{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
			    0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19},
	    0, {0}};
	size_t i;
	const char *at;

	for (i = 0; i < count; i++) {
		for (at = texts[i]; *at != '\0'; at++)
			add(&s, (unsigned char)*at);
		add(&s, 0);
	}
	end(&s);
	for (i = 0; i < 8; i++)
		(void)snprintf(hex + 8 * i, 9, "%08lx", (unsigned long)s.h[i]);
}
