#include "http/request.h"

#include <string.h>

#include "base/clear.h"
#include "http/bytes.h"
#include "request_fields.h"

/* What the next byte may be. The states are passed from top to bottom, but
 * for FIELD..VALUE_LF, once per field line. */
enum state {
	START,	  /* the request line, or one empty line before it */
	START_LF, /* ... that empty line's LF */
	BEGIN,	  /* the request line's first byte */
	METHOD,
	TARGET,
	VERSION, /* "HTTP/1.1", CR or LF */
	LINE_LF,
	FIELD, /* a field name's first byte, or the empty line */
	NAME,
	SPACE, /* before the value */
	VALUE,
	VALUE_LF,
	END_LF, /* the empty line's LF */
	FINISHED
};

enum { MORE = 0, COMPLETE = 200 };

/* The bytes at hand. */
struct input {
	const char *head;
	uint32_t len;
	const struct request_limits *limits;
};

/* A method by its name, which is case-sensitive. */
struct method_name {
	const char *text;
	enum method method;
};

/* The registered methods (RFC 9110 section 16.1), the usual ones first. */
static const struct method_name methods[] = {
    {"GET", METHOD_GET},
    {"HEAD", METHOD_HEAD},
    {"POST", METHOD_KNOWN},
    {"OPTIONS", METHOD_OPTIONS},
    {"PUT", METHOD_KNOWN},
    {"DELETE", METHOD_KNOWN},
    {"PATCH", METHOD_KNOWN},
    {"CONNECT", METHOD_KNOWN},
    {"TRACE", METHOD_KNOWN},
    {"QUERY", METHOD_KNOWN},
    {"ACL", METHOD_KNOWN},
    {"BASELINE-CONTROL", METHOD_KNOWN},
    {"BIND", METHOD_KNOWN},
    {"CHECKIN", METHOD_KNOWN},
    {"CHECKOUT", METHOD_KNOWN},
    {"COPY", METHOD_KNOWN},
    {"LABEL", METHOD_KNOWN},
    {"LINK", METHOD_KNOWN},
    {"LOCK", METHOD_KNOWN},
    {"MERGE", METHOD_KNOWN},
    {"MKACTIVITY", METHOD_KNOWN},
    {"MKCALENDAR", METHOD_KNOWN},
    {"MKCOL", METHOD_KNOWN},
    {"MKREDIRECTREF", METHOD_KNOWN},
    {"MKWORKSPACE", METHOD_KNOWN},
    {"MOVE", METHOD_KNOWN},
    {"ORDERPATCH", METHOD_KNOWN},
    {"PRI", METHOD_KNOWN},
    {"PROPFIND", METHOD_KNOWN},
    {"PROPPATCH", METHOD_KNOWN},
    {"REBIND", METHOD_KNOWN},
    {"REPORT", METHOD_KNOWN},
    {"SEARCH", METHOD_KNOWN},
    {"UNBIND", METHOD_KNOWN},
    {"UNCHECKOUT", METHOD_KNOWN},
    {"UNLINK", METHOD_KNOWN},
    {"UNLOCK", METHOD_KNOWN},
    {"UPDATE", METHOD_KNOWN},
    {"UPDATEREDIRECTREF", METHOD_KNOWN},
    {"VERSION-CONTROL", METHOD_KNOWN},
};

/* The first byte at or after `at`, before `stop`, that is not of the class. */
static inline uint32_t
skip(const char *head, uint32_t at, uint32_t stop, int class)
{
	/* By four, for the sake of speed: most of the time is spent here. */
	for (; stop - at >= 4; at += 4) {
		if (!byte_is(head[at], class))
			return at;
		if (!byte_is(head[at + 1], class))
			return at + 1;
		if (!byte_is(head[at + 2], class))
			return at + 2;
		if (!byte_is(head[at + 3], class))
			return at + 3;
	}
	while (at < stop && byte_is(head[at], class))
		at++;
	return at;
}

/* Where bytes begin to be above a limit, as far as they are there. */
static inline uint32_t
bounded(const struct input *in, uint32_t start, uint32_t limit)
{
	return in->len - start > limit ? start + limit : in->len;
}

static inline struct span
span_of(uint32_t from, uint32_t to)
{
	struct span s = {from, to - from};

	return s;
}

