#include "packet.h"

#include <stdio.h>
#include <string.h>

#include "os/socket.h"

enum {
	ETHERNET_HEADER = 14,
	ETHERNET_IP4 = 0x0800,
	ETHERNET_IP6 = 0x86dd,
	FAMILY_HEADER = 4,
	IP4_HEADER = 20,
	IP6_HEADER = 40,
	IP_TCP = 6,
	TCP_HEADER = 20
};

/* Bytes of the link's own header; what follows is IP, or it is refused. */
static int
parse_frame(struct packet *p, const char **why)
{
	size_t header = p->link == LINK_ETHERNET ? ETHERNET_HEADER
			: p->link == LINK_RAW	 ? 0
						 : FAMILY_HEADER;

	*why = "the frame is cut short";
	if (p->len <= header)
		return -1;
	*why = "it carries no IP";
	if (p->link == LINK_ETHERNET &&
	    packet_two(p->data + 12) != ETHERNET_IP4 &&
	    packet_two(p->data + 12) != ETHERNET_IP6)
		return -1;
	p->layer[LAYER_FRAME].header = header;
	p->layer[LAYER_FRAME].len = p->len;
	p->layer[LAYER_IP].at = header;
	p->version = p->data[header] >> 4;
	return p->version == 4 || p->version == 6 ? 0 : -1;
}

/* Sets the length of the IP packet and of its header. A length of 0 is that
 * of one too long to say. */
static int
parse_ip(struct packet *p, size_t captured, const char **why)
{
	struct span *ip = &p->layer[LAYER_IP];
	const uint8_t *d = p->data + ip->at;
	size_t header, len;

	*why = "the IP packet is cut short";
	if (captured < (p->version == 4 ? IP4_HEADER : IP6_HEADER))
		return -1;
	if (p->version == 4) {
		header = (size_t)(d[0] & 15) * 4;
		len = packet_two(d + 2);
		*why = "it is a fragment of an IP packet";
		if ((packet_two(d + 6) & 0x3fff) != 0)
			return -1;
	} else {
		header = IP6_HEADER;
		len = packet_two(d + 4) == 0 ? 0 : header + packet_two(d + 4);
	}
	*why = "it carries no TCP";
	if (d[p->version == 4 ? 9 : 6] != IP_TCP)
		return -1;
	if (len == 0)
		len = captured;
	*why = "the lengths of its IP packet make no sense";
	if (header < IP4_HEADER || header > len)
		return -1;
	*why = "the IP packet is cut short";
	if (header > captured)
		return -1;
	ip->header = header;
	ip->len = len;
	memcpy(p->from.address, d + (p->version == 4 ? 12 : 8),
	    p->version == 4 ? 4 : 16);
	memcpy(p->to.address, d + (p->version == 4 ? 16 : 24),
	    p->version == 4 ? 4 : 16);
	return 0;
}

static int
parse_tcp(struct packet *p, size_t captured, const char **why)
{
	const struct span *ip = &p->layer[LAYER_IP];
	struct span *tcp = &p->layer[LAYER_TCP];
	const uint8_t *d;
	size_t len = ip->len - ip->header;

	tcp->at = ip->at + ip->header;
	captured -= ip->header;
	d = p->data + tcp->at;
	*why = "the TCP segment is cut short";
	if (captured < TCP_HEADER || len < TCP_HEADER)
		return -1;
	tcp->header = (size_t)(d[12] >> 4) * 4;
	*why = "the length of its TCP header makes no sense";
	if (tcp->header < TCP_HEADER || tcp->header > len)
		return -1;
	*why = "the TCP segment is cut short";
	if (tcp->header > captured)
		return -1;
	tcp->len = len < captured ? len : captured;
	p->from.port = packet_two(d);
	p->to.port = packet_two(d + 2);
	p->seq = packet_four(d + 4);
	p->ack = packet_four(d + 8);
	p->flags = d[13];
	p->sent = len - tcp->header;
	p->layer[LAYER_DATA].at = tcp->at + tcp->header;
	p->layer[LAYER_DATA].len = tcp->len - tcp->header;
	return 0;
}

int
packet_parse(struct packet *p, const struct pcap_packet *in, enum link link,
    const char **why)
{
	size_t captured;

	memset(p, 0, sizeof(*p));
	p->data = in->data;
	p->len = in->len;
	p->link = link;
	if (parse_frame(p, why) != 0)
		return -1;
	captured = p->len - p->layer[LAYER_IP].at;
	if (parse_ip(p, captured, why) != 0 || parse_tcp(p, captured, why) != 0)
		return -1;
	/* From here on a layer is what was captured of it. Behind a short
	 * packet Ethernet puts padding, which is none of IP's. */
	if (p->layer[LAYER_IP].len > captured)
		p->layer[LAYER_IP].len = captured;
	return 0;
}

void
packet_flags(char out[FLAGS_TEXT], uint8_t flags)
{
	static const char *const names[] = {
	    "FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR"};
	/* In the order in which they are spoken of. */
	static const uint8_t order[] = {1, 0, 2, 3, 5, 6, 7, 4};
	size_t i, n = 0;

	out[0] = '\0';
	for (i = 0; i < sizeof(order); i++)
		if ((flags & 1U << order[i]) != 0)
			n += (size_t)snprintf(out + n, FLAGS_TEXT - n, "%s%s",
			    n > 0 ? " " : "", names[order[i]]);
}

void
packet_endpoint(
    char out[ENDPOINT_TEXT], const struct packet *p, const struct endpoint *e)
{
	struct peer peer;

	memset(&peer, 0, sizeof(peer));
	memcpy(peer.address, e->address, sizeof(peer.address));
	peer.port = e->port;
	peer.family = (uint8_t)p->version;
	peer_format(out, &peer);
}
