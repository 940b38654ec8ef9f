#include "clients.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/heap.h"

enum {
	BUFFER = 65536,
	MESSAGE = 4096,	  /* bytes of an echo, at most */
	REST = 100,	  /* ms between two echoes, on average */
	SLICE = 16384,	  /* bytes of a download that are taken at once, */
	SLICE_REST = 100, /* and ms until the next */
	RETRY = 100,	  /* ms after a connection that did not come about */
	BACK = 1500	  /* ms until one that was lost comes back */
};

static void
set_due(struct clients *cs, const struct show_client *c, int64_t when)
{
	heap_set(cs->due, crowd_number(&cs->crowd, &c->link), when);
}

static void
wait_for(struct clients *cs, struct show_client *c, short events)
{
	crowd_want(&cs->crowd, &c->link, events);
}

static bool
is_writing(const struct show_client *c)
{
	return (c->link.events & POLLOUT) != 0;
}

/* --- coming and going --- */

/* Away until `when`; for good, if all are leaving. */
static void
go_away(struct clients *cs, struct show_client *c, int64_t when)
{
	crowd_hang_up(&cs->crowd, &c->link);
	c->presence = CLIENT_AWAY;
	set_due(cs, c, cs->parting ? CLOCK_NEVER : when);
}

static void
lose(struct clients *cs, struct show_client *c, int64_t now)
{
	cs->lost++;
	c->lost = true;
	go_away(cs, c, now + BACK);
}

static void
come(struct clients *cs, struct show_client *c, int64_t now)
{
	if (crowd_dial(&cs->crowd, &c->link,
		c->downloads ? &cs->narrow : cs->config.dial) != 0) {
		go_away(cs, c, now + RETRY);
		return;
	}
	c->presence = CLIENT_COMING;
	c->asked = now;
	set_due(cs, c, CLOCK_NEVER);
}

static void
be_here(struct clients *cs, struct show_client *c, int64_t now)
{
	c->lost = c->begun = c->proven = false;
	c->stream = cs->streams++;
	c->random = c->stream;
	c->sent = c->goal = c->received = c->at = 0;
	c->presence = CLIENT_RESTING;
	/* Not all at once. */
	set_due(cs, c, now + (int64_t)(pattern_random(&c->random) % REST));
}

/* --- asking --- */

/* Sends up to the goal; what does not fit waits. */
static void
push(struct clients *cs, struct show_client *c, int64_t now)
{
	const void *from = cs->out;
	size_t len;
	ssize_t n;

	while (c->sent < c->goal) {
		len = (size_t)(c->goal - c->sent);
		if (c->downloads)
			from = cs->request + strlen(cs->request) - len;
		else
			pattern_fill(cs->config.pattern, c->stream, c->sent,
			    cs->out, len);
		n = link_send(&c->link, from, len);
		if (n < 0) {
			lose(cs, c, now);
			return;
		}
		if (n == 0)
			break;
		c->sent += (uint64_t)n;
	}
	if (is_writing(c) != (c->sent < c->goal))
		wait_for(cs, c, c->sent < c->goal ? POLLIN | POLLOUT : POLLIN);
}

static void
ask(struct clients *cs, struct show_client *c, int64_t now)
{
	if (c->downloads) {
		response_init(&c->response);
		c->at = 0;
		c->goal += strlen(cs->request);
	} else {
		c->goal += 1 + pattern_random(&c->random) % MESSAGE;
	}
	c->presence = CLIENT_WAITING;
	c->begun = true;
	c->asked = now;
	set_due(cs, c, CLOCK_NEVER);
	push(cs, c, now);
}

static void
part(struct clients *cs, struct show_client *c, int64_t now)
{
	/* If this fails the connection is gone, which recv will tell. */
	(void)shutdown(c->link.fd, SHUT_WR);
	c->presence = CLIENT_PARTING;
	c->asked = now;
	set_due(cs, c, CLOCK_NEVER);
	wait_for(cs, c, POLLIN);
}

/* All that was asked for has come. */
static void
answered(struct clients *cs, struct show_client *c, int64_t now)
{
	cs->trips++;
	if (cs->parting) {
		part(cs, c, now);
		return;
	}
	c->presence = CLIENT_RESTING;
	set_due(cs, c,
	    now + REST / 2 + (int64_t)(pattern_random(&c->random) % REST));
}

