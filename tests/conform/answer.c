#include "answer.h"

#include <string.h>
#include <strings.h>

bool
byte_is_token(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') ||
	       (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static bool
is_space(char c)
{
	return c == ' ' || c == '\t';
}

static struct text
text_of(const char *at, const char *end)
{
	struct text t = {at, (size_t)(end - at)};

	return t;
}

static struct text
trimmed(struct text t)
{
	while (t.len > 0 && is_space(t.at[0]))
		t.at++, t.len--;
	while (t.len > 0 && is_space(t.at[t.len - 1]))
		t.len--;
	return t;
}

bool
text_is(struct text t, const char *string)
{
	return t.at != NULL && strlen(string) == t.len &&
	       strncasecmp(t.at, string, t.len) == 0;
}

bool
text_next(struct text *rest, struct text *element)
{
	const char *comma;

	if (rest->at == NULL)
		return false;
	comma = memchr(rest->at, ',', rest->len);
	if (comma == NULL) {
		*element = trimmed(*rest);
		rest->at = NULL;
		return true;
	}
	*element = trimmed(text_of(rest->at, comma));
	*rest = text_of(comma + 1, rest->at + rest->len);
	return true;
}

bool
text_lists(struct text t, const char *token)
{
	struct text element;

	while (text_next(&t, &element))
		if (text_is(element, token))
			return true;
	return false;
}

int64_t
text_number(struct text t)
{
	int64_t n = 0;
	size_t i;

	if (t.at == NULL || t.len == 0 || t.len > 18)
		return -1;
	for (i = 0; i < t.len; i++) {
		if (t.at[i] < '0' || t.at[i] > '9')
			return -1;
		n = n * 10 + (t.at[i] - '0');
	}
	return n;
}

struct text
answer_field(const struct answer *a, const char *name)
{
	static const struct text none;
	int i;

	for (i = 0; i < a->fields; i++)
		if (text_is(a->field[i].name, name))
			return a->field[i].value;
	return none;
}

bool
answer_closes(const struct answer *a)
{
	struct text options = answer_field(a, "Connection");

	return a->until_end || text_lists(options, "close") ||
	       ((a->to_old || a->minor == 0) &&
		   !text_lists(options, "keep-alive"));
}

/* The line at *at without its end, behind which *at is moved. False if it is
 * not whole. */
static bool
next_line(struct answer *a, const char **at, const char *end, struct text *line)
{
	const char *lf = memchr(*at, '\n', (size_t)(end - *at));

	if (lf == NULL)
		return false;
	*line = text_of(*at, lf);
	*at = lf + 1;
	if (line->len > 0 && lf[-1] == '\r')
		line->len--;
	else
		a->faults |= FAULT_FIELD;
	if (memchr(line->at, '\r', line->len) != NULL)
		a->faults |= FAULT_CR;
	return true;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* RFC 9112 section 4. */
static bool
read_status(struct answer *a, struct text line)
{
	const char *p = line.at;

	if (line.len < 12 || memcmp(p, "HTTP/", 5) != 0 || !is_digit(p[5]) ||
	    p[6] != '.' || !is_digit(p[7]) || p[8] != ' ' || !is_digit(p[9]) ||
	    !is_digit(p[10]) || !is_digit(p[11]))
		return false;
	a->major = p[5] - '0';
	a->minor = p[7] - '0';
	a->status = (p[9] - '0') * 100 + (p[10] - '0') * 10 + (p[11] - '0');
	if (line.len == 12 || p[12] != ' ')
		a->faults |= FAULT_SPACE;
	if (a->status < 100 || a->status > 599)
		a->faults |= FAULT_LINE;
	return true;
}

/* RFC 9112 section 5. */
static void
read_field(struct answer *a, struct text line)
{
	size_t n = 0, i;
	struct field *f;

	if (is_space(line.at[0])) {
		a->faults |= FAULT_FOLD;
		return;
	}
	while (n < line.len && byte_is_token(line.at[n]))
		n++;
	if (n == 0 || n == line.len || line.at[n] != ':') {
		a->faults |= FAULT_FIELD;
		return;
	}
	for (i = n; i < line.len; i++)
		if ((unsigned char)line.at[i] < ' ' && line.at[i] != '\t')
			a->faults |= FAULT_FIELD;
	if (a->fields == ANSWER_FIELDS)
		return;
	f = &a->field[a->fields++];
	f->name = text_of(line.at, line.at + n);
	f->value = trimmed(text_of(line.at + n + 1, line.at + line.len));
}

/* Up to the empty line. */
static enum answer_state
read_head(struct answer *a, const char *data, size_t len)
{
	const char *at = data, *end = data + len;
	struct text line;

	if (!next_line(a, &at, end, &line))
		return ANSWER_MORE;
	if (!read_status(a, line)) {
		a->faults |= FAULT_LINE;
		return ANSWER_BAD;
	}
	for (;;) {
		if (!next_line(a, &at, end, &line))
			return ANSWER_MORE;
		if (line.len == 0)
			break;
		read_field(a, line);
	}
	a->head = text_of(data, at);
	a->used = a->head.len;
	return ANSWER_DONE;
}

static int
hex(char c)
{
	static const char digits[] = "0123456789abcdefABCDEF";
	const char *p = c != '\0' ? strchr(digits, c) : NULL;
	int n;

	if (p == NULL)
		return -1;
	n = (int)(p - digits);
	return n < 16 ? n : n - 6;
}

/* The head of a chunk: its size, or -1 if it is none. */
static int64_t
chunk_size(struct text line)
{
	int64_t n = 0;
	size_t i;
	int digit;

	for (i = 0; i < line.len; i++) {
		digit = hex(line.at[i]);
		if (digit < 0)
			break;
		if (n > INT64_MAX >> 4)
			return -1;
		n = n * 16 + digit;
	}
	return i == 0 || (i < line.len && line.at[i] != ';') ? -1 : n;
}

/* Walks over the chunks, and puts them together at `to` if that is not NULL,
 * once all of them are there. */
static enum answer_state
read_chunks(struct answer *a, char *data, size_t len, char *to)
{
	const char *at = data, *end = data + len;
	struct text line;
	int64_t size;

	do {
		if (!next_line(a, &at, end, &line))
			return ANSWER_MORE;
		size = chunk_size(line);
		if (size < 0) {
			a->faults |= FAULT_CHUNK;
			return ANSWER_BAD;
		}
		if (size > end - at)
			return ANSWER_MORE;
		if (to != NULL) {
			memmove(to, at, (size_t)size);
			to += size;
			a->content.len += (size_t)size;
		}
		at += size;
		if (size > 0 && !next_line(a, &at, end, &line))
			return ANSWER_MORE;
	} while (size > 0);
	do
		if (!next_line(a, &at, end, &line))
			return ANSWER_MORE;
	while (line.len > 0);
	if (to == NULL)
		return read_chunks(a, data, len, data);
	a->used += (size_t)(at - data);
	return ANSWER_DONE;
}

/* RFC 9112 section 6.3. */
static enum answer_state
read_content(struct answer *a, char *data, size_t len, bool end)
{
	struct text length = answer_field(a, "Content-Length");
	int64_t n = text_number(length);

	a->content.at = data;
	a->content.len = 0;
	if (length.at != NULL && n < 0)
		a->faults |= FAULT_LENGTH;
	if (a->to_head || a->status < 200 || a->status == 204 ||
	    a->status == 304)
		return ANSWER_DONE;
	if (text_lists(answer_field(a, "Transfer-Encoding"), "chunked"))
		return read_chunks(a, data, len, NULL);
	a->until_end = n < 0;
	if (n >= 0 ? len < (uint64_t)n : !end) {
		if (!end)
			return ANSWER_MORE;
		a->faults |= FAULT_SHORT;
	}
	a->content.len = n >= 0 && len >= (uint64_t)n ? (size_t)n : len;
	a->used += a->content.len;
	return ANSWER_DONE;
}

enum answer_state
answer_read(struct answer *a, char *data, size_t len, bool end)
{
	struct answer fresh = {.to_head = a->to_head, .to_old = a->to_old};
	enum answer_state state;

	*a = fresh;
	state = read_head(a, data, len);
	if (state == ANSWER_DONE)
		state = read_content(a, data + a->used, len - a->used, end);
	if (state == ANSWER_MORE && end) {
		a->faults |= FAULT_SHORT;
		state = ANSWER_BAD;
	}
	return state;
}
