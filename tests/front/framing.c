/*
 * framing PORT - sends hundreds of requests that two readers may take to end in
 * different places to the proxy at this port of the loopback, and says whether
 * a client got another one's answer. tests/front/framing.sh compares the logs.
 *
 * Payload 7 asks for /p0007, and holds in its body, or where one reader alone
 * sees it, a request for /s0007. Behind it, on the same connection, comes one
 * for /a0007; when all is over, /b0007 on another. The body of each is its name
 * as <p0007>: nothing else may come on its connections, in no other order, and
 * <b0007> must.
 *
 * Lanes work at the same time, so that connections of the proxy to the server
 * change hands. The last line is "N payloads, N answers, N wrong"; status 1 if
 * any is. `framing -n NUMBER` writes one of them to standard output, to be
 * looked at.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/num.h"

enum { LANES = 16, PAYLOAD = 4096, ANSWERS = 65536, PATIENCE_S = 10 };

/* In all of these: @N the number, @I the inner request, @L how many bytes the
 * body has, @X the inner request has in hexadecimal, @W body + 2^64, @V + 2^32,
 * @0 a NUL. */
static const char *const lengths[] = {
    "Content-Length: @L\r\n",
    "Content-Length:@L\r\n",
    "Content-Length:\t@L\t\r\n",
    "Content-Length : @L\r\n",
    "Content-Length\t: @L\r\n",
    " Content-Length: @L\r\n",
    "Content-Length: +@L\r\n",
    "Content-Length: -@L\r\n",
    "Content-Length: 0@L\r\n",
    "Content-Length: 0x@L\r\n",
    "Content-Length: @L, @L\r\n",
    "Content-Length: @L,\r\n",
    "Content-Length: , @L\r\n",
    "Content-Length: 0, @L\r\n",
    "Content-Length: @L;\r\n",
    "Content-Length: @L.0\r\n",
    "Content-Length: @Le0\r\n",
    "Content-Length: @L @L\r\n",
    "Content-Length: @W\r\n",
    "Content-Length: @V\r\n",
    "Content-Length: 99999999999999999999999999\r\n",
    "Content-Length: 9223372036854775807\r\n",
    "Content-Length: \r\n",
    "Content-Length: many\r\n",
    "Content-Length: \"@L\"\r\n",
    "Content-Length: @L@0\r\n",
    "Content-Length: @0@L\r\n",
    "Content-Length@0: @L\r\n",
    "Content-Length: \v@L\r\n",
    "Content-Length: @L\f\r\n",
    "Content-Length: \r\n @L\r\n",
    "Content-Length: @L\r\n 0\r\n",
    "Content-Length: @L\n",
    "Content-Length: @L\r",
    "X: y\nContent-Length: @L\r\n",
    "X: y\rContent-Length: @L\r\n",
    "X: y\r\n Content-Length: @L\r\n",
    "Content_Length: @L\r\n",
    "Content-Length: @L\r\nContent-Length: @L\r\n",
    "Content-Length: @L\r\nContent-Length: 0\r\n",
    "Content-Length: 0\r\nContent-Length: @L\r\n",
    "Content-Length: @L\r\nContent-Length : 0\r\n",
    "Content-Length: @L\r\ncontent-length: +@L\r\n",
    "Connection: Content-Length\r\nContent-Length: @L\r\n",
    "Content-Length: \xc2\xb2@L\r\n",
};

