#include "http/request.h"

#include "http/bytes.h"

/* What the next byte may be. */
enum state {
	DONE = BODY_DONE,
	CONTENT,  /* of `left` bytes */
	SIZE,	  /* the first digit of a chunk's size */
	DIGITS,	  /* more of them, and what may follow */
	BLANK,	  /* space before an extension */
	EXT,	  /* chunk extensions, of no interest */
	SIZE_LF,  /* the end of the chunk's head line */
	DATA,	  /* `left` bytes of the chunk */
	DATA_CR,  /* the chunk's end */
	DATA_LF,  /* ... */
	TRAILER,  /* the first byte of a trailer line, or of the last line */
	NAME,	  /* of a trailer field */
	VALUE,	  /* ... */
	VALUE_LF, /* ... */
	LAST_LF,  /* the end of it all */
	BROKEN
};

enum { LINE_BYTES = 256, TRAILER_BYTES = 8192 };

/* Classes of bytes, and what each does in the states that go byte by byte. */
enum class {
	OTHER,
	CR,
	LF,
	WS,
	SEMICOLON,
	COLON,
	HEX,
	TOKEN,
	CONTROL,
	CLASSES
};

static enum class class_of(char c) {
	switch (c){
		case '\r' : return CR; case '\n' : return LF;
		case ' ' : case '\t' : return WS;
		case ';' : return SEMICOLON;
		case ':' : return COLON;
		default : break;
	}
if (byte_is(c, BYTE_HEX)) return HEX;
if (byte_is(c, BYTE_TOKEN))
	return TOKEN;
return byte_is(c, BYTE_VALUE) ? OTHER : CONTROL;
}

/* clang-format off */
#define ANY_VALUE(to) [OTHER] = (to), [WS] = (to), [SEMICOLON] = (to), \
	[COLON] = (to), [HEX] = (to), [TOKEN] = (to)

/* next[state][class]; 0 means that the byte may not stand there, but for the
 * last LF, which leads to DONE. */
static const uint8_t next[BROKEN][CLASSES] = {
	[SIZE] = {[HEX] = DIGITS},
	[DIGITS] = {[HEX] = DIGITS, [WS] = BLANK, [SEMICOLON] = EXT,
	    [CR] = SIZE_LF},
	/* Space alone after the size is refused: some read it otherwise. */
	[BLANK] = {[WS] = BLANK, [SEMICOLON] = EXT},
	[EXT] = {ANY_VALUE(EXT), [CR] = SIZE_LF},
	[SIZE_LF] = {[LF] = DATA},
	[DATA_CR] = {[CR] = DATA_LF},
	[DATA_LF] = {[LF] = SIZE},
	[TRAILER] = {[HEX] = NAME, [TOKEN] = NAME, [CR] = LAST_LF, [LF] = DONE},
	[NAME] = {[HEX] = NAME, [TOKEN] = NAME, [COLON] = VALUE},
	[VALUE] = {ANY_VALUE(VALUE), [CR] = VALUE_LF, [LF] = TRAILER},
	[VALUE_LF] = {[LF] = TRAILER},
	[LAST_LF] = {[LF] = DONE},
};
/* clang-format on */

void
body_init(struct body *b, const struct request *r)
{
	static const struct body none;

	*b = none;
	if (r->chunked) {
		b->state = SIZE;
	} else if (r->content_length > 0) {
		b->state = CONTENT;
		b->left = r->content_length;
	}
}

/* Counts a byte of a line against its bound. */
static bool
within(struct body *b, uint32_t bound)
{
	return b->used++ < bound;
}

/* What has to be done on the way into state `to`; false: broken. */
static bool
enter(struct body *b, uint8_t to, char c)
{
	switch (to) {
	case DIGITS:
		if (b->left > INT64_MAX >> 4)
			return false;
		b->left = b->left << 4 | byte_hex(c);
		return within(b, LINE_BYTES);
	case BLANK:
	case EXT:
		return within(b, LINE_BYTES);
	case DATA:
		b->used = 0;
		if (b->left == 0)
			b->state = TRAILER;
		return true;
	case TRAILER:
	case NAME:
	case VALUE:
	case VALUE_LF:
		return within(b, TRAILER_BYTES);
	default:
		return true;
	}
}

/* Takes one byte of the framing. */
static bool
frame(struct body *b, char c)
{
	enum class class = class_of(c);
	uint8_t to = next[b->state][class];

	if (to == DONE &&
	    !(class == LF && (b->state == TRAILER || b->state == LAST_LF)))
		return false;
	b->state = to;
	return enter(b, to, c);
}

/* Takes up to len bytes of content, and goes on to `then` at its end. */
static size_t
content(struct body *b, size_t len, uint8_t then)
{
	if ((uint64_t)len < (uint64_t)b->left) {
		b->left -= (int64_t)len;
		return len;
	}
	len = (size_t)b->left;
	b->left = 0;
	b->state = then;
	return len;
}

bool
body_is_plausible(const struct body *b)
{
	return b->state <= BROKEN && b->left >= 0;
}

int
body_piece(struct body *b, const char *data, size_t len, size_t *taken,
    size_t *content_len)
{
	size_t at = 0, n = 0;

	/* Above BROKEN or negative: a fault has written over it. */
	while (at < len && n == 0 && b->state != DONE && b->state < BROKEN) {
		if (b->left < 0)
			b->state = BROKEN;
		else if (b->state == CONTENT)
			n = content(b, len - at, DONE);
		else if (b->state == DATA)
			n = content(b, len - at, DATA_CR);
		else if (!frame(b, data[at++]))
			b->state = BROKEN;
	}
	*content_len = n;
	*taken = at + n;
	b->all += at + n;
	return b->state >= BROKEN ? 400 : 0;
}

int
body_feed(struct body *b, const char *data, size_t len, size_t *taken)
{
	size_t at = 0, n, content_len;
	int status;

	do {
		status = body_piece(b, data + at, len - at, &n, &content_len);
		at += n;
	} while (n > 0 && at < len && status == 0);
	*taken = at;
	return status;
}
