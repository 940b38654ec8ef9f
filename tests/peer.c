#include "peer.h"

#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "tree.h"

enum { NARROW_BYTES = 4096, FULL_MS = 300 };

static int
dial(const struct sockaddr *addr, socklen_t len, int receive)
{
	int c = socket(addr->sa_family, SOCK_STREAM, 0), saved;

	if (c < 0)
		return -1;
	if (receive > 0)
		(void)setsockopt(
		    c, SOL_SOCKET, SO_RCVBUF, &receive, sizeof(receive));
	if (connect(c, addr, len) == 0) {
		(void)fcntl(c, F_SETFL, O_NONBLOCK);
		return c;
	}
	saved = errno;
	(void)close(c);
	errno = saved;
	return -1;
}

static int
dial4(const struct server *s, int receive)
{
	struct sockaddr_in addr;

	memset(&addr, 0, sizeof(addr));
	addr.sin_family = AF_INET;
	addr.sin_port = htons(s->port4);
	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return dial((const struct sockaddr *)&addr, sizeof(addr), receive);
}

int
client_try_at(struct place at, const struct server *s)
{
	int c = dial4(s, 0);

	if (c < 0 && errno != ECONNRESET)
		fail_at(at, "connect: %s", strerror(errno));
	return c;
}

int
client_open_at(struct place at, const struct server *s)
{
	int c = dial4(s, 0);

	if (c < 0)
		fail_at(at, "connect: %s", strerror(errno));
	return c;
}

int
client_open_status_at(struct place at, const struct server *s)
{
	struct server status = *s;

	status.port4 = s->status4;
	return client_open_at(at, &status);
}

int
client_open_path_at(struct place at, const char *path)
{
	struct sockaddr_un addr;
	int c;

	memset(&addr, 0, sizeof(addr));
	addr.sun_family = AF_UNIX;
	(void)snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", path);
	c = dial((const struct sockaddr *)&addr, sizeof(addr), 0);
	if (c < 0)
		fail_at(at, "connect to %s: %s", path, strerror(errno));
	return c;
}

int
client_open6_at(struct place at, const struct server *s)
{
	struct sockaddr_in6 addr;
	int c;

	memset(&addr, 0, sizeof(addr));
	addr.sin6_family = AF_INET6;
	addr.sin6_port = htons(s->port6);
	addr.sin6_addr = in6addr_loopback;
	c = dial((const struct sockaddr *)&addr, sizeof(addr), 0);
	if (c < 0)
		fail_at(at, "connect by IPv6: %s", strerror(errno));
	return c;
}

int
client_open_narrow_at(struct place at, const struct server *s)
{
	int c = dial4(s, NARROW_BYTES);

	if (c < 0)
		fail_at(at, "connect: %s", strerror(errno));
	return c;
}

bool
client_refused(const struct server *s)
{
	int c = dial4(s, 0);

	if (c < 0)
		return errno == ECONNREFUSED;
	(void)close(c);
	return false;
}

void
client_close(int c)
{
	(void)close(c);
}

