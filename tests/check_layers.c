/*
 * check_layers - captures: what is read of them, layer by layer, and what is
 * made of it.
 */
#include "show/capture.h"
#include "show/hidden.h"
#include "show/pcap.h"
#include "show/sketch.h"

#include <stdio.h>
#include <string.h>

#include "check_main.h"

enum { FILE_MOST = 8192, FRAME = 54 };

/* A capture that is being written. */
static uint8_t file[FILE_MOST];
static size_t file_len;

static void
put(size_t at, uint32_t value, int bytes, bool big)
{
	int i;

	for (i = 0; i < bytes; i++)
		file[at + (size_t)i] =
		    (uint8_t)(value >> 8 * (big ? bytes - 1 - i : i));
}

static void
begin(enum link link)
{
	static const uint8_t magic[4] = {0xd4, 0xc3, 0xb2, 0xa1};

	memset(file, 0, sizeof(file));
	memcpy(file, magic, 4);
	put(16, 262144, 4, false);
	put(20, link, 4, false);
	file_len = 24;
}

/* Appends a packet of len bytes at a second; returns where they begin. */
static size_t
append(uint32_t second, const void *data, size_t len)
{
	size_t at = file_len + 16;

	put(file_len, second, 4, false);
	put(file_len + 8, (uint32_t)len, 4, false);
	put(file_len + 12, (uint32_t)len, 4, false);
	memcpy(file + at, data, len);
	file_len = at + len;
	return at;
}

/* One segment of a connection between ports 40000 and 5000, without options,
 * in an Ethernet frame. */
struct segment {
	bool back; /* from 5000 */
	uint32_t seq, ack;
	uint8_t flags;
	const char *data;
};

static size_t
append_data(const struct segment *s, const void *data, size_t len)
{
	static const uint8_t head[FRAME] = {[12] = 0x08,
	    [14] = 0x45,
	    [22] = 64,
	    [23] = 6,
	    [26] = 127,
	    [29] = 1,
	    [30] = 127,
	    [33] = 1,
	    [46] = 0x50,
	    [48] = 1};
	uint8_t frame[FRAME + 256];
	size_t at;

	memcpy(frame, head, FRAME);
	if (len > 0)
		memcpy(frame + FRAME, data, len);
	frame[47] = s->flags;
	at = append(1, frame, FRAME + len);
	put(at + 16, (uint32_t)(40 + len), 2, true);
	put(at + 34, s->back ? 5000 : 40000, 2, true);
	put(at + 36, s->back ? 40000 : 5000, 2, true);
	put(at + 38, s->seq, 4, true);
	put(at + 42, s->ack, 4, true);
	return at;
}

static size_t
append_segment(const struct segment *s)
{
	return append_data(s, s->data, s->data != NULL ? strlen(s->data) : 0);
}

/* The only packet of the file, parsed; or NULL, and why. */
static const struct packet *
parsed(const char **why)
{
	static struct packet p;
	struct pcap_packet raw;
	struct pcap pcap;

	ck_assert_int_eq(pcap_open(&pcap, file, file_len, why), 0);
	ck_assert_int_eq(pcap_next(&pcap, &raw, why), 1);
	return packet_parse(&p, &raw, pcap.link, why) == 0 ? &p : NULL;
}

/* --- files --- */

START_TEST(both_byte_orders_and_both_units_of_time_are_read)
{
	static const uint8_t magic[4][4] = {{0xa1, 0xb2, 0xc3, 0xd4},
	    {0xd4, 0xc3, 0xb2, 0xa1}, {0xa1, 0xb2, 0x3c, 0x4d},
	    {0x4d, 0x3c, 0xb2, 0xa1}};
	struct pcap_packet raw;
	struct pcap pcap;
	const char *why;
	bool big = _i % 2 == 0;

	begin(LINK_RAW);
	memcpy(file, magic[_i], 4);
	put(20, LINK_RAW, 4, big);
	put(24, 7, 4, big);
	put(28, 5, 4, big);
	put(32, 3, 4, big);
	put(36, 9, 4, big);
	ck_assert_int_eq(pcap_open(&pcap, file, 43, &why), 0);
	ck_assert_int_eq(pcap_next(&pcap, &raw, &why), 1);
	ck_assert_uint_eq(raw.len, 3);
	ck_assert_uint_eq(raw.full, 9);
	ck_assert_ptr_eq(raw.data, file + 40);
	ck_assert_int_eq(raw.at, INT64_C(7000000000) + (_i < 2 ? 5000 : 5));
	ck_assert_int_eq(pcap_next(&pcap, &raw, &why), 0);
	ck_assert(!pcap.cut);
}
END_TEST

