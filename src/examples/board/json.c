#include "json.h"

#include <stdint.h>
#include <string.h>

#include "text.h"

struct reader {
	struct json *j;
	char *begin, *at, *end;
};

static bool
fail(struct reader *r, const char *why)
{
	r->j->why = why;
	r->j->at = (size_t)(r->at - r->begin);
	return false;
}

static void
skip_blanks(struct reader *r)
{
	r->at += strspn(r->at, " \t\r\n");
}

/* Takes the byte if it comes next. */
static bool
take(struct reader *r, char c)
{
	if (*r->at != c)
		return false;
	r->at++;
	return true;
}

/* Four digits: a unit of UTF-16; -1: they are none. */
static long
read_unit(struct reader *r)
{
	const char *const digits = "0123456789abcdefABCDEF", *digit;
	long unit = 0;
	int i;

	for (i = 0; i < 4; i++, r->at++) {
		digit = *r->at != '\0' ? strchr(digits, *r->at) : NULL;
		if (digit == NULL)
			return -1;
		unit = unit * 16 + (digit - digits < 16 ? digit - digits
							: digit - digits - 6);
	}
	return unit;
}

/* Behind "\u": one unit, or the two of a pair. Returns where the text goes on;
 * NULL: it is no character. */
static char *
read_escaped_unit(struct reader *r, char *to, bool *has_nul)
{
	long unit = read_unit(r), low;

	if (unit >= 0xd800 && unit < 0xdc00) {
		if (!take(r, '\\') || !take(r, 'u'))
			return NULL;
		low = read_unit(r);
		if (low < 0xdc00 || low > 0xdfff)
			return NULL;
		unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
	} else if (unit < 0 || (unit >= 0xdc00 && unit <= 0xdfff)) {
		return NULL;
	}
	if (unit == 0)
		*has_nul = true;
	return to + text_encode(to, (uint32_t)unit);
}

/* Behind a backslash. Returns where the text goes on; NULL: it is no escape. */
static char *
read_escape(struct reader *r, char *to, bool *has_nul)
{
	static const char names[] = "\"\\/bfnrt", means[] = "\"\\/\b\f\n\r\t";
	const char *name = *r->at != '\0' ? strchr(names, *r->at) : NULL;

	if (take(r, 'u'))
		return read_escaped_unit(r, to, has_nul);
	if (name == NULL)
		return NULL;
	r->at++;
	*to = means[name - names];
	return to + 1;
}

/* Behind the first quote: takes the escapes out where it stands, which only
 * makes it shorter. NULL: it is no string. */
static const char *
read_string(struct reader *r, bool *has_nul)
{
	char *text = r->at, *to = r->at;
	size_t n;

	while (*r->at != '"') {
		if (take(r, '\\')) {
			to = read_escape(r, to, has_nul);
			if (to == NULL) {
				(void)fail(r, "no escape");
				return NULL;
			}
			continue;
		}
		n = (unsigned char)*r->at < 0x20 ? 0 : text_character(r->at);
		if (n == 0) {
			(void)fail(r, "no character of a string");
			return NULL;
		}
		memmove(to, r->at, n);
		to += n;
		r->at += n;
	}
	r->at++;
	*to = '\0';
	return text;
}

static bool
take_digits(struct reader *r)
{
	const size_t n = strspn(r->at, "0123456789");

	r->at += n;
	return n > 0;
}

static bool
read_number(struct reader *r)
{
	(void)take(r, '-');
	if (!take(r, '0') && !take_digits(r))
		return fail(r, "no value");
	if (take(r, '.') && !take_digits(r))
		return fail(r, "no digit");
	if (take(r, 'e') || take(r, 'E')) {
		if (!take(r, '+'))
			(void)take(r, '-');
		if (!take_digits(r))
			return fail(r, "no digit");
	}
	return true;
}

