/*
 * json.h - JSON (RFC 8259) as the API takes it: an object, of which the strings
 * are wanted. All of it has to be JSON, however deep, down to JSON_DEPTH.
 */
#ifndef BOARD_JSON_H
#define BOARD_JSON_H

#include <stdbool.h>
#include <stddef.h>

enum { JSON_MEMBERS = 16, JSON_DEPTH = 32 };

struct json_member {
	const char *name;
	const char *text; /* NULL: its value is no string */
	bool has_nul;	  /* the name or the value holds U+0000 */
};

struct json {
	struct json_member member[JSON_MEMBERS];
	int count;
	const char *why; /* it could not be read */
	size_t at;	 /* ... from this byte on */
};

/* Reads bytes[0..length), which a NUL follows; they are changed, and the names
 * and texts are in them. 0, or -1: see why and at. */
int json_read(struct json *j, char *bytes, size_t length);

/* The member of that name. NULL: there is none. */
const struct json_member *json_find(const struct json *j, const char *name);

#endif
