#include "http/bytes.h"

#include <string.h>

/* A test builds the same from the character lists of the RFCs. */
/* clang-format off */
const uint8_t byte_class[256] = {
	/* 0x00 */ 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	/* 0x08 */ 0x00, 0x04, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	/* 0x10 */ 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	/* 0x18 */ 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	/* 0x20 */ 0x04, 0x8f, 0x06, 0x87, 0x8f, 0x87, 0x8f, 0x8f,
	/* 0x28 */ 0x8e, 0x8e, 0x8f, 0x8f, 0x8e, 0x9f, 0x9f, 0x86,
	/* 0x30 */ 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	/* 0x38 */ 0xff, 0xff, 0x86, 0x8e, 0x86, 0x8e, 0x86, 0x86,
	/* 0x40 */ 0x86, 0xbf, 0xbf, 0xbf, 0xbf, 0xbf, 0xbf, 0x9f,
	/* 0x48 */ 0x9f, 0x9f, 0x9f, 0x9f, 0x9f, 0x9f, 0x9f, 0x9f,
	/* 0x50 */ 0x9f, 0x9f, 0x9f, 0x9f, 0x9f, 0x9f, 0x9f, 0x9f,
	/* 0x58 */ 0x9f, 0x9f, 0x9f, 0x86, 0x86, 0x86, 0x87, 0x9f,
	/* 0x60 */ 0x87, 0xbf, 0xbf, 0xbf, 0xbf, 0xbf, 0xbf, 0x9f,
	/* 0x68 */ 0x9f, 0x9f, 0x9f, 0x9f, 0x9f, 0x9f, 0x9f, 0x9f,
	/* 0x70 */ 0x9f, 0x9f, 0x9f, 0x9f, 0x9f, 0x9f, 0x9f, 0x9f,
	/* 0x78 */ 0x9f, 0x9f, 0x9f, 0x86, 0x87, 0x86, 0x9f, 0x00,
	/* 0x80 */ 0x86, 0x86, 0x86, 0x86, 0x86, 0x86, 0x86, 0x86,
	/* 0x88 */ 0x86, 0x86, 0x86, 0x86, 0x86, 0x86, 0x86, 0x86,
	/* 0x90 */ 0x86, 0x86, 0x86, 0x86, 0x86, 0x86, 0x86, 0x86,
	/* 0x98 */ 0x86, 0x86, 0x86, 0x86, 0x86, 0x86, 0x86, 0x86,
	/* 0xa0 */ 0x86, 0x86, 0x86, 0x86, 0x86, 0x86, 0x86, 0x86,
	/* 0xa8 */ 0x86, 0x86, 0x86, 0x86, 0x86, 0x86, 0x86, 0x86,
	/* 0xb0 */ 0x86, 0x86, 0x86, 0x86, 0x86, 0x86, 0x86, 0x86,
	/* 0xb8 */ 0x86, 0x86, 0x86, 0x86, 0x86, 0x86, 0x86, 0x86,
	/* 0xc0 */ 0x86, 0x86, 0x86, 0x86, 0x86, 0x86, 0x86, 0x86,
	/* 0xc8 */ 0x86, 0x86, 0x86, 0x86, 0x86, 0x86, 0x86, 0x86,
	/* 0xd0 */ 0x86, 0x86, 0x86, 0x86, 0x86, 0x86, 0x86, 0x86,
	/* 0xd8 */ 0x86, 0x86, 0x86, 0x86, 0x86, 0x86, 0x86, 0x86,
	/* 0xe0 */ 0x86, 0x86, 0x86, 0x86, 0x86, 0x86, 0x86, 0x86,
	/* 0xe8 */ 0x86, 0x86, 0x86, 0x86, 0x86, 0x86, 0x86, 0x86,
	/* 0xf0 */ 0x86, 0x86, 0x86, 0x86, 0x86, 0x86, 0x86, 0x86,
	/* 0xf8 */ 0x86, 0x86, 0x86, 0x86, 0x86, 0x86, 0x86, 0x86,
};
/* clang-format on */

int
byte_hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool
token_is(const char *text, size_t len, const char *name)
{
	size_t i;

	for (i = 0; i < len; i++)
		if ((text[i] | 0x20) != name[i])
			return false;
	return name[len] == '\0';
}

bool
list_next(struct list *l, const char **item, size_t *len)
{
	const char *end;

	while (l->at < l->end && (*l->at == ',' || byte_is_space(*l->at)))
		l->at++;
	if (l->at == l->end)
		return false;
	*item = l->at;
	while (l->at < l->end && *l->at != ',')
		l->at++;
	for (end = l->at; byte_is_space(end[-1]); end--)
		;
	*len = (size_t)(end - *item);
	return true;
}

