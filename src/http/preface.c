#include "http/preface.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <string.h>

enum { LINE_MAX = 107, HEAD = 16, SIGNATURE = 12, TLV = 3, ADDRESS = 46 };

static const char line_begin[] = "PROXY ";
static const char signature[] = "\r\n\r\n\0\r\nQUIT\n";

/* Are the first bytes, as many as there are, these? */
static bool
begins(const char *data, size_t len, const char *with, size_t n)
{
	return memcmp(data, with, len < n ? len : n) == 0;
}

/* --- version 1 --- */

/* The next word of the line, up to a space or the end. */
static size_t
word(const char *at, const char *end)
{
	size_t n = 0;

	while (at + n < end && at[n] != ' ')
		n++;
	return n;
}

/* An address of that family; in its one form, if it is of IPv4. */
static bool
read_address(int family, const char *text, size_t len, uint8_t out[16])
{
	char name[ADDRESS], back[ADDRESS];
	const int af = family == 6 ? AF_INET6 : AF_INET;

	if (len == 0 || len >= sizeof(name))
		return false;
	memcpy(name, text, len);
	name[len] = '\0';
	return strlen(name) == len && inet_pton(af, name, out) == 1 &&
	       (family == 6 ||
		   (inet_ntop(af, out, back, sizeof(back)) != NULL &&
		       strcmp(name, back) == 0));
}

static bool
read_port(const char *text, size_t len, uint16_t *port)
{
	uint32_t n = 0;
	size_t i;

	if (len == 0 || len > 5 || (text[0] == '0' && len > 1))
		return false;
	for (i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		n = n * 10 + (uint32_t)(text[i] - '0');
	}
	*port = (uint16_t)n;
	return n <= 65535;
}

/* What follows "PROXY TCP4 " or "PROXY TCP6 ", up to the line's end. */
static bool
read_addresses(struct preface *p, int family, const char *at, const char *end)
{
	uint8_t unused[16];
	uint16_t port;
	size_t len[4];
	const char *part[4];
	int i;

	for (i = 0; i < 4; i++) {
		part[i] = at;
		len[i] = word(at, end);
		at += len[i];
		if (i < 3 && at++ == end)
			return false;
	}
	p->family = (uint8_t)family;
	return at == end && read_address(family, part[0], len[0], p->address) &&
	       read_address(family, part[1], len[1], unused) &&
	       read_port(part[2], len[2], &p->port) &&
	       read_port(part[3], len[3], &port);
}

static bool
read_line(struct preface *p, const char *line, size_t len)
{
	const char *at = line + sizeof(line_begin) - 1, *end = line + len;
	const size_t n = word(at, end);

	if (n == 7 && memcmp(at, "UNKNOWN", 7) == 0)
		return true;
	if (n != 4 || at + n == end || memcmp(at, "TCP", 3) != 0 ||
	    (at[3] != '4' && at[3] != '6'))
		return false;
	return read_addresses(p, at[3] - '0', at + n + 1, end);
}

static int
parse_line(struct preface *p, const char *data, size_t len)
{
	const size_t most = len < LINE_MAX ? len : LINE_MAX;
	const char *cr = memchr(data, '\r', most);
	size_t n;

	if (cr == NULL)
		return len < LINE_MAX ? 0 : -1;
	n = (size_t)(cr - data);
	if (n + 1 == most)
		return len < LINE_MAX ? 0 : -1;
	/* The first CR ends it, or nothing does. */
	if (cr[1] != '\n' || n < sizeof(line_begin) - 1 ||
	    !read_line(p, data, n))
		return -1;
	p->len = (uint16_t)(n + 2);
	return 1;
}

/* --- version 2 --- */

static uint32_t
number16(const unsigned char *at)
{
	return (uint32_t)at[0] << 8 | at[1];
}

/* CRC32c (RFC 9260 appendix A), a bit at a time: of a few bytes, seldom. */
static uint32_t
checksum(uint32_t crc, const unsigned char *at, size_t len)
{
	size_t i;
	int bit;

	for (i = 0; i < len; i++) {
		crc ^= at[i];
		for (bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78U : 0);
	}
	return crc;
}

/* Of all but the four bytes at `at`, which count as zeros. */
static bool
sum_is_right(const unsigned char *head, size_t len, const unsigned char *at)
{
	static const unsigned char zeros[4];
	const size_t before = (size_t)(at - head);
	uint32_t crc = checksum(0xffffffffU, head, before);

	crc = checksum(crc, zeros, 4);
	crc = ~checksum(crc, at + 4, len - before - 4);
	return crc == (number16(at) << 16 | number16(at + 2));
}

/* Types, lengths, values, up to the end. */
static bool
extras_are_right(const unsigned char *head, size_t at, size_t len)
{
	enum { CRC32C = 3 };
	size_t n;

	for (; at < len; at += TLV + n) {
		if (len - at < TLV)
			return false;
		n = number16(head + at + 1);
		if (n > len - at - TLV)
			return false;
		if (head[at] == CRC32C &&
		    (n != 4 || !sum_is_right(head, len, head + at + TLV)))
			return false;
	}
	return true;
}

/* The bytes of both addresses, by the number of the family. */
static const uint8_t address_bytes[] = {0, 12, 36, 216};

static bool
read_head(struct preface *p, const unsigned char *head)
{
	const unsigned family = head[13] >> 4, protocol = head[13] & 0xf;
	const size_t len = p->len;
	const unsigned char *at = head + HEAD;
	const size_t n = family == 2 ? 16 : 4;

	if (family > 3 || protocol > 2 || address_bytes[family] > len - HEAD)
		return false;
	/* Addresses of no known kind: where they end cannot be known. */
	if (family == 0 || protocol == 0)
		return true;
	if (!extras_are_right(head, HEAD + (size_t)address_bytes[family], len))
		return false;
	if (family == 3 || protocol == 2)
		return true;
	p->family = family == 2 ? 6 : 4;
	memcpy(p->address, at, n);
	p->port = (uint16_t)number16(at + 2 * n);
	return true;
}

static int
parse_head(struct preface *p, const unsigned char *head, size_t len)
{
	enum { VERSION = 0x20, LOCAL = 0, PROXIED = 1 };

	if (len <= SIGNATURE)
		return 0;
	if (head[12] != (VERSION | LOCAL) && head[12] != (VERSION | PROXIED))
		return -1;
	if (len < HEAD)
		return 0;
	if (HEAD + number16(head + 14) > PREFACE_MAX)
		return -1;
	p->len = (uint16_t)(HEAD + number16(head + 14));
	if (len < p->len)
		return 0;
	if (head[12] == (VERSION | PROXIED) && !read_head(p, head))
		return -1;
	return 1;
}

int
preface_parse(struct preface *p, const char *data, size_t len)
{
	memset(p, 0, sizeof(*p));
	if (len == 0)
		return 0;
	if (begins(data, len, line_begin, sizeof(line_begin) - 1))
		return parse_line(p, data, len);
	if (begins(data, len, signature, SIGNATURE))
		return parse_head(p, (const unsigned char *)data, len);
	return -1;
}
