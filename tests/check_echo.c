/* The echo service, in every model and with every poller. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "matrix.h"
#include "peer.h"
#include "server.h"
#include "suite.h"
#include "tree.h"

static struct server server;

START_TEST(what_is_sent_comes_back)
{
	int c;

	server_run_in(&server, _i, "-w", "2");
	c = client_open(&server);
	greet(c);
	send_text(c, "no newline, and more");
	expect(c, "no newline, and more");
	half_close(c);
	expect_eof(c);
	client_close(c);
	server_finish(&server);
}
END_TEST

START_TEST(both_families_of_localhost_are_served)
{
	int c, d;

	server_run_in(&server, _i, "-w", "1");
	c = client_open(&server);
	d = client_open6(&server);
	send_text(c, "four\n");
	send_text(d, "six\n");
	expect(d, "six\n");
	expect(c, "four\n");
	client_close(c);
	client_close(d);
	server_finish(&server);
}
END_TEST

START_TEST(nuls_and_every_other_byte_come_back)
{
	unsigned char all[512];
	size_t i;
	int c;

	for (i = 0; i < sizeof(all); i++)
		all[i] = (unsigned char)i;
	server_run_in(&server, _i, "-w", "1");
	c = client_open(&server);
	send_bytes(c, all, sizeof(all));
	expect_bytes(c, all, sizeof(all));
	half_close(c);
	expect_eof(c);
	client_close(c);
	server_finish(&server);
}
END_TEST

START_TEST(megabytes_come_back_in_order)
{
	int c;

	server_run_in(&server, _i, "-w", "1", "-s", "echo");
	c = client_open(&server);
	expect_echo(c, 0, 4 << 20, 65536);
	expect_echo(c, 4 << 20, (4 << 20) + 5000, 1);
	half_close(c);
	expect_eof(c);
	client_close(c);
	server_finish(&server);
}
END_TEST

START_TEST(every_byte_comes_back_after_a_half_close)
{
	static unsigned char bytes[100000];
	size_t i;
	int c;

	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = pattern_byte(i);
	server_run_in(&server, _i, "-w", "1", "-s", "echo");
	c = client_open(&server);
	send_bytes(c, bytes, sizeof(bytes));
	half_close(c);
	expect_pattern(c, 0, sizeof(bytes));
	expect_eof(c);
	client_close(c);
	server_finish(&server);
}
END_TEST

START_TEST(clients_do_not_get_each_others_bytes)
{
	enum { CLIENTS = 40 };
	char text[CLIENTS][32];
	int c[CLIENTS], i;

	server_run_in(&server, _i, "-w", "2");
	for (i = 0; i < CLIENTS; i++) {
		c[i] = client_open(&server);
		(void)snprintf(text[i], sizeof(text[i]), "client %d\n", i);
	}
	for (i = CLIENTS - 1; i >= 0; i--)
		send_text(c[i], text[i]);
	for (i = 0; i < CLIENTS; i++) {
		expect(c[i], text[i]);
		client_close(c[i]);
	}
	server_finish(&server);
}
END_TEST

/* What is sent in these pieces, one after the other, and what comes back
 * before the connection ends. A piece follows when what must be echoed of
 * those before has come back, so the split is seen by the server. */
static const struct exit_row {
	const char *pieces[6];
	const char *back[6]; /* what comes back after each piece */
} exit_rows[] = {
    {{"exit\n"}, {""}},
    {{"exit\r\n"}, {""}},
    {{"hello\nexit\n"}, {"hello\n"}},
    {{"hello\n", "exit\n"}, {"hello\n", ""}},
    {{"hello\nexit\r\nmore\n"}, {"hello\n"}},
    {{"hello\ne", "xit\n"}, {"hello\n", ""}},
    {{"hello\nexi", "t\n"}, {"hello\n", ""}},
    {{"hello\nexit", "\n"}, {"hello\n", ""}},
    {{"hello\nexit\r", "\n"}, {"hello\n", ""}},
    {{"a\n", "b\nexit", "\r\nc"}, {"a\n", "b\n", ""}},
    {{"one\r\ntwo\r\nexit\r\n"}, {"one\r\ntwo\r\n"}},
    {{"\nexit\n"}, {"\n"}},
};

