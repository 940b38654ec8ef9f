/*
 * hidden.h - the same request with TLS and without: what TLS hides of it, and
 * what it does not.
 */
#ifndef SHOW_HIDDEN_H
#define SHOW_HIDDEN_H

#include <stdio.h>

#include "capture.h"

/* Draws nothing unless the capture holds both: a connection that begins with a
 * client's hello, and one with a request of HTTP/1, perhaps behind what a proxy
 * says by the PROXY protocol. The first of each is taken. */
void hidden_sketch(FILE *out, const struct capture *c);

/* The number of the frame in which this connection, if it is one of the two,
 * carries the request; or 0. Sealed, it is known by the length of its record.
 */
size_t hidden_frame(const struct capture *c, int talk);

#endif
