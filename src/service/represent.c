/*
 * From a file to what is sent of it: which of its encodings, and which part.
 */
#include "reply.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "http/accept.h"
#include "http/media.h"
#include "http_record.h"
#include "http_state.h"
#include "stream/input.h"

/* The ranges of p->id that are asked for: as range_parse. */
static int
parse_range(struct reply *p, const struct conn *c, const char *head)
{
	const struct span *f = &client_of(c)->request.field[FIELD_RANGE];

	return range_parse(p->range, head + f->off, f->len, p->id.size);
}

/* The parts of the file that a Range asks for. */
static void
apply_range(struct reply *p, const struct asked *q)
{
	int n;

	if (client_of(q->c)->request.method != METHOD_GET ||
	    client_of(q->c)->request.field[FIELD_RANGE].len == 0 ||
	    !conditions_if_range(
		&client_of(q->c)->request, q->head, &p->id, q->s->wall))
		return;
	n = parse_range(p, q->c, q->head);
	if (n < 0) {
		reply_status(p, 416);
		(void)close(p->file);
		p->file = -1;
		p->coding = NULL;
		return;
	}
	if (n == 0)
		return;
	p->status = 206;
	p->parts = n;
	if (n > 1) {
		p->part = p->type;
		parts_type(p->several, &p->id);
		p->type = p->several;
		p->length = parts_length(p);
	} else {
		p->offset = p->range[0].first;
		p->length = p->range[0].len;
	}
}

/* How long it may be kept, by its path and type. */
static const char *
caching_of(const struct reply *p, const char *name, const char *type)
{
	char path[PATH_BYTES + 256 + 2] = "/";
	const char *last;

	if (p->site->caching_rules == 0)
		return NULL;
	if (strncmp(name, "./", 2) == 0)
		name += 2;
	last = strrchr(name, '/');
	memcpy(path + 1, name, strlen(name) + 1);
	return caching_value(p->site->caching, p->site->caching_rules, path,
	    type, strcmp(last != NULL ? last + 1 : name, p->site->index) == 0);
}

/* A regular file, open as fd, which is taken over. */
void
reply_file(struct reply *p, const struct asked *q, int fd, struct stat *st,
    const char *name)
{
	const char *type = media_find(p->site->types, name, strlen(name));
	const char *always = media_coding(type, name, strlen(name));
	uint8_t coding = always != NULL ? (uint8_t)CODING_IDENTITY
					: choose_encoding(q, name, &fd, st);
	int status;

	journal_identify(&p->id, st);
	p->id.coding = coding;
	p->vary = "Accept-Encoding";
	p->caching = caching_of(p, name, type);
	p->validated = true;
	status = conditions_check(
	    &client_of(q->c)->request, q->head, &p->id, q->s->wall);
	if (status != 200) {
		(void)close(fd);
		if (status == 304) {
			p->status = 304;
			p->length = -1;
		} else {
			reply_status(p, status);
		}
		return;
	}
	p->status = 200;
	p->type = type;
	p->length = p->id.size;
	p->file = fd;
	if (coding != CODING_IDENTITY) {
		p->coding = coding_name(coding);
		return;
	}
	p->coding = always;
	p->ranges = true;
	apply_range(p, q);
}

bool
decide_more(struct reply *p, struct conn *c, struct serving *s)
{
	const struct record *r = c->r;
	const struct answer *a = answer_now(r);
	const struct http_answer *h = http_now(r);
	const char *head;
	size_t len;

	if (r->in_buf < 0 || a->parsed >= r->in || a->file_fd < 0)
		return false;
	head = input_at(s->journal, r, a->parsed, r->in, &len);
	request_init(&client_of(c)->request);
	if (request_parse(
		&client_of(c)->request, head, len, &s->config->limits) != 200)
		return false;
	reply_begin(p, c, s);
	p->file = a->file_fd;
	p->id = a->id;
	p->parts = parse_range(p, c, head);
	return p->parts > 1 && h->part <= p->parts + 1 &&
	       parts_recall(p, a->own_fd) == 0;
}
