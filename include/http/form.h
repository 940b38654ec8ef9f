/*
 * form.h - names and values that a client sends: of a query, of cookies, of a
 * form. Pure.
 *
 * All of it is split and decoded in place: the text is written to, names and
 * values point into it, and a NUL ends each of them. So the byte behind the
 * text has to be writable, too. Nothing is allocated: `part` has room for `max`
 * of them, which the caller finds by counting the separators (form_count).
 */
#ifndef HTTP_FORM_H
#define HTTP_FORM_H

#include <stddef.h>

#include "prefork/service.h"

/* Of each kind; more are refused. */
enum { FORM_MAX = 1000, BOUNDARY_BYTES = 70 };

/* How many times the byte stands in the text. */
size_t form_count(const char *text, size_t len, char c);

/* Decodes %XX in text[0..len), and a '+' as a space if `plus`. Returns the new
 * length, behind which it puts a NUL; -1: an escape is cut or bad, or makes a
 * NUL. */
long form_decode(char *text, size_t len, bool plus);

/* a=b&c=d, as application/x-www-form-urlencoded has it. Returns how many; -1:
 * it cannot be read, or there are more than max. */
int form_pairs(struct pf_part *part, int max, char *text, size_t len);

/* a=b; c=d, as of Cookie (RFC 6265 section 4.2). A value with a bad escape is
 * left as it came. */
int form_cookies(struct pf_part *part, int max, char *text, size_t len);

/* The lines of a request's head behind the first, as names and values. It has
 * been read without a fault. */
int form_fields(struct pf_part *part, int max, char *text, size_t len);

/* The boundary that a Content-Type of multipart/form-data names, with "--"
 * before it: its length; 0: it is no such type; -1: it has none. */
int form_boundary(char boundary[BOUNDARY_BYTES + 3], const char *type);

/* The parts of multipart/form-data (RFC 7578, RFC 2046 section 5.1). As
 * form_pairs. */
int form_parts(struct pf_part *part, int max, char *text, size_t len,
    const char *boundary);

/* Is that the media type of the field value, whatever its parameters? type: in
 * lower case. */
bool form_is(const char *value, const char *type);

#endif
