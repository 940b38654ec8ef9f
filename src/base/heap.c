#include "base/heap.h"

#include <stdlib.h>

#include "base/clock.h"

struct heap {
	int count;     /* ids in the heap */
	int *order;    /* order[0..count-1]: ids, a binary heap by when[] */
	int *place;    /* place[id]: where it stands in order plus one; 0:
			* nowhere. So that a page never used is never touched */
	int64_t *when; /* when[id], valid while place[id] > 0 */
};

struct heap *
heap_new(int capacity)
{
	struct heap *h = calloc(1, sizeof(*h));
	size_t n = (size_t)capacity;

	if (h == NULL)
		return NULL;
	h->order = calloc(n, sizeof(*h->order));
	h->place = calloc(n, sizeof(*h->place));
	h->when = calloc(n, sizeof(*h->when));
	if (h->order == NULL || h->place == NULL || h->when == NULL) {
		heap_free(h);
		return NULL;
	}
	return h;
}

void
heap_free(struct heap *h)
{
	if (h == NULL)
		return;
	free(h->order);
	free(h->place);
	free(h->when);
	free(h);
}

static void
put(struct heap *h, int at, int id)
{
	h->order[at] = id;
	h->place[id] = at + 1;
}

static void
rise(struct heap *h, int at, int id)
{
	while (at > 0) {
		int up = (at - 1) / 2;

		if (h->when[h->order[up]] <= h->when[id])
			break;
		put(h, at, h->order[up]);
		at = up;
	}
	put(h, at, id);
}

static void
sink(struct heap *h, int at, int id)
{
	for (;;) {
		int down = 2 * at + 1;

		if (down >= h->count)
			break;
		if (down + 1 < h->count &&
		    h->when[h->order[down + 1]] < h->when[h->order[down]])
			down++;
		if (h->when[h->order[down]] >= h->when[id])
			break;
		put(h, at, h->order[down]);
		at = down;
	}
	put(h, at, id);
}

static void
take_out(struct heap *h, int id)
{
	int at = h->place[id] - 1, last;

	if (at < 0)
		return;
	h->place[id] = 0;
	last = h->order[--h->count];
	if (last == id)
		return;
	if (at > 0 && h->when[last] < h->when[h->order[(at - 1) / 2]])
		rise(h, at, last);
	else
		sink(h, at, last);
}

void
heap_set(struct heap *h, int id, int64_t when)
{
	int at = h->place[id] - 1;

	if (when == CLOCK_NEVER) {
		take_out(h, id);
	} else if (at < 0) {
		h->when[id] = when;
		rise(h, h->count++, id);
	} else if (when < h->when[id]) {
		h->when[id] = when;
		rise(h, at, id);
	} else {
		h->when[id] = when;
		sink(h, at, id);
	}
}

int64_t
heap_get(const struct heap *h, int id)
{
	return h->place[id] == 0 ? CLOCK_NEVER : h->when[id];
}

int64_t
heap_top(const struct heap *h, int *id)
{
	if (h->count == 0) {
		*id = -1;
		return CLOCK_NEVER;
	}
	*id = h->order[0];
	return h->when[h->order[0]];
}
