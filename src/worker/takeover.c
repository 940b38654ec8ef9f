/*
 * The takeover: a pool for the journal and the descriptors of a dead worker.
 *
 * Nothing but those two is believed, and the journal only as far as the
 * kernel's ledger bears it out. Three passes: whom do the records say there
 * is; what else does the descriptor table hold; then go on with each.
 */
#include "pool.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/escape.h"
#include "os/ledger.h"
#include "os/memory.h"
#include "service/registry.h"
#include "stream/audit.h"

enum {
	STRIKES = 8,   /* deaths by SIGKILL in a row during one connection's
			* steps: in a storm of kills three meet an innocent */
	FD_SPARE = 64, /* descriptors above the highest recorded one: a worker
			* has but a few open that no record names */
	NOBODY = 0     /* in the maps below; else the record's index + 1 */
};

enum verdict { KEEP, FREE, ARRIVED, CONDEMNED, DAMAGED, BROKEN };

struct estate {
	struct pool *p;
	struct pool_heritage *h;
	struct audit audit;
	bool fault; /* memory may have been damaged */
	int cause;
	int64_t gap;	  /* ms that the dead one surely did not run */
	int top;	  /* records to look at */
	int *of_fd;	  /* of_fd[fd]: whose descriptor it is */
	int *of_buffer;	  /* of_buffer[b]: whose buffer it is */
	uint8_t *verdict; /* of each record */
};

static bool
is_descriptor(const struct estate *e, int fd)
{
	return fd >= e->audit.first && fd < e->audit.end;
}

/* Enters a claim of record i on map[at]; a thing claimed twice condemns both
 * claimants. */
static void
claim(struct estate *e, int *map, int at, int i)
{
	if (map[at] == NOBODY) {
		map[at] = i + 1;
		return;
	}
	e->verdict[map[at] - 1] = DAMAGED;
	e->verdict[i] = DAMAGED;
}

static enum verdict
judge(struct estate *e, int i)
{
	struct journal *j = &e->p->journal;
	struct record *r = &j->record[i];

	/* Given back; never used, or about to be. */
	if (r->fd == -1 || r->fd == 0)
		return FREE;
	if (j->head->noted == i) {
		if (e->fault)
			return CONDEMNED;
		if (e->cause == DEATH_KILLED && ++r->strikes >= STRIKES)
			return CONDEMNED;
	}
	if (!audit_record(&e->audit, r) ||
	    (e->fault && r->sum != journal_sum(j, r)))
		return DAMAGED;
	return KEEP;
}

/* First pass: who is there, and who claims what. */
static void
read_records(struct estate *e)
{
	struct journal *j = &e->p->journal;
	int i;

	for (i = 0; i < e->top; i++) {
		const struct record *r = &j->record[i];

		e->verdict[i] = judge(e, i);
		if (e->verdict[i] != KEEP)
			continue;
		claim(e, e->of_fd, r->fd, i);
		if (answer_now(r)->file_fd >= 0)
			claim(e, e->of_fd, answer_now(r)->file_fd, i);
		if (answer_now(r)->own_fd >= 0)
			claim(e, e->of_fd, answer_now(r)->own_fd, i);
		if (r->in_buf >= 0)
			claim(e, e->of_buffer, r->in_buf, i);
		if (r->out_buf >= 0)
			claim(e, e->of_buffer, r->out_buf, i);
		if (r->log_buf >= 0)
			claim(e, e->of_buffer, r->log_buf, i);
	}
}

/* For the log: who was blamed, and what its request began with. */
static void
remember_blamed(struct estate *e, const struct record *r)
{
	const struct journal *j = &e->p->journal;
	struct ledger l;
	int64_t from, n;

	peer_format(e->h->blamed, &r->peer);
	e->h->network = peer_network(&r->peer);
	if (!audit_record(&e->audit, r) || r->in_buf < 0 ||
	    ledger_read(r->fd, &l) != 0)
		return;
	/* What is not answered, or what was looked at last. */
	from = service_of(r)->retained(r);
	n = l.consumed - from;
	from -= j->base[r->in_buf];
	if (from < 0 || n < 0 || from >= BUFFER_BYTES)
		return;
	if (n > 64)
		n = 64;
	if (n > BUFFER_BYTES - from)
		n = BUFFER_BYTES - from;
	(void)escape_text(e->h->request, sizeof(e->h->request),
	    journal_data(j, r->in_buf) + from, (size_t)n);
}