static const char *const codings[] = {
    "Transfer-Encoding: chunked\r\n",
    "Transfer-Encoding: Chunked\r\n",
    "Transfer-Encoding:chunked\r\n",
    "Transfer-Encoding:\tchunked \r\n",
    "Transfer-Encoding : chunked\r\n",
    " Transfer-Encoding: chunked\r\n",
    "Transfer-Encoding: xchunked\r\n",
    "Transfer-Encoding: chunkedx\r\n",
    "Transfer-Encoding: chunk\r\n",
    "Transfer-Encoding: identity\r\n",
    "Transfer-Encoding: chunked, identity\r\n",
    "Transfer-Encoding: identity, chunked\r\n",
    "Transfer-Encoding: gzip, chunked\r\n",
    "Transfer-Encoding: chunked, chunked\r\n",
    "Transfer-Encoding: ,chunked\r\n",
    "Transfer-Encoding: chunked,\r\n",
    "Transfer-Encoding: chunked;q=1\r\n",
    "Transfer-Encoding: \"chunked\"\r\n",
    "Transfer-Encoding: 'chunked'\r\n",
    "Transfer-Encoding: \vchunked\r\n",
    "Transfer-Encoding: chunked\f\r\n",
    "Transfer-Encoding: @0chunked\r\n",
    "Transfer-Encoding: chunked@0\r\n",
    "Transfer-Encoding@0: chunked\r\n",
    "Transfer-Encoding: \r\n chunked\r\n",
    "Transfer-Encoding: chunked\r\n identity\r\n",
    "Transfer-Encoding:\r\n",
    "Transfer-Encoding: chunked\n",
    "Transfer-Encoding: chunked\r",
    "X: y\nTransfer-Encoding: chunked\r\n",
    "X: y\rTransfer-Encoding: chunked\r\n",
    "X: y\r\n Transfer-Encoding: chunked\r\n",
    "Transfer_Encoding: chunked\r\n",
    "TE: chunked\r\n",
    "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
    "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n",
    "Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked\r\n",
    "Transfer-Encoding: chun\xc2\xadked\r\n",
};

/* What stands between the head and the next request. */
static const char *const bodies[] = {
    "@I",
    "@X\r\n@I\r\n0\r\n\r\n",
    "0\r\n\r\n@I",
};

/* Behind "Transfer-Encoding: chunked". */
static const char *const chunks[] = {
    "000@X\r\n@I\r\n0\r\n\r\n",
    "@X;a=b\r\n@I\r\n0\r\n\r\n",
    "@X;a=\"\r\n@I\"\r\n@I\r\n0\r\n\r\n",
    "@X;\n@I\r\n0\r\n\r\n",
    "@X;a\rb\r\n@I\r\n0\r\n\r\n",
    "@X;@0\r\n@I\r\n0\r\n\r\n",
    "@X \r\n@I\r\n0\r\n\r\n",
    " @X\r\n@I\r\n0\r\n\r\n",
    "0x@X\r\n@I\r\n0\r\n\r\n",
    "+@X\r\n@I\r\n0\r\n\r\n",
    "-@X\r\n@I\r\n0\r\n\r\n",
    "-1\r\n@I\r\n0\r\n\r\n",
    "@X\n@I\r\n0\r\n\r\n",
    "@X\r@I\r\n0\r\n\r\n",
    "@X\r\n@I0\r\n\r\n",
    "@X\r\n@I\n0\n\n",
    "@X\r\n@I\r\n0\r\n",
    "@X\r\n@I\r\n0\n\n",
    "@X\r\n@I\r\n0;x\r\n\r\n",
    "@X\r\n@Iab\r\n0\r\n\r\n",
    "1\r\n@I\r\n0\r\n\r\n",
    "1000000000000000@X\r\n@I\r\n0\r\n\r\n",
    "ffffffffffffffff\r\n@I\r\n0\r\n\r\n",
    "10000000000000000\r\n@I\r\n0\r\n\r\n",
    "fffffffffffffffff@X\r\n@I\r\n0\r\n\r\n",
    "\r\n@I\r\n0\r\n\r\n",
    "@X@0\r\n@I\r\n0\r\n\r\n",
    "0\r\nContent-Length: 5\r\n\r\n@I",
    "0\r\nTransfer-Encoding: identity\r\n\r\n@I",
    "0\r\nHost: other\r\nX\r\n\r\n@I",
    "0\r\nX: y\n\n@I\r\n\r\n",
    "00000000000000000000\r\n\r\n@I",
    "0\r\n \r\n\r\n@I",
};

