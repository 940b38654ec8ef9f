/* First pass: which clients are there, by the records, and which descriptors
 * and buffers each of them names. */
#include "takeover.h"

#include <string.h>
#include <unistd.h>

#include "base/escape.h"
#include "os/ledger.h"
#include "service/registry.h"

enum {
	STRIKES = 8 /* deaths by SIGKILL in a row during one connection's
		     * steps: in a storm of kills three meet an innocent */
};

static bool
is_descriptor(const struct takeover *t, int fd)
{
	return fd >= t->audit.first && fd < t->audit.end;
}

/* Record i names what map[at] stands for. If another record names it as well,
 * both are damaged. */
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

bool
takeover_owes(const struct record *r)
{
	return r->in_buf >= 0 || r->out_buf >= 0 || r->log_buf >= 0 ||
	       r->phase != PHASE_OPEN || answer_now(r)->file_fd >= 0 ||
	       answer_now(r)->own_fd >= 0 || r->skipped < r->preface;
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
	/* How far its last step came cannot be known. */
	if (j->head->noted == i && takeover_owes(r) && !ledger_is_kept(r->fd))
		return BROKEN;
	return KEEP;
}

static void
judge_records(struct takeover *t)
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

/* The service of a record that may hold any bits. NULL: none. */
static const struct service *
spoken(const struct record *r)
{
	return r->speaks < SERVICES_MAX ? services[r->speaks] : NULL;
}

/* Copies what is not answered, or the beginning of the request that was at
 * work. Returns its bytes. */
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

/* Reports which client is to blame, and its network, if that is known. */
static void
report_client(
    struct takeover *t, const struct record *r, const char *text, size_t len)
{
	const struct service *service = spoken(r);
	struct peer client = r->peer;

	peer_format(t->report->blamed, &r->peer);
	if (service != NULL && (service->prefaces || service->apart))
		return;
	if (service != NULL && service->blames != NULL &&
	    !service->blames(&client, r, text, len, &t->p->config->service))
		return;
	t->report->network = peer_network(&client);
	if (t->report->network != peer_network(&r->peer))
		peer_address(t->report->blamed, &client);
}

/* For the log and the master: the client that is blamed, and what its request
 * began with. */
static void
remember_blamed(struct takeover *t, const struct record *r)
{
	char text[BUFFER_BYTES];
	size_t len = looked_at(t, r, text);

	report_client(t, r, text, len);
	if (len > 0)
		(void)escape_text(t->report->request,
		    sizeof(t->report->request), text, len < 64 ? len : 64);
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
		t->report->condemned++;
		if (is_descriptor(t, fd))
			remember_blamed(t, r);
		break;
	case DAMAGED:
		t->report->damaged++;
		break;
	default:
		t->report->broken++;
		break;
	}
	t->report->dropped++;
	r->fd = -1;
	if (is_descriptor(t, fd) &&
	    (t->of_fd[fd] == NOBODY || t->of_fd[fd] == i + 1)) {
		t->of_fd[fd] = NOBODY;
		(void)close(fd);
	}
	/* These are closed by the second pass, unless another record names
	 * them. */
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

void
takeover_read_records(struct takeover *t)
{
	judge_records(t);
	settle_records(t);
}
