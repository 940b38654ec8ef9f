#include "http/media.h"

#include <string.h>

#include "http/bytes.h"

enum { EXTENSION_BYTES = 64 };

/* How text is marked in the built-in table. */
static const char built_in[] = "; charset=utf-8";

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/* Takes the next word of a line: up to white space or a comment. */
static bool
word_next(const char **at, const char *end, const char **word, size_t *len)
{
	while (*at < end && (byte_is_space(**at) || **at == '\r'))
		++*at;
	*word = *at;
	while (*at < end && !byte_is_space(**at) && **at != '\r' && **at != '#')
		++*at;
	*len = (size_t)(*at - *word);
	return *len > 0;
}

/* type "/" subtype, both tokens. */
static bool
is_type(const char *text, size_t len)
{
	size_t i, slash = len;

	for (i = 0; i < len; i++)
		if (text[i] == '/' && slash == len)
			slash = i;
		else if (!byte_is(text[i], BYTE_TOKEN))
			return false;
	return slash > 0 && slash + 1 < len;
}

static bool
is_text(const char *type, size_t len)
{
	return len > 5 && token_is(type, 5, "text/");
}

static void
add_charset(struct out *type, const char *charset)
{
	if (charset == NULL)
		return;
	out_text(type, "; charset=");
	out_text(type, charset);
}

static void
skip_space(const char **at, const char *end)
{
	while (*at < end && byte_is_space(**at))
		++*at;
}

/* Skips a token; '#' would begin a comment. */
static bool
skip_token(const char **at, const char *end)
{
	const char *from = *at;

	while (*at < end && byte_is(**at, BYTE_TOKEN) && **at != '#')
		++*at;
	return *at > from;
}

static bool
skip_quoted(const char **at, const char *end)
{
	for (++*at; *at < end && **at != '"'; ++*at) {
		if (**at == '\\' && *at + 1 < end)
			++*at;
		if (!byte_is(**at, BYTE_VALUE))
			return false;
	}
	return *at < end && *(*at)++ == '"';
}

/* Takes a parameter, behind its ';'. */
static bool
take_parameter(
    const char **at, const char *end, struct out *type, bool *has_charset)
{
	const char *name;

	skip_space(at, end);
	name = *at;
	if (!skip_token(at, end) || *at == end || **at != '=')
		return false;
	if (token_is(name, (size_t)(*at - name), "charset"))
		*has_charset = true;
	++*at;
	if (*at < end && **at == '"' ? !skip_quoted(at, end)
				     : !skip_token(at, end))
		return false;
	out_text(type, "; ");
	out_bytes(type, name, (size_t)(*at - name));
	return true;
}

/* Takes the type with its parameters off the line, and adds the charset of the
 * map if it is text without one. */
static bool
take_type(const struct media_map *map, const char **at, const char *end,
    struct out *type)
{
	bool has_charset = false;
	const char *word = *at;
	size_t len;

	while (*at < end && strchr(" \t\r#;", **at) == NULL)
		++*at;
	len = (size_t)(*at - word);
	if (!is_type(word, len))
		return false;
	out_bytes(type, word, len);
	for (skip_space(at, end); *at < end && **at == ';';
	     skip_space(at, end)) {
		++*at;
		if (!take_parameter(at, end, type, &has_charset))
			return false;
	}
	/* An extension stands apart from a quoted value. */
	if (*at < end && strchr(" \t\r#", (*at)[-1]) == NULL &&
	    strchr("\r#", **at) == NULL)
		return false;
	if (is_text(word, len) && !has_charset)
		add_charset(type, map->charset);
	return !type->full;
}

static const char *
keep(struct out *names, const char *text, size_t len)
{
	const char *kept = names->data + names->len;

	out_bytes(names, text, len);
	out_bytes(names, "", 1);
	return kept;
}

/* Where the extension stands in the map, or would. */
static size_t
stands_at(const struct media_map *map, const char *extension, bool *there)
{
	size_t from = 0, to = map->count, middle;
	int order;

	*there = false;
	while (from < to) {
		middle = from + (to - from) / 2;
		order = strcmp(extension, map->rule[middle].extension);
		if (order == 0) {
			*there = true;
			return middle;
		}
		if (order < 0)
			to = middle;
		else
			from = middle + 1;
	}
	return from;
}

