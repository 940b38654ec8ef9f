/*
 * out.h - a bounded buffer that text is rendered into. Pure.
 *
 * Writes past the end are not made but remembered: render everything, then
 * look at `full` once. Nothing is written after the first that did not fit, so
 * data always holds a beginning of the whole, up to the end of some call. The
 * memory is the caller's. Not NUL-terminated.
 */
#ifndef HTTP_OUT_H
#define HTTP_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct out {
	char *data;
	size_t len; /* bytes written, never above cap */
	size_t cap; /* room in data */
	bool full;  /* something did not fit; data holds no part of it */
};

void out_init(struct out *o, void *data, size_t cap);
void out_bytes(struct out *o, const void *bytes, size_t len);
void out_text(struct out *o, const char *text);
void out_uint(struct out *o, uint64_t n);

/* &, <, >, " and ' as character references. */
void out_html(struct out *o, const char *text, size_t len);

/* Percent-encodes all but unreserved (RFC 3986 section 2.3) and '/'. */
void out_url(struct out *o, const char *path, size_t len);

/* What came as a request target, or a part of it, as it may stand in a URI:
 * percent-encodes the bytes that no URI has (RFC 3986 section 2). '%' is
 * left as it came. And how many bytes that makes. */
void out_target(struct out *o, const char *target, size_t len);
size_t out_target_size(const char *target, size_t len);

#endif
