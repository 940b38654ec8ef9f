/*
 * page_table.h - the pages that one executor knows, and the memory that they
 * take: what stands behind pages.h. For src/service/pages.c alone.
 *
 * An entry is in use as long as its page is being made, waited for, held by an
 * answer or young enough to be given to another client. Bytes are those of the
 * two classes of service/budget.h.
 */
#ifndef SERVICE_PAGE_TABLE_H
#define SERVICE_PAGE_TABLE_H

#include "http/conditions.h"
#include "http/listing.h"
#include "pages.h"
#include "service/budget.h"
#include "service/conn.h"

enum { COUNT_MS = 20 }; /* between two counts of what answers hold */

struct page {
	bool used;
	bool held; /* an answer had it when that was last counted */
	int waiters;
	int runner; /* the index, + 1, of the record in whose steps it is made;
		     * 0: none */
	int error;  /* errno, if it could not be made */
	struct job *job;   /* that makes it, or NULL */
	struct page *like; /* the one it may come out the same as, or NULL */
	int64_t began;	   /* clock_now() */
	int64_t ran;	   /* ... when it was gone on with */
	int64_t stalled;   /* ... since when it finds no room; 0: it does */
	char *path;	   /* NULL: not known, only an answer has the page */
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

/* This executor's table, made when it is first asked for; NULL with errno. */
struct pages *page_table_of(struct serving *s);

/* An entry for a page of which nothing is known yet. may_forget: where all are
 * in use, that of the page that is missed least. NULL: there is none. */
struct page *page_take(struct pages *all, bool may_forget);

/* The entry is free: its job has ended and its file is closed. */
void page_forget(struct pages *all, struct page *page);
void page_end_job(struct pages *all, struct page *page);
void page_close_file(struct page *page);

/* Counts the bytes that the pages take, and forgets those that no client has
 * any more. */
void page_table_count(struct pages *all, const struct serving *s);

/* Has this page, which is being made, to wait, since it grows big and there is
 * no room, or another big one is being made? Since when it finds no room is in
 * page->stalled. */
bool page_finds_no_room(
    struct pages *all, struct page *page, const struct serving *s);

/* A page of so many bytes is made: gives back what was taken of the budget for
 * the making beyond that. */
void page_keep_share(const struct serving *s, int64_t length);

#endif
