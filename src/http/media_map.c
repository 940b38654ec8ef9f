#include "http/media.h"

#include <string.h>

#include "http/bytes.h"

enum { EXTENSION_BYTES = 64 };

static const char charset[] = "; charset=utf-8";

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
	return slash > 0 && slash + 1 < len &&
	       len + sizeof(charset) <= MEDIA_TYPE_BYTES;
}

static const char *
keep(struct out *names, const char *text, size_t len, const char *more)
{
	const char *kept = names->data + names->len;

	out_bytes(names, text, len);
	out_text(names, more);
	out_bytes(names, "", 1);
	return kept;
}

/* Where the extension stands in the map, or would. */
static size_t
place(const struct media_map *map, const char *extension, bool *there)
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
	at = place(map, key, &there);
	if (there) {
		map->rule[at].type = type;
		return true;
	}
	if (map->count == MEDIA_RULES_MAX)
		return false;
	memmove(&map->rule[at + 1], &map->rule[at],
	    (map->count - at) * sizeof(*map->rule));
	map->count++;
	map->rule[at].extension = keep(names, key, len, "");
	map->rule[at].type = type;
	return true;
}

static bool
read_line(
    struct media_map *map, struct out *names, const char *at, const char *end)
{
	const char *word, *type;
	size_t len;

	if (!word_next(&at, end, &word, &len))
		return true;
	if (!is_type(word, len))
		return false;
	type = keep(names, word, len,
	    len > 5 && token_is(word, 5, "text/") ? charset : "");
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

	map->count = 0;
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

const char *
media_find(const struct media_map *map, const char *name, size_t len)
{
	char key[EXTENSION_BYTES];
	size_t dot, i, n, at;
	bool there;

	for (dot = len; dot > 0 && name[dot - 1] != '.'; dot--)
		if (name[dot - 1] == '/')
			break;
	n = len - dot;
	if (map == NULL || dot == 0 || name[dot - 1] != '.' || n >= sizeof(key))
		return media_type(name, len);
	for (i = 0; i < n; i++)
		key[i] = lower(name[dot + i]);
	key[n] = '\0';
	at = place(map, key, &there);
	return there ? map->rule[at].type : media_type(name, len);
}
