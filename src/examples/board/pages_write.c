#include "pages.h"

#include <stdio.h>

#include "text.h"

/* Who is not logged in is asked to do so. */
static bool
is_somebody(struct visit *v)
{
	if (v->user.id == 0)
		pf_redirect(v->a, "/login");
	return v->user.id != 0;
}

/* Reads the post of the path, if it is the user's own. */
static bool
find_own(struct visit *v)
{
	if (!page_post(v))
		return false;
	if (v->post.author == v->user.id)
		return true;
	page_refuse(v, 403, "That is not yours",
	    "Only who wrote a post may change it.");
	return false;
}

/* A field that names what is sent, so that sending it twice does it once. */
static bool
put_name(struct visit *v)
{
	char token[TOKEN_BYTES];

	if (!visit_token(v, token))
		return false;
	pf_html(
	    v->a, "<input type=\"hidden\" name=\"once\" value=\"%s\">", token);
	return true;
}

/* Of what is sent without one, pf_id() is the name. */
static void
name_change(struct visit *v, struct once *once)
{
	const char *token = pf_form(v->q, "once");
	const bool named = secret_is_token(token);
	const char *const texts[] = {"page", v->user.name, pf_path(v->q),
	    named ? "form" : "id", named ? token : pf_id(v->q)};

	once_name(once, texts, 5);
	once_print(once, NULL, 0);
}

/* What somebody writes, who may have to write it again. */
struct draft {
	const char *heading, *button;
	const char *title, *text; /* NULL: nothing yet */
	const char *fault;	  /* NULL: none */
	int64_t version;	  /* of what it changes */
	int status;
};

static void
put_form(struct visit *v, const struct draft *d)
{
	pf_status(v->a, d->status);
	page_begin(v, d->heading);
	pf_html(v->a, "<form class=\"card\" method=\"post\"><h1>%s</h1>",
	    d->heading);
	page_fault(v, d->fault);
	page_proof(v);
	if (!put_name(v))
		return;
	/* The first end of a line in a text area is not part of it. */
	pf_html(v->a,
	    "<input type=\"hidden\" name=\"version\" value=\"%lld\">"
	    "<label for=\"title\">Title</label>"
	    "<input id=\"title\" name=\"title\" value=\"%s\" maxlength=\"%d\""
	    " required>"
	    "<label for=\"text\">Text</label>"
	    "<textarea id=\"text\" name=\"text\" rows=\"12\" maxlength=\"%d\""
	    " required>\n%s</textarea>"
	    "<p class=\"actions\"><button>%s</button>"
	    "<a href=\"/\">Cancel</a></p></form>",
	    (long long)d->version, d->title, TITLE_MOST, TEXT_MOST, d->text,
	    d->button);
	page_end(v);
}

/* Takes what is written in a form; browsers end lines with two bytes. */
static void
read_draft(struct visit *v, struct draft *d)
{
	const char *from = pf_form(v->q, "text");
	char *to = v->post.text;

	d->title = pf_form(v->q, "title");
	d->text = from;
	d->version = text_number(pf_form(v->q, "version"));
	d->fault = post_fault(d->title, d->text);
	d->status = d->fault != NULL ? 422 : 200;
	if (d->fault != NULL)
		return;
	for (; *from != '\0'; from++)
		if (from[0] != '\r' || from[1] != '\n')
			*to++ = *from;
	*to = '\0';
	d->text = v->post.text;
}

static void
go_to(struct visit *v, int64_t id)
{
	char location[48];

	(void)snprintf(
	    location, sizeof(location), "/posts/%lld", (long long)id);
	pf_redirect(v->a, location);
}

static void
write_form(struct visit *v)
{
	const struct draft d = {
	    .heading = "Write", .button = "Publish", .status = 200};

	if (is_somebody(v))
		put_form(v, &d);
}