void
client_abort(int c)
{
	struct linger none = {.l_onoff = 1, .l_linger = 0};

	(void)setsockopt(c, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
	(void)close(c);
}

void
send_bytes_at(struct place at, int c, const void *bytes, size_t len)
{
	const char *p = bytes;
	int64_t until = deadline();
	ssize_t n;

	while (len > 0) {
		if (wait_ready(c, POLLOUT, until) == 0)
			fail_at(
			    at, "%lu bytes were not taken", (unsigned long)len);
		n = send(c, p, len, MSG_NOSIGNAL);
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			fail_at(at, "send: %s", strerror(errno));
		if (n > 0) {
			p += n;
			len -= (size_t)n;
		}
	}
}

void
send_text_at(struct place at, int c, const char *text)
{
	send_bytes_at(at, c, text, strlen(text));
}

size_t
send_until_full(int c, size_t most)
{
	static unsigned char bytes[65536];
	size_t i, sent = 0;
	ssize_t n;

	while (sent < most) {
		size_t len =
		    most - sent < sizeof(bytes) ? most - sent : sizeof(bytes);

		for (i = 0; i < len; i++)
			bytes[i] = pattern_byte(sent + i);
		if (wait_ready(c, POLLOUT, clock_now() + FULL_MS) == 0)
			break;
		/* cppcheck-suppress uninitvar ; the loop above fills them */
		n = send(c, bytes, len, MSG_NOSIGNAL);
		if (n < 0 && errno != EAGAIN)
			break;
		if (n > 0)
			sent += (size_t)n;
	}
	return sent;
}

void
half_close_at(struct place at, int c)
{
	if (shutdown(c, SHUT_WR) != 0)
		fail_at(at, "shutdown: %s", strerror(errno));
}

/* Receives up to len bytes; 0 at the end, -1 with errno, EAGAIN when the time
 * is over. */
static ssize_t
receive(int c, void *to, size_t len, int64_t until)
{
	ssize_t n;

	do {
		if (wait_ready(c, POLLIN, until) == 0) {
			errno = EAGAIN;
			return -1;
		}
		n = recv(c, to, len, 0);
	} while (n < 0 && (errno == EAGAIN || errno == EINTR));
	return n;
}

/* What stood in place of what should have come. */
static const char *
why(ssize_t n)
{
	return n == 0 ? "the end" : errno == EAGAIN ? "nothing" : "an error";
}

void
expect_bytes_at(struct place at, int c, const void *bytes, size_t len)
{
	char got[4096];
	const char *want = bytes;
	int64_t until = deadline();
	size_t done = 0;

	while (done < len) {
		size_t part =
		    len - done < sizeof(got) ? len - done : sizeof(got);
		ssize_t n = receive(c, got, part, until);

		if (n <= 0)
			fail_at(at, "expected \"%s\", then came %s",
			    shown(want + done, len - done), why(n));
		if (memcmp(got, want + done, (size_t)n) != 0)
			fail_at(at, "expected \"%s\", got \"%s\"",
			    shown(want + done, len - done),
			    shown(got, (size_t)n));
		done += (size_t)n;
	}
}

void
expect_at(struct place at, int c, const char *text)
{
	expect_bytes_at(at, c, text, strlen(text));
}

void
greet_at(struct place at, int c)
{
	send_text_at(at, c, "hello\n");
	expect_at(at, c, "hello\n");
}

pid_t
ask_pid_at(struct place at, int c)
{
	int64_t until = deadline();
	long pid = 0;
	char digit;
	ssize_t n;

	send_text_at(at, c, "!pid\n");
	expect_at(at, c, "pid ");
	while ((n = receive(c, &digit, 1, until)) == 1 && digit >= '0' &&
	       digit <= '9')
		pid = 10 * pid + (digit - '0');
	if (n <= 0)
		fail_at(at, "in place of a pid came %s", why(n));
	return (pid_t)pid;
}

static void
check_pattern(struct place at, const unsigned char *got, size_t n, uint64_t x)
{
	size_t i;

	for (i = 0; i < n; i++, x++)
		if (got[i] != pattern_byte(x))
			fail_at(at, "the byte at %llu is \\x%02x, not \\x%02x",
			    (unsigned long long)x, got[i], pattern_byte(x));
}

void
expect_pattern_at(struct place at, int c, uint64_t x, uint64_t end)
{
	unsigned char got[65536];
	ssize_t n;

	while (x < end) {
		n = receive(c, got,
		    end - x < sizeof(got) ? (size_t)(end - x) : sizeof(got),
		    deadline());
		if (n <= 0)
			fail_at(at, "at byte %llu of %llu came %s",
			    (unsigned long long)x, (unsigned long long)end,
			    why(n));
		check_pattern(at, got, (size_t)n, x);
		x += (uint64_t)n;
	}
}

void
expect_eof_at(struct place at, int c)
{
	char got[256];
	ssize_t n = receive(c, got, sizeof(got), deadline());

	if (n > 0)
		fail_at(
		    at, "expected the end, got \"%s\"", shown(got, (size_t)n));
	if (n < 0)
		fail_at(at, "expected the end: %s",
		    errno == EAGAIN ? "it did not come" : strerror(errno));
}

void
expect_gone_at(struct place at, int c)
{
	static char got[65536];
	int64_t until = deadline();
	ssize_t n;

	while ((n = receive(c, got, sizeof(got), until)) > 0)
		;
	if (n < 0 && errno == EAGAIN)
		fail_at(at, "the connection is still there");
}

/* Sends at most `piece` bytes of the pattern from x on; returns how many. */
static uint64_t
send_piece(struct place at, int c, uint64_t x, uint64_t end, size_t piece)
{
	unsigned char bytes[65536];
	size_t i, len = piece < sizeof(bytes) ? piece : sizeof(bytes);
	ssize_t n;

	if (end - x < len)
		len = (size_t)(end - x);
	for (i = 0; i < len; i++)
		bytes[i] = pattern_byte(x + i);
	/* cppcheck-suppress uninitvar ; the loop above fills them */
	n = send(c, bytes, len, MSG_NOSIGNAL);
	if (n < 0 && errno != EAGAIN && errno != EINTR)
		fail_at(at, "send: %s", strerror(errno));
	return n > 0 ? (uint64_t)n : 0;
}

void
expect_echo_at(struct place at, int c, uint64_t x, uint64_t end, size_t piece)
{
	unsigned char got[65536];
	uint64_t sent = x, back = x;
	ssize_t n;

	while (back < end) {
		short ready = wait_ready(c,
		    (short)(POLLIN | (sent < end ? POLLOUT : 0)), deadline());

		if (ready == 0)
			fail_at(at, "at byte %llu nothing came back",
			    (unsigned long long)back);
		if (ready & POLLOUT)
			sent += send_piece(at, c, sent, end, piece);
		if (!(ready & ~POLLOUT))
			continue;
		n = recv(c, got,
		    end - back < sizeof(got) ? (size_t)(end - back)
					     : sizeof(got),
		    0);
		if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
			fail_at(at, "at byte %llu came %s",
			    (unsigned long long)back, why(n));
		if (n > 0) {
			check_pattern(at, got, (size_t)n, back);
			back += (uint64_t)n;
		}
	}
}