START_TEST(what_is_no_capture_is_refused)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *due;
	} rows[] = {
	    {"", 0, "no capture"},
	    {"\xd4\xc3\xb2", 3, "no capture"},
	    {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", 27, "no capture"},
	    {"\x0a\x0d\x0d\x0a", 4, "pcapng"},
	    {"\xd4\xc3\xb2\xa1\2\0\4\0", 8, "ends within its header"},
	    {"\xd4\xc3\xb2\xa1\2\0\4\0\0\0\0\0\0\0\0\0\0\0\4\0\x71\0\0\0", 24,
		"not known"},
	};
	struct pcap pcap;
	const char *why = "";

	ck_assert_int_eq(
	    pcap_open(&pcap, rows[_i].bytes, rows[_i].len, &why), -1);
	ck_assert_msg(strstr(why, rows[_i].due) != NULL, "%s", why);
}
END_TEST

START_TEST(a_last_packet_that_is_cut_is_told)
{
	static const struct segment s = {.flags = TCP_SYN};
	struct pcap_packet raw;
	struct pcap pcap;
	const char *why;
	size_t len;

	begin(LINK_ETHERNET);
	(void)append_segment(&s);
	for (len = 25; len < file_len; len++) {
		ck_assert_int_eq(pcap_open(&pcap, file, len, &why), 0);
		ck_assert_int_eq(pcap_next(&pcap, &raw, &why), 0);
		ck_assert(pcap.cut);
	}
}
END_TEST

START_TEST(lengths_that_cannot_be_are_refused)
{
	static const struct {
		uint32_t len, full;
		const char *due;
	} rows[] = {
	    {262145, 262145, "longer than any"},
	    {UINT32_MAX, UINT32_MAX, "longer than any"},
	    {0, UINT32_MAX, "longer than any"},
	    {UINT32_MAX - 15, 40, "longer than any"},
	    {10, 9, "more of a packet"},
	};
	struct pcap_packet raw;
	struct pcap pcap;
	const char *why = "";

	begin(LINK_ETHERNET);
	(void)append(1, "abc", 3);
	put(32, rows[_i].len, 4, false);
	put(36, rows[_i].full, 4, false);
	ck_assert_int_eq(pcap_open(&pcap, file, file_len, &why), 0);
	ck_assert_int_eq(pcap_next(&pcap, &raw, &why), -1);
	ck_assert_msg(strstr(why, rows[_i].due) != NULL, "%s", why);
}
END_TEST

/* --- packets --- */

START_TEST(layers_lie_within_one_another)
{
	static const struct segment s = {
	    .seq = 7, .ack = 9, .flags = TCP_PSH | TCP_ACK, .data = "hello"};
	const struct packet *p;
	const char *why;

	begin(LINK_ETHERNET);
	(void)append_segment(&s);
	p = parsed(&why);
	ck_assert_ptr_nonnull(p);
	ck_assert_uint_eq(p->layer[LAYER_FRAME].at, 0);
	ck_assert_uint_eq(p->layer[LAYER_FRAME].len, 59);
	ck_assert_uint_eq(p->layer[LAYER_IP].at, 14);
	ck_assert_uint_eq(p->layer[LAYER_IP].len, 45);
	ck_assert_uint_eq(p->layer[LAYER_TCP].at, 34);
	ck_assert_uint_eq(p->layer[LAYER_TCP].len, 25);
	ck_assert_uint_eq(p->layer[LAYER_DATA].at, 54);
	ck_assert_uint_eq(p->layer[LAYER_DATA].len, 5);
	ck_assert_uint_eq(p->from.port, 40000);
	ck_assert_uint_eq(p->to.port, 5000);
	ck_assert_uint_eq(p->seq, 7);
	ck_assert_uint_eq(p->ack, 9);
}
END_TEST

