/*
 * fuzz_accept - weights are weights, and what cannot change the meaning of a
 * value does not.
 */
#include "http/accept.h"

#include "fuzz.h"

enum { MOST = 4096 };

/* The weights of before, data and after, put together. */
static void
weigh(int *weight, const char *before, const uint8_t *data, size_t len,
    const char *after)
{
	char text[MOST + 64];
	size_t n = strlen(before);

	memcpy(text, before, n);
	memcpy(text + n, data, len);
	n += len;
	memcpy(text + n, after, strlen(after));
	n += strlen(after);
	accept_codings(weight, text, n);
}

/* In the other case. */
static void
turn(uint8_t *to, const uint8_t *from, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		to[i] = (from[i] | 0x20) >= 'a' && (from[i] | 0x20) <= 'z'
			    ? from[i] ^ 0x20
			    : from[i];
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	int plain[CODING_COUNT], other[CODING_COUNT], i;
	uint8_t turned[MOST];
	char *text;

	if (len > MOST)
		return 0;
	text = copy_of(data, len);
	accept_codings(plain, text, len);
	for (i = 0; i < CODING_COUNT; i++)
		must(plain[i] >= 0 && plain[i] <= 1000);
	weigh(other, " ,\t", data, len, " , ,");
	must(memcmp(plain, other, sizeof(plain)) == 0);
	turn(turned, data, len);
	accept_codings(other, (const char *)turned, len);
	must(memcmp(plain, other, sizeof(plain)) == 0);
	must(accept_prefers_json(text, len) ==
	     accept_prefers_json((const char *)turned, len));
	/* What is refused stays so, whatever else is said. */
	weigh(other, "", data, len, ",gzip;q=0");
	must(other[CODING_GZIP] == 0);
	weigh(other, "br;q=0,", data, len, "");
	must(other[CODING_BROTLI] == 0);
	free(text);
	return 0;
}
