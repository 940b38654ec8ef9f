#include "multipart.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Expects a text, and counts it. */
static void
text(struct place at, int c, const char *s, int64_t *length)
{
	expect_at(at, c, s);
	*length += (int64_t)strlen(s);
}

static void
bytes(struct place at, int c, const struct whole *whole, const struct part *p,
    int64_t *length)
{
	size_t i, n = (size_t)(p->last - p->first + 1);
	unsigned char *data = malloc(n);

	for (i = 0; i < n; i++)
		data[i] = whole->byte((uint64_t)p->first + i);
	expect_bytes_at(at, c, data, n);
	free(data);
	*length += (int64_t)n;
}

void
expect_parts_at(struct place at, int c, const struct response *r,
    const struct whole *whole, const struct part *part, int n,
    void (*between)(void))
{
	static const char type[] = "multipart/byteranges; boundary=";
	const char *field = http_field(r, "Content-Type");
	char boundary[80], head[512];
	int64_t length = 0;
	int i;

	if (field == NULL || strncmp(field, type, sizeof(type) - 1) != 0)
		fail_at(
		    at, "no multipart, but \"%s\"", field != NULL ? field : "");
	(void)snprintf(
	    boundary, sizeof(boundary), "%s", field + sizeof(type) - 1);
	for (i = 0; i < n; i++) {
		if (between != NULL)
			between();
		(void)snprintf(head, sizeof(head),
		    "\r\n--%s\r\nContent-Type: %s\r\n"
		    "Content-Range: bytes %lld-%lld/%lld\r\n\r\n",
		    boundary, whole->type, (long long)part[i].first,
		    (long long)part[i].last, (long long)whole->size);
		text(at, c, head, &length);
		bytes(at, c, whole, &part[i], &length);
	}
	(void)snprintf(head, sizeof(head), "\r\n--%s--\r\n", boundary);
	text(at, c, head, &length);
	if (r->length != length)
		fail_at(at, "%lld bytes were announced, %lld came",
		    (long long)r->length, (long long)length);
}