/* Takes the Ethernet header off the only packet, and puts another on. */
static void
change_link(enum link link, const void *header, size_t len)
{
	uint8_t rest[FRAME];

	memcpy(rest, file + 54, FRAME - 14);
	begin(link);
	(void)append(1, header, len);
	memcpy(file + file_len, rest, FRAME - 14);
	file_len += FRAME - 14;
	put(32, (uint32_t)(len + FRAME - 14), 4, false);
	put(36, (uint32_t)(len + FRAME - 14), 4, false);
}

START_TEST(a_loopback_may_come_without_ethernet)
{
	static const struct {
		enum link link;
		const char *header;
		size_t len;
		const char *family;
	} rows[] = {
	    {LINK_RAW, "", 0, NULL},
	    {LINK_NULL, "\2\0\0\0", 4, "2"},
	    {LINK_NULL, "\0\0\0\2", 4, "2"},
	    {LINK_LOOP, "\0\0\0\2", 4, "2"},
	};
	static const struct segment s = {.flags = TCP_SYN};
	struct field field[FIELDS_MAX];
	const struct packet *p;
	const char *why;
	int n;

	begin(LINK_ETHERNET);
	(void)append_segment(&s);
	change_link(rows[_i].link, rows[_i].header, rows[_i].len);
	p = parsed(&why);
	ck_assert_ptr_nonnull(p);
	ck_assert_uint_eq(p->layer[LAYER_IP].at, rows[_i].len);
	n = packet_fields(p, LAYER_FRAME, field);
	ck_assert_int_eq(n, rows[_i].family != NULL);
	if (n > 0)
		ck_assert_str_eq(field[0].value, rows[_i].family);
}
END_TEST

/* What a byte of the frame is changed to, and why it is refused then. */
START_TEST(what_holds_no_whole_tcp_header_is_left_out)
{
	static const struct {
		size_t at;
		uint8_t value;
		const char *due;
	} rows[] = {
	    {13, 0x06, "carries no IP"},    /* ARP */
	    {12, 0x81, "carries no IP"},    /* a VLAN's tag */
	    {14, 0x55, "carries no IP"},    /* version 5 */
	    {14, 0x44, "make no sense"},    /* a header of 16 bytes */
	    {14, 0x4f, "make no sense"},    /* longer than the packet */
	    {17, 39, "TCP segment is cut"}, /* no room for TCP */
	    {17, 19, "make no sense"},	    /* nor for IP */
	    {20, 0x20, "fragment"},	    /* more follow */
	    {21, 0x01, "fragment"},	    /* it is not the first */
	    {23, 17, "carries no TCP"},	    /* UDP */
	    {46, 0x40, "TCP header makes"}, /* 16 bytes */
	    {46, 0x60, "TCP header makes"}, /* longer than the segment */
	};
	static const struct segment s = {.flags = TCP_SYN};
	const char *why = "";
	size_t at;

	begin(LINK_ETHERNET);
	at = append_segment(&s);
	ck_assert_ptr_nonnull(parsed(&why));
	file[at + rows[_i].at] = rows[_i].value;
	ck_assert_ptr_null(parsed(&why));
	ck_assert_msg(strstr(why, rows[_i].due) != NULL, "%s", why);
}
END_TEST

START_TEST(a_frame_that_is_cut_anywhere_does_no_harm)
{
	static const struct segment s = {.flags = TCP_ACK, .data = "hello"};
	const struct packet *p;
	const char *why;
	size_t len;

	begin(LINK_ETHERNET);
	(void)append_segment(&s);
	for (len = 0; len <= FRAME + 5; len++) {
		put(32, (uint32_t)len, 4, false);
		file_len = 40 + len;
		p = parsed(&why);
		ck_assert_int_eq(p != NULL, len >= FRAME);
		if (p == NULL)
			continue;
		ck_assert_uint_eq(p->layer[LAYER_DATA].len, len - FRAME);
		ck_assert_uint_eq(p->layer[LAYER_IP].len, len - 14);
		ck_assert_uint_eq(p->sent, 5);
	}
}
END_TEST

