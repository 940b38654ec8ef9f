/*
 * media.h - the media type of a file name. Pure.
 */
#ifndef HTTP_MEDIA_H
#define HTTP_MEDIA_H

#include <stddef.h>

#include "http/out.h"

/* By the extension, case-insensitively, from a built-in sorted table of a few
 * hundred; text types carry "; charset=utf-8". "application/octet-stream"
 * for what is not known. Never NULL; static. A name such as README, COPYING,
 * LICENSE, Makefile, NEWS, ChangeLog, AUTHORS without extension is text. */
const char *media_type(const char *name, size_t len);

/* A table of one's own, which comes before the built-in one: sorted by
 * extension, in lower case. */
struct media_rule {
	const char *extension;
	const char *type;
};
struct media_map {
	struct media_rule *rule;
	size_t count;
};

enum { MEDIA_RULES_MAX = 16384, MEDIA_TYPE_BYTES = 128 };

/* Reads a text of the form of /etc/mime.types: on each line a type and the
 * extensions that have it, '#' begins a comment. Text types get "; charset=
 * utf-8"; of an extension that comes twice the last holds. map->rule has room
 * for MEDIA_RULES_MAX; names, where the strings go, for MEDIA_NAMES_BYTES of
 * the text's length. Returns 0, or the number of the first bad line. */
#define MEDIA_NAMES_BYTES(len) (4 * (len) + 32)
size_t media_read(
    struct media_map *map, struct out *names, const char *text, size_t len);

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
