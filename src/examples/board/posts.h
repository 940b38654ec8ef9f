/*
 * posts.h - the posts of a store.
 */
#ifndef BOARD_POSTS_H
#define BOARD_POSTS_H

#include <stdbool.h>
#include <stdint.h>

#include "board.h"
#include "store.h"

struct post {
	int64_t id;
	int64_t version; /* from 1 on: one more for each change */
	int64_t author;
	int64_t created, changed; /* seconds since the epoch */
	char name[NAME_BYTES];	  /* of the author */
	char title[TITLE_BYTES];
	char text[TEXT_BYTES];
};

/* Which posts, the newest first; of 0 for before and after the newest of all.
 */
struct listing {
	const char *search; /* only those that hold it; "": all */
	int64_t before;	    /* only older ones than that post */
	int64_t after;	    /* only newer ones; the next of them */
	int limit;
	int text; /* characters of each text */
};

/* May a post be like that? NULL: yes; else why not. NULL for either: none was
 * given. */
const char *post_fault(const char *title, const char *text);

/* Is there such a post? */
bool post_get(struct store *s, int64_t id, struct post *post);

/* The id of a new one. */
int64_t post_add(struct store *s, int64_t author, const char *title,
    const char *text, int64_t now);

void post_set(struct store *s, int64_t id, const char *title, const char *text,
    int64_t now);
void post_remove(struct store *s, int64_t id);

/* Calls `each` for every post of the listing, with one that is gone afterwards:
 * how many there were. Stores the first id and the last. */
struct listed {
	int count;
	int64_t first, last;
};
struct listed
posts_list(struct store *s, const struct listing *l, struct post *post,
    void (*each)(const struct post *post, void *with), void *with);

/* Are there any older or newer ones than that, with what is searched for? */
bool posts_are_before(struct store *s, const char *search, int64_t id);
bool posts_are_after(struct store *s, const char *search, int64_t id);

#endif