enum { EXIT_ROWS = sizeof(exit_rows) / sizeof(exit_rows[0]) };

START_TEST(a_line_exit_ends_it_and_is_not_echoed)
{
	int row, c, i;

	server_run_in(&server, _i, "-w", "1");
	for (row = 0; row < EXIT_ROWS; row++) {
		const struct exit_row *x = &exit_rows[row];

		c = client_open(&server);
		for (i = 0; i < 6 && x->pieces[i] != NULL; i++) {
			send_text(c, x->pieces[i]);
			expect(c, x->back[i]);
		}
		expect_eof(c);
		client_close(c);
	}
	server_finish(&server);
}
END_TEST

/* Lines that are not `exit`. */
static const char *const not_exit[] = {
    "exited\n",
    " exit\n",
    "exit \n",
    "Exit\n",
    "exi\n",
    "xexit\n",
    "exitexit\n",
    "exit\rx\n",
    "eexit\n",
    "the exit\n",
    "exit\r\r\n",
    "exi t\n",
};

enum { NOT_EXIT = sizeof(not_exit) / sizeof(not_exit[0]) };

START_TEST(what_only_looks_like_exit_is_echoed)
{
	int row, c;

	server_run_in(&server, _i, "-w", "1");
	for (row = 0; row < NOT_EXIT; row++) {
		c = client_open(&server);
		send_text(c, not_exit[row]);
		send_text(c, "and more\n");
		expect(c, not_exit[row]);
		expect(c, "and more\n");
		half_close(c);
		expect_eof(c);
		client_close(c);
	}
	server_finish(&server);
}
END_TEST

START_TEST(exit_and_then_silence_ends_it)
{
	int c;

	server_run_in(&server, _i, "-w", "1");
	c = client_open(&server);
	send_text(c, "exit");
	expect_eof(c);
	client_close(c);
	c = client_open(&server);
	greet(c);
	send_text(c, "exit");
	expect_eof(c);
	client_close(c);
	c = client_open(&server);
	send_text(c, "hello\nexit");
	expect(c, "hello\n");
	expect_eof(c);
	client_close(c);
	server_finish(&server);
}
END_TEST

START_TEST(part_of_exit_and_then_silence_is_echoed)
{
	int c;

	server_run_in(&server, _i, "-w", "1");
	c = client_open(&server);
	send_text(c, "exi");
	expect(c, "exi");
	send_text(c, "le\n");
	expect(c, "le\n");
	client_close(c);
	server_finish(&server);
}
END_TEST

START_TEST(part_of_exit_and_then_the_end_is_echoed)
{
	int c;

	server_run_in(&server, _i, "-w", "1");
	c = client_open(&server);
	send_text(c, "hello\nexi");
	half_close(c);
	expect(c, "hello\nexi");
	expect_eof(c);
	client_close(c);
	server_finish(&server);
}
END_TEST

/* What may begin a request line is held back, and echoed when it cannot be
 * one any more. */
static const char *const almost_http[][2] = {
    {"GET", "x\n"},
    {"G", "et /\r\n"},
    {"PUT", "\n"},
    {"ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGH", "I \n"},
};

enum { ALMOST_HTTP = sizeof(almost_http) / sizeof(almost_http[0]) };

START_TEST(what_does_not_become_a_request_is_echoed)
{
	int row, c;

	server_run_in(&server, _i, "-w", "1");
	for (row = 0; row < ALMOST_HTTP; row++) {
		c = client_open(&server);
		send_text(c, almost_http[row][0]);
		send_text(c, almost_http[row][1]);
		expect(c, almost_http[row][0]);
		expect(c, almost_http[row][1]);
		/* From now on a method is nothing special. */
		send_text(c, "GET / HTTP/1.1\r\n\r\n");
		expect(c, "GET / HTTP/1.1\r\n\r\n");
		client_close(c);
	}
	c = client_open(&server);
	send_text(c, "GE");
	half_close(c);
	expect(c, "GE");
	expect_eof(c);
	client_close(c);
	server_finish(&server);
}
END_TEST