static bool
take_word(struct reader *r)
{
	static const char *const words[] = {"true", "false", "null"};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strncmp(r->at, words[i], strlen(words[i])) == 0) {
			r->at += strlen(words[i]);
			return true;
		}
	return false;
}

/* Which members a level has already is of interest at the first alone. */
static bool
keep(struct reader *r, const struct json_member *member)
{
	if (json_find(r->j, member->name) != NULL)
		return fail(r, "a name that was there before");
	if (r->j->count == JSON_MEMBERS)
		return fail(r, "more members than there may be");
	r->j->member[r->j->count++] = *member;
	return true;
}

/* What of an object or an array is open, from the outermost on. */
struct levels {
	char close[JSON_DEPTH];
	int depth;
};

/* A name and its colon, in an object. */
static bool
read_name(struct reader *r, struct json_member *member)
{
	skip_blanks(r);
	if (!take(r, '"'))
		return fail(r, "no name");
	member->name = read_string(r, &member->has_nul);
	if (member->name == NULL)
		return false;
	skip_blanks(r);
	return take(r, ':') || fail(r, "no colon");
}

/* A value, or the beginning of one that holds others. */
static bool
read_value(struct reader *r, struct levels *l, struct json_member *member)
{
	skip_blanks(r);
	if (*r->at == '{' || *r->at == '[') {
		if (l->depth == JSON_DEPTH)
			return fail(r, "deeper than it may be");
		l->close[l->depth++] = *r->at++ == '{' ? '}' : ']';
		return true;
	}
	if (take(r, '"')) {
		member->text = read_string(r, &member->has_nul);
		return member->text != NULL;
	}
	return take_word(r) || read_number(r);
}

/* Behind a value: closes what ends there. True: another value follows. */
static bool
goes_on(struct reader *r, struct levels *l)
{
	for (; l->depth > 0; l->depth--) {
		skip_blanks(r);
		if (take(r, ','))
			return true;
		if (!take(r, l->close[l->depth - 1]))
			return fail(r, "neither a comma nor an end");
	}
	return false;
}

/* The next value with its name, if it has one. */
static bool
read_member(struct reader *r, struct levels *l, struct json_member *member)
{
	const int depth = l->depth;

	memset(member, 0, sizeof(*member));
	if (l->close[depth - 1] == '}' && !read_name(r, member))
		return false;
	if (!read_value(r, l, member))
		return false;
	return depth > 1 || keep(r, member);
}

/* Has an object or array just begun that ends at once? */
static bool
is_empty(struct reader *r, struct levels *l, int depth)
{
	if (l->depth == depth)
		return false;
	skip_blanks(r);
	if (*r->at != l->close[l->depth - 1])
		return false;
	r->at++;
	l->depth--;
	return true;
}

static bool
read_object(struct reader *r)
{
	struct levels l = {{0}, 0};
	struct json_member member;
	int depth;

	skip_blanks(r);
	if (!take(r, '{'))
		return fail(r, "no object");
	l.close[l.depth++] = '}';
	if (is_empty(r, &l, 0))
		return true;
	do {
		do {
			depth = l.depth;
			if (!read_member(r, &l, &member))
				return false;
			/* What has just been opened has its first value. */
		} while (l.depth > depth && !is_empty(r, &l, depth));
	} while (goes_on(r, &l));
	return r->j->why == NULL;
}

int
json_read(struct json *j, char *bytes, size_t length)
{
	struct reader r;

	memset(j, 0, sizeof(*j));
	r = (struct reader){j, bytes, bytes, bytes + length};
	if (!read_object(&r))
		return -1;
	skip_blanks(&r);
	/* A NUL ends what is read above, and may not stand in it. */
	if (r.at != r.end)
		(void)fail(&r, "something behind it");
	return j->why == NULL ? 0 : -1;
}

const struct json_member *
json_find(const struct json *j, const char *name)
{
	int i;

	for (i = 0; i < j->count; i++)
		if (strcmp(j->member[i].name, name) == 0)
			return &j->member[i];
	return NULL;
}
