#include "json.h"

#include <stddef.h>
#include <string.h>

enum { VALUE_BYTES = 256, WHERE_BYTES = 128, DEPTH_MAX = 8 };

struct reader {
	const char *at; /* NULL: it is no JSON */
	json_found *found;
	void *own;
	int depth;
	char where[WHERE_BYTES];
	char value[VALUE_BYTES];
};

static void read_value(struct reader *r);

static void
skip_blanks(struct reader *r)
{
	if (r->at != NULL)
		r->at += strspn(r->at, " \t\r\n");
}

/* Does the byte come next? Then it is passed. */
static bool
take(struct reader *r, char c)
{
	skip_blanks(r);
	if (r->at == NULL || *r->at != c)
		return false;
	r->at++;
	return true;
}

static void
expect(struct reader *r, char c)
{
	if (!take(r, c))
		r->at = NULL;
}

/* What follows the quotation mark, into value. */
static void
read_string(struct reader *r)
{
	size_t len = 0;

	for (; *r->at != '"'; r->at++) {
		if (*r->at == '\\')
			r->at++;
		if (*r->at == '\0') {
			r->at = NULL;
			return;
		}
		if (len < VALUE_BYTES - 1)
			r->value[len++] = r->at[-1] == '\\' ? '?' : *r->at;
	}
	r->at++;
	r->value[len] = '\0';
}

static void
read_word(struct reader *r)
{
	const size_t len = strcspn(r->at, ",]} \t\r\n");

	if (len == 0 || len >= VALUE_BYTES) {
		r->at = NULL;
		return;
	}
	memcpy(r->value, r->at, len);
	r->value[len] = '\0';
	r->at += len;
}

static void
read_member(struct reader *r)
{
	const size_t before = strlen(r->where);
	size_t len;

	if (!take(r, '"')) {
		r->at = NULL;
		return;
	}
	read_string(r);
	expect(r, ':');
	if (r->at == NULL)
		return;
	len = strlen(r->value);
	if (before + len + 2 > WHERE_BYTES) {
		r->at = NULL;
		return;
	}
	if (before > 0)
		r->where[before] = '.';
	memcpy(r->where + before + (before > 0), r->value, len + 1);
	read_value(r);
	r->where[before] = '\0';
}

static void
read_element(struct reader *r)
{
	r->found(r->own, r->where, NULL);
	read_value(r);
}

static void
read_many(struct reader *r, char end, void (*one)(struct reader *r))
{
	if (++r->depth > DEPTH_MAX)
		r->at = NULL;
	if (!take(r, end)) {
		do
			one(r);
		while (take(r, ','));
		expect(r, end);
	}
	r->depth--;
}

static void
read_value(struct reader *r)
{
	if (take(r, '{')) {
		read_many(r, '}', read_member);
	} else if (take(r, '[')) {
		read_many(r, ']', read_element);
	} else {
		if (take(r, '"'))
			read_string(r);
		else if (r->at != NULL)
			read_word(r);
		if (r->at != NULL)
			r->found(r->own, r->where, r->value);
	}
}

bool
json_read(const char *text, json_found *found, void *own)
{
	struct reader r = {.at = text, .found = found, .own = own};

	read_value(&r);
	skip_blanks(&r);
	return r.at != NULL && *r.at == '\0';
}
