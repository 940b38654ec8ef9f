/*
 * torture - sends a server what nobody should: random bytes, and requests that
 * were right before something was done to them. The same seed sends the same.
 *
 *	torture PORT COUNT SEED
 *
 * Each request has a connection of its own, a few of them at once; it is sent
 * in pieces, and then either the sending side is ended, and the server must
 * end the connection too; or it is reset. Meanwhile a good client asks for
 * /hello.txt, again and again on one connection, and must get it. Exit status
 * 0 if all of that was so; else a line on standard error, and 1.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/escape.h"
#include "base/num.h"

enum {
	AT_ONCE = 24,
	REQUEST_BYTES = 4096,
	CHANGES = 6,	 /* done to one request, at most */
	GOOD_EVERY = 16, /* requests between two of the good client's */
	PATIENCE_MS = 30000
};

/* What is right, and bytes that mean something. */
static const char *const right[] = {
    "GET /hello.txt HTTP/1.1\r\nHost: x\r\n\r\n",
    "HEAD /hello.txt HTTP/1.0\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\n\r\n",
    "GET /dir/?sort=size&desc=1 HTTP/1.1\r\nHost: x\r\n\r\n",
    "GET /dir HTTP/1.1\r\nHost: x\r\nUser-Agent: a/1\r\nReferer: b\r\n\r\n",
    "GET /big HTTP/1.1\r\nHost: x\r\nRange: bytes=0-9,20-,-5\r\n\r\n",
    "GET /big HTTP/1.1\r\nHost: x\r\nRange: bytes=100-200000\r\n"
    "If-Range: \"a\"\r\n\r\n",
    "GET /hello.txt HTTP/1.1\r\nHost: x\r\nIf-None-Match: \"a\", W/\"b\"\r\n"
    "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n",
    "GET /hello.txt HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip;q=0.5, br, "
    "*;q=0\r\nConnection: keep-alive\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nabcde"
    "GET /hello.txt HTTP/1.1\r\nHost: x\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    "5;a=b\r\nabcde\r\n0\r\nT: u\r\n\r\n",
    "GET http://x/%68ello.txt?q HTTP/1.1\r\nHost: x\r\n\r\n",
    "OPTIONS * HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n\r\n",
    "GET /../x HTTP/1.1\r\nHost: x:80\r\n\r\nGET //./ HTTP/1.1\r\nHost: x\r\n\r\n",
    "hello\nexit\n",
    "hello, world\nex",
};
static const char *const words[] = {"\r\n", "\r\n\r\n", "\n", "\r", " ", "\t",
    ":", "GET ", " HTTP/1.1", "HTTP/2.0", "Host: x\r\n", "%2e%2e/", "%00", "%",
    "/", "//", "..", "bytes=", "-", ",", "0-0", "9223372036854775807",
    "-9223372036854775808", "4294967296", "chunked", "0\r\n\r\n", "\"",
    ";q=", "Content-Length: 1\r\n", "Transfer-Encoding: chunked\r\n",
    "Range: bytes=0-\r\n", "exit\n", "*"};

enum {
	RIGHT = sizeof(right) / sizeof(right[0]),
	WORDS = sizeof(words) / sizeof(words[0])
};

struct talk {
	int fd; /* -1: none */
	char bytes[REQUEST_BYTES];
	size_t len, sent;
	size_t stop;  /* where it is reset, len: nowhere */
	int64_t late; /* clock_now() when it hangs */
	bool ended;   /* our side is */
};

static uint64_t state;
static struct sockaddr_in server;

static uint64_t
draw(uint64_t below)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (state * UINT64_C(0x2545f4914f6cdd1d) >> 16) % below;
}

static _Noreturn void
fail(const char *what, const struct talk *t)
{
	char text[4 * REQUEST_BYTES + 1] = "";

	if (t != NULL)
		(void)escape_text(text, sizeof(text), t->bytes, t->len);
	(void)fprintf(
	    stderr, "torture: %s (%s) \"%s\"\n", what, strerror(errno), text);
	exit(1);
}

/* Puts `len` bytes into the request at `at`, as many as there is room for. */
static void
insert(struct talk *t, size_t at, const char *bytes, size_t len)
{
	if (len > REQUEST_BYTES - t->len)
		len = REQUEST_BYTES - t->len;
	memmove(t->bytes + at + len, t->bytes + at, t->len - at);
	memcpy(t->bytes + at, bytes, len);
	t->len += len;
}

static void
cut(struct talk *t, size_t at, size_t len)
{
	memmove(t->bytes + at, t->bytes + at + len, t->len - at - len);
	t->len -= len;
}

/* Does one thing to a request that is not empty. */
static void
change(struct talk *t)
{
	size_t at = draw(t->len), len = 1 + draw(t->len - at);
	char copy[REQUEST_BYTES];
	const char *word;
	uint64_t times;

	switch (draw(7)) {
	case 0:
		t->bytes[at] = (char)draw(256);
		break;
	case 1:
		t->bytes[at] ^= (char)(1 << draw(8));
		break;
	case 2:
		if (len < t->len)
			cut(t, at, len);
		break;
	case 3:
		memcpy(copy, t->bytes + at, len);
		for (times = 1 + draw(8); times > 0; times--)
			insert(t, at, copy, len);
		break;
	case 4:
		word = words[draw(WORDS)];
		insert(t, at, word, strlen(word));
		break;
	case 5:
		word = right[draw(RIGHT)];
		insert(t, at, word, strlen(word));
		break;
	default:
		t->len = at + 1;
		break;
	}
}

