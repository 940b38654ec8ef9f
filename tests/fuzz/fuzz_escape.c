/*
 * fuzz_escape - what is escaped can be unescaped, and holds nothing that its
 * surroundings would take for their own.
 */
#include "base/escape.h"
#include "http/listing.h"
#include "http/out.h"
#include "http/shown.h"

#include "fuzz.h"

enum { MOST = 1024, ROOM = 6 * MOST + 1 };

static int
hex(char c)
{
	return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

/* Undoes out_html; what has no business there is fatal. */
static size_t
from_html(char *to, const char *p, size_t len)
{
	static const char *const refs[] = {
	    "&amp;", "&lt;", "&gt;", "&#34;", "&#39;"};
	const char *end = p + len;
	size_t i, n = 0;

	while (p < end) {
		must(*p != '<' && *p != '>' && *p != '"' && *p != '\'');
		if (*p != '&') {
			to[n++] = *p++;
			continue;
		}
		for (i = 0; strncmp(p, refs[i], strlen(refs[i])) != 0; i++)
			must(i < 4);
		to[n++] = "&<>\"'"[i];
		p += strlen(refs[i]);
	}
	return n;
}

static size_t
from_url(char *to, const char *p, size_t len)
{
	const char *end = p + len;
	size_t n = 0;

	for (; p < end; p++) {
		must(*p > 0x20 && *p < 0x7f && strchr("\"<>?#:\\", *p) == NULL);
		to[n++] = *p == '%' ? (char)(hex(p[1]) * 16 + hex(p[2])) : *p;
		p += *p == '%' ? 2 : 0;
	}
	return n;
}

static size_t
from_escape(char *to, const char *p)
{
	size_t n = 0;

	for (; *p != '\0'; p++) {
		must(*p >= 0x20 && *p < 0x7f);
		if (*p != '\\') {
			to[n++] = *p;
		} else if (*++p == 'x') {
			to[n++] = (char)(hex(p[1]) * 16 + hex(p[2]));
			p += 2;
		} else {
			to[n++] = *p == 'n'   ? '\n'
				  : *p == 'r' ? '\r'
				  : *p == 't' ? '\t'
					      : *p;
		}
	}
	return n;
}

/* Is it UTF-8? By counting what follows each first byte; the finer points are
 * left to the table test. */
static void
must_be_utf8(const char *text, size_t len)
{
	size_t i, j, n;

	for (i = 0; i < len; i += n) {
		unsigned char c = (unsigned char)text[i];

		must(c >= 0x20);
		must(c < 0x80 || (c >= 0xc2 && c < 0xf5));
		n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
		must(n <= len - i);
		for (j = 1; j < n; j++)
			must((text[i + j] & 0xc0) == 0x80);
	}
}

static void
check_item(const char *data, size_t len)
{
	static const struct listing_view html = {.format = LISTING_HTML};
	static const struct listing_view json = {.format = LISTING_JSON};
	static char room[LISTING_ENTRY_BYTES - 1];
	struct listing_entry e = {.directory = len % 2 == 0};
	struct out o;
	char *name = malloc(len + 1);

	must(name != NULL);
	memcpy(name, data, len);
	name[len] = '\0';
	e.name = name;
	out_init(&o, room, sizeof(room));
	listing_item(&o, &html, &e, 0);
	must(!o.full && o.len > 0 && o.data[o.len - 1] == '\n');
	must_be_utf8(o.data, o.len - 1);
	out_init(&o, room, sizeof(room));
	listing_item(&o, &json, &e, 1);
	must(!o.full && o.data[o.len - 1] == '}');
	must_be_utf8(o.data + 2, o.len - 2);
	free(name);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static char room[ROOM], back[ROOM];
	const char *text = (const char *)data;
	struct out o;
	size_t i;

	if (len > MOST)
		return 0;
	out_init(&o, room, ROOM - 1);
	out_html(&o, text, len);
	room[o.len] = '\0';
	must(from_html(back, room, o.len) == len);
	must(len == 0 || memcmp(back, data, len) == 0);
	out_init(&o, room, ROOM);
	out_url(&o, text, len);
	must(from_url(back, room, o.len) == len);
	must(len == 0 || memcmp(back, data, len) == 0);
	(void)escape_text(room, ROOM, data, len);
	must(from_escape(back, room) == len);
	must(len == 0 || memcmp(back, data, len) == 0);
	out_init(&o, room, ROOM - 1);
	shown_html(&o, text, len);
	room[o.len] = '\0';
	must(!o.full && o.len <= 5 * len);
	must_be_utf8(room, o.len);
	(void)from_html(back, room, o.len);
	out_init(&o, room, ROOM);
	shown_json(&o, text, len);
	must(!o.full && o.len <= 6 * len);
	must_be_utf8(room, o.len);
	for (i = 0; i < o.len; i++) {
		must(strchr("<>&\"", room[i]) == NULL);
		if (room[i] == '\\')
			must(room[++i] == 'u');
	}
	check_item(text, len);
	return 0;
}