/* --- hearing --- */

/* A download is slow, unless there is something to be known by it. */
static bool
is_slow(const struct clients *cs, const struct show_client *c)
{
	return c->downloads && c->proven && !cs->parting;
}

static void
count(struct clients *cs, struct show_client *c, size_t len, size_t wrong)
{
	cs->verified += len - wrong;
	cs->wrong += wrong;
	c->received += len;
	/* Bytes of an older request may have been on their way: a whole
	 * download may, if it is small. */
	if (c->begun)
		c->proven = true;
}

static void
hear_echo(struct clients *cs, struct show_client *c, size_t len, int64_t now)
{
	uint64_t first;

	if (len > c->sent - c->received) {
		cs->wrong += len - (c->sent - c->received);
		lose(cs, c, now);
		return;
	}
	count(cs, c, len,
	    pattern_check(cs->config.pattern, c->stream, c->received, cs->in,
		len, &first));
	if (c->presence == CLIENT_WAITING && c->received == c->goal)
		answered(cs, c, now);
}

/* A head, or a part of it. Returns its length; 0: it is none we want. */
static size_t
hear_head(const struct clients *cs, struct show_client *c,
    const unsigned char *data, size_t len)
{
	size_t n = response_head(&c->response, data, len);
	const struct response *r = &c->response;

	if (r->state == RESPONSE_BAD || r->state == RESPONSE_DONE ||
	    (r->state == RESPONSE_BODY &&
		(r->status != 200 || r->closes ||
		    r->length != cs->config.file_size)))
		return 0;
	return n;
}

static size_t
hear_body(struct clients *cs, struct show_client *c, const unsigned char *data,
    size_t len)
{
	size_t n = response_body(&c->response, len);
	uint64_t first;

	count(cs, c, n,
	    pattern_check(cs->config.pattern, cs->config.file_stream, c->at,
		data, n, &first));
	c->at += n;
	return n;
}

static void
hear_download(
    struct clients *cs, struct show_client *c, size_t len, int64_t now)
{
	const unsigned char *data = cs->in;
	size_t n;

	while (len > 0) {
		/* Nothing may come that was not asked for. */
		if (c->presence != CLIENT_WAITING)
			n = 0;
		else if (c->response.state == RESPONSE_HEAD)
			n = hear_head(cs, c, data, len);
		else
			n = hear_body(cs, c, data, len);
		if (n == 0) {
			cs->wrong += len;
			lose(cs, c, now);
			return;
		}
		data += n;
		len -= n;
		if (c->response.state == RESPONSE_DONE)
			answered(cs, c, now);
	}
	if (c->presence == CLIENT_WAITING && is_slow(cs, c) && !is_writing(c)) {
		wait_for(cs, c, 0);
		set_due(cs, c, now + SLICE_REST);
	}
}

/* It has left, or is lost. */
static void
ended(struct clients *cs, struct show_client *c, int64_t now)
{
	if (errno != 0 || c->presence != CLIENT_PARTING ||
	    (!c->downloads && c->received < c->sent)) {
		lose(cs, c, now);
		return;
	}
	crowd_hang_up(&cs->crowd, &c->link);
	c->presence = CLIENT_DEPARTED;
}

static void
hear(struct clients *cs, struct show_client *c, int64_t now)
{
	size_t most = is_slow(cs, c) ? SLICE : BUFFER;
	ssize_t n = link_receive(&c->link, cs->in, most);

	if (n < 0)
		ended(cs, c, now);
	if (n <= 0)
		return;
	c->asked = now;
	if (c->downloads)
		hear_download(cs, c, (size_t)n, now);
	else
		hear_echo(cs, c, (size_t)n, now);
}

void
clients_event(struct clients *cs, const struct poller_event *event, int64_t now)
{
	struct show_client *c = crowd_client(&cs->crowd, event->tag);

	switch (crowd_event(&cs->crowd, event)) {
	case CROWD_NOTHING:
		return;
	case CROWD_CONNECTED:
		be_here(cs, c, now);
		return;
	case CROWD_UNCONNECTED:
		go_away(cs, c, now + RETRY);
		return;
	case CROWD_READY:
		break;
	}
	if ((event->events & (POLLIN | POLLHUP | POLLERR)) != 0)
		hear(cs, c, now);
	if (is_writing(c) && (event->events & POLLOUT) != 0)
		push(cs, c, now);
}