static void
compose(struct talk *t)
{
	size_t i;

	t->len = t->sent = 0;
	if (draw(4) == 0) {
		/* Noise; now and then behind what makes it HTTP. */
		if (draw(2) == 0)
			insert(t, 0, "GET /", 5);
		for (i = 1 + draw(draw(8) == 0 ? 4000 : 64); i > 0; i--) {
			char byte = (char)draw(256);

			insert(t, t->len, &byte, 1);
		}
	} else {
		const char *text = right[draw(RIGHT)];

		insert(t, 0, text, strlen(text));
		for (i = draw(CHANGES + 1); i > 0; i--)
			change(t);
	}
	t->stop = draw(10) == 0 ? draw(t->len) : t->len;
	t->ended = false;
}

static int
dial(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 ||
	    connect(fd, (const struct sockaddr *)&server, sizeof(server)) != 0)
		fail("cannot connect", NULL);
	(void)fcntl(fd, F_SETFL, O_NONBLOCK);
	return fd;
}

static void
begin(struct talk *t)
{
	compose(t);
	t->fd = dial();
	t->late = clock_now() + PATIENCE_MS;
}

static void
reset(struct talk *t)
{
	struct linger none = {.l_onoff = 1, .l_linger = 0};

	(void)setsockopt(t->fd, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
	(void)close(t->fd);
	t->fd = -1;
}

/* Sends a piece, or ends our side when all is sent. */
static void
push(struct talk *t)
{
	size_t left = t->stop - t->sent;
	ssize_t n;

	if (left == 0 && t->stop < t->len) {
		reset(t);
		return;
	}
	if (left == 0) {
		(void)shutdown(t->fd, SHUT_WR);
		t->ended = true;
		return;
	}
	n = send(t->fd, t->bytes + t->sent, 1 + draw(left), MSG_NOSIGNAL);
	if (n > 0)
		t->sent += (size_t)n;
	else if (errno != EAGAIN)
		t->ended = true; /* refused: what comes back is read yet */
}

/* Reads what comes. At the end, the talk is over. */
static void
pull(struct talk *t)
{
	char waste[65536];
	ssize_t n = recv(t->fd, waste, sizeof(waste), 0);

	if (n > 0 || (n < 0 && errno == EAGAIN))
		return;
	(void)close(t->fd);
	t->fd = -1;
}

/* Goes round all talks once; returns how many are over. */
static int
turn(struct talk *talks)
{
	struct pollfd set[AT_ONCE];
	int i, over = 0;

	for (i = 0; i < AT_ONCE; i++) {
		set[i].fd = talks[i].fd;
		set[i].events =
		    (short)(POLLIN | (talks[i].ended ? 0 : POLLOUT));
		set[i].revents = 0;
	}
	if (poll(set, AT_ONCE, 1000) < 0)
		fail("poll", NULL);
	for (i = 0; i < AT_ONCE; i++) {
		struct talk *t = &talks[i];

		if (t->fd >= 0 && set[i].revents & POLLOUT)
			push(t);
		if (t->fd >= 0 && set[i].revents & ~POLLOUT)
			pull(t);
		if (t->fd >= 0 && clock_now() >= t->late)
			fail("hangs", t);
		over += t->fd < 0;
	}
	return over;
}

/* The good client: asks, and waits for all of the answer. */
static void
ask_good(int fd)
{
	static const char request[] =
	    "GET /hello.txt HTTP/1.1\r\nHost: good\r\n\r\n";
	static const char body[] = "\r\n\r\nhello, world\n";
	struct pollfd ready = {.fd = fd, .events = POLLIN};
	char got[4096];
	size_t len = 0;
	ssize_t n;

	if (send(fd, request, sizeof(request) - 1, MSG_NOSIGNAL) !=
	    (ssize_t)sizeof(request) - 1)
		fail("the good client cannot send", NULL);
	do {
		if (poll(&ready, 1, PATIENCE_MS) != 1)
			fail("the good client waits in vain", NULL);
		n = recv(fd, got + len, sizeof(got) - 1 - len, 0);
		if (n <= 0)
			fail("the good client was let go", NULL);
		len += (size_t)n;
		got[len] = '\0';
	} while (strstr(got, body) == NULL);
	if (strncmp(got, "HTTP/1.1 200 OK\r\n", 17) != 0)
		fail("the good client got something else", NULL);
}

static void
run(int64_t count)
{
	static struct talk talks[AT_ONCE];
	int64_t begun = 0;
	int i, good = dial(), over = AT_ONCE;

	for (i = 0; i < AT_ONCE; i++)
		talks[i].fd = -1;
	while (begun < count || over < AT_ONCE) {
		for (i = 0; i < AT_ONCE && begun < count; i++) {
			if (talks[i].fd >= 0)
				continue;
			begin(&talks[i]);
			if (begun++ % GOOD_EVERY == 0)
				ask_good(good);
		}
		over = turn(talks);
	}
	ask_good(good);
	(void)close(good);
}

int
main(int argc, char **argv)
{
	int64_t port, count, seed;

	if (argc != 4 || num_parse(argv[1], 1, 65535, &port) != 0 ||
	    num_parse(argv[2], 1, INT32_MAX, &count) != 0 ||
	    num_parse(argv[3], 1, INT32_MAX, &seed) != 0) {
		(void)fprintf(stderr, "usage: torture PORT COUNT SEED\n");
		return 100;
	}
	(void)signal(SIGPIPE, SIG_IGN);
	server.sin_family = AF_INET;
	server.sin_port = htons((in_port_t)port);
	server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	state = (uint64_t)seed * UINT64_C(0x9e3779b97f4a7c15);
	run(count);
	return 0;
}
