/*
 * packet.h - one captured frame, layer by layer.
 *
 * Pure. A frame carries an IP packet (RFC 791, RFC 8200), which carries a TCP
 * segment (RFC 9293), which carries bytes of the application's. Each layer is
 * a range of the frame, its header first; the next one lies within it. All
 * that is shown of a layer comes out as fields: a name, where it is, a value.
 */
#ifndef SHOW_PACKET_H
#define SHOW_PACKET_H

#include "pcap.h"

enum layer { LAYER_FRAME, LAYER_IP, LAYER_TCP, LAYER_DATA, LAYERS };

enum {
	TCP_FIN = 0x01,
	TCP_SYN = 0x02,
	TCP_RST = 0x04,
	TCP_PSH = 0x08,
	TCP_ACK = 0x10,
	TCP_URG = 0x20
};

/* Bytes [at, at + len) of the frame, the first `header` of them its own. */
struct span {
	size_t at, len, header;
};

struct endpoint {
	uint8_t address[16]; /* IPv4: the first four, the others 0 */
	uint16_t port;
};

struct packet {
	const uint8_t *data;
	size_t len;
	enum link link;
	struct span layer[LAYERS];
	int version; /* of IP: 4 or 6 */
	struct endpoint from, to;
	uint32_t seq, ack;
	uint8_t flags;
	size_t sent; /* bytes of data; layer[LAYER_DATA].len of them were
		      * captured */
};

/* Numbers of two and of four bytes, as the network has them. */
static inline uint16_t
packet_two(const uint8_t *d)
{
	return (uint16_t)(d[0] << 8 | d[1]);
}

static inline uint32_t
packet_four(const uint8_t *d)
{
	return (uint32_t)packet_two(d) << 16 | packet_two(d + 2);
}

/* 0; or -1 with a few words in *why if it holds no whole TCP header. The data
 * of `in` must outlive p. */
int packet_parse(struct packet *p, const struct pcap_packet *in, enum link link,
    const char **why);

enum { FIELD_VALUE = 48, FIELD_NOTE = 80, FIELDS_MAX = 64 };

struct field {
	size_t at,
	    len; /* in the frame, bytes; parts of a byte have all of it */
	const char *name;
	char value[FIELD_VALUE]; /* as it is written in the frame */
	char note[FIELD_NOTE];	 /* what that means; or empty */
};

/* The fields of a layer's header, in their order; those of LAYER_DATA are of
 * TLS, if that is what it is, and may be anywhere in it. Returns how many. */
int packet_fields(
    const struct packet *p, enum layer layer, struct field out[FIELDS_MAX]);

/* The flags that are set: "SYN ACK". */
enum { FLAGS_TEXT = 40 };
void packet_flags(char out[FLAGS_TEXT], uint8_t flags);

/* "127.0.0.1:5000", "[::1]:5000". */
enum { ENDPOINT_TEXT = 56 };
void packet_endpoint(
    char out[ENDPOINT_TEXT], const struct packet *p, const struct endpoint *e);

#endif
