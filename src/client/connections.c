#include "run.h"

#include "base/log.h"

#include <errno.h>
#include <string.h>

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

static bool
wants_replacement(const struct run *run)
{
	const struct settings *s = run->settings;

	return run->phase != PHASE_ENDING && (s->churn || s->reconnect);
}

/* A connection could not be made. */
static void
count_failure(struct run *run, int error)
{
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
	if (run->tally.no_port++ == 0)
		log_warn("connect %s: no source port is left on this host for "
			 "this address (EADDRNOTAVAIL): use fewer clients, or "
			 "widen net.ipv4.ip_local_port_range",
		    run->dial->text);
}

void
run_failed(struct clients *all, struct client *c, int error, int64_t now)
{
	struct run *run = run_of(all);

	run_note(run, c, now, "unconnected",
	    error == ECONNREFUSED ? "refused" : strerror(error));
	count_failure(run, error);
	if (!wants_replacement(run))
		return;
	run->not_before = now + PAUSE_NS;
	ring_put(&run->queue, client_number(all, c));
}

/* Puts l into the ring of those that wait for a round trip. */
static void
rest(struct run *run, struct load_client *l, int64_t now)
{
	l->client.state = CLIENT_READY;
	l->client.since = now;
	/* It may still be in there from before a loss; once is enough, and
	 * all that the ring has room for. */
	if (l->in_ring)
		return;
	l->in_ring = true;
	ring_put(&run->ready, client_number(&run->all, &l->client));
}

void
run_opened(struct clients *all, struct client *c, int64_t now)
{
	struct load_client *l = load_client_of(c);
	struct run *run = run_of(all);

	l->mark = 0;
	l->again = l->complained = false;
	run->workload->prepare(run, l);
	if (run->settings->churn)
		run->workload->begin(run, l, now);
	else if (run->phase == PHASE_ENDING)
		client_finish(all, c, now);
	else
		rest(run, l, now);
}

void
run_connect_due(struct run *run, int64_t now)
{
	struct load_client *l;

	while (run->queue.count > 0 &&
	       run->all.crowd.connecting < CONNECTING_MAX &&
	       run->not_before <= now) {
		l = &run->client[run->queue.ids[run->queue.head]];
		/* With --churn the connection is part of the round trip. */
		if (run->settings->churn &&
		    !run_claim(run, l, now, &l->started))
			return;
		ring_take(&run->queue);
		client_dial(&run->all, &l->client, run->dial, now);
	}
}

void
run_ended(struct clients *all, struct client *c, int64_t now)
{
	struct run *run = run_of(all);

	(void)now;
	if (run->phase != PHASE_ENDING &&
	    (run->settings->churn || load_client_of(c)->again))
		ring_put(&run->queue, client_number(all, c));
}

void
run_lost(struct clients *all, struct client *c, enum loss loss, int64_t now)
{
	struct run *run = run_of(all);

	load_client_of(c)->lost++;
	run_note(run, c, now, "lost", loss_name(loss));
	if (wants_replacement(run))
		ring_put(&run->queue, client_number(all, c));
}

void
run_next(struct run *run, struct load_client *l, int64_t now)
{
	const struct settings *s = run->settings;

	l->client.since = now;
	if (s->churn || s->idle || run->phase == PHASE_ENDING ||
	    run_all_claimed(run))
		client_finish(&run->all, &l->client, now);
	else if (run_claim(run, l, now, &l->started))
		run->workload->begin(run, l, now);
	else
		rest(run, l, now);
}

void
run_finish(struct run *run, int64_t now)
{
	struct load_client *l, *stop = run->client + run->settings->clients;

	while (ring_take(&run->queue) >= 0)
		continue;
	/* A stream has no round trip to be waited for. */
	for (l = run->client; l < stop; l++)
		if (l->client.state == CLIENT_READY ||
		    (l->client.state == CLIENT_BUSY && run->settings->stream))
			client_finish(&run->all, &l->client, now);
}
