/*
 * media.h - the media type of a file name. Pure.
 */
#ifndef HTTP_MEDIA_H
#define HTTP_MEDIA_H

#include <stdbool.h>
#include <stddef.h>

#include "http/out.h"

/* By the extension, case-insensitively, from a built-in sorted table of a few
 * hundred; text types carry "; charset=utf-8". "application/octet-stream"
 * for what is not known. Never NULL; static. A name such as README, COPYING,
 * LICENSE, Makefile, NEWS, ChangeLog, AUTHORS without extension is text. */
const char *media_type(const char *name, size_t len);

/* The content coding that a file of that type and name is in (.svgz is
 * image/svg+xml in gzip: SVG, appendix P); NULL: none. */
const char *media_coding(const char *type, const char *name, size_t len);

/* A table of the operator's, which comes before the built-in one. It is sorted
 * by extension. The memory of rules and strings is the caller's. */
struct media_rule {
	const char *extension; /* in lower case, without the dot */
	const char *type;
};
struct media_map {
	struct media_rule *rule; /* room for MEDIA_RULES_MAX */
	size_t count;
	const char *charset; /* what text without one has; NULL: none */
	const char *plain;   /* the type of README and the like */
};

enum {
	MEDIA_RULES_MAX = 16384,
	MEDIA_TYPE_BYTES = 128,
	MEDIA_CHARSET_BYTES = 40 /* the longest name of one, without a NUL */
};

/* Is it the name of a character set, or "off"? */
bool media_charset_valid(const char *name);

/* Begins a map with the text types of the built-in table, with this charset
 * ("off": none). It is empty if that is utf-8, as in the built-in table.
 * Strings go to `names`, which has room for media_names_bytes(0) and has to be
 * kept as long as the map. */
void media_begin(struct media_map *map, struct media_rule *rule,
    struct out *names, const char *charset);

/* Adds a text of the form of /etc/mime.types: on each line a type and the
 * extensions that have it, '#' begins a comment. A type may have parameters
 * (RFC 9110 section 5.6.6); a text type without a charset gets the map's. Of an
 * extension that comes twice the last line holds. Returns 0, or the number of
 * the first bad line, from 1. */
size_t media_read(
    struct media_map *map, struct out *names, const char *text, size_t len);

/* The room that `names` needs for the strings of a map to which a text of len
 * bytes is added. */
size_t media_names_bytes(size_t len);

/* As media_type, but by the map first, if it is not NULL. */
const char *
media_find(const struct media_map *map, const char *name, size_t len);

/* The table, sorted by extension in byte order; for the test that says so. */
struct media_entry {
	char extension[16]; /* lower case, without the dot */
	const char *type;
};
extern const struct media_entry media_table[];
extern const size_t media_count;

#endif
