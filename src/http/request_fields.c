#include "request_fields.h"

#include "http/bytes.h"

static int
take_kept(struct request *r, const char *head, struct span value)
{
	uint32_t bit = UINT32_C(1) << r->p.name;

	(void)head;
	if ((r->kept & bit) != 0)
		r->repeated |= bit;
	else
		r->field[r->p.name] = value;
	r->kept |= bit;
	return 0;
}

static int
take_once(struct request *r, const char *head, struct span value)
{
	static const struct span none;

	(void)take_kept(r, head, value);
	if ((r->repeated & UINT32_C(1) << r->p.name) != 0)
		r->field[r->p.name] = none;
	return 0;
}

static int
take_host(struct request *r, const char *head, struct span value)
{
	if ((r->p.seen & SEEN_HOST) != 0)
		return 400;
	r->p.seen |= SEEN_HOST;
	r->field[FIELD_HOST] = value;
	if (value.len != 0)
		return host_valid(head + value.off, value.len) ? 0 : 400;
	return r->minor == 1 && head[r->target.off] == '/' ? 400 : 0;
}

static struct list
list_of(const char *head, struct span value)
{
	return (struct list){head + value.off, head + value.off + value.len};
}

static int
take_connection(struct request *r, const char *head, struct span value)
{
	struct list l = list_of(head, value);
	const char *option;
	size_t len;

	while (list_next(&l, &option, &len)) {
		if (token_is(option, len, "close"))
			r->p.seen |= SEEN_CLOSE;
		else if (token_is(option, len, "keep-alive"))
			r->p.seen |= SEEN_KEEP_ALIVE;
	}
	return 0;
}

static int
take_expect(struct request *r, const char *head, struct span value)
{
	struct list l = list_of(head, value);
	const char *what;
	size_t len;

	while (list_next(&l, &what, &len))
		if (token_is(what, len, "100-continue"))
			r->p.seen |= SEEN_CONTINUE;
	return 0;
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
	return 0;
}

static int
take_coding(struct request *r, const char *head, struct span value)
{
	struct list l = list_of(head, value);
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
	return 0;
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

/* The last row: a name that is none of these. */
enum { NAME_OTHER = sizeof(fields) / sizeof(fields[0]) - 1 };

uint8_t
request_field_find(const char *text, uint32_t len)
{
	int i;

	for (i = 0; i < NAME_OTHER; i++)
		if (fields[i].len == len && token_is(text, len, fields[i].text))
			break;
	return (uint8_t)i;
}

int
request_field_take(struct request *r, const char *head, struct span value)
{
	const struct field_name *f = &fields[r->p.name];

	if (f->take == NULL)
		return 0;
	r->p.name = f->field;
	return f->take(r, head, value);
}
