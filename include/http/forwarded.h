/*
 * forwarded.h - for which client a proxy asks, by the fields Forwarded (RFC
 * 7239) and X-Forwarded-For. Pure.
 *
 * Each proxy adds at the end the address from which it was asked, so what the
 * first of them was sent may be any lie: only what proxies that are trusted
 * have added counts, from the right.
 */
#ifndef HTTP_FORWARDED_H
#define HTTP_FORWARDED_H

#include <stdbool.h>
#include <stddef.h>

#include "os/networks.h"

/* The last address in the request's head[0..len) that is not one of a trusted
 * proxy; if all are, the first. What is no address ends what is believed: none
 * to its left is looked at. Forwarded counts before the other field. False: no
 * address is left. The port is 0. To be asked only of a head that came from a
 * trusted proxy. */
bool forwarded_client(struct peer *client, const char *head, size_t len,
    const struct networks *trusted);

/* Stores the client of a request with this head, which came from the peer
 * `from`. If that is a trusted proxy (trusted NULL: none is), and an address is
 * left, it is forwarded_client()'s, and true is returned. Else it is `from`. */
bool forwarded_by(struct peer *client, const struct peer *from,
    const char *head, size_t len, const struct networks *trusted);

#endif