static bool
add(struct media_map *map, struct out *names, const char *word, size_t len,
    const char *type)
{
	char key[EXTENSION_BYTES];
	size_t at, i;
	bool there;

	if (*word == '.') {
		word++;
		len--;
	}
	if (len == 0 || len >= sizeof(key))
		return false;
	for (i = 0; i < len; i++) {
		if (!byte_is(word[i], BYTE_TOKEN))
			return false;
		key[i] = lower(word[i]);
	}
	key[len] = '\0';
	at = stands_at(map, key, &there);
	if (there) {
		map->rule[at].type = type;
		return true;
	}
	if (map->count == MEDIA_RULES_MAX)
		return false;
	memmove(&map->rule[at + 1], &map->rule[at],
	    (map->count - at) * sizeof(*map->rule));
	map->count++;
	map->rule[at].extension = keep(names, key, len);
	map->rule[at].type = type;
	return true;
}

static bool
read_line(
    struct media_map *map, struct out *names, const char *at, const char *end)
{
	char text[MEDIA_TYPE_BYTES];
	const char *word, *type;
	struct out o;
	size_t len;

	skip_space(&at, end);
	if (at == end || *at == '\r' || *at == '#')
		return true;
	out_init(&o, text, sizeof(text) - 1);
	if (!take_type(map, &at, end, &o))
		return false;
	type = keep(names, text, o.len);
	while (word_next(&at, end, &word, &len))
		if (!add(map, names, word, len, type))
			return false;
	return !names->full;
}

size_t
media_read(
    struct media_map *map, struct out *names, const char *text, size_t len)
{
	const char *at = text, *stop = text + len, *end;
	size_t line;

	for (line = 1; at < stop; line++) {
		end = memchr(at, '\n', (size_t)(stop - at));
		if (end == NULL)
			end = stop;
		if (!read_line(map, names, at, end))
			return line;
		at = end < stop ? end + 1 : stop;
	}
	return 0;
}

bool
media_charset_valid(const char *name)
{
	size_t i;

	for (i = 0; byte_is(name[i], BYTE_TOKEN); i++)
		;
	return name[i] == '\0' && i > 0 && i <= MEDIA_CHARSET_BYTES;
}

/* A type of the built-in table with the charset of the map in place of its
 * own; NULL if it has none. */
static const char *
convert(const struct media_map *map, struct out *names, const char *type)
{
	const char *mark = strstr(type, built_in);
	char text[MEDIA_TYPE_BYTES];
	struct out o;

	if (mark == NULL)
		return NULL;
	out_init(&o, text, sizeof(text));
	out_bytes(&o, type, (size_t)(mark - type));
	add_charset(&o, map->charset);
	return keep(names, text, o.len);
}

void
media_begin(struct media_map *map, struct media_rule *rule, struct out *names,
    const char *charset)
{
	const char *extension, *type;
	size_t i, len = strlen(charset);

	map->rule = rule;
	map->count = 0;
	map->charset = token_is(charset, len, "off") ? NULL : charset;
	map->plain = media_type("README", 6);
	if (token_is(charset, len, "utf-8"))
		return;
	map->plain = convert(map, names, map->plain);
	for (i = 0; i < media_count; i++) {
		extension = media_table[i].extension;
		type = convert(map, names, media_table[i].type);
		if (type != NULL)
			(void)add(
			    map, names, extension, strlen(extension), type);
	}
}

/* Each byte of a text makes at most ten: "text/a\n", a charset and a NUL. */
size_t
media_names_bytes(size_t len)
{
	return 10 * len +
	       (media_count + 1) *
		   (MEDIA_TYPE_BYTES + sizeof(media_table[0].extension));
}

const char *
media_find(const struct media_map *map, const char *name, size_t len)
{
	char key[EXTENSION_BYTES];
	size_t dot, i, n, at;
	const char *type;
	bool there;

	for (dot = len; dot > 0 && name[dot - 1] != '.'; dot--)
		if (name[dot - 1] == '/')
			break;
	n = len - dot;
	if (map == NULL || n >= sizeof(key))
		return media_type(name, len);
	if (dot == 0 || name[dot - 1] != '.') {
		type = media_type(name, len);
		return is_text(type, strlen(type)) ? map->plain : type;
	}
	for (i = 0; i < n; i++)
		key[i] = lower(name[dot + i]);
	key[n] = '\0';
	at = stands_at(map, key, &there);
	return there ? map->rule[at].type : media_type(name, len);
}
