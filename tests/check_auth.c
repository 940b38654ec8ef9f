/* Who may read: a file of names and hashes, in every model and with every
 * poller. */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/siphash.h"
#include "http/basic.h"
#include "matrix.h"
#include "os/standby.h"
#include "os/password.h"
#include "peer.h"
#include "program.h"
#include "server.h"
#include "site.h"
#include "suite.h"
#include "tree.h"

/* Of "secret", and of "other". */
#define ANNA                                                                 \
	"anna:$6$abcdefgh$ltjgWl6579NluT/Vi1nwEvcil.G5Nbc4NiXZaNGStk8PSwGfQ" \
	"v72N2CKPPrVACtLtip/cZ/1GM/O6IND4WQhG."
#define BOB "bob:$5$abcdefgh$o1CPV/uE5/jFb0osq1X33mgj5o/gMq.KE0liwLIpT1."

#define ANNAS "Authorization: Basic YW5uYTpzZWNyZXQ=\r\n"
#define BOBS "Authorization: basic  Ym9iOm90aGVy\r\n"
#define WRONG "Authorization: Basic YW5uYTpvdGhlcg==\r\n"
#define NOBODYS "Authorization: Basic Y2FybDpzZWNyZXQ=\r\n"

static void
begin_auth(int cell, const char *lines)
{
	make_root();
	tree_file(&tree, "auth", lines);
	server_run_in(&server, cell, "-w", "1", "-r", tree_path(&tree, "root"),
	    "--cors", "--auth-file", tree_path(&tree, "auth"));
}

static void
must_be(int status, const char *path, const char *fields)
{
	ask("GET", path, fields);
	ck_assert_msg(r.status == status, "%s %s: %d", path, fields, r.status);
	ck_assert_int_eq(
	    http_field(&r, "WWW-Authenticate") != NULL, status == 401);
}

START_TEST(only_who_has_the_password_may_read)
{
	static const char twice[] = ANNAS ANNAS;
	const char *const bad[] = {"", WRONG, NOBODYS,
	    "Authorization: Basic\r\n", "Authorization: Basic ====\r\n",
	    "Authorization: Bearer YW5uYTpzZWNyZXQ=\r\n",
	    "Authorization: Basic YW5uYTpzZWNyZXQ\r\n", twice};
	size_t i;

	begin_auth(_i, "# us\n\n" ANNA "\r\n" BOB ":a comment\n");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		must_be(401, "/hello.txt", bad[i]);
		ck_assert(field_is("WWW-Authenticate",
		    "Basic realm=\"prefork\", charset=\"UTF-8\""));
		ck_assert_ptr_null(strstr(r.body, "hello"));
		/* What is there is not told. */
		must_be(401, "/nothing", bad[i]);
		must_be(401, "/", bad[i]);
		must_be(401, "/../x", bad[i]);
	}
	must_be(200, "/hello.txt", ANNAS);
	ck_assert_str_eq(r.body, "hello, world\n");
	must_be(200, "/hello.txt", BOBS);
	must_be(404, "/nothing", ANNAS);
	must_be(401, "/hello.txt", "");
	ask("HEAD", "/hello.txt", "");
	ck_assert_int_eq(r.status, 401);
	ask("OPTIONS", "/hello.txt", "Origin: http://a.example\r\n");
	ck_assert_int_eq(r.status, 204);
	end();
}
END_TEST

/* By this a hash is weighed, whose price later guesses have to wait for. */
START_TEST(what_is_waited_for_costs_nothing)
{
	int64_t before = clock_spent();

	(void)poll(NULL, 0, 100);
	ck_assert_int_lt(clock_spent() - before, 50000000);
	while (clock_spent() == before)
		;
}
END_TEST

START_TEST(wrong_passwords_keep_nobody_waiting)
{
	enum { GUESSERS = 50 };
	int guesser[GUESSERS], c, i;

	begin_auth(_i, ANNA "\n");
	c = client_open(&server);
	http_ask(c, "GET", "/hello.txt", ANNAS, &r);
	ck_assert_int_eq(r.status, 200);
	for (i = 0; i < GUESSERS; i++) {
		guesser[i] = client_open(&server);
		send_text(
		    guesser[i], "GET / HTTP/1.1\r\nHost: x\r\n" WRONG "\r\n");
	}
	/* She is known, on this connection and the worker. */
	for (i = 0; i < GUESSERS; i++) {
		http_ask(c, "GET", "/hello.txt", ANNAS, &r);
		ck_assert_int_eq(r.status, 200);
	}
	for (i = 0; i < GUESSERS; i++) {
		http_read(guesser[i], &r);
		ck_assert_int_eq(r.status, 401);
		client_close(guesser[i]);
	}
	client_close(c);
	end();
}
END_TEST

