/*
 * A request's body on its way into a file.
 */
#include "app.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "access.h"
#include "base/hook.h"
#include "http_record.h"
#include "os/memory.h"
#include "stream/input.h"
#include "stream/output.h"

/* With chunks of a few bytes the framing is some times as long. */
enum { FRAMING = 16, FRAMING_LEAST = 65536 };

void
app_hold(const struct conn *c, const struct serving *s, int64_t bytes)
{
	http_in(s)->bodies += bytes - client_of(c)->held;
	client_of(c)->held = bytes;
}

void
app_hold_again(const struct conn *c, const struct serving *s)
{
	const struct http_answer *h = http_now(c->r);
	int64_t bytes = h->plan_at;

	/* The record may hold anything. */
	if (h->body.state != BODY_DONE &&
	    h->body.left <= s->config->max_body - bytes)
		bytes += h->body.left;
	app_hold(c, s, bytes);
}

/* Has the executor room for so many bytes of this client? */
static bool
fits(const struct conn *c, const struct serving *s, int64_t bytes)
{
	const int64_t others = http_in(s)->bodies - client_of(c)->held;

	return others == 0 || bytes <= APP_BODIES - others;
}

/* May an answer be made now? It has all the room there is. */
static bool
has_room(const struct conn *c, const struct serving *s)
{
	return c->r->out_buf < 0 && access_has_room(c, s);
}

static int
put(int fd, const char *bytes, size_t len, int64_t at)
{
	ssize_t n;

	for (; len > 0; len -= (size_t)n, bytes += n, at += n) {
		n = pwrite(fd, bytes, len, (off_t)at);
		if (n <= 0)
			return -1;
	}
	return 0;
}

static int
get(int fd, char *bytes, size_t len)
{
	size_t at = 0;
	ssize_t n;

	while (at < len) {
		n = pread(fd, bytes + at, len - at, (off_t)at);
		if (n <= 0)
			return -1;
		at += (size_t)n;
	}
	return 0;
}

size_t
app_kept(const struct record *r, char *to, size_t size)
{
	const struct http_answer *h = http_now(r);
	size_t len = h->head_len < size ? h->head_len : size;

	return h->taking && get(answer_now(r)->own_fd, to, len) == 0 ? len : 0;
}

/* A client that waits to be told so, and has sent nothing yet, may go on. */
static int
invite(struct conn *c, struct serving *s, struct answer *next)
{
	const struct request *r = &client_of(c)->request;
	struct out o;

	if (!r->expect_continue || r->minor == 0 ||
	    c->r->in > next->parsed + (int64_t)r->head_len)
		return 0;
	if (output_open(s->journal, c->r, &o) != 0)
		return -1;
	out_text(&o, "HTTP/1.1 100 Continue\r\n\r\n");
	output_owe(next, o.len, -1, 0, 0);
	return 0;
}

/* Begins to take the request's body. 0, or the status why not. */
static int
begin(struct conn *c, struct serving *s, const char *head)
{
	const struct request *r = &client_of(c)->request;
	struct answer *next;
	int fd;

	if (!fits(c, s, r->content_length > 0 ? r->content_length : 0))
		return 503;
	fd = memory_file();
	if (fd < 0)
		return error_status(errno);
	journal_cover(s->journal, fd);
	next = answer_begin(c->r);
	if (put(fd, head, r->head_len, 0) != 0 || invite(c, s, next) != 0) {
		(void)close(fd);
		return 503;
	}
	app_hold(c, s, r->content_length > 0 ? r->content_length : 0);
	next->parsed += r->head_len;
	next->own_fd = fd;
	http_of(next)->taking = 1;
	http_of(next)->begun = 0;
	http_of(next)->head_len = r->head_len;
	http_of(next)->plan_at = http_of(next)->padding = 0;
	http_of(next)->made = 0;
	body_init(&http_of(next)->body, r);
	HOOK("invited");
	answer_commit(c->r);
	HOOK("taking");
	return 0;
}

/* Is it more than may come, with `n` bytes more and all that is announced? */
static bool
is_too_long(const struct serving *s, const struct http_answer *h, size_t n)
{
	const int64_t most = s->config->max_body;
	const int64_t room = most - h->plan_at - (int64_t)n;

	return room < 0 ||
	       (h->body.state != BODY_DONE && h->body.left > room) ||
	       h->body.all / FRAMING > (uint64_t)most + FRAMING_LEAST;
}

