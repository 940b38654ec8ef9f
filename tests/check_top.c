/* The status in a terminal: what is read of it, whatever comes; how it looks;
 * and the program itself, in a terminal of its own. */
#define _GNU_SOURCE
#include <check.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "program.h"
#include "server.h"
#include "suite.h"
#include "outside/json.h"
#include "outside/picture.h"
#include "outside/reading.h"

static struct server server;

static const char sample[] =
    "{\"version\": \"0.1.0\", \"model\": \"prefork\", \"readiness\": \"ready\","
    " \"uptime_ms\": 93784000, \"requests\": 1500, \"bytes_in\": 7, "
    "\"bytes_out\": 123456789, \"kept\": 90, \"dropped\": 2, \"blamed\": 1, "
    "\"answers\": {\"2xx\": 1400, \"3xx\": 50, \"4xx\": 40, \"5xx\": 10}, "
    "\"refused\": {\"address\": 3, \"rate\": 4}, \"deaths\": {\"masters\": 5, "
    "\"workers_killed\": 6, \"workers_hung\": 7, \"standbys_fault\": 8}, "
    "\"slots\": [\n{\"slot\": 0, \"state\": \"serving\", \"worker\": 101, "
    "\"standby\": 102, \"clients\": 12, \"requests\": 1000, \"took_us\": 6700, "
    "\"takeovers\": 3, \"bytes_out\": 5000},\n{\"slot\": 1, \"state\": "
    "\"a \\\"\x1b[2J\", \"worker\": 103, \"requests\": 500, "
    "\"accepting\": true}\n]}\n";

/* What is read, one value behind the other. */
static char heard[1024];

static void
hear(void *own, const char *where, const char *value)
{
	const size_t len = strlen(heard);

	(void)own;
	(void)snprintf(heard + len, sizeof(heard) - len, "%s=%s;", where,
	    value != NULL ? value : "[]");
}

START_TEST(json_is_read_or_not)
{
	static const struct {
		const char *text, *heard; /* NULL: it is none */
	} rows[] = {
	    {"{\"a\": {\"b\": 1, \"c\": [true, {\"d\": \"x y\"}]}, \"e\": -2.5e1}",
		"a.b=1;a.c=[];a.c=true;a.c=[];a.c.d=x y;e=-2.5e1;"},
	    {" [ ] ", ""},
	    {"{}", ""},
	    {"\"\\\"\\n\"", "=??;"},
	    {"7", "=7;"},
	    {"", NULL},
	    {"{", NULL},
	    {"{\"a\"}", NULL},
	    {"{\"a\": 1,}", NULL},
	    {"{a: 1}", NULL},
	    {"[1 2]", NULL},
	    {"\"a", NULL},
	    {"\"a\\", NULL},
	    {"{} {}", NULL},
	    {"[[[[[[[[1]]]]]]]]", "=[];=[];=[];=[];=[];=[];=[];=[];=1;"},
	    {"[[[[[[[[[1]]]]]]]]]", NULL},
	};
	bool good;

	heard[0] = '\0';
	good = json_read(rows[_i].text, hear, NULL);
	ck_assert_msg(good == (rows[_i].heard != NULL), "'%s' %s",
	    rows[_i].text, good ? "is read" : "is not read");
	if (good)
		ck_assert_str_eq(heard, rows[_i].heard);
}
END_TEST

enum { JSON_ROWS = 16 };

START_TEST(what_is_no_status_is_none)
{
	static struct reading r;

	ck_assert(!reading_parse(&r, "{}"));
	ck_assert(!reading_parse(&r, "[]"));
	ck_assert(!reading_parse(&r, "{\"version\": \"1\"}"));
	ck_assert(
	    reading_parse(&r, "{\"version\": \"1\", \"model\": \"fork\"}"));
}
END_TEST

