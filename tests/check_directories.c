/* Listings of a server: what they cost, how true they are, and what is in
 * them; in every model and with every poller. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "family.h"
#include "matrix.h"
#include "peer.h"
#include "server.h"
#include "site.h"
#include "suite.h"
#include "tree.h"

enum { ENTRIES = 5000, LONG = 9000000 };

/* Starts it with a directory root/long; with ENTRIES, of a page that is longer
 * than what the sockets of one connection hold. */
static void
begin_long(int cell, int entries)
{
	char name[300], many[241];
	int i;

	/* Of which each takes eight bytes. */
	memset(many, '&', sizeof(many) - 1);
	many[sizeof(many) - 1] = '\0';
	make_root();
	tree_dir(&tree, "root/long");
	tree_file(&tree, "one", "");
	/* A name costs a disk less than a file. */
	for (i = 0; i < entries; i++) {
		(void)snprintf(name, sizeof(name), "root/long/%d%s", i, many);
		ck_assert_int_eq(
		    link(tree_path(&tree, "one"), tree_path(&tree, name)), 0);
	}
	server_run_in(&server, cell, "-w", "1", "-r", tree_path(&tree, "root"));
}

START_TEST(a_head_makes_no_listing)
{
	begin_long(_i, 10);
	ask("HEAD", "/long/", "");
	ck_assert_int_eq(r.status, 200);
	ck_assert(field_is("Content-Type", "text/html; charset=utf-8"));
	/* How long it would be is not known. */
	ck_assert_int_eq(r.length, -1);
	end();
}
END_TEST

START_TEST(a_listing_is_true_within_a_second)
{
	int64_t changed, asked;
	bool seen;

	begin(_i);
	tree_dir(&tree, "root/list");
	tree_file(&tree, "root/list/a", "");
	ask("GET", "/list/", "Accept: application/json\r\n");
	ck_assert_ptr_nonnull(strstr(r.body, "\"size\":0,"));
	tree_file(&tree, "root/list/a", "12345");
	changed = clock_now();
	do {
		asked = clock_now();
		ask("GET", "/list/", "Accept: application/json\r\n");
		seen = strstr(r.body, "\"size\":5,") != NULL;
		ck_assert(seen || asked < changed + 1000);
	} while (!seen);
	end();
}
END_TEST

START_TEST(many_who_do_not_read_have_the_same_bytes)
{
	enum { CLIENTS = 40 };
	int c[CLIENTS], i;
	pid_t worker;

	begin_long(_i, ENTRIES);
	for (i = 0; i < CLIENTS; i++) {
		c[i] = client_open_narrow(&server);
		send_text(c[i], "GET /long/ HTTP/1.1\r\nHost: x\r\n\r\n");
		http_read_head(c[i], &r);
		ck_assert_int_eq(r.status, 200);
		ck_assert_int_gt(r.length, LONG);
	}
	server_await_workers(&server, &worker, 1);
	/* As long as nothing changes. */
	ck_assert_int_ge(server_nameless_bytes(worker), r.length);
	ck_assert_int_lt(server_nameless_bytes(worker), 2 * r.length);
	for (i = 0; i < CLIENTS; i++)
		client_abort(c[i]);
	end();
}
END_TEST

/* Is the text anywhere in the answer's body? */
static bool
body_has(const char *text)
{
	return strstr(r.body, text) != NULL;
}