/* Takes what has come: 0, or the status that the request ends in. */
static int
take(struct conn *c, struct serving *s, struct answer *next)
{
	struct http_answer *h = http_of(next);
	size_t len, taken, n;
	char *p;

	do {
		p = NULL;
		len = 0;
		if (next->parsed < c->r->in)
			p = input_at(
			    s->journal, c->r, next->parsed, c->r->in, &len);
		if (body_piece(&h->body, p, len, &taken, &n) != 0)
			return 400;
		if (is_too_long(s, h, n))
			return 413;
		if (n > 0 && (!fits(c, s, h->plan_at + (int64_t)n) ||
				 put(next->own_fd, p + taken - n, n,
				     h->head_len + h->plan_at) != 0))
			return 503;
		HOOK("taken");
		next->parsed += (int64_t)taken;
		h->plan_at += (int64_t)n;
	} while (taken > 0 && h->body.state != BODY_DONE);
	return 0;
}

/* The request as it was taken. NULL with errno. */
static char *
load(const struct conn *c, size_t *head_len, size_t *len)
{
	const struct http_answer *h = http_now(c->r);
	char *bytes;

	*head_len = h->head_len;
	*len = (size_t)h->plan_at;
	bytes = malloc(*head_len + *len + 1);
	if (bytes == NULL)
		return NULL;
	if (get(answer_now(c->r)->own_fd, bytes, *head_len + *len) != 0) {
		free(bytes);
		errno = EIO;
		return NULL;
	}
	bytes[*head_len + *len] = '\0';
	return bytes;
}

/* Parses the head of the request again, which is now whole. 0, or the status to
 * answer with. */
static int
read_head(struct conn *c, struct serving *s, const char *head, size_t len)
{
	struct request *r = &client_of(c)->request;
	int status;

	request_init(r);
	if (head == NULL)
		return 503;
	status = request_parse(r, head, len, &s->config->limits);
	/* The body is in the file: nothing of it follows in the stream. */
	r->chunked = r->expect_continue = false;
	r->content_length = -1;
	return status == 200 ? 0 : 503;
}

/* The request is whole, or nothing more of it will come. */
static enum result
finish(struct conn *c, struct serving *s, int status)
{
	const int64_t parsed = answer_now(c->r)->parsed;
	size_t head_len = 0, len = 0;
	char *bytes = load(c, &head_len, &len);
	struct asked q = {.c = c, .s = s, .head = bytes};
	struct call call = {.head = bytes, .len = len, .end = parsed};
	int bad = read_head(c, s, bytes, head_len);
	enum result result;
	struct reply p;

	status = status != 0 ? status : bad;
	reply_begin(&p, c, s);
	if (status == 0) {
		q.target = bytes + client_of(c)->request.target.off;
		q.target_len = client_of(c)->request.target.len;
		if (!app_claims(&p, &q))
			status = 404;
	}
	if (status != 0) {
		reply_status(&p, status);
		p.last = p.linger = true;
	} else if (p.route != NULL) {
		call.route = p.route;
		call.path = &p.path;
		call.body = bytes + head_len;
		app_run(c, s, &p, &call);
	}
	result = answer_with(
	    c, s, &p, bytes, head_len, status != 0 ? c->r->in : parsed);
	if (result == GO_ON)
		app_hold(c, s, 0);
	free(bytes);
	return result;
}

enum result
app_take(struct conn *c, struct serving *s, int overdue)
{
	struct answer *next;
	int status = 0;

	if (http_now(c->r)->body.state != BODY_DONE) {
		next = answer_begin(c->r);
		status = take(c, s, next);
		if (status == 0) {
			answer_commit(c->r);
			HOOK("kept");
			app_hold(c, s,
			    client_of(c)->held > http_now(c->r)->plan_at
				? client_of(c)->held
				: http_now(c->r)->plan_at);
			if (http_now(c->r)->body.state != BODY_DONE) {
				if (overdue == 0)
					return HUNGRY;
				status = overdue;
			}
		}
	}
	return has_room(c, s) ? finish(c, s, status) : BLOCKED;
}

enum result
app_answer(struct conn *c, struct serving *s, struct reply *p, const char *head)
{
	const struct request *r = &client_of(c)->request;
	const int64_t end = answer_now(c->r)->parsed + r->head_len;
	struct call call = {
	    .route = p->route, .path = &p->path, .head = head, .end = end};
	char nothing[1] = "";
	int status;

	if (!has_room(c, s))
		return BLOCKED;
	if (request_has_body(r)) {
		status = begin(c, s, head);
		if (status == 0)
			return GO_ON;
		reply_status(p, status);
		p->last = p->linger = true;
	} else {
		call.body = nothing;
		app_run(c, s, p, &call);
	}
	return answer_with(c, s, p, head, r->head_len, end);
}
