/*
 * waiter - prefork with a service that waits for another descriptor than its
 * client's. A client names a FIFO by its path below the root, or a socket by
 * the port on 127.0.0.1 that it is to be connected to; it gets what comes from
 * there, until that is over. Any other line comes back.
 *
 *	PREFORK=tests/waiting/waiter scripts/sweep pipe
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../served.h"
#include "os/root.h"
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

/* An answer in words, which names that descriptor from then on; -1: none. */
static int
say(struct journal *j, struct record *r, const char *text, int64_t parsed,
    int own)
{
	struct answer *next;
	struct out o;

	if (output_open(j, r, &o) != 0)
		return -1;
	out_text(&o, text);
	next = answer_begin(r);
	output_owe(next, o.len, -1, 0, 0);
	next->parsed = parsed;
	next->own_fd = own;
	answer_commit(r);
	return 1;
}

static int
answer_line(struct conn *c, struct serving *s)
{
	const int64_t parsed = answer_now(c->r)->parsed;
	const int root = s->config->root->fd;
	char name[PIECE_BYTES];
	const char *line;
	size_t len;
	int fd, whole = input_line(s->journal, c->r, sizeof(name), &line, &len);

	if (whole <= 0)
		return whole;
	if (line[0] != '/' && !isdigit((unsigned char)line[0]))
		return output_push(
		    s->journal, c->r, line, len, parsed + (int64_t)len, false);
	(void)snprintf(name, sizeof(name), "%.*s", (int)len - 1, line);
	fd = name[0] == '/' ? openat(root, name + 1, O_RDONLY | O_NONBLOCK)
			    : dial(name);
	if (fd < 0)
		return -1;
	return say(s->journal, c->r, "waits\n", parsed + (int64_t)len, fd);
}

/* Of a pipe nobody knows how much was read: a death between the reading and the
 * commit loses that. Its end stays where it is. */
static int
waiter_answer(struct conn *c, struct serving *s)
{
	const struct answer *now = answer_now(c->r);
	const int own = now->own_fd;
	const int64_t parsed = now->parsed;
	char bytes[PIECE_BYTES];
	ssize_t n;

	if (own < 0)
		return answer_line(c, s);
	n = read(own, bytes, sizeof(bytes));
	if (n > 0)
		return output_push(
		    s->journal, c->r, bytes, (size_t)n, parsed, false);
	if (n < 0)
		return errno == EAGAIN ? 0 : -1;
	if (say(s->journal, c->r, "over\n", parsed, -1) < 0)
		return -1;
	(void)close(own);
	return 1;
}

static const struct service waiter = {
    .name = "waiter", .id = 9, .answer = waiter_answer};

int
main(int argc, char **argv)
{
	return served_main(&waiter, argc, argv);
}