START_TEST(padding_behind_the_packet_is_no_data)
{
	static const struct segment s = {.flags = TCP_ACK};
	const struct packet *p;
	const char *why;

	begin(LINK_ETHERNET);
	(void)append_segment(&s);
	put(32, 60, 4, false);
	put(36, 60, 4, false);
	file_len = 40 + 60;
	p = parsed(&why);
	ck_assert_ptr_nonnull(p);
	ck_assert_uint_eq(p->sent, 0);
	ck_assert_uint_eq(p->layer[LAYER_DATA].len, 0);
	ck_assert_uint_eq(p->layer[LAYER_IP].len, 40);
}
END_TEST

/* The field of that name; fails if there is none. */
static const struct field *
field_named(const struct packet *p, enum layer layer, const char *name)
{
	static struct field field[FIELDS_MAX];
	int i, n = packet_fields(p, layer, field);

	for (i = 0; i < n; i++)
		if (strcmp(field[i].name, name) == 0)
			return &field[i];
	ck_abort_msg("there is no field '%s'", name);
	return NULL;
}

START_TEST(fields_have_a_place_and_a_value)
{
	static const struct {
		enum layer layer;
		const char *name;
		size_t at, len;
		const char *value;
	} rows[] = {
	    {LAYER_FRAME, "destination", 0, 6, "00:00:00:00:00:00"},
	    {LAYER_FRAME, "type", 12, 2, "0x0800"},
	    {LAYER_IP, "version", 14, 1, "4"},
	    {LAYER_IP, "header length", 14, 1, "5"},
	    {LAYER_IP, "total length", 16, 2, "45"},
	    {LAYER_IP, "time to live", 22, 1, "64"},
	    {LAYER_IP, "protocol", 23, 1, "6"},
	    {LAYER_IP, "source", 26, 4, "127.0.0.1"},
	    {LAYER_IP, "destination", 30, 4, "127.0.0.1"},
	    {LAYER_TCP, "source port", 34, 2, "40000"},
	    {LAYER_TCP, "destination port", 36, 2, "5000"},
	    {LAYER_TCP, "sequence number", 38, 4, "4000000000"},
	    {LAYER_TCP, "acknowledgement", 42, 4, "9"},
	    {LAYER_TCP, "header length", 46, 1, "5"},
	    {LAYER_TCP, "flags", 47, 1, "0x18"},
	    {LAYER_TCP, "window", 48, 2, "256"},
	    {LAYER_TCP, "checksum", 50, 2, "0x0000"},
	};
	static const struct segment s = {.seq = 4000000000,
	    .ack = 9,
	    .flags = TCP_PSH | TCP_ACK,
	    .data = "hello"};
	const struct field *f;
	const char *why;
	size_t i;

	begin(LINK_ETHERNET);
	(void)append_segment(&s);
	for (i = 0; i < LENGTH(rows); i++) {
		f = field_named(parsed(&why), rows[i].layer, rows[i].name);
		ck_assert_uint_eq(f->at, rows[i].at);
		ck_assert_uint_eq(f->len, rows[i].len);
		ck_assert_str_eq(f->value, rows[i].value);
	}
	f = field_named(parsed(&why), LAYER_TCP, "flags");
	ck_assert_str_eq(f->note, "PSH ACK");
}
END_TEST

/* The sums were worked out by hand, with the paper of RFC 1071. */
START_TEST(checksums_are_verified)
{
	static const struct segment s = {
	    .seq = 1, .ack = 1, .flags = TCP_ACK, .data = "abc"};
	const char *why;
	size_t at;

	begin(LINK_ETHERNET);
	at = append_segment(&s);
	/* 4500 002b 0000 0000 4006 0000 7f00 0001 7f00 0001: 18333 -> 8334,
	 * and its complement. */
	put(at + 24, 0x7ccb, 2, true);
	ck_assert_str_eq(
	    field_named(parsed(&why), LAYER_IP, "header checksum")->note,
	    "right");
	/* 7f00 0001 7f00 0001 0006 0017: fe1f, of the addresses. */
	put(at + 50, 0xfe1f, 2, true);
	ck_assert_str_eq(field_named(parsed(&why), LAYER_TCP, "checksum")->note,
	    "of the addresses alone");
	/* and 9c40 1388 0000 0001 0000 0001 5010 0100 0000 6162 6300: 2c35b
	 * -> c35d. */
	put(at + 50, 0x3ca2, 2, true);
	ck_assert_str_eq(
	    field_named(parsed(&why), LAYER_TCP, "checksum")->note, "right");
	file[at + FRAME] ^= 1;
	ck_assert_str_eq(
	    field_named(parsed(&why), LAYER_TCP, "checksum")->note, "wrong");
	file[at + 22] ^= 1;
	ck_assert_str_eq(
	    field_named(parsed(&why), LAYER_IP, "header checksum")->note,
	    "wrong");
}
END_TEST

