/*
 * Clients behind a proxy that says who they are, by the PROXY protocol: they
 * are who they are to the log, to limits and to takeovers, and nobody comes
 * without it.
 */
#include "config.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "family.h"
#include "matrix.h"
#include "os/listener.h"
#include "os/ledger.h"
#include "peer.h"
#include "program.h"
#include "server.h"
#include "suite.h"
#include "takeover.h"
#include "trap.h"

static const char four[] = "PROXY TCP4 192.0.2.1 192.0.2.9 1234 80\r\n";
static const char other[] = "PROXY TCP4 198.51.100.7 192.0.2.9 9 80\r\n";
static const char six[] = "\r\n\r\n\0\r\nQUIT\n\x21\x21\0\x28"
			  "\x20\1\r\xb8\0\0\0\0\0\0\0\0\0\0\0\1"
			  "\x20\1\r\xb8\0\0\0\0\0\0\0\0\0\0\0\2\4\322\0\120"
			  "\4\0\1\0";
static const char own[] = "\r\n\r\n\0\r\nQUIT\n\x20\0\0\0";

static const struct {
	const char *bytes;
	size_t len;
	const char *client;
} prefaces[] = {
    {four, sizeof(four) - 1, "192.0.2.1"},
    {six, sizeof(six) - 1, "2001:db8::1"},
    {own, sizeof(own) - 1, "127.0.0.1"},
    {"PROXY UNKNOWN\r\n", 15, "127.0.0.1"},
};
enum { PREFACES = sizeof(prefaces) / sizeof(prefaces[0]) };

static struct result result;
static char log_path[160];

#define proxied_run(...)                                                    \
	server_run(&server, "-w", "1", "-r", tree.path, "--proxy-protocol", \
	    "127.0.0.0/8,::1", __VA_ARGS__)

/* Behind what takeover_case makes. */
static void
name_log(void)
{
	(void)snprintf(log_path, sizeof(log_path), "%.128s/log", tree.path);
}

static void
setup(void)
{
	tree_make(&tree);
	tree_file(&tree, "small", "small\n");
	name_log();
}

static void
teardown(void)
{
	tree_remove(&tree);
}

static void
get_small(int c)
{
	static struct response r;

	http_get(c, "/small", &r);
	ck_assert_int_eq(r.status, 200);
	ck_assert_str_eq(r.body, "small\n");
}

static int
client_behind(const char *preface)
{
	int c = client_open(&server);

	send_text(c, preface);
	return c;
}

/* Each line of the access log is of that client. */
static void
expect_clients(const char *client, int lines)
{
	const char *at;
	size_t len = strlen(client);
	int n = 0;

	program_run(&result, NULL, "/bin/cat", log_path, NULL);
	for (at = result.out; *at != '\0'; at = strchr(at, '\n') + 1, n++)
		ck_assert_msg(strncmp(at, client, len) == 0 && at[len] == ' ',
		    "not of %s: %s", client, at);
	ck_assert_int_eq(n, lines);
}

START_TEST(every_model_and_service_hears_who_the_client_is)
{
	int i, c;

	server_run_in(&server, _i, "-w", "1", "-r", tree.path,
	    "--proxy-protocol", "127.0.0.1,::1");
	for (i = 0; i < PREFACES; i++) {
		c = client_open(&server);
		send_bytes(c, prefaces[i].bytes, prefaces[i].len);
		if (i % 2 == 0)
			greet(c);
		else
			get_small(c);
		client_close(c);
	}
	c = client_open6(&server);
	send_bytes(c, six, sizeof(six) - 1);
	get_small(c);
	client_close(c);
	server_finish(&server);
}
END_TEST

START_TEST(the_access_log_has_the_client_at_every_split)
{
	const size_t len = prefaces[_i].len;
	size_t i;
	int c;

	proxied_run("--access-log", log_path);
	for (i = 1; i < len; i++) {
		c = client_open(&server);
		send_bytes(c, prefaces[_i].bytes, i);
		/* One that is served meanwhile: so the first was looked at. */
		if (i % 16 == 1)
			client_close(client_behind(four));
		send_bytes(c, prefaces[_i].bytes + i, len - i);
		get_small(c);
		client_close(c);
	}
	server_finish(&server);
	expect_clients(prefaces[_i].client, (int)len - 1);
}
END_TEST

START_TEST(what_follows_at_once_is_the_clients)
{
	static struct response r;
	int c;

	proxied_run("--access-log", log_path);
	c = client_behind("PROXY TCP4 192.0.2.1 192.0.2.9 1234 80\r\n"
			  "GET /small HTTP/1.1\r\nHost: x\r\n\r\n");
	http_read(c, &r);
	ck_assert_str_eq(r.body, "small\n");
	get_small(c);
	client_close(c);
	c = client_behind("PROXY TCP4 192.0.2.1 192.0.2.9 1234 80\r\n"
			  "hello\nexit\n");
	expect(c, "hello\n");
	expect_eof(c);
	client_close(c);
	server_finish(&server);
	expect_clients("192.0.2.1", 2);
}
END_TEST

