/*
 * fuzz_request - however its bytes come in, a request is the same, and what
 * the parser says about it fits the bytes.
 */
#include "http/bytes.h"
#include "http/request.h"

#include "../request_same.h"
#include "fuzz.h"

/* Small, so that they are met. */
static const struct request_limits limits = {200, 600, 12};

/* Parses what there is after each of the pieces, in a place of its own. */
static int
parse_pieces(struct request *r, const uint8_t *data, size_t len, size_t first,
    size_t step)
{
	size_t at = first;
	int status = 0;
	char *head;

	request_init(r);
	for (;;) {
		head = copy_of(data, at);
		status = request_parse(r, head, at, &limits);
		free(head);
		if (status != 0 || at == len)
			return status;
		at = len - at > step ? at + step : len;
	}
}

static void
check_span(const struct request *r, struct span s)
{
	must(s.off <= r->head_len && s.len <= r->head_len - s.off);
}

static void
check_request(const struct request *r, const uint8_t *data, size_t len)
{
	const char *text = (const char *)data;
	size_t i;
	int f;

	must(r->head_len <= len);
	must(data[r->head_len - 1] == '\n');
	must(memchr(data, '\0', r->head_len) == NULL);
	must(r->method != METHOD_UNKNOWN);
	must(r->content_length >= -1);
	must(!r->chunked || (r->content_length == -1 && r->minor == 1));
	check_span(r, r->line);
	check_span(r, r->method_text);
	check_span(r, r->target);
	must(r->line.len <= limits.line);
	must(r->target.len > 0);
	for (i = 0; i < r->target.len; i++)
		must(byte_is(text[r->target.off + i], BYTE_TARGET));
	for (f = 0; f < FIELD_COUNT; f++) {
		check_span(r, r->field[f]);
		for (i = 0; i < r->field[f].len; i++)
			must(byte_is(text[r->field[f].off + i], BYTE_VALUE));
		if (r->field[f].len > 0)
			must(!byte_is_space(text[r->field[f].off]) &&
			     !byte_is_space(
				 text[r->field[f].off + r->field[f].len - 1]));
	}
	must(r->minor == 0 || r->field[FIELD_HOST].off != 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct request whole, other;
	int status = parse_pieces(&whole, data, len, len, 1);
	size_t split, stride = len / 64 + 1;

	must(status == 0 || status == 200 || (status >= 400 && status < 600));
	if (status == 0)
		must(len <= 4 + limits.line + 2 + limits.head + 2);
	if (status == 200)
		check_request(&whole, data, len);
	for (split = 0; split <= len; split += stride) {
		must(parse_pieces(&other, data, len, split, len) == status);
		must(request_same(&whole, &other));
	}
	must(parse_pieces(&other, data, len, 0, 1) == status);
	must(request_same(&whole, &other));
	return 0;
}
