#include "hidden.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "base/log.h"
#include "http/preface.h"
#include "os/socket.h"

enum {
	COLUMN = 30,
	TEXT_MOST = 8192, /* of what a side says, that is looked at */
	LINE = 200
};

/* What one side of a connection has said, from its beginning. */
struct said {
	char text[TEXT_MOST];
	size_t len;
};

/* Both connections, and what they hold. */
struct pair {
	const struct capture *c;
	int sealed, open; /* connections; -1: not there */
	const struct frame *hello;
	struct said request, answer; /* as they are behind TLS */
	bool named;		     /* preface is */
	struct preface preface;
};

static bool
is_from(const struct frame *f, int talk, int side)
{
	return f->talk == talk && f->rung.from == side &&
	       f->rung.what != RUNG_AGAIN &&
	       f->packet.layer[LAYER_DATA].len > 0;
}

/* The next frame of a side with data, behind `after`, which may be NULL; or
 * NULL. */
static const struct frame *
next_from(
    const struct capture *c, const struct frame *after, int talk, int side)
{
	const struct frame *f = after != NULL ? after + 1 : c->frame;

	for (; f < c->frame + c->frames; f++)
		if (is_from(f, talk, side))
			return f;
	return NULL;
}

static void
gather(struct said *s, const struct capture *c, int talk, int side)
{
	const struct frame *f = NULL;
	size_t n;

	s->len = 0;
	while ((f = next_from(c, f, talk, side)) != NULL) {
		const struct packet *p = &f->packet;

		n = p->layer[LAYER_DATA].len;
		if (n > sizeof(s->text) - s->len)
			n = sizeof(s->text) - s->len;
		memcpy(s->text + s->len, p->data + p->layer[LAYER_DATA].at, n);
		s->len += n;
	}
}

/* Where the words are, or NULL. */
static const char *
find(const char *text, size_t len, const char *words, size_t words_len)
{
	size_t i;

	for (i = 0; words_len > 0 && i + words_len <= len; i++)
		if (memcmp(text + i, words, words_len) == 0)
			return text + i;
	return NULL;
}

/* The bytes of the first line, without its end. */
static size_t
line_length(const struct said *s)
{
	const char *end = find(s->text, s->len, "\r\n", 2);

	return end != NULL ? (size_t)(end - s->text) : 0;
}

/* Takes off what the proxy says, and tells if a request of HTTP/1 follows. */
static bool
is_request(struct pair *p)
{
	struct said *s = &p->request;

	p->named = preface_parse(&p->preface, s->text, s->len) == 1;
	if (p->named) {
		s->len -= p->preface.len;
		memmove(s->text, s->text + p->preface.len, s->len);
	}
	return find(s->text, line_length(s), " HTTP/1.", 8) != NULL;
}

/* The value of the field of TLS in the frame, or NULL. */
static const char *
value(const struct frame *f, const char *name, struct field field[FIELDS_MAX])
{
	int i, n = packet_fields(&f->packet, LAYER_DATA, field);

	for (i = 0; i < n; i++)
		if (strcmp(field[i].name, name) == 0)
			return field[i].value;
	return NULL;
}

static bool
is_hello(const struct frame *f)
{
	struct field field[FIELDS_MAX];
	const char *text = value(f, "handshake", field);

	return text != NULL && strcmp(text, "1") == 0;
}

static bool
find_pair(struct pair *p, const struct capture *c)
{
	size_t i;

	p->c = c;
	p->sealed = p->open = -1;
	for (i = 0; i < c->frames && (p->sealed < 0 || p->open < 0); i++) {
		const struct frame *f = &c->frame[i];

		if (f->talk < 0 || !is_from(f, f->talk, LADDER_CLIENT))
			continue;
		if (p->sealed < 0 && is_hello(f)) {
			p->sealed = f->talk;
			p->hello = f;
		} else if (p->open < 0 && f->talk != p->sealed) {
			gather(&p->request, c, f->talk, LADDER_CLIENT);
			if (is_request(p))
				p->open = f->talk;
		}
	}
	if (p->sealed < 0 || p->open < 0)
		return false;
	gather(&p->answer, c, p->open, LADDER_SERVER);
	return true;
}

/* The first frame of a side that holds the words; or NULL. */
static const struct frame *
frame_with(
    const struct capture *c, int talk, int side, const char *words, size_t len)
{
	const struct frame *f = NULL;

	while ((f = next_from(c, f, talk, side)) != NULL) {
		const struct span *data = &f->packet.layer[LAYER_DATA];

		if (find((const char *)f->packet.data + data->at, data->len,
			words, len) != NULL)
			return f;
	}
	return NULL;
}

/* The frame of the sealed connection in which this side sends a record that
 * holds so many bytes; or NULL. */
static const struct frame *
sealed_record(const struct pair *p, int side, size_t holds)
{
	struct field field[FIELDS_MAX];
	const struct frame *f = NULL;
	int k, n;

	while ((f = next_from(p->c, f, p->sealed, side)) != NULL) {
		n = packet_fields(&f->packet, LAYER_DATA, field);
		for (k = 0; k + 1 < n; k++)
			if (strcmp(field[k].name, "record") == 0 &&
			    strcmp(field[k].value, "23") == 0 &&
			    strtoul(field[k + 1].value, NULL, 10) == holds + 17)
				return f;
	}
	return NULL;
}

static LOG_PRINTF(4, 5) void row(
    FILE *out, const char *name, const char *sealed, const char *fmt, ...)
{
	char open[LINE];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(open, sizeof(open), fmt, ap);
	va_end(ap);
	(void)fprintf(out, "%-16.16s  %-*.*s  %.*s\n", name, COLUMN, COLUMN,
	    sealed, COLUMN, open);
}

