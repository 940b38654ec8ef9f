#include "run.h"

#include "base/clock.h"
#include "base/log.h"
#include "timeline.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

enum {
	/* Servers' queues hold 128 at the least. */
	CONNECTING_MAX = 128,
	/* After a connection failed, no other is tried for so long: retrying
	 * at once would take the processor from a server that restarts. */
	PAUSE_NS = 10000000
};

void
ring_put(struct ring *ring, int id)
{
	ring->ids[(ring->head + ring->count++) % ring->size] = id;
}

int
ring_take(struct ring *ring)
{
	int id;

	if (ring->count == 0)
		return -1;
	id = ring->ids[ring->head];
	ring->head = (ring->head + 1) % ring->size;
	ring->count--;
	return id;
}

int
client_number(const struct run *run, const struct client *c)
{
	return crowd_number(&run->crowd, &c->link);
}

static bool
wants_replacement(const struct run *run)
{
	const struct settings *s = run->settings;

	return run->phase != PHASE_ENDING && (s->churn || s->reconnect);
}

static void
leave(struct run *run, struct client *c, bool again, int64_t now)
{
	c->state = CLIENT_OUT;
	c->since = now;
	if (!again)
		return;
	c->state = CLIENT_QUEUED;
	ring_put(&run->queue, client_number(run, c));
}

/* A connection could not be made. */
static void
count_failure(struct run *run, struct client *c, int error, int64_t now)
{
	if (wants_replacement(run))
		run->not_before = now + PAUSE_NS;
	timeline_note(run->timeline, now, client_number(run, c), "unconnected",
	    error == ECONNREFUSED ? "refused" : strerror(error));
	if (error == ECONNREFUSED || error == ECONNRESET) {
		run->tally.refused++;
		return;
	}
	if (error != EADDRNOTAVAIL) {
		if (run->tally.unreached++ == 0)
			log_warn(
			    "connect %s: %s", run->dial->text, strerror(error));
		return;
	}
	run->tally.no_port++;
	if (!run->said_no_port)
		log_warn("connect %s: no source port is left on this host for "
			 "this address (EADDRNOTAVAIL): use fewer clients, or "
			 "widen net.ipv4.ip_local_port_range",
		    run->dial->text);
	run->said_no_port = true;
}

/* One that is connecting will not be connected. */
static void
fail(struct run *run, struct client *c, int error, int64_t now)
{
	crowd_hang_up(&run->crowd, &c->link);
	count_failure(run, c, error, now);
	leave(run, c, wants_replacement(run), now);
}

/* The connection stands: a new life, and a byte stream of its own. */
static void
come_in(struct run *run, struct client *c, int64_t now)
{
	run->tally.connected++;
	c->stream = run->streams++;
	c->sent = c->received = c->goal = c->mark = 0;
	c->again = c->complained = false;
	c->since = now;
	c->state = CLIENT_BUSY;
	run->workload->opened(run, c);
	if (run->settings->churn)
		run->workload->begin(run, c, c->started);
	else if (run->phase == PHASE_ENDING)
		client_finish(run, c);
	else
		client_rest(run, c, now);
}

static void
open_one(struct run *run, struct client *c, int64_t now)
{
	if (crowd_dial(&run->crowd, &c->link, run->dial) != 0) {
		count_failure(run, c, errno, now);
		leave(run, c, wants_replacement(run), now);
		return;
	}
	c->state = CLIENT_CONNECTING;
	c->since = now;
}

void
clients_open_due(struct run *run, int64_t now)
{
	struct client *c;

	while (run->queue.count > 0 && run->crowd.connecting < CONNECTING_MAX &&
	       run->not_before <= now) {
		c = &run->clients[run->queue.ids[run->queue.head]];
		/* With --churn the connection is part of the round trip. */
		if (run->settings->churn &&
		    !run_claim(run, c, now, &c->started))
			return;
		ring_take(&run->queue);
		open_one(run, c, now);
	}
}

void
client_connected(struct run *run, struct client *c, int error, int64_t now)
{
	if (error != 0)
		fail(run, c, error, now);
	else
		come_in(run, c, now);
}

void
client_want_write(struct run *run, struct client *c, bool want)
{
	crowd_want(&run->crowd, &c->link, want ? POLLIN | POLLOUT : POLLIN);
}

bool
client_writing(const struct client *c)
{
	return (c->link.events & POLLOUT) != 0;
}

void
client_await_end(struct run *run, struct client *c)
{
	client_want_write(run, c, false);
	c->state = CLIENT_FINISHING;
	c->since = clock_ns();
}

void
client_finish(struct run *run, struct client *c)
{
	/* If this fails the connection is gone, which recv will tell. */
	shutdown(c->link.fd, SHUT_WR);
	client_await_end(run, c);
}

static void
close_in_order(struct run *run, struct client *c, int64_t now)
{
	bool again =
	    run->phase != PHASE_ENDING && (run->settings->churn || c->again);

	run->tally.in_order++;
	crowd_hang_up(&run->crowd, &c->link);
	leave(run, c, again, now);
}

void
client_lose(struct run *run, struct client *c, enum loss loss, int64_t now)
{
	run->tally.lost[loss]++;
	c->lost++;
	timeline_note(
	    run->timeline, now, client_number(run, c), "lost", loss_name(loss));
	crowd_hang_up(&run->crowd, &c->link);
	leave(run, c, wants_replacement(run), now);
}

void
client_ended(struct run *run, struct client *c)
{
	int error = errno;
	int64_t now = clock_ns();

	if (error != 0)
		client_lose(run, c,
		    error == ETIMEDOUT ? LOSS_TIMEOUT : LOSS_RESET, now);
	else if (!run->workload->whole(run, c, now))
		client_lose(run, c, LOSS_SHORT, now);
	else if (c->state == CLIENT_FINISHING || c->again)
		close_in_order(run, c, now);
	else
		client_lose(run, c, LOSS_CLOSED, now);
}

void
client_rest(struct run *run, struct client *c, int64_t now)
{
	c->state = CLIENT_READY;
	c->since = now;
	/* It may still be in there from before a loss; once is enough, and
	 * all that the ring has room for. */
	if (c->in_ring)
		return;
	c->in_ring = true;
	ring_put(&run->ready, client_number(run, c));
}

void
clients_sweep(struct run *run, int64_t now, int64_t since)
{
	struct client *c, *end = run->clients + run->settings->clients;

	for (c = run->clients; c < end; c++) {
		if (c->link.fd < 0 || c->state == CLIENT_READY ||
		    c->since > since)
			continue;
		if (c->state == CLIENT_CONNECTING)
			fail(run, c, ETIMEDOUT, now);
		else
			client_lose(run, c, LOSS_TIMEOUT, now);
	}
}

void
clients_finish(struct run *run)
{
	struct client *c, *end = run->clients + run->settings->clients;

	while (ring_take(&run->queue) >= 0)
		continue;
	for (c = run->clients; c < end; c++) {
		if (c->state == CLIENT_QUEUED)
			c->state = CLIENT_OUT;
		/* A stream has no round trip to be waited for. */
		if (c->state == CLIENT_READY ||
		    (c->state == CLIENT_BUSY && run->settings->stream))
			client_finish(run, c);
	}
}