static void
write_now(struct visit *v)
{
	struct draft d = {.heading = "Write", .button = "Publish"};
	struct once once;
	int64_t id = 0;

	if (!is_somebody(v) || !page_is_ours(v))
		return;
	read_draft(v, &d);
	if (d.fault != NULL) {
		put_form(v, &d);
		return;
	}
	name_change(v, &once);
	store_begin(v->store);
	if (once_look(v->store, &once, &id) == NEW) {
		id = post_add(v->store, v->user.id, d.title, d.text, v->now);
		once_keep(v->store, &once, id, v->now);
	}
	store_commit(v->store);
	go_to(v, id);
}

static void
edit_form(struct visit *v)
{
	struct draft d = {.heading = "Edit", .button = "Save", .status = 200};

	if (!is_somebody(v) || !find_own(v))
		return;
	d.title = v->post.title;
	d.text = v->post.text;
	d.version = v->post.version;
	put_form(v, &d);
}

static void
edit_now(struct visit *v)
{
	struct draft d = {.heading = "Edit", .button = "Save"};
	struct once once;
	int64_t id = 0;
	bool known;

	if (!is_somebody(v) || !page_is_ours(v))
		return;
	name_change(v, &once);
	store_begin(v->store);
	known = once_look(v->store, &once, &id) == DONE;
	if (!known && !find_own(v))
		return;
	read_draft(v, &d);
	if (!known && d.fault == NULL && d.version != v->post.version) {
		d.fault = "It was changed meanwhile, in another window. "
			  "Saving puts this in the place of that.";
		d.status = 409;
		d.version = v->post.version;
	}
	if (!known && d.fault != NULL) {
		put_form(v, &d);
		return;
	}
	if (!known) {
		id = v->post.id;
		post_set(v->store, id, d.title, d.text, v->now);
		once_keep(v->store, &once, id, v->now);
	}
	store_commit(v->store);
	go_to(v, id);
}

static void
delete_form(struct visit *v)
{
	if (!is_somebody(v) || !find_own(v))
		return;
	page_begin(v, "Delete");
	pf_html(v->a,
	    "<form class=\"card narrow\" method=\"post\"><h1>Delete</h1>"
	    "<p>\xe2\x80\x9c%s\xe2\x80\x9d will be gone for good.</p>",
	    v->post.title);
	page_proof(v);
	if (!put_name(v))
		return;
	pf_html(v->a,
	    "<p class=\"actions\"><button class=\"danger\">Delete</button>"
	    "<a href=\"/posts/%lld\">Keep it</a></p></form>",
	    (long long)v->post.id);
	page_end(v);
}

static void
delete_now(struct visit *v)
{
	struct once once;
	int64_t id = 0;

	if (!is_somebody(v) || !page_is_ours(v))
		return;
	name_change(v, &once);
	store_begin(v->store);
	if (once_look(v->store, &once, &id) == NEW) {
		if (!find_own(v))
			return;
		post_remove(v->store, v->post.id);
		once_keep(v->store, &once, v->post.id, v->now);
	}
	store_commit(v->store);
	pf_redirect(v->a, "/");
}

void
pages_write(const struct pf_request *q, struct pf_reply *a)
{
	visit_run(q, a, PAGES, write_form);
}

void
pages_write_now(const struct pf_request *q, struct pf_reply *a)
{
	visit_run(q, a, PAGES, write_now);
}

void
pages_edit(const struct pf_request *q, struct pf_reply *a)
{
	visit_run(q, a, PAGES, edit_form);
}

void
pages_edit_now(const struct pf_request *q, struct pf_reply *a)
{
	visit_run(q, a, PAGES, edit_now);
}

void
pages_delete(const struct pf_request *q, struct pf_reply *a)
{
	visit_run(q, a, PAGES, delete_form);
}

void
pages_delete_now(const struct pf_request *q, struct pf_reply *a)
{
	visit_run(q, a, PAGES, delete_now);
}
