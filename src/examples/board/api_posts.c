#include "api.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

enum { LIST_USUAL = 20, LIST_MOST = 50, ETAG_BYTES = 32 };

static void
make_etag(char etag[ETAG_BYTES], int64_t version)
{
	(void)snprintf(etag, ETAG_BYTES, "\"v%lld\"", (long long)version);
}

/* Is the version in a list of entity tags, or is that "*" (RFC 9110, 8.8.3)?
 * Weak ones count if `weak`. */
static bool
is_listed(const char *list, int64_t version, bool weak)
{
	char etag[ETAG_BYTES];
	size_t len;
	bool is_weak;

	if (strcmp(list, "*") == 0)
		return true;
	make_etag(etag, version);
	for (;; list += len) {
		list += strspn(list, ", \t");
		is_weak = strncmp(list, "W/", 2) == 0;
		list += is_weak ? 2 : 0;
		if (*list != '"')
			return false;
		len = strcspn(list + 1, "\"") + 2;
		if (strncmp(list, etag, len) == 0 && strlen(etag) == len &&
		    (weak || !is_weak))
			return true;
		/* The last quote may not be there. */
		if (list[len - 1] != '"')
			return false;
	}
}

static void
put_post(const struct post *post, struct visit *v)
{
	pf_printf(v->a, "{\"id\":%lld,\"version\":%lld", (long long)post->id,
	    (long long)post->version);
	api_put_text(v, ",", "title", post->title);
	api_put_text(v, ",", "text", post->text);
	api_put_text(v, ",", "author", post->name);
	api_put_time(v, ",", "created", post->created);
	api_put_time(v, ",", "changed", post->changed);
	pf_printf(v->a, "}");
}

/* Answers with v->post. */
static void
answer(struct visit *v, int status)
{
	char etag[ETAG_BYTES];

	make_etag(etag, v->post.version);
	pf_status(v->a, status);
	pf_type(v->a, "application/json");
	pf_set(v->a, "ETag", etag);
	put_post(&v->post, v);
	pf_printf(v->a, "\n");
}

struct list {
	struct visit *v;
	bool begun;
};

static void
put_entry(const struct post *post, void *with)
{
	struct list *list = with;

	if (list->begun)
		pf_printf(list->v->a, ",\n");
	list->begun = true;
	put_post(post, list->v);
}

static void
put_list(struct visit *v, const struct listing *l)
{
	struct list list = {.v = v};
	struct listed listed;

	pf_type(v->a, "application/json");
	pf_printf(v->a, "{\"posts\":[");
	listed = posts_list(v->store, l, &v->post, put_entry, &list);
	pf_printf(v->a, "],\n\"next\":");
	if (listed.count > 0 &&
	    posts_are_before(v->store, l->search, listed.last)) {
		pf_printf(v->a, "\"/api/posts?before=%lld&limit=%d",
		    (long long)listed.last, l->limit);
		if (*l->search != '\0') {
			pf_printf(v->a, "&q=");
			pf_url(v->a, l->search);
		}
		pf_printf(v->a, "\"}\n");
	} else {
		pf_printf(v->a, "null}\n");
	}
}

static void
list(struct visit *v)
{
	const char *search = pf_query(v->q, "q");
	const char *before = pf_query(v->q, "before");
	const char *limit = pf_query(v->q, "limit");
	struct listing l = {.search = search != NULL ? search : "",
	    .before = text_number(before),
	    .limit = LIST_USUAL,
	    .text = TEXT_MOST};
	const int64_t wanted = text_number(limit);
	const long length = text_length(l.search, false);

	if (length < 0 || length > SEARCH_MOST ||
	    (before != NULL && l.before == 0) ||
	    (limit != NULL && (wanted == 0 || wanted > LIST_MOST))) {
		api_refuse(v, 400,
		    "q has at most 100 characters, before is an id, and limit "
		    "is from 1 to 50.");
		return;
	}
	if (wanted > 0)
		l.limit = (int)wanted;
	put_list(v, &l);
}

/* Reads the post of the path, or answers that there is none. */
static bool
find(struct visit *v)
{
	if (visit_post(v))
		return true;
	api_refuse(v, 404, "There is no such post.");
	return false;
}

static void
get(struct visit *v)
{
	const char *known = pf_field(v->q, "If-None-Match");
	char etag[ETAG_BYTES];

	if (!find(v))
		return;
	if (known == NULL || !is_listed(known, v->post.version, true)) {
		answer(v, 200);
		return;
	}
	make_etag(etag, v->post.version);
	pf_status(v->a, 304);
	pf_set(v->a, "ETag", etag);
}

/* What a post is to be. */
struct wish {
	const char *title, *text; /* NULL: as they are */
	char *bytes;		  /* in which they are; for free(3) */
	struct once once;
};

/* The client's name for what it asks, or our own. */
static bool
name_wish(struct visit *v, struct wish *w)
{
	const char *key = pf_field(v->q, "Idempotency-Key");
	const char *const name[] = {"api", v->user.name,
	    key != NULL ? "key" : "id", key != NULL ? key : pf_id(v->q)};
	const char *condition = pf_field(v->q, "If-Match");
	const char *const print[] = {pf_method(v->q), pf_path(v->q),
	    condition != NULL ? condition : "", w->title != NULL ? "title" : "",
	    w->title != NULL ? w->title : "", w->text != NULL ? "text" : "",
	    w->text != NULL ? w->text : ""};

	if (key != NULL && (*key == '\0' || strlen(key) > KEY_MOST)) {
		api_refuse(v, 422, "An Idempotency-Key has 1 to 64 bytes.");
		return false;
	}
	once_name(&w->once, name, sizeof(name) / sizeof(name[0]));
	once_print(&w->once, print, sizeof(print) / sizeof(print[0]));
	return true;
}