/* The options of a segment, as "name=value name=value". */
START_TEST(options_are_read_as_far_as_they_can_be)
{
	static const struct {
		const char *bytes;
		size_t len; /* a multiple of 4 */
		const char *due;
	} rows[] = {
	    {"\2\4\5\xb4", 4, "option: segment=1460"},
	    {"\1\3\3\7", 4, "option: nothing=1 option: scale=7"},
	    {"\4\2\0\0", 4, "option: SACK=yes option: end=0"},
	    {"\1\1\10\12\0\0\0\1\0\0\0\2", 12,
		"option: nothing=1 option: nothing=1 option: times=1 2"},
	    {"\2\3\0\0", 4, "option=kind 2, 3 bytes option: end=0"},
	    {"\376\4ab", 4, "option=kind 254, 4 bytes"},
	    {"\2\0\5\xb4", 4, "options=broken"},
	    {"\2\1\5\xb4", 4, "options=broken"},
	    {"\2\5\5\xb4", 4, "options=broken"},
	    {"\1\1\1\2", 4,
		"option: nothing=1 option: nothing=1 option: nothing=1 "
		"options=broken"},
	};
	static const struct segment s = {.flags = TCP_SYN};
	struct field field[FIELDS_MAX];
	char text[512] = "";
	const char *why;
	size_t at, n = 0;
	int i, count;

	begin(LINK_ETHERNET);
	at = append_segment(&s);
	memcpy(file + file_len, rows[_i].bytes, rows[_i].len);
	file_len += rows[_i].len;
	put(32, (uint32_t)(FRAME + rows[_i].len), 4, false);
	put(36, (uint32_t)(FRAME + rows[_i].len), 4, false);
	put(at + 16, (uint32_t)(40 + rows[_i].len), 2, true);
	file[at + 46] = (uint8_t)((5 + rows[_i].len / 4) << 4);
	count = packet_fields(parsed(&why), LAYER_TCP, field);
	for (i = 9; i < count; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s=%s",
		    i > 9 ? " " : "", field[i].name, field[i].value);
	ck_assert_str_eq(text, rows[_i].due);
}
END_TEST

START_TEST(ip6_is_read_as_well)
{
	uint8_t frame[14 + 40 + 20] = {[12] = 0x86,
	    [13] = 0xdd,
	    [14] = 0x60,
	    [19] = 20,
	    [20] = 6,
	    [21] = 64,
	    [37] = 1,
	    [53] = 2,
	    [55] = 80,
	    [66] = 0x50};
	const struct packet *p;
	const char *why;
	char text[ENDPOINT_TEXT];

	begin(LINK_ETHERNET);
	(void)append(1, frame, sizeof(frame));
	p = parsed(&why);
	ck_assert_ptr_nonnull(p);
	packet_endpoint(text, p, &p->from);
	ck_assert_str_eq(text, "[::1]:80");
	packet_endpoint(text, p, &p->to);
	ck_assert_str_eq(text, "[::2]:0");
	ck_assert_str_eq(
	    field_named(p, LAYER_IP, "payload length")->value, "20");
}
END_TEST

/* --- ladders --- */

/* The rungs of a capture of n segments, a line each: who, what, seq, ack. */
static const char *
rungs(const struct segment *s, size_t n, struct capture *c)
{
	static char text[2048];
	const char *why;
	size_t i, at = 0;

	begin(LINK_ETHERNET);
	for (i = 0; i < n; i++)
		(void)append_segment(&s[i]);
	ck_assert_int_eq(capture_sort(c, file, file_len, &why), 0);
	ck_assert_uint_eq(c->frames, n);
	for (i = 0; i < n; i++) {
		const struct rung *r = &c->frame[i].rung;

		at += (size_t)snprintf(text + at, sizeof(text) - at,
		    "%d%c %s %lu %lu\n", c->frame[i].talk,
		    r->from == LADDER_CLIENT ? '>' : '<', rung_name(r->what),
		    (unsigned long)r->seq, (unsigned long)r->ack);
	}
	return text;
}

