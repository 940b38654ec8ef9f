#include "http/path.h"

#include <string.h>

#include "http/bytes.h"

enum { EXTENSION_BYTES = 15 };

/* Skips scheme and authority of an absolute-form target. Stores in *at where
 * the path begins, which may be the end. Returns 0 or the status. */
static int
skip_authority(const char *target, size_t len, size_t *at)
{
	size_t scheme, start, end;

	*at = 0;
	if (len > 0 && target[0] == '/')
		return 0;
	for (scheme = 0; scheme < len && target[scheme] != ':'; scheme++)
		;
	if (!token_is(target, scheme, "http") &&
	    !token_is(target, scheme, "https"))
		return 400;
	start = scheme + 3;
	if (len < start || memcmp(target + scheme, "://", 3) != 0)
		return 400;
	for (end = start; end < len && target[end] != '/' && target[end] != '?';
	     end++)
		;
	*at = end;
	/* A userinfo is an error (RFC 9110 section 4.2.4). */
	return host_valid(target + start, end - start) ? 0 : 400;
}

bool
path_is_secured(const char *target, size_t len)
{
	return len > 5 && target[5] == ':' && token_is(target, 5, "https");
}

/* Decodes the byte at *at, which is before end, and moves *at behind it.
 * Returns the byte, or -1 if it may not stand in a path. */
static int
decode(const char *target, size_t *at, size_t end)
{
	const char *p = target + *at;
	int c, low;

	if (*p != '%') {
		++*at;
		return (unsigned char)*p;
	}
	if (end - *at < 3)
		return -1;
	c = byte_hex(p[1]);
	low = byte_hex(p[2]);
	if (c < 0 || low < 0)
		return -1;
	*at += 3;
	c = c << 4 | low;
	return c < 0x20 || c == 0x7f ? -1 : c;
}

/* The segment that begins at `start` is complete: resolves ".", ".." and
 * empty ones, and appends '/' to others. Returns 0 or the status. */
static int
resolve(struct path *p, size_t start)
{
	const char *segment = p->name + start;
	size_t len = p->len - start;

	p->directory = true;
	if (len == 0)
		return 0;
	if (len == 1 && segment[0] == '.') {
		p->len = start;
		return 0;
	}
	if (len == 2 && segment[0] == '.' && segment[1] == '.') {
		if (start == 0)
			return 400;
		/* Back over the '/' of the one before, to its beginning. */
		for (start--; start > 0 && p->name[start - 1] != '/'; start--)
			;
		p->len = start;
		return 0;
	}
	p->name[p->len++] = '/';
	return 0;
}

/* Decodes target[at..end) segment by segment into p->name. In the end a '/'
 * follows every segment but, if the target names no directory, the last.
 * One that has no room is still looked at to its end. */
static int
resolve_all(struct path *p, const char *target, size_t at, size_t end)
{
	size_t start = 0;
	int c, status;
	bool full = false;

	while (at < end) {
		c = decode(target, &at, end);
		if (c < 0)
			return 400;
		/* Room for this byte, a '/' and a NUL. */
		full = full || p->len + 3 > PATH_BYTES;
		if (full)
			continue;
		if (c != '/') {
			p->name[p->len++] = (char)c;
			continue;
		}
		status = resolve(p, start);
		if (status != 0)
			return status;
		start = p->len;
	}
	if (full) {
		p->len = 0;
		p->name[0] = '\0';
		p->hidden = false;
		return 404;
	}
	status = resolve(p, start);
	if (status == 0 && p->len > start)
		p->directory = false;
	return status;
}

/* Does a segment begin with '.'? A first one of ".well-known" (RFC 8615) is
 * there to be seen. */
static bool
is_hidden(const char *name)
{
	static const char known[] = ".well-known";
	size_t n = sizeof(known) - 1;

	if (strncmp(name, known, n) == 0 && (name[n] == '/' || name[n] == '\0'))
		name += n;
	return name[0] == '.' || strstr(name, "/.") != NULL;
}

int
path_parse(struct path *p, const char *target, size_t len)
{
	const char *query;
	size_t start, i;
	int status = skip_authority(target, len, &start);

	if (status != 0)
		return status;
	for (i = 0; i < len; i++)
		if (!byte_is(target[i], BYTE_TARGET) || target[i] == '#')
			return 400;
	query = memchr(target, '?', len);
	p->query = query != NULL ? (size_t)(query - target) : len;
	p->len = 0;
	status = resolve_all(p, target, start, p->query);
	if (status != 0)
		return status;
	/* Without the last '/', which p->directory remembers. */
	if (p->len > 0 && p->name[p->len - 1] == '/')
		p->len--;
	p->name[p->len] = '\0';
	p->hidden = is_hidden(p->name);
	if (p->len == 0) {
		p->name[p->len++] = '.';
		p->name[p->len] = '\0';
	}
	return 0;
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool
path_has_extension(const char *name)
{
	const char *slash = strrchr(name, '/'), *dot = strrchr(name, '.');
	size_t i, letters = 0;

	if (slash != NULL)
		name = slash + 1;
	if (dot == NULL || dot <= name)
		return false;
	for (i = 1; is_letter(dot[i]) || byte_is(dot[i], BYTE_DIGIT); i++)
		letters += is_letter(dot[i]);
	return dot[i] == '\0' && letters > 0 && i <= EXTENSION_BYTES + 1;
}