static const char *const refused[] = {
    "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "hello\n",
    "PROXY TCP4 192.0.2.01 192.0.2.9 1234 80\r\n",
    "\r\n\r\nQUIT\r\n",
};

START_TEST(who_does_not_speak_it_is_dropped_without_a_byte)
{
	int c;

	proxied_run("-m", "prefork", "--header-timeout", "600");
	c = client_behind(refused[_i]);
	expect_gone(c);
	client_close(c);
	/* And who ends before it was whole. */
	c = client_behind("PROXY TCP4 192.0.2.1");
	half_close(c);
	if (ledger_works())
		expect_gone(c);
	client_close(c);
	server_finish(&server);
}
END_TEST

START_TEST(who_says_nothing_is_let_go_in_time)
{
	int c;

	proxied_run("--header-timeout", "0.2");
	c = client_behind(_i == 0 ? "" : "PROXY TCP4");
	expect_gone(c);
	client_close(c);
	server_finish(&server);
}
END_TEST

START_TEST(nobody_but_a_proxy_may_come)
{
	int c;

	server_run(&server, "-w", "1", "-r", tree.path, "--proxy-protocol",
	    "192.0.2.0/24,2001:db8::/32,::1");
	c = client_open(&server);
	expect_gone(c);
	client_close(c);
	c = client_open6(&server);
	send_text(c, four);
	greet(c);
	client_close(c);
	server_finish(&server);
}
END_TEST

START_TEST(clients_are_counted_by_their_own_address)
{
	int a, b, c, i;

	proxied_run("--max-clients-per-address", "1");
	server_allow_log(&server, "192.0.2.1 has 1 clients already");
	for (i = 0; i < 3; i++) {
		a = client_behind(four);
		greet(a);
		b = client_behind(other);
		greet(b);
		c = client_behind(four);
		expect_gone(c);
		client_close(c);
		/* So that the next of its address is not one too many. */
		send_text(a, "exit\n");
		expect_eof(a);
		client_close(a);
		send_text(b, "exit\n");
		expect_eof(b);
		client_close(b);
	}
	server_finish(&server);
}
END_TEST

START_TEST(a_unix_socket_may_be_a_proxys)
{
	char path[LISTENER_PATH], address[LISTENER_TEXT];
	int c;

	(void)snprintf(path, sizeof(path), "%.90s/socket", tree.path);
	(void)snprintf(address, sizeof(address), "unix:%s", path);
	server_run(&server, "-w", "1", "-r", tree.path, "-b", address,
	    "--proxy-protocol", "unix", "--access-log", log_path);
	c = client_open_path(path);
	send_text(c, four);
	get_small(c);
	client_close(c);
	server_finish(&server);
	expect_clients("192.0.2.1", 1);
}
END_TEST

/* --- fields --- */

static const struct {
	const char *trusted, *fields, *client;
} forwarded[] = {
    {"127.0.0.1", "X-Forwarded-For: 192.0.2.1\r\n", "192.0.2.1"},
    {"127.0.0.0/8", "Forwarded: for=\"[2001:db8::1]:9\"\r\n", "2001:db8::1"},
    {"127.0.0.1", "X-Forwarded-For: unknown\r\n", "127.0.0.1"},
    {"192.0.2.9", "X-Forwarded-For: 192.0.2.1\r\n", "127.0.0.1"},
};
enum { FORWARDED = sizeof(forwarded) / sizeof(forwarded[0]) };

START_TEST(the_log_has_for_whom_a_trusted_proxy_asks)
{
	static struct response r;
	int c;

	server_run(&server, "-w", "1", "-r", tree.path, "--access-log",
	    log_path, "--trust-forwarded", forwarded[_i].trusted);
	c = client_open(&server);
	http_ask(c, "GET", "/small", forwarded[_i].fields, &r);
	ck_assert_int_eq(r.status, 200);
	client_close(c);
	server_finish(&server);
	expect_clients(forwarded[_i].client, 1);
}
END_TEST

/* A target that says so came over TLS, if it came by a proxy that is trusted;
 * it may be answered from the cache. */
START_TEST(what_came_by_tls_is_answered_to_a_trusted_proxy)
{
	static struct response r;
	int c, i;

	server_run(&server, "-w", "1", "-r", tree.path, "--trust-forwarded",
	    _i == 0 ? "127.0.0.1" : "192.0.2.1");
	c = client_open(&server);
	for (i = 0; i < 4; i++) {
		http_ask(c, "GET", "https://h/small", "", &r);
		ck_assert_int_eq(r.status, _i == 0 ? 200 : 421);
		http_ask(c, "GET", "http://h/small", "", &r);
		ck_assert_int_eq(r.status, 200);
	}
	client_close(c);
	server_finish(&server);
}
END_TEST

