#include <stdio.h>
#include <string.h>

#include "conform.h"
#include "fixture.h"

enum { BOUNDARY = 70 };

/* The boundary parameter of a Content-Type, with the dashes that stand before
 * it in the content. */
static bool
find_boundary(struct text type, char out[BOUNDARY + 3])
{
	static const char kind[] = "multipart/byteranges;",
			  name[] = "boundary=";
	char line[256], *p, *end;
	size_t len;

	if (type.at == NULL || type.len >= sizeof(line))
		return false;
	memcpy(line, type.at, type.len);
	line[type.len] = '\0';
	p = strstr(line, name);
	if (strncmp(line, kind, sizeof(kind) - 1) != 0 || p == NULL)
		return false;
	p += sizeof(name) - 1;
	if (*p == '"') {
		p++;
		end = strchr(p, '"');
	} else {
		end = p + strcspn(p, "; ");
	}
	len = end != NULL ? (size_t)(end - p) : 0;
	if (len == 0 || len > BOUNDARY)
		return false;
	snprintf(out, BOUNDARY + 3, "--%.*s", (int)len, p);
	return true;
}

/* Moves *at behind the string; false if it is not there. */
static bool
pass(struct text *at, const char *string)
{
	size_t len = strlen(string);

	if (at->len < len || memcmp(at->at, string, len) != 0)
		return false;
	at->at += len;
	at->len -= len;
	return true;
}

/* Reads the lines of a part's head, and the range out of them. */
static const char *
part_head(struct text *at, long long *first, long long *last, long long *size)
{
	char line[256], *lf;
	bool found = false;
	size_t len;

	while (!pass(at, "\r\n")) {
		lf = memchr(at->at, '\n', at->len);
		len = lf != NULL ? (size_t)(lf - at->at) + 1 : sizeof(line);
		if (len >= sizeof(line))
			return "a part has a line without end";
		if (len < 2 || lf[-1] != '\r')
			return "a line of a part does not end in CRLF";
		memcpy(line, at->at, len);
		line[len] = '\0';
		if (sscanf(line, "Content-Range: bytes %lld-%lld/%lld", first,
			last, size) == 3)
			found = true;
		at->at += len;
		at->len -= len;
	}
	return found ? NULL : "a part has no Content-Range";
}

static const char *
part_fault(struct text *at, const char *name)
{
	long long first = 0, last = -1, size = 0;
	const char *fault = part_head(at, &first, &last, &size);
	struct text bytes = {at->at, 0};

	if (fault != NULL)
		return fault;
	if (size != fixture_size(name) || first < 0 || last < first ||
	    last >= size || (size_t)(last - first) >= at->len)
		return "the Content-Range of a part is wrong";
	bytes.len = (size_t)(last - first) + 1;
	if (!fixture_holds(name, first, bytes))
		return "a part does not hold what it says";
	at->at += bytes.len;
	at->len -= bytes.len;
	return NULL;
}

const char *
parts_fault(const struct answer *a, const char *name)
{
	char boundary[BOUNDARY + 3];
	struct text at = a->content;
	const char *fault;
	int parts = 0;

	if (answer_field(a, "Content-Range").at != NULL)
		return "its head has a Content-Range";
	if (!find_boundary(answer_field(a, "Content-Type"), boundary))
		return "it is no multipart/byteranges with a boundary";
	/* What stands before the first part is nothing, or a line's end. */
	(void)pass(&at, "\r\n");
	for (; pass(&at, boundary) && pass(&at, "\r\n"); parts++) {
		fault = part_fault(&at, name);
		if (fault != NULL)
			return fault;
		if (!pass(&at, "\r\n"))
			return "a part does not end in CRLF";
	}
	if (parts == 0)
		return "there is no part";
	return pass(&at, "--") ? NULL : "the last boundary is missing";
}
