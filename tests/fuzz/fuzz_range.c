/*
 * fuzz_range - ranges lie within the representation and apart from each other,
 * and cover what a naive reader says. The first eight bytes are the size.
 */
#include "http/range.h"

#include <errno.h>

#include "fuzz.h"

enum { NAIVE_SIZE = 512, TEXT = 4096 };

/* Reads digits as far as they go, capped; -1 if there are none. */
static int64_t
number(const char **at)
{
	size_t digits = strspn(*at, "0123456789");
	unsigned long long n;

	if (digits == 0)
		return -1;
	errno = 0;
	n = strtoull(*at, NULL, 10);
	*at += digits;
	return errno != 0 || n > INT64_MAX ? INT64_MAX : (int64_t)n;
}

/* Marks the bytes that one range-spec asks for, one by one. Returns the first,
 * -1 if there are none, -2 if it is broken. */
static int64_t
mark(char *marked, const char *spec, int64_t size)
{
	int64_t first = number(&spec), last, i, least = -1;

	if (*spec++ != '-')
		return -2;
	last = number(&spec);
	if (*spec != '\0' || (first < 0 && last < 0) ||
	    (first >= 0 && last >= 0 && first > last))
		return -2;
	for (i = size - 1; i >= 0; i--) {
		if (first < 0 ? size - i > last
			      : i < first || (last >= 0 && i > last))
			continue;
		marked[i] = 1;
		least = i;
	}
	return least;
}

/* The reference, for small sizes. Returns what range_parse should, but for
 * the count, and in *start the first byte of the first range. */
static int
naive(char *marked, char *text, int64_t size, int64_t *start)
{
	char *at = text + 6, *end, *next;
	int specs = 0, found = 0;
	int64_t first;

	*start = -1;
	memset(marked, 0, NAIVE_SIZE);
	for (; at != NULL; at = next) {
		next = strchr(at, ',');
		if (next != NULL)
			*next++ = '\0';
		at += strspn(at, " \t");
		for (end = at + strlen(at);
		     end > at && strchr(" \t", end[-1]) != NULL;)
			*--end = '\0';
		if (*at == '\0')
			continue;
		first = mark(marked, at, size);
		if (first == -2 || ++specs > RANGES_MAX)
			return 0;
		found |= first >= 0;
		if (*start < 0)
			*start = first;
	}
	return specs == 0 ? 0 : found ? 1 : -1;
}

static void
compare(
    const struct range *r, int n, const uint8_t *data, size_t len, int64_t size)
{
	char text[TEXT], marked[NAIVE_SIZE];
	int64_t start, i;
	int due, j, in;

	memcpy(text, data, len);
	text[len] = '\0';
	if (strlen(text) != len)
		return;
	for (j = 0; j < 5 && text[j] != '\0'; j++)
		text[j] = text[j] >= 'A' && text[j] <= 'Z'
			      ? (char)(text[j] + 32)
			      : text[j];
	if (strncmp(text, "bytes=", 6) != 0) {
		must(n == 0);
		return;
	}
	due = naive(marked, text, size, &start);
	must((n > 0) == (due > 0) && (n < 0) == (due < 0));
	if (n <= 0)
		return;
	must(r[0].first <= start && start < r[0].first + r[0].len);
	for (i = 0; i < size; i++) {
		in = 0;
		for (j = 0; j < n; j++)
			in += i >= r[j].first && i - r[j].first < r[j].len;
		must(in == marked[i]);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct range r[RANGES_MAX];
	uint64_t bits = 0;
	int64_t size;
	int i, j, n;

	if (len < 8)
		return 0;
	for (i = 0; i < 8; i++)
		bits = bits << 8 | data[i];
	size = (int64_t)(bits & INT64_MAX);
	data += 8;
	len -= 8;
	n = range_parse(r, (const char *)data, len, size);
	must(n >= -1 && n <= RANGES_MAX);
	for (i = 0; i < n; i++) {
		must(r[i].first >= 0 && r[i].len > 0);
		must(r[i].first < size && r[i].len <= size - r[i].first);
		for (j = 0; j < i; j++)
			must(r[i].first > r[j].first + r[j].len ||
			     r[j].first > r[i].first + r[i].len);
	}
	size = size % (NAIVE_SIZE - 1) + 1;
	if (len < TEXT)
		compare(r, range_parse(r, (const char *)data, len, size), data,
		    len, size);
	return 0;
}