/* Closes what a record that is not kept had open. */
static void
let_go(struct estate *e, int i)
{
	struct record *r = &e->p->journal.record[i];
	int file = answer_now(r)->file_fd, own = answer_now(r)->own_fd;
	int fd = r->fd;

	switch (e->verdict[i]) {
	case CONDEMNED:
		e->h->condemned++;
		if (is_descriptor(e, fd))
			remember_blamed(e, r);
		break;
	case DAMAGED:
		e->h->damaged++;
		break;
	default:
		e->h->broken++;
		break;
	}
	e->h->dropped++;
	r->fd = -1;
	if (is_descriptor(e, fd) &&
	    (e->of_fd[fd] == NOBODY || e->of_fd[fd] == i + 1)) {
		e->of_fd[fd] = NOBODY;
		(void)close(fd);
	}
	/* The files are closed by the walk; they may be somebody else's. */
	if (is_descriptor(e, file) && e->of_fd[file] == i + 1)
		e->of_fd[file] = NOBODY;
	if (is_descriptor(e, own) && e->of_fd[own] == i + 1)
		e->of_fd[own] = NOBODY;
}

static void
settle_records(struct estate *e)
{
	struct journal *j = &e->p->journal;
	int i;

	j->free_records = j->free_buffers = j->used = 0;
	for (i = e->top - 1; i >= 0; i--) {
		if (e->verdict[i] == KEEP) {
			j->used++;
			continue;
		}
		if (e->verdict[i] != FREE)
			let_go(e, i);
		j->record[i].fd = -1;
		j->free_record[j->free_records++] = i;
	}
	for (i = j->buffers - 1; i >= 0; i--) {
		if (e->of_buffer[i] == NOBODY)
			continue;
		if (e->verdict[e->of_buffer[i] - 1] != KEEP)
			e->of_buffer[i] = NOBODY;
		else if (i >= j->buffer_top)
			j->buffer_top = i + 1;
	}
	for (i = j->buffer_top - 1; i >= 0; i--)
		if (e->of_buffer[i] == NOBODY)
			j->free_buffer[j->free_buffers++] = i;
}

/* A client accepted and not yet recorded has had nothing read or written. */
static bool
is_new_client(int fd, struct peer *peer)
{
	struct sockaddr_storage address;
	socklen_t len = sizeof(address);
	struct ledger l;

	if (getpeername(fd, (struct sockaddr *)&address, &len) != 0 ||
	    ledger_read(fd, &l) != 0)
		return false;
	peer_from(peer, &address);
	return !l.dead && !l.own_done && l.consumed == 0 && l.written == 0;
}

/* Second pass: what the table holds that no record names. */
static void
walk_table(struct estate *e)
{
	struct pool *p = e->p;
	int fd, end = p->journal.head->fd_top;
	struct record *r;
	struct peer peer;

	if (e->fault || end < 0 || end > p->config->descriptors - FD_SPARE)
		end = p->config->descriptors;
	else
		end += FD_SPARE;
	for (fd = FD_CLIENTS; fd < end; fd++) {
		if (e->of_fd[fd] != NOBODY || fcntl(fd, F_GETFD) < 0)
			continue;
		r = NULL;
		if (is_new_client(fd, &peer)) {
			r = journal_take(
			    &p->journal, fd, p->config->service.first, &peer);
		}
		if (r == NULL) {
			(void)close(fd);
			continue;
		}
		/* Not stepped yet: what it opened would lie ahead of us in
		 * the table, and be nobody's. */
		e->verdict[journal_index(&p->journal, r)] = ARRIVED;
		board_add(
		    board_row(p->config->board, p->row), COUNT_CLIENTS, 1);
	}
}

/* Is the file still the one that the answer was begun with, if more of it is
 * needed? */
static bool
is_same_file(const struct record *r)
{
	const struct answer *a = answer_now(r);

	return a->file_fd < 0 || r->out == service_of(r)->owed(r, 0) ||
	       journal_is_file(a->file_fd, &a->id);
}

/* Sets the record's counts right by the ledger's. FREE: it is over. The ledger
 * is read once, for the client may be closing just now. */
static enum verdict
reconcile(struct estate *e, struct record *r)
{
	const int64_t in = r->in, out = r->out;
	struct journal *j = &e->p->journal;
	struct ledger l;

	if (ledger_read(r->fd, &l) != 0)
		return BROKEN;
	/* Who has reset the connection, or has closed as well when all was
	 * sent, is gone by himself: a takeover costs him nothing. */
	if (l.dead)
		return FREE;
	if (r->phase == PHASE_LINGER) {
		(void)shutdown(r->fd, SHUT_WR);
		return KEEP;
	}
	if (!audit_count(&e->audit, r, &l))
		return BROKEN;
	/* These nobody has counted: the worker died before it could. */
	e->p->serving.bytes_in += (uint64_t)(r->in - in);
	e->p->serving.bytes_out += (uint64_t)(r->out - out);
	if (r->out >= answer_now(r)->mem_end)
		journal_release(j, &r->out_buf);
	/* It may have been waiting for more to fill a segment with. */
	socket_prepare(r->fd);
	return is_same_file(r) ? KEEP : BROKEN;
}

/* Who names neither buffer nor file owes nothing and has exact counts: no need
 * to ask the kernel. Nor to tell the poller, if it is the one that knows. */
