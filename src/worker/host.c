#include "host.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "child.h"
#include "os/signals.h"

enum { TICK_MS = 500, RETRY_MS = 100, ACCEPT_BATCH = 64, WATCHES = 3 };

static void
publish(const struct host *h, int64_t now)
{
	struct board_row *row = board_row(h->post.config->board, h->row);
	const struct root *root = h->post.config->service.root;

	/* A successor may be writing the row by now. */
	if (h->draining)
		return;
	board_set(row->beat, now);
	board_set(row->clients, h->clients);
	board_set(row->accepted, h->accepted);
	board_set(row->root_seen, root->seen);
	board_set(row->root_seen_at, root->seen_at);
	board_set(row->accepting, 1);
}

/* Starts an executor for the held client; on failure it stays held. */
static void
start_held(struct host *h, const struct host_model *model, int64_t now)
{
	if (model->start(h, h->held, &h->held_peer) != 0) {
		/* Said once per failure, tried ten times a second. */
		if (h->retry == 0)
			log_warn("cannot start a %s for a client, "
				 "it waits:",
			    model->name);
		h->retry = now + RETRY_MS;
		return;
	}
	h->retry = 0;
	h->held = -1;
	h->accepted++;
	h->clients++;
}

void
host_forget(struct host *h, const struct peer *peer)
{
	h->clients--;
	addresses_leave(&h->addresses, peer);
}

static bool
may_accept(const struct host *h)
{
	return !h->draining && h->held < 0 && h->retry == 0 &&
	       h->clients < h->post.config->max_clients;
}

static void
accept_some(
    struct host *h, const struct host_model *model, int listener, int64_t now)
{
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
		if (errno == ECONNABORTED || errno == EINTR)
			continue;
		/* The listener stays ready: not again at once. */
		if (errno != EAGAIN && errno != EWOULDBLOCK)
			h->retry = now + RETRY_MS;
		return;
	}
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
	if (poll(set, (nfds_t)n, h->retry != 0 ? RETRY_MS : TICK_MS) < 0)
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
	if (pipe_nonblocking(h.leave) != 0 || pipe_nonblocking(h.wake) != 0 ||
	    child_open(config) != 0 || model->open(&h) != 0) {
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
