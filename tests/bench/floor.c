/*
 * floor - the bare system calls: what a server of echoes or of one constant
 * answer cannot do without. scripts/bench holds prefork against it.
 *
 *	floor echo | http | 404 | 304 | once	PORT PROCESSES
 *	floor file				PORT PROCESSES PATH
 *
 * Each process has a listener and an epoll of its own. Per request: its share
 * of an epoll_wait, one recv, one send; `once` closes behind each answer, and
 * adds accept4, and close, and, if the request is not there yet, epoll_ctl;
 * `file` sends the body of every answer from one open file, and adds as many
 * calls of sendfile, and of epoll_wait, as that takes. It parses nothing,
 * checks nothing and remembers nothing of a client but, for `file`, how much
 * it is owed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { EVENTS = 256, BODY = 1024, LARGEST = 65536, CLIENTS = 4096 };
enum { STEP_BYTES = 4 << 20 /* of a file, then the others' turn */ };

static const char head[] = "HTTP/1.1 %s\r\n"
			   "Server: floor\r\n"
			   "Date: Mon, 01 Jan 2024 00:00:00 GMT\r\n"
			   "Content-Type: text/plain; charset=utf-8\r\n"
			   "X-Content-Type-Options: nosniff\r\n"
			   "Content-Length: %lld\r\n"
			   "Last-Modified: Mon, 01 Jan 2024 00:00:00 GMT\r\n"
			   "ETag: \"e7a1c1d3b1b0f5a2-400-65920080.0\"\r\n"
			   "Accept-Ranges: bytes\r\n";
static const char close_too[] = "Connection: close\r\n";

struct loop {
	bool echo, once;
	int listener, epoll;
	int file;	     /* -1: the body is in the answer */
	off_t length;	     /* of the body */
	off_t sent[CLIENTS]; /* of the file, by descriptor */
	size_t size;	     /* of the answer */
	char answer[sizeof(head) + sizeof(close_too) + 32 + BODY];
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
watch(const struct loop *l, int fd, int how, uint32_t events)
{
	struct epoll_event e = {.events = events, .data.fd = fd};

	if (epoll_ctl(l->epoll, how, fd, &e) != 0)
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

/* Sends what is left of the file, as far as it goes. */
static void
send_file(struct loop *l, int fd)
{
	off_t at = l->sent[fd], end = at + STEP_BYTES;
	bool begins = at == 0;
	ssize_t n = 1;

	if (end > l->length)
		end = l->length;
	while (n > 0 && at < end)
		n = sendfile(fd, l->file, &at, (size_t)(end - at));
	l->sent[fd] = at < l->length ? at : 0;
	if (n < 0 && errno != EAGAIN)
		(void)close(fd);
	else if (begins && at < l->length)
		watch(l, fd, EPOLL_CTL_MOD, EPOLLOUT);
	else if (!begins && at == l->length)
		watch(l, fd, EPOLL_CTL_MOD, EPOLLIN);
}

static void
serve_file(struct loop *l, int fd)
{
	if (l->sent[fd] == 0 &&
	    (recv(fd, l->data, sizeof(l->data), 0) <= 0 ||
		send(fd, l->answer, l->size, MSG_NOSIGNAL | MSG_MORE) < 0)) {
		(void)close(fd);
		return;
	}
	send_file(l, fd);
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
	if (l->file >= 0 && fd >= CLIENTS)
		die("too many clients");
	if (l->file >= 0)
		l->sent[fd] = 0;
	if (l->once) {
		if (!serve(l, fd))
			watch(l, fd, EPOLL_CTL_ADD, EPOLLIN);
		return;
	}
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	watch(l, fd, EPOLL_CTL_ADD, EPOLLIN);
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
			else if (l->file >= 0)
				serve_file(l, e[i].data.fd);
			else
				(void)serve(l, e[i].data.fd);
		}
	}
}

/* The one answer there is, all of it or, for a file, its head. */
static void
render(struct loop *l, const char *what, const char *path)
{
	const char *status = strcmp(what, "404") == 0	? "404 Not Found"
			     : strcmp(what, "304") == 0 ? "304 Not Modified"
							: "200 OK";
	/* As long as a page of ours that says what went wrong. */
	const off_t body = *status == '4' ? 256 : *status == '3' ? 0 : BODY;
	struct stat st;

	l->file = -1;
	l->length = body;
	if (path != NULL) {
		l->file = open(path, O_RDONLY);
		if (l->file < 0 || fstat(l->file, &st) != 0)
			die(path);
		l->length = st.st_size;
	}
	l->size = (size_t)snprintf(
	    l->answer, sizeof(l->answer), head, status, (long long)l->length);
	l->size += (size_t)snprintf(l->answer + l->size,
	    sizeof(l->answer) - l->size, "%s\r\n", l->once ? close_too : "");
	if (path == NULL) {
		memset(l->answer + l->size, 'x', (size_t)body);
		l->size += (size_t)body;
	}
}

int
main(int argc, char **argv)
{
	static struct loop l;
	pid_t master = getpid();
	bool file = argc > 1 && strcmp(argv[1], "file") == 0;
	int i;

	if (argc != 4 + file) {
		(void)fputs("floor echo|http|404|304|once PORT PROCESSES\n"
			    "floor file PORT PROCESSES PATH\n",
		    stderr);
		return 100;
	}
	l.echo = strcmp(argv[1], "echo") == 0;
	l.once = strcmp(argv[1], "once") == 0;
	render(&l, argv[1], argv[4]);
	/* Clients leave in the middle of a file. */
	(void)signal(SIGPIPE, SIG_IGN);
	for (i = 0; i < atoi(argv[3]); i++) {
		if (fork() != 0)
			continue;
		(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
		if (getppid() != master)
			return 0;
		l.listener = listen_on(atoi(argv[2]));
		l.epoll = epoll_create1(0);
		watch(&l, l.listener, EPOLL_CTL_ADD, EPOLLIN);
		run(&l);
	}
	for (;;)
		(void)pause();
}
