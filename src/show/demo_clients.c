#include "demo.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/heap.h"

enum {
	MESSAGE = 4096,	  /* bytes of an echo, at most */
	REST = 100,	  /* ms between two echoes, on average */
	SLICE = 16384,	  /* bytes of a download that are taken at once, */
	SLICE_REST = 100, /* and ms until the next */
	RETRY = 100,	  /* ms after a connection that did not come about */
	BACK = 1500,	  /* ms until one that was lost comes back */
	PATIENCE_MS = 20000
};

static struct demo_clients *
these(struct clients *all)
{
	return (struct demo_clients *)(void *)all;
}

static struct demo_client *this(struct client *c)
{
	return (struct demo_client *)(void *)c;
}

static void
set_due(struct clients *all, const struct client *c, int64_t when)
{
	heap_set(these(all)->due, client_number(all, c), when);
}

static int64_t
some_rest(struct demo_client *d)
{
	return (int64_t)(pattern_random(&d->random) % REST);
}

/* --- what is told of them --- */

/* Away until `when`; for good, if all are leaving. */
static void
go_away(struct clients *all, struct client *c, int64_t when)
{
	set_due(all, c, these(all)->parting ? CLOCK_NEVER : when);
}

static void
failed(struct clients *all, struct client *c, int error, int64_t now)
{
	(void)error;
	go_away(all, c, now + RETRY);
}

static void
lost(struct clients *all, struct client *c, enum loss loss, int64_t now)
{
	(void)loss;
	this(c)->lost = true;
	go_away(all, c, now + BACK);
}

static void
ended(struct clients *all, struct client *c, int64_t now)
{
	(void)now;
	set_due(all, c, CLOCK_NEVER);
}

static void
opened(struct clients *all, struct client *c, int64_t now)
{
	struct demo_client *d = this(c);

	d->lost = d->begun = d->proven = false;
	d->random = c->stream;
	/* Not all at once. */
	set_due(all, c, now + some_rest(d));
}

/* Bytes of an older request may have been on their way: a whole download may,
 * if it is small. A download that is proven goes on slowly. */
static void
heard(struct clients *all, struct client *c, int64_t now)
{
	struct demo_client *d = this(c);

	d->proven |= d->begun;
	c->most = 0;
	if (!c->fetches || !d->proven || these(all)->parting ||
	    client_pushes(c))
		return;
	c->most = SLICE;
	crowd_want(&all->crowd, &c->link, 0);
	set_due(all, c, now + SLICE_REST);
}

static void
answered(struct clients *all, struct client *c, int64_t now)
{
	crowd_want(&all->crowd, &c->link, POLLIN);
	if (these(all)->parting) {
		set_due(all, c, CLOCK_NEVER);
		client_finish(all, c, now);
		return;
	}
	c->state = CLIENT_READY;
	set_due(all, c, now + REST / 2 + some_rest(this(c)));
}

static bool
is_the_file(const struct response *r)
{
	return r->status == 200 && !r->closes && r->length == DEMO_FILE_BYTES;
}

static size_t
body(struct clients *all, struct client *c, const unsigned char *data,
    size_t len)
{
	const struct response *r = &c->response;
	uint64_t first;

	if (!is_the_file(r))
		return len;
	return pattern_check(all->pattern, DEMO_FILE_STREAM,
	    r->length - r->left - len, data, len, &first);
}

static void
fetched(struct clients *all, struct client *c, int64_t now)
{
	if (!is_the_file(&c->response))
		client_lose(all, c, LOSS_GARBLED, now);
}

static const struct clients_owner owner = {
    .opened = opened,
    .failed = failed,
    .heard = heard,
    .answered = answered,
    .ended = ended,
    .lost = lost,
    .body = body,
    .fetched = fetched,
};

/* --- all of them --- */

