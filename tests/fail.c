#include "fail.h"

#include <check.h>
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/escape.h"
#include "server.h"

_Noreturn void
fail_at(struct place at, const char *fmt, ...)
{
	char text[2048], log[4096];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	servers_tell(log, sizeof(log));
	ck_abort_msg("%s:%d: %s%s", at.file, at.line, text, log);
	abort(); /* in CK_FORK=no ck_abort_msg() jumps; it never returns */
}

const char *
shown(const void *bytes, size_t len)
{
	static char text[4][640];
	static unsigned turn;
	char *to = text[turn++ % 4];
	size_t most = len < 200 ? len : 200, n;

	n = escape_text(to, sizeof(text[0]) - 40, bytes, most);
	if (most < len)
		(void)snprintf(
		    to + n, 40, "... (%lu bytes)", (unsigned long)len);
	return to;
}

int64_t
patience(void)
{
	const char *text = getenv("PREFORK_TEST_PATIENCE");
	long seconds = text != NULL ? strtol(text, NULL, 10) : 0;

	return seconds > 0 ? seconds * 1000 : 10000;
}

int64_t
deadline(void)
{
	return clock_now() + patience();
}

short
wait_ready(int fd, short events, int64_t until)
{
	struct pollfd set = {.fd = fd, .events = events};
	int64_t now;
	int n;

	do {
		now = clock_now();
		n = poll(&set, 1, until > now ? (int)(until - now) : 0);
	} while (n < 0 && errno == EINTR);
	return n > 0 ? set.revents : 0;
}
