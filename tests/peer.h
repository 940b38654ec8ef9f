/*
 * peer.h - a client that reads as a transcript:
 *
 *	int c = client_open(&s);
 *	send_text(c, "hello\n");
 *	expect(c, "hello\n");
 *	half_close(c);
 *	expect_eof(c);
 *
 * A client is its socket; all of this waits with a deadline and fails the
 * test, at the line that called, when something else comes.
 */
#ifndef TESTS_PEER_H
#define TESTS_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "fail.h"
#include "server.h"

/* Connects to the server by IPv4, or by IPv6. */
#define client_open(s) client_open_at(HERE, s)
int client_open_at(struct place at, const struct server *s);
#define client_open6(s) client_open6_at(HERE, s)
int client_open6_at(struct place at, const struct server *s);

/* Connects to where its status is, by IPv4. */
#define client_open_status(s) client_open_status_at(HERE, s)
int client_open_status_at(struct place at, const struct server *s);

/* Connects to a unix socket at that path. */
#define client_open_path(path) client_open_path_at(HERE, path)
int client_open_path_at(struct place at, const char *path);

/* The same where the server may close it at once: -1 if it did so before we
 * were told that it was there. */
#define client_try(s) client_try_at(HERE, s)
int client_try_at(struct place at, const struct server *s);

/* Connects with a small receive buffer, so that not reading is noticed. */
#define client_open_narrow(s) client_open_narrow_at(HERE, s)
int client_open_narrow_at(struct place at, const struct server *s);

/* Is nobody listening there any more? */
bool client_refused(const struct server *s);

void client_close(int c);

/* Closes with a reset (SO_LINGER of nothing). */
void client_abort(int c);

#define send_text(c, text) send_text_at(HERE, c, text)
void send_text_at(struct place at, int c, const char *text);
#define send_bytes(c, bytes, len) send_bytes_at(HERE, c, bytes, len)
void send_bytes_at(struct place at, int c, const void *bytes, size_t len);

/* Sends the pattern until nothing fits any more, or `most` bytes; returns how
 * many went. A moment without progress decides: nothing may depend on it but
 * how full the buffers are. */
size_t send_until_full(int c, size_t most);

/* Ends our side of the connection. */
#define half_close(c) half_close_at(HERE, c)
void half_close_at(struct place at, int c);

/* Reads exactly these bytes. */
#define expect(c, text) expect_at(HERE, c, text)
void expect_at(struct place at, int c, const char *text);
#define expect_bytes(c, bytes, len) expect_bytes_at(HERE, c, bytes, len)
void expect_bytes_at(struct place at, int c, const void *bytes, size_t len);

/* Reads the bytes of tree_pattern() from x to end. */
#define expect_pattern(c, x, end) expect_pattern_at(HERE, c, x, end)
void expect_pattern_at(struct place at, int c, uint64_t x, uint64_t end);

/* The end of the stream and nothing before it. */
#define expect_eof(c) expect_eof_at(HERE, c)
void expect_eof_at(struct place at, int c);

/* The end of the stream or a reset, whatever came before. */
#define expect_gone(c) expect_gone_at(HERE, c)
void expect_gone_at(struct place at, int c);

/* Sends the pattern's bytes [x, end) in pieces of `piece` and reads them back
 * meanwhile. */
#define expect_echo(c, x, end, piece) expect_echo_at(HERE, c, x, end, piece)
void
expect_echo_at(struct place at, int c, uint64_t x, uint64_t end, size_t piece);

/* Says hello to an echo, and hears it: it is served. */
#define greet(c) greet_at(HERE, c)
void greet_at(struct place at, int c);

/* Asks a server with --demo which process serves this connection. */
#define ask_pid(c) ask_pid_at(HERE, c)
pid_t ask_pid_at(struct place at, int c);

enum { RESPONSE_HEAD = 16384, RESPONSE_BODY = 262144 };

struct response {
	int status;
	int64_t length; /* Content-Length, -1: none */
	char head[RESPONSE_HEAD];
	char body[RESPONSE_BODY]; /* NUL-terminated */
	size_t len;		  /* of the body */
};

/* Sends a request for path by a method, with more field lines ("A: b\r\n")
 * or "", and reads the answer. */
#define http_get(c, path, r) http_ask_at(HERE, c, "GET", path, "", r)
#define http_head(c, path, r) http_ask_at(HERE, c, "HEAD", path, "", r)
#define http_ask(c, method, path, fields, r) \
	http_ask_at(HERE, c, method, path, fields, r)
void http_ask_at(struct place at, int c, const char *method, const char *path,
    const char *fields, struct response *r);

/* Reads an answer: its head; its head and its body. */
#define http_read_head(c, r) http_read_head_at(HERE, c, r)
void http_read_head_at(struct place at, int c, struct response *r);
#define http_read(c, r) http_read_at(HERE, c, r)
void http_read_at(struct place at, int c, struct response *r);

/* The value of a field, NULL if it is not there; valid until the next call. */
const char *http_field(const struct response *r, const char *name);

#endif
