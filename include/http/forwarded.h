/*
 * forwarded.h - the client for which a proxy asks, by the fields Forwarded (RFC
 * 7239) and X-Forwarded-For. Pure.
 *
 * Each proxy appends the address of its own client. What stands before that was
 * sent by that client and may be false. So the addresses are read from the
 * right, as long as a trusted proxy has added them.
 */
#ifndef HTTP_FORWARDED_H
#define HTTP_FORWARDED_H

#include <stdbool.h>
#include <stddef.h>

#include "os/networks.h"

/* Stores the last address in the request's head[0..len) that is not one of a
 * trusted proxy; if all are, the first. Nothing is read to the left of an
 * element that is no address. If there is a Forwarded field, X-Forwarded-For is
 * ignored. False: there is no such address. The port is 0. To be called only
 * for a head that came from a trusted proxy. */
bool forwarded_client(struct peer *client, const char *head, size_t len,
    const struct networks *trusted);

/* Stores the client of a request with this head, which came from the peer
 * `from`. If that is a trusted proxy (trusted NULL: none is), and an address is
 * left, it is forwarded_client()'s, and true is returned. Else it is `from`. */
bool forwarded_by(struct peer *client, const struct peer *from,
    const char *head, size_t len, const struct networks *trusted);

#endif
