/* The access log: which lines are written, where to, and what becomes of them
 * when the file is rotated, the disk full, the worker dead. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "family.h"
#include "matrix.h"
#include "os/ledger.h"
#include "os/standby.h"
#include "peer.h"
#include "server.h"
#include "suite.h"
#include "trap.h"
#include "tree.h"

enum { TEXT_BYTES = 65536, BIG = 16 << 20, LOOK_MS = 10 };

static struct server server;
static struct tree tree;
static struct response r;
static char text[TEXT_BYTES];

/* The files are in root/, the log is beside it. */
static void
make_root(void)
{
	tree_make(&tree);
	tree_dir(&tree, "root");
	tree_file(&tree, "root/hello.txt", "hello, world\n");
	tree_pattern(&tree, "root/big", BIG);
}

static void
begin(int cell, const char *format)
{
	make_root();
	server_run_in(&server, cell, "-w", "2", "-r", tree_path(&tree, "root"),
	    "--access-log", tree_path(&tree, "log"), "--log-format", format);
}

static void
end(void)
{
	server_finish(&server);
	tree_remove(&tree);
}

/* Reads a log; returns how many lines there are. */
static int
read_lines(const char *name)
{
	int fd = open(tree_path(&tree, name), O_RDONLY | O_CLOEXEC), n = 0;
	ssize_t len = 0;
	char *p;

	if (fd >= 0) {
		len = read(fd, text, sizeof(text) - 1);
		(void)close(fd);
	}
	ck_assert_int_ge(len, 0);
	text[len] = '\0';
	for (p = text; (p = strchr(p, '\n')) != NULL; p++)
		n++;
	return n;
}

/* A line is written when its client may have all already: looks until there
 * are so many. */
static void
await_lines(const char *name, int lines)
{
	int64_t until = deadline();

	while (read_lines(name) < lines && clock_now() < until)
		(void)poll(NULL, 0, LOOK_MS);
	ck_assert_msg(read_lines(name) == lines, "not %d lines: \"%s\"", lines,
	    shown(text, strlen(text)));
}

static void
get(const char *path, const char *fields)
{
	int c = client_open(&server);

	http_ask(c, "GET", path, fields, &r);
	client_close(c);
}

static int
occurrences(const char *what)
{
	const char *p = text;
	int n = 0;

	while ((p = strstr(p, what)) != NULL) {
		p += strlen(what);
		n++;
	}
	return n;
}

static void
must_hold(const char *what)
{
	ck_assert_msg(occurrences(what) == 1, "not one '%s' in \"%s\"", what,
	    shown(text, strlen(text)));
}

START_TEST(every_answer_has_a_line)
{
	int c;

	begin(_i, "combined");
	get("/hello.txt", "");
	get("/nothing", "");
	ck_assert_int_eq(r.status, 404);
	c = client_open(&server);
	http_head(c, "/hello.txt", &r);
	http_ask(c, "GET", "/hello.txt", "Range: bytes=0-4\r\n", &r);
	send_text(c, "GET / HTTP/1.1\r\nno colon\r\n\r\n");
	http_read(c, &r);
	ck_assert_int_eq(r.status, 400);
	expect_eof(c);
	client_close(c);
	/* Neither an echo nor who says nothing asks for anything. */
	c = client_open(&server);
	send_text(c, "hello\nexit\n");
	expect(c, "hello\n");
	expect_eof(c);
	client_close(c);
	client_close(client_open(&server));
	await_lines("log", 5);
	ck_assert_int_eq(occurrences("127.0.0.1 - - ["), 5);
	must_hold("\"GET /hello.txt HTTP/1.1\" 200 13 ");
	must_hold("\"GET /nothing HTTP/1.1\" 404 ");
	must_hold("\"HEAD /hello.txt HTTP/1.1\" 200 0 ");
	must_hold("\"GET /hello.txt HTTP/1.1\" 206 5 ");
	must_hold("\"GET / HTTP/1.1\" 400 ");
	end();
}
END_TEST

START_TEST(a_line_tells_bytes_and_bad_bytes_apart)
{
	begin(_i, "combined");
	get("/hello.txt", "User-Agent: \"me\"\t\xff\r\nReferer: r\r\n");
	await_lines("log", 1);
	must_hold("\"GET /hello.txt HTTP/1.1\" 200 13 \"r\" "
		  "\"\\\"me\\\"\\t\\xff\"\n");
	end();
}
END_TEST

