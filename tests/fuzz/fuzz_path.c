/*
 * fuzz_path - no target leads out of the root, and the parser agrees with a
 * slow one that does one thing after the other.
 */
#include "http/path.h"

#include "fuzz.h"

enum { TOO_LONG = 404, BAD = 400, MOST = 8192 };

static int
hex(char c)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *p = c != '\0' ? strchr(digits, c) : NULL;

	return p != NULL ? (int)(p - digits) % 16 : -1;
}

/* Decodes all of it, or returns -1. */
static long
decode_all(char *to, const char *from, size_t len)
{
	size_t i, n = 0;

	for (i = 0; i < len; i++) {
		unsigned char c = (unsigned char)from[i];

		if (c == '%') {
			if (i + 2 >= len || hex(from[i + 1]) < 0 ||
			    hex(from[i + 2]) < 0)
				return -1;
			c = (unsigned char)(hex(from[i + 1]) * 16 +
					    hex(from[i + 2]));
			i += 2;
		}
		if (c < 0x20 || c == 0x7f)
			return -1;
		to[n++] = (char)c;
	}
	to[n] = '\0';
	return (long)n;
}

/* The reference: decodes, cuts at each '/', then goes down and up a list of
 * segments. What is long it leaves to the other. */
static int
slow_parse(struct path *p, const char *target, size_t len)
{
	static char text[MOST + 1];
	char *segment[MOST], *at = text, *next;
	int depth = 0, i;
	size_t query = 0, n = 0;

	while (query < len && target[query] != '?')
		query++;
	for (i = 0; i < (int)len; i++)
		if ((unsigned char)target[i] <= 0x20 || target[i] == 0x7f ||
		    target[i] == '#')
			return BAD;
	if (decode_all(text, target, query) < 0)
		return BAD;
	p->query = query;
	p->directory = false;
	p->hidden = false;
	p->name[0] = '\0';
	for (at = text + 1; at != NULL; at = next) {
		next = strchr(at, '/');
		if (next != NULL)
			*next++ = '\0';
		p->directory = strcmp(at, "") == 0 || strcmp(at, ".") == 0 ||
			       strcmp(at, "..") == 0;
		if (strcmp(at, "..") == 0 && depth-- == 0)
			return BAD;
		if (!p->directory)
			segment[depth++] = at;
	}
	for (i = 0; i < depth; i++) {
		n += (size_t)snprintf(p->name + n, sizeof(p->name) - n, "%s%s",
		    i > 0 ? "/" : "", segment[i]);
		if (segment[i][0] == '.' &&
		    (i > 0 || strcmp(segment[i], ".well-known") != 0))
			p->hidden = true;
	}
	if (depth == 0)
		(void)snprintf(p->name, sizeof(p->name), ".");
	p->len = strlen(p->name);
	return 0;
}

static void
check_path(const struct path *p, const char *target, size_t len)
{
	const char *at = p->name, *end;

	must(p->len == strlen(p->name) && p->len < PATH_BYTES);
	must(p->query <= len);
	must(p->query == len || target[p->query] == '?');
	if (strcmp(p->name, ".") == 0) {
		must(p->directory && !p->hidden);
		return;
	}
	for (;;) {
		end = at + strcspn(at, "/");
		must(end > at);
		must(!(end - at == 1 && at[0] == '.'));
		must(!(end - at == 2 && at[0] == '.' && at[1] == '.'));
		if (*end == '\0')
			return;
		at = end + 1;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const char *target = (const char *)data;
	static struct path fast, slow;
	int status = path_parse(&fast, target, len), due;

	must(status == 0 || status == BAD || status == TOO_LONG);
	if (status == 0)
		check_path(&fast, target, len);
	if (len == 0 || target[0] != '/' || len >= PATH_BYTES ||
	    status == TOO_LONG)
		return 0;
	due = slow_parse(&slow, target, len);
	must(status == due);
	if (status != 0)
		return 0;
	must(strcmp(fast.name, slow.name) == 0);
	must(fast.directory == slow.directory);
	must(fast.hidden == slow.hidden);
	must(fast.query == slow.query);
	return 0;
}
