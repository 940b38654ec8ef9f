#include "exchange.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

enum { PAUSE = 50, READ_BYTES = 65536, READ_MOST = 16 << 20 };

int
exchange_open(struct exchange *x, const struct dial *to, int patience)
{
	memset(x, 0, sizeof(*x));
	x->patience = patience;
	x->fd = dial_start(to);
	return x->fd < 0 ? -1 : dial_wait(x->fd, patience);
}

void
exchange_close(struct exchange *x)
{
	if (x->fd >= 0)
		(void)close(x->fd);
	free(x->in);
	x->in = NULL;
}

/* Answers hold places in what was read, so it must move with care. */
static void
move(struct text *t, const char *from, const char *to)
{
	if (t->at != NULL)
		t->at = to + (t->at - from);
}

static void
move_answer(struct answer *a, const char *from, const char *to)
{
	int i;

	move(&a->head, from, to);
	move(&a->content, from, to);
	for (i = 0; i < a->fields; i++) {
		move(&a->field[i].name, from, to);
		move(&a->field[i].value, from, to);
	}
}

static int
make_room(struct exchange *x)
{
	size_t cap = x->in_cap * 2 + READ_BYTES;
	char *more;
	int i;

	if (x->in_cap - x->in_len >= READ_BYTES)
		return 0;
	more = cap <= READ_MOST ? malloc(cap) : NULL;
	if (more == NULL)
		return -1;
	if (x->in_len > 0)
		memcpy(more, x->in, x->in_len);
	for (i = 0; i < x->answers; i++)
		move_answer(&x->answer[i], x->in, more);
	for (i = 0; i < x->interims; i++)
		move_answer(&x->interim[i], x->in, more);
	free(x->in);
	x->in = more;
	x->in_cap = cap;
	return 0;
}

/* Takes what has come, without waiting. */
static void
take(struct exchange *x)
{
	ssize_t n;

	while (!x->ended) {
		if (make_room(x) != 0) {
			x->ended = true;
			return;
		}
		n = recv(x->fd, x->in + x->in_len, x->in_cap - x->in_len, 0);
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return;
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			x->ended = true;
		else
			x->in_len += (size_t)n;
	}
}

/* Waits for one of the events. False at the deadline. */
static bool
await(struct exchange *x, short events, int64_t deadline)
{
	struct pollfd p = {.fd = x->fd, .events = events};
	int64_t left = deadline - clock_now();

	if (left <= 0 || poll(&p, 1, (int)left) == 0)
		return false;
	if ((p.revents & (POLLIN | POLLHUP | POLLERR)) != 0)
		take(x);
	return true;
}

/* Reads one more answer out of what has come. False if it is not whole. */
static bool
read_one(struct exchange *x)
{
	struct answer *a = &x->answer[x->answers];

	a->to_head = x->to_head && x->answers == 0;
	a->to_old = x->to_old && x->answers == 0;
	if (x->read_at == x->in_len || x->garbage)
		return false;
	switch (answer_read(
	    a, x->in + x->read_at, x->in_len - x->read_at, x->ended)) {
	case ANSWER_MORE:
		return false;
	case ANSWER_BAD:
		x->garbage = true;
		return false;
	case ANSWER_DONE:
		break;
	}
	x->read_at += a->used;
	if (a->status < 200 && a->status != 101) {
		if (x->interims < EXCHANGE_INTERIMS)
			x->interim[x->interims++] = *a;
		return true;
	}
	x->answers++;
	return true;
}

/* Reads until there are so many answers, interim ones counted or not. */
static bool
read_until(struct exchange *x, int wanted, bool interims, int64_t deadline)
{
	for (;;) {
		if (x->answers + (interims ? x->interims : 0) >= wanted)
			return true;
		if (read_one(x))
			continue;
		if (x->garbage || x->ended || !await(x, POLLIN, deadline))
			return false;
	}
}

bool
exchange_read(struct exchange *x, int answers)
{
	if (answers > EXCHANGE_ANSWERS)
		return false;
	return read_until(x, answers, false, clock_now() + x->patience);
}

bool
exchange_ends(struct exchange *x)
{
	int64_t deadline = clock_now() + x->patience;

	while (!x->ended && x->in_len == x->read_at)
		if (!await(x, POLLIN, deadline))
			return false;
	return x->in_len == x->read_at;
}

bool
exchange_silent(struct exchange *x, int ms)
{
	int64_t deadline = clock_now() + ms;

	while (!x->ended && x->in_len == x->read_at)
		if (!await(x, POLLIN, deadline))
			return true;
	return x->in_len == x->read_at;
}

/* Sends the bytes up to a stop; false if the server takes no more. */
static bool
send_piece(struct exchange *x, const char *data, size_t len)
{
	int64_t deadline = clock_now() + x->patience;
	ssize_t n;

	while (len > 0) {
		n = send(x->fd, data, len, MSG_NOSIGNAL);
		if (n > 0) {
			data += n;
			len -= (size_t)n;
			continue;
		}
		if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
			return false;
		if (!await(x, POLLOUT | (x->ended ? 0 : POLLIN), deadline))
			return false;
	}
	return true;
}

/* Does what a stop asks for; false if nothing is to be sent behind it. */
static bool
make_stop(struct exchange *x, enum stop stop)
{
	int before = x->answers + x->interims;
	int64_t now = clock_now();

	switch (stop) {
	case STOP_PAUSE:
		while (!x->ended && await(x, POLLIN, now + PAUSE))
			;
		return true;
	case STOP_END:
		(void)shutdown(x->fd, SHUT_WR);
		return true;
	case STOP_ANSWER:
		break;
	}
	x->unanswered = !read_until(x, before + 1, true, now + x->patience);
	return x->answers == 0 || !answer_closes(&x->answer[x->answers - 1]);
}

/* Whose answer the first one will be. */
static void
look_at_request(struct exchange *x, const struct words *w)
{
	const char *lf = w->len > 0 ? memchr(w->data, '\n', w->len) : NULL;

	if (x->answers > 0)
		return;
	x->to_head = w->len > 5 && memcmp(w->data, "HEAD ", 5) == 0;
	x->to_old = lf != NULL && lf - w->data > 9 &&
		    memcmp(lf - 9, "HTTP/1.0\r", 9) == 0;
}

void
exchange_send(struct exchange *x, const struct words *w)
{
	size_t at = 0, to;
	int i;

	look_at_request(x, w);
	for (i = 0; i <= w->stops; i++) {
		to = i < w->stops ? w->stop[i].at : w->len;
		if (!send_piece(x, w->data + at, to - at))
			return;
		at = to;
		if (i < w->stops && !make_stop(x, w->stop[i].stop))
			return;
	}
}
