#include "http/request.h"

#include <string.h>

#include "http/bytes.h"

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

/* What has been seen, in p.seen. */
enum {
	SEEN_HOST = 1 << 0,
	SEEN_LENGTH = 1 << 1,
	SEEN_CODING = 1 << 2,
	SEEN_CLOSE = 1 << 3,
	SEEN_KEEP_ALIVE = 1 << 4,
	SEEN_CONTINUE = 1 << 5,
	SEEN_CODINGS = 1 << 6 /* others than chunked alone */
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

/* Fields: each has a way to be taken, called at the end of its line with
 * p.name the enum field. */

static int
take_kept(struct request *r, const char *head, struct span value)
{
	uint32_t bit = UINT32_C(1) << r->p.name;

	(void)head;
	if (r->field[r->p.name].off == 0 && (r->repeated & bit) == 0)
		r->field[r->p.name] = value;
	else
		r->repeated |= bit;
	return MORE;
}

static int
take_once(struct request *r, const char *head, struct span value)
{
	static const struct span none;

	(void)take_kept(r, head, value);
	if ((r->repeated & UINT32_C(1) << r->p.name) != 0)
		r->field[r->p.name] = none;
	return MORE;
}

static int
take_host(struct request *r, const char *head, struct span value)
{
	if ((r->p.seen & SEEN_HOST) != 0)
		return 400;
	r->p.seen |= SEEN_HOST;
	r->field[FIELD_HOST] = value;
	if (value.len != 0)
		return host_valid(head + value.off, value.len) ? MORE : 400;
	return r->minor == 1 && head[r->target.off] == '/' ? 400 : MORE;
}

static int
take_connection(struct request *r, const char *head, struct span value)
{
	struct list l = {head + value.off, head + value.off + value.len};
	const char *option;
	size_t len;

	while (list_next(&l, &option, &len)) {
		if (token_is(option, len, "close"))
			r->p.seen |= SEEN_CLOSE;
		else if (token_is(option, len, "keep-alive"))
			r->p.seen |= SEEN_KEEP_ALIVE;
	}
	return MORE;
}

static int
take_expect(struct request *r, const char *head, struct span value)
{
	struct list l = {head + value.off, head + value.off + value.len};
	const char *what;
	size_t len;

	while (list_next(&l, &what, &len))
		if (token_is(what, len, "100-continue"))
			r->p.seen |= SEEN_CONTINUE;
	return MORE;
}

static int
take_length(struct request *r, const char *head, struct span value)
{
	const char *text = head + value.off;
	int64_t n = 0;
	uint32_t i;

	if ((r->p.seen & (SEEN_LENGTH | SEEN_CODING)) != 0 || value.len == 0)
		return 400;
	r->p.seen |= SEEN_LENGTH;
	for (i = 0; i < value.len; i++) {
		if (!byte_is(text[i], BYTE_DIGIT) ||
		    n > (INT64_MAX - (text[i] - '0')) / 10)
			return 400;
		n = n * 10 + (text[i] - '0');
	}
	r->content_length = n;
	return MORE;
}

static int
take_coding(struct request *r, const char *head, struct span value)
{
	struct list l = {head + value.off, head + value.off + value.len};
	const char *coding;
	size_t len;

	/* RFC 9112 section 6.1: in HTTP/1.0 the framing is faulty. */
	if (r->minor == 0 || (r->p.seen & SEEN_LENGTH) != 0)
		return 400;
	/* Two lines are a list of two. */
	if ((r->p.seen & SEEN_CODING) != 0 ||
	    !token_is(head + value.off, value.len, "chunked"))
		r->p.seen |= SEEN_CODINGS;
	r->p.seen |= SEEN_CODING;
	while (list_next(&l, &coding, &len))
		r->chunked = token_is(coding, len, "chunked");
	return MORE;
}

struct field_name {
	const char *text;
	uint8_t len;
	uint8_t field; /* enum field, for the kept ones */
	int (*take)(struct request *, const char *, struct span);
};

/* One row per field, in any order. */
#define NAMED(text) text, sizeof(text) - 1
static const struct field_name fields[] = {
    {NAMED("host"), FIELD_HOST, take_host},
    {NAMED("range"), FIELD_RANGE, take_once},
    {NAMED("accept"), FIELD_ACCEPT, take_kept},
    {NAMED("origin"), FIELD_ORIGIN, take_kept},
    {NAMED("expect"), 0, take_expect},
    {NAMED("referer"), FIELD_REFERER, take_kept},
    {NAMED("if-range"), FIELD_IF_RANGE, take_kept},
    {NAMED("if-match"), FIELD_IF_MATCH, take_kept},
    {NAMED("user-agent"), FIELD_USER_AGENT, take_kept},
    {NAMED("connection"), 0, take_connection},
    {NAMED("if-none-match"), FIELD_IF_NONE_MATCH, take_kept},
    {NAMED("authorization"), FIELD_AUTHORIZATION, take_once},
    {NAMED("content-length"), 0, take_length},
    {NAMED("accept-encoding"), FIELD_ACCEPT_ENCODING, take_once},
    {NAMED("if-modified-since"), FIELD_IF_MODIFIED_SINCE, take_kept},
    {NAMED("transfer-encoding"), 0, take_coding},
    {NAMED("if-unmodified-since"), FIELD_IF_UNMODIFIED_SINCE, take_kept},
    {NAMED(""), 0, NULL},
};

/* The last row: a name that is none of ours. */
enum { NAME_OTHER = sizeof(fields) / sizeof(fields[0]) - 1 };

/* The index in fields of a name. */
static uint8_t
field_find(const char *text, uint32_t len)
{
	int i;

	for (i = 0; i < NAME_OTHER; i++)
		if (fields[i].len == len && token_is(text, len, fields[i].text))
			break;
	return (uint8_t)i;
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
	const struct field_name *f = &fields[r->p.name];

	while (end > r->p.mark && byte_is_space(in->head[end - 1]))
		end--;
	r->p.state = FIELD;
	if (f->take == NULL)
		return MORE;
	r->p.name = f->field;
	return f->take(r, in->head, span_of(r->p.mark, end));
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
	r->p.name = field_find(in->head + r->p.mark, at - r->p.mark);
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
	memset(r, 0, sizeof(*r));
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

/* What a first line is without a method of the usual form: HTTP if it is any
 * token, a space, and later in it " HTTP/". */
static enum greeting
look_at_line(const char *data, size_t len)
{
	static const char version[] = " HTTP/";
	const size_t n = sizeof(version) - 1;
	const char *end = memchr(data, '\n', len);
	size_t i = 0, stop = end != NULL ? (size_t)(end - data) : len;
	bool whole = end != NULL || len == GREETING_BYTES;

	while (i < stop && byte_is(data[i], BYTE_TOKEN))
		i++;
	if (i == stop && i > 0 && !whole)
		return GREETING_WORD;
	if (i == 0 || i == stop || data[i] != ' ')
		return GREETING_ECHO;
	for (; i + n <= stop; i++)
		if (memcmp(data + i, version, n) == 0)
			return GREETING_HTTP;
	return whole ? GREETING_ECHO : GREETING_LINE;
}

enum greeting
greeting_look(const char *data, size_t len)
{
	size_t i;

	if (len > GREETING_BYTES)
		len = GREETING_BYTES;
	for (i = 0; i < len && i <= GREETING_METHOD; i++) {
		char c = data[i];

		if (c == ' ' && i > 0)
			return GREETING_HTTP;
		/* VERSION-CONTROL is a method too. */
		if (i == GREETING_METHOD ||
		    !((c >= 'A' && c <= 'Z') || (c == '-' && i > 0)))
			return look_at_line(data, len);
	}
	return GREETING_OPEN;
}
