#include "host.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "child.h"
#include "os/memory.h"
#include "os/signals.h"

enum {
	TICK_MS = 500,
	RETRY_MS = 100, /* after a failure, */
	FULL_MS = 20,	/* and while nobody gives way */
	TRIES = 4,	/* to find one that does, in one go */
	ACCEPT_BATCH = 64,
	WATCHES = 3
};

static void
publish(const struct host *h, int64_t now)
{
	struct board_row *row = board_row(h->post.config->board, h->row);
	const struct root *root = h->post.config->service.root;

	/* A successor may be writing the row by now. */
	if (h->draining)
		return;
	board_set(row->beat, now);
	board_set(row->clients, h->clients - h->leaving);
	board_set(row->accepted, h->accepted);
	board_set(row->root_seen, root->seen);
	board_set(row->root_seen_at, root->seen_at);
	board_set(row->accepting, 1);
}

static int
open_places(struct host *h)
{
	size_t n = (size_t)h->post.config->max_clients + HOST_LEAVING;

	h->places = (int)n;
	h->free = -1;
	h->place = memory_private(n * sizeof(*h->place));
	h->says = memory_shared(n * sizeof(*h->says));
	return h->place != NULL && h->says != NULL ? 0 : -1;
}

static int
take_place(struct host *h, int64_t now)
{
	int place = h->free;

	if (place >= 0)
		h->free = h->place[place].next;
	else
		place = h->top++;
	h->place[place].peer = h->held_peer;
	h->place[place].began = now;
	h->place[place].told = 0;
	h->says[place] = PLACE_KEPT;
	return place;
}

static void
return_place(struct host *h, int place)
{
	h->place[place].began = 0;
	h->place[place].next = h->free;
	h->free = place;
}

/* Since when it has had no whole request, INT64_MAX: it does not give way. What
 * a process says that has gone mad makes it the first to go, or the last. */
static int64_t
idle_since(const struct host *h, int place, int64_t says)
{
	const struct host_place *p = &h->place[place];

	if (p->began == 0 || p->told != 0 || says <= 0)
		return INT64_MAX;
	return says > p->began ? says : p->began;
}

/* Takes the place of whoever has been longest without a whole request, if it
 * had its moment. The executor leaves as soon as it can: it is not waited for.
 */
static bool
make_place(struct host *h, const struct host_model *model, int64_t now)
{
	int64_t since, oldest, said = 0, is;
	int i, place, tries;

	for (tries = 0; tries < TRIES && h->leaving < HOST_LEAVING; tries++) {
		oldest = now - CONN_MOMENT_MS;
		place = -1;
		for (i = 0; i < h->top; i++) {
			is = h->says[i];
			since = idle_since(h, i, is);
			if (since > oldest)
				continue;
			oldest = since;
			said = is;
			place = i;
		}
		if (place < 0)
			return false;
		/* Unless it has begun to move meanwhile. */
		if (!atomic_compare_exchange_strong(
			&h->says[place], &said, PLACE_TAKEN))
			continue;
		h->place[place].told = now;
		h->leaving++;
		addresses_leave(&h->addresses, &h->place[place].peer);
		model->expel(h, place);
		h->says[place] = PLACE_LOST;
		return true;
	}
	return false;
}

/* Whoever was accepted is served before the host leaves, limit or not. */
static bool
has_room(const struct host *h)
{
	return h->draining
		   ? h->clients < h->places
		   : h->clients - h->leaving < h->post.config->max_clients;
}

/* Starts an executor for the held client; if it cannot, it stays held. */
static void
start_held(struct host *h, const struct host_model *model, int64_t now)
{
	int place;

	if (!has_room(h) && !make_place(h, model, now)) {
		h->retry = now + FULL_MS;
		return;
	}
	place = take_place(h, now);
	if (model->start(h, place, h->held, &h->held_peer) != 0) {
		return_place(h, place);
		/* Said once per failure, tried ten times a second. */
		if (!h->failed)
			log_warn("cannot start a %s for a client, "
				 "it waits:",
			    model->name);
		h->failed = true;
		h->retry = now + RETRY_MS;
		return;
	}
	h->failed = false;
	h->retry = 0;
	h->held = -1;
	h->accepted++;
	h->clients++;
}

void
host_forget(struct host *h, int place)
{
	if (h->place[place].told != 0)
		h->leaving--;
	else
		addresses_leave(&h->addresses, &h->place[place].peer);
	h->clients--;
	return_place(h, place);
	/* Whoever waits may try at once. */
	if (h->retry != 0)
		h->retry = 1;
}

