#include "http/form.h"

#include <string.h>

#include "http/bytes.h"

size_t
form_count(const char *text, size_t len, char c)
{
	const char *at = text, *end = text + len;
	size_t n = 0;

	while (len > 0 && (at = memchr(at, c, (size_t)(end - at))) != NULL) {
		n++;
		at++;
	}
	return n;
}

long
form_decode(char *text, size_t len, bool plus)
{
	size_t at = 0, to = 0;
	int high, low;
	char c;

	while (at < len) {
		c = text[at++];
		if (c == '+' && plus)
			c = ' ';
		if (c == '%') {
			if (len - at < 2)
				return -1;
			high = byte_hex(text[at]);
			low = byte_hex(text[at + 1]);
			if (high < 0 || low < 0)
				return -1;
			c = (char)(high << 4 | low);
			at += 2;
		}
		if (c == '\0')
			return -1;
		text[to++] = c;
	}
	text[to] = '\0';
	return (long)to;
}

/* Lengths to a byte, or to the end. */
static size_t
until(const char *text, size_t len, char c)
{
	const char *end = memchr(text, c, len);

	return end != NULL ? (size_t)(end - text) : len;
}

static void
set(struct pf_part *part, const char *name, const char *value, size_t len)
{
	static const struct pf_part none;

	*part = none;
	part->name = name;
	part->value = value;
	part->length = len;
}

int
form_pairs(struct pf_part *part, int max, char *text, size_t len)
{
	size_t at, next, end;
	long name, value;
	int n = 0;

	for (at = 0; at < len; at = next + 1) {
		next = at + until(text + at, len - at, '&');
		if (next == at)
			continue;
		end = at + until(text + at, next - at, '=');
		value = end < next
			    ? form_decode(text + end + 1, next - end - 1, true)
			    : 0;
		name = form_decode(text + at, end - at, true);
		if (name < 0 || value < 0 || n == max)
			return -1;
		/* Without a '=' it is the end of the name. */
		set(&part[n++], text + at,
		    end < next ? text + end + 1 : text + at + name,
		    (size_t)value);
	}
	return n;
}

/* Moves both ends of text[*at..*end) over space. */
static void
trim(const char *text, size_t *at, size_t *end)
{
	while (*at < *end && byte_is_space(text[*at]))
		++*at;
	while (*end > *at && byte_is_space(text[*end - 1]))
		--*end;
}

/* Decodes if all of it can be; else it is what it was. */
static size_t
decode_if(char *text, size_t len)
{
	size_t i;

	text[len] = '\0';
	for (i = 0; i < len; i++)
		if (text[i] == '\0' ||
		    (text[i] == '%' &&
			(len - i < 3 || byte_hex(text[i + 1]) < 0 ||
			    byte_hex(text[i + 2]) < 0 ||
			    memcmp(text + i, "%00", 3) == 0)))
			return len;
	return (size_t)form_decode(text, len, false);
}

int
form_cookies(struct pf_part *part, int max, char *text, size_t len)
{
	size_t at, next, from, name_end, value, end;
	int n = 0;

	for (at = 0; at < len; at = next + 1) {
		next = at + until(text + at, len - at, ';');
		from = at;
		name_end = at + until(text + at, next - at, '=');
		value = name_end + 1;
		end = next;
		if (name_end == next)
			continue;
		trim(text, &from, &name_end);
		trim(text, &value, &end);
		if (end - value > 1 && text[value] == '"' &&
		    text[end - 1] == '"') {
			value++;
			end--;
		}
		if (from == name_end)
			continue;
		if (n == max)
			return -1;
		text[name_end] = '\0';
		set(&part[n++], text + from, text + value,
		    decode_if(text + value, end - value));
	}
	return n;
}

int
form_fields(struct pf_part *part, int max, char *text, size_t len)
{
	size_t at = 0, next, colon, value, end;
	int n = 0;

	/* An empty line may stand before the request's own. */
	do {
		next = at + until(text + at, len - at, '\n');
		end = next - at;
		at = next + 1;
	} while (at < len && end <= 1);
	for (; at < len && n < max; at = next + 1) {
		next = at + until(text + at, len - at, '\n');
		end = next > at && text[next - 1] == '\r' ? next - 1 : next;
		colon = at + until(text + at, end - at, ':');
		if (colon == end)
			continue;
		value = colon + 1;
		trim(text, &value, &end);
		text[colon] = '\0';
		text[end] = '\0';
		set(&part[n++], text + at, text + value, end - value);
	}
	return n;
}

bool
form_is(const char *value, const char *type)
{
	size_t len = strcspn(value, " \t;");

	return len == strlen(type) && token_is(value, len, type);
}

