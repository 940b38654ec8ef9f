#include "sha256.h"

#include <string.h>

#include "http/bytes.h"

/* The names a..h, the schedule w and the constants are those of FIPS 180-4,
 * sections 4.1.2, 4.2.2 and 6.2. */
static const uint32_t round_constant[64] = {0x428a2f98, 0x71374491, 0xb5c0fbcf,
    0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98,
    0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7,
    0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
    0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8,
    0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
    0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e,
    0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
    0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c,
    0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee,
    0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
    0xc67178f2};

static const uint32_t first_state[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372,
    0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

static uint32_t
rotate(uint32_t x, unsigned n)
{
	return x >> n | x << (32 - n);
}

static uint32_t
load_be(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

static void
schedule(uint32_t w[64], const unsigned char *block)
{
	uint32_t s0, s1;
	unsigned t;

	for (t = 0; t < 16; t++)
		w[t] = load_be(block + 4 * t);
	for (; t < 64; t++) {
		s0 = rotate(w[t - 15], 7) ^ rotate(w[t - 15], 18) ^
		     w[t - 15] >> 3;
		s1 = rotate(w[t - 2], 17) ^ rotate(w[t - 2], 19) ^
		     w[t - 2] >> 10;
		w[t] = w[t - 16] + s0 + w[t - 7] + s1;
	}
}

/* One round. Section 6.2.2 then moves a to h on by one place; here the names
 * move instead, and after eight rounds are where they were. A macro, since all
 * eight have to stay in registers. */
#define ROUND(a, b, c, d, e, f, g, h, t)                              \
	do {                                                          \
		h += (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + \
		     ((e & f) ^ (~e & g)) + round_constant[t] + w[t]; \
		d += h;                                               \
		h += (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + \
		     ((a & b) ^ (a & c) ^ (b & c));                   \
	} while (0)

static void
compress(uint32_t state[8], const unsigned char *block)
{
	uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
	uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
	uint32_t w[64];
	unsigned t;

	schedule(w, block);
	for (t = 0; t < 64; t += 8) {
		ROUND(a, b, c, d, e, f, g, h, t);
		ROUND(h, a, b, c, d, e, f, g, t + 1);
		ROUND(g, h, a, b, c, d, e, f, t + 2);
		ROUND(f, g, h, a, b, c, d, e, t + 3);
		ROUND(e, f, g, h, a, b, c, d, t + 4);
		ROUND(d, e, f, g, h, a, b, c, t + 5);
		ROUND(c, d, e, f, g, h, a, b, t + 6);
		ROUND(b, c, d, e, f, g, h, a, t + 7);
	}
	state[0] += a;
	state[1] += b;
	state[2] += c;
	state[3] += d;
	state[4] += e;
	state[5] += f;
	state[6] += g;
	state[7] += h;
}

void
sha256_init(struct sha256 *s)
{
	memcpy(s->state, first_state, sizeof(s->state));
	s->length = 0;
}

void
sha256_add(struct sha256 *s, const void *data, size_t len)
{
	const unsigned char *in = data;
	size_t held = (size_t)(s->length % SHA256_BLOCK), n;

	s->length += len;
	if (held > 0) {
		n = SHA256_BLOCK - held;
		if (n > len)
			n = len;
		memcpy(s->block + held, in, n);
		in += n;
		len -= n;
		if (held + n < SHA256_BLOCK)
			return;
		compress(s->state, s->block);
	}
	for (; len >= SHA256_BLOCK; in += SHA256_BLOCK, len -= SHA256_BLOCK)
		compress(s->state, in);
	if (len > 0)
		memcpy(s->block, in, len);
}

void
sha256_end(struct sha256 *s, unsigned char sum[SHA256_SIZE])
{
	static const unsigned char padding[SHA256_BLOCK] = {0x80};
	unsigned char bits[8];
	uint64_t length = s->length * 8;
	size_t held = (size_t)(s->length % SHA256_BLOCK);
	int i;

	for (i = 0; i < 8; i++)
		bits[i] = (unsigned char)(length >> (56 - 8 * i));
	/* Up to byte 56 of a block: of this one, or else of the next. */
	sha256_add(s, padding, held < 56 ? 56 - held : 120 - held);
	sha256_add(s, bits, sizeof(bits));
	for (i = 0; i < SHA256_SIZE; i++)
		sum[i] = (unsigned char)(s->state[i / 4] >> (24 - 8 * (i % 4)));
}

int
sha256_parse(const char *text, unsigned char sum[SHA256_SIZE])
{
	int i, high, low;

	for (i = 0; i < SHA256_SIZE; i++) {
		/* The NUL is no digit, so no text is read past its end. */
		high = byte_hex(text[2 * i]);
		low = high < 0 ? -1 : byte_hex(text[2 * i + 1]);
		if (low < 0)
			return -1;
		sum[i] = (unsigned char)(high << 4 | low);
	}
	return text[2 * SHA256_SIZE] == '\0' ? 0 : -1;
}
