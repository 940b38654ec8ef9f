#include "page_table.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "http_record.h"
#include "http_state.h"
#include "job.h"
#include "os/memory.h"
#include "service/registry.h"

struct pages *
page_table_of(struct serving *s)
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

void
page_close_file(struct page *page)
{
	if (page->file >= 0)
		(void)close(page->file);
	page->file = -1;
}

void
page_end_job(struct pages *all, struct page *page)
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

void
page_forget(struct pages *all, struct page *page)
{
	page_end_job(all, page);
	page_close_file(page);
	free(page->path);
	memset(page, 0, sizeof(*page));
	page->file = -1;
}

/* Is page a to be forgotten before page b? */
static bool
is_dispensable(const struct page *a, const struct page *b)
{
	return a->held != b->held ? !a->held : a->began < b->began;
}

struct page *
page_take(struct pages *all, bool may_forget)
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
		page_forget(all, page);
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
	/* A page of the worker before, or one that was forgotten since. */
	page = page_take(all, false);
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

	if (r->fd <= 0 || r->speaks != service_http.id || http_now(r)->taking)
		return false;
	*id = a->id;
	if (a->own_fd < 0 || http_now(r)->part != 0)
		return a->file_fd >= 0 && http_now(r)->made;
	if (fstat(a->own_fd, &st) != 0)
		return false;
	journal_identify(id, &st);
	return true;
}

void
page_table_count(struct pages *all, const struct serving *s)
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
			page_forget(all, page);
		else
			all->live[class_of(page->length)] += page->length;
	}
}

/* Where an executor serves one client: gives its share of the budget back when
 * the client has no page any more. */
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
				page_forget(all, &all->page[i]);
		return_share(all, s);
	} else if (all->top > 0 && now - all->counted >= PAGE_MS / 2) {
		page_table_count(all, s);
	}
	while (all->top > 0 && !all->page[all->top - 1].used)
		all->top--;
}

void
page_keep_share(const struct serving *s, int64_t length)
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

/* Does the big page whose turn it is find no room? Then those that wait for
 * their turn wait in vain as well. */
static bool
is_stalled(const struct pages *all, const struct serving *s)
{
	return s->budget != NULL ? s->budget->stalled : all->big->stalled != 0;
}

bool
page_finds_no_room(
    struct pages *all, struct page *page, const struct serving *s)
{
	int64_t bytes = (int64_t)job_bytes(page->job);
	bool turn, stalled;

	if (bytes <= PAGE_BIG)
		return false;
	turn = has_turn(all, page, s);
	if (turn && s->now - all->counted >= COUNT_MS)
		page_table_count(all, s);
	stalled = turn ? !fits(all, s, bytes) : is_stalled(all, s);
	if (turn && s->budget != NULL)
		s->budget->stalled = stalled;
	if (!stalled)
		page->stalled = 0;
	else if (page->stalled == 0)
		page->stalled = s->now;
	return !turn || stalled;
}