START_TEST(a_line_may_be_json)
{
	begin(_i, "json");
	get("/hello.txt", "User-Agent: \"me\"\r\n");
	await_lines("log", 1);
	must_hold("\"method\":\"GET\",\"target\":\"/hello.txt\"");
	must_hold("\"agent\":\"\\u0022me\\u0022\",\"bytes\":13,\"ms\":");
	must_hold("\"complete\":true}\n");
	end();
}
END_TEST

START_TEST(an_answer_that_was_broken_off_says_how_far_it_came)
{
	long long bytes = -1;
	int c;

	begin(_i, "json");
	c = client_open_narrow(&server);
	send_text(c, "GET /big HTTP/1.1\r\nHost: x\r\n\r\n");
	http_read_head(c, &r);
	expect_pattern(c, 0, 1000);
	ck_assert_int_eq(read_lines("log"), 0);
	client_abort(c);
	await_lines("log", 1);
	must_hold("\"complete\":false}\n");
	ck_assert_int_eq(
	    sscanf(strstr(text, "\"bytes\":"), "\"bytes\":%lld", &bytes), 1);
	ck_assert_int_ge(bytes, 1000);
	ck_assert_int_lt(bytes, BIG);
	end();
}
END_TEST

START_TEST(pipelined_answers_have_a_line_each)
{
	enum { REQUESTS = 400 };
	static char requests[REQUESTS * 64];
	int c, i;

	begin(_i, "combined");
	for (i = 0; i < REQUESTS; i++)
		(void)strcat(
		    requests, "GET /hello.txt HTTP/1.1\r\nHost: x\r\n\r\n");
	c = client_open(&server);
	send_text(c, requests);
	for (i = 0; i < REQUESTS; i++) {
		http_read(c, &r);
		ck_assert_str_eq(r.body, "hello, world\n");
	}
	client_close(c);
	await_lines("log", REQUESTS);
	end();
}
END_TEST

/* By USR1 all lines go to the new file, those of clients that were there
 * before included. */
START_TEST(a_renamed_log_is_let_go_of)
{
	int64_t until = deadline();
	int c[4], i;

	begin(_i, "combined");
	for (i = 0; i < 4; i++) {
		c[i] = client_open(&server);
		http_get(c[i], "/hello.txt", &r);
	}
	await_lines("log", 4);
	ck_assert_int_eq(
	    rename(tree_path(&tree, "log"), tree_path(&tree, "old")), 0);
	server_signal(&server, SIGUSR1);
	while (
	    access(tree_path(&tree, "log"), F_OK) != 0 && clock_now() < until)
		(void)poll(NULL, 0, LOOK_MS);
	for (i = 0; i < 4; i++) {
		http_get(c[i], "/hello.txt", &r);
		client_close(c[i]);
	}
	await_lines("log", 4);
	ck_assert_int_eq(read_lines("old"), 4);
	end();
}
END_TEST

START_TEST(a_full_disk_is_told_once_and_stops_nobody)
{
	int i;

	if (access("/dev/full", W_OK) != 0)
		return;
	make_root();
	server_run_in(&server, _i, "-w", "2", "-r", tree_path(&tree, "root"),
	    "--access-log", "/dev/full");
	for (i = 0; i < 20; i++) {
		get("/hello.txt", "");
		ck_assert_str_eq(r.body, "hello, world\n");
	}
	/* A second line would be one that nobody expected. */
	(void)server_expect_log(&server,
	    "lines of the access log are lost: No space left on device");
	for (i = 0; i < 20; i++)
		get("/hello.txt", "");
	/* How many may be told at the end. */
	server_allow_log(&server, "* lines of the access log were lost");
	end();
}
END_TEST

