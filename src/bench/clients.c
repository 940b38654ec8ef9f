#include "bench/clients.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/arguments.h"
#include "os/process.h"

enum {
	BUFFER = 131072, /* bytes of one recv or send at most */
	SPARE = 64	 /* descriptors that are not connections */
};

const char *
loss_name(enum loss loss)
{
	static const char *const names[LOSS_COUNT] = {
	    [LOSS_RESET] = "reset",
	    [LOSS_SHORT] = "short",
	    [LOSS_CLOSED] = "closed",
	    [LOSS_TIMEOUT] = "timeout",
	    [LOSS_EXTRA] = "extra",
	    [LOSS_GARBLED] = "garbled",
	};

	return names[loss];
}

int
client_number(const struct clients *cs, const struct client *c)
{
	return crowd_number(&cs->crowd, &c->link);
}

bool
client_waits(const struct client *c, int64_t since)
{
	return c->link.fd >= 0 && c->state != CLIENT_READY && c->since <= since;
}

bool
client_pushes(const struct client *c)
{
	return (c->link.events & POLLOUT) != 0;
}

static void
want_write(struct clients *cs, struct client *c, bool want)
{
	crowd_want(&cs->crowd, &c->link, want ? POLLIN | POLLOUT : POLLIN);
}

static void
hang_up(struct clients *cs, struct client *c, enum client_state state)
{
	crowd_hang_up(&cs->crowd, &c->link);
	c->state = state;
}

/* --- beginning and end --- */

static void
fail(struct clients *cs, struct client *c, int error, int64_t now)
{
	hang_up(cs, c, CLIENT_OUT);
	c->since = now;
	cs->owner->failed(cs, c, error, now);
}

void
client_dial(
    struct clients *cs, struct client *c, const struct dial *dial, int64_t now)
{
	c->state = CLIENT_CONNECTING;
	c->since = now;
	if (crowd_dial(&cs->crowd, &c->link, dial) != 0)
		fail(cs, c, errno, now);
}

/* The connection stands: a byte stream of its own. */
static void
stand(struct clients *cs, struct client *c, int64_t now)
{
	cs->count.connected++;
	c->stream = cs->streams++;
	c->sent = c->goal = c->received = 0;
	c->due = 0;
	c->most = 0;
	response_init(&c->response);
	c->since = now;
	c->state = CLIENT_READY;
	cs->owner->opened(cs, c, now);
}

void
client_lose(struct clients *cs, struct client *c, enum loss loss, int64_t now)
{
	cs->count.lost[loss]++;
	hang_up(cs, c, CLIENT_OUT);
	c->since = now;
	cs->owner->lost(cs, c, loss, now);
}

void
client_await_end(struct clients *cs, struct client *c, int64_t now)
{
	want_write(cs, c, false);
	c->state = CLIENT_FINISHING;
	c->since = now;
}

void
client_finish(struct clients *cs, struct client *c, int64_t now)
{
	/* If this fails the connection is gone, which recv will tell. */
	(void)shutdown(c->link.fd, SHUT_WR);
	client_await_end(cs, c, now);
}

/* A response is complete. */
static void
complete(struct clients *cs, struct client *c, int64_t now)
{
	c->due--;
	cs->owner->fetched(cs, c, now);
	response_init(&c->response);
}

/* Has everything come, now that no more will? */
static bool
is_whole(struct clients *cs, struct client *c, int64_t now)
{
	if (!c->fetches)
		return c->received == c->sent;
	if (c->due > 0 && response_eof(&c->response))
		complete(cs, c, now);
	return c->due == 0;
}

/* link_receive() or link_send() said -1: c has ended in order, or is lost. */
static void
end(struct clients *cs, struct client *c, int64_t now)
{
	int error = errno;

	if (error != 0) {
		client_lose(
		    cs, c, error == ETIMEDOUT ? LOSS_TIMEOUT : LOSS_RESET, now);
	} else if (!is_whole(cs, c, now)) {
		client_lose(cs, c, LOSS_SHORT, now);
	} else if (c->state == CLIENT_FINISHING) {
		cs->count.in_order++;
		hang_up(cs, c, CLIENT_ENDED);
		c->since = now;
		cs->owner->ended(cs, c, now);
	} else if (c->link.fd >= 0) {
		client_lose(cs, c, LOSS_CLOSED, now);
	}
}

/* --- asking --- */

/* The next bytes to be sent. */
static size_t
next_bytes(struct clients *cs, const struct client *c, const void **from)
{
	size_t at, most = BUFFER;

	*from = cs->out;
	if (c->fetches) {
		at = (size_t)(c->sent % cs->request_len);
		*from = cs->requests + at;
		most = cs->requests_len - at;
	}
	if (c->goal - c->sent < most)
		most = (size_t)(c->goal - c->sent);
	if (!c->fetches)
		pattern_fill(cs->pattern, c->stream, c->sent, cs->out, most);
	return most;
}

/* Sends what is left to be sent. False if the rest has to wait, or c is lost.
 */
static bool
push(struct clients *cs, struct client *c, int64_t now)
{
	const void *from;
	size_t len;
	ssize_t n;

	while (c->sent < c->goal) {
		len = next_bytes(cs, c, &from);
		n = link_send(&c->link, from, len);
		if (n < 0) {
			end(cs, c, now);
			return false;
		}
		c->sent += (uint64_t)n;
		if (!c->fetches)
			cs->count.bytes_sent += (uint64_t)n;
		if (n < (ssize_t)len) {
			want_write(cs, c, true);
			return false;
		}
	}
	want_write(cs, c, false);
	return true;
}

