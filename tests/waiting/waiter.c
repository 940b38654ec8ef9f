/*
 * waiter - prefork with a service that waits for another descriptor than its
 * client's. A client names a FIFO by its path, or a socket by the port on
 * 127.0.0.1 that it is to be connected to; it hears who waits, and then gets
 * whatever comes from there, until that ends.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../served.h"
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

/* Opens what the line names, which the answer names from then on. */
static int
begin(struct journal *j, struct record *r)
{
	char name[PIECE_BYTES];
	struct answer *next;
	const char *line;
	struct out o;
	size_t len;
	int fd, whole = input_line(j, r, sizeof(name), &line, &len);

	if (whole <= 0)
		return whole;
	(void)snprintf(name, sizeof(name), "%.*s", (int)len - 1, line);
	fd = name[0] == '/' ? open(name, O_RDONLY | O_NONBLOCK) : dial(name);
	if (fd < 0 || output_open(j, r, &o) != 0)
		return -1;
	out_text(&o, "waits in ");
	out_uint(&o, (uint64_t)getpid());
	out_text(&o, "\n");
	next = answer_begin(r);
	output_owe(next, o.len, -1, 0, 0);
	next->parsed += (int64_t)len;
	next->own_fd = fd;
	answer_commit(r);
	return 1;
}

/* What has come from there is the client's. */
static int
waiter_answer(struct conn *c, struct serving *s)
{
	const struct answer *now = answer_now(c->r);
	char bytes[PIECE_BYTES];
	ssize_t n;

	if (now->own_fd < 0)
		return begin(s->journal, c->r);
	n = read(now->own_fd, bytes, sizeof(bytes));
	if (n <= 0)
		return n < 0 && errno == EAGAIN ? 0 : -1;
	return output_push(
	    s->journal, c->r, bytes, (size_t)n, now->parsed, false);
}

static const struct service waiter = {
    .name = "waiter", .id = 9, .answer = waiter_answer};

int
main(int argc, char **argv)
{
	return served_main(&waiter, argc, argv);
}
