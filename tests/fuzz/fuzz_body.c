/*
 * fuzz_body - however its bytes come in, a body ends at the same place. The
 * first byte chooses the length; 0 means chunked.
 */
#include "http/request.h"

#include "fuzz.h"

struct result {
	struct body body;
	size_t taken;
	int status;
};

static struct result
feed_pieces(const struct request *r, const uint8_t *data, size_t len,
    size_t first, size_t step)
{
	struct result result = {.status = 0};
	size_t part = first, taken;
	char *piece;

	body_init(&result.body, r);
	for (;;) {
		if (part > len - result.taken)
			part = len - result.taken;
		piece = copy_of(data + result.taken, part);
		result.status = body_feed(&result.body, piece, part, &taken);
		free(piece);
		must(taken <= part);
		result.taken += taken;
		if (result.status != 0 || result.body.state == BODY_DONE)
			return result;
		must(taken == part);
		if (result.taken == len)
			return result;
		part = step;
	}
}

static void
same(struct result a, struct result b)
{
	must(a.status == b.status && a.taken == b.taken);
	must(a.body.left == b.body.left && a.body.used == b.body.used);
	must(a.body.state == b.body.state);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct request r = {.content_length = -1};
	struct result whole;
	size_t split, stride = len / 64 + 1;

	if (len == 0)
		return 0;
	r.chunked = data[0] == 0;
	if (!r.chunked)
		r.content_length = data[0] - 1;
	data++;
	len--;
	whole = feed_pieces(&r, data, len, len, 1);
	must(whole.status == 0 || whole.status == 400);
	must(whole.body.left >= 0);
	if (!r.chunked)
		must(whole.status == 0 &&
		     whole.taken == ((int64_t)len < r.content_length
					    ? len
					    : (size_t)r.content_length));
	for (split = 0; split <= len; split += stride)
		same(whole, feed_pieces(&r, data, len, split, len));
	same(whole, feed_pieces(&r, data, len, 0, 1));
	return 0;
}
