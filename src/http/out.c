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

void
out_url(struct out *o, const char *path, size_t len)
{
	static const char hex[] = "0123456789ABCDEF";
	size_t i, plain = 0, before = o->len;
	char code[3] = {'%', 0, 0};

	for (i = 0; i < len; i++) {
		if (path[i] == '/' || byte_is(path[i], BYTE_UNRESERVED))
			continue;
		out_bytes(o, path + plain, i - plain);
		code[1] = hex[(unsigned char)path[i] >> 4];
		code[2] = hex[(unsigned char)path[i] & 15];
		out_bytes(o, code, sizeof(code));
		plain = i + 1;
	}
	out_bytes(o, path + plain, len - plain);
	if (o->full)
		o->len = before;
}