START_TEST(the_file_is_read_again_when_workers_are_renewed)
{
	if (!standby_possible())
		return; /* nobody says when the old one is gone */
	begin_auth(_i, ANNA "\n");
	server_allow_log(&server, "renewing all workers");
	must_be(401, "/hello.txt", BOBS);
	tree_file(&tree, "auth", BOB "\n");
	must_be(200, "/hello.txt", ANNAS);
	server_signal(&server, SIGHUP);
	(void)server_expect_log(&server, "worker 0 * took over");
	must_be(401, "/hello.txt", ANNAS);
	must_be(200, "/hello.txt", BOBS);
	/* A bad one is not taken. */
	tree_file(&tree, "auth", BOB "\nanna\n");
	server_signal(&server, SIGHUP);
	(void)server_expect_log(&server, "worker 0 * took over");
	(void)server_expect_log(
	    &server, "auth file *: line 2: *; what was read before holds");
	must_be(200, "/hello.txt", BOBS);
	end();
}
END_TEST

START_TEST(a_bad_file_is_refused_at_the_start)
{
	static const struct {
		const char *lines, *says;
	} rows[] = {{"", "names no user"}, {"# none\n", "names no user"},
	    {ANNA "\nbob\n", "line 2: no name"}, {":" ANNA, "line 1: no name"},
	    {"anna:secret\n", "line 1: a hash that crypt(3) does not know"},
	    {"anna:$apr1$abcdefgh$82JubPF2dQkt1tVfvLnXS.\n", "line 1: a hash"},
	    {"anna:\n", "line 1: a hash"}, {"anna:*\n", "line 1: a hash"},
	    {ANNA "\n\n" ANNA "\n", "line 3: a name that was there before"}};
	static struct result result;
	size_t i;

	tree_make(&tree);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		tree_file(&tree, "auth", rows[i].lines);
		program_run(&result, NULL, server_program(), "-t",
		    "--auth-file", tree_path(&tree, "auth"), NULL);
		ck_assert_msg(result.status == 111, "%s", rows[i].lines);
		ck_assert_msg(strstr(result.err, rows[i].says) != NULL,
		    "'%s': %s", rows[i].lines, result.err);
	}
	program_run(&result, NULL, server_program(), "-t", "--auth-file",
	    tree_path(&tree, "nothing"), NULL);
	ck_assert_int_eq(result.status, 111);
	tree_remove(&tree);
}
END_TEST

/* The vectors of the paper's authors. */
START_TEST(the_digest_is_siphash)
{
	static const uint64_t key[2] = {
	    UINT64_C(0x0706050403020100), UINT64_C(0x0f0e0d0c0b0a0908)};
	unsigned char bytes[15];
	size_t i;

	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)i;
	ck_assert_uint_eq(siphash(key, bytes, 0), UINT64_C(0x726fdb47dd0e0e31));
	ck_assert_uint_eq(siphash(key, bytes, 8), UINT64_C(0x93f5f5799a932462));
	ck_assert_uint_eq(
	    siphash(key, bytes, 15), UINT64_C(0xa129ca6149be45e5));
}
END_TEST

START_TEST(credentials_are_base64_of_a_name_and_a_password)
{
	static const struct {
		const char *value, *name, *password; /* NULL: none */
	} rows[] = {{"Basic YTpi", "a", "b"}, {"BASIC   YTpi", "a", "b"},
	    {"Basic YTpiOmM=", "a", "b:c"}, {"Basic YTo=", "a", ""},
	    {"Basic OmI=", "", "b"}, {"Basic w6Q6w6Q=", "\xc3\xa4", "\xc3\xa4"},
	    {"Basic", NULL, NULL}, {"Basic ", NULL, NULL},
	    {"Basic YQ==", NULL, NULL}, {"Basic YTpi=", NULL, NULL},
	    {"Basic YTp", NULL, NULL}, {"Basic Y=pi", NULL, NULL},
	    {"Basic YTpi YTpi", NULL, NULL}, {"Basic YToAYg==", NULL, NULL},
	    {"Basic YTpiCg==", NULL, NULL}, {"Basi YTpi", NULL, NULL},
	    {"BasicYTpi", NULL, NULL}, {"Basic ====", NULL, NULL},
	    {"", NULL, NULL}};
	static char long_value[2 * BASIC_BYTES];
	struct basic b;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool good =
		    basic_parse(&b, rows[i].value, strlen(rows[i].value));

		ck_assert_msg(
		    good == (rows[i].name != NULL), "%s", rows[i].value);
		if (!good)
			continue;
		ck_assert_str_eq(b.text, rows[i].name);
		ck_assert_str_eq(b.password, rows[i].password);
	}
	for (i = 0; i + 1 < sizeof(long_value); i++)
		long_value[i] = "FhYW"[i % 4];
	memcpy(long_value, "Basic YTpi", 10);
	ck_assert(!basic_parse(&b, long_value, 6 + BASIC_BYTES / 3 * 4 + 4));
	ck_assert(basic_parse(&b, long_value, 6 + 600));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("auth");
	TCase *tc = suite_case(suite, "auth");

	tcase_add_test(tc, the_digest_is_siphash);
	tcase_add_test(tc, what_is_waited_for_costs_nothing);
	tcase_add_test(tc, credentials_are_base64_of_a_name_and_a_password);
	if (password_possible()) {
		in_all_cells(tc, only_who_has_the_password_may_read);
		in_all_cells(tc, wrong_passwords_keep_nobody_waiting);
		in_pool_cells(
		    tc, the_file_is_read_again_when_workers_are_renewed);
		tcase_add_test(tc, a_bad_file_is_refused_at_the_start);
	}
	server_look_for_no_leaks();
	return suite_run(suite);
}