/* Whole heads, and what comes with them. */
/* clang-format off */
static const char *const heads[] = {
    "\r\nGET /p@N HTTP/1.1\r\nHost: front\r\n\r\n",
    "\n\nGET /p@N HTTP/1.1\r\nHost: front\r\n\r\n",
    " GET /p@N HTTP/1.1\r\nHost: front\r\n\r\n",
    "GET  /p@N HTTP/1.1\r\nHost: front\r\n\r\n",
    "GET\t/p@N\tHTTP/1.1\r\nHost: front\r\n\r\n",
    "GET /p@N  HTTP/1.1\r\nHost: front\r\n\r\n",
    "GET /p@N HTTP/1.1 \r\nHost: front\r\n\r\n",
    "GET /p@N HTTP/1.1\nHost: front\n\n",
    "GET /p@N HTTP/1.1\r\nHost: front\n\n@I",
    "GET /p@N HTTP/1.1\rHost: front\r\r@I\r\n\r\n",
    "GET /p@N\r\nHost: front\r\n\r\n",
    "GET /p@N\r\n",
    "GET /p@N HTTP/0.9\r\nHost: front\r\n\r\n",
    "GET /p@N HTTP/1.0\r\n\r\n",
    "GET /p@N HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    "GET /p@N HTTP/1.2\r\nHost: front\r\n\r\n",
    "GET /p@N HTTP/2.0\r\nHost: front\r\n\r\n",
    "GET /p@N HTTP/1.10\r\nHost: front\r\n\r\n",
    "GET /p@N HTTP/01.1\r\nHost: front\r\n\r\n",
    "GET /p@N http/1.1\r\nHost: front\r\n\r\n",
    "GET /p@N HTTP/1.1x\r\nHost: front\r\n\r\n",
    "get /p@N HTTP/1.1\r\nHost: front\r\n\r\n",
    "GE@0T /p@N HTTP/1.1\r\nHost: front\r\n\r\n",
    "G(T /p@N HTTP/1.1\r\nHost: front\r\n\r\n",
    "GET http://front/p@N HTTP/1.1\r\nHost: front\r\n\r\n",
    "GET http://front/p@N HTTP/1.1\r\nHost: other\r\n\r\n",
    "GET http://other/p@N HTTP/1.1\r\n\r\n",
    "GET http://a@b@front/p@N HTTP/1.1\r\nHost: front\r\n\r\n",
    "GET http:///p@N HTTP/1.1\r\nHost: front\r\n\r\n",
    "GET https://front/p@N HTTP/1.1\r\nHost: front\r\n\r\n",
    "GET ftp://front/p@N HTTP/1.1\r\nHost: front\r\n\r\n",
    "GET //front/p@N HTTP/1.1\r\nHost: front\r\n\r\n",
    "GET p@N HTTP/1.1\r\nHost: front\r\n\r\n",
    "GET @I",
    "OPTIONS * HTTP/1.1\r\nHost: front\r\nX-P: /p@N\r\n\r\n",
    "CONNECT front:443 HTTP/1.1\r\nHost: front:443\r\n\r\n@I",
    "GET /p@N?a b HTTP/1.1\r\nHost: front\r\n\r\n",
    "GET /p@N?a@0b HTTP/1.1\r\nHost: front\r\n\r\n",
    "GET /p@N?a\x7f HTTP/1.1\r\nHost: front\r\n\r\n",
    "GET /p@N?\xc3\xa9 HTTP/1.1\r\nHost: front\r\n\r\n",
    "GET /p@N?a\rb HTTP/1.1\r\nHost: front\r\n\r\n",
    "GET /p@N#a HTTP/1.1\r\nHost: front\r\n\r\n",
    "GET /p@N%00 HTTP/1.1\r\nHost: front\r\n\r\n",
    "GET /p@N%0d%0a HTTP/1.1\r\nHost: front\r\n\r\n",
    "GET /x/../p@N HTTP/1.1\r\nHost: front\r\n\r\n",
    "GET /%2e%2e/p@N HTTP/1.1\r\nHost: front\r\n\r\n",
    "GET \\p@N HTTP/1.1\r\nHost: front\r\n\r\n",
    "GET /p@N HTTP/1.1\r\n\r\n",
    "GET /p@N HTTP/1.1\r\nHost: front\r\nHost: front\r\n\r\n",
    "GET /p@N HTTP/1.1\r\nHost: front\r\nHost: other\r\n\r\n",
    "GET /p@N HTTP/1.1\r\nHost: a, b\r\n\r\n",
    "GET /p@N HTTP/1.1\r\nHost:\r\n\r\n",
    "GET /p@N HTTP/1.1\r\nHost: fr@0nt\r\n\r\n",
    "GET /p@N HTTP/1.1\r\nHost : front\r\n\r\n",
    "GET /p@N HTTP/1.1\r\n Host: front\r\n\r\n",
    "GET /p@N HTTP/1.1\r\nHost: front\r\n\r\n\r\n\r\n",
    "GET /p@N HTTP/1.1\r\nHost: front\r\nX\r\n\r\n",
    "GET /p@N HTTP/1.1\r\nHost: front\r\n: x\r\n\r\n",
    "GET /p@N HTTP/1.1\r\nHost: front\r\nX Y: z\r\n\r\n",
    "GET /p@N HTTP/1.1\r\nHost: front\r\nX: a\r\n b\r\n\r\n",
    "GET /p@N HTTP/1.1\r\nHost: front\r\nX: a\r\n \r\n\r\n@I",
    "GET /p@N HTTP/1.1\r\nHost: front\r\nX: a@0b\r\n\r\n",
    "GET /p@N HTTP/1.1\r\nHost: front\r\nX@0: a\r\n\r\n",
    "GET /p@N HTTP/1.1\r\nHost: front\r\nX: a\rb\r\n\r\n",
    "GET /p@N HTTP/1.1\r\nHost: front\r\nX: a\n\r\n",
    "GET /p@N HTTP/1.1\r\nHost: front\r\nX: a\r\n\n@I",
    "GET /p@N HTTP/1.1\r\nHost: front\r\nX: a\n\r\n@I",
    "GET /p@N HTTP/1.1\r\nHost: front\r\nX: a\r\r\n\r\n@I",
    "GET /p@N HTTP/1.1\r\nHost: front\r\nX: \xff\xfe\r\n\r\n",
    "GET /p@N HTTP/1.1\r\nHost: front\r\nX: a\r\n\r\n@I",
    "GET /p@N HTTP/1.1\r\nHost: front\r\nX: \r\r\n@I",
    "GET /p@N HTTP/1.1\r\nHost: front\r\nConnection: close\r\n\r\n@I",
    "GET /p@N HTTP/1.1\r\nHost: front\r\nConnection: close, keep-alive\r\n\r\n@I",
    "GET /p@N HTTP/1.1\r\nHost: front\r\nConnection: Host\r\n\r\n@I",
    "GET /p@N HTTP/1.1\r\nHost: front\r\nUpgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABk\r\n\r\n@I",
    "GET /p@N HTTP/1.1\r\nHost: front\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n@I",
    "POST /p@N HTTP/1.1\r\nHost: front\r\nExpect: 100-continue\r\nContent-Length: @L\r\n\r\n@I",
    "POST /p@N HTTP/1.1\r\nHost: front\r\nExpect: x\r\nContent-Length: @L\r\n\r\n@I",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n@I",
};
/* clang-format on */