START_TEST(a_connection_is_a_ladder)
{
	/* Its numbers come round in the middle. */
	static const struct segment s[] = {
	    {false, 0xfffffffe, 0, TCP_SYN, NULL},
	    {true, 1000, 0xffffffff, TCP_SYN | TCP_ACK, NULL},
	    {false, 0xffffffff, 1001, TCP_ACK, NULL},
	    {false, 0xffffffff, 1001, TCP_PSH | TCP_ACK, "hello\n"},
	    {true, 1001, 5, TCP_ACK, NULL},
	    {true, 1001, 5, TCP_PSH | TCP_ACK, "hello\n"},
	    {true, 1001, 5, TCP_PSH | TCP_ACK, "hello\n"},
	    {false, 5, 1007, TCP_ACK, NULL},
	    {false, 5, 1007, TCP_FIN | TCP_ACK, NULL},
	    {true, 1007, 6, TCP_FIN | TCP_ACK, NULL},
	    {false, 6, 1008, TCP_ACK, NULL},
	};
	struct capture c;

	ck_assert_str_eq(rungs(s, LENGTH(s), &c), "0> handshake 0 0\n"
						  "0< handshake 0 1\n"
						  "0> handshake 1 1\n"
						  "0> data 1 1\n"
						  "0< ack 1 7\n"
						  "0< data 1 7\n"
						  "0< sent again 1 7\n"
						  "0> ack 7 7\n"
						  "0> close 7 7\n"
						  "0< close 7 8\n"
						  "0> close 8 8\n");
	ck_assert_int_eq(capture_over(&c), 1);
	ck_assert_uint_eq(c.talk[0].side[LADDER_CLIENT].bytes, 6);
	ck_assert_uint_eq(c.talk[0].side[LADDER_SERVER].bytes, 6);
	capture_release(&c);
}
END_TEST

START_TEST(a_connection_is_over_when_both_know_it)
{
	static const struct segment s[] = {
	    {false, 0, 0, TCP_SYN, NULL},
	    {true, 0, 1, TCP_SYN | TCP_ACK, NULL},
	    {false, 1, 1, TCP_FIN | TCP_ACK, NULL},
	    {true, 1, 2, TCP_FIN | TCP_ACK, NULL},
	    {false, 2, 2, TCP_ACK, NULL},
	};
	struct capture c;
	size_t n;

	for (n = 1; n <= LENGTH(s); n++) {
		(void)rungs(s, n, &c);
		ck_assert_int_eq(capture_over(&c), n == LENGTH(s));
		capture_release(&c);
	}
}
END_TEST

START_TEST(a_reset_ends_it)
{
	static const struct segment s[] = {
	    {false, 5, 0, TCP_SYN, NULL},
	    {true, 0, 6, TCP_RST | TCP_ACK, NULL},
	    {false, 9, 0, TCP_SYN, NULL},
	};
	struct capture c;

	/* And the same ports may meet again. */
	ck_assert_str_eq(rungs(s, LENGTH(s), &c), "0> handshake 0 0\n"
						  "0< reset 1 1\n"
						  "1> handshake 0 0\n");
	ck_assert_int_eq(capture_over(&c), 1);
	ck_assert_int_eq(c.talks, 2);
	capture_release(&c);
}
END_TEST

START_TEST(a_ladder_may_begin_in_the_middle)
{
	static const struct segment s[] = {
	    {true, 500, 700, TCP_ACK, "abc"},
	    {false, 700, 503, TCP_ACK, NULL},
	};
	struct capture c;

	ck_assert_str_eq(rungs(s, LENGTH(s), &c), "0< data 1 1\n0> ack 1 4\n");
	capture_release(&c);
}
END_TEST

