#include "http/field.h"

#include <string.h>

#include "http/bytes.h"

/* Fields that only the server can set rightly. */
static const char *const reserved[] = {
    "accept-ranges",
    "allow",
    "connection",
    "content-encoding",
    "content-length",
    "content-range",
    "content-type",
    "date",
    "etag",
    "keep-alive",
    "last-modified",
    "location",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
};

static bool
is_value(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (!byte_is(text[i], BYTE_VALUE))
			return false;
	return len > 0;
}

bool
field_value_valid(const char *text)
{
	return is_value(text, strlen(text)) && !byte_is_space(text[0]) &&
	       !byte_is_space(text[strlen(text) - 1]);
}

bool
field_line_is(const struct field_line *f, const char *name)
{
	return token_is(f->name, f->name_len, name);
}

bool
field_line_parse(struct field_line *f, const char *line)
{
	const char *p = line, *end = line + strlen(line);
	size_t i;

	while (byte_is(*p, BYTE_TOKEN))
		p++;
	f->name = line;
	f->name_len = (size_t)(p - line);
	if (f->name_len == 0 || *p++ != ':')
		return false;
	while (byte_is_space(*p))
		p++;
	while (end > p && byte_is_space(end[-1]))
		end--;
	f->value = p;
	f->value_len = (size_t)(end - p);
	if (!is_value(f->value, f->value_len))
		return false;
	for (i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
		if (field_line_is(f, reserved[i]))
			return false;
	return true;
}