enum {
	LENGTHS = sizeof(lengths) / sizeof(lengths[0]),
	CODINGS = sizeof(codings) / sizeof(codings[0]),
	BODIES = sizeof(bodies) / sizeof(bodies[0]),
	CHUNKS = sizeof(chunks) / sizeof(chunks[0]),
	HEADS = sizeof(heads) / sizeof(heads[0]),
};

static const char *const methods[] = {"GET", "POST"};
static const char *const versions[] = {"1.1", "1.0"};

struct payload {
	char bytes[PAYLOAD];
	size_t len;
};

/* What @I and @L stand for. */
struct meaning {
	int number;
	char inner[64];
	size_t body;
};

static void
put(struct payload *p, const char *bytes, size_t len)
{
	if (len > sizeof(p->bytes) - p->len)
		abort();
	memcpy(p->bytes + p->len, bytes, len);
	p->len += len;
}

static void
put_number(struct payload *p, const char *format, unsigned long long n)
{
	char text[32];
	int len = snprintf(text, sizeof(text), format, n);

	put(p, text, (size_t)len);
}

static void
put_meant(struct payload *p, const struct meaning *m, char what)
{
	switch (what) {
	case 'N':
		put_number(p, "%04llu", (unsigned long long)m->number);
		break;
	case 'I':
		put(p, m->inner, strlen(m->inner));
		break;
	case 'L':
		put_number(p, "%llu", m->body);
		break;
	case 'X':
		put_number(p, "%llx", strlen(m->inner));
		break;
	case 'V':
		put_number(p, "%llu", 4294967296ULL + m->body);
		break;
	case 'W':
		/* 18446744073709551616 and less than 84 more. */
		put_number(p, "184467440737095516%02llu", 16 + m->body % 84);
		break;
	case '0':
		put(p, "", 1);
		break;
	default:
		put(p, "@", 1);
	}
}

