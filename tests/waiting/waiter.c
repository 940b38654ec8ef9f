/*
 * waiter - prefork with a service that waits for another descriptor than its
 * client's. A client names a FIFO by its path, or a socket by the port on
 * 127.0.0.1 that it is to be connected to; it hears who waits, and then gets
 * whatever comes from there, until that ends.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../served.h"
#include "service/config.h"
#include "service/conn.h"
#include "stream/input.h"
#include "stream/output.h"

enum { PIECE_BYTES = 256 };

static int
dial(const char *port)
{
	struct sockaddr_in to;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	memset(&to, 0, sizeof(to));
	to.sin_family = AF_INET;
	to.sin_port = htons((in_port_t)strtoul(port, NULL, 10));
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0 &&
	    fcntl(fd, F_SETFL, O_NONBLOCK) == 0)
		return fd;
	if (fd >= 0)
		(void)close(fd);
	return -1;
}

/* Opens what the line names, which the answer names from then on. 1: it did;
 * 0: there is no line; -1: it cannot. */
static int
begin(struct journal *j, struct record *r)
{
	char name[PIECE_BYTES];
	struct answer *next;
	const char *p, *end;
	struct out o;
	size_t len;
	int fd;

	if (r->in == 0)
		return 0;
	p = input_at(j, r, 0, r->in, &len);
	end = memchr(p, '\n', len);
	if (end == NULL)
		return len < sizeof(name) ? 0 : -1;
	(void)snprintf(name, sizeof(name), "%.*s", (int)(end - p), p);
	fd = name[0] == '/' ? open(name, O_RDONLY | O_NONBLOCK) : dial(name);
	if (fd < 0 || output_open(j, r, &o) != 0)
		return -1;
	out_text(&o, "waits in ");
	out_uint(&o, (uint64_t)getpid());
	out_text(&o, "\n");
	next = answer_begin(r);
	output_owe(next, o.len, -1, 0, 0);
	next->parsed = end - p + 1;
	next->own_fd = fd;
	answer_commit(r);
	return 1;
}

/* What has come is the client's. 1: something; 0: nothing; -1: the end. */
static int
hand_on(struct journal *j, struct record *r)
{
	const struct answer *now = answer_now(r);
	char bytes[PIECE_BYTES];
	ssize_t n = read(now->own_fd, bytes, sizeof(bytes));

	if (n < 0 && errno == EAGAIN)
		return 0;
	if (n <= 0)
		return -1;
	return output_push(j, r, bytes, (size_t)n, now->parsed, false) == 0
		   ? 1
		   : -1;
}

static struct wait
waiter_step(struct conn *c, struct serving *s)
{
	struct record *r = c->r;
	int64_t want;
	bool all = false;
	int moved;

	r->deadline = s->now + s->config->idle_timeout;
	for (;;) {
		while (r->out < answer_now(r)->mem_end)
			if (output_send(s->journal, r, 0, &want) < 0)
				return errno == EAGAIN ? conn_wait(c, POLLOUT)
						       : conn_done();
		output_settle(s->journal, r, false);
		moved = answer_now(r)->own_fd < 0 ? begin(s->journal, r)
						  : hand_on(s->journal, r);
		if (moved > 0)
			continue;
		if (moved < 0 || r->eof || conn_may_leave(c, s) ||
		    input_make_room(s->journal, r) != 0)
			return conn_done();
		if (all)
			break;
		if (conn_receive(c, s, &all) < 0 && errno != EAGAIN)
			return conn_done();
	}
	return conn_wait_own(c, POLLIN, answer_now(r)->own_fd < 0 ? 0 : POLLIN);
}

static int64_t
waiter_owed(const struct record *r, int64_t consumed)
{
	(void)r;
	(void)consumed;
	return INT64_MAX;
}

static bool
waiter_busy(const struct record *r)
{
	return r->out < answer_now(r)->mem_end;
}

static bool
waiter_plausible(const struct record *r)
{
	return answer_now(r)->file_fd < 0;
}

static const struct service waiter = {
    .name = "waiter",
    .id = 9,
    .direct = true,
    .step = waiter_step,
    .owed = waiter_owed,
    .retained = record_unanswered,
    .busy = waiter_busy,
    .plausible = waiter_plausible,
};

int
main(int argc, char **argv)
{
	return served_main(&waiter, argc, argv);
}
