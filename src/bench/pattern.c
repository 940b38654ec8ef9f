#include "bench/pattern.h"

#include <stdbool.h>
#include <string.h>

#include "base/hash.h"

/* One segment, or what of it a call is about. */
struct piece {
	unsigned char name[PATTERN_NAME];
	const unsigned char *pattern; /* of the segment's byte 0 */
	size_t from;		      /* first byte within the segment */
	size_t len;
};

uint64_t
pattern_random(uint64_t *state)
{
	return hash_number(0, ++*state);
}

static bool
may_begin_line(unsigned char byte)
{
	return byte != '!' && byte != 'e' && !(byte >= 'A' && byte <= 'Z');
}

void
pattern_init(struct pattern *p, uint64_t seed)
{
	uint64_t state = seed;
	size_t i;

	p->seed = hash_number(0, seed + 1);
	for (i = 0; i < sizeof(p->bytes); i++) {
		p->bytes[i] = (unsigned char)(pattern_random(&state) >> 56);
		if (i > 0 && p->bytes[i - 1] == '\n' &&
		    !may_begin_line(p->bytes[i]))
			p->bytes[i] = (unsigned char)('0' + i % 10);
	}
}

/* The first piece of the len bytes at offset: up to the segment's end. */
static void
piece_at(const struct pattern *p, uint64_t stream, uint64_t offset, size_t len,
    struct piece *piece)
{
	uint64_t segment = offset / PATTERN_SEGMENT;
	uint64_t hash = hash_number(hash_number(p->seed, stream), segment);
	size_t i;

	piece->from = (size_t)(offset % PATTERN_SEGMENT);
	piece->len = PATTERN_SEGMENT - piece->from;
	if (piece->len > len)
		piece->len = len;
	piece->pattern = p->bytes + (hash >> 48);
	if (piece->from >= PATTERN_NAME)
		return;
	/* 56 bits of the hash. None of these bytes is a letter or a newline,
	 * so a segment may follow a newline or open a stream. */
	for (i = 0; i < PATTERN_NAME; i++)
		piece->name[i] = (unsigned char)(0x80 | (hash >> (7 * i)));
}

/* How many of the piece's bytes belong to the name. */
static size_t
name_len(const struct piece *piece)
{
	size_t left;

	if (piece->from >= PATTERN_NAME)
		return 0;
	left = PATTERN_NAME - piece->from;
	return left < piece->len ? left : piece->len;
}

void
pattern_fill(const struct pattern *p, uint64_t stream, uint64_t offset,
    void *dst, size_t len)
{
	unsigned char *out = dst;
	struct piece piece;
	size_t named;

	for (; len > 0; len -= piece.len) {
		piece_at(p, stream, offset, len, &piece);
		named = name_len(&piece);
		if (named > 0)
			memcpy(out, piece.name + piece.from, named);
		memcpy(out + named, piece.pattern + piece.from + named,
		    piece.len - named);
		out += piece.len;
		offset += piece.len;
	}
}

/* The slow way, once it is known that something differs. */
static size_t
count_wrong(const struct piece *piece, const unsigned char *in, uint64_t offset,
    bool found, uint64_t *first)
{
	size_t i, at, wrong = 0;
	unsigned char due;

	for (i = 0; i < piece->len; i++) {
		at = piece->from + i;
		due = at < PATTERN_NAME ? piece->name[at] : piece->pattern[at];
		if (in[i] == due)
			continue;
		if (wrong == 0 && !found)
			*first = offset + i;
		wrong++;
	}
	return wrong;
}

size_t
pattern_check(const struct pattern *p, uint64_t stream, uint64_t offset,
    const void *data, size_t len, uint64_t *first)
{
	const unsigned char *in = data;
	struct piece piece;
	size_t named, wrong = 0;

	for (; len > 0; len -= piece.len) {
		piece_at(p, stream, offset, len, &piece);
		named = name_len(&piece);
		if ((named > 0 &&
			memcmp(in, piece.name + piece.from, named) != 0) ||
		    memcmp(in + named, piece.pattern + piece.from + named,
			piece.len - named) != 0)
			wrong +=
			    count_wrong(&piece, in, offset, wrong > 0, first);
		in += piece.len;
		offset += piece.len;
	}
	return wrong;
}
