#include "http/access.h"

#include "base/escape.h"
#include "http/date.h"
#include "shown.h"

/* What a field may take, escaped; with the rest a line has room for all. */
enum { TARGET_BYTES = 2048, NAME_BYTES = 64, FIELD_BYTES = 768 };

/* Bytes of a stranger, as many of the first ones as fit into `most`. */
static void
stranger(struct out *o, enum access_format format, const char *text, size_t len,
    size_t most)
{
	struct out part;

	if (most > o->cap - o->len)
		most = o->cap - o->len;
	if (most == 0)
		return;
	if (format == ACCESS_COMBINED) {
		o->len += escape_text(o->data + o->len, most, text, len);
		return;
	}
	if (len > most)
		len = most;
	out_init(&part, o->data + o->len, most);
	shown_json(&part, text, len);
	while (part.full) {
		len -= len / 8 + 1;
		out_init(&part, o->data + o->len, most);
		shown_json(&part, text, len);
	}
	o->len += part.len;
}

static bool
is_newline(char c)
{
	return c == '\r' || c == '\n';
}

/* What came in place of a request: its first line. */
static struct span
raw_line(const struct access_request *a)
{
	struct span s = {0, 0};

	while (s.off < a->len && is_newline(a->head[s.off]))
		s.off++;
	while (s.off + s.len < a->len && !is_newline(a->head[s.off + s.len]))
		s.len++;
	return s;
}

static void
field(struct out *o, enum access_format format, const struct access_request *a,
    enum field name)
{
	const struct span *s = &a->r->field[name];

	if (s->len > 0)
		stranger(o, format, a->head + s->off, s->len, FIELD_BYTES);
	else if (format == ACCESS_COMBINED)
		out_text(o, "-");
}

/* Day, month and so on of an IMF-fixdate, "Sun, 06 Nov 1994 08:49:37 GMT". */
enum { DAY = 5, MONTH = 8, YEAR = 12, TIME = 17 };

static size_t
combined(struct out *o, const struct access_request *a)
{
	struct span line = a->r->line;
	char date[DATE_BYTES];
	size_t split;

	date_format(date, a->wall);
	out_text(o, a->client);
	out_text(o, " - - [");
	out_bytes(o, date + DAY, 2);
	out_text(o, "/");
	out_bytes(o, date + MONTH, 3);
	out_text(o, "/");
	out_bytes(o, date + YEAR, 4);
	out_text(o, ":");
	out_bytes(o, date + TIME, 8);
	out_text(o, " +0000] \"");
	if (line.len == 0)
		line = raw_line(a);
	if (line.len > 0)
		stranger(o, ACCESS_COMBINED, a->head + line.off, line.len,
		    TARGET_BYTES);
	else
		out_text(o, "-");
	out_text(o, "\" ");
	out_uint(o, (uint64_t)a->status);
	out_text(o, " ");
	split = o->len;
	out_text(o, " \"");
	field(o, ACCESS_COMBINED, a, FIELD_REFERER);
	out_text(o, "\" \"");
	field(o, ACCESS_COMBINED, a, FIELD_USER_AGENT);
	out_text(o, "\"");
	return split;
}

static void
member(struct out *o, const char *before, const char *text, size_t len,
    size_t most)
{
	out_text(o, before);
	stranger(o, ACCESS_JSON, text, len, most);
	out_text(o, "\"");
}

static size_t
json(struct out *o, const struct access_request *a)
{
	const struct request *r = a->r;
	struct span target = r->target;
	char imf[DATE_BYTES], day[17];

	date_format(imf, a->wall);
	date_format_short(day, a->wall);
	out_text(o, "{\"time\":\"");
	out_bytes(o, day, 10);
	out_text(o, "T");
	out_bytes(o, imf + TIME, 8);
	out_text(o, "Z\",\"client\":\"");
	out_text(o, a->client);
	out_text(o, "\"");
	if (r->line.len == 0)
		target = raw_line(a);
	member(o, ",\"method\":\"", a->head + r->method_text.off,
	    r->line.len > 0 ? r->method_text.len : 0, NAME_BYTES);
	member(o, ",\"target\":\"", a->head + target.off, target.len,
	    TARGET_BYTES);
	member(o, ",\"protocol\":\"", a->head + target.off + target.len + 1,
	    r->line.len > 0 ? 8 : 0, NAME_BYTES);
	out_text(o, ",\"status\":");
	out_uint(o, (uint64_t)a->status);
	out_text(o, ",\"referer\":\"");
	field(o, ACCESS_JSON, a, FIELD_REFERER);
	out_text(o, "\",\"agent\":\"");
	field(o, ACCESS_JSON, a, FIELD_USER_AGENT);
	out_text(o, "\"");
	return o->len;
}

size_t
access_begin(
    struct out *o, enum access_format format, const struct access_request *a)
{
	return format == ACCESS_JSON ? json(o, a) : combined(o, a);
}

void
access_line(struct out *o, enum access_format format, const char *text,
    size_t len, size_t split, const struct access_end *end)
{
	out_bytes(o, text, split);
	if (format == ACCESS_JSON)
		out_text(o, ",\"bytes\":");
	out_uint(o, (uint64_t)end->bytes);
	out_bytes(o, text + split, len - split);
	if (format == ACCESS_JSON) {
		out_text(o, ",\"ms\":");
		out_uint(o, (uint64_t)end->ms);
		out_text(o, ",\"complete\":");
		out_text(o, end->complete ? "true}" : "false}");
	}
	out_text(o, "\n");
}
