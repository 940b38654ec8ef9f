#include "entries.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { SORT_SLICE = 4096 }; /* entries moved in one go */

static int
grow(void *array, size_t *room, size_t need, size_t size)
{
	size_t n = *room == 0 ? 64 : *room;
	void *p;

	if (need <= *room)
		return 0;
	while (n < need)
		n *= 2;
	p = realloc(*(void **)array, n * size);
	if (p == NULL)
		return -1;
	*(void **)array = p;
	*room = n;
	return 0;
}

int
entries_add(struct entries *e, const char *name, const struct stat *st)
{
	size_t len = strlen(name) + 1;
	struct listing_entry *new;

	if (grow(&e->entry, &e->room, e->count + 1, sizeof(*new)) != 0 ||
	    grow(&e->names, &e->names_room, e->names_len + len, 1) != 0)
		return -1;
	memcpy(e->names + e->names_len, name, len);
	new = &e->entry[e->count++];
	/* names may still move: the offset stands in for the pointer. */
	new->name = (const char *)(uintptr_t)e->names_len;
	new->directory = S_ISDIR(st->st_mode);
	new->size = (int64_t)st->st_size;
	new->mtime = (int64_t)st->st_mtime;
	e->names_len += len;
	return 0;
}

/* The two runs that begin at `at` are merged next. */
static void
begin_merge(struct entries *e, size_t at)
{
	size_t n = e->count;

	e->moved = e->left = at;
	e->mid = n - at < e->width ? n : at + e->width;
	e->right = e->mid;
	e->end = n - e->mid < e->width ? n : e->mid + e->width;
}

int
entries_end(struct entries *e)
{
	size_t i;

	e->spare = calloc(e->count + 1, sizeof(*e->spare));
	if (e->spare == NULL)
		return -1;
	for (i = 0; i < e->count; i++)
		e->entry[i].name = e->names + (uintptr_t)e->entry[i].name;
	e->width = 1;
	begin_merge(e, 0);
	return 0;
}

/* Moves the next entry of the two runs to the spare array. */
static void
merge_one(struct entries *e, const struct listing_view *view)
{
	struct listing_entry *left = &e->entry[e->left];
	struct listing_entry *right = &e->entry[e->right];

	if (e->right == e->end ||
	    (e->left < e->mid && listing_compare(view, left, right) <= 0)) {
		e->spare[e->moved++] = *left;
		e->left++;
	} else {
		e->spare[e->moved++] = *right;
		e->right++;
	}
}

/* A merge sort from the bottom up, which can stop after any entry. */
bool
entries_sort(struct entries *e, const struct listing_view *view)
{
	struct listing_entry *swap;
	size_t done = 0;

	while (e->width < e->count && done < SORT_SLICE) {
		if (e->moved == e->count) {
			swap = e->entry;
			e->entry = e->spare;
			e->spare = swap;
			e->width *= 2;
			begin_merge(e, 0);
		} else if (e->moved == e->end) {
			begin_merge(e, e->moved);
		} else {
			merge_one(e, view);
			done++;
		}
	}
	return e->width >= e->count;
}

size_t
entries_bytes(const struct entries *e)
{
	return e->room * sizeof(*e->entry) + e->names_room;
}

void
entries_free(struct entries *e)
{
	free(e->entry);
	free(e->spare);
	free(e->names);
	memset(e, 0, sizeof(*e));
}
