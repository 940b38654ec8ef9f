/* A takeover, and its third pass: each client goes on where it was. */
#include "takeover.h"

#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "os/ledger.h"
#include "os/memory.h"
#include "os/socket.h"
#include "polling.h"
#include "service/registry.h"

/* Does it owe nothing, so that the kernel need not be asked? And is it known to
 * the poller, if that is inherited? */
static bool
is_idle(const struct pool *p, const struct record *r)
{
	return !takeover_owes(r) && r->deadline != CLOCK_NEVER &&
	       (r->polled || !p->poller_inherited);
}

/* Is the file the one that the answer was begun with, if more of it is needed?
 * It may have been written to since: what comes of it is what would have come
 * without a takeover. */
static bool
is_same_file(const struct record *r)
{
	const struct answer *a = answer_now(r);

	return a->file_fd < 0 || r->out == service_owed(service_of(r), r, 0) ||
	       journal_is_inode(a->file_fd, &a->id);
}

/* Reads the ledger of its socket. Where the kernel keeps none the record's
 * counts take its place: they are exact at the end of each step, and the record
 * that was being stepped has been dropped by judge(). 0, or -1. */
static int
read_ledger(const struct record *r, struct ledger *l)
{
	if (ledger_read(r->fd, l) == 0)
		return 0;
	if (ledger_is_kept(r->fd))
		return -1;
	*l = (struct ledger){.consumed = r->in + r->skipped,
	    .written = r->out,
	    .peer_done = r->eof};
	return 0;
}

/* Sets the record's counts right by the ledger's. FREE: it is over. The ledger
 * is read once, for the client may be closing just now. */
static enum verdict
reconcile(struct takeover *t, struct record *r)
{
	const int64_t in = r->in, out = r->out;
	struct journal *j = &t->p->journal;
	struct ledger l;

	if (read_ledger(r, &l) != 0)
		return BROKEN;
	/* A client that has reset the connection, or has closed as well when
	 * all was sent, is gone by itself: a takeover costs it nothing. */
	if (l.dead)
		return FREE;
	if (r->phase == PHASE_LINGER) {
		(void)shutdown(r->fd, SHUT_WR);
		return KEEP;
	}
	if (!audit_count(&t->audit, r, &l))
		return BROKEN;
	/* The worker died before it could count these. */
	if (!service_of(r)->apart) {
		struct board_tally *tally = &t->p->serving.tally;

		board_tally_add(tally, COUNT_BYTES_IN, (uint64_t)(r->in - in));
		board_tally_add(
		    tally, COUNT_BYTES_OUT, (uint64_t)(r->out - out));
	}
	if (r->out >= answer_now(r)->mem_end)
		journal_release(j, &r->out_buf);
	/* It may have been waiting for more to fill a segment with. */
	socket_prepare(r->fd);
	return is_same_file(r) ? KEEP : BROKEN;
}

/* Was all answered that it asked for, and was it to end after that? Its record
 * is free, and as it was. */
static bool
has_ended(const struct record *r)
{
	return r->phase == PHASE_LINGER ||
	       r->out ==
		   service_owed(service_of(r), r, r->eof ? r->in : INT64_MAX);
}

/* A client whose connection ends in its first step has been kept if it was to
 * end (has_ended). If it ends at its deadline, the takeover left it too little
 * time to meet that, and has dropped it. */
static void
first_step(struct takeover *t, int i)
{
	const struct record *r = &t->p->journal.record[i];

	place_run(t->p, i);
	if (t->p->place[i].conn.r != NULL || has_ended(r)) {
		t->report->kept++;
	} else if (r->deadline <= t->p->serving.now) {
		t->report->broken++;
		t->report->dropped++;
	}
}

