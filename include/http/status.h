/*
 * status.h - status codes and the pages that go with errors. Pure.
 */
#ifndef HTTP_STATUS_H
#define HTTP_STATUS_H

#include "http/out.h"

/* The reason phrase of RFC 9110 section 15; "Unknown" for other codes. */
const char *status_text(int code);

/* A short self-contained HTML page: the code, the phrase, one sentence that
 * says what a person can do. Light and dark. Escaping is done here. */
void status_page(struct out *o, int code);

#endif
