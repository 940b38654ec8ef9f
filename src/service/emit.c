#include "access.h"
#include "archive.h"
#include "http_record.h"
#include "http_state.h"
#include "reply.h"

#include <string.h>
#include <unistd.h>

#include "base/hook.h"
#include "http/bytes.h"
#include "http/date.h"
#include "http/out.h"
#include "http/status.h"
#include "stream/output.h"

/* Small bodies go into the buffer behind their head, and out with it in one
 * send; larger ones go from the file to the socket. */
enum { HEAD_BYTES = 1024, SMALL_BYTES = 32768 };

static bool
is_small(const struct reply *p)
{
	return p->text != NULL ||
	       (p->length <= SMALL_BYTES && p->archive == NULL);
}

int64_t
emit_size(const struct reply *p)
{
	int64_t n =
	    HEAD_BYTES + (int64_t)p->site->head_bytes + (int64_t)p->fields_len;

	if (p->found)
		return (int64_t)p->cached.len;
	if (p->location != NULL)
		n += (int64_t)out_target_size(
		    p->location, p->location_len + p->query_len);
	if (!p->head_only && p->length > 0 && is_small(p))
		n += p->length;
	else if (p->parts > 1)
		n += PARTS_BYTES;
	return n;
}

/* The value of Date, rendered once a second. */
static const char *
date_now(struct serving *s)
{
	if (http_in(s)->date_of != s->wall) {
		date_format(http_in(s)->date, s->wall);
		http_in(s)->date_of = s->wall;
	}
	return http_in(s)->date;
}

static void
validators(struct out *o, const struct serving *s, const struct reply *p)
{
	char date[DATE_BYTES], tag[ETAG_BYTES];

	/* Not later than Date (RFC 9110 section 8.8.2.1), lest the file seem
	 * unchanged for ever to a client that asks with a date. */
	if (validator_dated(&p->id)) {
		date_format(
		    date, p->id.mtime < s->wall ? p->id.mtime : s->wall);
		out_text(o, "\r\nLast-Modified: ");
		out_bytes(o, date, DATE_BYTES - 1);
	}
	out_text(o, "\r\nETag: ");
	out_bytes(o, tag, etag_format(tag, &p->id));
}

static void
content_range(struct out *o, const struct reply *p)
{
	out_text(o, "\r\nContent-Range: bytes ");
	if (p->status == 206) {
		out_uint(o, (uint64_t)p->range[0].first);
		out_text(o, "-");
		out_uint(
		    o, (uint64_t)(p->range[0].first + p->range[0].len - 1));
	} else {
		out_text(o, "*");
	}
	out_text(o, "/");
	out_uint(o, (uint64_t)p->id.size);
}

static void
location(struct out *o, const struct reply *p)
{
	out_text(o, "\r\nLocation: ./");
	out_target(o, p->location, p->location_len);
	out_text(o, "/");
	out_target(o, p->location + p->location_len, p->query_len);
}

/* The answer to a CORS preflight, which a browser sends before the request that
 * it is about (Fetch, section 3.2.2): as anybody may read, it is always this.
 */
static const char preflight[] =
    "\r\nAccess-Control-Allow-Methods: GET, HEAD, OPTIONS"
    "\r\nAccess-Control-Allow-Headers: *"
    "\r\nAccess-Control-Max-Age: 86400";

/* A file of that name (RFC 6266, RFC 8187). */
static void
attachment(struct out *o, const char *name)
{
	out_text(o, "\r\nContent-Disposition: attachment; filename*=UTF-8''");
	out_url(o, name, strlen(name));
	out_text(o, ".tar");
}

/* Nothing for NULL. */
static void
field(struct out *o, const char *name, const char *value)
{
	if (value == NULL)
		return;
	out_bytes(o, "\r\n", 2);
	out_text(o, name);
	out_bytes(o, ": ", 2);
	out_text(o, value);
}

/* Is the field among those of a handler? */
static bool
is_said(const struct reply *p, const char *name)
{
	const char *line, *colon;
	size_t at = 0, left;

	while (at + 2 < p->fields_len) {
		line = p->fields + at + 2;
		left = p->fields_len - at - 2;
		colon = memchr(line, ':', left);
		if (colon == NULL)
			return false;
		if (token_is(line, (size_t)(colon - line), name))
			return true;
		line = memchr(colon, '\r', left - (size_t)(colon - line));
		if (line == NULL)
			return false;
		at = (size_t)(line - p->fields);
	}
	return false;
}

