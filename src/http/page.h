/*
 * page.h - what all HTML pages of the server have in common: their head and
 * their look, light and dark. Pure.
 */
#ifndef HTTP_PAGE_H
#define HTTP_PAGE_H

#include "http/out.h"

/* From the doctype to <title>; the caller goes on with the title's text. */
void page_begin(struct out *o);

/* From </title> to </style>: the common style, then more of the caller's. */
void page_style(struct out *o, const char *more);

#endif