static bool
is_idle(const struct pool *p, const struct record *r)
{
	return r->in_buf < 0 && r->out_buf < 0 && r->log_buf < 0 &&
	       r->phase == PHASE_OPEN && answer_now(r)->file_fd < 0 &&
	       answer_now(r)->own_fd < 0 && r->deadline != CLOCK_NEVER &&
	       (r->polled || !p->heir);
}

/* Was all answered that it asked for, and was it to end after that? Its record
 * is free, and as it was. */
static bool
has_ended(const struct record *r)
{
	return r->phase == PHASE_LINGER ||
	       r->out == service_of(r)->owed(r, r->eof ? r->in : INT64_MAX);
}

/* Who is dropped in it was not kept; if it was for its deadline, which it was
 * given too little time to meet, that is the takeover's doing. */
static void
first_step(struct estate *e, int i)
{
	const struct record *r = &e->p->journal.record[i];

	pool_run(e->p, i);
	if (e->p->seat[i].conn.r != NULL || has_ended(r)) {
		e->h->kept++;
	} else if (r->deadline <= e->p->serving.now) {
		e->h->broken++;
		e->h->dropped++;
	}
}

static void
go_on(struct estate *e, int i)
{
	struct pool *p = e->p;
	struct record *r = &p->journal.record[i];
	const bool known = e->verdict[i] == KEEP, idle = known && is_idle(p, r);

	if (known)
		pool_seat_again(p, i);
	else
		pool_seat(p, i);
	if (known && !idle)
		e->verdict[i] = reconcile(e, r);
	if (e->verdict[i] == KEEP)
		conn_delay(&p->seat[i].conn, &p->serving, e->gap);
	switch (e->verdict[i]) {
	case KEEP:
	case ARRIVED:
		if (!idle) {
			first_step(e, i);
			return;
		}
		e->h->kept++;
		conn_hurry(&p->seat[i].conn, &p->serving);
		pool_sleep(p, i);
		return;
	case FREE:
		break;
	default:
		e->h->broken++;
		e->h->dropped++;
		break;
	}
	conn_drop(&p->seat[i].conn, &p->serving);
}

/* Third pass: each goes on where it was. */
static void
resume(struct estate *e)
{
	int i;

	for (i = 0; i < e->p->journal.head->top; i++)
		if (e->verdict[i] == KEEP || e->verdict[i] == ARRIVED)
			go_on(e, i);
}

static const struct peer *
peer_at(const void *of, int i)
{
	const struct pool *p = of;
	const struct record *r = p->seat[i].conn.r;

	return r != NULL ? &r->peer : NULL;
}

int
pool_inherit(struct pool *p, const int *watch, int watched, int cause,
    bool draining, struct pool_heritage *h)
{
	struct journal *j = &p->journal;
	size_t fds = (size_t)p->config->descriptors * sizeof(int);
	size_t buffers = (size_t)j->buffers * sizeof(int);
	struct estate e;
	int result = -1;

	memset(h, 0, sizeof(*h));
	memset(&e, 0, sizeof(e));
	e.p = p;
	e.h = h;
	e.cause = cause;
	e.fault = cause == DEATH_FAULT || cause == DEATH_HUNG;
	e.audit.journal = j;
	e.audit.logs = p->config->service.access != NULL;
	services_spoken(&p->config->service, e.audit.spoken);
	e.audit.first = FD_CLIENTS;
	e.audit.end = p->config->descriptors;
	/* The poller is the dead one's. If it cannot have been damaged it is
	 * ours, and the thousands who wait need not be told to it again; else
	 * its number is wanted for a new one. */
	pool_strip(p, !e.fault);
	p->paused = 0;
	p->listening = false;
	p->retry = 0;
	root_forget(p->config->service.root);
	p->serving.draining = false;
	p->addresses.self = 0;
	p->swept = 0;
	/* What the dead one had not added stays uncounted. */
	p->serving.requests = p->serving.unlogged = 0;
	p->serving.bytes_in = p->serving.bytes_out = 0;
	if (pool_equip(p, !e.fault, watch, watched) != 0)
		return -1;
	if (j->head->ran > 0 && j->head->ran < p->serving.now)
		e.gap = p->serving.now - j->head->ran;
	if (j->head->top < 0 || j->head->top > j->records)
		j->head->top = j->records;
	e.top = j->head->top;
	e.of_fd = memory_private(fds);
	e.of_buffer = memory_private(buffers);
	e.verdict = memory_private((size_t)j->records);
	if (e.of_fd != NULL && e.of_buffer != NULL && e.verdict != NULL) {
		read_records(&e);
		settle_records(&e);
		walk_table(&e);
		resume(&e);
		addresses_recount(&p->addresses, peer_at, p, j->head->top);
		result = draining ? 0 : pool_listen(p);
	}
	j->head->noted = -1;
	if (result == 0)
		j->head->polled = poller_fd(p->poller) >= 0;
	memory_drop(e.of_fd, fds);
	memory_drop(e.of_buffer, buffers);
	memory_drop(e.verdict, (size_t)j->records);
	return result;
}