static void
head(struct out *o, struct serving *s, struct reply *p)
{
	out_text(o, "HTTP/1.1 ");
	out_uint(o, (uint64_t)p->status);
	out_text(o, " ");
	out_text(o, status_text(p->status));
	out_bytes(o, p->site->fields, p->site->fields_len);
	out_text(o, "\r\nDate: ");
	p->cached.date_at = o->len;
	out_bytes(o, date_now(s), DATE_BYTES - 1);
	field(o, "Content-Type", p->type);
	field(o, "Content-Encoding", p->coding);
	if (p->archive != NULL)
		attachment(o, p->archive);
	if (p->length >= 0) {
		out_text(o, "\r\nContent-Length: ");
		out_uint(o, (uint64_t)p->length);
	}
	if (p->validated && p->status < 400) {
		validators(o, s, p);
		field(o, "Cache-Control", p->caching);
	}
	if (p->status < 400)
		field(o, "Vary", p->vary);
	if (p->ranges && p->status < 300)
		out_text(o, "\r\nAccept-Ranges: bytes");
	if (p->parts == 1 || p->status == 416)
		content_range(o, p);
	if (p->location != NULL)
		location(o, p);
	if (p->status == 401 && !is_said(p, "www-authenticate"))
		out_text(o, "\r\nWWW-Authenticate: Basic realm=\"prefork\", "
			    "charset=\"UTF-8\"");
	if (p->status == 503 && !is_said(p, "retry-after"))
		out_text(o, "\r\nRetry-After: 1");
	field(o, "Allow", p->allow);
	if (p->status == 204 && p->allow != NULL && p->site->cors)
		out_text(o, preflight);
	out_bytes(o, p->fields, p->fields_len);
	if (p->last)
		out_text(o, "\r\nConnection: close");
	else if (p->minor == 0)
		out_text(o, "\r\nConnection: keep-alive");
	out_text(o, "\r\n\r\n");
}

/* Renders what of the body goes through memory. Stores in *from what goes
 * from the file behind that. Returns the part that follows, 0, or -1. */
static int
render_body(struct out *o, const struct reply *p, struct range *from)
{
	from->first = p->offset;
	from->len = 0;
	/* An archive comes in pieces, all of them later. */
	if (p->head_only || p->length <= 0 || p->archive != NULL)
		return 0;
	if (p->parts > 1)
		return parts_render(o, p, 1, from);
	if (p->text != NULL) {
		out_bytes(o, p->text, (size_t)p->length);
		return 0;
	}
	if (is_small(p))
		return parts_read(o, p->file, p->offset, p->length);
	from->len = p->length;
	return 0;
}

/* The same answer as a moment ago, with the Date of now. */
static void
repeat(struct out *o, struct serving *s, const struct reply *p)
{
	out_bytes(o, p->cached.bytes, p->cached.len);
	if (!o->full)
		memcpy(
		    o->data + p->cached.date_at, date_now(s), DATE_BYTES - 1);
}

/* Renders head and, as far as it goes through memory, body. As render_body. */
static int
fill(struct out *o, struct serving *s, struct reply *p, struct range *from)
{
	from->first = p->offset;
	from->len = p->found && p->file >= 0 ? p->length : 0;
	if (p->found) {
		repeat(o, s, p);
		return 0;
	}
	head(o, s, p);
	p->cached.body_at = o->len;
	return render_body(o, p, from);
}

/* Keeps the answer in the cache. Not if it says that something failed here,
 * which may be over the next moment, nor if its body comes in pieces. */
static void
keep(struct out *o, struct serving *s, struct reply *p,
    const struct range *from, int part)
{
	int file;

	if (!p->asked || p->status >= 500 || part != 0 || p->archive != NULL ||
	    (from->len > 0 && !p->validated))
		return;
	p->cached.bytes = o->data;
	p->cached.len = o->len;
	p->cached.status = p->status;
	p->cached.length = p->length;
	p->cached.file = from->len > 0 ? p->file : -1;
	p->cached.offset = p->offset;
	p->cached.id = p->id;
	file = cache_keep(http_in(s)->cache, &p->cached, p->since);
	if (file >= 0)
		journal_cover(s->journal, file);
}

/* What stands in o, then `from` of the file, and then more parts or none. */
static void
owe(struct answer *next, const struct out *o, const struct reply *p,
    const struct range *from, int part)
{
	output_owe(next, o->len, p->file, from->first, from->len);
	next->id = p->id;
	http_of(next)->part = (uint8_t)part;
}

