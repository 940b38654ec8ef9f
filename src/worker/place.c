#include "place.h"

#include <poll.h>
#include <stdatomic.h>

#include "base/clock.h"
#include "base/hook.h"
#include "child.h"
#include "polling.h"
#include "pool_state.h"
#include "service/registry.h"

enum { UNKNOWN = -1 }; /* what the poller waits for: never asked for */

/* Before each step, which may close the service's own descriptor. */
static void
forget_own(struct pool *p, struct place *place)
{
	if (place->own >= 0)
		(void)poller_del(p->poller, place->own);
	place->own = -1;
}

static int
await_own(struct pool *p, int index, short events)
{
	const int fd = answer_now(p->place[index].conn.r)->own_fd;

	if (poller_add(
		p->poller, fd, events, polling_tag(POLLED_PLACE, index)) != 0)
		return -1;
	p->place[index].own = fd;
	return 0;
}

void
place_drop(struct pool *p, int index)
{
	p->apart -= p->place[index].apart;
	p->place[index].apart = false;
	conn_drop(&p->place[index].conn, &p->serving);
}

void
place_leave(struct pool *p, int index, bool reset)
{
	struct place *place = &p->place[index];

	if (reset)
		socket_reset(place->conn.r->fd);
	forget_own(p, place);
	if (place->registered)
		poller_forget(p->poller, place->conn.r->fd);
	place->registered = false;
	if (place->counted)
		admission_leave(&p->admission, &place->conn.r->peer);
	place_drop(p, index);
	heap_set(p->heap, index, CLOCK_NEVER);
}

/* Tells the poller what the client is waited for. 0, or -1. */
static int
await_client(struct pool *p, int index, const struct wait *w)
{
	struct place *place = &p->place[index];
	const uint64_t tag = polling_tag(POLLED_PLACE, index);
	int result;

	if (place->registered && place->events == w->events)
		return 0;
	/* A takeover that inherits the poller is not to rely on it meanwhile.
	 */
	place->conn.r->polled = 0;
	result = place->registered
		     ? poller_mod(p->poller, w->fd, w->events, tag)
		     : poller_add(p->poller, w->fd, w->events, tag);
	if (result != 0)
		return -1;
	place->registered = true;
	place->events = w->events;
	place->conn.r->polled = w->events == POLLIN;
	return 0;
}

/* Tells poller and heap what the connection waits for. 0, or -1. */
static int
await(struct pool *p, int index, const struct wait *w)
{
	if (await_client(p, index, w) != 0)
		return -1;
	p->place[index].until = w->until;
	if (w->own != 0 && await_own(p, index, w->own) != 0)
		return -1;
	/* Deadlines mostly move away: the heap hears of it when the old one
	 * comes due. */
	if (w->until < heap_get(p->heap, index))
		heap_set(p->heap, index, w->until);
	return 0;
}

/* Once a proxy has said who the client is: may that client come in? */
static bool
is_admitted(struct pool *p, struct place *place)
{
	const struct record *r = place->conn.r;

	if (place->counted || place->apart || service_of(r)->prefaces)
		return true;
	place->counted =
	    admission_enter(&p->admission, &r->peer, p->serving.now);
	return place->counted;
}

/* From before the record is looked at until after it is consistent again, the
 * journal says whose turn it is. */
void
place_run(struct pool *p, int index)
{
	struct place *place = &p->place[index];
	struct wait w;

	p->journal.head->noted = index;
	atomic_signal_fence(memory_order_seq_cst);
	forget_own(p, place);
	/* One that came when this worker was leaving has as long. */
	p->serving.drained = place->since + LAST_WORD_MS > p->drained
				 ? place->since + LAST_WORD_MS
				 : p->drained;
	w = conn_step(&place->conn, &p->serving);
	if (p->serving.answered)
		place->since = p->serving.now;
	p->serving.answered = false;
	/* A client that sees its connection end has been counted. */
	child_count(board_row(p->config->board, p->row), &p->serving);
	if (w.fd >= 0 && !is_admitted(p, place)) {
		place_leave(p, index, true);
	} else if (w.fd < 0 || await(p, index, &w) != 0) {
		place_leave(p, index, false);
	} else if (p->config->standby) {
		if (place->conn.r->strikes != 0)
			place->conn.r->strikes = 0;
		place->conn.r->sum = journal_sum(&p->journal, place->conn.r);
	}
	atomic_signal_fence(memory_order_seq_cst);
	p->journal.head->noted = -1;
}

void
place_give(struct pool *p, int index, bool known)
{
	struct place *place = &p->place[index];

	conn_attach(&place->conn, &p->journal.record[index]);
	place->since = p->serving.now;
	place->apart = service_of(place->conn.r)->apart;
	p->apart += place->apart;
	place->counted = !place->apart && !service_of(place->conn.r)->prefaces;
	place->own = -1;
	if (!known)
		return;
	place->registered = p->poller_inherited;
	/* It may be waited for, or not. */
	if (p->poller_inherited)
		place->own = answer_now(place->conn.r)->own_fd;
	place->events = UNKNOWN;
}

void
place_sleep(struct pool *p, int index)
{
	struct record *r = p->place[index].conn.r;
	struct wait w = {r->fd, POLLIN, 0, r->deadline};

	p->place[index].events = POLLIN;
	if (r->hold < w.until)
		w.until = r->hold;
	if (await(p, index, &w) != 0)
		place_leave(p, index, false);
}

void
place_take(struct pool *p, int fd, int listener, const struct peer *peer)
{
	struct board_row *row = board_row(p->config->board, p->row);
	const bool status = worker_status_at(p->config, listener);
	struct record *r = journal_take(
	    &p->journal, fd, service_met(&p->config->service, status), peer);
	int index = journal_index(&p->journal, r);

	HOOK("recorded");
	/* After the record, which a takeover would count again. */
	if (!status)
		board_add(row, COUNT_CLIENTS, 1);
	place_give(p, index, false);
	/* At once: other executors compare their own number with it. */
	board_set(row->clients, pool_clients(p));
	/* Often the request is there by now, and a short connection is over
	 * before the poller has heard of it. */
	place_run(p, index);
}

void
place_run_all(struct pool *p)
{
	int i;

	for (i = 0; i < p->journal.head->top; i++)
		if (p->place[i].conn.r != NULL)
			place_run(p, i);
}

void
place_run_anew(struct pool *p)
{
	int i;

	for (i = 0; i < p->journal.head->top; i++)
		p->place[i].registered = false;
	place_run_all(p);
}

void
place_run_due(struct pool *p)
{
	int index;

	while (heap_top(p->heap, &index) <= p->serving.now) {
		heap_set(p->heap, index, CLOCK_NEVER);
		if (p->place[index].until > p->serving.now)
			heap_set(p->heap, index, p->place[index].until);
		else
			place_run(p, index);
	}
}

void
place_delay_all(struct pool *p, int64_t ms)
{
	int i;

	for (i = 0; i < p->journal.head->top; i++)
		if (p->place[i].conn.r != NULL)
			conn_delay(&p->place[i].conn, &p->serving, ms);
}
