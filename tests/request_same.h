/*
 * request_same.h - are two results of the request parser the same? For the
 * tests and fuzzers that cut its input in pieces.
 */
#ifndef TESTS_REQUEST_SAME_H
#define TESTS_REQUEST_SAME_H

#include "http/request.h"

static inline bool
span_same(struct span a, struct span b)
{
	return a.off == b.off && a.len == b.len;
}

static inline bool
request_same(const struct request *a, const struct request *b)
{
	int i;

	for (i = 0; i < FIELD_COUNT; i++)
		if (!span_same(a->field[i], b->field[i]))
			return false;
	return a->method == b->method && a->minor == b->minor &&
	       a->persistent == b->persistent &&
	       a->expect_continue == b->expect_continue &&
	       a->chunked == b->chunked &&
	       a->content_length == b->content_length &&
	       a->head_len == b->head_len &&
	       span_same(a->method_text, b->method_text) &&
	       span_same(a->target, b->target) && span_same(a->line, b->line) &&
	       a->repeated == b->repeated && a->p.at == b->p.at;
}

#endif
