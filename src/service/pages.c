#include "pages.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "http.h"
#include "job.h"
#include "os/memory.h"
#include "reply.h"
#include "service/budget.h"
#include "service/conn.h"
#include "service/registry.h"

enum {
	COUNT_MS = 20, /* between two counts of what answers hold */
	IDLE_MS = 50   /* without a step of its maker: another makes a page */
};

struct page {
	bool used;
	bool held; /* an answer has it, when that was last counted */
	int waiters;
	int runner; /* the record whose turns it is made in, + 1; 0: none */
	int error;  /* errno, if it could not be made */
	struct job *job;   /* that makes it, or NULL */
	struct page *like; /* the one it may come out the same as, or NULL */
	int64_t began;	   /* clock_now() */
	int64_t ran;	   /* ... when it was gone on with */
	int64_t stalled;   /* ... when it found no room, 0: it did */
	char *path;	   /* NULL: not known, it is an answer's alone */
	struct listing_view view;
	struct validator dir; /* of the directory, and its time of change */
	int64_t changed, changed_ns;
	int file; /* -1: none */
	int64_t length;
	struct validator id;
};

struct pages {
	int jobs;
	struct page *big; /* the big one that is being made, or NULL */
	int64_t counted;  /* clock_now() of the last count */
	int64_t live[BUDGET_CLASSES]; /* bytes of finished pages then */
	int top; /* no entry from here on has been in use */
	struct page page[PAGES];
};

static struct pages *
pages_of(struct serving *s)
{
	/* Most executors never list anything. */
	if (http_in(s)->pages == NULL)
		http_in(s)->pages = memory_private(sizeof(struct pages));
	return http_in(s)->pages;
}

void
pages_free(struct serving *s)
{
	struct pages *all = http_in(s)->pages;
	int i;

	for (i = 0; all != NULL && i < all->top; i++) {
		if (all->page[i].job != NULL)
			job_abandon(all->page[i].job);
		free(all->page[i].path);
	}
	memory_drop(all, sizeof(struct pages));
	http_in(s)->pages = NULL;
}

static int
class_of(int64_t bytes)
{
	return bytes > PAGE_BIG ? BUDGET_BIG : BUDGET_SMALL;
}

static void
close_file(struct page *page)
{
	if (page->file >= 0)
		(void)close(page->file);
	page->file = -1;
}

static void
end_job(struct pages *all, struct page *page)
{
	if (page->job == NULL)
		return;
	job_free(page->job);
	page->job = NULL;
	all->jobs--;
	if (page->like != NULL)
		page->like->waiters--;
	page->like = NULL;
	if (all->big == page)
		all->big = NULL;
}

static void
forget(struct pages *all, struct page *page)
{
	end_job(all, page);
	close_file(page);
	free(page->path);
	memset(page, 0, sizeof(*page));
	page->file = -1;
}

/* Is a to be forgotten rather than b? */
static bool
is_dispensable(const struct page *a, const struct page *b)
{
	return a->held != b->held ? !a->held : a->began < b->began;
}

/* An entry, with `forget` that of the page which is missed least; or NULL. */
static struct page *
take_entry(struct pages *all, bool may_forget)
{
	struct page *page = NULL;
	int i;

	for (i = 0; i < all->top && all->page[i].used; i++)
		if (all->page[i].job == NULL && all->page[i].waiters == 0 &&
		    (page == NULL || is_dispensable(&all->page[i], page)))
			page = &all->page[i];
	if (i < PAGES) {
		page = &all->page[i];
		if (i == all->top)
			all->top++;
	} else if (page == NULL || !may_forget) {
		return NULL;
	} else {
		forget(all, page);
	}
	memset(page, 0, sizeof(*page));
	page->used = true;
	page->file = -1;
	return page;
}

/* An answer holds the page of that inode: notes it, once. Returns the bytes of
 * a page that there is no place to note: it counts with every answer. */
static int64_t
note_held(struct pages *all, const struct validator *id)
{
	int64_t length =
	    id->size < 0 || id->size > PAGE_LONGEST ? PAGE_LONGEST : id->size;
	struct page *page;
	int i;

	for (i = 0; i < all->top; i++) {
		page = &all->page[i];
		if (page->used && page->id.ino == id->ino &&
		    page->id.dev == id->dev) {
			page->held = true;
			return 0;
		}
	}
	/* Of the worker before us, or forgotten since. */
	page = take_entry(all, false);
	if (page == NULL)
		return length;
	page->held = true;
	page->id = *id;
	page->length = length;
	return 0;
}

/* Is the record's client being sent a page, or an archive after one? */
static bool
has_page(const struct record *r, struct validator *id)
{
	const struct answer *a = answer_now(r);
	struct stat st;

	if (r->fd <= 0 || r->speaks != SPEAKS_HTTP)
		return false;
	*id = a->id;
	if (a->own_fd < 0)
		return a->file_fd >= 0 && http_now(r)->made;
	if (fstat(a->own_fd, &st) != 0)
		return false;
	journal_identify(id, &st);
	return true;
}

