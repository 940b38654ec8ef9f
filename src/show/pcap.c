#include "pcap.h"

#include <string.h>

enum {
	FILE_HEADER = 24,
	PACKET_HEADER = 16,
	MOST = 262144 /* the largest packet that tcpdump writes */
};

static uint32_t
number(const struct pcap *p, size_t at)
{
	const uint8_t *d = p->data + at;

	if (p->big)
		return (uint32_t)d[0] << 24 | (uint32_t)d[1] << 16 |
		       (uint32_t)d[2] << 8 | d[3];
	return (uint32_t)d[3] << 24 | (uint32_t)d[2] << 16 |
	       (uint32_t)d[1] << 8 | d[0];
}

/* The byte order and the unit of time are told by the first four bytes. */
static bool
read_magic(struct pcap *p)
{
	static const struct {
		uint8_t magic[4];
		bool big, nano;
	} known[] = {
	    {{0xa1, 0xb2, 0xc3, 0xd4}, true, false},
	    {{0xd4, 0xc3, 0xb2, 0xa1}, false, false},
	    {{0xa1, 0xb2, 0x3c, 0x4d}, true, true},
	    {{0x4d, 0x3c, 0xb2, 0xa1}, false, true},
	};
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (memcmp(p->data, known[i].magic, 4) != 0)
			continue;
		p->big = known[i].big;
		p->nano = known[i].nano;
		return true;
	}
	return false;
}

static bool
is_link(uint32_t link)
{
	return link == LINK_NULL || link == LINK_ETHERNET || link == LINK_RAW ||
	       link == LINK_LOOP;
}

int
pcap_open(struct pcap *p, const void *data, size_t len, const char **why)
{
	static const uint8_t next_generation[4] = {0x0a, 0x0d, 0x0d, 0x0a};
	uint32_t link;

	memset(p, 0, sizeof(*p));
	p->data = data;
	p->len = len;
	*why = "it is no capture of tcpdump's";
	if (len >= 4 && memcmp(data, next_generation, 4) == 0)
		*why = "it is a pcapng file; tcpdump -w writes the older "
		       "format, which is wanted";
	if (len < 4 || !read_magic(p))
		return -1;
	*why = "it ends within its header";
	if (len < FILE_HEADER)
		return -1;
	/* The upper bits speak of checksums of frames (pcap-savefile(5)). */
	link = number(p, 20) & 0xfffffff;
	*why = "it was captured on a kind of interface that is not known "
	       "here; capture on the loopback or on Ethernet";
	if (!is_link(link))
		return -1;
	p->link = (enum link)link;
	p->at = FILE_HEADER;
	return 0;
}

int
pcap_next(struct pcap *p, struct pcap_packet *out, const char **why)
{
	size_t left = p->len - p->at;
	uint32_t len, full, fraction;

	if (left == 0)
		return 0;
	p->cut = true;
	if (left < PACKET_HEADER)
		return 0;
	len = number(p, p->at + 8);
	full = number(p, p->at + 12);
	*why = "a packet is said to be longer than any";
	if (len > MOST || full > MOST)
		return -1;
	*why = "more of a packet is said to be there than there was";
	if (len > full)
		return -1;
	if (len > left - PACKET_HEADER)
		return 0;
	p->cut = false;
	fraction = number(p, p->at + 4);
	out->data = p->data + p->at + PACKET_HEADER;
	out->len = len;
	out->full = full;
	out->at = (int64_t)number(p, p->at) * 1000000000 +
		  (int64_t)fraction * (p->nano ? 1 : 1000);
	p->at += PACKET_HEADER + len;
	return 1;
}