int
demo_clients_open(struct demo *d)
{
	int i, echoes = (int)(d->choice->clients - d->choice->downloads);
	struct demo_clients *ds = &d->clients;

	memset(ds, 0, sizeof(*ds));
	ds->dial = &d->dial;
	ds->narrow = d->dial;
	ds->narrow.narrow = true;
	ds->patience = PATIENCE_MS + d->choice->timeout;
	ds->count = (int)d->choice->clients;
	ds->one = calloc((size_t)ds->count, sizeof(*ds->one));
	ds->due = heap_new(ds->count);
	ds->all.request_len = ds->all.requests_len = (size_t)snprintf(
	    ds->request, sizeof(ds->request),
	    "GET /" DEMO_FILE " HTTP/1.1\r\nHost: %s\r\n\r\n", d->dial.text);
	ds->all.requests = ds->request;
	ds->all.pattern = d->pattern;
	ds->all.owner = &owner;
	if (ds->one == NULL || ds->due == NULL ||
	    clients_open(&ds->all, d->poller, ds->one, sizeof(*ds->one),
		ds->count) != 0) {
		demo_clients_close(ds);
		errno = ENOMEM;
		return -1;
	}
	for (i = 0; i < ds->count; i++) {
		ds->one[i].client.fetches = i >= echoes;
		set_due(&ds->all, &ds->one[i].client, d->now);
	}
	return 0;
}

static void
be_due(struct demo_clients *ds, struct demo_client *d, int64_t now)
{
	struct client *c = &d->client;

	switch (c->state) {
	case CLIENT_OUT:
		client_dial(
		    &ds->all, c, c->fetches ? &ds->narrow : ds->dial, now);
		return;
	case CLIENT_READY:
		d->begun = true;
		if (c->fetches)
			client_fetch(&ds->all, c, 1, now);
		else
			client_say(&ds->all, c,
			    1 + pattern_random(&d->random) % MESSAGE, now);
		return;
	default:
		crowd_want(&ds->all.crowd, &c->link, POLLIN);
		return;
	}
}

int64_t
demo_clients_run(struct demo_clients *ds, int64_t now)
{
	int64_t when;
	int id;

	while ((when = heap_top(ds->due, &id)) <= now) {
		heap_set(ds->due, id, CLOCK_NEVER);
		be_due(ds, &ds->one[id], now);
	}
	clients_sweep(&ds->all, now, now - ds->patience);
	return when;
}

void
demo_clients_forgive(struct demo_clients *ds, int64_t now)
{
	int i;

	for (i = 0; i < ds->count; i++)
		ds->one[i].client.since = now;
}

/* Is it in the middle of something that is sent? */
static bool
is_served(const struct client *c)
{
	return c->state == CLIENT_BUSY && !client_pushes(c);
}

void
demo_clients_mark(struct demo_clients *ds)
{
	int i;

	for (i = 0; i < ds->count; i++) {
		struct demo_client *d = &ds->one[i];

		d->begun = d->proven = false;
		d->client.most = 0;
		if (is_served(&d->client))
			crowd_want(&ds->all.crowd, &d->client.link, POLLIN);
	}
}

bool
demo_clients_proven(const struct demo_clients *ds)
{
	int i;

	for (i = 0; i < ds->count; i++)
		if (ds->one[i].client.state == CLIENT_OUT ||
		    ds->one[i].client.state == CLIENT_CONNECTING ||
		    !ds->one[i].proven)
			return false;
	return true;
}

void
demo_clients_part(struct demo_clients *ds, int64_t now)
{
	int i;

	ds->parting = true;
	for (i = 0; i < ds->count; i++) {
		struct client *c = &ds->one[i].client;

		c->most = 0;
		if (c->state == CLIENT_CONNECTING) {
			crowd_hang_up(&ds->all.crowd, &c->link);
			c->state = CLIENT_OUT;
		}
		if (c->link.fd < 0)
			set_due(&ds->all, c, CLOCK_NEVER);
		else if (c->state == CLIENT_READY)
			answered(&ds->all, c, now);
		else if (is_served(c))
			crowd_want(&ds->all.crowd, &c->link, POLLIN);
	}
}

bool
demo_clients_parted(const struct demo_clients *ds)
{
	return ds->all.crowd.connected + ds->all.crowd.connecting == 0;
}

void
demo_clients_close(struct demo_clients *ds)
{
	if (ds->one != NULL)
		clients_close(&ds->all);
	if (ds->due != NULL)
		heap_free(ds->due);
	free(ds->one);
	memset(ds, 0, sizeof(*ds));
}