void
client_say(struct clients *cs, struct client *c, uint64_t len, int64_t now)
{
	c->goal += len;
	c->state = CLIENT_BUSY;
	c->since = now;
	(void)push(cs, c, now);
}

void
client_fetch(
    struct clients *cs, struct client *c, unsigned responses, int64_t now)
{
	c->due += responses;
	client_say(cs, c, responses * cs->request_len, now);
}

/* --- hearing --- */

static void
count(struct clients *cs, struct client *c, size_t len, size_t wrong)
{
	cs->count.bytes += len;
	cs->count.bytes_wrong += wrong;
	c->received += len;
	c->bytes += len;
}

static void
hear_extra(struct clients *cs, struct client *c, uint64_t len, int64_t now)
{
	cs->count.bytes_wrong += len;
	client_lose(cs, c, LOSS_EXTRA, now);
}

static void
hear_echo(struct clients *cs, struct client *c, size_t len, int64_t now)
{
	uint64_t first, due = c->sent - c->received;
	size_t wrong;

	if (len > due) {
		hear_extra(cs, c, len - due, now);
		return;
	}
	wrong = pattern_check(
	    cs->pattern, c->stream, c->received, cs->in, len, &first);
	if (wrong > 0 && cs->owner->wrong != NULL)
		cs->owner->wrong(cs, c, first, cs->in[first - c->received]);
	count(cs, c, len, wrong);
	if (cs->owner->echoed != NULL)
		cs->owner->echoed(cs, c, now);
	if (c->state == CLIENT_BUSY && c->received == c->goal)
		cs->owner->answered(cs, c, now);
}

static void
hear_responses(struct clients *cs, struct client *c, size_t len, int64_t now)
{
	const unsigned char *at = cs->in, *stop = at + len;
	struct response *r = &c->response;

	while (at < stop && c->due > 0) {
		if (r->state == RESPONSE_HEAD) {
			at += response_head(r, at, (size_t)(stop - at));
		} else {
			len = response_body(r, (size_t)(stop - at));
			count(cs, c, len, cs->owner->body(cs, c, at, len));
			at += len;
		}
		if (r->state == RESPONSE_BAD)
			client_lose(cs, c, LOSS_GARBLED, now);
		else if (r->state == RESPONSE_DONE)
			complete(cs, c, now);
		if (c->link.fd < 0)
			return;
	}
	if (at < stop)
		hear_extra(cs, c, (uint64_t)(stop - at), now);
	else if (c->due == 0 && c->state == CLIENT_BUSY)
		cs->owner->answered(cs, c, now);
}

static void
hear(struct clients *cs, struct client *c, int64_t now)
{
	ssize_t n = link_receive(
	    &c->link, cs->in, c->most > 0 ? c->most : (size_t)BUFFER);

	if (n < 0)
		end(cs, c, now);
	if (n <= 0)
		return;
	cs->owner->heard(cs, c, now);
	c->since = now;
	if (c->fetches)
		hear_responses(cs, c, (size_t)n, now);
	else
		hear_echo(cs, c, (size_t)n, now);
}

/* --- all of them --- */

void
clients_event(struct clients *cs, const struct poller_event *event, int64_t now)
{
	struct client *c = crowd_client(&cs->crowd, event->tag);

	switch (crowd_event(&cs->crowd, event)) {
	case CROWD_NOTHING:
		return;
	case CROWD_CONNECTED:
		stand(cs, c, now);
		return;
	case CROWD_UNCONNECTED:
		fail(cs, c, errno, now);
		return;
	case CROWD_READY:
		break;
	}
	if ((event->events & (POLLIN | POLLHUP | POLLERR)) != 0)
		hear(cs, c, now);
	/* By hearing it may have been lost, or have finished. */
	if ((event->events & POLLOUT) != 0 && client_pushes(c) &&
	    push(cs, c, now) && cs->owner->sent != NULL)
		cs->owner->sent(cs, c, now);
}

void
clients_sweep(struct clients *cs, int64_t now, int64_t since)
{
	struct client *c;
	int i;

	for (i = 0; i < cs->crowd.count; i++) {
		c = crowd_client(&cs->crowd, cs->crowd.first + (uint64_t)i);
		if (!client_waits(c, since))
			continue;
		if (c->state == CLIENT_CONNECTING)
			fail(cs, c, ETIMEDOUT, now);
		else
			client_lose(cs, c, LOSS_TIMEOUT, now);
	}
}

void
clients_close(struct clients *cs)
{
	crowd_hang_up_all(&cs->crowd);
	free(cs->in);
	free(cs->out);
	cs->in = cs->out = NULL;
}

int
clients_room(int64_t clients)
{
	int limit = process_raise_descriptors((int)clients + SPARE);
	char value[24];

	(void)snprintf(value, sizeof(value), "%lld", (long long)clients);
	if (limit < clients + SPARE)
		arguments_refuse("--clients", value,
		    "at most %d: the limit on descriptors is %d (ulimit -Hn)",
		    limit - SPARE, limit);
	return limit;
}

int
clients_open(
    struct clients *cs, struct poller *poller, void *all, size_t size, int many)
{
	crowd_init(&cs->crowd, poller, all, size, many);
	cs->in = malloc(BUFFER);
	cs->out = malloc(BUFFER);
	if (cs->in != NULL && cs->out != NULL)
		return 0;
	clients_close(cs);
	errno = ENOMEM;
	return -1;
}

uint64_t
clients_lost(const struct clients_count *count)
{
	uint64_t sum = 0;
	int i;

	for (i = 0; i < LOSS_COUNT; i++)
		sum += count->lost[i];
	return sum;
}