static void
row_address(FILE *out, const struct pair *p, const char *name, int side)
{
	const struct ladder *sealed = &p->c->talk[p->sealed];
	const struct ladder *open = &p->c->talk[p->open];
	struct packet of = {.version = sealed->version};
	char a[ENDPOINT_TEXT], b[ENDPOINT_TEXT];

	packet_endpoint(a, &of, &sealed->side[side].address);
	of.version = open->version;
	packet_endpoint(b, &of, &open->side[side].address);
	row(out, name, a, "%s", b);
}

static void
row_preface(FILE *out, const struct pair *p)
{
	char text[PEER_TEXT] = "none";
	struct peer peer;

	if (p->named && p->preface.family != 0) {
		memset(&peer, 0, sizeof(peer));
		memcpy(peer.address, p->preface.address, sizeof(peer.address));
		peer.port = p->preface.port;
		peer.family = p->preface.family;
		peer_format(text, &peer);
	}
	row(out, "PROXY protocol", "none", "%s", text);
}

/* The first line, and how many bytes there are in all. */
static void
rows_text(FILE *out, const struct pair *p, const char *name,
    const struct said *s, int side)
{
	size_t len = line_length(s);
	char line[LINE], bytes[LINE];

	(void)escape_text(line, sizeof(line), s->text, len);
	row(out, name,
	    frame_with(p->c, p->sealed, side, s->text, len) != NULL ? "readable"
								    : "hidden",
	    "%s", line);
	if (sealed_record(p, side, s->len) != NULL)
		(void)snprintf(bytes, sizeof(bytes), "%zu: a record of %zu",
		    s->len, s->len + 17);
	else
		(void)snprintf(
		    bytes, sizeof(bytes), "no record of this length");
	row(out, "  its length", bytes, "%zu", s->len);
}

/* The frame that carries the request, in one of the two connections; or NULL.
 */
static const struct frame *
request_frame(const struct pair *p, int talk)
{
	const struct said *s = &p->request;

	if (talk == p->sealed)
		return sealed_record(p, LADDER_CLIENT, s->len);
	return frame_with(p->c, talk, LADDER_CLIENT, s->text, line_length(s));
}

/* Seconds from the request until the answer begins. */
static void
wait_text(char out[32], const struct pair *p, int talk)
{
	const struct frame *asked = request_frame(p, talk), *told = NULL;

	if (asked != NULL)
		told = next_from(p->c, asked, talk, LADDER_SERVER);
	if (told == NULL)
		(void)snprintf(out, 32, "not seen");
	else
		(void)snprintf(out, 32, "%.6f s",
		    (double)(told->rung.at - asked->rung.at) / 1e9);
}

static void
row_wait(FILE *out, const struct pair *p)
{
	char sealed[32], open[32];

	wait_text(sealed, p, p->sealed);
	wait_text(open, p, p->open);
	row(out, "time to answer", sealed, "%s", open);
}

static void
row_version(FILE *out, const struct pair *p)
{
	const struct frame *f =
	    next_from(p->c, p->hello, p->sealed, LADDER_SERVER);
	struct field field[FIELDS_MAX];
	const char *text = f != NULL ? value(f, "versions", field) : NULL;

	row(out, "version", text != NULL ? text : "before TLS 1.3", "none");
	text = value(p->hello, "protocols", field);
	row(out, "protocols", text != NULL ? text : "none", "none");
}

static void
row_name(FILE *out, const struct pair *p)
{
	struct field field[FIELDS_MAX];
	const char *name = value(p->hello, "server name", field);
	const struct said *s = &p->request;
	const char *host = find(s->text, s->len, "\r\nHost: ", 8), *end;
	char text[LINE] = "none";

	/* HAProxy writes all names small. */
	if (host == NULL)
		host = find(s->text, s->len, "\r\nhost: ", 8);
	if (host != NULL) {
		host += 8;
		end = find(host, s->len - (size_t)(host - s->text), "\r\n", 2);
		if (end != NULL)
			(void)escape_text(
			    text, sizeof(text), host, (size_t)(end - host));
	}
	row(out, "name of the site", name != NULL ? name : "hidden", "%s",
	    text);
}

void
hidden_sketch(FILE *out, const struct capture *c)
{
	static struct pair p;
	char sealed[LINE];

	if (!find_pair(&p, c))
		return;
	(void)fprintf(out, "== What TLS hides ==\n\n");
	(void)snprintf(
	    sealed, sizeof(sealed), "connection %d, with TLS", p.sealed + 1);
	row(out, "", sealed, "connection %d, without", p.open + 1);
	row_address(out, &p, "client", LADDER_CLIENT);
	row_address(out, &p, "server", LADDER_SERVER);
	row_preface(out, &p);
	row_name(out, &p);
	row_version(out, &p);
	rows_text(out, &p, "request", &p.request, LADDER_CLIENT);
	rows_text(out, &p, "answer", &p.answer, LADDER_SERVER);
	row_wait(out, &p);
	/* Of any earlier version the certificate was open as well. */
	(void)fprintf(out,
	    "\nWhoever is on the way reads who talks to whom, the name in the "
	    "client's hello,\nhow much and when: enough to guess a page by its "
	    "length. The certificate, the\npath, all fields and the body are "
	    "hidden; from the proxy, nothing is.\n\n");
}

size_t
hidden_frame(const struct capture *c, int talk)
{
	static struct pair p;
	const struct frame *f;

	if (!find_pair(&p, c) || (talk != p.sealed && talk != p.open))
		return 0;
	f = request_frame(&p, talk);
	return f != NULL ? (size_t)(f - c->frame) + 1 : 0;
}