/* Counts what is there, and forgets what nobody has any more. */
static void
count(struct pages *all, const struct serving *s)
{
	const struct journal *j = s->journal;
	struct validator id;
	int64_t bytes;
	int i;

	all->counted = s->now;
	all->live[BUDGET_SMALL] = all->live[BUDGET_BIG] = 0;

	for (i = 0; i < all->top; i++)
		all->page[i].held = false;
	for (i = 0; i < j->head->top; i++) {
		const struct record *r = &j->record[i];

		if (!has_page(r, &id))
			continue;
		bytes = note_held(all, &id);
		all->live[class_of(bytes)] += bytes;
	}
	for (i = 0; i < all->top; i++) {
		struct page *page = &all->page[i];

		if (!page->used || page->job != NULL)
			continue;
		if (!page->held && page->waiters == 0 &&
		    s->now - page->began >= PAGE_MS)
			forget(all, page);
		else
			all->live[class_of(page->length)] += page->length;
	}
}

/* Of an executor of one client, when that has no page any more. */
static void
return_share(const struct pages *all, const struct serving *s)
{
	struct validator id;

	if (s->budget != NULL && all->jobs == 0 &&
	    !has_page(&s->journal->record[0], &id))
		budget_return(s->budget, s->share);
}

void
pages_expire(struct serving *s, int64_t now)
{
	struct pages *all = http_in(s)->pages;
	int i;

	if (all == NULL)
		return;
	if (now == CLOCK_NEVER) {
		for (i = 0; i < all->top; i++)
			if (all->page[i].waiters == 0)
				forget(all, &all->page[i]);
		return_share(all, s);
	} else if (all->top > 0 && now - all->counted >= PAGE_MS / 2) {
		count(all, s);
	}
	while (all->top > 0 && !all->page[all->top - 1].used)
		all->top--;
}

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
	struct page *page = take_entry(all, true);
	struct stat st;

	if (page == NULL || fstat(dir, &st) != 0) {
		(void)close(dir);
		if (page != NULL)
			forget(all, page);
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
		forget(all, page);
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
	struct pages *all = pages_of(s);
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
		count(all, s);
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

/* What was taken for the making, and is more than the page. */
static void
keep_share(const struct serving *s, int64_t length)
{
	int class = class_of(length);

	if (s->budget == NULL)
		return;
	(void)budget_set(s->budget, s->share, BUDGET_SMALL,
	    class == BUDGET_SMALL ? length : 0);
	(void)budget_set(
	    s->budget, s->share, BUDGET_BIG, class == BUDGET_BIG ? length : 0);
	budget_end_big(s->budget, s->share);
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
		/* Somebody may not have come for the old one yet. */
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
	end_job(all, page);
	keep_share(s, page->length);
	if (like != NULL && like->file < 0)
		forget(all, like);
	return 0;
}

/* Is there room for a big page of so many bytes? */
static bool
fits(const struct pages *all, const struct serving *s, int64_t bytes)
{
	if (s->budget != NULL)
		return budget_set(s->budget, s->share, BUDGET_BIG, bytes);
	return all->live[BUDGET_BIG] == 0 ||
	       all->live[BUDGET_BIG] + bytes <= PAGE_CLASS_BYTES;
}

/* Is it the turn of a page that grows so big? */
static bool
has_turn(struct pages *all, struct page *page, const struct serving *s)
{
	if (all->big == NULL &&
	    (s->budget == NULL || budget_begin_big(s->budget, s->share)))
		all->big = page;
	return all->big == page;
}

/* Does the one whose turn it is find no room? Then the others wait in vain as
 * well, all at the same time. */
static bool
is_stalled(const struct pages *all, const struct serving *s)
{
	return s->budget != NULL ? s->budget->stalled : all->big->stalled != 0;
}

/* Has a page that grows so big to wait? */
static bool
finds_no_room(struct pages *all, struct page *page, const struct serving *s)
{
	int64_t bytes = (int64_t)job_bytes(page->job);
	bool turn, stalled;

	if (bytes <= PAGE_BIG)
		return false;
	turn = has_turn(all, page, s);
	if (turn && s->now - all->counted >= COUNT_MS)
		count(all, s);
	stalled = turn ? !fits(all, s, bytes) : is_stalled(all, s);
	if (turn && s->budget != NULL)
		s->budget->stalled = stalled;
	if (!stalled)
		page->stalled = 0;
	else if (page->stalled == 0)
		page->stalled = s->now;
	return !turn || stalled;
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
	if (finds_no_room(all, page, s)) {
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
			end_job(all, page);
			close_file(page);
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
		forget(http_in(s)->pages, page);
	errno = saved;
}
