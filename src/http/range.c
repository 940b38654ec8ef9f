#include "http/range.h"

#include <string.h>

#include "http/bytes.h"

/* Reads digits at *at, and moves *at behind them. Returns the number, capped
 * at INT64_MAX, or -1 if there is no digit. */
static int64_t
digits(const char **at, const char *end)
{
	const char *start = *at;
	int64_t n = 0;

	for (; *at < end && byte_is(**at, BYTE_DIGIT); ++*at) {
		int digit = **at - '0';

		n = n > (INT64_MAX - digit) / 10 ? INT64_MAX : n * 10 + digit;
	}
	return *at > start ? n : -1;
}

/* Reads one range-spec. Returns 0 and a range, of len 0 if it cannot be
 * satisfied; or -1 if it is none. */
static int
spec_parse(struct range *r, const char *at, size_t len, int64_t size)
{
	const char *end = at + len;
	int64_t first = digits(&at, end), last;

	if (at == end || *at++ != '-')
		return -1;
	last = digits(&at, end);
	if (at != end || (first < 0 && last < 0) ||
	    (first >= 0 && last >= 0 && last < first))
		return -1;
	if (first < 0) {
		/* A suffix: the last `last` bytes, or all there are. */
		r->len = last < size ? last : size;
		r->first = size - r->len;
		return 0;
	}
	r->first = first;
	if (first >= size)
		r->len = 0;
	else
		r->len = (last < 0 || last >= size ? size : last + 1) - first;
	return 0;
}

/* Does a touch or overlap b? Neither ends behind size, so no sum overflows. */
static bool
meet(const struct range *a, const struct range *b)
{
	return a->first <= b->first + b->len && b->first <= a->first + a->len;
}

static void
unite(struct range *a, const struct range *b)
{
	int64_t a_end = a->first + a->len, b_end = b->first + b->len;
	int64_t end = a_end > b_end ? a_end : b_end;

	if (b->first < a->first)
		a->first = b->first;
	a->len = end - a->first;
}

/* Adds r to the n ranges of out, of which no two meet. Those that r meets
 * become one, in the place of the earliest. Returns the new n. */
static int
add(struct range *out, int n, struct range r)
{
	int i, kept = 0, place = -1;

	/* A united range meets no more of the others than its parts did, as
	 * the old ones do not meet each other: one pass is enough. */
	for (i = 0; i < n; i++) {
		if (!meet(&out[i], &r)) {
			out[kept++] = out[i];
			continue;
		}
		unite(&r, &out[i]);
		if (place < 0)
			place = kept++;
	}
	if (place < 0)
		place = kept++;
	out[place] = r;
	return kept;
}

int
range_parse(
    struct range out[RANGES_MAX], const char *value, size_t len, int64_t size)
{
	static const char unit[] = "bytes=";
	struct list l = {value + sizeof(unit) - 1, value + len};
	int n = 0, specs = 0;
	struct range r;
	const char *spec;
	size_t spec_len;

	if (len < sizeof(unit) - 1 || !token_is(value, 5, "bytes") ||
	    value[5] != '=')
		return 0;
	while (list_next(&l, &spec, &spec_len)) {
		if (specs++ == RANGES_MAX ||
		    spec_parse(&r, spec, spec_len, size) != 0)
			return 0;
		if (r.len > 0)
			n = add(out, n, r);
	}
	return n == 0 && specs > 0 && size > 0 ? -1 : n;
}
