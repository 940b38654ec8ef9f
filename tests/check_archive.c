/* A directory as an archive: what is in it, and how it ends. In every model
 * and with every poller; over a takeover in check_resume. */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "matrix.h"
#include "peer.h"
#include "program.h"
#include "server.h"
#include "site.h"
#include "suite.h"
#include "tree.h"

enum { FILES = 200, LARGE = 10 << 20 };

/* Asks for the archive of root/set and stores it in the tree. */
static void
fetch(const char *path)
{
	int c = client_open(&server), file;
	char buffer[65536];
	int64_t len = 0;
	ssize_t n;

	(void)snprintf(buffer, sizeof(buffer),
	    "GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", path);
	send_text(c, buffer);
	http_read_head(c, &r);
	ck_assert_int_eq(r.status, 200);
	ck_assert(field_is("Content-Type", "application/x-tar"));
	file = open(
	    tree_path(&tree, "got.tar"), O_WRONLY | O_CREAT | O_TRUNC, 0644);
	ck_assert_int_ge(file, 0);
	for (;;) {
		ck_assert_int_ne(wait_ready(c, POLLIN, deadline()), 0);
		n = recv(c, buffer, sizeof(buffer), 0);
		if (n <= 0)
			break;
		ck_assert_int_eq(write(file, buffer, (size_t)n), n);
		len += n;
	}
	ck_assert_int_eq(len, r.length);
	ck_assert_int_eq(close(file), 0);
	client_close(c);
}

/* What is in the archive, a line for each. */
static const char *
contents(void)
{
	static struct result result;

	program_run(&result, NULL, "/bin/sh", "-c", "tar -tf \"$1\"", "sh",
	    tree_path(&tree, "got.tar"), NULL);
	ck_assert_int_eq(result.status, 0);
	return result.out;
}

static void
make_set(void)
{
	char name[64];
	int i;

	make_root();
	tree_dir(&tree, "root/set");
	tree_dir(&tree, "root/set/sub");
	tree_file(&tree, "root/set/a10", "ten\n");
	tree_file(&tree, "root/set/a2", "two\n");
	tree_file(&tree, "root/set/nothing", "");
	tree_pattern(&tree, "root/set/large", LARGE);
	for (i = 0; i < FILES; i++) {
		(void)snprintf(name, sizeof(name), "root/set/sub/%d", i);
		tree_pattern(&tree, name, (size_t)i * 17);
	}
}

START_TEST(an_archive_holds_what_the_directory_holds)
{
	static struct result result;

	make_set();
	server_run_in(&server, _i, "-w", "1", "-r", tree_path(&tree, "root"));
	fetch("/set/?tar");
	ck_assert(field_is(
	    "Content-Disposition", "attachment; filename*=UTF-8''set.tar"));
	ck_assert_ptr_nonnull(strstr(contents(), "set/a2\nset/a10\n"));
	program_run(&result, NULL, "/bin/sh", "-c",
	    "mkdir \"$1/x\" && tar -xf \"$1/got.tar\" -C \"$1/x\" &&"
	    " diff -r \"$1/x/set\" \"$1/root/set\"",
	    "sh", tree.path, NULL);
	ck_assert_int_eq(result.status, 0);
	ask("HEAD", "/set/?tar", "");
	ck_assert_int_eq(r.status, 200);
	ck_assert(field_is("Content-Type", "application/x-tar"));
	/* The form of the listing asks so. */
	ask("GET", "/set/", "");
	ck_assert_ptr_nonnull(strstr(r.body, "<button name=tar>"));
	fetch("/set/sub/?tar=");
	ck_assert_ptr_nonnull(strstr(contents(), "sub/0\nsub/1\n"));
	fetch("/?tar");
	ck_assert_ptr_nonnull(strstr(contents(), "hello.txt\n"));
	end();
}
END_TEST

START_TEST(an_archive_holds_nothing_that_is_not_served)
{
	const char *names;

	make_root();
	tree_file(&tree, "outside", "SECRET\n");
	tree_dir(&tree, "root/set");
	tree_dir(&tree, "root/set/.git");
	tree_file(&tree, "root/set/.git/config", "SECRET\n");
	tree_file(&tree, "root/set/.secret", "SECRET\n");
	tree_link(&tree, "root/set/out", "../../outside");
	tree_link(&tree, "root/set/to", "../hello.txt");
	tree_link(&tree, "root/set/loop", "..");
	tree_fifo(&tree, "root/set/fifo");
	server_run_in(&server, _i, "-w", "1", "-r", tree_path(&tree, "root"));
	fetch("/set/?tar");
	names = contents();
	ck_assert_ptr_null(strstr(names, "secret"));
	ck_assert_ptr_null(strstr(names, "git"));
	ck_assert_ptr_null(strstr(names, "out"));
	ck_assert_ptr_null(strstr(names, "fifo"));
	ck_assert_ptr_nonnull(strstr(names, "set/to\n"));
	/* Where a directory holds itself it ends. */
	ck_assert_ptr_nonnull(strstr(names, "set/loop/hello.txt\n"));
	ck_assert_ptr_nonnull(strstr(names, "set/loop/set/\n"));
	ck_assert_ptr_null(strstr(names, "set/loop/set/to"));
	/* A directory that has an index is that. */
	ask("GET", "/dir/?tar", "");
	ck_assert_str_eq(r.body, "<p>index</p>\n");
	end();
}
END_TEST

START_TEST(listings_that_are_forbidden_are_no_archives_either)
{
	begin_with(_i, "--no-listing");
	ask("GET", "/?tar", "");
	ck_assert_int_eq(r.status, 403);
	end();
}
END_TEST

/* A file is not what it was: the rest of the archive does not come. */
START_TEST(a_change_in_the_middle_ends_the_connection)
{
	char buffer[65536];
	int64_t got = 0;
	ssize_t n;
	int c;

	make_set();
	server_run_in(&server, _i, "-w", "1", "-r", tree_path(&tree, "root"));
	c = client_open_narrow(&server);
	send_text(c, "GET /set/?tar HTTP/1.1\r\nHost: x\r\n\r\n");
	http_read_head(c, &r);
	ck_assert_int_eq(r.status, 200);
	/* More of it than the sockets hold is still to come. */
	tree_pattern(&tree, "root/set/large", LARGE + 1);
	for (;;) {
		ck_assert_int_ne(wait_ready(c, POLLIN, deadline()), 0);
		n = recv(c, buffer, sizeof(buffer), 0);
		if (n <= 0)
			break;
		got += n;
	}
	ck_assert_int_lt(got, r.length);
	client_close(c);
	end();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("archive");
	TCase *tc = suite_case(suite, "archive");

	in_all_cells(tc, an_archive_holds_what_the_directory_holds);
	in_all_cells(tc, an_archive_holds_nothing_that_is_not_served);
	in_all_cells(tc, listings_that_are_forbidden_are_no_archives_either);
	in_all_cells(tc, a_change_in_the_middle_ends_the_connection);
	return suite_run(suite);
}
