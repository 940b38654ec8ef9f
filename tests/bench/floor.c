/*
 * floor - the bare system calls: what a server of echoes or of one constant
 * answer cannot do without. scripts/bench holds prefork against it.
 *
 *	floor echo | http | once	PORT PROCESSES
 *
 * Each process has a listener and an epoll of its own. Per request: its share
 * of an epoll_wait, one recv, one send; `once` closes behind each answer, and
 * adds accept4, and close, and, if the request is not there yet, epoll_ctl. It
 * parses nothing, checks nothing and remembers nothing of a client.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EVENTS = 256, BODY = 1024, LARGEST = 65536 };

static const char head[] = "HTTP/1.1 200 OK\r\n"
			   "Server: floor\r\n"
			   "Date: Mon, 01 Jan 2024 00:00:00 GMT\r\n"
			   "Content-Type: text/plain; charset=utf-8\r\n"
			   "X-Content-Type-Options: nosniff\r\n"
			   "Content-Length: 1024\r\n"
			   "Last-Modified: Mon, 01 Jan 2024 00:00:00 GMT\r\n"
			   "ETag: \"e7a1c1d3b1b0f5a2-400-65920080.0\"\r\n"
			   "Accept-Ranges: bytes\r\n";
static const char close_too[] = "Connection: close\r\n";

struct loop {
	bool echo, once;
	int listener, epoll;
	size_t size; /* of the answer */
	char answer[sizeof(head) + sizeof(close_too) + BODY];
	char data[LARGEST];
};

static void
die(const char *what)
{
	perror(what);
	exit(111);
}

static int
listen_on(int port)
{
	struct sockaddr_in at = {0};
	int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

	at.sin_family = AF_INET;
	at.sin_port = htons((uint16_t)port);
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) != 0 ||
	    bind(fd, (struct sockaddr *)&at, sizeof(at)) != 0 ||
	    listen(fd, 4096) != 0)
		die("listen");
	return fd;
}

static void
watch(const struct loop *l, int fd)
{
	struct epoll_event e = {.events = EPOLLIN, .data.fd = fd};

	if (epoll_ctl(l->epoll, EPOLL_CTL_ADD, fd, &e) != 0)
		die("epoll_ctl");
}

/* Sends all of it; an echo that the client does not read may be waited for:
 * the load generator reads. */
static bool
send_all(int fd, const char *data, size_t len)
{
	ssize_t n;

	while (len > 0) {
		n = send(fd, data, len, MSG_NOSIGNAL);
		if (n < 0 && errno != EAGAIN)
			return false;
		if (n > 0) {
			data += n;
			len -= (size_t)n;
		}
	}
	return true;
}

/* One request or message. False if it is not there yet. */
static bool
serve(struct loop *l, int fd)
{
	ssize_t n = recv(fd, l->data, sizeof(l->data), 0);

	if (n < 0 && errno == EAGAIN)
		return false;
	if (n <= 0 ||
	    !send_all(fd, l->echo ? l->data : l->answer,
		l->echo ? (size_t)n : l->size) ||
	    l->once)
		(void)close(fd);
	return true;
}

static void
accept_one(struct loop *l)
{
	int on = 1, fd = accept4(l->listener, NULL, NULL, SOCK_NONBLOCK);

	if (fd < 0)
		return;
	if (l->once) {
		if (!serve(l, fd))
			watch(l, fd);
		return;
	}
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	watch(l, fd);
}

static _Noreturn void
run(struct loop *l)
{
	struct epoll_event e[EVENTS];
	int i, n;

	for (;;) {
		n = epoll_wait(l->epoll, e, EVENTS, -1);
		for (i = 0; i < n; i++) {
			if (e[i].data.fd == l->listener)
				accept_one(l);
			else
				(void)serve(l, e[i].data.fd);
		}
	}
}

int
main(int argc, char **argv)
{
	static struct loop l;
	pid_t master = getpid();
	int i;

	if (argc != 4) {
		(void)fputs("floor echo|http|once PORT PROCESSES\n", stderr);
		return 100;
	}
	l.echo = strcmp(argv[1], "echo") == 0;
	l.once = strcmp(argv[1], "once") == 0;
	l.size = (size_t)snprintf(l.answer, sizeof(l.answer), "%s%s\r\n", head,
	    l.once ? close_too : "");
	memset(l.answer + l.size, 'x', BODY);
	l.size += BODY;
	for (i = 0; i < atoi(argv[3]); i++) {
		if (fork() != 0)
			continue;
		(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
		if (getppid() != master)
			return 0;
		l.listener = listen_on(atoi(argv[2]));
		l.epoll = epoll_create1(0);
		watch(&l, l.listener);
		run(&l);
	}
	for (;;)
		(void)pause();
}
