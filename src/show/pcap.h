/*
 * pcap.h - the packets of a capture that tcpdump(8) has saved.
 *
 * Pure: nothing is copied, allocated or read. Only the classic format is
 * known (pcap-savefile(5)), in either byte order and with micro- or
 * nanoseconds. Nothing that a file says of itself is believed: every length
 * is held against what is there.
 */
#ifndef SHOW_PCAP_H
#define SHOW_PCAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a frame begins with (pcap-linktype(7)); the kinds that are known. */
enum link {
	LINK_NULL = 0,	   /* BSD's loopback: a number, in host order */
	LINK_ETHERNET = 1, /* and Linux's loopback */
	LINK_RAW = 101,	   /* nothing: IP */
	LINK_LOOP = 108	   /* OpenBSD's loopback: in network order */
};

struct pcap {
	const uint8_t *data;
	size_t len;
	size_t at; /* the next packet */
	bool big;  /* numbers are big-endian */
	bool nano; /* fractions of a second are nanoseconds */
	bool cut;  /* the last packet is not all there */
	enum link link;
};

struct pcap_packet {
	const uint8_t *data;
	size_t len;  /* captured */
	size_t full; /* on the wire; at least len */
	int64_t at;  /* ns since the Epoch */
};

/* The data must outlive p. 0; or -1 with a few words in *why. */
int pcap_open(struct pcap *p, const void *data, size_t len, const char **why);

/* 1: there was another packet. 0: there is none; p->cut tells whether one has
 * begun. -1: what follows is no packet; *why. */
int pcap_next(struct pcap *p, struct pcap_packet *out, const char **why);

#endif
