/*
 * shown.h - bytes of any kind, made fit to be looked at. Pure.
 *
 * File names are bytes; a page is UTF-8. What is no UTF-8 is shown as U+FFFD,
 * what would act on the text around it (controls, marks that turn its
 * direction) as a visible stand-in.
 */
#ifndef HTTP_SHOWN_H
#define HTTP_SHOWN_H

#include "http/out.h"

/* As HTML text or the value of a quoted attribute: control bytes as their
 * pictures (U+2400 and on). At most 5 bytes for each. */
void shown_html(struct out *o, const char *text, size_t len);

/* As the inside of a JSON string (RFC 8259 section 7). Control bytes, '<', '>'
 * and '&' are escaped, so that it may stand in a script too. At most 6 bytes
 * for each. */
void shown_json(struct out *o, const char *text, size_t len);

#endif