START_TEST(counts_have_an_end)
{
	static struct reading r;

	ck_assert(reading_parse(&r,
	    "{\"version\": \"1\", \"model\": \"fork\", \"requests\": -7,"
	    "\"refused\": {\"a\": 9223372036854775807, \"b\": 1}, \"slots\": "
	    "[{\"clients\": 9223372036854775807}, {\"clients\": 8}]}"));
	ck_assert_int_eq(r.requests, 0);
	ck_assert_int_eq(r.refused, INT64_MAX);
	ck_assert_int_eq(r.slot[1].clients, 8);
}
END_TEST

START_TEST(a_name_that_is_too_long_is_none)
{
	char text[400];

	memset(text, 'x', sizeof(text));
	memcpy(text, "{\"", 2);
	strcpy(text + 150, "\": 1}");
	ck_assert(!json_read(text, hear, NULL));
	strcpy(text + 100, "\": 1}");
	ck_assert(json_read(text, hear, NULL));
}
END_TEST

START_TEST(a_status_is_read)
{
	static struct reading r;

	ck_assert(reading_parse(&r, sample));
	ck_assert_str_eq(r.model, "prefork");
	ck_assert_int_eq(r.uptime_ms, 93784000);
	ck_assert_int_eq(r.answers[3], 10);
	ck_assert_int_eq(r.refused, 7);
	ck_assert_int_eq(r.masters, 5);
	ck_assert_int_eq(r.workers, 13);
	ck_assert_int_eq(r.standbys, 8);
	ck_assert_int_eq(r.slots, 2);
	ck_assert_int_eq(r.slot[0].standby, 102);
	ck_assert_int_eq(r.slot[0].took_us, 6700);
	ck_assert_int_eq(r.slot[1].worker, 103);
	ck_assert_str_eq(r.slot[1].state, "a ??[2J");
}
END_TEST

/* The lines of a picture; none is longer than 80 columns, nor has a byte that a
 * terminal obeys. */
static int
lines_of(const struct reading *now, const struct reading *before, int rows,
    char **text)
{
	size_t size, at = 0, len;
	int n = 0;
	FILE *out = open_memstream(text, &size);

	picture(out, now, before, rows);
	(void)fclose(out);
	for (; (*text)[at] != '\0'; at += len + 1, n++) {
		len = strcspn(*text + at, "\n");
		ck_assert_msg(len <= 80, "%zu columns: %s", len, *text + at);
	}
	for (at = 0; at < size; at++)
		ck_assert((*text)[at] == '\n' ||
			  ((*text)[at] >= ' ' && (*text)[at] <= '~'));
	return n;
}

START_TEST(it_looks_so)
{
	static struct reading now, before;
	char *text;

	ck_assert(reading_parse(&now, sample));
	ck_assert_int_eq(lines_of(&now, NULL, 24, &text), 9);
	ck_assert_ptr_nonnull(strstr(text,
	    "prefork 0.1.0, model prefork: ready, up 1 d 2 h\n"
	    "clients 12, requests 0/s, in 0 B/s, out 1316 B/s; answered 1500\n"
	    "answers 2xx 1400, 3xx 50, 4xx 40, 5xx 10\n"
	    "deaths of workers 13, standbys 8, masters 5\n"
	    "clients kept 90, dropped 2, blamed 1, refused 7\n"));
	ck_assert_ptr_nonnull(strstr(text,
	    "   0 serving       101     102      12       0    1000    5000"
	    "       3     6.7\n"));
	free(text);
	before = now;
	before.uptime_ms -= 2000;
	before.requests -= 30;
	before.slot[0].requests -= 20;
	(void)lines_of(&now, &before, 24, &text);
	ck_assert_ptr_nonnull(strstr(text, "requests 15/s"));
	ck_assert_ptr_nonnull(strstr(text, "      12      10    1000 "));
	free(text);
	/* Another server, by now: it has had fewer. */
	before.requests = before.uptime_ms = INT64_MAX;
	(void)lines_of(&now, &before, 24, &text);
	ck_assert_ptr_nonnull(strstr(text, "requests 0/s"));
	free(text);
	/* Of a row that was written over. */
	now.slot[0].slot = now.slot[0].worker = now.slot[0].took_us = INT64_MAX;
	now.slot[0].clients = now.requests = now.uptime_ms = INT64_MAX;
	memset(now.version, 'v', WORD_BYTES - 1);
	memset(now.model, 'm', WORD_BYTES - 1);
	memset(now.readiness, 'r', WORD_BYTES - 1);
	(void)lines_of(&now, NULL, 24, &text);
	free(text);
	now.unheard = 3;
	ck_assert_int_eq(lines_of(&now, NULL, 10, &text), 10);
	ck_assert_ptr_nonnull(strstr(text, "logs: access 0, event 3\n"));
	free(text);
	ck_assert_int_eq(lines_of(&now, NULL, 9, &text), 9);
	ck_assert_ptr_nonnull(strstr(text, "\nand 2 more\n"));
	free(text);
}
END_TEST

