#include "os/networks.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/num.h"

enum { TEXT = 64 };

/* Are those bits the same in both? */
static bool
agree(const uint8_t *a, const uint8_t *b, unsigned bits)
{
	const unsigned whole = bits / 8, rest = bits % 8;

	return memcmp(a, b, whole) == 0 &&
	       (rest == 0 || (a[whole] ^ b[whole]) >> (8 - rest) == 0);
}

static bool
has_host_bits(const uint8_t *address, unsigned bits, unsigned most)
{
	for (; bits < most; bits++)
		if ((address[bits / 8] >> (7 - bits % 8) & 1) != 0)
			return true;
	return false;
}

/* One of the list. */
static bool
add(struct networks *n, char *text)
{
	char *slash = strchr(text, '/');
	uint8_t *to = n->of[n->count].address;
	int64_t bits, most;

	if (slash != NULL)
		*slash++ = '\0';
	memset(&n->of[n->count], 0, sizeof(n->of[0]));
	if (strcmp(text, "unix") == 0 && slash == NULL) {
		n->of[n->count].bits = 0;
		n->of[n->count++].family = PEER_UNIX;
		return true;
	}
	if (inet_pton(AF_INET, text, to) == 1)
		most = 32;
	else if (inet_pton(AF_INET6, text, to) == 1)
		most = 128;
	else
		return false;
	bits = most;
	if ((slash != NULL && num_parse(slash, 0, most, &bits) != 0) ||
	    has_host_bits(to, (unsigned)bits, (unsigned)most))
		return false;
	n->of[n->count].bits = (uint8_t)bits;
	n->of[n->count++].family = most == 32 ? 4 : 6;
	return true;
}

bool
networks_parse(struct networks *n, const char *list)
{
	char text[TEXT];
	size_t len;

	n->count = 0;
	for (;;) {
		len = strcspn(list, ",");
		if (len >= sizeof(text) || n->count == NETWORKS_MAX)
			return false;
		memcpy(text, list, len);
		text[len] = '\0';
		if (!add(n, text))
			return false;
		if (list[len] == '\0')
			return true;
		list += len + 1;
	}
}

bool
networks_have(const struct networks *n, const struct peer *peer)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	const bool is_mapped =
	    peer->family == 6 && memcmp(peer->address, mapped, 12) == 0;
	const uint8_t *address = peer->address + (is_mapped ? 12 : 0);
	const unsigned family = is_mapped ? 4 : peer->family;
	int i;

	for (i = 0; i < n->count; i++)
		if (n->of[i].family == family &&
		    agree(n->of[i].address, address, n->of[i].bits))
			return true;
	return false;
}
