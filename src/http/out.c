#include "http/out.h"

#include <string.h>

#include "http/bytes.h"

void
out_init(struct out *o, void *data, size_t cap)
{
	o->data = data;
	o->len = 0;
	o->cap = cap;
	o->full = false;
}

void
out_bytes(struct out *o, const void *bytes, size_t len)
{
	/* Once full nothing follows: data stays a beginning of the whole. */
	if (o->full || len > o->cap - o->len) {
		o->full = true;
		return;
	}
	if (len > 0)
		memcpy(o->data + o->len, bytes, len);
	o->len += len;
}

void
out_text(struct out *o, const char *text)
{
	out_bytes(o, text, strlen(text));
}

void
out_uint(struct out *o, uint64_t n)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + n % 10);
		n /= 10;
	} while (n != 0);
	out_bytes(o, digits + at, sizeof(digits) - at);
}

static const char *
reference(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&#34;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

void
out_html(struct out *o, const char *text, size_t len)
{
	size_t i, plain = 0, before = o->len;
	const char *ref;

	for (i = 0; i < len; i++) {
		ref = reference(text[i]);
		if (ref == NULL)
			continue;
		out_bytes(o, text + plain, i - plain);
		out_text(o, ref);
		plain = i + 1;
	}
	out_bytes(o, text + plain, len - plain);
	if (o->full)
		o->len = before;
}

/* May it stand in a URI, beside '%' (RFC 3986 section 2)? */
static bool
is_uri(char c)
{
	return byte_is(c, BYTE_TARGET) && (unsigned char)c < 0x80 &&
	       memchr("\"<>\\^`{|}#", c, 10) == NULL;
}

static void
escape(char code[3], char c)
{
	static const char hex[] = "0123456789ABCDEF";

	code[0] = '%';
	code[1] = hex[(unsigned char)c >> 4];
	code[2] = hex[(unsigned char)c & 15];
}

size_t
out_target_size(const char *target, size_t len)
{
	size_t i, size = len;

	for (i = 0; i < len; i++)
		size += is_uri(target[i]) ? 0 : 2;
	return size;
}

void
out_target(struct out *o, const char *target, size_t len)
{
	char code[3];
	size_t i;

	for (i = 0; i < len; i++) {
		escape(code, target[i]);
		if (is_uri(target[i]))
			out_bytes(o, target + i, 1);
		else
			out_bytes(o, code, sizeof(code));
	}
}

void
out_url(struct out *o, const char *path, size_t len)
{
	size_t i, plain = 0, before = o->len;
	char code[3];

	for (i = 0; i < len; i++) {
		if (path[i] == '/' || byte_is(path[i], BYTE_UNRESERVED))
			continue;
		out_bytes(o, path + plain, i - plain);
		escape(code, path[i]);
		out_bytes(o, code, sizeof(code));
		plain = i + 1;
	}
	out_bytes(o, path + plain, len - plain);
	if (o->full)
		o->len = before;
}