START_TEST(numbers_are_short)
{
	static const struct {
		double n;
		const char *text;
	} rows[] = {{-1, "0"}, {0, "0"}, {9999, "9999"}, {10000, "10.0k"},
	    {12345, "12.3k"}, {999499, "999k"}, {999999, "1.00M"},
	    {9995e3, "10.0M"}, {1e9, "1.00G"}, {1.5e18, "1.50E"}};
	char text[SHORT_BYTES];
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ck_assert_str_eq(picture_short(text, rows[i].n), rows[i].text);
}
END_TEST

enum { HARMS = 10 }; /* tests, each with a time of its own */

/* Whatever a server says, it is shown in its place. */
START_TEST(nothing_that_comes_does_harm)
{
	static struct reading r;
	char text[sizeof(sample)], *out;
	unsigned seed = 20261127 + (unsigned)_i;
	int i, k;

	for (i = 0; i < 20000 / HARMS; i++) {
		memcpy(text, sample, sizeof(sample));
		for (k = 0; k <= i % 5; k++) {
			seed = seed * 1103515245 + 12345;
			text[(seed >> 8) % (sizeof(text) - 1)] =
			    "\"{}[],:9\\\x1b e-"[(seed >> 24) % 13];
		}
		(void)reading_parse(&r, text);
		(void)lines_of(&r, i % 2 == 0 ? &r : NULL, 24, &out);
		free(out);
	}
}
END_TEST

static void
url_of(char url[64], int port)
{
	(void)snprintf(url, 64, "http://127.0.0.1:%d", port);
}

START_TEST(without_a_terminal_it_is_told_once)
{
	static struct result result;
	char url[64];

	server_run(&server, "--status", "0", "-w", "2");
	url_of(url, (int)server.status4);
	program_run(&result, NULL, server_program(), "--top", url, NULL);
	ck_assert_int_eq(result.status, 0);
	ck_assert_str_eq(result.err, "");
	ck_assert_ptr_nonnull(strstr(result.out, ": ready, up "));
	ck_assert_ptr_nonnull(strstr(result.out, "\n   1 serving "));
	/* Where files are there is no status. */
	url_of(url, (int)server.port4);
	program_run(&result, NULL, server_program(), "--top", url, NULL);
	ck_assert_int_eq(result.status, 1);
	ck_assert_ptr_nonnull(
	    strstr(result.err, "what it answers is no status of prefork"));
	server_finish(&server);
	program_run(&result, NULL, server_program(), "--top", url, NULL);
	ck_assert_int_eq(result.status, 1);
	ck_assert_ptr_nonnull(strstr(result.err, "Connection refused"));
}
END_TEST

