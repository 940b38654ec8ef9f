#include "access.h"
#include "http_state.h"

#include <errno.h>
#include <string.h>

#include "base/hook.h"
#include "base/log.h"
#include "http/access.h"
#include "http/forwarded.h"

/* A line as it lies in the buffer; its text follows. */
struct entry {
	int64_t began; /* clock_now() when the answer was */
	int64_t body;  /* answer-stream offset of the body's first byte, */
	int64_t end;   /* and of the end */
	uint32_t len;  /* of the text */
	uint32_t split;
};

enum { ENTRY_BYTES = sizeof(struct entry) + ACCESS_BYTES };

/* Entries lie one behind the other, where a struct may begin. */
static int64_t
size_of(const struct entry *e)
{
	return (int64_t)(sizeof(*e) + (e->len + 7U) / 8 * 8);
}

static char *
place(const struct conn *c, const struct serving *s, int64_t x)
{
	return journal_byte(s->journal, c->r->log_buf, x);
}

bool
access_has_room(const struct conn *c, const struct serving *s)
{
	const struct record *r = c->r;

	return r->log_buf < 0 || journal_room(s->journal, r->log_buf,
				     answer_now(r)->log_end) >= ENTRY_BYTES;
}

/* The address of the client, which may be behind a proxy. */
static void
name_client(char client[PEER_TEXT], const struct record *r,
    const struct serving *s, const struct reply *p)
{
	struct peer peer;

	(void)forwarded_by(
	    &peer, &r->peer, p->head, p->head_len, s->config->forwarders);
	peer_address(client, &peer);
}

int64_t
access_note(struct conn *c, struct serving *s, const struct reply *p,
    int64_t body, int64_t end)
{
	struct record *r = c->r;
	int64_t at = answer_now(r)->log_end;
	struct entry e = {.began = s->now, .body = body, .end = end};
	struct access_request a;
	char client[PEER_TEXT];
	struct out o;
	char *to;

	if (r->log_buf < 0)
		r->log_buf = journal_buffer(s->journal, at);
	if (r->log_buf < 0)
		return -1;
	name_client(client, r, s, p);
	a.client = client;
	a.wall = s->wall;
	a.status = p->status;
	a.r = &client_of(c)->request;
	a.head = p->head;
	a.len = p->head_len;
	to = place(c, s, at);
	out_init(&o, to + sizeof(e), ACCESS_BYTES);
	e.split = (uint32_t)access_begin(&o, s->config->access_format, &a);
	e.len = (uint32_t)o.len;
	memcpy(to, &e, sizeof(e));
	return at + size_of(&e);
}

/* Reads the head of the line at `at`. It comes from a journal: false if it
 * cannot be a line. */
static bool
load(struct entry *e, const struct conn *c, const struct serving *s, int64_t at,
    int64_t log_end)
{
	if (log_end - at < (int64_t)sizeof(*e))
		return false;
	memcpy(e, place(c, s, at), sizeof(*e));
	return e->len <= ACCESS_BYTES && e->split <= e->len &&
	       at + size_of(e) <= log_end && e->body >= 0 && e->end >= 0 &&
	       e->began >= 0;
}

static void
write_line(
    struct serving *s, const struct entry *e, const char *text, int64_t sent)
{
	struct append *log = s->config->access;
	struct access_end end = {sent < e->body ? 0 : sent - e->body,
	    s->now - e->began, sent == e->end};
	char line[ACCESS_BYTES];
	struct out o;

	if (append_follow(log) != 0)
		log_warn("reopen %s:", log->path);
	out_init(&o, line, sizeof(line));
	access_line(&o, s->config->access_format, text, e->len, e->split, &end);
	if (append_line(log, line, o.len) == 0) {
		s->unlogged_why = -1;
		return;
	}
	board_tally_add(&s->tally, COUNT_UNLOGGED, 1);
	s->unlogged_why = errno;
}

void
access_write(struct conn *c, struct serving *s, bool all)
{
	struct record *r = c->r;
	int64_t log_end = answer_now(r)->log_end;
	struct entry e;

	while (r->logged < log_end) {
		if (!load(&e, c, s, r->logged, log_end)) {
			r->logged = log_end;
			break;
		}
		if (!all && e.end > r->out)
			return;
		write_line(s, &e, place(c, s, r->logged) + sizeof(e),
		    e.end < r->out ? e.end : r->out);
		HOOK("logged");
		r->logged += size_of(&e);
	}
	journal_release(s->journal, &r->log_buf);
}
