#include "stream/input.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>

#include "base/hook.h"

/* How much may be received in one piece, and where; 0: nothing. */
static size_t
room_for(const struct journal *j, const struct record *r, size_t *at)
{
	int64_t used = r->in - j->base[r->in_buf];
	size_t room;

	*at = (size_t)(used & (BUFFER_BYTES - 1));
	/* Of a ring what has been sent is room. */
	if (journal_service(j, r)->mirrors)
		room = (size_t)(BUFFER_BYTES - (r->in - r->out));
	else
		room = (size_t)(BUFFER_BYTES - used);
	return room < BUFFER_BYTES - *at ? room : BUFFER_BYTES - *at;
}

int64_t
input_receive(struct journal *j, struct record *r, bool *all)
{
	size_t at, room;
	ssize_t n;

	*all = true;
	if (r->in_buf < 0) {
		int32_t buffer = journal_buffer(j, r->in);

		if (buffer < 0) {
			errno = EAGAIN;
			return -1;
		}
		r->in_buf = buffer;
	}
	room = room_for(j, r, &at);
	if (room == 0) {
		errno = EAGAIN;
		return -1;
	}
	n = recv(r->fd, journal_data(j, r->in_buf) + at, room, 0);
	if (n < 0)
		return -1;
	HOOK("received");
	if (n == 0) {
		r->eof = 1;
		return 0;
	}
	r->in += n;
	*all = (size_t)n < room;
	return n;
}

int
input_line(const struct journal *j, const struct record *r, size_t most,
    const char **line, size_t *len)
{
	const int64_t from = answer_now(r)->parsed;
	const char *end;

	if (from == r->in)
		return 0;
	*line = input_at(j, r, from, r->in, len);
	end = memchr(*line, '\n', *len);
	if (end != NULL)
		*len = (size_t)(end - *line) + 1;
	if (*len > most || (end == NULL && *len == most))
		return -1;
	return end != NULL;
}

void
input_release(struct journal *j, struct record *r)
{
	journal_release(j, &r->in_buf);
}

int
input_renew(struct journal *j, struct record *r, int64_t from)
{
	int32_t old = r->in_buf, fresh = journal_buffer(j, from);
	int64_t at;
	size_t len;
	char *p;

	if (fresh < 0)
		return -1;
	for (at = from; at < r->in; at += (int64_t)len) {
		p = input_at(j, r, at, r->in, &len);
		memcpy(journal_byte(j, fresh, at), p, len);
	}
	/* The compiler must not reorder. */
	atomic_signal_fence(memory_order_seq_cst);
	r->in_buf = fresh;
	atomic_signal_fence(memory_order_seq_cst);
	journal_release(j, &old);
	return 0;
}

int
input_make_room(struct journal *j, struct record *r)
{
	int64_t from;

	if (r->in_buf < 0)
		return 0;
	from = service_retained(journal_service(j, r), r);
	if (from == r->in) {
		input_release(j, r);
		return 0;
	}
	if (r->in - j->base[r->in_buf] < BUFFER_BYTES ||
	    j->base[r->in_buf] == from)
		return 0;
	return input_renew(j, r, from);
}
