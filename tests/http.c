/*
 * The HTTP side of peer.h: requests that are written out, answers that are
 * read by their Content-Length.
 */
#include <check.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "peer.h"

/* Receives more of a head, but nothing behind it. Returns its new length; the
 * head is complete when it ends in an empty line. */
static size_t
read_more(struct place at, int c, struct response *r, size_t len)
{
	size_t room = sizeof(r->head) - 1 - len, take;
	const char *end;
	ssize_t n;

	if (room == 0 || wait_ready(c, POLLIN, deadline()) == 0)
		fail_at(at, "no whole answer, but \"%s\"", shown(r->head, len));
	n = recv(c, r->head + len, room, MSG_PEEK);
	if (n <= 0)
		fail_at(at, "%s after \"%s\"",
		    n == 0 ? "the end came" : strerror(errno),
		    shown(r->head, len));
	r->head[len + (size_t)n] = '\0';
	end = strstr(r->head, "\r\n\r\n");
	take = end != NULL ? (size_t)(end + 4 - r->head) - len : (size_t)n;
	n = recv(c, r->head + len, take, 0);
	ck_assert_int_eq(n, (ssize_t)take);
	r->head[len + take] = '\0';
	return len + take;
}

const char *
http_field(const struct response *r, const char *name)
{
	static char value[1024];
	size_t n = strlen(name), len;
	const char *p = r->head;

	while ((p = strstr(p, "\r\n")) != NULL) {
		p += 2;
		if (strncasecmp(p, name, n) != 0 || p[n] != ':')
			continue;
		p += n + 1;
		p += strspn(p, " \t");
		len = strcspn(p, "\r");
		(void)snprintf(value, sizeof(value), "%.*s", (int)len, p);
		return value;
	}
	return NULL;
}

void
http_read_head_at(struct place at, int c, struct response *r)
{
	const char *text;
	size_t len = 0;

	r->head[0] = r->body[0] = '\0';
	r->len = 0;
	while (strstr(r->head, "\r\n\r\n") == NULL)
		len = read_more(at, c, r, len);
	if (strncmp(r->head, "HTTP/1.1 ", 9) != 0)
		fail_at(at, "no status line: \"%s\"", shown(r->head, len));
	r->status = (int)strtol(r->head + 9, NULL, 10);
	text = http_field(r, "Content-Length");
	r->length = text != NULL ? (int64_t)strtoll(text, NULL, 10) : -1;
}

static void
read_body(struct place at, int c, struct response *r)
{
	ssize_t n;

	if (r->length >= (int64_t)sizeof(r->body))
		fail_at(at, "a body of %lld bytes", (long long)r->length);
	while ((int64_t)r->len < r->length) {
		if (wait_ready(c, POLLIN, deadline()) == 0)
			fail_at(at, "%lu bytes of the body are missing",
			    (unsigned long)((size_t)r->length - r->len));
		n = recv(c, r->body + r->len, (size_t)r->length - r->len, 0);
		if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
			fail_at(at, "the body ended after %lu of %lld bytes",
			    (unsigned long)r->len, (long long)r->length);
		if (n > 0)
			r->len += (size_t)n;
	}
	r->body[r->len] = '\0';
}

void
http_read_at(struct place at, int c, struct response *r)
{
	http_read_head_at(at, c, r);
	if (r->length > 0 && r->status != 304)
		read_body(at, c, r);
}

void
http_ask_at(struct place at, int c, const char *method, const char *path,
    const char *fields, struct response *r)
{
	char request[32768];
	int n;

	n = snprintf(request, sizeof(request),
	    "%s %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n", method, path,
	    fields);
	ck_assert_int_lt(n, (int)sizeof(request));
	send_bytes_at(at, c, request, (size_t)n);
	if (strcmp(method, "HEAD") == 0)
		http_read_head_at(at, c, r);
	else
		http_read_at(at, c, r);
}