START_TEST(a_pipe_that_nobody_reads_stops_nobody)
{
	static char waste[4096];
	int pipe, i;

	make_root();
	tree_fifo(&tree, "fifo");
	pipe = open(tree_path(&tree, "fifo"), O_RDWR | O_NONBLOCK);
	ck_assert_int_ge(pipe, 0);
	while (write(pipe, waste, sizeof(waste)) > 0)
		;
	server_run_in(&server, _i, "-w", "1", "-r", tree_path(&tree, "root"),
	    "--access-log", tree_path(&tree, "fifo"));
	get("/hello.txt", "");
	ck_assert_str_eq(r.body, "hello, world\n");
	(void)server_expect_log(&server, "lines of the access log are lost: ");
	get("/hello.txt", "");
	get("/hello.txt", "");
	/* Those of the answers may come just after this. */
	while (read(pipe, waste, sizeof(waste)) > 0)
		;
	for (i = 0; i < 3; i++)
		get("/hello.txt", "");
	(void)server_expect_log(
	    &server, "prefork: [123] line* of the access log w* lost");
	server_finish(&server);
	(void)close(pipe);
	tree_remove(&tree);
}
END_TEST

START_TEST(standard_output_will_do)
{
	make_root();
	server_run_in(&server, _i, "-w", "1", "-r", tree_path(&tree, "root"),
	    "--access-log", "-");
	get("/hello.txt", "");
	(void)server_expect_log(
	    &server, "127.0.0.1 - - * \"GET /hello.txt HTTP/1.1\" 200 13 ");
	end();
}
END_TEST

#ifdef TEST_HOOKS

/* Where the worker dies, and how often its answer has a line then. */
static const struct point {
	const char *name;
	int lines; /* for the answer in flight, at most */
} points[] = {
    {"rendered", 1},
    {"answered", 1},
    {"sent", 1},
    {"logged", 2},
    {"settled", 1},
    {"freed", 1},
};

enum { POINTS = sizeof(points) / sizeof(points[0]) };

START_TEST(no_line_is_missing_wherever_the_worker_dies)
{
	int c, lines;

	make_root();
	trap_set(&tree, points[_i].name);
	server_run(&server, "-w", "1", "-r", tree_path(&tree, "root"),
	    "--access-log", tree_path(&tree, "log"));
	server_allow_log(&server, "worker 0 * took over *, 0 dropped");
	c = client_open(&server);
	http_get(c, "/hello.txt", &r);
	await_lines("log", 1);
	trap_arm();
	send_text(c, "GET /hello.txt?1 HTTP/1.1\r\nHost: x\r\n\r\n"
		     "GET /big?2 HTTP/1.1\r\nHost: x\r\n\r\n"
		     "GET /hello.txt?3 HTTP/1.1\r\nHost: x\r\n"
		     "Connection: close\r\n\r\n");
	http_read(c, &r);
	http_read_head(c, &r);
	expect_pattern(c, 0, BIG);
	http_read(c, &r);
	expect_eof(c);
	client_close(c);
	(void)server_expect_log(&server, "worker 0 * took over *");
	ck_assert(trap_sprung());
	server_finish(&server);
	lines = read_lines("log");
	ck_assert_msg(lines >= 4 && lines < 4 + points[_i].lines,
	    "%d lines: \"%s\"", lines, shown(text, strlen(text)));
	ck_assert_int_ge(occurrences("?1 HTTP/1.1\" 200 13 "), 1);
	ck_assert_int_eq(occurrences("?2 HTTP/1.1\" 200 16777216 "), 1);
	ck_assert_int_eq(occurrences("?3 HTTP/1.1\" 200 13 "), 1);
	tree_remove(&tree);
	trap_remove();
}
END_TEST

#endif

int
main(void)
{
	Suite *suite = suite_create("access log");
	TCase *tc = suite_case(suite, "access log");

	in_all_cells(tc, every_answer_has_a_line);
	in_all_cells(tc, a_line_tells_bytes_and_bad_bytes_apart);
	in_all_cells(tc, a_line_may_be_json);
	in_all_cells(tc, an_answer_that_was_broken_off_says_how_far_it_came);
	in_all_cells(tc, pipelined_answers_have_a_line_each);
	in_all_cells(tc, a_renamed_log_is_let_go_of);
	in_all_cells(tc, a_full_disk_is_told_once_and_stops_nobody);
	in_all_cells(tc, a_pipe_that_nobody_reads_stops_nobody);
	in_all_cells(tc, standard_output_will_do);
#ifdef TEST_HOOKS
	if (standby_possible() && ledger_works() && matrix_has("prefork"))
		tcase_add_loop_test(
		    tc, no_line_is_missing_wherever_the_worker_dies, 0, POINTS);
#endif
	server_look_for_no_leaks();
	return suite_run(suite);
}
