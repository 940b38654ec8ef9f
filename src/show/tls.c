/*
 * What TLS 1.3 leaves open: the headers of its records, and the two hellos. All
 * behind them is sealed, and looks like application data.
 */
#include "field_list.h"

#include <stdio.h>
#include <string.h>

#include "base/escape.h"

enum {
	RECORD_HEADER = 5,
	RECORD_MOST = 16384 + 256,
	SEALED_MORE = 17, /* the sort of a sealed record, and its seal */
	CHANGE_CIPHER = 20,
	ALERT = 21,
	HANDSHAKE = 22,
	APPLICATION = 23,
	CLIENT_HELLO = 1,
	SERVER_HELLO = 2,
	SERVER_NAME = 0,
	PROTOCOLS = 16,
	VERSIONS = 43
};

/* A part of a message, with what is left of it. */
struct part {
	struct list *l;
	size_t at, end;
};

/* Has it so many bytes more? If not, it has none. */
static bool
has(struct part *p, size_t len)
{
	if (p->end - p->at >= len)
		return true;
	p->at = p->end;
	return false;
}

static void
skip(struct part *p, size_t len)
{
	if (has(p, len))
		p->at += len;
}

/* The part behind its length of one or two bytes, of which p is rid then. */
static struct part
inner(struct part *p, size_t size)
{
	struct part in = {p->l, p->at, p->at};

	if (!has(p, size))
		return in;
	in.at = p->at + size;
	in.end = in.at + (size == 1 ? one(p->l, p->at) : two(p->l, p->at));
	if (in.end > p->end)
		in.end = p->end;
	p->at = in.end;
	return in;
}

/* A version of TLS, of RFC 8446 section 4.1.2. */
static const char *
version_name(unsigned version)
{
	static const char *const names[] = {
	    "TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3"};

	return version >= 0x301 && version <= 0x304 ? names[version - 0x301]
						    : "unknown";
}

/* RFC 6066 section 3. */
static void
add_name(struct part *p, size_t from)
{
	struct part list = inner(p, 2), name;
	char text[FIELD_VALUE - 2];

	skip(&list, 1);
	name = inner(&list, 2);
	(void)escape_text(text, sizeof(text),
	    p->l->p->data + p->l->base + name.at, name.end - name.at);
	field_add(p->l, from, p->end - from, "server name", "%s", text);
	field_note(p->l, "anybody reads it");
}

/* RFC 7301 section 3.1. */
static void
add_protocols(struct part *p, size_t from)
{
	struct part list = inner(p, 2), name;
	char text[FIELD_VALUE - 2] = "";
	size_t n = 0;

	while (list.at < list.end && n < sizeof(text) - 2) {
		name = inner(&list, 1);
		if (n > 0)
			text[n++] = ' ';
		n += escape_text(text + n, sizeof(text) - n,
		    p->l->p->data + p->l->base + name.at, name.end - name.at);
	}
	field_add(p->l, from, p->end - from, "protocols", "%s", text);
}

/* Section 4.2.1: of a client a list, of a server the one. The best is told. */
static void
add_versions(struct part *p, size_t from, bool client)
{
	struct part list = client ? inner(p, 1) : *p;
	unsigned best = 0, version;

	while (list.end - list.at >= 2) {
		version = two(p->l, list.at);
		/* Others are there so that nobody relies on few. */
		if (version <= 0x304 && version > best)
			best = version;
		list.at += 2;
	}
	field_add(
	    p->l, from, p->end - from, "versions", "%s", version_name(best));
}

static void
add_extensions(struct part *p, bool client)
{
	struct part all = inner(p, 2), body;
	size_t from;
	unsigned sort;

	while (has(&all, 4)) {
		from = all.at;
		sort = two(p->l, all.at);
		all.at += 2;
		body = inner(&all, 2);
		if (sort == SERVER_NAME && client)
			add_name(&body, from);
		else if (sort == PROTOCOLS && client)
			add_protocols(&body, from);
		else if (sort == VERSIONS)
			add_versions(&body, from, client);
	}
}

/* Sections 4.1.2 and 4.1.3. */
static void
add_hello(struct part *p)
{
	bool client = one(p->l, p->at) == CLIENT_HELLO;

	field_add(p->l, p->at, 1, "handshake", "%u", one(p->l, p->at));
	field_note(p->l, client ? "the client's hello" : "the server's hello");
	skip(p, 4 + 2 + 32);
	(void)inner(p, 1);
	if (client) {
		(void)inner(p, 2);
		(void)inner(p, 1);
	} else {
		skip(p, 2 + 1);
	}
	add_extensions(p, client);
}

/* The record at `at`, of which `len` bytes are there behind its header. */
static void
add_record(struct list *l, size_t at, size_t len)
{
	unsigned type = one(l, at), said = two(l, at + 3);
	struct part body = {l, at + RECORD_HEADER, at + RECORD_HEADER + len};

	field_add(l, at, 1, "record", "%u", type);
	field_note(l, type == CHANGE_CIPHER ? "means nothing any more"
		      : type == ALERT	    ? "alert"
		      : type == HANDSHAKE   ? "handshake"
					    : "sealed: whatever it is");
	field_add(l, at + 3, 2, "length", "%u", said);
	if (type == APPLICATION && said > SEALED_MORE)
		field_note(
		    l, "%u, and %d of TLS", said - SEALED_MORE, SEALED_MORE);
	if (type == HANDSHAKE && len > 0 &&
	    (one(l, body.at) == CLIENT_HELLO ||
		one(l, body.at) == SERVER_HELLO))
		add_hello(&body);
}

void
field_add_tls(struct list *l)
{
	size_t at = 0, len = l->p->layer[LAYER_DATA].len, more;

	while (len - at >= RECORD_HEADER) {
		if (one(l, at) < CHANGE_CIPHER || one(l, at) > APPLICATION ||
		    one(l, at + 1) != 3 || two(l, at + 3) > RECORD_MOST)
			return;
		more = len - at - RECORD_HEADER;
		if (more > two(l, at + 3))
			more = two(l, at + 3);
		add_record(l, at, more);
		at += RECORD_HEADER + more;
	}
}
