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
#include "polling.h"
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

struct takeover {
	struct pool *p;
	struct takeover_report *h;
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
is_descriptor(const struct takeover *t, int fd)
{
	return fd >= t->audit.first && fd < t->audit.end;
}

/* Enters a claim of record i on map[at]; a thing claimed twice condemns both
 * claimants. */
static void
claim(struct takeover *t, int *map, int at, int i)
{
	if (map[at] == NOBODY) {
		map[at] = i + 1;
		return;
	}
	t->verdict[map[at] - 1] = DAMAGED;
	t->verdict[i] = DAMAGED;
}

/* Does it name a buffer or a file, or has it been shut down? Else it owes
 * nothing, and its counts are exact. */
static bool
owes(const struct record *r)
{
	return r->in_buf >= 0 || r->out_buf >= 0 || r->log_buf >= 0 ||
	       r->phase != PHASE_OPEN || answer_now(r)->file_fd >= 0 ||
	       answer_now(r)->own_fd >= 0 || r->skipped < r->preface;
}

/* It owes nothing: no need to ask the kernel. Nor to tell the poller, if that
 * knows it already. */
static bool
is_idle(const struct pool *p, const struct record *r)
{
	return !owes(r) && r->deadline != CLOCK_NEVER &&
	       (r->polled || !p->poller_inherited);
}

static enum verdict
judge(struct takeover *t, int i)
{
	struct journal *j = &t->p->journal;
	struct record *r = &j->record[i];

	/* Given back; never used, or about to be. */
	if (r->fd == -1 || r->fd == 0)
		return FREE;
	if (j->head->noted == i) {
		if (t->fault)
			return CONDEMNED;
		if (t->cause == DEATH_KILLED && ++r->strikes >= STRIKES)
			return CONDEMNED;
	}
	if (!audit_record(&t->audit, r) ||
	    (t->fault && r->sum != journal_sum(j, r)))
		return DAMAGED;
	/* How far its last step came is not known to anybody. */
	if (j->head->noted == i && owes(r) && !ledger_is_kept(r->fd))
		return BROKEN;
	return KEEP;
}

/* First pass: which clients are there, and which claims what. */
static void
read_records(struct takeover *t)
{
	struct journal *j = &t->p->journal;
	int i;

	for (i = 0; i < t->top; i++) {
		const struct record *r = &j->record[i];

		t->verdict[i] = judge(t, i);
		if (t->verdict[i] != KEEP)
			continue;
		claim(t, t->of_fd, r->fd, i);
		if (answer_now(r)->file_fd >= 0)
			claim(t, t->of_fd, answer_now(r)->file_fd, i);
		if (answer_now(r)->own_fd >= 0)
			claim(t, t->of_fd, answer_now(r)->own_fd, i);
		if (r->in_buf >= 0)
			claim(t, t->of_buffer, r->in_buf, i);
		if (r->out_buf >= 0)
			claim(t, t->of_buffer, r->out_buf, i);
		if (r->log_buf >= 0)
			claim(t, t->of_buffer, r->log_buf, i);
	}
}

/* Of a record of any bits. NULL: none. */
static const struct service *
spoken(const struct record *r)
{
	return r->speaks < SERVICES_MAX ? services[r->speaks] : NULL;
}

/* Is it a proxy's, as far as is known? Of a record of any bits. */
static bool
is_prefaced(const struct record *r)
{
	const struct service *service = spoken(r);

	return service != NULL && service->prefaces;
}

/* What is not answered, or what was looked at last: its bytes. */
static size_t
looked_at(
    const struct takeover *t, const struct record *r, char to[BUFFER_BYTES])
{
	const struct journal *j = &t->p->journal;
	const struct service *service;
	struct ledger l;
	int64_t from, n;

	if (!audit_record(&t->audit, r))
		return 0;
	service = service_of(r);
	n = service->kept != NULL ? (int64_t)service->kept(r, to, BUFFER_BYTES)
				  : 0;
	if (n > 0)
		return (size_t)n;
	if (r->in_buf < 0 || ledger_read(r->fd, &l) != 0)
		return 0;
	from = service_retained(service, r);
	n = l.consumed - from;
	from -= j->base[r->in_buf];
	if (from < 0 || n < 0 || from >= BUFFER_BYTES)
		return 0;
	if (n > BUFFER_BYTES - from)
		n = BUFFER_BYTES - from;
	memcpy(to, journal_data(j, r->in_buf) + from, (size_t)n);
	return (size_t)n;
}

/* Sets which client is to blame, and its network, 0: that is not known. */
static void
blame(struct takeover *t, const struct record *r, const char *text, size_t len)
{
	const struct service *service = spoken(r);
	struct peer client = r->peer;

	peer_format(t->h->blamed, &r->peer);
	if (service != NULL && (service->prefaces || service->apart))
		return;
	if (service != NULL && service->blames != NULL &&
	    !service->blames(&client, r, text, len, &t->p->config->service))
		return;
	t->h->network = peer_network(&client);
	if (t->h->network != peer_network(&r->peer))
		peer_address(t->h->blamed, &client);
}

/* For the log: the address that was blamed, and what its request began with. */
static void
remember_blamed(struct takeover *t, const struct record *r)
{
	char text[BUFFER_BYTES];
	size_t len = looked_at(t, r, text);

	blame(t, r, text, len);
	if (len > 0)
		(void)escape_text(t->h->request, sizeof(t->h->request), text,
		    len < 64 ? len : 64);
}

/* Closes what a record that is not kept had open. */
static void
let_go(struct takeover *t, int i)
{
	struct record *r = &t->p->journal.record[i];
	int file = answer_now(r)->file_fd, own = answer_now(r)->own_fd;
	int fd = r->fd;

	switch (t->verdict[i]) {
	case CONDEMNED:
		t->h->condemned++;
		if (is_descriptor(t, fd))
			remember_blamed(t, r);
		break;
	case DAMAGED:
		t->h->damaged++;
		break;
	default:
		t->h->broken++;
		break;
	}
	t->h->dropped++;
	r->fd = -1;
	if (is_descriptor(t, fd) &&
	    (t->of_fd[fd] == NOBODY || t->of_fd[fd] == i + 1)) {
		t->of_fd[fd] = NOBODY;
		(void)close(fd);
	}
	/* The files are closed by the walk; they may be somebody else's. */
	if (is_descriptor(t, file) && t->of_fd[file] == i + 1)
		t->of_fd[file] = NOBODY;
	if (is_descriptor(t, own) && t->of_fd[own] == i + 1)
		t->of_fd[own] = NOBODY;
}

static void
settle_records(struct takeover *t)
{
	struct journal *j = &t->p->journal;
	int i;

	j->free_records = j->free_buffers = j->used = 0;
	for (i = t->top - 1; i >= 0; i--) {
		if (t->verdict[i] == KEEP) {
			j->used++;
			continue;
		}
		if (t->verdict[i] != FREE)
			let_go(t, i);
		j->record[i].fd = -1;
		j->free_record[j->free_records++] = i;
	}
	for (i = j->buffers - 1; i >= 0; i--) {
		if (t->of_buffer[i] == NOBODY)
			continue;
		if (t->verdict[t->of_buffer[i] - 1] != KEEP)
			t->of_buffer[i] = NOBODY;
		else if (i >= j->buffer_top)
			j->buffer_top = i + 1;
	}
	for (i = j->buffer_top - 1; i >= 0; i--)
		if (t->of_buffer[i] == NOBODY)
			j->free_buffer[j->free_buffers++] = i;
}

static bool
local_name(int fd, struct peer *name)
{
	struct sockaddr_storage address;
	socklen_t len = sizeof(address);

	memset(&address, 0, sizeof(address));
	if (getsockname(fd, (struct sockaddr *)&address, &len) != 0)
		return false;
	peer_from(name, &address);
	return true;
}

static bool
is_same_address(const struct peer *a, const struct peer *b)
{
	return a->family == b->family &&
	       memcmp(a->address, b->address, sizeof(a->address)) == 0;
}

/* The listener of ours that it has come by, one of its very address before one
 * of all addresses. -1: it is one that a service has opened. */
static int
accepted_by(const struct pool *p, int fd)
{
	struct peer name, ours;
	int i, found = -1;

	if (!local_name(fd, &name))
		return -1;
	for (i = 0; i < p->config->listeners; i++) {
		if (!local_name(FD_LISTEN + i, &ours) || ours.port != name.port)
			continue;
		if (is_same_address(&ours, &name))
			return i;
		found = i;
	}
	return found;
}

/* A client accepted and not yet recorded has had nothing read or written. Says
 * by which listener it came. */
static bool
is_new_client(const struct pool *p, int fd, int *listener, struct peer *peer)
{
	struct sockaddr_storage address;
	socklen_t len = sizeof(address);
	struct ledger l;

	*listener = accepted_by(p, fd);
	if (*listener < 0 ||
	    getpeername(fd, (struct sockaddr *)&address, &len) != 0 ||
	    ledger_read(fd, &l) != 0)
		return false;
	peer_from(peer, &address);
	return !l.dead && !l.own_done && l.consumed == 0 && l.written == 0;
}

/* Second pass: what the table holds that no record names. */
static void
walk_table(struct takeover *t)
{
	struct pool *p = t->p;
	int fd, listener, end = p->journal.head->fd_top;
	struct record *r;
	bool status;
	struct peer peer;

	if (t->fault || end < 0 || end > p->config->descriptors - FD_SPARE)
		end = p->config->descriptors;
	else
		end += FD_SPARE;
	for (fd = FD_CLIENTS; fd < end; fd++) {
		if (t->of_fd[fd] != NOBODY || fcntl(fd, F_GETFD) < 0)
			continue;
		r = NULL;
		if (is_new_client(p, fd, &listener, &peer)) {
			status = worker_status_at(p->config, listener);
			r = journal_take(&p->journal, fd,
			    service_met(&p->config->service, status), &peer);
		}
		if (r == NULL) {
			(void)close(fd);
			continue;
		}
		/* Not stepped yet: what it opened would lie ahead of us in
		 * the table, and be nobody's. */
		t->verdict[journal_index(&p->journal, r)] = ARRIVED;
		if (!status)
			board_add(board_row(p->config->board, p->row),
			    COUNT_CLIENTS, 1);
	}
}

/* Is the file still the one that the answer was begun with, if more of it is
 * needed? */
static bool
is_same_file(const struct record *r)
{
	const struct answer *a = answer_now(r);

	return a->file_fd < 0 || r->out == service_owed(service_of(r), r, 0) ||
	       journal_is_file(a->file_fd, &a->id);
}

/* The ledger of its socket. Where the kernel keeps none it is what the record
 * says, which is true at the end of each step, and the one that was being
 * stepped has been dropped by judge(). */
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
	/* These nobody has counted: the worker died before it could. */
	if (!service_of(r)->apart) {
		struct board_tally *tally = &t->p->serving.tally;

		board_tally(tally, COUNT_BYTES_IN, (uint64_t)(r->in - in));
		board_tally(tally, COUNT_BYTES_OUT, (uint64_t)(r->out - out));
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

/* A client that is dropped in it was not kept; if it was for its deadline,
 * which it was given too little time to meet, that is the takeover's doing. */
static void
first_step(struct takeover *t, int i)
{
	const struct record *r = &t->p->journal.record[i];

	place_run(t->p, i);
	if (t->p->place[i].conn.r != NULL || has_ended(r)) {
		t->h->kept++;
	} else if (r->deadline <= t->p->serving.now) {
		t->h->broken++;
		t->h->dropped++;
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
		t->h->kept++;
		conn_hurry(&p->place[i].conn, &p->serving);
		place_sleep(p, i);
		return;
	case FREE:
		break;
	default:
		t->h->broken++;
		t->h->dropped++;
		break;
	}
	place_drop(p, i);
}

/* Third pass: each goes on where it was. */
static void
resume(struct takeover *t)
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
	return !draining || pool_says_goodbye(p) ? polling_listen_status(p) : 0;
}

static const struct peer *
peer_at(const void *of, int i)
{
	const struct pool *p = of;
	const struct record *r = p->place[i].conn.r;

	return r != NULL && !is_prefaced(r) && !p->place[i].apart ? &r->peer
								  : NULL;
}

/* What this process knew when it became a standby is nothing that it may go
 * by, but for when the log was told of what. */
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
    bool draining, struct takeover_report *h)
{
	struct journal *j = &p->journal;
	size_t fds = (size_t)p->config->descriptors * sizeof(int);
	size_t buffers = (size_t)j->buffers * sizeof(int);
	struct takeover t;
	int result = -1;

	memset(h, 0, sizeof(*h));
	memset(&t, 0, sizeof(t));
	t.p = p;
	t.h = h;
	t.cause = cause;
	t.fault = cause == DEATH_FAULT || cause == DEATH_HUNG;
	t.audit.journal = j;
	t.audit.logs = p->config->service.access != NULL;
	services_spoken(&p->config->service, t.audit.spoken);
	t.audit.first = FD_CLIENTS;
	t.audit.end = p->config->descriptors;
	/* The poller is the dead one's. If it cannot have been damaged it is
	 * ours, and the thousands of waiting clients need not be added again;
	 * else its number is wanted for a new one. */
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
		read_records(&t);
		settle_records(&t);
		walk_table(&t);
		resume(&t);
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
