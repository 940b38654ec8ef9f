/*
 * The request as a handler sees it: one piece of memory, in which all texts
 * are.
 */
#include "app.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "http/bytes.h"
#include "http/form.h"
#include "http/forwarded.h"
#include "http/greeting.h"

/* Of a request's name: two numbers are its connection's, the third is where it
 * ends in what that has sent. */
enum { ID_NUMBERS = 3, ID_DIGITS = 16, ID_BYTES = ID_NUMBERS * ID_DIGITS + 2 };

struct names {
	struct pf_part *part;
	int count;
};

struct pf_request {
	const char *path;
	const struct pf_route *route;
	const char *param[APP_PARAMS];
	const char *body;
	size_t length;
	void *state;
	bool again;
	struct names field, query, cookie, form;
	char method[GREETING_METHOD + 1]; /* no registered one is longer */
	char peer[PEER_TEXT];
	uint64_t name[ID_NUMBERS];
	char *id; /* the same as text; "": nobody has asked for it */
};

/* Where the next bytes of it go. */
struct room {
	char *at;
};

static char *
copy(struct room *room, const char *bytes, size_t len)
{
	char *text = room->at;

	if (len > 0)
		memcpy(text, bytes, len);
	text[len] = '\0';
	room->at += len + 1;
	return text;
}

/* As many as there can be, by what parts them. */
static int
most(const char *text, size_t len, char c)
{
	const size_t n = form_count(text, len, c) + 1;

	return n < FORM_MAX ? (int)n : FORM_MAX;
}

static const char *
find(const struct names *list, const char *name)
{
	int i;

	for (i = 0; i < list->count; i++)
		if (strcmp(list->part[i].name, name) == 0)
			return list->part[i].value;
	return NULL;
}

static const char *
find_field(const struct names *list, const char *name)
{
	const size_t len = strlen(name);
	char low[64];
	size_t i;
	int k;

	if (len >= sizeof(low))
		return NULL;
	for (i = 0; i < len; i++)
		low[i] = name[i] >= 'A' && name[i] <= 'Z'
			     ? (char)(name[i] + ('a' - 'A'))
			     : name[i];
	low[len] = '\0';
	for (k = 0; k < list->count; k++)
		if (token_is(
			list->part[k].name, strlen(list->part[k].name), low))
			return list->part[k].value;
	return NULL;
}

/* The segments of the path that the route names. path: where it may be cut. */
static void
read_params(struct pf_request *q, char *path)
{
	const char *route = q->route->path;
	int n = 0;

	while (route != NULL) {
		route++;
		path++;
		if (*route == ':')
			q->param[n++] = path;
		route = strchr(route, '/');
		path += strcspn(path, "/");
		if (route != NULL)
			*path = '\0';
	}
}

/* 0, or -1: it cannot be read. */
static int
read_form(struct names *form, const char *type, const struct call *call)
{
	char boundary[BOUNDARY_BYTES + 3];
	int n;

	if (type == NULL || call->len == 0) {
		form->count = 0;
		return 0;
	}
	if (form_is(type, "application/x-www-form-urlencoded")) {
		form->count =
		    form_pairs(form->part, form->count, call->body, call->len);
		return form->count < 0 ? -1 : 0;
	}
	n = form_boundary(boundary, type);
	if (n > 0)
		form->count = form_parts(
		    form->part, form->count, call->body, call->len, boundary);
	else
		form->count = n;
	return form->count < 0 ? -1 : 0;
}

static void
put_hex(char *text, uint64_t n)
{
	int i;

	for (i = ID_DIGITS - 1; i >= 0; i--, n >>= 4)
		text[i] = "0123456789abcdef"[n & 15];
}

static void
identify(struct pf_request *q, const struct conn *c, const struct call *call)
{
	memcpy(q->name, c->r->own, 2 * sizeof(q->name[0]));
	q->name[2] = (uint64_t)call->end;
}

/* How many there can be of each, by what parts them, and the memory that all
 * of it takes: each text is copied once. */
static size_t
measure(struct pf_request *q, const struct request *r, const struct call *call)
{
	q->field.count = most(call->head, r->head_len, '\n');
	q->query.count = most(call->head + r->target.off, r->target.len, '&');
	q->cookie.count = most(call->head, r->head_len, ';');
	q->form.count = 0;
	if (call->len > 0)
		q->form.count = most(call->body, call->len, '&') >
					most(call->body, call->len, '\n')
				    ? most(call->body, call->len, '&')
				    : most(call->body, call->len, '\n');
	return sizeof(*q) +
	       (size_t)(q->field.count + q->query.count + q->cookie.count +
			q->form.count) *
		   sizeof(struct pf_part) +
	       ID_BYTES + (size_t)2 * APP_PATH + (size_t)3 * (r->head_len + 1);
}

/* Lays a list out, and says where the next may be. */
static struct pf_part *
lay(struct names *list, struct pf_part *at)
{
	list->part = at;
	return at + list->count;
}

