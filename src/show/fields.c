/* The fields of each header, with what their values mean. */
#include "field_list.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

/* --- the link --- */

static void
add_station(struct list *l, size_t at, const char *name)
{
	static const uint8_t none[6];

	field_add(l, at, 6, name, "%02x:%02x:%02x:%02x:%02x:%02x", one(l, at),
	    one(l, at + 1), one(l, at + 2), one(l, at + 3), one(l, at + 4),
	    one(l, at + 5));
	if (memcmp(l->p->data + l->base + at, none, sizeof(none)) == 0)
		field_note(l, "none: the loopback has no card");
}

static void
add_frame(struct list *l)
{
	const char *carries = l->p->version == 4 ? "IPv4" : "IPv6";
	bool host_order = l->p->link == LINK_NULL && one(l, 0) != 0;

	if (l->p->link == LINK_ETHERNET) {
		add_station(l, 0, "destination");
		add_station(l, 6, "source");
		field_add(l, 12, 2, "type", "0x%04x", two(l, 12));
		field_note(l, "it carries %s", carries);
	} else if (l->p->link != LINK_RAW) {
		field_add(l, 0, 4, "family", "%u",
		    host_order ? one(l, 0) : (unsigned)four(l, 0));
		field_note(l, "it carries %s (no Ethernet here)", carries);
	}
}

/* --- IP --- */

