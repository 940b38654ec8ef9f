#include "http/conditions.h"

#include <string.h>

#include "base/hash.h"
#include "http/bytes.h"
#include "http/date.h"

bool
validator_dated(const struct validator *v)
{
	return v->mtime > 1;
}

uint64_t
validator_hash(const struct validator *v)
{
	uint64_t h = hash_number(hash_number(v->coding, v->dev), v->ino);

	h = hash_number(h, (uint64_t)v->size);
	return hash_number(
	    hash_number(h, (uint64_t)v->mtime), (uint64_t)v->mtime_ns);
}

static char *
put_hex(char *to, uint64_t n)
{
	char digits[16];
	size_t at = sizeof(digits);

	do {
		digits[--at] = "0123456789abcdef"[n & 15];
		n >>= 4;
	} while (n != 0);
	memcpy(to, digits + at, sizeof(digits) - at);
	return to + (sizeof(digits) - at);
}

size_t
etag_format(char out[ETAG_BYTES], const struct validator *v)
{
	/* Clients are not to see the inode, so it goes into a hash with the
	 * device; the rest stays exact. At most 4 * 16 + 8 + 2 digits and 6
	 * other bytes. */
	char *to = out;

	*to++ = '"';
	to = put_hex(to, hash_number(hash_number(0, v->dev), v->ino));
	*to++ = '-';
	to = put_hex(to, (uint64_t)v->size);
	*to++ = '-';
	to = put_hex(to, (uint64_t)v->mtime);
	*to++ = '.';
	to = put_hex(to, (uint64_t)v->mtime_ns & UINT32_MAX);
	if (v->coding != 0) {
		*to++ = '-';
		to = put_hex(to, v->coding);
	}
	*to++ = '"';
	*to = '\0';
	return (size_t)(to - out);
}

/* The entity tag that conditions are about. */
struct current {
	char etag[ETAG_BYTES];
	size_t len;
};

/* An entity tag as it was sent. */
struct tag {
	const char *text; /* with its quotes */
	size_t len;
	bool weak;
};

/* Reads an entity tag at *at (RFC 9110 section 8.8.3). */
static bool
tag_next(struct tag *tag, const char **at, const char *end)
{
	const char *p = *at;

	tag->weak = end - p >= 2 && p[0] == 'W' && p[1] == '/';
	if (tag->weak)
		p += 2;
	tag->text = p;
	if (p == end || *p++ != '"')
		return false;
	while (p < end && byte_is(*p, BYTE_ETAG))
		p++;
	if (p == end || *p++ != '"')
		return false;
	tag->len = (size_t)(p - tag->text);
	*at = p;
	return true;
}

/* Is one of the tags listed the current one? In strong comparison weak tags
 * equal nothing. -1 if the list is broken anywhere. */
static int
listed(const char *at, size_t len, const struct current *c, bool strong)
{
	const char *end = at + len;
	int found = 0;
	struct tag tag;

	for (;;) {
		while (at < end && (*at == ',' || byte_is_space(*at)))
			at++;
		if (at == end)
			return found;
		if (!tag_next(&tag, &at, end))
			return -1;
		if (tag.len == c->len &&
		    memcmp(tag.text, c->etag, tag.len) == 0 &&
		    !(strong && tag.weak))
			found = 1;
		while (at < end && byte_is_space(*at))
			at++;
		if (at < end && *at != ',')
			return -1;
	}
}

static bool
is_there(const struct request *r, enum field f)
{
	return r->field[f].off != 0;
}

static bool
is_repeated(const struct request *r, enum field f)
{
	return (r->repeated & UINT32_C(1) << f) != 0;
}

/* Moves the value of a field on to that of the next line of the same name.
 * The head was accepted, so every line of it is well-formed. */
static bool
line_next(const struct request *r, const char *head, const char *name,
    struct span *value)
{
	const char *at = head + value->off + value->len;
	const char *end = head + r->head_len, *lf, *colon;

	while ((lf = memchr(at, '\n', (size_t)(end - at))) != NULL) {
		at = lf + 1;
		colon = memchr(at, ':', (size_t)(end - at));
		if (colon == NULL)
			return false;
		if (!token_is(at, (size_t)(colon - at), name))
			continue;
		lf = memchr(colon, '\n', (size_t)(end - colon));
		for (at = colon + 1; byte_is_space(*at); at++)
			;
		while (lf > at && (byte_is_space(lf[-1]) || lf[-1] == '\r'))
			lf--;
		value->off = (uint32_t)(at - head);
		value->len = (uint32_t)(lf - at);
		return true;
	}
	return false;
}

/* Is the current tag, or "*", what a field asks for? Several lines are one
 * list; one that is broken anywhere holds nothing. */
static bool
tag_matches(const struct request *r, const char *head, enum field f,
    const struct current *c, bool strong)
{
	const char *name = f == FIELD_IF_MATCH ? "if-match" : "if-none-match";
	struct span value = r->field[f];
	int found = 0, result;

	if (!is_repeated(r, f) && value.len == 1 && head[value.off] == '*')
		return true;
	do {
		result = listed(head + value.off, value.len, c, strong);
		found |= result;
	} while (result >= 0 && is_repeated(r, f) &&
		 line_next(r, head, name, &value));
	return found > 0;
}

/* The date in a field; false if it is not there, comes twice or is no date,
 * for which sections 13.1.3 and 13.1.4 have it ignored. */
static bool
date_in(const struct request *r, const char *head, enum field f, int64_t now,
    int64_t *date)
{
	return is_there(r, f) && !is_repeated(r, f) &&
	       date_parse(head + r->field[f].off, r->field[f].len, now, date) ==
		   0;
}

int
conditions_check(const struct request *r, const char *head,
    const struct validator *v, int64_t now)
{
	bool dated = validator_dated(v);
	struct current c;
	int64_t date;

	if (r->method != METHOD_GET && r->method != METHOD_HEAD)
		return 200;
	c.len = etag_format(c.etag, v);
	if (is_there(r, FIELD_IF_MATCH)) {
		if (!tag_matches(r, head, FIELD_IF_MATCH, &c, true))
			return 412;
	} else if (dated &&
		   date_in(r, head, FIELD_IF_UNMODIFIED_SINCE, now, &date)) {
		if (v->mtime > date)
			return 412;
	}
	if (is_there(r, FIELD_IF_NONE_MATCH)) {
		if (tag_matches(r, head, FIELD_IF_NONE_MATCH, &c, false))
			return 304;
	} else if (dated &&
		   date_in(r, head, FIELD_IF_MODIFIED_SINCE, now, &date)) {
		if (v->mtime <= date)
			return 304;
	}
	return 200;
}

bool
conditions_if_range(const struct request *r, const char *head,
    const struct validator *v, int64_t now)
{
	struct span f = r->field[FIELD_IF_RANGE];
	const char *at = head + f.off, *end = at + f.len;
	char etag[ETAG_BYTES];
	struct tag tag;
	int64_t date;

	if (!is_there(r, FIELD_IF_RANGE))
		return true;
	if (is_repeated(r, FIELD_IF_RANGE))
		return false;
	if (tag_next(&tag, &at, end))
		return at == end && !tag.weak &&
		       tag.len == etag_format(etag, v) &&
		       memcmp(tag.text, etag, tag.len) == 0;
	/* A date is a strong validator (section 8.8.2.2) only when no further
	 * change can bear it: when its second is over. */
	return validator_dated(v) &&
	       date_in(r, head, FIELD_IF_RANGE, now, &date) &&
	       date == v->mtime && v->mtime < now;
}
