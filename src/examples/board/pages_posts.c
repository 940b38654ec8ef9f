#include "pages.h"

#include <string.h>

#include "text.h"

enum { PAGE_POSTS = 10, EXCERPT = 280 };

static void
put_time(struct visit *v, int64_t time)
{
	char text[TIME_BYTES];

	visit_time(text, time);
	pf_html(v->a, "<time datetime=\"%s\">%.10s %.5s</time>", text, text,
	    text + 11);
}

static void
put_byline(struct visit *v, const struct post *post)
{
	pf_html(v->a, "<p class=\"by\"><b>%s</b> &middot; ", post->name);
	put_time(v, post->created);
	if (post->version > 1) {
		pf_html(v->a, " &middot; changed ");
		put_time(v, post->changed);
	}
	pf_html(v->a, "</p>");
}

/* One of the list. */
static void
put_entry(const struct post *post, void *with)
{
	struct visit *v = with;

	pf_html(v->a, "<article><h2><a href=\"/posts/%lld\">%s</a></h2>",
	    (long long)post->id, post->title);
	put_byline(v, post);
	pf_html(v->a, "<p class=\"excerpt\">%s%s</p></article>", post->text,
	    text_length(post->text, true) == EXCERPT ? "\xe2\x80\xa6" : "");
}

/* A link to more of what was searched for. */
static void
put_more(struct visit *v, const char *way, int64_t id, const char *search,
    const char *words)
{
	pf_html(v->a, "<a rel=\"%s\" href=\"/?%s=%lld",
	    strcmp(way, "before") == 0 ? "next" : "prev", way, (long long)id);
	if (*search != '\0') {
		pf_html(v->a, "&amp;q=");
		pf_url(v->a, search);
	}
	pf_html(v->a, "\">%s</a>", words);
}

static void
put_list(struct visit *v, const struct listing *l)
{
	const struct listed listed =
	    posts_list(v->store, l, &v->post, put_entry, v);

	if (listed.count == 0) {
		pf_html(v->a, "<article class=\"narrow\"><p>%s</p></article>",
		    *l->search != '\0' ? "No post has that in it."
				       : "Nobody has written anything yet.");
		return;
	}
	pf_html(v->a, "<nav class=\"pages\">");
	if (posts_are_after(v->store, l->search, listed.first))
		put_more(v, "after", listed.first, l->search, "Newer");
	if (posts_are_before(v->store, l->search, listed.last))
		put_more(v, "before", listed.last, l->search, "Older");
	pf_html(v->a, "</nav>");
}

static void
list(struct visit *v)
{
	const char *search = pf_query(v->q, "q");
	struct listing l = {.search = search != NULL ? search : "",
	    .before = text_number(pf_query(v->q, "before")),
	    .after = text_number(pf_query(v->q, "after")),
	    .limit = PAGE_POSTS,
	    .text = EXCERPT};

	if (text_length(l.search, false) < 0 ||
	    text_length(l.search, false) > SEARCH_MOST) {
		page_refuse(v, 422, "Nobody can search for that",
		    "It is too long, or no text.");
		return;
	}
	page_begin(v, *l.search != '\0' ? l.search : "Posts");
	if (*l.search != '\0')
		pf_html(v->a, "<h1>Posts with \xe2\x80\x9c%s\xe2\x80\x9d</h1>",
		    l.search);
	put_list(v, &l);
	page_end(v);
}

static void
show(struct visit *v)
{
	if (!page_post(v))
		return;
	page_begin(v, v->post.title);
	pf_html(v->a, "<article><h1>%s</h1>", v->post.title);
	put_byline(v, &v->post);
	pf_html(v->a, "<div class=\"text\">%s</div>", v->post.text);
	if (v->post.author == v->user.id)
		pf_html(v->a,
		    "<p class=\"actions\">"
		    "<a class=\"button\" href=\"/posts/%lld/edit\">Edit</a>"
		    "<a href=\"/posts/%lld/delete\">Delete</a></p>",
		    (long long)v->post.id, (long long)v->post.id);
	pf_html(v->a, "</article>");
	page_end(v);
}

void
pages_list(const struct pf_request *q, struct pf_reply *a)
{
	visit_run(q, a, PAGES, list);
}

void
pages_show(const struct pf_request *q, struct pf_reply *a)
{
	visit_run(q, a, PAGES, show);
}