/* Reads what is asked for, or answers why not. */
static bool
read_wish(struct visit *v, struct wish *w)
{
	static const char *const names[] = {"title", "text", NULL};
	struct json j;

	if (!api_is_somebody(v))
		return false;
	if (strcmp(pf_method(v->q), "DELETE") == 0)
		return name_wish(v, w);
	return api_read(v, &j, &w->bytes) && api_knows(v, &j, names) &&
	       api_text(v, &j, "title", &w->title) &&
	       api_text(v, &j, "text", &w->text) && name_wish(v, w);
}

/* Has it been done before? *id is of which post. */
static bool
is_new(struct visit *v, const struct wish *w, int64_t *id, bool *done)
{
	switch (once_look(v->store, &w->once, id)) {
	case NEW:
		return true;
	case DONE:
		*done = true;
		return false;
	default:
		api_refuse(v, 422,
		    "That Idempotency-Key was given to something else.");
		return false;
	}
}

/* May the post of the path be changed, as it is now? */
static bool
may_change(struct visit *v)
{
	const char *condition = pf_field(v->q, "If-Match");

	if (!find(v))
		return false;
	if (v->post.author != v->user.id)
		api_refuse(v, 403, "Only who wrote a post may change it.");
	else if (condition == NULL)
		api_refuse(v, 428, "This needs If-Match, with the ETag.");
	else if (!is_listed(condition, v->post.version, false))
		api_refuse(v, 412, "The post has been changed meanwhile.");
	else
		return true;
	return false;
}

/* Makes the post, in the transaction. false: it is answered why not. */
static bool
add(struct visit *v, struct wish *w)
{
	const char *fault = post_fault(w->title, w->text);
	bool done = false;
	int64_t id = 0;

	if (fault != NULL) {
		api_refuse(v, 422, fault);
		return false;
	}
	store_begin(v->store);
	if (is_new(v, w, &id, &done)) {
		id = post_add(v->store, v->user.id, w->title, w->text, v->now);
		once_keep(v->store, &w->once, id, v->now);
	} else if (!done) {
		return false;
	}
	if (post_get(v->store, id, &v->post))
		return true;
	api_refuse(v, 404, "The post was made, and is gone.");
	return false;
}

static void
create(struct visit *v)
{
	struct wish w = {.title = NULL};
	char location[48];

	if (read_wish(v, &w) && add(v, &w)) {
		store_commit(v->store);
		(void)snprintf(location, sizeof(location), "/api/posts/%lld",
		    (long long)v->post.id);
		pf_set(v->a, "Location", location);
		answer(v, 201);
	}
	free(w.bytes);
}

/* Changes the post in the transaction, unless that was done; what is not said
 * stays, if `part`. false: it is answered why not. */
static bool
set(struct visit *v, struct wish *w, bool part)
{
	const char *title = w->title, *text = w->text, *fault;
	bool done = false;
	int64_t id = 0;

	store_begin(v->store);
	if (!is_new(v, w, &id, &done))
		return done && find(v);
	if (!may_change(v))
		return false;
	if (part && title == NULL)
		title = v->post.title;
	if (part && text == NULL)
		text = v->post.text;
	fault = post_fault(title, text);
	if (fault != NULL) {
		api_refuse(v, 422, fault);
		return false;
	}
	post_set(v->store, v->post.id, title, text, v->now);
	once_keep(v->store, &w->once, v->post.id, v->now);
	return find(v);
}

static void
change(struct visit *v, bool part)
{
	struct wish w = {.title = NULL};

	if (read_wish(v, &w) && set(v, &w, part)) {
		store_commit(v->store);
		answer(v, 200);
	}
	free(w.bytes);
}

static void
replace_all(struct visit *v)
{
	change(v, false);
}

static void
change_part(struct visit *v)
{
	change(v, true);
}

static void
remove_post(struct visit *v)
{
	struct wish w = {.title = NULL};
	bool done = false;
	int64_t id = 0;

	if (!read_wish(v, &w))
		return;
	store_begin(v->store);
	if (is_new(v, &w, &id, &done) && may_change(v)) {
		post_remove(v->store, v->post.id);
		once_keep(v->store, &w.once, v->post.id, v->now);
		done = true;
	}
	if (!done)
		return;
	store_commit(v->store);
	pf_status(v->a, 204);
}

void
api_list(const struct pf_request *q, struct pf_reply *a)
{
	visit_run(q, a, API, list);
}

void
api_get(const struct pf_request *q, struct pf_reply *a)
{
	visit_run(q, a, API, get);
}

void
api_create(const struct pf_request *q, struct pf_reply *a)
{
	visit_run(q, a, API, create);
}

void
api_replace(const struct pf_request *q, struct pf_reply *a)
{
	visit_run(q, a, API, replace_all);
}

void
api_change(const struct pf_request *q, struct pf_reply *a)
{
	visit_run(q, a, API, change_part);
}

void
api_remove(const struct pf_request *q, struct pf_reply *a)
{
	visit_run(q, a, API, remove_post);
}
