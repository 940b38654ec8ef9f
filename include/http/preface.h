/*
 * preface.h - what a proxy says of its client before the client's first byte:
 * the PROXY protocol, versions 1 and 2, as haproxy's proxy-protocol.txt has it.
 * Pure.
 */
#ifndef HTTP_PREFACE_H
#define HTTP_PREFACE_H

#include <stddef.h>
#include <stdint.h>

/* A whole preface. family 0: it names no address of IPv4 or IPv6, as when the
 * proxy connects for itself: the peer of the connection is the client. */
struct preface {
	uint8_t family;	     /* 4, 6 or 0 */
	uint8_t address[16]; /* IPv4: the first four bytes */
	uint8_t pad;
	uint16_t port; /* host order */
	uint16_t len;  /* bytes of the preface */
};

/* A longer preface is refused: the protocol allows 64 KiB, but nothing that is
 * read here needs so much. */
enum { PREFACE_MAX = 4096 };

/* data[0..len) is all that has come so far. 1: it begins with a whole preface;
 * 0: more is needed; -1: it is none, and the connection is to be dropped.
 * What follows the preface is not read.
 *
 * Version 1: one line of at most 107 bytes, exactly as proxy-protocol.txt says;
 * numbers have no leading zeros; what follows UNKNOWN is ignored. Version 2:
 * unknown commands, families and protocols are refused, and so is an address
 * that is cut. A checksum must be right; other extensions (TLVs) are skipped. A
 * LOCAL connection's address and extensions are ignored. */
int preface_parse(struct preface *p, const char *data, size_t len);

#endif
