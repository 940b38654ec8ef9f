#include "talk.h"

#include "base/log.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
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

static bool
is_passing(int error)
{
	return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

/* It failed, or it was not ready after all. */
static int
check(const char *what)
{
	if (is_passing(errno))
		return 0;
	log_error("%s:", what);
	return -1;
}

/* Notes what a read or recv brought. -1 if the source failed. */
static int
lane_filled(struct lane *lane, ssize_t n, const char *source)
{
	if (n < 0)
		return check(source);
	lane->ended = n == 0;
	lane->from = 0;
	lane->to = (size_t)n;
	return 0;
}

/* Notes what a write or send took. -1 if the sink failed. */
static int
lane_drained(struct lane *lane, ssize_t n, const char *sink)
{
	if (n < 0)
		return check(sink);
	lane->from += (size_t)n;
	return 0;
}

/* Standard input to the server. A lane is read only when it is empty, so
 * either side may be as slow as it likes. */
static int
step_up(struct lane *up, int fd, short in, short out)
{
	ssize_t n;

	if (in != 0) {
		n = read(STDIN_FILENO, up->data, sizeof(up->data));
		if (lane_filled(up, n, "standard input") != 0)
			return -1;
	}
	if (in == 0 && out == 0)
		return 0;
	if (!is_empty(up)) {
		n = send(
		    fd, up->data + up->from, up->to - up->from, MSG_NOSIGNAL);
		if (lane_drained(up, n, "connection lost") != 0)
			return -1;
	}
	if (up->ended && is_empty(up))
		shutdown(fd, SHUT_WR);
	return 0;
}

/* The server to standard output. Writing may block: then what reads from
 * us is behind, and reading more from the server would not help. */
static int
step_down(struct lane *down, int fd)
{
	ssize_t n = recv(fd, down->data, sizeof(down->data), 0);

	if (lane_filled(down, n, "connection lost") != 0)
		return -1;
	while (!is_empty(down)) {
		n = write(STDOUT_FILENO, down->data + down->from,
		    down->to - down->from);
		if (lane_drained(down, n, "standard output") != 0)
			return -1;
	}
	return 0;
}

int
talk(int fd)
{
	static struct lane up, down;
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
			failed = step_down(&down, fd);
		if (failed == 0 && !down.ended)
			failed = step_up(
			    &up, fd, p[0].revents, p[1].revents & POLLOUT);
	}
	close(fd);
	return failed != 0;
}