/* --- all of them --- */

int
clients_open(
    struct clients *cs, const struct clients_config *config, int64_t now)
{
	int i;

	memset(cs, 0, sizeof(*cs));
	cs->config = *config;
	cs->narrow = *config->dial;
	cs->narrow.narrow = true;
	cs->count = config->echoes + config->downloads;
	cs->one = calloc((size_t)cs->count, sizeof(*cs->one));
	cs->due = heap_new(cs->count);
	cs->in = malloc(BUFFER);
	cs->out = malloc(MESSAGE);
	if (cs->one == NULL || cs->due == NULL || cs->in == NULL ||
	    cs->out == NULL) {
		clients_close(cs);
		errno = ENOMEM;
		return -1;
	}
	(void)snprintf(cs->request, sizeof(cs->request),
	    "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n", config->path,
	    config->dial->text);
	crowd_init(
	    &cs->crowd, config->poller, cs->one, sizeof(*cs->one), cs->count);
	for (i = 0; i < cs->count; i++) {
		cs->one[i].downloads = i >= config->echoes;
		set_due(cs, &cs->one[i], now);
	}
	return 0;
}

static void
be_due(struct clients *cs, struct show_client *c, int64_t now)
{
	if (c->presence == CLIENT_AWAY)
		come(cs, c, now);
	else if (c->presence == CLIENT_RESTING)
		ask(cs, c, now);
	else if (c->presence == CLIENT_WAITING)
		wait_for(cs, c, POLLIN);
}

/* Those who have waited for too long are lost. */
static void
sweep(struct clients *cs, int64_t now)
{
	int i;

	for (i = 0; i < cs->count; i++) {
		struct show_client *c = &cs->one[i];

		if (!client_is_stuck(c, now, cs->config.patience))
			continue;
		if (c->presence == CLIENT_COMING)
			go_away(cs, c, now + RETRY);
		else
			lose(cs, c, now);
	}
}

int64_t
clients_run(struct clients *cs, int64_t now)
{
	int64_t when;
	int id;

	while ((when = heap_top(cs->due, &id)) <= now) {
		heap_set(cs->due, id, CLOCK_NEVER);
		be_due(cs, &cs->one[id], now);
	}
	sweep(cs, now);
	return when;
}

void
clients_forgive(struct clients *cs, int64_t now)
{
	int i;

	for (i = 0; i < cs->count; i++)
		cs->one[i].asked = now;
}

void
clients_mark(struct clients *cs)
{
	int i;

	for (i = 0; i < cs->count; i++) {
		struct show_client *c = &cs->one[i];

		c->begun = c->proven = false;
		if (c->downloads && c->presence == CLIENT_WAITING &&
		    !is_writing(c))
			wait_for(cs, c, POLLIN);
	}
}

bool
clients_proven(const struct clients *cs)
{
	int i;

	for (i = 0; i < cs->count; i++)
		if (cs->one[i].presence == CLIENT_AWAY ||
		    cs->one[i].presence == CLIENT_COMING || !cs->one[i].proven)
			return false;
	return true;
}

void
clients_part(struct clients *cs, int64_t now)
{
	int i;

	cs->parting = true;
	for (i = 0; i < cs->count; i++) {
		struct show_client *c = &cs->one[i];

		if (c->presence == CLIENT_AWAY || c->presence == CLIENT_COMING)
			go_away(cs, c, CLOCK_NEVER);
		else if (c->presence == CLIENT_RESTING)
			part(cs, c, now);
		else if (c->downloads)
			wait_for(cs, c, POLLIN);
	}
}

bool
clients_parted(const struct clients *cs)
{
	return cs->crowd.connected + cs->crowd.connecting == 0;
}

bool
client_is_stuck(const struct show_client *c, int64_t now, int64_t ms)
{
	return c->link.fd >= 0 && c->presence != CLIENT_RESTING &&
	       now - c->asked >= ms;
}

void
clients_close(struct clients *cs)
{
	crowd_hang_up_all(&cs->crowd);
	if (cs->due != NULL)
		heap_free(cs->due);
	free(cs->one);
	free(cs->in);
	free(cs->out);
	memset(cs, 0, sizeof(*cs));
}