static void
go_on(struct takeover *t, int i)
{
	struct pool *p = t->p;
	struct record *r = &p->journal.record[i];
	const bool known = t->verdict[i] == KEEP, idle = known && is_idle(p, r);

	place_give(p, i, known);
	if (known && !idle)
		t->verdict[i] = reconcile(t, r);
	if (t->verdict[i] == KEEP)
		conn_delay(&p->place[i].conn, &p->serving, t->gap);
	switch (t->verdict[i]) {
	case KEEP:
	case ARRIVED:
		if (!idle) {
			first_step(t, i);
			return;
		}
		t->report->kept++;
		conn_hurry(&p->place[i].conn, &p->serving);
		place_sleep(p, i);
		return;
	case FREE:
		break;
	default:
		t->report->broken++;
		t->report->dropped++;
		break;
	}
	place_drop(p, i);
}

static void
go_on_with_all(struct takeover *t)
{
	int i;

	for (i = 0; i < t->p->journal.head->top; i++)
		if (t->verdict[i] == KEEP || t->verdict[i] == ARRIVED)
			go_on(t, i);
}

static int
listen_again(struct pool *p, bool draining)
{
	if (!draining && polling_listen(p) != 0)
		return -1;
	return !draining || pool_keeps_status(p) ? polling_listen_status(p) : 0;
}

static const struct peer *
peer_at(const void *of, int i)
{
	const struct pool *p = of;
	const struct record *r = p->place[i].conn.r;

	return r != NULL && !service_of(r)->prefaces && !p->place[i].apart
		   ? &r->peer
		   : NULL;
}

/* What this process knew when it became a standby is out of date, but for when
 * the log was told of what. */
static void
forget_rest(struct pool *p)
{
	const struct journal journal = p->journal;
	const struct admission admission = p->admission;

	pool_init(p, p->config, p->row);
	p->journal = journal;
	p->admission = admission;
	p->admission.addresses.self = 0;
	root_forget(p->config->service.root);
}

int
pool_inherit(struct pool *p, const int *watch, int watched, int cause,
    bool draining, struct takeover_report *report)
{
	struct journal *j = &p->journal;
	size_t fds = (size_t)p->config->descriptors * sizeof(int);
	size_t buffers = (size_t)j->buffers * sizeof(int);
	struct takeover t;
	int result = -1;

	memset(report, 0, sizeof(*report));
	memset(&t, 0, sizeof(t));
	t.p = p;
	t.report = report;
	t.cause = cause;
	t.fault = cause == DEATH_FAULT || cause == DEATH_HUNG;
	t.audit.journal = j;
	t.audit.logs = p->config->service.access != NULL;
	services_spoken(&p->config->service, t.audit.spoken);
	t.audit.first = FD_CLIENTS;
	t.audit.end = p->config->descriptors;
	/* The dead worker's poller, if a fault cannot have damaged it, is used
	 * on: then thousands of clients that wait need not be added again. Else
	 * it is closed, and its number is taken by a new one. */
	pool_strip(p, !t.fault);
	forget_rest(p);
	if (pool_equip(p, !t.fault, watch, watched) != 0)
		return -1;
	if (j->head->ran > 0 && j->head->ran < p->serving.now)
		t.gap = p->serving.now - j->head->ran;
	if (j->head->top < 0 || j->head->top > j->records)
		j->head->top = j->records;
	t.top = j->head->top;
	t.of_fd = memory_private(fds);
	t.of_buffer = memory_private(buffers);
	t.verdict = memory_private((size_t)j->records);
	if (t.of_fd != NULL && t.of_buffer != NULL && t.verdict != NULL) {
		takeover_read_records(&t);
		takeover_walk_table(&t);
		go_on_with_all(&t);
		addresses_recount(
		    &p->admission.addresses, peer_at, p, j->head->top);
		result = listen_again(p, draining);
	}
	j->head->noted = -1;
	if (result == 0)
		polling_is_whole(p);
	memory_drop(t.of_fd, fds);
	memory_drop(t.of_buffer, buffers);
	memory_drop(t.verdict, (size_t)j->records);
	return result;
}
