#include "talk.h"

#include "base/log.h"
#include "bench/crowd.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { TALK_BUFFER = 65536 };

/* One direction: bytes [from, to) of data are read and not yet written. */
struct lane {
	size_t from, to;
	bool ended; /* nothing more will be read */
	char data[TALK_BUFFER];
};

static bool
is_empty(const struct lane *lane)
{
	return lane->from == lane->to;
}

/* Says what has failed, unless it was only not ready. */
static int
check(const char *what)
{
	if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)
		return 0;
	log_error("%s:", what);
	return -1;
}

/* Standard input to the server. A lane is read only when it is empty, so
 * either side may be as slow as it likes. */
static int
step_up(struct lane *up, const struct link *link, bool readable)
{
	ssize_t n;

	if (readable) {
		n = read(STDIN_FILENO, up->data, sizeof(up->data));
		if (n < 0)
			return check("standard input");
		up->ended = n == 0;
		up->from = 0;
		up->to = (size_t)n;
	}
	if (!is_empty(up)) {
		n = link_send(link, up->data + up->from, up->to - up->from);
		if (n < 0)
			return check("connection lost");
		up->from += (size_t)n;
	}
	if (up->ended && is_empty(up))
		shutdown(link->fd, SHUT_WR);
	return 0;
}

/* The server to standard output. Writing may block: then what reads from
 * us is behind, and reading more from the server would not help. */
static int
step_down(struct lane *down, const struct link *link)
{
	ssize_t n = link_receive(link, down->data, sizeof(down->data));

	down->ended = n < 0 && errno == 0;
	if (n < 0 && !down->ended)
		return check("connection lost");
	down->from = 0;
	down->to = n > 0 ? (size_t)n : 0;
	while (!is_empty(down)) {
		n = write(STDOUT_FILENO, down->data + down->from,
		    down->to - down->from);
		if (n > 0)
			down->from += (size_t)n;
		else if (check("standard output") != 0)
			return -1;
	}
	return 0;
}

int
talk(int fd)
{
	static struct lane up, down;
	const struct link link = {.fd = fd};
	int failed = 0;

	while (!down.ended && failed == 0) {
		struct pollfd p[2] = {
		    {.fd = up.ended || !is_empty(&up) ? -1 : STDIN_FILENO,
			.events = POLLIN},
		    {.fd = fd,
			.events = (short)(is_empty(&up) ? POLLIN
							: POLLIN | POLLOUT)}};

		if (poll(p, 2, -1) < 0) {
			if (errno != EINTR)
				die("poll:");
			continue;
		}
		/* First what came: after a reset by the server it would be
		 * gone, and the answer to a last line matters. */
		if ((p[1].revents & (POLLIN | POLLHUP | POLLERR)) != 0)
			failed = step_down(&down, &link);
		if (failed == 0 && !down.ended &&
		    (p[0].revents != 0 || (p[1].revents & POLLOUT) != 0))
			failed = step_up(&up, &link, p[0].revents != 0);
	}
	close(fd);
	return failed != 0;
}
