/*
 * media.h - the media type of a file name. Pure.
 */
#ifndef HTTP_MEDIA_H
#define HTTP_MEDIA_H

#include <stddef.h>

/* By the extension, case-insensitively, from a built-in sorted table of a few
 * hundred; text types carry "; charset=utf-8". "application/octet-stream"
 * for what is not known. Never NULL; static. A name such as README, COPYING,
 * LICENSE, Makefile, NEWS, ChangeLog, AUTHORS without extension is text. */
const char *media_type(const char *name, size_t len);

/* The table, sorted by extension in byte order; for the test that says so. */
struct media_entry {
	char extension[16]; /* lower case, without the dot */
	const char *type;
};
extern const struct media_entry media_table[];
extern const size_t media_count;

#endif