/* Only letters that mean something are taken for that. */
static void
expand(struct payload *p, const struct meaning *m, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '@' && strchr("NILXVW0", text[1]) != NULL)
			put_meant(p, m, *++text);
		else
			put(p, text, 1);
	}
}

static size_t
length_of(const struct meaning *m, const char *text)
{
	struct payload p = {.len = 0};

	expand(&p, m, text);
	return p.len;
}

/* A request with these lines and this body. */
static void
compose(struct payload *p, struct meaning *m, int variant, const char *line,
    const char *more, const char *body)
{
	m->body = length_of(m, body);
	expand(p, m, methods[variant % 2]);
	expand(p, m, " /p@N HTTP/");
	expand(p, m, versions[variant / 2 % 2]);
	expand(p, m, "\r\nHost: front\r\n");
	if (variant / 2 % 2 == 1)
		expand(p, m, "Connection: keep-alive\r\n");
	expand(p, m, line);
	expand(p, m, more);
	expand(p, m, "\r\n");
	expand(p, m, body);
}

/* The numbers of the kinds follow each other: a kind takes what is left of the
 * number, or says how many it has. */
static bool
is_of(int *left, int count)
{
	if (*left < count)
		return true;
	*left -= count;
	return false;
}

/* False: there is no such number. */
static bool
make(struct payload *p, int number)
{
	struct meaning m = {.number = number};
	int n = number;

	snprintf(m.inner, sizeof(m.inner),
	    "GET /s%04d HTTP/1.1\r\nHost: x\r\n\r\n", number);
	p->len = 0;
	if (is_of(&n, HEADS)) {
		m.body = strlen(m.inner);
		expand(p, &m, heads[n]);
	} else if (is_of(&n, LENGTHS * 4)) {
		compose(p, &m, n % 4, lengths[n / 4], "", bodies[0]);
	} else if (is_of(&n, CODINGS * 4)) {
		compose(p, &m, n % 4, codings[n / 4], "", bodies[1]);
	} else if (is_of(&n, CODINGS * 2)) {
		/* The length is for all, the coding ends it at once. */
		compose(p, &m, n % 2, codings[n / 2], "Content-Length: @L\r\n",
		    bodies[2]);
	} else if (is_of(&n, CODINGS * 2)) {
		/* The length ends behind the size of the chunk. */
		compose(p, &m, n % 2, "Content-Length: 4\r\n", codings[n / 2],
		    bodies[1]);
	} else if (is_of(&n, CHUNKS * 2)) {
		compose(p, &m, n % 2, codings[0], "", chunks[n / 2]);
	} else {
		return false;
	}
	return true;
}

static in_port_t port;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int next, answers, wrong;

static int
connected(void)
{
	const struct timeval patience = {.tv_sec = PATIENCE_S};
	struct sockaddr_in to = {.sin_family = AF_INET,
	    .sin_port = port,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd == -1 || connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
		sizeof(patience)) != 0) {
		perror("framing: connecting");
		exit(111);
	}
	return fd;
}

/* Reads until the end, or until the words have come. What is read is a string:
 * a NUL in it becomes a space. Returns false if neither comes. */
