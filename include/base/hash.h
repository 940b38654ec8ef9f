/*
 * hash.h - the two hashes of this program. Pure. Neither withstands an attacker
 * that looks for two inputs with the same hash: base/siphash.h does.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A number mixed into a hash, so that each bit of both bears on all of the
 * result: for keys of a few numbers, and last over hash_bytes. */
static inline uint64_t
hash_number(uint64_t hash, uint64_t n)
{
	hash = (hash ^ n) * UINT64_C(0x9e3779b97f4a7c15);
	hash = (hash ^ hash >> 32) * UINT64_C(0xd6e8feb86659fd93);
	return hash ^ hash >> 32;
}

/* Bytes, added to a hash: a multiply and a shift for each eight, the rest is
 * padded with zeros. For checksums, and for keys of some length. Inline, since
 * every step of a connection ends with one. */
static inline uint64_t
hash_bytes(uint64_t hash, const void *bytes, size_t len)
{
	const uint64_t factor = 0x9e3779b97f4a7c15;
	const char *p = bytes;
	uint64_t word;

	for (; len >= sizeof(word); len -= sizeof(word), p += sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		hash = (hash ^ word) * factor;
		hash ^= hash >> 29;
	}
	if (len > 0) {
		word = 0;
		memcpy(&word, p, len);
		hash = (hash ^ word) * factor;
		hash ^= hash >> 29;
	}
	return hash;
}

#endif
