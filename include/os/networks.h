/*
 * networks.h - a list of networks, as the command line has it: ADDR[/BITS],...
 * and whether a peer is in one of them. ADDR is a number of IPv4 or IPv6, or
 * "unix": every peer of a unix socket.
 */
#ifndef OS_NETWORKS_H
#define OS_NETWORKS_H

#include <stdbool.h>

#include "os/socket.h"

enum { NETWORKS_MAX = 32 };

struct networks {
	int count;
	struct {
		uint8_t family;	     /* 4, 6 or PEER_UNIX */
		uint8_t bits;	     /* that count */
		uint8_t address[16]; /* as in struct peer; the rest is 0 */
	} of[NETWORKS_MAX];
};

/* False: it is no such list, or there are too many. Bits of an address behind
 * those that count must be 0. */
bool networks_parse(struct networks *n, const char *list);

/* An IPv4 address that came as one of IPv6 is one of IPv4. */
bool networks_have(const struct networks *n, const struct peer *peer);

#endif