/* Renders the answer that was begun. -1: it cannot be made. */
static int
render(struct conn *c, struct serving *s, struct reply *p, struct answer *next,
    int64_t parsed)
{
	const struct answer *now = answer_now(c->r);
	int64_t body_at, body, log_end = now->log_end;
	struct range from;
	struct out o;
	int part;

	/* No stream is as long as the longest of files. */
	if (p->length > INT64_MAX - now->mem_end - BUFFER_BYTES ||
	    output_open(s->journal, c->r, &o) != 0)
		return -1;
	part = fill(&o, s, p, &from);
	if (part < 0 || o.full)
		return -1;
	keep(&o, s, p, &from, part);
	body_at = now->mem_end + (int64_t)p->cached.body_at;
	body = p->head_only || p->length < 0 ? 0 : p->length;
	if (s->config->access != NULL && !http_is_status(c))
		log_end = access_note(c, s, p, body_at, body_at + body);
	if (log_end < 0)
		return -1;
	owe(next, &o, p, &from, part);
	next->log_end = log_end;
	if (part == 0)
		next->parsed = parsed;
	next->own_fd = p->archive != NULL ? p->file : part != 0 ? p->types : -1;
	return 0;
}

void
emit_end(struct conn *c, struct serving *s)
{
	struct http_client *client = client_of(c);
	int64_t ms;

	if (client->began == 0)
		return;
	ms = s->now > client->began ? s->now - client->began : 0;
	client->began = 0;
	if (ms > 0)
		conn_count(c, s, COUNT_ANSWER_MS, (uint64_t)ms);
	conn_count(c, s, board_time(ms), 1);
}

static enum board_count
class_of(int status)
{
	return status < 300   ? COUNT_2XX
	       : status < 400 ? COUNT_3XX
	       : status < 500 ? COUNT_4XX
			      : COUNT_5XX;
}

static void
count_answer(struct conn *c, struct serving *s, int status)
{
	struct http_client *client = client_of(c);

	/* Others may be owed before this one. */
	emit_end(c, s);
	client->began = client->asked;
	client->asked = 0;
	s->answered = true;
	s->gave = s->gave || !http_is_status(c);
	conn_count_one(c, s, class_of(status));
}

int
emit(struct conn *c, struct serving *s, struct reply *p, int64_t parsed)
{
	struct answer *next = answer_begin(c->r);
	struct http_answer *h = http_of(next);
	const int taken = next->own_fd;
	int failed;

	if (client_of(c)->asked == 0)
		client_of(c)->asked = s->now;
	parts_keep(p);
	failed = render(c, s, p, next, parsed);
	if (p->types >= 0 && (failed || next->own_fd != p->types))
		(void)close(p->types);
	if (p->file >= 0 &&
	    (failed || (next->file_fd < 0 && p->archive == NULL)))
		(void)close(p->file);
	if (failed)
		return -1;
	next->last = p->last;
	next->linger = p->linger;
	h->plan_at = h->padding = 0;
	h->made = p->made;
	h->streams = p->streams && !p->head_only;
	h->taking = h->begun = 0;
	h->head_len = 0;
	h->began = (uint32_t)client_of(c)->asked;
	if (next->own_fd >= 0)
		journal_cover(s->journal, next->own_fd);
	body_init(&h->body, &client_of(c)->request);
	HOOK("rendered");
	answer_commit(c->r);
	count_answer(c, s, p->status);
	if (taken >= 0)
		(void)close(taken);
	return 0;
}

enum result
answer_with(struct conn *c, struct serving *s, struct reply *p,
    const char *head, size_t len, int64_t parsed)
{
	const struct record *r = c->r;

	/* No room behind what is owed already: when that is sent, again. */
	if (!access_has_room(c, s) ||
	    (r->out_buf >= 0 && journal_room(s->journal, r->out_buf,
				    answer_now(r)->mem_end) < emit_size(p))) {
		if (p->file >= 0)
			(void)close(p->file);
		return BLOCKED;
	}
	p->head = head;
	p->head_len = len;
	if (emit(c, s, p, parsed) != 0)
		return BROKEN;
	HOOK("answered");
	request_init(&client_of(c)->request);
	return GO_ON;
}

int
emit_more(struct conn *c, struct serving *s)
{
	struct record *r = c->r;
	const int types = answer_now(r)->own_fd;
	struct answer *next;
	struct range from;
	struct reply p;
	struct out o;
	int part;

	if (http_now(r)->part == 0)
		return archive_more(c, s);
	if (!decide_more(&p, c, s))
		return -1;
	output_settle(s->journal, r, true);
	HOOK("piece");
	if (output_open(s->journal, r, &o) != 0)
		return -1;
	part = parts_render(&o, &p, http_now(r)->part, &from);
	if (part < 0)
		return -1;
	next = answer_begin(r);
	owe(next, &o, &p, &from, part);
	if (part == 0) {
		next->parsed += client_of(c)->request.head_len;
		next->own_fd = -1;
	}
	answer_commit(r);
	HOOK("continued");
	request_init(&client_of(c)->request);
	if (from.len == 0)
		(void)close(p.file);
	if (part == 0)
		(void)close(types);
	return 0;
}
