/*
 * json.h - writes JSON (RFC 8259), a value at a time. Pure.
 *
 * The commas are its own. A '<' is written as an escape, so that what it writes
 * can stand within a page. key: NULL for the whole, and in an array.
 */
#ifndef BENCH_JSON_H
#define BENCH_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct json {
	FILE *out;
	bool more; /* the next value follows another one */
};

/* kind: '{' or '['; both need their end, '}' or ']'. */
void json_begin(struct json *j, const char *key, char kind);
void json_end(struct json *j, char kind);

void json_text(struct json *j, const char *key, const char *text);
void json_bool(struct json *j, const char *key, bool value);
void json_count(struct json *j, const char *key, int64_t value);

/* With so many digits after the point; < 0: six digits that count. What is no
 * finite number is null. */
void json_number(struct json *j, const char *key, double value, int decimals);

/* A line of its own for the value that comes next: for people. */
void json_line(struct json *j);

/* Reads: the first number at "key": in a text of JSON; -1 if there is none. */
double json_find(const char *json, const char *key);

#endif
