#include "host.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "child.h"
#include "os/memory.h"
#include "os/ready.h"
#include "os/signals.h"
#include "service/conn.h"
#include "service/registry.h"

enum {
	RETRY_MS = 100,	   /* after a failure */
	TRIES = 4,	   /* to find a client that gives way, in one go */
	SPARE = 64,	   /* descriptors that are not for clients that wait */
	ACCEPT_BATCH = 64, /* clients accepted in one turn */
	SILENT_BATCH = 4,  /* executors in one turn, for clients that have not
			    * asked yet */
	WATCHES = 3	   /* descriptors waited for, beside the listeners */
};

static void
publish(const struct host *h, int64_t now)
{
	struct board_row *row = board_row(h->task.config->board, h->row);
	const struct root *root = h->task.config->service.root;

	/* A successor may be writing the row by now. */
	if (h->draining)
		return;
	board_set(row->beat, now);
	board_set(row->clients, h->clients - h->leaving);
	board_set(row->root_seen, root->seen);
	board_set(row->root_seen_at, root->seen_at);
	board_set(row->accepting, 1);
}

/* How many clients may wait here, and not in the queue of the listener. */
static int
queue_room(const struct host_model *model, const struct worker_config *config)
{
	int most =
	    config->max_clients < QUEUE_MOST ? config->max_clients : QUEUE_MOST;
	int left = config->descriptors - FD_CLIENTS - SPARE -
		   (model->shares ? config->max_clients : 0);

	if (most > left)
		most = left;
	return most > 1 ? most : 1;
}

/* Makes places for the clients and those of the status; for executors that are
 * leaving; and for clients that wait, which are served when draining, whatever
 * the limit. */
static int
open_places(struct host *h)
{
	size_t n = (size_t)worker_places(h->task.config) + 2 * HOST_LEAVING +
		   (size_t)h->queue.most + 1;

	h->places = (int)n;
	h->free = -1;
	h->place = memory_private(n * sizeof(*h->place));
	h->says = memory_shared(n * sizeof(*h->says));
	return h->place != NULL && h->says != NULL ? 0 : -1;
}

