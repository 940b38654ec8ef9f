#include "access.h"
#include "reply.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "base/hook.h"
#include "http/date.h"
#include "http/out.h"
#include "http/status.h"

/* Small bodies go into the buffer behind their head, and out with it in one
 * send; larger ones go from the file to the socket. */
enum { HEAD_BYTES = 1024, SMALL_BYTES = 32768 };

static bool
is_small(const struct reply *p)
{
	return p->text != NULL || p->length <= SMALL_BYTES;
}

int64_t
emit_size(const struct reply *p)
{
	int64_t n = HEAD_BYTES;

	if (p->redirect)
		n += 3 * (int64_t)p->path.len + (int64_t)p->query_len;
	if (!p->head_only && p->length > 0 && is_small(p))
		n += p->length;
	return n;
}

static void
date_now(struct out *o, struct serving *s)
{
	if (s->date_of != s->wall) {
		date_format(s->date, s->wall);
		s->date_of = s->wall;
	}
	out_bytes(o, s->date, DATE_BYTES - 1);
}

static void
validators(struct out *o, const struct reply *p)
{
	char date[DATE_BYTES], tag[ETAG_BYTES];

	date_format(date, p->id.mtime);
	out_text(o, "\r\nLast-Modified: ");
	out_bytes(o, date, DATE_BYTES - 1);
	out_text(o, "\r\nETag: ");
	out_bytes(o, tag, etag_format(tag, &p->id));
}

static void
content_range(struct out *o, const struct reply *p)
{
	out_text(o, "\r\nContent-Range: bytes ");
	if (p->status == 206) {
		out_uint(o, (uint64_t)p->range.first);
		out_text(o, "-");
		out_uint(o, (uint64_t)(p->range.first + p->range.len - 1));
	} else {
		out_text(o, "*");
	}
	out_text(o, "/");
	out_uint(o, (uint64_t)p->id.size);
}

static void
location(struct out *o, const struct reply *p)
{
	out_text(o, "\r\nLocation: /");
	out_url(o, p->path.name, p->path.len);
	out_text(o, "/");
	out_bytes(o, p->query, p->query_len);
}

static void
head(struct out *o, struct serving *s, const struct reply *p)
{
	out_text(o, "HTTP/1.1 ");
	out_uint(o, (uint64_t)p->status);
	out_text(o, " ");
	out_text(o, status_text(p->status));
	out_text(o, "\r\nServer: prefork\r\nDate: ");
	date_now(o, s);
	if (p->type != NULL) {
		out_text(o, "\r\nContent-Type: ");
		out_text(o, p->type);
		out_text(o, "\r\nX-Content-Type-Options: nosniff");
	}
	if (p->length >= 0) {
		out_text(o, "\r\nContent-Length: ");
		out_uint(o, (uint64_t)p->length);
	}
	if (p->validated && p->status < 400)
		validators(o, p);
	if (p->ranges && p->status < 300)
		out_text(o, "\r\nAccept-Ranges: bytes");
	if (p->status == 206 || p->status == 416)
		content_range(o, p);
	if (p->redirect)
		location(o, p);
	if (p->status == 405 || p->status == 204)
		out_text(o, "\r\nAllow: GET, HEAD, OPTIONS");
	if (p->last)
		out_text(o, "\r\nConnection: close");
	else if (p->minor == 0)
		out_text(o, "\r\nConnection: keep-alive");
	out_text(o, "\r\n\r\n");
}

/* Reads the whole body behind the head. -1 if the file is shorter now. */
static int
read_body(struct out *o, const struct reply *p)
{
	int64_t done = 0;
	ssize_t n;

	if ((int64_t)(o->cap - o->len) < p->length) {
		o->full = true;
		return -1;
	}
	while (done < p->length) {
		n = pread(p->file, o->data + o->len, (size_t)(p->length - done),
		    (off_t)(p->offset + done));
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
emit(struct conn *c, struct serving *s, struct reply *p, int64_t parsed)
{
	struct record *r = c->r;
	const struct answer *now = &r->answer[r->half];
	struct answer *next = &r->answer[!r->half];
	int64_t base, begin = now->mem_end;
	bool body = !p->head_only && p->length > 0, small = is_small(p);
	struct out o;
	int64_t body_at, log_end = now->log_end;
	int failed = 0;

	if (r->out_buf < 0)
		r->out_buf = journal_buffer(s->journal, begin);
	if (r->out_buf < 0)
		return -1;
	base = s->journal->base[r->out_buf];
	out_init(&o, journal_data(s->journal, r->out_buf) + (begin - base),
	    (size_t)(BUFFER_BYTES - (begin - base)));
	head(&o, s, p);
	body_at = begin + (int64_t)o.len;
	if (body && p->text != NULL)
		out_bytes(&o, p->text, (size_t)p->length);
	else if (body && small)
		failed = read_body(&o, p);
	if (p->file >= 0 && (!body || small)) {
		(void)close(p->file);
		p->file = -1;
	}
	if (failed || o.full)
		return -1;
	if (s->config->access != NULL)
		log_end = access_note(
		    c, s, p, body_at, body_at + (body ? p->length : 0));
	if (log_end < 0)
		return -1;
	*next = *now;
	next->log_end = log_end;
	next->parsed = parsed;
	next->mem_end = next->file_end = begin + (int64_t)o.len;
	next->file_fd = p->file;
	if (p->file >= 0) {
		next->file_off = p->offset;
		next->file_end += p->length;
		next->id = p->id;
	}
	next->last = p->last;
	next->linger = p->linger;
	body_init(&next->body, &c->request);
	HOOK("rendered");
	/* One store makes all of it valid; the compiler must not reorder. */
	atomic_signal_fence(memory_order_seq_cst);
	r->half = !r->half;
	s->requests++;
	return 0;
}
