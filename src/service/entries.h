/*
 * entries.h - the entries of one directory: gathered in any order, then sorted
 * a slice at a time. For src/service/job.c alone.
 *
 * All zeros is an empty one. Allocates; errno says why a call has failed.
 */
#ifndef SERVICE_ENTRIES_H
#define SERVICE_ENTRIES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "http/listing.h"

struct entries {
	struct listing_entry *entry; /* entry[i].name is an offset in names
				      * until entries_end() */
	size_t count, room;
	char *names; /* all names, one after another */
	size_t names_len, names_room;

	struct listing_entry *spare; /* the other array of a merge sort */
	size_t moved;		     /* to it, in this pass */
	size_t width;		     /* of the sorted runs */
	size_t left, mid;	     /* what is left of the two being merged: */
	size_t right, end;	     /* [left, mid) and [right, end) */
};

/* Adds one that has this name and is what st says. 0, or -1. */
int entries_add(struct entries *e, const char *name, const struct stat *st);

/* All are there: from now on the names are texts, and none is added. 0, or -1.
 */
int entries_end(struct entries *e);

/* Sorts a slice further, as the view has it. False: not all is sorted yet. */
bool entries_sort(struct entries *e, const struct listing_view *view);

/* Bytes of memory that they hold, but for `spare`. */
size_t entries_bytes(const struct entries *e);

/* Gives back the memory. */
void entries_free(struct entries *e);

#endif