START_TEST(bytes_are_counted_once)
{
	static const struct segment s[] = {
	    {false, 1, 1, TCP_ACK, "abcdef"},
	    {false, 4, 1, TCP_ACK, "defghi"},
	    {false, 1, 1, TCP_ACK, "abc"},
	};
	struct capture c;

	ck_assert_str_eq(rungs(s, LENGTH(s), &c),
	    "0> data 1 1\n0> data 4 1\n0> sent again 1 1\n");
	ck_assert_uint_eq(c.talk[0].side[LADDER_CLIENT].bytes, 9);
	capture_release(&c);
}
END_TEST

/* --- TLS --- */

/* A hello: ciphers and the like are as short as may be; then the name a.test,
 * an extension that is nobody's, two protocols and three versions. */
static const char hello[] = "\x16\x03\x01\0\x66\x01\0\0\x62\x03\x03"
			    "random random random random rand"
			    "\0"
			    "\0\x02\x13\x01"
			    "\x01\0"
			    "\0\x37"
			    "\0\0\0\x0b\0\x09\0\0\x06"
			    "a.test"
			    "\x12\x34\0\x03"
			    "abc"
			    "\0\x10\0\x0e\0\x0c\x02h2\x08http/1.1"
			    "\0\x2b\0\x07\x06\x0a\x0a\x03\x04\x03\x03"
			    "\0\x15\0\0"
			    "\x17\x03\x03\0\x50sealed";
enum { HELLO = sizeof(hello) - 1 };

static const char *
value_of(const struct field *field, int n, const char *name)
{
	int i;

	for (i = 0; i < n; i++)
		if (strcmp(field[i].name, name) == 0)
			return field[i].value;
	return "(none)";
}

START_TEST(what_tls_leaves_open_is_read)
{
	const struct segment s = {false, 1, 1, TCP_ACK, NULL};
	struct field field[FIELDS_MAX];
	const struct packet *p;
	const char *why;
	int n;

	begin(LINK_ETHERNET);
	(void)append_data(&s, hello, HELLO);
	p = parsed(&why);
	ck_assert_ptr_nonnull(p);
	n = packet_fields(p, LAYER_DATA, field);
	ck_assert_str_eq(value_of(field, n, "handshake"), "1");
	ck_assert_str_eq(value_of(field, n, "server name"), "a.test");
	ck_assert_str_eq(value_of(field, n, "protocols"), "h2 http/1.1");
	ck_assert_str_eq(value_of(field, n, "versions"), "TLS 1.3");
	ck_assert_str_eq(field[n - 2].value, "23");
	ck_assert_str_eq(field[n - 1].note, "63, and 17 of TLS");
}
END_TEST

START_TEST(a_hello_that_is_cut_or_lies_does_no_harm)
{
	char bytes[HELLO];
	const struct segment s = {false, 1, 1, TCP_ACK, NULL};
	struct field field[FIELDS_MAX];
	const struct packet *p;
	const char *why;
	size_t at;
	int i, n;

	for (at = 1; at < (size_t)HELLO * 2; at++) {
		memcpy(bytes, hello, HELLO);
		/* Or one length after the other is far too large. */
		if (at >= HELLO)
			bytes[at - HELLO] = '\xff';
		begin(LINK_ETHERNET);
		(void)append_data(&s, bytes, at < HELLO ? at : HELLO);
		p = parsed(&why);
		ck_assert_ptr_nonnull(p);
		n = packet_fields(p, LAYER_DATA, field);
		for (i = 0; i < n; i++)
			ck_assert_uint_le(field[i].at + field[i].len, p->len);
	}
}
END_TEST

START_TEST(what_is_no_tls_has_no_fields)
{
	static const char *const data[] = {"\x16\x03", "GET / HTTP/1.1\r\n\r\n",
	    "\x13\x03\x01\x01\x01x", "\x18\x03\x01\x01\x01x",
	    "\x16\x02\x01\x01\x01x", "\x16\x03\x01\xff\x01x"};
	const struct segment s = {false, 1, 1, TCP_ACK, data[_i]};
	struct field field[FIELDS_MAX];
	const struct packet *p;
	const char *why;

	begin(LINK_ETHERNET);
	(void)append_segment(&s);
	p = parsed(&why);
	ck_assert_ptr_nonnull(p);
	ck_assert_int_eq(packet_fields(p, LAYER_DATA, field), 0);
}
END_TEST

/* The same request in two connections, the first of which begins with a hello
 * and then, if it is not the first of the loop, says it openly. */