static int
take_place(struct host *h, const struct peer *peer, int64_t came)
{
	int place = h->free;

	if (place >= 0)
		h->free = h->place[place].next;
	else
		place = h->top++;
	h->place[place].peer = *peer;
	/* Behind a proxy only the executor learns its client's address. */
	if (h->admission.proxies != NULL)
		memset(&h->place[place].peer, 0, sizeof(struct peer));
	h->place[place].began = came;
	h->place[place].told = 0;
	h->place[place].status = false;
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

/* Since when the client has had no whole request, by what its executor says.
 * INT64_MAX: it does not give way. An executor that says nonsense makes its own
 * client the first to go, or the last. */
static int64_t
since(const struct host *h, int place, int64_t says)
{
	const struct host_place *p = &h->place[place];

	if (p->began == 0 || p->told != 0 || p->status || says <= 0)
		return INT64_MAX;
	return says > p->began ? says : p->began;
}

static int64_t
idle(const void *of, int place, int64_t before)
{
	const struct host *h = of;

	(void)before;
	return since(h, place, h->says[place]);
}

/* Takes a place that may be taken, by what its executor has said, unless that
 * has gone on meanwhile. The executor leaves as soon as it can; it is not
 * waited for. */
static bool
expel(struct host *h, const struct host_model *model, int place, int64_t now)
{
	int64_t says = h->says[place];

	if (says <= 0 || !atomic_compare_exchange_strong(
			     &h->says[place], &says, PLACE_TAKEN))
		return false;
	h->place[place].told = now;
	model->expel(h, place);
	h->says[place] = PLACE_LOST;
	return true;
}

/* Takes the place of a client that gives way. */
static bool
make_place(struct host *h, const struct host_model *model, int64_t now)
{
	int place, tries;

	for (tries = 0; tries < TRIES && h->leaving < HOST_LEAVING; tries++) {
		place = admission_gives_way(idle, h, h->top, now);
		if (place < 0)
			return false;
		if (since(h, place, h->says[place]) > now - CONN_MOMENT_MS ||
		    !expel(h, model, place, now))
			continue;
		h->leaving++;
		admission_leave(&h->admission, &h->place[place].peer);
		board_add(h->task.row, COUNT_GAVE_WAY, 1);
		return true;
	}
	return false;
}

static bool
has_room(const struct host *h)
{
	return h->draining
		   ? h->clients < h->places
		   : h->clients - h->leaving < h->task.config->max_clients;
}

/* Starts an executor for a client that waits; if it cannot, the client goes on
 * waiting. */
static void
start(struct host *h, const struct host_model *model, int i, int64_t now)
{
	const struct waiting *w = &h->queue.client[i];
	int place = take_place(h, &w->peer, w->came);

	if (model->start(h, place, w->fd, &w->peer) != 0) {
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
	board_add(h->task.row, COUNT_CLIENTS, 1);
	h->clients++;
	queue_remove(&h->queue, i);
}

static void
drop(struct host *h, int i)
{
	(void)close(h->queue.client[i].fd);
	if (h->admission.proxies == NULL)
		admission_leave(&h->admission, &h->queue.client[i].peer);
	queue_remove(&h->queue, i);
}

/* Gives places to clients that wait and have asked, if there is room or another
 * client gives way; then, if there is room, to a few of those that have not. */
static void
serve_queue(struct host *h, const struct host_model *model, int64_t now)
{
	const struct service *service =
	    service_met(&h->task.config->service, false);
	bool full = false;
	int i = 0, n;

	while (i < h->queue.count && h->retry == 0) {
		struct waiting *w = &h->queue.client[i];

		if (!queue_look(w, service, now))
			drop(h, i);
		else if (!w->asks || full)
			i++;
		else if (has_room(h) || make_place(h, model, now))
			start(h, model, i, now);
		else
			full = true;
	}
	for (n = 0; n < SILENT_BATCH && h->queue.count > 0 && h->retry == 0 &&
		    has_room(h);
	     n++)
		start(h, model, 0, now);
}

void
host_forget(struct host *h, int place)
{
	if (h->place[place].status) {
		if (h->place[place].told != 0)
			h->apart_leaving--;
		else
			h->apart--;
		return_place(h, place);
		return;
	}
	if (h->place[place].told != 0)
		h->leaving--;
	else
		admission_leave(&h->admission, &h->place[place].peer);
	h->clients--;
	return_place(h, place);
	/* What has failed may be tried again at once. */
	h->retry = 0;
}

static bool
may_accept(const struct host *h, int64_t now)
{
	return !h->draining && h->retry == 0 &&
	       (h->queue.count < h->queue.most ||
		   (h->queue.count == h->queue.most &&
		       queue_silent(&h->queue, now) >= 0));
}

/* Drops one of the clients that have waited for CONN_MOMENT_MS and still have
 * not asked. */
static void
drop_one(struct host *h, int64_t now)
{
	const struct service *service =
	    service_met(&h->task.config->service, false);
	int i;

	while ((i = queue_silent(&h->queue, now)) >= 0) {
		h->queue.client[i].looked = 0;
		if (queue_look(&h->queue.client[i], service, now) &&
		    h->queue.client[i].asks)
			continue;
		board_add(h->task.row, COUNT_GAVE_WAY, 1);
		drop(h, i);
		return;
	}
}

/* Of the clients of the status that wait, the place of the one that asked
 * longest ago. -1: none waits. */
static int
longest_apart(const struct host *h)
{
	int i, chosen = -1;
	int64_t says, least = INT64_MAX;

	for (i = 0; i < h->top; i++) {
		says = h->says[i];
		if (h->place[i].began == 0 || !h->place[i].status ||
		    h->place[i].told != 0 || says <= 0 || says >= least)
			continue;
		least = says;
		chosen = i;
	}
	return chosen;
}

/* The status is to be asked until the end of the server. When all its places
 * are taken, one client has to leave. */
static bool
may_accept_status(const struct host *h)
{
	if (h->retry != 0 ||
	    (h->draining &&
		board_get(board_master(h->task.config->board)->stopping) !=
		    BOARD_STOPS))
		return false;
	return h->apart < STATUS_PLACES ||
	       (h->apart + h->apart_leaving < STATUS_PLACES + HOST_LEAVING &&
		   longest_apart(h) >= 0);
}

/* Clients that come for the status have places of their own, and get an
 * executor at once. */
static void
accept_status(
    struct host *h, const struct host_model *model, int listener, int64_t now)
{
	int fd, place, tries = STATUS_PLACES;
	struct peer peer;

	while (may_accept_status(h)) {
		fd =
		    admission_next(&h->admission, listener, &tries, &peer, now);
		if (fd == ADMISSION_FAILED)
			h->retry = now + RETRY_MS;
		if (fd < 0)
			return;
		if (h->apart >= STATUS_PLACES) {
			place = longest_apart(h);
			if (place >= 0 && expel(h, model, place, now)) {
				h->apart--;
				h->apart_leaving++;
			}
		}
		place = take_place(h, &peer, now);
		h->place[place].status = true;
		if (model->start(h, place, fd, &peer) != 0) {
			return_place(h, place);
			(void)close(fd);
			h->retry = now + RETRY_MS;
			return;
		}
		h->apart++;
	}
}

static void
accept_some(struct host *h, int listener, int64_t now)
{
	int fd, tries = ACCEPT_BATCH;
	struct peer peer;

	while (may_accept(h, now)) {
		fd =
		    admission_next(&h->admission, listener, &tries, &peer, now);
		if (fd == ADMISSION_FAILED)
			h->retry = now + RETRY_MS;
		if (fd < 0)
			return;
		queue_add(&h->queue, fd, &peer, now);
		if (h->queue.count > h->queue.most)
			drop_one(h, now);
	}
}

static bool
listens(const struct host *h, int listener, int64_t now)
{
	return worker_status_at(h->task.config, listener) ? may_accept_status(h)
							  : may_accept(h, now);
}

/* ms */
static int
poll_timeout(const struct host *h, int64_t now)
{
	if (h->retry != 0)
		return h->retry > now ? (int)(h->retry - now) : 0;
	if (h->queue.count == 0)
		return HOST_TICK_MS;
	return has_room(h) ? 0 : QUEUE_LOOK_MS;
}

/* Waits, then accepts. Returns the orders that came. */
static unsigned
host_turn(struct host *h, const struct host_model *model)
{
	struct pollfd set[WATCHES + LISTENERS_MAX];
	int i, n = WATCHES, listeners = h->task.config->listeners;
	unsigned orders = ORDER_NONE;
	int64_t now = clock_now();

	set[0].fd = FD_SIGNAL_READ;
	set[1].fd = FD_LIFELINE;
	set[2].fd = h->wake[0];
	for (i = 0; i < listeners; i++)
		set[n++].fd = listens(h, i, now) ? FD_LISTEN + i : -1;
	for (i = 0; i < n; i++) {
		set[i].events = POLLIN;
		set[i].revents = 0;
	}
	(void)ready_wait(set, n, poll_timeout(h, now));
	now = clock_now();
	if (set[0].revents != 0)
		orders = child_orders(h->task.config);
	if (set[1].revents != 0 && pipe_ended(FD_LIFELINE))
		orders |= ORDER_LEAVE;
	model->reap(h);
	/* Here, so that not each executor to come has to look. */
	root_look(h->task.config->service.root, now);
	if (now >= h->look) {
		model->watch(h, now);
		h->look = now + HOST_TICK_MS;
	}
	if (now >= h->retry)
		h->retry = 0;
	for (i = 0; i < listeners; i++)
		if (set[WATCHES + i].revents != 0) {
			if (worker_status_at(h->task.config, i))
				accept_status(h, model, i, now);
			else
				accept_some(h, i, now);
		}
	serve_queue(h, model, now);
	publish(h, now);
	return orders;
}

/* Clients that have not asked by now are not served any more. */
static void
drop_silent(struct host *h, int64_t now)
{
	const struct service *service =
	    service_met(&h->task.config->service, false);
	int i = 0;

	while (i < h->queue.count) {
		struct waiting *w = &h->queue.client[i];

		w->looked = 0;
		if (queue_look(w, service, now) && w->asks)
			i++;
		else
			drop(h, i);
	}
}

static void
drain(struct host *h, const struct host_model *model)
{
	if (h->draining)
		return;
	h->draining = true;
	h->drained = clock_now() + LAST_WORD_MS;
	child_close_listeners(h->task.config);
	drop_silent(h, clock_now());
	(void)close(h->leave[1]);
	h->leave[1] = -1;
	model->continue_stopped(h);
}

/* Have all ended, but for those of the status that take too long? */
static bool
is_drained(const struct host *h)
{
	return h->draining && h->clients == 0 && h->queue.count == 0 &&
	       (h->apart + h->apart_leaving == 0 || clock_now() >= h->drained);
}

int
host_run(
    const struct host_model *model, const struct worker_config *config, int row)
{
	/* Static: told to leave at once, this returns before the threads of
	 * clients have ended, which still use it. */
	static struct host h;
	unsigned orders;

	h.task.config = config;
	h.task.row = board_row(config->board, row);
	h.row = row;
	h.queue.most = queue_room(model, config);
	if (open_places(&h) != 0 || pipe_nonblocking(h.leave) != 0 ||
	    pipe_nonblocking(h.wake) != 0 || child_open(config) != 0 ||
	    model->open(&h) != 0) {
		log_error("%s host cannot begin:", model->name);
		return WORKER_FAILED;
	}
	h.task.leave = h.leave[0];
	admission_begin(&h.admission, config, row);
	publish(&h, clock_now());
	(void)child_says(SAYS_READY, 0);
	while (!is_drained(&h)) {
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
