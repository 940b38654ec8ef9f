/*
 * listing.h - the directory page, rendered piece by piece. Pure.
 */
#ifndef HTTP_LISTING_H
#define HTTP_LISTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "http/out.h"

/* The last is the plan of an archive of all that is below the directory. It is
 * not rendered here: src/service/archive.h. */
enum listing_format { LISTING_HTML, LISTING_JSON, LISTING_PLAN };
enum listing_order { LISTING_NAME, LISTING_TIME, LISTING_SIZE };

struct listing_entry {
	const char *name; /* as the file system has it, any bytes */
	bool directory;
	int64_t size;  /* bytes; of no meaning for a directory */
	int64_t mtime; /* seconds since the Epoch */
};

struct listing_view {
	enum listing_format format;
	enum listing_order order;
	bool descending;
};

/* The view that a query asks for ("sort=-time", which is "sort=time&desc=1",
 * without '?'; unknown keys and values are ignored). format is left as it is.
 */
void listing_query(struct listing_view *v, const char *query, size_t len);

/* Less than 0 if a is to stand before b, more than 0 if behind it. Directories
 * come first in every order. Names are compared as in natural.h, and so are
 * entries that are otherwise equal. */
int listing_compare(const struct listing_view *v, const struct listing_entry *a,
    const struct listing_entry *b);

/* Head (with the link to the parent unless path is "/" and buttons that sort),
 * one entry (index counts from 0, JSON needs it for its commas), tail. path:
 * decoded, with a leading and a trailing '/'. The longest entry takes less
 * than LISTING_ENTRY_BYTES, head and tail less than LISTING_ENDS_BYTES each. */
enum { LISTING_ENTRY_BYTES = 4096, LISTING_ENDS_BYTES = 65536 };
void listing_head(
    struct out *o, const struct listing_view *v, const char *path, size_t len);
void listing_item(struct out *o, const struct listing_view *v,
    const struct listing_entry *e, uint64_t index);
void listing_tail(struct out *o, const struct listing_view *v, uint64_t count);

#endif