START_TEST(what_is_readable_is_not_called_hidden)
{
	const struct segment one = {false, 1, 1, TCP_ACK, NULL};
	const struct segment more = {
	    false, 1 + HELLO, 1, TCP_ACK, "GET /x HTTP/1.1\r\n\r\n"};
	struct capture c;
	const char *why;
	char *text;
	size_t size;
	FILE *out;

	begin(LINK_ETHERNET);
	(void)append_data(&one, hello, HELLO);
	if (_i > 0)
		(void)append_segment(&more);
	put(append_segment(&more) + 34, 40001, 2, true);
	ck_assert_int_eq(capture_sort(&c, file, file_len, &why), 0);
	out = open_memstream(&text, &size);
	ck_assert_ptr_nonnull(out);
	hidden_sketch(out, &c);
	ck_assert_int_eq(fclose(out), 0);
	ck_assert_ptr_nonnull(
	    strstr(text, _i > 0 ? "request           readable"
				: "request           hidden "));
	free(text);
	capture_release(&c);
}
END_TEST

/* --- sketches --- */

START_TEST(a_sketch_fits_80_columns_and_is_printable)
{
	static const struct segment s[] = {
	    {false, 1, 1, 0xff,
		"\033[2J\r\n\x80\xff bytes of all kinds, and so many of them "
		"that not all can be shown in a box that is to be read by "
		"people who have better things to do"},
	    {true, 4000000000, 4000000000, TCP_ACK, "\n"},
	};
	char *text, *line, *end;
	struct capture c;
	size_t size, i;
	FILE *out;

	(void)rungs(s, LENGTH(s), &c);
	out = open_memstream(&text, &size);
	ck_assert_ptr_nonnull(out);
	sketch_frame(out, &c, 1);
	sketch_ladder(out, &c, 0);
	ck_assert_int_eq(fclose(out), 0);
	ck_assert_ptr_nonnull(strstr(text, "... and "));
	for (line = text; *line != '\0'; line = end + 1) {
		end = strchr(line, '\n');
		ck_assert_ptr_nonnull(end);
		ck_assert_int_le(end - line, 80);
	}
	for (i = 0; i < size; i++)
		ck_assert(
		    text[i] == '\n' || (text[i] >= ' ' && text[i] <= '~'));
	free(text);
	capture_release(&c);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(
	    tc, both_byte_orders_and_both_units_of_time_are_read, 0, 4);
	tcase_add_loop_test(tc, what_is_no_capture_is_refused, 0, 6);
	tcase_add_test(tc, a_last_packet_that_is_cut_is_told);
	tcase_add_loop_test(tc, lengths_that_cannot_be_are_refused, 0, 5);
	tcase_add_test(tc, layers_lie_within_one_another);
	tcase_add_loop_test(tc, a_loopback_may_come_without_ethernet, 0, 4);
	tcase_add_loop_test(
	    tc, what_holds_no_whole_tcp_header_is_left_out, 0, 12);
	tcase_add_test(tc, a_frame_that_is_cut_anywhere_does_no_harm);
	tcase_add_test(tc, padding_behind_the_packet_is_no_data);
	tcase_add_test(tc, fields_have_a_place_and_a_value);
	tcase_add_test(tc, checksums_are_verified);
	tcase_add_loop_test(tc, options_are_read_as_far_as_they_can_be, 0, 10);
	tcase_add_test(tc, ip6_is_read_as_well);
	tcase_add_test(tc, a_connection_is_a_ladder);
	tcase_add_test(tc, a_connection_is_over_when_both_know_it);
	tcase_add_test(tc, a_reset_ends_it);
	tcase_add_test(tc, a_ladder_may_begin_in_the_middle);
	tcase_add_test(tc, bytes_are_counted_once);
	tcase_add_test(tc, what_tls_leaves_open_is_read);
	tcase_add_test(tc, a_hello_that_is_cut_or_lies_does_no_harm);
	tcase_add_loop_test(tc, what_is_no_tls_has_no_fields, 0, 6);
	tcase_add_loop_test(tc, what_is_readable_is_not_called_hidden, 0, 2);
	tcase_add_test(tc, a_sketch_fits_80_columns_and_is_printable);
}

int
main(void)
{
	return check_main("layers", add_tests);
}
