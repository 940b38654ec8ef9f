#include "talk.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/escape.h"
#include "base/log.h"

enum { NARROW_BYTES = 4096, PIECE_BYTES = 65536 };

void
talk_begin(struct talk *t)
{
	memset(t, 0, sizeof(*t));
	t->fd = t->pipe = -1;
}

void
talk_release(struct talk *t)
{
	if (t->fd >= 0)
		(void)close(t->fd);
	if (t->pipe >= 0)
		(void)close(t->pipe);
	free(t->bytes);
	talk_begin(t);
}

static void
dial(struct talk *t, in_port_t port, int receive)
{
	struct sockaddr_in to;
	int on = 1;

	memset(&to, 0, sizeof(to));
	to.sin_family = AF_INET;
	to.sin_port = htons(port);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	t->fd = socket(AF_INET, SOCK_STREAM, 0);
	if (t->fd < 0)
		die("socket:");
	/* Or a second piece waits until the first is acknowledged. */
	(void)setsockopt(t->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (receive > 0)
		(void)setsockopt(
		    t->fd, SOL_SOCKET, SO_RCVBUF, &receive, sizeof(receive));
	if (connect(t->fd, (struct sockaddr *)&to, sizeof(to)) != 0)
		t->ending = ENDS_RESET;
	(void)fcntl(t->fd, F_SETFL, O_NONBLOCK);
	(void)fcntl(t->fd, F_SETFD, FD_CLOEXEC);
}

/* Reads once, at most so many bytes. Returns false if there is nothing. */
static bool
take(struct talk *t, size_t most)
{
	ssize_t n;

	if (t->cap - t->len < PIECE_BYTES) {
		t->cap = 2 * t->cap + PIECE_BYTES;
		t->bytes = realloc(t->bytes, t->cap);
		if (t->bytes == NULL)
			die("no memory:");
	}
	n = recv(t->fd, t->bytes + t->len, most, 0);
	if (n > 0)
		t->len += (size_t)n;
	else if (n == 0)
		t->ending = ENDS_EOF;
	else if (errno == EAGAIN || errno == EINTR)
		return false;
	else
		t->ending = ENDS_RESET;
	return true;
}

/* Reads so many bytes and no more. */
static void
read_on(struct talk *t, size_t bytes)
{
	struct pollfd set = {.fd = t->fd, .events = POLLIN};
	size_t left;

	while (
	    t->ending == ENDS_OPEN && (left = t->mark + bytes - t->len) > 0) {
		if (poll(&set, 1, PATIENCE_MS) == 0)
			t->ending = ENDS_NEVER;
		else
			(void)take(t, left < PIECE_BYTES ? left : PIECE_BYTES);
	}
}

/* What is sent fits into an empty buffer. */
static void
say(struct talk *t, const char *text)
{
	size_t len = strlen(text);

	if (send(t->fd, text, len, MSG_NOSIGNAL) != (ssize_t)len)
		t->ending = ENDS_RESET;
}

void
talk_act(struct talk *t, const struct act *act, const struct partner *with)
{
	t->mark = t->len;
	if (t->ending != ENDS_OPEN && act->doing != CLOSE)
		return;
	if (act->soon)
		t->held = clock_now();
	switch (act->doing) {
	case OPEN_PIPE:
		/* As a reader too, it does not wait for one. */
		t->pipe = open(with->fifo, O_RDWR | O_NONBLOCK | O_CLOEXEC);
		if (t->pipe < 0)
			die("%s:", with->fifo);
		dial(t, with->port, 0);
		break;
	case OPEN:
	case OPEN_NARROW:
		dial(t, with->port, act->doing == OPEN ? 0 : NARROW_BYTES);
		break;
	case SEND:
		say(t, act->text);
		break;
	case READ:
		read_on(t, act->bytes);
		break;
	case FINISH:
		(void)shutdown(t->fd, SHUT_WR);
		break;
	case CLOSE:
		(void)close(t->fd);
		t->fd = -1;
		break;
	case CLOSE_PIPE:
		(void)close(t->pipe);
		t->pipe = -1;
		break;
	}
}

/* The length of the answer at the beginning of these bytes, 0: not whole. */
static size_t
answer_length(const char *bytes, size_t len)
{
	static const char name[] = "\r\nContent-Length: ", end[] = "\r\n\r\n";
	size_t i, body = 0;

	for (i = 0; i + sizeof(end) - 1 <= len; i++) {
		if (i + sizeof(name) < len &&
		    memcmp(bytes + i, name, sizeof(name) - 1) == 0)
			body = strtoul(bytes + i + sizeof(name) - 1, NULL, 10);
		if (memcmp(bytes + i, end, sizeof(end) - 1) == 0) {
			body += i + sizeof(end) - 1;
			return body <= len ? body : 0;
		}
	}
	return 0;
}

static bool
has_come(const struct talk *t, const struct act *act)
{
	size_t at = t->mark, n;
	int i;

	if (t->ending != ENDS_OPEN)
		return true;
	if (act->end || (act->doing != READ && t->len - at < act->bytes))
		return false;
	for (i = 0; i < act->answers; i++) {
		n = answer_length(t->bytes + at, t->len - at);
		if (n == 0)
			return false;
		at += n;
	}
	return true;
}

bool
talk_is_over(struct talk *t, const struct act *act, int ms)
{
	struct pollfd set = {.fd = t->fd, .events = POLLIN};

	if (t->fd < 0)
		return true;
	for (;;) {
		if (has_come(t, act)) {
			if (!act->soon && t->held != 0) {
				t->longest = clock_now() - t->held;
				t->held = 0;
			}
			return true;
		}
		if (take(t, PIECE_BYTES))
			continue;
		if (ms == 0 || poll(&set, 1, ms) <= 0)
			return false;
	}
}

void
talk_await(struct talk *t, const struct act *act)
{
	if (!talk_is_over(t, act, PATIENCE_MS))
		t->ending = ENDS_NEVER;
}

void
talk_blank(struct talk *t)
{
	static const char name[] = "\r\nDate: ";
	const size_t skip = sizeof(name) - 1, date = 29;
	size_t i;

	for (i = 0; i + skip + date <= t->len; i++)
		if (memcmp(t->bytes + i, name, skip) == 0)
			memset(t->bytes + i + skip, '-', date);
}

bool
talk_same(const struct talk *a, const struct talk *b)
{
	return a->ending == b->ending && a->len == b->len &&
	       (a->len == 0 || memcmp(a->bytes, b->bytes, a->len) == 0);
}

static const char *
ending_text(const struct talk *t)
{
	static const char *const texts[] = {
	    "still open", "the end", "a reset", "nothing, for ever"};

	return texts[t->ending];
}

const char *
talk_difference(const struct talk *want, const struct talk *got)
{
	static char text[1024];
	char a[200], b[200];
	size_t i = 0, n;

	while (i < want->len && i < got->len && want->bytes[i] == got->bytes[i])
		i++;
	n = want->len - i;
	(void)escape_text(a, sizeof(a), want->bytes + i, n < 40 ? n : 40);
	n = got->len - i;
	(void)escape_text(b, sizeof(b), got->bytes + i, n < 40 ? n : 40);
	(void)snprintf(text, sizeof(text),
	    "%zu bytes and %s, not %zu and %s; at byte %zu \"%s\", not \"%s\"",
	    got->len, ending_text(got), want->len, ending_text(want), i, b, a);
	return text;
}