int
qvalue_parse(const char *text, size_t len)
{
	int weight, unit = 100;
	size_t i;

	if (len == 0 || len > 5 || (text[0] != '0' && text[0] != '1') ||
	    (len > 1 && text[1] != '.'))
		return -1;
	weight = (text[0] - '0') * 1000;
	for (i = 2; i < len; i++, unit /= 10) {
		if (!byte_is(text[i], BYTE_DIGIT))
			return -1;
		weight += (text[i] - '0') * unit;
	}
	return weight <= 1000 ? weight : -1;
}

/* IPvFuture = "v" 1*HEXDIG "." 1*( unreserved / sub-delims / ":" ) */
static bool
is_future(const char *text, size_t len)
{
	size_t i = 1, from;

	if (len == 0 || (text[0] | 0x20) != 'v')
		return false;
	while (i < len && byte_is(text[i], BYTE_HEX))
		i++;
	if (i == 1 || i == len || text[i] != '.')
		return false;
	for (from = ++i; i < len; i++)
		if (text[i] != ':' && !byte_is(text[i], BYTE_HOST))
			return false;
	return i > from;
}

/* Four decimal octets, without leading zeros. */
static bool
is_ipv4(const char *text, size_t len)
{
	int octets = 0, n;
	size_t i = 0, from;

	for (;;) {
		n = 0;
		for (from = i; i < len && byte_is(text[i], BYTE_DIGIT); i++) {
			n = n * 10 + (text[i] - '0');
			if (n > 255 || (i > from && text[from] == '0'))
				return false;
		}
		if (i == from || ++octets > 4)
			return false;
		if (i == len)
			return octets == 4;
		if (text[i++] != '.')
			return false;
	}
}

/* IPv6address: eight groups, of which "::", once, stands for one or more, and
 * an IPv4 address for the last two. */
static bool
is_ipv6(const char *text, size_t len)
{
	bool gap = len > 1 && text[0] == ':' && text[1] == ':';
	size_t i = gap ? 2 : 0, from;
	int groups = 0;

	while (i < len) {
		for (from = i; i < len && byte_is(text[i], BYTE_HEX); i++)
			;
		if (i < len && text[i] == '.' &&
		    is_ipv4(text + from, len - from)) {
			groups += 2;
			break;
		}
		if (i == from || i - from > 4 || ++groups > 8)
			return false;
		if (i == len)
			break;
		if (text[i++] != ':' || i == len)
			return false;
		if (text[i] != ':')
			continue;
		if (gap)
			return false;
		gap = true;
		i++;
	}
	return gap ? groups < 8 : groups == 8;
}

/* [ IPv6address / IPvFuture ] (RFC 3986 section 3.2.2; a zone means
 * something to one host alone, and is bad). Returns its length, 0 if bad. */
static size_t
ip_literal(const char *text, size_t len)
{
	const char *end = memchr(text, ']', len);
	size_t n = end != NULL ? (size_t)(end - text) : 0;

	if (n < 2 || !(is_future(text + 1, n - 1) || is_ipv6(text + 1, n - 1)))
		return 0;
	return n + 1;
}

/* Returns the length of the reg-name or IPv4 address, 0 if bad or empty. No
 * name has an empty label, but for the root behind its last dot. */
static size_t
reg_name(const char *text, size_t len)
{
	size_t i = 0;

	for (;;) {
		for (; i < len && byte_is(text[i], BYTE_HOST); i++)
			if (text[i] == '.' && (i == 0 || text[i - 1] == '.'))
				return 0;
		if (i == len || text[i] != '%')
			return i;
		if (len - i < 3 || !byte_is(text[i + 1], BYTE_HEX) ||
		    !byte_is(text[i + 2], BYTE_HEX))
			return 0;
		i += 3;
	}
}

bool
host_valid(const char *text, size_t len)
{
	long port = 0;
	size_t i;

	if (len == 0)
		return false;
	i = *text == '[' ? ip_literal(text, len) : reg_name(text, len);
	if (i == 0)
		return false;
	if (i == len)
		return true;
	if (text[i++] != ':')
		return false;
	for (; i < len && port <= 65535; i++) {
		if (!byte_is(text[i], BYTE_DIGIT))
			return false;
		port = port * 10 + (text[i] - '0');
	}
	return port <= 65535;
}