static bool
read_until(int fd, const char *words, char *got)
{
	size_t len = 0;
	ssize_t n;
	size_t i;

	got[0] = '\0';
	while (len < ANSWERS - 1) {
		n = recv(fd, got + len, ANSWERS - 1 - len, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n == 0 || errno == ECONNRESET;
		for (i = len; i < len + (size_t)n; i++)
			if (got[i] == '\0')
				got[i] = ' ';
		len += (size_t)n;
		got[len] = '\0';
		if (strstr(got, words) != NULL)
			return true;
	}
	return false;
}

static void
complain(int number, const char *what, const char *got)
{
	pthread_mutex_lock(&lock);
	wrong++;
	printf("payload %d: %s\n%s\n", number, what, got);
	pthread_mutex_unlock(&lock);
}

/* Are all the names in it its own, of these kinds, in this order? */
static bool
are_own(const char *got, int number, const char *kinds)
{
	char own[8];
	const char *at = got;

	snprintf(own, sizeof(own), "%04d>", number);
	while ((at = strchr(at, '<')) != NULL) {
		at++;
		/* A page of the proxy's is full of them. */
		if (strspn(at + (*at != '\0'), "0123456789") != 4)
			continue;
		kinds = strchr(kinds, *at);
		if (kinds == NULL || strncmp(at + 1, own, strlen(own)) != 0)
			return false;
		kinds++;
		pthread_mutex_lock(&lock);
		answers++;
		pthread_mutex_unlock(&lock);
	}
	return true;
}

/* Sends the payload, if there is one, and a request for the file of this kind;
 * the answers must be of these kinds. */
static void
ask(int number, struct payload *p, char kind, const char *kinds)
{
	struct meaning m = {.number = number};
	const char name[2] = {kind, '\0'};
	char words[16], *got = malloc(ANSWERS);
	int fd = connected();

	if (got == NULL)
		abort();
	snprintf(words, sizeof(words), "<%c%04d>", kind, number);
	expand(p, &m, "GET /");
	expand(p, &m, name);
	expand(p, &m, "@N HTTP/1.1\r\nHost: front\r\n");
	expand(p, &m, kind == 'b' ? "Connection: close\r\n\r\n" : "\r\n");
	/* One that is refused in its midst may close before it has all. */
	(void)send(fd, p->bytes, p->len, MSG_NOSIGNAL);
	if (!read_until(fd, words, got))
		complain(number, "no answer, and no end", got);
	else if (!are_own(got, number, kinds))
		complain(number, "not its own answers", got);
	else if (kind == 'b' && strstr(got, words) == NULL)
		complain(number, "no answer to the honest one", got);
	close(fd);
	free(got);
}

static void *
lane(void *unused)
{
	struct payload p;
	int number;

	for (;;) {
		pthread_mutex_lock(&lock);
		number = next++;
		pthread_mutex_unlock(&lock);
		if (!make(&p, number))
			return unused;
		ask(number, &p, 'a', "psa");
		p.len = 0;
		ask(number, &p, 'b', "b");
	}
}

int
main(int argc, char **argv)
{
	pthread_t thread[LANES];
	struct payload p;
	int64_t n;
	int i;

	if (argc == 3 && strcmp(argv[1], "-n") == 0 &&
	    num_parse(argv[2], 0, 9999, &n) == 0 && make(&p, (int)n))
		return fwrite(p.bytes, 1, p.len, stdout) != p.len;
	if (argc != 2 || num_parse(argv[1], 1, 65535, &n) != 0) {
		fprintf(stderr, "usage: framing PORT, or framing -n NUMBER\n");
		return 100;
	}
	port = htons((in_port_t)n);
	for (i = 0; i < LANES; i++)
		if (pthread_create(&thread[i], NULL, lane, NULL) != 0)
			return 111;
	for (i = 0; i < LANES; i++)
		pthread_join(thread[i], NULL);
	for (i = 0; make(&p, i);)
		i++;
	printf("%d payloads, %d answers, %d wrong\n", i, answers, wrong);
	return wrong > 0;
}