/* The sum of RFC 1071 over len bytes, on top of `sum`. */
static uint32_t
add_up(uint32_t sum, const uint8_t *d, size_t len)
{
	size_t i;

	for (i = 0; i + 1 < len; i += 2)
		sum += (uint32_t)d[i] << 8 | d[i + 1];
	if (i < len)
		sum += (uint32_t)d[i] << 8;
	while (sum >> 16 != 0)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

static void
add_address(struct list *l, size_t at, size_t len, const char *name)
{
	char text[INET6_ADDRSTRLEN] = "?";

	(void)inet_ntop(len == 4 ? AF_INET : AF_INET6,
	    l->p->data + l->base + at, text, sizeof(text));
	field_add(l, at, len, name, "%s", text);
}

static void
add_ip4(struct list *l)
{
	const struct span *ip = &l->p->layer[LAYER_IP];
	const uint8_t *d = l->p->data + l->base;

	field_add(l, 0, 1, "version", "%u", one(l, 0) >> 4);
	field_note(l, "the upper four bits of the byte");
	field_add(l, 0, 1, "header length", "%u", one(l, 0) & 15);
	field_note(l, "the lower four, times 4: %zu", ip->header);
	field_add(l, 1, 1, "service", "0x%02x", one(l, 1));
	field_add(l, 2, 2, "total length", "%u", two(l, 2));
	field_add(l, 4, 2, "identification", "0x%04x", two(l, 4));
	field_add(l, 6, 2, "flags, fragment", "0x%04x", two(l, 6));
	field_note(
	    l, "%s", (two(l, 6) & 0x4000) != 0 ? "not to be fragmented" : "");
	field_add(l, 8, 1, "time to live", "%u", one(l, 8));
	field_note(l, "routers it may still pass");
	field_add(l, 9, 1, "protocol", "%u", one(l, 9));
	field_note(l, "it carries TCP");
	field_add(l, 10, 2, "header checksum", "0x%04x", two(l, 10));
	field_note(l, add_up(0, d, ip->header) == 0xffff ? "right" : "wrong");
	add_address(l, 12, 4, "source");
	add_address(l, 16, 4, "destination");
	if (ip->header > 20)
		field_add(l, 20, ip->header - 20, "options", "%zu bytes",
		    ip->header - 20);
}

static void
add_ip6(struct list *l)
{
	field_add(l, 0, 1, "version", "%u", one(l, 0) >> 4);
	field_note(l, "the upper four bits of the byte");
	field_add(l, 0, 2, "traffic class", "0x%02x", two(l, 0) >> 4 & 0xff);
	field_add(
	    l, 1, 3, "flow label", "0x%05x", (unsigned)(four(l, 0) & 0xfffff));
	field_add(l, 4, 2, "payload length", "%u", two(l, 4));
	field_note(l, "without these 40 bytes");
	field_add(l, 6, 1, "next header", "%u", one(l, 6));
	field_note(l, "it carries TCP");
	field_add(l, 7, 1, "hop limit", "%u", one(l, 7));
	field_note(l, "routers it may still pass");
	add_address(l, 8, 16, "source");
	add_address(l, 24, 16, "destination");
}

/* --- TCP --- */

/* The sum over the addresses, the protocol and the length (RFC 9293, section
 * 3.1). */
static uint32_t
pseudo_header(const struct packet *p)
{
	const struct span *ip = &p->layer[LAYER_IP];
	size_t len = p->layer[LAYER_TCP].header + p->sent;
	uint32_t sum = 6 + (uint32_t)(len & 0xffff) + (uint32_t)(len >> 16);

	if (p->version == 4)
		return add_up(sum, p->data + ip->at + 12, 8);
	return add_up(sum, p->data + ip->at + 8, 32);
}

static void
note_checksum(struct list *l)
{
	const struct packet *p = l->p;
	const struct span *tcp = &p->layer[LAYER_TCP];
	uint32_t sum = pseudo_header(p);

	/* Between processes of one machine there is no card to add the rest,
	 * and nothing that would look at it. */
	if (two(l, 16) == sum)
		field_note(l, "of the addresses alone");
	else if (p->layer[LAYER_DATA].len < p->sent)
		field_note(l, "not all of it was captured");
	else
		field_note(l, add_up(sum, p->data + tcp->at, tcp->len) == 0xffff
				  ? "right"
				  : "wrong");
}

/* One option of at least two bytes, `len` in all, at `at`. */
static void
add_option(struct list *l, size_t at, size_t len)
{
	unsigned kind = one(l, at);

	if (kind == 2 && len == 4) {
		field_add(l, at, len, "option: segment", "%u", two(l, at + 2));
		field_note(l, "most bytes to me at once");
	} else if (kind == 3 && len == 3) {
		field_add(l, at, len, "option: scale", "%u", one(l, at + 2));
		field_note(l, "windows times 2 to the %u", one(l, at + 2));
	} else if (kind == 4 && len == 2) {
		field_add(l, at, len, "option: SACK", "yes");
		field_note(l, "I may tell of gaps");
	} else if (kind == 8 && len == 10) {
		field_add(l, at, len, "option: times", "%lu %lu",
		    (unsigned long)four(l, at + 2),
		    (unsigned long)four(l, at + 6));
		field_note(l, "my clock, and yours");
	} else {
		field_add(
		    l, at, len, "option", "kind %u, %zu bytes", kind, len);
	}
}

/* RFC 9293 section 3.1; the lengths are the sender's. */
static void
add_options(struct list *l, size_t end)
{
	size_t at = 20, len;

	while (at < end && one(l, at) != 0) {
		if (one(l, at) == 1) {
			field_add(l, at, 1, "option: nothing", "1");
			field_note(l, "for alignment");
			at++;
			continue;
		}
		len = at + 1 < end ? one(l, at + 1) : 0;
		if (len < 2 || len > end - at) {
			field_add(l, at, end - at, "options", "broken");
			return;
		}
		add_option(l, at, len);
		at += len;
	}
	if (at < end)
		field_add(l, at, end - at, "option: end", "0");
}

static void
add_tcp(struct list *l)
{
	size_t header = l->p->layer[LAYER_TCP].header;
	char flags[FLAGS_TEXT];

	packet_flags(flags, l->p->flags);
	field_add(l, 0, 2, "source port", "%u", two(l, 0));
	field_add(l, 2, 2, "destination port", "%u", two(l, 2));
	field_add(l, 4, 4, "sequence number", "%lu", (unsigned long)l->p->seq);
	field_note(l, "of the first byte carried");
	field_add(l, 8, 4, "acknowledgement", "%lu", (unsigned long)l->p->ack);
	field_note(l, (l->p->flags & TCP_ACK) != 0
			  ? "the next byte I wait for"
			  : "means nothing without ACK");
	field_add(l, 12, 1, "header length", "%u", one(l, 12) >> 4);
	field_note(l, "4 upper bits, times 4: %zu", header);
	field_add(l, 13, 1, "flags", "0x%02x", one(l, 13));
	field_note(l, "%s", flags);
	field_add(l, 14, 2, "window", "%u", two(l, 14));
	field_note(l, "room left, before scaling");
	field_add(l, 16, 2, "checksum", "0x%04x", two(l, 16));
	note_checksum(l);
	field_add(l, 18, 2, "urgent pointer", "%u", two(l, 18));
	add_options(l, header);
}

int
packet_fields(
    const struct packet *p, enum layer layer, struct field out[FIELDS_MAX])
{
	struct list l = {p, p->layer[layer].at, out, 0};

	switch (layer) {
	case LAYER_FRAME:
		add_frame(&l);
		break;
	case LAYER_IP:
		if (p->version == 4)
			add_ip4(&l);
		else
			add_ip6(&l);
		break;
	case LAYER_TCP:
		add_tcp(&l);
		break;
	case LAYER_DATA:
		field_add_tls(&l);
		break;
	default:
		break;
	}
	return l.count;
}
