#include "stream/audit.h"

/* No stream gets so long; sums of two such numbers are numbers. */
static const int64_t count_max = INT64_MAX / 4;

static bool
is_descriptor(const struct audit *audit, int fd)
{
	return fd >= audit->first && fd < audit->end;
}

static bool
is_buffer(const struct journal *j, int32_t buffer)
{
	return buffer >= -1 && buffer < j->buffers;
}

static bool
are_apart(int32_t a, int32_t b)
{
	return a < 0 || a != b;
}

/* Are the bytes [from, to) of a stream in the buffer, if there are any? */
static bool
holds(const struct journal *j, int32_t buffer, int64_t from, int64_t to)
{
	int64_t base;

	if (buffer < 0)
		return from == to;
	base = j->base[buffer];
	return base >= 0 && base <= from && from <= to &&
	       to - base <= BUFFER_BYTES;
}

/* Are all numbers such as a record may have, each by itself? */
static bool
are_numbers(const struct audit *audit, const struct record *r)
{
	const struct journal *j = audit->journal;

	return is_descriptor(audit, r->fd) && is_buffer(j, r->in_buf) &&
	       is_buffer(j, r->out_buf) && is_buffer(j, r->log_buf) &&
	       are_apart(r->in_buf, r->out_buf) &&
	       are_apart(r->in_buf, r->log_buf) &&
	       are_apart(r->out_buf, r->log_buf) && r->half <= 1 &&
	       r->eof <= 1 && r->polled <= 1 && r->phase <= PHASE_LINGER &&
	       r->in >= 0 && r->in <= count_max && r->out >= 0 &&
	       r->out <= count_max && r->lingered >= 0 &&
	       r->lingered <= count_max && r->skipped <= r->preface;
}

/* What a service that mirrors may leave: its answers may have offsets, for it
 * may be about to become one that has answers. */
static bool
is_mirror(const struct journal *j, const struct record *r)
{
	if (!answer_is_blank(answer_now(r)) || r->out_buf >= 0 ||
	    r->log_buf >= 0 || r->logged != 0)
		return false;
	if (r->in_buf < 0)
		return r->out == r->in;
	/* The buffer is a ring. */
	return j->base[r->in_buf] >= 0 && j->base[r->in_buf] <= r->out &&
	       r->out <= r->in && r->in - r->out <= BUFFER_BYTES;
}

static bool
is_own(const struct audit *audit, const struct record *r, int fd)
{
	return fd == -1 || (is_descriptor(audit, fd) && fd != r->fd);
}

/* The part of the answer stream that is sent from a file. */
static bool
has_file(const struct answer *a)
{
	int64_t len = a->file_end - a->mem_end;

	if (a->file_fd == -1)
		return len == 0;
	return a->file_off >= 0 && a->file_off <= a->id.size &&
	       len <= a->id.size - a->file_off;
}

/* What any other service may leave. */
static bool
is_answer(const struct audit *audit, const struct record *r,
    const struct service *service)
{
	const struct answer *a = answer_now(r);
	const struct journal *j = audit->journal;

	return a->parsed >= 0 && a->parsed <= r->in &&
	       holds(j, r->in_buf, service_retained(service, r), r->in) &&
	       a->mem_end >= 0 && a->file_end >= a->mem_end &&
	       r->out <= a->file_end &&
	       (r->out >= a->mem_end ||
		   holds(j, r->out_buf, r->out, a->mem_end)) &&
	       has_file(a) && a->last <= 1 && a->linger <= 1;
}

static bool
has_lines(const struct audit *audit, const struct record *r)
{
	return r->logged >= 0 && (r->log_buf < 0 || audit->logs) &&
	       holds(audit->journal, r->log_buf, r->logged,
		   answer_now(r)->log_end);
}

bool
audit_record(const struct audit *audit, const struct record *r)
{
	const struct service *service;
	const struct answer *a;

	if (!are_numbers(audit, r) || r->speaks >= SERVICES_MAX)
		return false;
	service = audit->spoken[r->speaks];
	a = answer_now(r);
	if (service == NULL || (!service->prefaces && r->skipped != r->preface))
		return false;
	if (r->phase == PHASE_LINGER)
		return a->file_fd == -1 && a->own_fd == -1 &&
		       has_lines(audit, r);
	if (!is_own(audit, r, a->file_fd) || !is_own(audit, r, a->own_fd) ||
	    !are_apart(a->file_fd, a->own_fd) || !has_lines(audit, r))
		return false;
	return (service->mirrors ? is_mirror(audit->journal, r)
				 : is_answer(audit, r, service)) &&
	       service_plausible(service, r);
}

bool
audit_count(const struct audit *audit, struct record *r, const struct ledger *l)
{
	const int64_t skipped =
	    l->consumed < r->preface ? l->consumed : r->preface;

	if (l->own_done || skipped < r->skipped ||
	    l->consumed - skipped < r->in || l->written < r->out)
		return false;
	r->skipped = (uint16_t)skipped;
	r->in = l->consumed - skipped;
	r->out = l->written;
	return audit_record(audit, r);
}
