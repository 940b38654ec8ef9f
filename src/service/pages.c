#include "pages.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "http_state.h"
#include "job.h"
#include "page_table.h"
#include "reply.h"
#include "service/budget.h"
#include "service/conn.h"
#include "service/registry.h"

enum { IDLE_MS = 50 }; /* without a step of its maker: another makes a page */

static void
stamp(struct page *page, const struct stat *st)
{
	journal_identify(&page->dir, st);
	page->changed = (int64_t)st->st_ctim.tv_sec;
	page->changed_ns = (int64_t)st->st_ctim.tv_nsec;
}

static bool
is_unchanged(const struct page *page, const struct stat *st)
{
	struct page now;

	stamp(&now, st);
	return page->dir.dev == now.dir.dev && page->dir.ino == now.dir.ino &&
	       page->dir.size == now.dir.size &&
	       page->dir.mtime == now.dir.mtime &&
	       page->dir.mtime_ns == now.dir.mtime_ns &&
	       page->changed == now.changed &&
	       page->changed_ns == now.changed_ns;
}

/* The newest page of that path in that view. */
static struct page *
find(struct pages *all, const char *path, const struct listing_view *view)
{
	struct page *page, *found = NULL;
	int i;

	for (i = 0; i < all->top; i++) {
		page = &all->page[i];
		if (page->used && page->path != NULL && page->error == 0 &&
		    page->view.format == view->format &&
		    page->view.order == view->order &&
		    page->view.descending == view->descending &&
		    strcmp(page->path, path) == 0 &&
		    (found == NULL || page->began > found->began))
			found = page;
	}
	return found;
}

static bool
is_fresh(const struct page *page, int dir, int64_t now)
{
	struct stat st;

	return now - page->began < PAGE_MS && fstat(dir, &st) == 0 &&
	       is_unchanged(page, &st);
}

static void
take_part(struct pages *all, struct conn *c, struct page *page)
{
	page->waiters++;
	client_of(c)->page = (int)(page - all->page) + 1;
}

/* The page after `old`, or the first. dir is taken over. 0, or -1. */
static int
begin(struct conn *c, struct serving *s, int dir, const char *path,
    const struct listing_view *view, struct page *old)
{
	struct pages *all = http_in(s)->pages;
	struct page *page = page_take(all, true);
	struct stat st;

	if (page == NULL || fstat(dir, &st) != 0) {
		(void)close(dir);
		if (page != NULL)
			page_forget(all, page);
		errno = EAGAIN;
		return -1;
	}
	stamp(page, &st);
	page->view = *view;
	page->began = page->ran = s->now;
	page->path = strdup(path);
	if (old != NULL && old->file < 0)
		old = NULL;
	page->job =
	    job_new(s->config, dir, path, view, old != NULL ? old->file : -1);
	if (page->job == NULL || page->path == NULL) {
		int saved = errno;

		all->jobs += page->job != NULL;
		page_forget(all, page);
		errno = saved;
		return -1;
	}
	all->jobs++;
	page->like = old;
	if (old != NULL)
		old->waiters++;
	take_part(all, c, page);
	return 0;
}

int
pages_ask(struct conn *c, struct serving *s, int dir, const char *path,
    const struct listing_view *view)
{
	struct pages *all = page_table_of(s);
	struct page *page;

	if (all == NULL) {
		(void)close(dir);
		return -1;
	}
	page = find(all, path, view);
	if (page != NULL && is_fresh(page, dir, s->now)) {
		(void)close(dir);
		take_part(all, c, page);
		return 0;
	}
	if (s->now - all->counted >= COUNT_MS)
		page_table_count(all, s);
	page = find(all, path, view);
	/* One that is being made and is too old already is made to the end
	 * before it is made anew. */
	if (all->jobs >= JOBS_MAX || (page != NULL && page->job != NULL) ||
	    all->live[BUDGET_SMALL] >= PAGE_CLASS_BYTES ||
	    (s->budget != NULL &&
		!budget_set(s->budget, s->share, BUDGET_SMALL, PAGE_BIG))) {
		(void)close(dir);
		errno = EAGAIN;
		return -1;
	}
	return begin(c, s, dir, path, view, page);
}

int64_t
pages_length(const struct serving *s, int dir, const char *path,
    const struct listing_view *view)
{
	struct page *page = http_in(s)->pages != NULL
				? find(http_in(s)->pages, path, view)
				: NULL;

	return page != NULL && page->file >= 0 && is_fresh(page, dir, s->now)
		   ? page->length
		   : -1;
}

/* The page is done: its file is the new one, or that of the one before. */
static int
settle(struct pages *all, struct page *page, struct serving *s)
{
	struct page *like = page->like;
	struct stat st;

	page->file = job_result(page->job, &page->length);
	if (page->file >= 0) {
		if (fstat(page->file, &st) != 0)
			return -1;
		journal_identify(&page->id, &st);
		journal_cover(s->journal, page->file);
	} else {
		/* Clients beside this page may still wait for the old one. */
		if (like->waiters > 1)
			page->file = fcntl(like->file, F_DUPFD, 0);
		else
			page->file = like->file;
		if (page->file == like->file)
			like->file = -1;
		if (page->file < 0)
			return -1;
		journal_cover(s->journal, page->file);
		page->id = like->id;
	}
	page_end_job(all, page);
	page_keep_share(s, page->length);
	if (like != NULL && like->file < 0)
		page_forget(all, like);
	return 0;
}

/* As job_run, in c's turn. */
static int
run(struct pages *all, struct page *page, struct conn *c, struct serving *s)
{
	int me = journal_index(s->journal, c->r) + 1, done;

	if (page->runner == 0 || s->now - page->ran > IDLE_MS)
		page->runner = me;
	if (page->runner != me)
		return 0;
	page->ran = s->now;
	if (page_finds_no_room(all, page, s)) {
		if (page->stalled == 0 || s->now - page->stalled < PAGE_WAIT_MS)
			return 0;
		errno = ENOMEM;
		return -1;
	}
	client_of(c)->busy = true;
	done = job_run(page->job);
	return done == 1 && settle(all, page, s) != 0 ? -1 : done;
}

int
pages_go_on(struct conn *c, struct serving *s, struct made *made)
{
	struct pages *all = http_in(s)->pages;
	struct page *page = &all->page[client_of(c)->page - 1];

	client_of(c)->busy = false;
	if (page->job != NULL) {
		int done = run(all, page, c, s);

		if (done == 0)
			return 0;
		if (done < 0) {
			page->error = errno != 0 ? errno : EIO;
			page_end_job(all, page);
			page_close_file(page);
		}
	}
	made->file = -1;
	errno = page->error;
	if (page->error == 0)
		made->file = fcntl(page->file, F_DUPFD, 0);
	made->length = page->length;
	made->id = page->id;
	made->since = page->began;
	made->format = page->view.format;
	pages_leave(c, s);
	return made->file >= 0 ? 1 : -1;
}

void
pages_leave(struct conn *c, struct serving *s)
{
	struct http_client *client = client_of(c);
	struct page *page;
	int saved = errno;

	if (client == NULL)
		return;
	client->waits = 0;
	if (client->page == 0)
		return;
	page = &http_in(s)->pages->page[client->page - 1];
	client->page = 0;
	page->waiters--;
	if (page->runner == journal_index(s->journal, c->r) + 1)
		page->runner = 0;
	if (page->waiters == 0 && page->file < 0)
		page_forget(http_in(s)->pages, page);
	errno = saved;
}
