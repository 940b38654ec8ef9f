/*
 * json.h - reads a JSON text (RFC 8259) as far as a status needs it: what is
 * where, one value after the other.
 */
#ifndef OUTSIDE_JSON_H
#define OUTSIDE_JSON_H

#include <stdbool.h>

/* A value is found. where: the names that lead to it, with dots between them;
 * "" is the whole. value: a number, true, false or null as it is written, or a
 * string, cut at 255 bytes, each escape of which has become a '?'. NULL: an
 * element of the array `where` begins. */
typedef void json_found(void *own, const char *where, const char *value);

/* Calls found for all values in their order. false: it is no JSON, or nested
 * too deeply, or its names are too long; found may have been called by then. */
bool json_read(const char *text, json_found *found, void *own);

#endif