START_TEST(a_pinned_echo_echoes_requests)
{
	int c;

	server_run_in(&server, _i, "-w", "1", "-s", "echo");
	c = client_open(&server);
	send_text(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
	expect(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
	client_close(c);
	server_finish(&server);
}
END_TEST

START_TEST(who_writes_and_never_reads_is_stopped_and_hurts_nobody)
{
	enum { MOST = 64 << 20 };
	size_t sent;
	int c, d;

	server_run_in(&server, _i, "-w", "1", "-s", "echo");
	c = client_open_narrow(&server);
	sent = send_until_full(c, MOST);
	ck_assert_msg(
	    sent < MOST, "all %lu bytes were taken", (unsigned long)sent);
	d = client_open(&server);
	greet(d);
	client_close(d);
	client_close(c);
	server_finish(&server);
}
END_TEST

START_TEST(a_reset_hurts_nobody)
{
	int c, d, i;

	server_run_in(&server, _i, "-w", "1");
	d = client_open(&server);
	for (i = 0; i < 20; i++) {
		c = client_open(&server);
		send_text(c, "hello\n");
		if (i % 2 == 0)
			expect(c, "hello\n");
		client_abort(c);
	}
	greet(d);
	client_close(d);
	server_finish(&server);
}
END_TEST

START_TEST(silence_beyond_the_idle_timeout_ends_it)
{
	int c;

	server_run_in(&server, _i, "-w", "1", "--idle-timeout", "0.3");
	c = client_open(&server);
	expect_eof(c);
	client_close(c);
	c = client_open(&server);
	greet(c);
	expect_gone(c);
	client_close(c);
	server_finish(&server);
}
END_TEST

START_TEST(those_who_are_there_at_the_stop_get_all_that_is_theirs)
{
	int c;

	server_run_in(&server, _i, "-w", "1", "-s", "echo");
	c = client_open(&server);
	greet(c);
	server_allow_log(&server, "prefork: stopping");
	server_signal(&server, SIGTERM);
	expect_eof(c);
	client_close(c);
	ck_assert_int_eq(server_wait(&server, 0), 0);
	server_end(&server);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("echo");
	TCase *tc = suite_case(suite, "echo");

	in_all_cells(tc, what_is_sent_comes_back);
	in_all_cells(tc, both_families_of_localhost_are_served);
	in_all_cells(tc, nuls_and_every_other_byte_come_back);
	in_all_cells(tc, megabytes_come_back_in_order);
	in_all_cells(tc, every_byte_comes_back_after_a_half_close);
	in_all_cells(tc, clients_do_not_get_each_others_bytes);
	in_all_cells(tc, a_line_exit_ends_it_and_is_not_echoed);
	in_all_cells(tc, what_only_looks_like_exit_is_echoed);
	in_all_cells(tc, exit_and_then_silence_ends_it);
	in_all_cells(tc, part_of_exit_and_then_silence_is_echoed);
	in_all_cells(tc, part_of_exit_and_then_the_end_is_echoed);
	in_all_cells(tc, what_does_not_become_a_request_is_echoed);
	in_all_cells(tc, a_pinned_echo_echoes_requests);
	in_all_cells(
	    tc, who_writes_and_never_reads_is_stopped_and_hurts_nobody);
	in_all_cells(tc, a_reset_hurts_nobody);
	in_all_cells(tc, silence_beyond_the_idle_timeout_ends_it);
	in_all_cells(
	    tc, those_who_are_there_at_the_stop_get_all_that_is_theirs);
	return suite_run(suite);
}
