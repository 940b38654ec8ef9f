#include "shown.h"

enum {
	REPLACEMENT = 0xfffd,
	CONTROL_PICTURES = 0x2400,
	DELETE_PICTURE = 0x2421
};

/* The well-formed sequences of UTF-8 (RFC 3629 section 4), by their first
 * byte; the second has bounds of its own, the others are 0x80..0xbf. */
struct sequence {
	unsigned char first, last; /* of the first byte */
	unsigned char low, high;   /* of the second byte */
	unsigned char len;	   /* bytes in all */
};

static const struct sequence sequences[] = {
    {0x00, 0x7f, 0x00, 0x00, 1},
    {0xc2, 0xdf, 0x80, 0xbf, 2},
    {0xe0, 0xe0, 0xa0, 0xbf, 3},
    {0xe1, 0xec, 0x80, 0xbf, 3},
    {0xed, 0xed, 0x80, 0x9f, 3},
    {0xee, 0xef, 0x80, 0xbf, 3},
    {0xf0, 0xf0, 0x90, 0xbf, 4},
    {0xf1, 0xf3, 0x80, 0xbf, 4},
    {0xf4, 0xf4, 0x80, 0x8f, 4},
};

static const struct sequence *
sequence_of(unsigned char first)
{
	size_t i;

	for (i = 0; i < sizeof(sequences) / sizeof(sequences[0]); i++)
		if (first >= sequences[i].first && first <= sequences[i].last)
			return &sequences[i];
	return NULL;
}

/* Reads the character at text, where there is a byte. Returns its length, or
 * 0 if the byte begins none. */
static size_t
decode(const char *text, size_t len, uint32_t *code)
{
	const unsigned char *p = (const unsigned char *)text;
	const struct sequence *s = sequence_of(p[0]);
	size_t i;

	if (s == NULL || len < s->len)
		return 0;
	if (s->len == 1) {
		*code = p[0];
		return 1;
	}
	if (p[1] < s->low || p[1] > s->high)
		return 0;
	*code = p[0] & (0x7fU >> s->len);
	for (i = 1; i < s->len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (p[i] & 0x3fU);
	}
	return s->len;
}

/* Writes a character of the range U+0800 to U+FFFF. */
static void
put_three(struct out *o, uint32_t code)
{
	char bytes[3] = {(char)(0xe0 | code >> 12),
	    (char)(0x80 | (code >> 6 & 0x3f)), (char)(0x80 | (code & 0x3f))};

	out_bytes(o, bytes, sizeof(bytes));
}

/* What is shown for a character that must not stand for itself; 0 if it may. */
static uint32_t
stand_in(uint32_t code)
{
	if (code < 0x20)
		return CONTROL_PICTURES + code;
	if (code == 0x7f)
		return DELETE_PICTURE;
	/* C1 controls; line and paragraph separator and the embeddings and
	 * overrides behind them; the isolates. */
	if ((code >= 0x80 && code <= 0x9f) ||
	    (code >= 0x2028 && code <= 0x202e) ||
	    (code >= 0x2066 && code <= 0x2069))
		return REPLACEMENT;
	return 0;
}

void
shown_html(struct out *o, const char *text, size_t len)
{
	uint32_t code, other;
	size_t at, n, before = o->len;

	for (at = 0; at < len; at += n) {
		n = decode(text + at, len - at, &code);
		other = n == 0 ? REPLACEMENT : stand_in(code);
		if (other != 0)
			put_three(o, other);
		else
			out_html(o, text + at, n);
		n += n == 0;
	}
	if (o->full)
		o->len = before;
}

/* Writes \uXXXX. */
static void
put_escape(struct out *o, uint32_t code)
{
	static const char hex[] = "0123456789abcdef";
	char bytes[6] = {'\\', 'u', hex[code >> 12 & 15], hex[code >> 8 & 15],
	    hex[code >> 4 & 15], hex[code & 15]};

	out_bytes(o, bytes, sizeof(bytes));
}

/* What has to be escaped, or may end a string or a script. */
static int
is_special(uint32_t code)
{
	return code < 0x20 || code == '"' || code == '\\' || code == '<' ||
	       code == '>' || code == '&' || code == 0x7f || code == 0x2028 ||
	       code == 0x2029;
}

void
shown_json(struct out *o, const char *text, size_t len)
{
	size_t at, n, before = o->len;
	uint32_t code;

	for (at = 0; at < len; at += n) {
		n = decode(text + at, len - at, &code);
		if (n == 0)
			put_escape(o, REPLACEMENT);
		else if (is_special(code))
			put_escape(o, code);
		else
			out_bytes(o, text + at, n);
		n += n == 0;
	}
	if (o->full)
		o->len = before;
}
