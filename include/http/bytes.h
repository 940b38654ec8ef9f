/*
 * bytes.h - the classes of bytes that HTTP and URI grammars are made of, and
 * the few readers that all field values share. Pure.
 */
#ifndef HTTP_BYTES_H
#define HTTP_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	BYTE_TOKEN = 1 << 0,	  /* tchar, RFC 9110 section 5.6.2 */
	BYTE_TARGET = 1 << 1,	  /* visible ASCII, and 0x80..0xff, which some
				   * clients do not escape */
	BYTE_VALUE = 1 << 2,	  /* field content: no control but HTAB */
	BYTE_HOST = 1 << 3,	  /* unreserved, sub-delims: of a reg-name */
	BYTE_UNRESERVED = 1 << 4, /* RFC 3986 section 2.3 */
	BYTE_HEX = 1 << 5,
	BYTE_DIGIT = 1 << 6,
	BYTE_ETAG = 1 << 7 /* etagc, RFC 9110 section 8.8.3 */
};

/* The classes of each byte, or-ed. */
extern const uint8_t byte_class[256];

static inline bool
byte_is(char c, int classes)
{
	return (byte_class[(unsigned char)c] & classes) != 0;
}

static inline bool
byte_is_space(char c)
{
	return c == ' ' || c == '\t';
}

/* The value of a hexadecimal digit, 0..15; -1 if it is none. */
int byte_hex(char c);

/* Is text[0..len) the name, which is lower-case letters and '-', whatever the
 * case of text? For tokens only: other bytes may fold into letters. */
bool token_is(const char *text, size_t len, const char *name);

/* Walks the elements of a comma-separated list (RFC 9110 section 5.6.1)
 * whose elements hold no quoted strings. Empty elements are skipped and
 * elements are trimmed. Start with list->at at the value and list->end behind
 * it; false when there are no more. */
struct list {
	const char *at, *end;
};
bool list_next(struct list *l, const char **item, size_t *len);

/* Reads ";q=0.5" (RFC 9110 section 12.4.2): text is what follows "q=".
 * Returns 0..1000, or -1 if it is no qvalue. */
int qvalue_parse(const char *text, size_t len);

/* Is this uri-host [ ":" port ] (RFC 9110 section 7.2) with a host that is
 * not empty? No userinfo, no path; the port, if any, within 0..65535. */
bool host_valid(const char *text, size_t len);

#endif
