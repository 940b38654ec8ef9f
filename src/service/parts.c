/*
 * A multipart/byteranges body (RFC 9110 section 14.6). Each byte of it follows
 * from the file's validator, its type and the ranges: so a takeover goes on
 * with the very same boundary and heads.
 */
#include "reply.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "http/field.h"
#include "http/media.h"
#include "os/memory.h"

/* The longest head of a part: a boundary, a type, three numbers. */
enum { PART_BYTES = 512 };

/* A file cannot hold its own boundary but by chance: it depends on the time
 * of its last change. */
static void
boundary(struct out *o, const struct validator *id)
{
	uint64_t hash = validator_hash(id);
	char text[16];
	size_t i;

	for (i = 0; i < sizeof(text); i++, hash >>= 4)
		text[i] = "0123456789abcdef"[hash & 15];
	out_text(o, "prefork");
	out_bytes(o, text, sizeof(text));
}

void
parts_type(char type[PARTS_TYPE_BYTES], const struct validator *id)
{
	struct out o;

	out_init(&o, type, PARTS_TYPE_BYTES - 1);
	out_text(&o, "multipart/byteranges; boundary=");
	boundary(&o, id);
	type[o.len] = '\0';
}

static void
part_head(struct out *o, const struct reply *p, int i)
{
	const struct range *range = &p->range[i];

	/* Some clients look for the line's end before the first as well. */
	out_text(o, "\r\n--");
	boundary(o, &p->id);
	out_text(o, "\r\nContent-Type: ");
	out_text(o, p->part);
	out_text(o, "\r\nContent-Range: bytes ");
	out_uint(o, (uint64_t)range->first);
	out_text(o, "-");
	out_uint(o, (uint64_t)(range->first + range->len - 1));
	out_text(o, "/");
	out_uint(o, (uint64_t)p->id.size);
	out_text(o, "\r\n\r\n");
}

static void
part_end(struct out *o, const struct reply *p)
{
	out_text(o, "\r\n--");
	boundary(o, &p->id);
	out_text(o, "--\r\n");
}

int64_t
parts_length(const struct reply *p)
{
	char text[PART_BYTES];
	int64_t length = 0;
	struct out o;
	int i;

	for (i = 0; i <= p->parts; i++) {
		out_init(&o, text, sizeof(text));
		if (i == p->parts)
			part_end(&o, p);
		else
			part_head(&o, p, i);
		length += (int64_t)o.len;
		if (i == p->parts)
			break;
		if (p->range[i].len > INT64_MAX - length - 2 * PART_BYTES)
			return INT64_MAX;
		length += p->range[i].len;
	}
	return length;
}

void
parts_keep(struct reply *p)
{
	ssize_t len;

	/* All of it goes along with the head. */
	if (p->parts < 2 || p->length <= PARTS_BYTES - PART_BYTES)
		return;
	len = (ssize_t)strlen(p->part);
	p->types = memory_file();
	if (p->types >= 0 && pwrite(p->types, p->part, (size_t)len, 0) == len)
		return;
	reply_error(p, errno);
	p->parts = 0;
	(void)close(p->file);
	p->file = -1;
}

int
parts_recall(struct reply *p, int fd)
{
	ssize_t n = pread(fd, p->page, MEDIA_TYPE_BYTES + 1, 0);

	if (n <= 0 || n > MEDIA_TYPE_BYTES)
		return -1;
	p->page[n] = '\0';
	p->part = p->page;
	return strlen(p->page) == (size_t)n && field_value_valid(p->page) ? 0
									  : -1;
}

int
parts_read(struct out *o, int file, int64_t offset, int64_t len)
{
	int64_t done = 0;
	ssize_t n;

	if ((int64_t)(o->cap - o->len) < len) {
		o->full = true;
		return -1;
	}
	while (done < len) {
		n = pread(file, o->data + o->len, (size_t)(len - done),
		    (off_t)(offset + done));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		o->len += (size_t)n;
		done += n;
	}
	return 0;
}

int
parts_render(struct out *o, const struct reply *p, int part, struct range *from)
{
	size_t begin = o->len;
	int i;

	from->first = from->len = 0;
	for (i = part - 1; i < p->parts; i++) {
		const struct range *range = &p->range[i];

		part_head(o, p, i);
		/* If this part and the next head do not fit into memory, the
		 * part is sent from the file. */
		if ((int64_t)(o->len - begin) + range->len + PART_BYTES >
		    PARTS_BYTES) {
			*from = *range;
			return o->full ? -1 : i + 2;
		}
		if (parts_read(o, p->file, range->first, range->len) != 0)
			return -1;
	}
	part_end(o, p);
	return o->full ? -1 : 0;
}
