#include "http/accept.h"

#include <string.h>

#include "http/bytes.h"

struct coding_text {
	const char *name;
	const char *suffix;
};

static const struct coding_text codings[CODING_COUNT] = {
    [CODING_IDENTITY] = {"identity", ""},
    [CODING_GZIP] = {"gzip", ".gz"},
    [CODING_BROTLI] = {"br", ".br"},
    [CODING_ZSTD] = {"zstd", ".zst"},
};

const char *
coding_name(enum coding c)
{
	return codings[c].name;
}

const char *
coding_suffix(enum coding c)
{
	return codings[c].suffix;
}

/* Not mentioned, as opposed to refused. */
enum { UNSET = -1 };

/* Reads "token [ OWS ; OWS q=0.5 ]"; the token is text[0..*name_len). Returns
 * the weight, or -1 if it is something else. */
static int
element(const char *text, size_t len, size_t *name_len)
{
	size_t i = 0;

	while (i < len && byte_is(text[i], BYTE_TOKEN))
		i++;
	*name_len = i;
	if (i == 0)
		return -1;
	if (i == len)
		return 1000;
	while (i < len && byte_is_space(text[i]))
		i++;
	if (i == len || text[i++] != ';')
		return -1;
	while (i < len && byte_is_space(text[i]))
		i++;
	if (len - i < 2 || (text[i] | 0x20) != 'q' || text[i + 1] != '=')
		return -1;
	return qvalue_parse(text + i + 2, len - i - 2);
}

/* Where in weight[] the name stands, CODING_COUNT for "*", -1 for others. */
static int
coding_find(const char *name, size_t len)
{
	int c;

	if (len == 1 && *name == '*')
		return CODING_COUNT;
	/* RFC 9110 section 8.4.1.3. */
	if (token_is(name, len, "x-gzip"))
		return CODING_GZIP;
	for (c = 0; c < CODING_COUNT; c++)
		if (token_is(name, len, codings[c].name))
			return c;
	return -1;
}

static void
only_identity(int weight[CODING_COUNT])
{
	int c;

	for (c = 0; c < CODING_COUNT; c++)
		weight[c] = c == CODING_IDENTITY ? 1000 : 0;
}

void
accept_codings(int weight[CODING_COUNT], const char *value, size_t len)
{
	int c, q, given[CODING_COUNT + 1], any = 0;
	struct list l = {value, value};
	const char *text;
	size_t text_len, name_len;

	only_identity(weight);
	if (value == NULL)
		return;
	l.end += len;
	for (c = 0; c <= CODING_COUNT; c++)
		given[c] = UNSET;
	while (list_next(&l, &text, &text_len)) {
		q = element(text, text_len, &name_len);
		if (q < 0)
			return;
		any = 1;
		c = coding_find(text, name_len);
		/* Named twice: what refuses more holds. */
		if (c >= 0 && (given[c] == UNSET || q < given[c]))
			given[c] = q;
	}
	if (!any)
		return;
	for (c = 0; c < CODING_COUNT; c++) {
		weight[c] = c == CODING_IDENTITY ? 1 : 0;
		if (given[CODING_COUNT] != UNSET)
			weight[c] = given[CODING_COUNT];
		if (given[c] != UNSET)
			weight[c] = given[c];
	}
}

/* How much an Accept value wants one media type: by the most specific range
 * that covers it (RFC 9110 section 12.5.1). */
struct wish {
	const char *type, *subtype;
	int specific; /* 0: nothing yet, 1: any, 2: any of the type, 3: it */
	int q;
};

static void
consider(struct wish *w, const char *type, size_t type_len, const char *sub,
    size_t sub_len, int q)
{
	bool any_type = type_len == 1 && *type == '*';
	bool any_sub = sub_len == 1 && *sub == '*';
	int specific;

	if (any_type && any_sub)
		specific = 1;
	else if (!token_is(type, type_len, w->type))
		return;
	else if (any_sub)
		specific = 2;
	else if (token_is(sub, sub_len, w->subtype))
		specific = 3;
	else
		return;
	if (specific >= w->specific) {
		w->specific = specific;
		w->q = q;
	}
}

static const char *
skip_space(const char *at, const char *end)
{
	while (at < end && byte_is_space(*at))
		at++;
	return at;
}

static const char *
skip_token(const char *at, const char *end)
{
	while (at < end && byte_is(*at, BYTE_TOKEN))
		at++;
	return at;
}

/* Skips a token or a quoted string; NULL if it does not end. */
static const char *
skip_value(const char *at, const char *end)
{
	if (at == end || *at != '"')
		return skip_token(at, end);
	for (at++; at < end && *at != '"'; at++)
		if (*at == '\\' && at + 1 < end)
			at++;
	return at < end ? at + 1 : NULL;
}

/* Reads parameters up to a comma or the end; the weight among them, if any,
 * into *q. NULL if they are broken. */
static const char *
parameters(const char *at, const char *end, int *q)
{
	const char *name, *value;

	for (at = skip_space(at, end); at < end && *at == ';';
	     at = skip_space(at, end)) {
		name = at = skip_space(at + 1, end);
		at = skip_token(at, end);
		if (at == name || at == end || *at != '=')
			return NULL;
		value = at + 1;
		at = skip_value(value, end);
		if (at == NULL)
			return NULL;
		if (token_is(name, (size_t)(value - 1 - name), "q"))
			*q = qvalue_parse(value, (size_t)(at - value));
		if (*q < 0)
			return NULL;
	}
	return at == end || *at == ',' ? at : NULL;
}

bool
accept_prefers_json(const char *value, size_t len)
{
	struct wish json = {"application", "json", 0, 0};
	struct wish html = {"text", "html", 0, 0};
	const char *type, *slash, *sub_end, *at = value, *end;
	int q;

	if (value == NULL)
		return false;
	for (end = value + len;; at++) {
		type = at = skip_space(at, end);
		slash = skip_token(type, end);
		if (slash > type) {
			if (slash == end || *slash != '/')
				return false;
			sub_end = skip_token(slash + 1, end);
			q = 1000;
			at = parameters(sub_end, end, &q);
			if (at == NULL)
				return false;
			consider(&json, type, (size_t)(slash - type), slash + 1,
			    (size_t)(sub_end - slash - 1), q);
			consider(&html, type, (size_t)(slash - type), slash + 1,
			    (size_t)(sub_end - slash - 1), q);
		}
		if (at == end)
			break;
		if (*at != ',')
			return false;
	}
	/* A client that names JSON and would take anything wants JSON. */
	return json.q > html.q || (json.q == html.q && json.q > 0 &&
				      json.specific > html.specific);
}