/* One more than there are places for is accepted: only who is known by its
 * address may make another give way. */
static bool
may_accept(const struct host *h)
{
	return !h->draining && h->held < 0 && h->retry == 0;
}

static void
accept_some(
    struct host *h, const struct host_model *model, int listener, int64_t now)
{
	enum socket_failure why;
	int n;

	for (n = 0; n < ACCEPT_BATCH && may_accept(h); n++) {
		h->held = socket_accept(FD_LISTEN + listener, &h->held_peer);
		if (h->held >= 0) {
			if (!addresses_enter(
				&h->addresses, &h->held_peer, now)) {
				socket_reset(h->held);
				(void)close(h->held);
				h->held = -1;
				continue;
			}
			start_held(h, model, now);
			continue;
		}
		why = socket_judge(errno);
		if (why == SOCKET_GONE)
			continue;
		/* The listener stays ready: not again at once. */
		if (why != SOCKET_NOBODY) {
			child_cannot_accept(&h->told, now);
			h->retry = now + RETRY_MS;
		}
		return;
	}
}

static int
patience(const struct host *h)
{
	int64_t left = h->retry - clock_now();

	if (h->retry == 0)
		return TICK_MS;
	return left > 0 ? (int)left : 0;
}

/* Waits, then accepts. Returns the orders that came. */
static unsigned
host_turn(struct host *h, const struct host_model *model)
{
	struct pollfd set[WATCHES + LISTENERS_MAX];
	int i, n = WATCHES, listeners = h->post.config->listeners;
	unsigned orders = ORDER_NONE;
	int64_t now;

	set[0].fd = FD_SIGNAL_READ;
	set[1].fd = FD_LIFELINE;
	set[2].fd = h->wake[0];
	for (i = 0; i < listeners; i++)
		set[n++].fd = may_accept(h) ? FD_LISTEN + i : -1;
	for (i = 0; i < n; i++) {
		set[i].events = POLLIN;
		set[i].revents = 0;
	}
	if (poll(set, (nfds_t)n, patience(h)) < 0)
		return ORDER_NONE;
	now = clock_now();
	if (set[0].revents != 0)
		orders = child_orders(h->post.config);
	if (set[1].revents != 0)
		orders |= ORDER_LEAVE;
	model->reap(h);
	/* For children to come, so that not each has to. */
	root_look(h->post.config->service.root, now);
	if (now >= h->look) {
		model->watch(h, now);
		h->look = now + TICK_MS;
	}
	if (h->retry != 0 && now >= h->retry) {
		if (h->held >= 0)
			start_held(h, model, now);
		else
			h->retry = 0;
	}
	for (i = 0; i < listeners; i++)
		if (set[WATCHES + i].revents != 0)
			accept_some(h, model, i, now);
	publish(h, now);
	return orders;
}

static void
drain(struct host *h, const struct host_model *model)
{
	if (h->draining)
		return;
	h->draining = true;
	child_deaf(h->post.config->listeners);
	(void)close(h->leave[1]);
	h->leave[1] = -1;
	model->wake(h);
}

int
host_run(
    const struct host_model *model, const struct worker_config *config, int row)
{
	/* Told to leave at once, this returns before the threads of clients
	 * have ended: what they look at stays until the process is gone. */
	static struct host h;
	unsigned orders;

	h.post.config = config;
	h.post.row = board_row(config->board, row);
	h.row = row;
	h.held = -1;
	if (open_places(&h) != 0 || pipe_nonblocking(h.leave) != 0 ||
	    pipe_nonblocking(h.wake) != 0 || child_open(config) != 0 ||
	    model->open(&h) != 0) {
		log_error("%s host cannot begin:", model->name);
		return WORKER_FAILED;
	}
	h.post.leave = h.leave[0];
	addresses_begin(&h.addresses, config->board, row, config->per_address);
	publish(&h, clock_now());
	(void)child_says(SAYS_READY, 0);
	while (!h.draining || h.clients > 0 || h.held >= 0) {
		orders = host_turn(&h, model);
		if (orders & ORDER_LEAVE) {
			model->kill(&h);
			break;
		}
		if (orders & ORDER_DRAIN)
			drain(&h, model);
	}
	model->close(&h);
	return WORKER_LEFT;
}
