#include "service/audit.h"

#include "http/range.h"
#include "http/tar.h"
#include "services.h"

/* No stream gets so long; sums of two such numbers are numbers. */
static const int64_t count_max = INT64_MAX / 4;

static bool
is_descriptor(const struct audit *a, int fd)
{
	return fd >= a->first && fd < a->end;
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
are_numbers(const struct audit *a, const struct record *r)
{
	const struct journal *j = a->journal;

	return is_descriptor(a, r->fd) && is_buffer(j, r->in_buf) &&
	       is_buffer(j, r->out_buf) && is_buffer(j, r->log_buf) &&
	       are_apart(r->in_buf, r->out_buf) &&
	       are_apart(r->in_buf, r->log_buf) &&
	       are_apart(r->out_buf, r->log_buf) && r->half <= 1 &&
	       r->eof <= 1 && r->polled <= 1 && r->phase <= PHASE_LINGER &&
	       r->in >= 0 && r->in <= count_max && r->out >= 0 &&
	       r->out <= count_max && r->lingered >= 0 &&
	       r->lingered <= count_max;
}

/* Can a client of this server be served so? */
static bool
is_spoken(const struct service_config *config, uint8_t speaks)
{
	switch (speaks) {
	case SPEAKS_AUTO:
		return config->speaks == SPEAKS_AUTO;
	case SPEAKS_ECHO:
	case SPEAKS_HTTP:
		return config->speaks == SPEAKS_AUTO ||
		       config->speaks == speaks;
	case SPEAKS_DEMO:
		return config->demo && config->speaks != SPEAKS_HTTP;
	default:
		return false;
	}
}

/* Does it stand on nothing, but for the offsets? */
static bool
is_blank(const struct answer *a)
{
	return a->file_fd == -1 && a->file_off == 0 && a->log_end == 0 &&
	       a->body.state == BODY_DONE && a->part == 0 && a->stands == 0 &&
	       a->made == 0 && a->plan_fd == -1;
}

static bool
is_auto(const struct journal *j, const struct record *r)
{
	const struct answer *a = &r->answer[0];

	return r->half == 0 && is_blank(a) && a->last == 0 && a->linger == 0 &&
	       a->parsed == 0 && a->mem_end == 0 && a->file_end == 0 &&
	       r->out == 0 && r->scan == 0 && r->end == -1 && r->out_buf < 0 &&
	       r->log_buf < 0 && r->logged == 0 &&
	       holds(j, r->in_buf, 0, r->in);
}

/* It may be about to become a demo, and have an answer's offsets. */
static bool
is_echo(const struct journal *j, const struct record *r)
{
	const struct answer *a = &r->answer[r->half];

	if (!is_blank(a) || a->last != 0 || a->linger != 0 || r->out_buf >= 0 ||
	    r->log_buf >= 0 || r->logged != 0 || !echo_is_plausible(r))
		return false;
	if (r->in_buf < 0)
		return r->out == r->in;
	/* The buffer is a ring. */
	return j->base[r->in_buf] >= 0 && j->base[r->in_buf] <= r->out &&
	       r->out <= r->in && r->in - r->out <= BUFFER_BYTES;
}

/* The part of the answer stream that is sent from a file. */
static bool
has_file(const struct audit *e, const struct record *r, const struct answer *a)
{
	int64_t len = a->file_end - a->mem_end;

	if (a->file_fd == -1)
		return len == 0 && a->part == 0;
	if (!is_descriptor(e, a->file_fd) || a->file_fd == r->fd)
		return false;
	if (a->part != 0 &&
	    (a->part > RANGES_MAX + 1 || r->in_buf < 0 || a->parsed == r->in))
		return false;
	return a->file_off >= 0 && a->file_off <= a->id.size &&
	       len <= a->id.size - a->file_off;
}

/* What is to be sent when that is. */
static bool
has_plan(const struct audit *e, const struct record *r, const struct answer *a)
{
	if (a->padding >= TAR_BLOCK || a->plan_at < 0)
		return false;
	return a->plan_fd == -1 ||
	       (is_descriptor(e, a->plan_fd) && a->plan_fd != r->fd &&
		   a->plan_fd != a->file_fd && a->part == 0);
}

/* What http and demo have in common. */
static bool
is_answer(const struct journal *j, const struct record *r)
{
	const struct answer *a = &r->answer[r->half];

	return a->parsed >= 0 && a->parsed <= r->in &&
	       holds(j, r->in_buf, a->parsed, r->in) && a->mem_end >= 0 &&
	       a->file_end >= a->mem_end && r->out <= a->file_end &&
	       (r->out >= a->mem_end ||
		   holds(j, r->out_buf, r->out, a->mem_end)) &&
	       a->last <= 1 && a->linger <= 1 && a->stands <= STANDS_PAGE &&
	       a->made <= 1 && r->end == -1;
}

static bool
has_lines(const struct audit *e, const struct record *r)
{
	return r->logged >= 0 &&
	       (r->log_buf < 0 || e->config->access != NULL) &&
	       holds(e->journal, r->log_buf, r->logged,
		   r->answer[r->half].log_end);
}

bool
audit_record(const struct audit *e, const struct record *r)
{
	const struct journal *j = e->journal;
	const struct answer *a;

	if (!are_numbers(e, r) || !is_spoken(e->config, r->speaks))
		return false;
	a = &r->answer[r->half];
	if (r->phase == PHASE_LINGER)
		return a->file_fd == -1 && a->plan_fd == -1 && has_lines(e, r);
	switch (r->speaks) {
	case SPEAKS_AUTO:
		return is_auto(j, r);
	case SPEAKS_ECHO:
		return is_echo(j, r);
	case SPEAKS_DEMO:
		return is_answer(j, r) && is_blank(a) &&
		       a->mem_end == a->file_end && r->log_buf < 0 &&
		       r->logged == 0;
	default:
		return is_answer(j, r) && has_file(e, r, a) &&
		       has_plan(e, r, a) && body_is_plausible(&a->body) &&
		       has_lines(e, r);
	}
}

bool
audit_count(const struct audit *a, struct record *r, const struct ledger *l)
{
	if (l->own_done || l->consumed < r->in || l->written < r->out)
		return false;
	r->in = l->consumed;
	r->out = l->written;
	return audit_record(a, r);
}
