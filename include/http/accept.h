/*
 * accept.h - content negotiation (RFC 9110 section 12.5). Pure.
 */
#ifndef HTTP_ACCEPT_H
#define HTTP_ACCEPT_H

#include <stdbool.h>
#include <stddef.h>

enum coding {
	CODING_IDENTITY,
	CODING_GZIP,
	CODING_BROTLI,
	CODING_ZSTD,
	CODING_COUNT
};

/* Weights 0..1000 of each coding by an Accept-Encoding value, "*" and the
 * default of identity applied: one that the value does not mention is
 * acceptable, but the last choice (weight 1). value NULL, empty or broken: only
 * identity. A coding named twice has its lower weight. */
void accept_codings(int weight[CODING_COUNT], const char *value, size_t len);

/* Does an Accept value prefer application/json to text/html? With equal
 * weights, the more specific media range decides, then HTML. False for NULL
 * and for a broken value. */
bool accept_prefers_json(const char *value, size_t len);

/* The content-coding's name ("gzip", "identity"), and the suffix of a file that
 * is in it (".gz"; "" for identity). */
const char *coding_name(enum coding c);
const char *coding_suffix(enum coding c);

#endif