START_TEST(what_is_listed_can_be_had)
{
	static const char *const views[] = {
	    "/list/", "/list/?sort=-size", "/list/?sort=time&desc=1"};
	static const struct {
		const char *name, *shown, *path;
		int status;
	} rows[] = {
	    {"open", "./open\"", "/list/open", 200},
	    {"closed", "closed", "/list/closed", 403},
	    {"line\nfeed", "feed", "/list/line%0Afeed", 400},
	    {"tab\tbed", "bed", "/list/tab%09bed", 400},
	    {"delete\177d", "delete", "/list/delete%7Fd", 400},
	    {"b\xc3\xa9", "./b%C3%A9\"", "/list/b%C3%A9", 200},
	    {"space here", "./space%20here\"", "/list/space%20here", 200},
	};
	char name[64];
	size_t i, v;

	make_root();
	tree_dir(&tree, "root/list");
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		(void)snprintf(
		    name, sizeof(name), "root/list/%s", rows[i].name);
		tree_file(&tree, name, "");
	}
	tree_dir(&tree, "root/list/shut");
	tree_link(&tree, "root/list/link", "closed");
	tree_link(&tree, "root/list/way", "shut");
	ck_assert_int_eq(chmod(tree_path(&tree, "root/list/closed"), 0), 0);
	ck_assert_int_eq(chmod(tree_path(&tree, "root/list/shut"), 0), 0);
	server_run_in(&server, _i, "-w", "1", "-r", tree_path(&tree, "root"),
	    geteuid() == 0 ? "-u" : NULL, "nobody");
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ask("GET", rows[i].path, "");
		ck_assert_int_eq(r.status, rows[i].status);
	}
	for (v = 0; v < sizeof(views) / sizeof(views[0]); v++) {
		ask("GET", views[v],
		    v == 0 ? "Accept: application/json\r\n" : "");
		ck_assert_int_eq(r.status, 200);
		for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
			ck_assert_msg(
			    body_has(rows[i].shown) == (rows[i].status == 200),
			    "%s: %s", views[v], rows[i].shown);
		ck_assert(!body_has("shut") && !body_has("./link") &&
			  !body_has("./way"));
	}
	end();
}
END_TEST

/* The last cells, in which each client has an executor of his own. */
static int
lonely_cells(void)
{
	int i = matrix_cells();

	while (i > 0 && strncmp(matrix_model(i - 1), "pre", 3) != 0)
		i--;
	return matrix_cells() - i;
}

/* The pages that the whole of the server has. */
static int64_t
nameless_bytes(void)
{
	enum { MANY = 256 };
	pid_t worker, member[MANY];
	int64_t bytes;
	int i, n;

	server_await_workers(&server, &worker, 1);
	bytes = server_nameless_bytes(worker);
	n = children_of(worker, member, MANY);
	for (i = 0; i < n && i < MANY; i++)
		bytes += server_nameless_bytes(member[i]);
	return bytes;
}

START_TEST(many_who_do_not_read_have_a_bound_where_each_has_bytes_of_his_own)
{
	enum { CLIENTS = 16, MOST = 128 << 20 };
	int c[CLIENTS], i, some = 0;
	int64_t until;

	begin_long(matrix_cells() - lonely_cells() + _i, ENTRIES);
	for (i = 0; i < CLIENTS; i++) {
		c[i] = client_open_narrow(&server);
		send_text(c[i], "GET /long/ HTTP/1.1\r\nHost: x\r\n\r\n");
	}
	for (i = 0; i < CLIENTS; i++) {
		http_read_head(c[i], &r);
		ck_assert(r.status == 200 || r.status == 503);
		some += r.status == 200;
	}
	ck_assert_int_gt(some, 1);
	ck_assert_int_lt(some, CLIENTS);
	ck_assert_int_lt(nameless_bytes(), MOST);
	for (i = 0; i < CLIENTS; i++)
		client_abort(c[i]);
	/* It comes back, as soon as they are found to be gone. */
	until = deadline();
	do {
		c[0] = client_open(&server);
		send_text(c[0], "GET /long/ HTTP/1.1\r\nHost: x\r\n\r\n");
		http_read_head(c[0], &r);
		client_abort(c[0]);
		ck_assert(clock_now() < until);
	} while (r.status != 200);
	end();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("directories");
	TCase *tc = suite_case(suite, "directories");

	in_all_cells(tc, a_head_makes_no_listing);
	in_all_cells(tc, a_listing_is_true_within_a_second);
	tcase_add_loop_test(tc, many_who_do_not_read_have_the_same_bytes, 0,
	    matrix_cells() - lonely_cells());
	tcase_add_loop_test(tc,
	    many_who_do_not_read_have_a_bound_where_each_has_bytes_of_his_own,
	    0, lonely_cells());
	in_all_cells(tc, what_is_listed_can_be_had);
	return suite_run(suite);
}
