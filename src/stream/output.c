#include "stream/output.h"

#include <unistd.h>

#include "base/hook.h"
#include "os/file.h"
#include "os/socket.h"
#include "stream/input.h"

int
output_open(struct journal *j, struct record *r, struct out *o)
{
	int64_t end = answer_now(r)->mem_end;

	if (r->out_buf < 0)
		r->out_buf = journal_buffer(j, end);
	if (r->out_buf < 0)
		return -1;
	out_init(o, journal_byte(j, r->out_buf, end),
	    (size_t)journal_room(j, r->out_buf, end));
	return 0;
}

int
output_push(struct journal *j, struct record *r, const void *bytes, size_t len,
    int64_t parsed, bool last)
{
	struct answer *next;
	struct out o;

	if (output_open(j, r, &o) != 0)
		return -1;
	out_bytes(&o, bytes, len);
	if (o.full)
		return -1;
	next = answer_begin(r);
	output_owe(next, o.len, -1, 0, 0);
	next->parsed = parsed;
	next->last = next->linger = last;
	answer_commit(r);
	return 1;
}

ssize_t
output_send(struct journal *j, struct record *r, int64_t most, int64_t *want)
{
	const struct answer *a = answer_now(r);
	ssize_t n;

	if (r->out < a->mem_end) {
		*want = a->mem_end - r->out;
		n = socket_send(r->fd, journal_byte(j, r->out_buf, r->out),
		    (size_t)*want, a->file_end > a->mem_end);
	} else {
		*want = a->file_end - r->out;
		if (*want > most)
			*want = most;
		n = file_send(r->fd, a->file_fd,
		    a->file_off + (r->out - a->mem_end), *want);
	}
	if (n <= 0)
		return n;
	HOOK("sent");
	r->out += n;
	return n;
}

ssize_t
output_mirror(struct journal *j, struct record *r, int64_t until, size_t *want)
{
	const char *p = input_at(j, r, r->out, until, want);
	ssize_t n = socket_send(r->fd, p, *want, false);

	if (n < 0)
		return -1;
	HOOK("echoed");
	r->out += n;
	return n;
}

void
output_let_go(struct journal *j, struct record *r, bool stays)
{
	int file = answer_now(r)->file_fd;
	struct answer *next;

	if (file >= 0) {
		next = answer_begin(r);
		next->mem_end = next->file_end;
		if (!stays)
			next->file_fd = -1;
		answer_commit(r);
		HOOK("settled");
		if (!stays)
			(void)close(file);
	}
	journal_release(j, &r->out_buf);
}