/* Reads from the terminal until the text has come so many times. */
static void
await_times(int pty, const char *text, int times)
{
	static char seen[65536];
	struct pollfd set = {.fd = pty, .events = POLLIN};
	size_t len = 0;
	ssize_t n;
	char *at;

	while (times > 0) {
		ck_assert_msg(poll(&set, 1, 10000) == 1, "no '%s'", text);
		n = read(pty, seen + len, sizeof(seen) - 1 - len);
		ck_assert_int_gt(n, 0);
		len += (size_t)n;
		seen[len] = '\0';
		for (; (at = strstr(seen, text)) != NULL; times--) {
			len = strlen(at + strlen(text));
			memmove(seen, at + strlen(text), len + 1);
		}
	}
}

static pid_t
start_in(const char *path, const char *url)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
		/* It leaves our group, and a test that fails leaves it alone.
		 */
#ifdef __linux__
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
	(void)setsid();
	(void)dup2(open(path, O_RDWR), STDIN_FILENO);
	(void)dup2(STDIN_FILENO, STDOUT_FILENO);
	(void)setenv("TERM", "xterm", 1);
	(void)execl(
	    server_program(), server_program(), "--top", url, (char *)NULL);
	_exit(127);
}

/* *line: its other end. */
static int
open_terminal(int *line)
{
	int pty = posix_openpt(O_RDWR | O_NOCTTY);

	ck_assert_int_ge(pty, 0);
	ck_assert_int_eq(grantpt(pty), 0);
	ck_assert_int_eq(unlockpt(pty), 0);
	*line = open(ptsname(pty), O_RDWR | O_NOCTTY);
	return pty;
}

