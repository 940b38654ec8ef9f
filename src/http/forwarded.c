#include "http/forwarded.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <string.h>

#include "http/bytes.h"

/* What is read so far, from the left. */
struct chain {
	const struct networks *trusted;
	struct peer client;
	bool named;
	bool seen; /* the field is there */
};

static bool
is_port(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (text[i] < '0' || text[i] > '9')
			return false;
	return len > 0 && len <= 5;
}

static bool
read_number(struct peer *peer, int family, const char *text, size_t len)
{
	char name[INET6_ADDRSTRLEN];

	memset(peer, 0, sizeof(*peer));
	if (len >= sizeof(name) || memchr(text, '\0', len) != NULL)
		return false;
	memcpy(name, text, len);
	name[len] = '\0';
	peer->family = (uint8_t)family;
	return inet_pton(
		   family == 4 ? AF_INET : AF_INET6, name, peer->address) == 1;
}

/* "192.0.2.1", "192.0.2.1:80", "2001:db8::1", "[2001:db8::1]",
 * "[2001:db8::1]:80". */
static bool
read_node(struct peer *peer, const char *text, size_t len)
{
	const char *colon = memchr(text, ':', len), *end;
	size_t n;

	if (len > 0 && text[0] == '[') {
		end = memchr(text, ']', len);
		n = end != NULL ? (size_t)(end - text) + 1 : 0;
		return n > 0 &&
		       (n == len || (text[n] == ':' &&
					is_port(text + n + 1, len - n - 1))) &&
		       read_number(peer, 6, text + 1, n - 2);
	}
	if (colon == NULL)
		return read_number(peer, 4, text, len);
	n = (size_t)(colon - text);
	if (memchr(colon + 1, ':', len - n - 1) != NULL)
		return read_number(peer, 6, text, len);
	return is_port(colon + 1, len - n - 1) && read_number(peer, 4, text, n);
}

/* Adds an address of the chain. One that is trusted counts as the client only
 * if none before it is known. */
static void
add(struct chain *c, const char *text, size_t len)
{
	struct peer peer;

	if (!read_node(&peer, text, len)) {
		c->named = false;
	} else if (!c->named || !networks_have(c->trusted, &peer)) {
		c->client = peer;
		c->named = true;
	}
}

static void
trim(const char **text, size_t *len)
{
	while (*len > 0 && (**text == ' ' || **text == '\t')) {
		++*text;
		--*len;
	}
	while (*len > 0 &&
	       ((*text)[*len - 1] == ' ' || (*text)[*len - 1] == '\t' ||
		   (*text)[*len - 1] == '\r'))
		--*len;
}

/* How many bytes there are before the next `until` outside of quotes, or the
 * end. *open: a quote is not closed: what a proxy has added is in it. */
static size_t
part(const char *text, size_t len, char until, bool *open)
{
	bool quoted = false;
	size_t i;

	for (i = 0; i < len && (quoted || text[i] != until); i++) {
		if (text[i] == '"')
			quoted = !quoted;
		else if (quoted && text[i] == '\\' && i + 1 < len)
			i++;
	}
	*open = quoted;
	return i;
}

static size_t
word(const char *text, size_t len)
{
	const char *comma = memchr(text, ',', len);

	return comma != NULL ? (size_t)(comma - text) : len;
}

/* The value of "for" in the parameters of a Forwarded element. One without it
 * names no client. */
static void
add_element(struct chain *c, const char *text, size_t len)
{
	const char *value, *found = "";
	size_t n, width, found_len = 0;
	bool open;

	for (; len > 0; text += n, len -= n) {
		n = part(text, len, ';', &open);
		value = text;
		width = n;
		trim(&value, &width);
		if (width > 4 && token_is(value, 3, "for") && value[3] == '=') {
			found = value + 4;
			found_len = width - 4;
		}
		n += n < len;
	}
	if (found_len > 2 && found[0] == '"' && found[found_len - 1] == '"') {
		found++;
		found_len -= 2;
	}
	add(c, found, found_len);
}

static void
add_list(struct chain *c, const char *value, size_t len, bool elements)
{
	const char *text;
	size_t n, width;
	bool open = false;

	c->seen = true;
	for (; len > 0; value += n, len -= n) {
		n = elements ? part(value, len, ',', &open) : word(value, len);
		text = value;
		width = n;
		trim(&text, &width);
		if (open)
			c->named = false;
		else if (width > 0 && elements)
			add_element(c, text, width);
		else if (width > 0)
			add(c, text, width);
		n += n < len;
	}
}

/* Reads all lines of that field behind the request line. */
static void
read_field(struct chain *c, const char *head, size_t len, const char *name,
    bool elements)
{
	const size_t n = strlen(name);
	const char *end, *stop = head + len;
	const char *at = memchr(head, '\n', len);

	while (at != NULL && ++at < stop) {
		end = memchr(at, '\n', (size_t)(stop - at));
		len = (size_t)((end != NULL ? end : stop) - at);
		if (len > n && at[n] == ':' && token_is(at, n, name))
			add_list(c, at + n + 1, len - n - 1, elements);
		at = end;
	}
}

bool
forwarded_client(struct peer *client, const char *head, size_t len,
    const struct networks *trusted)
{
	struct chain c = {.trusted = trusted};

	read_field(&c, head, len, "forwarded", true);
	if (!c.seen)
		read_field(&c, head, len, "x-forwarded-for", false);
	*client = c.client;
	return c.named;
}

bool
forwarded_by(struct peer *client, const struct peer *from, const char *head,
    size_t len, const struct networks *trusted)
{
	if (trusted != NULL && len > 0 && networks_have(trusted, from) &&
	    forwarded_client(client, head, len, trusted))
		return true;
	*client = *from;
	return false;
}
