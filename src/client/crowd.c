#include "run.h"

#include "base/clock.h"
#include "base/log.h"
#include "timeline.h"
#include "os/poller.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

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
crowd_number(const struct run *run, const struct client *c)
{
	return (int)(c - run->clients);
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
	ring_put(&run->queue, crowd_number(run, c));
}

static void
disconnect(struct run *run, struct client *c)
{
	poller_forget(run->poller, c->fd);
	close(c->fd);
	c->fd = -1;
	c->writing = false;
	if (c->state == CLIENT_CONNECTING)
		run->connecting--;
	else
		run->connected--;
}

/* A connection could not be made. */
static void
count_failure(struct run *run, struct client *c, int error, int64_t now)
{
	if (wants_replacement(run))
		run->not_before = now + PAUSE_NS;
	timeline_note(run->timeline, now, crowd_number(run, c), "unconnected",
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
	disconnect(run, c);
	count_failure(run, c, error, now);
	leave(run, c, wants_replacement(run), now);
}

/* The connection stands: a new life, and a byte stream of its own. */
static void
come_in(struct run *run, struct client *c, int64_t now)
{
	run->connected++;
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
		crowd_finish(run, c);
	else
		crowd_rest(run, c, now);
}

static void
open_one(struct run *run, struct client *c, int64_t now)
{
	c->fd = dial_start(run->dial);
	if (c->fd < 0) {
		count_failure(run, c, errno, now);
		leave(run, c, wants_replacement(run), now);
		return;
	}
	if (poller_add(run->poller, c->fd, POLLOUT,
		(uint64_t)crowd_number(run, c)) != 0)
		die("poller:");
	c->state = CLIENT_CONNECTING;
	c->since = now;
	run->connecting++;
}

void
crowd_open(struct run *run, int64_t now)
{
	struct client *c;

	while (run->queue.count > 0 && run->connecting < CONNECTING_MAX &&
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
crowd_connected(struct run *run, struct client *c, int64_t now)
{
	int error = dial_result(c->fd);

	if (error != 0) {
		fail(run, c, error, now);
		return;
	}
	if (poller_mod(run->poller, c->fd, POLLIN,
		(uint64_t)crowd_number(run, c)) != 0)
		die("poller:");
	run->connecting--;
	come_in(run, c, now);
}

void
crowd_want_write(struct run *run, struct client *c, bool want)
{
	if (c->writing == want)
		return;
	c->writing = want;
	if (poller_mod(run->poller, c->fd, want ? POLLIN | POLLOUT : POLLIN,
		(uint64_t)crowd_number(run, c)) != 0)
		die("poller:");
}

void
crowd_await_end(struct run *run, struct client *c)
{
	crowd_want_write(run, c, false);
	c->state = CLIENT_FINISHING;
	c->since = clock_ns();
}

void
crowd_finish(struct run *run, struct client *c)
{
	/* If this fails the connection is gone, which recv will tell. */
	shutdown(c->fd, SHUT_WR);
	crowd_await_end(run, c);
}

static void
close_in_order(struct run *run, struct client *c, int64_t now)
{
	bool again =
	    run->phase != PHASE_ENDING && (run->settings->churn || c->again);

	run->tally.in_order++;
	disconnect(run, c);
	leave(run, c, again, now);
}

void
crowd_lose(struct run *run, struct client *c, enum loss loss, int64_t now)
{
	run->tally.lost[loss]++;
	c->lost++;
	timeline_note(
	    run->timeline, now, crowd_number(run, c), "lost", loss_name(loss));
	disconnect(run, c);
	leave(run, c, wants_replacement(run), now);
}

void
crowd_ended(struct run *run, struct client *c, ssize_t n)
{
	int64_t now;

	if (n < 0 &&
	    (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
		return;
	now = clock_ns();
	if (n < 0)
		crowd_lose(run, c,
		    errno == ETIMEDOUT ? LOSS_TIMEOUT : LOSS_RESET, now);
	else if (!run->workload->whole(run, c, now))
		crowd_lose(run, c, LOSS_SHORT, now);
	else if (c->state == CLIENT_FINISHING || c->again)
		close_in_order(run, c, now);
	else
		crowd_lose(run, c, LOSS_CLOSED, now);
}

void
crowd_rest(struct run *run, struct client *c, int64_t now)
{
	c->state = CLIENT_READY;
	c->since = now;
	/* It may still be in there from before a loss; once is enough, and
	 * all that the ring has room for. */
	if (c->in_ring)
		return;
	c->in_ring = true;
	ring_put(&run->ready, crowd_number(run, c));
}

void
crowd_sweep(struct run *run, int64_t now, int64_t since)
{
	struct client *c, *end = run->clients + run->settings->clients;

	for (c = run->clients; c < end; c++) {
		if (c->fd < 0 || c->state == CLIENT_READY || c->since > since)
			continue;
		if (c->state == CLIENT_CONNECTING)
			fail(run, c, ETIMEDOUT, now);
		else
			crowd_lose(run, c, LOSS_TIMEOUT, now);
	}
}

void
crowd_end(struct run *run)
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
			crowd_finish(run, c);
	}
}