static void
lay_out(struct pf_request *q, struct room *room)
{
	struct pf_part *at = (struct pf_part *)(void *)(q + 1);

	at = lay(&q->field, at);
	at = lay(&q->query, at);
	at = lay(&q->cookie, at);
	room->at = (char *)lay(&q->form, at);
}

/* Of the path, and of the query behind it. 0, or -1: it cannot be read. */
static int
read_target(struct pf_request *q, struct room *room, const struct request *r,
    const struct call *call)
{
	const char *target = call->head + r->target.off;
	const size_t len = r->target.len - call->path->query;
	char text[APP_PATH], *query;
	size_t path_len;

	app_path(text, call->path);
	path_len = strlen(text);
	q->path = copy(room, text, path_len);
	read_params(q, copy(room, text, path_len));
	query = copy(room, target + call->path->query, len);
	if (len == 0) {
		q->query.count = 0;
		return 0;
	}
	q->query.count =
	    form_pairs(q->query.part, q->query.count, query + 1, len - 1);
	return q->query.count < 0 ? -1 : 0;
}

static int
read_cookies(struct pf_request *q, struct room *room)
{
	const char *value = find_field(&q->field, "cookie");
	const size_t len = value != NULL ? strlen(value) : 0;

	q->cookie.count = form_cookies(
	    q->cookie.part, q->cookie.count, copy(room, value, len), len);
	return q->cookie.count < 0 ? -1 : 0;
}

/* 0, or -1: it cannot be read. */
static int
fill(struct pf_request *q, const struct request *r, const struct call *call)
{
	struct room room;

	lay_out(q, &room);
	q->id = copy(&room, NULL, 0);
	room.at = q->id + ID_BYTES;
	q->field.count = form_fields(q->field.part, q->field.count,
	    copy(&room, call->head, r->head_len), r->head_len);
	memcpy(q->method, call->head + r->method_text.off, r->method_text.len);
	q->body = call->body;
	q->length = call->len;
	if (read_target(q, &room, r, call) != 0 || read_cookies(q, &room) != 0)
		return -1;
	return read_form(&q->form, find_field(&q->field, "content-type"), call);
}

struct pf_request *
app_request(const struct conn *c, const struct call *call, bool again,
    const struct networks *trusted)
{
	const struct request *r = &client_of(c)->request;
	struct pf_request counts = {.route = call->route}, *q;
	const size_t size = measure(&counts, r, call);
	struct peer peer;

	q = malloc(size);
	if (q == NULL)
		return NULL;
	*q = counts;
	q->state = call->state;
	q->again = again;
	(void)forwarded_by(
	    &peer, &c->r->peer, call->head, r->head_len, trusted);
	peer_address(q->peer, &peer);
	identify(q, c, call);
	if (fill(q, r, call) == 0)
		return q;
	free(q);
	errno = EINVAL;
	return NULL;
}

const char *
pf_method(const struct pf_request *q)
{
	return q->method;
}

const char *
pf_path(const struct pf_request *q)
{
	return q->path;
}

const char *
pf_param(const struct pf_request *q, const char *name)
{
	const char *route = q->route->path;
	size_t len;
	int n = 0;

	for (; route != NULL; route = strchr(route + 1, '/')) {
		if (route[1] != ':')
			continue;
		len = strcspn(route + 2, "/");
		if (strlen(name) == len && memcmp(route + 2, name, len) == 0)
			return q->param[n];
		n++;
	}
	return NULL;
}

const char *
pf_query(const struct pf_request *q, const char *name)
{
	return find(&q->query, name);
}

const char *
pf_field(const struct pf_request *q, const char *name)
{
	return find_field(&q->field, name);
}

const char *
pf_cookie(const struct pf_request *q, const char *name)
{
	return find(&q->cookie, name);
}

const char *
pf_form(const struct pf_request *q, const char *name)
{
	return find(&q->form, name);
}

const struct pf_part *
pf_part(const struct pf_request *q, size_t i)
{
	return i < (size_t)q->form.count ? &q->form.part[i] : NULL;
}

const char *
pf_peer(const struct pf_request *q)
{
	return q->peer;
}

const char *
pf_body(const struct pf_request *q, size_t *length)
{
	if (length != NULL)
		*length = q->length;
	return q->body;
}

const char *
pf_id(const struct pf_request *q)
{
	char *id = q->id;

	if (id[0] == '\0') {
		put_hex(id, q->name[0]);
		put_hex(id + ID_DIGITS, q->name[1]);
		id[2 * ID_DIGITS] = '-';
		put_hex(id + 2 * ID_DIGITS + 1, q->name[2]);
		id[ID_BYTES - 1] = '\0';
	}
	return id;
}

bool
pf_again(const struct pf_request *q)
{
	return q->again;
}

void *
pf_state(const struct pf_request *q)
{
	return q->state;
}
