#include "base/siphash.h"

static uint64_t
rotate(uint64_t x, int n)
{
	return x << n | x >> (64 - n);
}

static void
rounds(uint64_t v[4], int n)
{
	while (n-- > 0) {
		v[0] += v[1];
		v[2] += v[3];
		v[1] = rotate(v[1], 13) ^ v[0];
		v[3] = rotate(v[3], 16) ^ v[2];
		v[0] = rotate(v[0], 32);
		v[2] += v[1];
		v[0] += v[3];
		v[1] = rotate(v[1], 17) ^ v[2];
		v[3] = rotate(v[3], 21) ^ v[0];
		v[2] = rotate(v[2], 32);
	}
}

/* Up to eight bytes, the first one lowest. */
static uint64_t
word(const unsigned char *p, size_t len)
{
	uint64_t w = 0;

	while (len-- > 0)
		w = w << 8 | p[len];
	return w;
}

uint64_t
siphash(const uint64_t key[2], const void *bytes, size_t len)
{
	const unsigned char *p = bytes;
	uint64_t w, last = (uint64_t)len << 56;
	uint64_t v[4] = {key[0] ^ UINT64_C(0x736f6d6570736575),
	    key[1] ^ UINT64_C(0x646f72616e646f6d),
	    key[0] ^ UINT64_C(0x6c7967656e657261),
	    key[1] ^ UINT64_C(0x7465646279746573)};

	for (; len >= 8; len -= 8, p += 8) {
		w = word(p, 8);
		v[3] ^= w;
		rounds(v, 2);
		v[0] ^= w;
	}
	last |= word(p, len);
	v[3] ^= last;
	rounds(v, 2);
	v[0] ^= last;
	v[2] ^= 0xff;
	rounds(v, 4);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}