/* --- takeovers --- */

/* A later client that is served: so the first has been looked at. */
static void
kill_after_a_look(int clients)
{
	int later = client_behind(four);

	greet(later);
	kill_worker(clients + 1);
	client_close(later);
}

START_TEST(a_takeover_amid_a_preface_goes_on)
{
	const size_t len = prefaces[_i].len;
	size_t i;
	int c;

	proxied_run("--access-log", log_path, "--demo");
	for (i = 0; i <= len; i += len / 4) {
		c = client_open(&server);
		send_bytes(c, prefaces[_i].bytes, i);
		kill_after_a_look(1);
		send_bytes(c, prefaces[_i].bytes + i, len - i);
		get_small(c);
		kill_after_a_look(1);
		get_small(c);
		client_close(c);
	}
	server_finish(&server);
	expect_clients(prefaces[_i].client, 2 * (int)(len / (len / 4) + 1));
}
END_TEST

START_TEST(an_echo_behind_a_preface_survives_its_worker)
{
	uint64_t sent;
	int c;

	proxied_run("--demo");
	c = client_behind(four);
	sent = send_until_full(c, 4 << 20);
	kill_worker(1);
	kill_worker(1);
	expect_pattern(c, 0, sent);
	client_close(c);
	server_finish(&server);
}
END_TEST

START_TEST(who_is_to_blame_is_the_client_not_the_proxy)
{
	int bad;

	proxied_run("--demo");
	bad = client_behind(four);
	send_text(bad, "!segv\n");
	expect_gone(bad);
	(void)server_expect_log(&server,
	    "took over *: 0 clients kept, 1 dropped (192.0.2.1:1234 is blamed*");
	client_close(bad);
	server_finish(&server);
}
END_TEST

#ifdef TEST_HOOKS

static const char *const points[] = {
    "accepted", "recorded", "noted", "consumed", "received", "answered"};
enum { POINTS = sizeof(points) / sizeof(points[0]) };

START_TEST(the_client_is_the_same_wherever_the_worker_dies)
{
	static struct response r;
	int c;

	trap_set(&tree, points[_i]);
	proxied_run("--access-log", log_path);
	server_allow_log(&server, "worker 0 * took over *, 0 dropped");
	trap_arm();
	c = client_open(&server);
	/* In one piece, with what follows. */
	send_text(c, "PROXY TCP4 192.0.2.1 192.0.2.9 1234 80\r\n"
		     "GET /small HTTP/1.1\r\nHost: x\r\n\r\n");
	http_read(c, &r);
	ck_assert_str_eq(r.body, "small\n");
	get_small(c);
	client_close(c);
	ck_assert_msg(trap_sprung(), "%s was never reached", points[_i]);
	if (!server_has_logged(&server, "worker 0 * took over *"))
		(void)server_expect_log(&server, "worker 0 * took over *");
	server_finish(&server);
	trap_remove();
	expect_clients("192.0.2.1", 2);
}
END_TEST

#endif

int
main(void)
{
	Suite *suite = suite_create("proxied");
	TCase *tc = suite_case(suite, "proxied");

	tcase_add_checked_fixture(tc, setup, teardown);
	in_all_cells(tc, every_model_and_service_hears_who_the_client_is);
	tcase_add_loop_test(
	    tc, the_access_log_has_the_client_at_every_split, 0, PREFACES);
	tcase_add_test(tc, what_follows_at_once_is_the_clients);
	tcase_add_loop_test(tc, who_does_not_speak_it_is_dropped_without_a_byte,
	    0, sizeof(refused) / sizeof(refused[0]));
	tcase_add_loop_test(tc, who_says_nothing_is_let_go_in_time, 0, 2);
	tcase_add_test(tc, nobody_but_a_proxy_may_come);
	tcase_add_test(tc, clients_are_counted_by_their_own_address);
	tcase_add_test(tc, a_unix_socket_may_be_a_proxys);
	tcase_add_loop_test(
	    tc, what_came_by_tls_is_answered_to_a_trusted_proxy, 0, 2);
	tcase_add_loop_test(
	    tc, the_log_has_for_whom_a_trusted_proxy_asks, 0, FORWARDED);
	tc = takeover_case(suite, "takeovers");
	if (tc == NULL)
		return suite_run(suite);
	tcase_add_checked_fixture(tc, name_log, NULL);
	tcase_add_loop_test(tc, a_takeover_amid_a_preface_goes_on, 0, PREFACES);
	tcase_add_test(tc, an_echo_behind_a_preface_survives_its_worker);
	tcase_add_test(tc, who_is_to_blame_is_the_client_not_the_proxy);
#ifdef TEST_HOOKS
	tcase_add_loop_test(
	    tc, the_client_is_the_same_wherever_the_worker_dies, 0, POINTS);
#endif
	return suite_run(suite);
}
