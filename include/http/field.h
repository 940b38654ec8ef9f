/*
 * field.h - field lines that the user gives: those for every answer of the
 * server (--header), or for every request of prefork-client. Pure.
 */
#ifndef HTTP_FIELD_H
#define HTTP_FIELD_H

#include <stdbool.h>
#include <stddef.h>

/* Is text a field value (RFC 9110 section 5.5) that is not empty? */
bool field_value_valid(const char *text);

/* A line "Name: value", NUL-terminated, in parts. */
struct field_line {
	const char *name;
	size_t name_len;
	const char *value; /* without the space around it */
	size_t value_len;
};

/* Reads such a line. False if it is none, if its value is empty, or if the
 * name is one that says how the message is to be read, or what the file is:
 * two of these might contradict each other. */
bool field_line_parse(struct field_line *f, const char *line);

/* Has the line this name, which is in lower case? */
bool field_line_is(const struct field_line *f, const char *name);

#endif