START_TEST(when_its_terminal_is_closed_it_ends)
{
	int line, status, pty = open_terminal(&line);
	char url[64];
	pid_t pid;

	/* Else the one that is to see it closed would hold it. */
	ck_assert_int_eq(fcntl(pty, F_SETFD, FD_CLOEXEC), 0);
	server_run(&server, "--status", "0", "-w", "1");
	url_of(url, (int)server.status4);
	pid = start_in(ptsname(pty), url);
	await_times(pty, "\n   0 serving ", 1);
	ck_assert_int_eq(_i == 0 ? kill(pid, SIGHUP) : close(pty), 0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	if (_i == 1)
		pty = open("/dev/null", O_RDONLY);
	server_finish(&server);
	(void)close(pty);
	(void)close(line);
}
END_TEST

START_TEST(in_a_small_terminal_it_takes_no_more_than_there_is)
{
	const struct winsize size = {.ws_row = 4, .ws_col = 20};
	int line, status, pty = open_terminal(&line);
	char url[64];
	pid_t pid;

	ck_assert_int_eq(ioctl(pty, TIOCSWINSZ, &size), 0);
	/* Where a terminal cannot be asked. */
	(void)setenv("LINES", "4", 1);
	(void)setenv("COLUMNS", "20", 1);
	server_run(&server, "--status", "0", "-w", "1");
	url_of(url, (int)server.status4);
	pid = start_in(ptsname(pty), url);
	await_times(pty, "\ndeaths of workers 0,\033[H", 1);
	server_finish(&server);
	await_times(
	    pty, "\nanswers 2xx 0, 3xx 0\r\nConnection refused\033[H", 1);
	ck_assert_int_eq(kill(pid, SIGTERM), 0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	(void)close(line);
	(void)close(pty);
}
END_TEST

START_TEST(in_a_terminal_it_goes_on_until_q)
{
	int line, status, pty = open_terminal(&line);
	struct termios before, after;
	char url[64];
	pid_t pid;

	ck_assert_int_eq(tcgetattr(line, &before), 0);
	server_run(&server, "--status", "0", "-w", "1");
	url_of(url, (int)server.status4);
	pid = start_in(ptsname(pty), url);
	await_times(pty, "\n   0 serving ", 2);
	server_finish(&server);
	await_times(pty, "Connection refused", 1);
	ck_assert_int_eq(write(pty, "q", 1), 1);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	ck_assert_int_eq(tcgetattr(line, &after), 0);
	ck_assert_int_eq(after.c_lflag, before.c_lflag);
	(void)close(line);
	(void)close(pty);
}
END_TEST

/* One on a free port that says nothing of itself. */
static int
open_listener(int *port)
{
	struct sockaddr_in a = {.sin_family = AF_INET};
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	ck_assert_int_eq(listen(fd, 8), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&a, &len), 0);
	*port = ntohs(a.sin_port);
	return fd;
}

/* Who has asked there. */
static int
take_question(int listener)
{
	struct pollfd set = {.fd = listener, .events = POLLIN};
	char text[1024];
	int fd;

	ck_assert_int_eq(poll(&set, 1, 10000), 1);
	fd = accept(listener, NULL, NULL);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_gt(recv(fd, text, sizeof(text), 0), 0);
	return fd;
}

/* What is left to be read of a terminal. */
static void
read_rest(int pty, char *text, size_t size)
{
	struct pollfd set = {.fd = pty, .events = POLLIN};
	size_t len = 0;
	ssize_t n = 1;

	while (n > 0 && len < size - 1 && poll(&set, 1, 0) == 1) {
		n = read(pty, text + len, size - 1 - len);
		len += n > 0 ? (size_t)n : 0;
	}
	text[len] = '\0';
}

/* Nor does it move a terminal of eight bits. */
/* Nor is an interim answer the one that counts. */
static const struct {
	const char *answer;
	int outcome;
	const char *shown;
} answers[] = {
    {"\x9b"
     "2J\033[2J no answer",
	1, ": \\x9b2J\\x1b[2J no "},
    {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n"
     "Link: a\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
	0, ""},
    {"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 503 No\r\n\r\n", 1,
	"HTTP/1.1 503"},
    {"HTTP/1.1 103 Early Hints\r\n\r\n", 1, "without an answer"},
    {"HTTP/1.1 103 Early", 1, "HTTP/1.1 103"},
};

START_TEST(an_answer_is_judged_and_shown_in_ascii)
{
	const char *answer = answers[_i].answer;
	static struct result result;
	char url[64];
	int port, listener = open_listener(&port), status;
	pid_t pid = fork();

	if (pid == 0) {
		int c = take_question(listener);

		_exit(send(c, answer, strlen(answer), 0) > 0 ? 0 : 1);
	}
	url_of(url, port);
	program_run(&result, NULL, server_program(), "--check", url, NULL);
	ck_assert_int_eq(result.status, answers[_i].outcome);
	ck_assert_ptr_nonnull(strstr(result.err, answers[_i].shown));
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	(void)close(listener);
}
END_TEST

/* How a server, or a proxy before one, may tell a status, and how not. It does
 * not end the connection, but where the framing is broken. */
#define STATUS_TEXT "{\"version\": \"1\", \"model\": \"fork\"}"
static const struct {
	const char *head, *content;
	int outcome;
} framings[] = {
    {"Content-Length: 33", STATUS_TEXT, 0},
    {"content-length:33\r\nA: b", STATUS_TEXT "behind it", 0},
    {"Transfer-Encoding: chunked",
	"f;a=b\r\n{\"version\": \"1\"\r\n"
	"10\r\n, \"model\": \"fork\r\n2\r\n\"}\r\n0\r\nA: b\r\n\r\n",
	0},
    {"Transfer-Encoding: chunked", "zz\r\n" STATUS_TEXT, 1},
    {"Content-Length: 30", STATUS_TEXT, 1},
    {"Content-Length: 0", "", 1},
};

/* Byte by byte, so that each comes to be the last of what there is; then it
 * waits for the client to go. */
static void
tell_slowly(int listener, const char *head, const char *content, bool ends)
{
	char text[512];
	int i, len, c = take_question(listener), on = 1;

	(void)setsockopt(c, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	len = snprintf(text, sizeof(text), "HTTP/1.1 200 OK\r\n%s\r\n\r\n%s",
	    head, content);
	for (i = 0; i < len; i++)
		if (send(c, text + i, 1, MSG_NOSIGNAL) != 1)
			_exit(0);
	if (!ends)
		(void)recv(c, text, 1, 0);
	_exit(0);
}

START_TEST(an_answer_ends_where_its_framing_says)
{
	static struct result result;
	char url[64];
	int port, listener = open_listener(&port), status;
	pid_t pid = fork();

	if (pid == 0)
		tell_slowly(listener, framings[_i].head, framings[_i].content,
		    framings[_i].head[0] == 'T' && framings[_i].outcome != 0);
	url_of(url, port);
	program_run(&result, NULL, server_program(), "--top", url, NULL);
	ck_assert_int_eq(result.status, framings[_i].outcome);
	if (framings[_i].outcome == 0)
		ck_assert_ptr_nonnull(
		    strstr(result.out, "prefork 1, model fork: "));
	else
		ck_assert_ptr_nonnull(strstr(result.err, "no status"));
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	(void)close(listener);
}
END_TEST

/* 0: the key. */
static const int ways_out[] = {0, SIGINT, SIGQUIT, SIGHUP};

START_TEST(from_a_server_that_hangs_a_key_and_a_signal_lead_away)
{
	static const char head[] = "HTTP/1.1 200 OK\r\n\r\n";
	static char text[65536];
	int line, status, port, c, pty = open_terminal(&line);
	int listener = open_listener(&port);
	char url[64];
	pid_t pid;

	url_of(url, port);
	pid = start_in(ptsname(pty), url);
	c = take_question(listener);
	ck_assert_int_gt(send(c, head, strlen(head), 0), 0);
	ck_assert_int_gt(send(c, sample, strlen(sample), 0), 0);
	(void)close(c);
	await_times(pty, "\n   0 serving ", 1);
	/* This one waits for an answer that never comes. */
	c = take_question(listener);
	if (ways_out[_i] == 0)
		ck_assert_int_eq(write(pty, "q", 1), 1);
	else
		ck_assert_int_eq(kill(pid, ways_out[_i]), 0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	read_rest(pty, text, sizeof(text));
	ck_assert_ptr_null(strstr(text, "timed out"));
	ck_assert_ptr_null(strstr(text, "Interrupted"));
	(void)close(c);
	(void)close(listener);
	(void)close(line);
	(void)close(pty);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("top");
	TCase *tc = suite_case(suite, "top");

	tcase_add_loop_test(tc, json_is_read_or_not, 0, JSON_ROWS);
	tcase_add_test(tc, a_name_that_is_too_long_is_none);
	tcase_add_test(tc, a_status_is_read);
	tcase_add_test(tc, it_looks_so);
	tcase_add_test(tc, numbers_are_short);
	tcase_add_loop_test(tc, nothing_that_comes_does_harm, 0, HARMS);
	tcase_add_test(tc, without_a_terminal_it_is_told_once);
	tcase_add_test(tc, in_a_terminal_it_goes_on_until_q);
	tcase_add_loop_test(tc, when_its_terminal_is_closed_it_ends, 0, 2);
	tcase_add_test(tc, in_a_small_terminal_it_takes_no_more_than_there_is);
	tcase_add_loop_test(tc,
	    from_a_server_that_hangs_a_key_and_a_signal_lead_away, 0,
	    (int)(sizeof(ways_out) / sizeof(ways_out[0])));
	tcase_add_test(tc, what_is_no_status_is_none);
	tcase_add_test(tc, counts_have_an_end);
	tcase_add_loop_test(tc, an_answer_is_judged_and_shown_in_ascii, 0,
	    (int)(sizeof(answers) / sizeof(answers[0])));
	tcase_add_loop_test(tc, an_answer_ends_where_its_framing_says, 0,
	    (int)(sizeof(framings) / sizeof(framings[0])));
	return suite_run(suite);
}