/* Finds a parameter (RFC 9110 section 5.6.6) of a field's value: where it is,
 * without quotes, and its length. NULL: it is not there. */
static char *
parameter(char *value, const char *name, size_t *len)
{
	char *at = value + strcspn(value, ";"), *word;
	size_t word_len;
	bool quoted;

	while (*at != '\0') {
		word = at += strspn(at, "; \t");
		word_len = strcspn(at, "=;");
		at += word_len;
		if (*at != '=')
			continue;
		quoted = *++at == '"';
		at += quoted;
		*len = quoted ? 0 : strcspn(at, "; \t");
		/* Of a '\' alone nothing is quoted: it is one of a path. */
		while (quoted && at[*len] != '\0' && at[*len] != '"')
			*len += at[*len] == '\\' && at[*len + 1] == '"' ? 2 : 1;
		if (token_is(word, word_len, name))
			return at;
		at += *len;
		at += quoted && *at == '"';
	}
	return NULL;
}

/* Ends what parameter() has found, and takes the quoting out of it. */
static const char *
unquote(char *value, size_t len)
{
	size_t i, to = 0;

	for (i = 0; value != NULL && i < len; i++) {
		if (value[i] == '\\' && i + 1 < len && value[i + 1] == '"')
			i++;
		value[to++] = value[i];
	}
	if (value != NULL)
		value[to] = '\0';
	return value;
}

int
form_boundary(char boundary[BOUNDARY_BYTES + 3], const char *type)
{
	char copy[512], *value;
	size_t len = 0;

	if (!form_is(type, "multipart/form-data"))
		return 0;
	if (strlen(type) >= sizeof(copy))
		return -1;
	memcpy(copy, type, strlen(type) + 1);
	value = parameter(copy, "boundary", &len);
	if (value == NULL || len == 0 || len > BOUNDARY_BYTES)
		return -1;
	memcpy(boundary, "--", 2);
	value[len] = '\0';
	memcpy(boundary + 2, value, len + 1);
	return (int)len + 2;
}

/* The offset of the next line that begins with the boundary, from `at` on,
 * where a line begins; len: there is none. */
static size_t
find(const char *text, size_t at, size_t len, const char *boundary)
{
	const size_t n = strlen(boundary);

	for (; at < len; at++) {
		if (len - at >= n && memcmp(text + at, boundary, n) == 0)
			return at;
		at += until(text + at, len - at, '\n');
	}
	return len;
}

/* Content-Disposition of a part (RFC 7578 section 4.2). */
static void
read_disposition(struct pf_part *part, char *value)
{
	size_t name_len = 0, file_len = 0;
	char *name = parameter(value, "name", &name_len);
	char *file = parameter(value, "filename", &file_len);

	part->name = unquote(name, name_len);
	part->filename = unquote(file, file_len);
}

/* Reads the head of a part in text[at..end). Returns where its value begins;
 * 0: it has no name, or no end. */
static size_t
read_head(struct pf_part *part, char *text, size_t at, size_t end)
{
	char *line, *value;
	size_t next, len;

	set(part, NULL, NULL, 0);
	for (;; at = next + 1) {
		next = at + until(text + at, end - at, '\n');
		if (next == end)
			return 0;
		line = text + at;
		len = next - at;
		if (len > 0 && line[len - 1] == '\r')
			len--;
		if (len == 0)
			return part->name != NULL ? next + 1 : 0;
		line[len] = '\0';
		if (strlen(line) != len)
			return 0;
		len = until(line, len, ':');
		if (line[len] == '\0')
			return 0;
		value = line + len + 1;
		value += strspn(value, " \t");
		if (token_is(line, len, "content-type"))
			part->type = value;
		else if (token_is(line, len, "content-disposition") &&
			 form_is(value, "form-data"))
			read_disposition(part, value);
	}
}

int
form_parts(
    struct pf_part *part, int max, char *text, size_t len, const char *boundary)
{
	const size_t n = strlen(boundary);
	size_t at = find(text, 0, len, boundary), head, next, end;
	int count = 0;

	for (;;) {
		at += n;
		if (at >= len)
			return -1;
		if (len - at >= 2 && memcmp(text + at, "--", 2) == 0)
			return count;
		head = at + until(text + at, len - at, '\n') + 1;
		if (head > len || count == max)
			return -1;
		next = find(text, head, len, boundary);
		if (next == len)
			return -1;
		/* The line's end before the boundary belongs to that. */
		at = read_head(&part[count], text, head, next);
		end = next - 1;
		if (end > at && text[end - 1] == '\r')
			end--;
		if (at == 0 || end < at)
			return -1;
		part[count].value = text + at;
		part[count].length = end - at;
		text[end] = '\0';
		count++;
		at = next;
	}
}