static enum method
method_find(const char *text, uint32_t len)
{
	size_t i;

	for (i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if (strncmp(methods[i].text, text, len) == 0 &&
		    methods[i].text[len] == '\0')
			return methods[i].method;
	return METHOD_UNKNOWN;
}

/* The request line is complete and well-formed; `end` is behind its last
 * byte, p.mark where the version began. */
static int
line_done(struct request *r, const struct input *in, uint32_t end)
{
	const char *version = in->head + r->p.mark;

	r->line = span_of(r->p.start, end);
	r->method =
	    method_find(in->head + r->method_text.off, r->method_text.len);
	r->minor = version[7] == '0' ? 0 : 1;
	if (version[5] != '1')
		return 505;
	if (r->method == METHOD_UNKNOWN)
		return 501;
	/* RFC 9112 section 3.2.4. */
	if (r->target.len == 1 && in->head[r->target.off] == '*' &&
	    r->method != METHOD_OPTIONS)
		return 400;
	r->p.start = r->p.at;
	r->p.state = FIELD;
	return MORE;
}

static int
field_done(struct request *r, const struct input *in, uint32_t end)
{
	while (end > r->p.mark && byte_is_space(in->head[end - 1]))
		end--;
	r->p.state = FIELD;
	return request_field_take(r, in->head, span_of(r->p.mark, end));
}

static int
head_done(struct request *r)
{
	r->head_len = r->p.at;
	r->p.state = FINISHED;
	if (r->minor == 1 && (r->p.seen & SEEN_HOST) == 0)
		return 400;
	/* RFC 9112 section 6.3: only chunked as the last coding has an end. */
	if ((r->p.seen & SEEN_CODING) != 0 && !r->chunked)
		return 400;
	if ((r->p.seen & SEEN_CODINGS) != 0)
		return 501;
	r->persistent = (r->p.seen & SEEN_CLOSE) == 0 &&
			(r->minor == 1 || (r->p.seen & SEEN_KEEP_ALIVE) != 0);
	/* RFC 9110 section 10.1.1: to be ignored in HTTP/1.0. */
	r->expect_continue = r->minor == 1 && (r->p.seen & SEEN_CONTINUE) != 0;
	return COMPLETE;
}

/* The readers, one per state. There is at least one byte to look at; each
 * takes what it can, and goes on to the next state or returns an error. */

static int
read_start(struct request *r, const struct input *in)
{
	char c = in->head[r->p.at];

	if (c == '\r') {
		r->p.state = START_LF;
		r->p.at++;
	} else if (c == '\n') {
		r->p.state = BEGIN;
		r->p.at++;
	} else {
		r->p.state = BEGIN;
	}
	return MORE;
}

static int
read_start_lf(struct request *r, const struct input *in)
{
	if (in->head[r->p.at++] != '\n')
		return 400;
	r->p.state = BEGIN;
	return MORE;
}

static int
read_begin(struct request *r, const struct input *in)
{
	if (!byte_is(in->head[r->p.at], BYTE_TOKEN))
		return 400;
	r->p.start = r->p.mark = r->p.at;
	r->p.state = METHOD;
	return MORE;
}

/* The request line is too long already. RFC 9112 section 3: a method longer
 * than any known is 501, and only a target is 414. */
static int
line_too_long(const struct request *r, const struct input *in)
{
	struct span m = r->method_text;

	if (r->p.state == METHOD ||
	    method_find(in->head + m.off, m.len) == METHOD_UNKNOWN)
		return 501;
	return 414;
}

static int
read_method(struct request *r, const struct input *in)
{
	uint32_t stop = bounded(in, r->p.start, in->limits->line);
	uint32_t at = skip(in->head, r->p.at, stop, BYTE_TOKEN);

	r->p.at = at;
	if (at == stop)
		return at == in->len ? MORE : line_too_long(r, in);
	r->method_text = span_of(r->p.mark, at);
	if (in->head[at] != ' ')
		return 400;
	r->p.at = r->p.mark = at + 1;
	r->p.state = TARGET;
	return MORE;
}

static int
read_target(struct request *r, const struct input *in)
{
	uint32_t stop = bounded(in, r->p.start, in->limits->line);
	uint32_t at = skip(in->head, r->p.at, stop, BYTE_TARGET);

	r->p.at = at;
	if (at == stop)
		return at == in->len ? MORE : line_too_long(r, in);
	if (in->head[at] != ' ' || at == r->p.mark)
		return 400;
	r->target = span_of(r->p.mark, at);
	r->p.at = r->p.mark = at + 1;
	r->p.state = VERSION;
	return MORE;
}

static int
read_version(struct request *r, const struct input *in)
{
	static const char shape[] = "HTTP/0.0", usual[] = "HTTP/1.1";
	uint32_t stop = bounded(in, r->p.start, in->limits->line);
	uint32_t i, at = r->p.at;

	if (at == r->p.mark && stop - at >= sizeof(usual) - 1 &&
	    memcmp(in->head + at, usual, sizeof(usual) - 1) == 0)
		at += sizeof(usual) - 1;
	for (; (i = at - r->p.mark) < sizeof(shape) - 1 && at < stop; at++)
		if (shape[i] == '0' ? !byte_is(in->head[at], BYTE_DIGIT)
				    : in->head[at] != shape[i])
			break;
	r->p.at = at;
	if (at == in->len)
		return MORE;
	if (i < sizeof(shape) - 1)
		return at == stop ? line_too_long(r, in) : 400;
	r->p.at++;
	if (in->head[at] == '\n')
		return line_done(r, in, at);
	r->p.state = LINE_LF;
	return in->head[at] == '\r' ? MORE : 400;
}

static int
read_line_lf(struct request *r, const struct input *in)
{
	if (in->head[r->p.at++] != '\n')
		return 400;
	return line_done(r, in, r->p.at - 2);
}

static int
read_field(struct request *r, const struct input *in)
{
	char c = in->head[r->p.at];

	if (c == '\r') {
		r->p.state = END_LF;
		r->p.at++;
		return MORE;
	}
	if (c == '\n') {
		r->p.at++;
		return head_done(r);
	}
	/* An empty name, or the obs-fold of RFC 9112 section 5.2. */
	if (!byte_is(c, BYTE_TOKEN))
		return 400;
	if (r->p.fields++ == in->limits->fields)
		return 431;
	r->p.mark = r->p.at;
	r->p.state = NAME;
	return MORE;
}

static int
read_name(struct request *r, const struct input *in)
{
	uint32_t stop = bounded(in, r->p.start, in->limits->head);
	uint32_t at = skip(in->head, r->p.at, stop, BYTE_TOKEN);

	r->p.at = at;
	if (at == stop)
		return at == in->len ? MORE : 431;
	if (in->head[at] != ':')
		return 400;
	r->p.name = request_field_find(in->head + r->p.mark, at - r->p.mark);
	r->p.at = at + 1;
	r->p.state = SPACE;
	return MORE;
}

static int
read_space(struct request *r, const struct input *in)
{
	uint32_t stop = bounded(in, r->p.start, in->limits->head);
	uint32_t at = r->p.at;

	while (at < stop && byte_is_space(in->head[at]))
		at++;
	r->p.at = at;
	if (at == stop)
		return at == in->len ? MORE : 431;
	r->p.mark = at;
	r->p.state = VALUE;
	return MORE;
}

static int
read_value(struct request *r, const struct input *in)
{
	uint32_t stop = bounded(in, r->p.start, in->limits->head);
	uint32_t at = skip(in->head, r->p.at, stop, BYTE_VALUE);

	r->p.at = at;
	if (at == stop)
		return at == in->len ? MORE : 431;
	r->p.at = at + 1;
	if (in->head[at] == '\n')
		return field_done(r, in, at);
	r->p.end = at;
	r->p.state = VALUE_LF;
	return in->head[at] == '\r' ? MORE : 400;
}

static int
read_value_lf(struct request *r, const struct input *in)
{
	if (r->p.at - r->p.start >= in->limits->head)
		return 431;
	if (in->head[r->p.at++] != '\n')
		return 400;
	return field_done(r, in, r->p.end);
}

static int
read_end_lf(struct request *r, const struct input *in)
{
	return in->head[r->p.at++] == '\n' ? head_done(r) : 400;
}

static int (*const readers[])(struct request *, const struct input *) = {
    [START] = read_start,
    [START_LF] = read_start_lf,
    [BEGIN] = read_begin,
    [METHOD] = read_method,
    [TARGET] = read_target,
    [VERSION] = read_version,
    [LINE_LF] = read_line_lf,
    [FIELD] = read_field,
    [NAME] = read_name,
    [SPACE] = read_space,
    [VALUE] = read_value,
    [VALUE_LF] = read_value_lf,
    [END_LF] = read_end_lf,
};

void
request_init(struct request *r)
{
	clear(r, sizeof(*r));
	r->content_length = -1;
	r->p.state = START;
}

int
request_parse(struct request *r, const char *head, size_t len,
    const struct request_limits *limits)
{
	struct input in = {head, (uint32_t)len, limits};

	/* The limits end any head long before that. */
	if (len > UINT32_MAX)
		in.len = UINT32_MAX;
	while (r->p.status == MORE && r->p.at < in.len)
		r->p.status = readers[r->p.state](r, &in);
	return r->p.status;
}

bool
request_has_body(const struct request *r)
{
	return r->chunked || r->content_length > 0;
}
