/* What is read at the start is read again at HUP: error pages and media types,
 * in every model and with every poller. */
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "bench/proc.h"
#include "family.h"
#include "matrix.h"
#include "multipart.h"
#include "os/ledger.h"
#include "os/standby.h"
#include "peer.h"
#include "server.h"
#include "site.h"
#include "suite.h"
#include "tree.h"

enum { PAGE_MOST = 32768, TYPES_LINES = 8000, HUPS = 24 };
/* What more HUPs may cost, and what the first may with what they read. */
enum { GROWN_KIB = 256, FIRST_KIB = 4096 };

enum { LONG = 20 << 20 }; /* more than the system holds for a client */

#define TYPES(subtype) "text/x-" subtype " new\n"
#define TYPE(subtype) "text/x-" subtype "; charset=utf-8"

/* A sanitizer keeps what was freed, to know it when it is used again. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED true
#endif
#endif
#ifndef SANITIZED
#define SANITIZED false
#endif

static bool
has_standbys(int cell)
{
	return strcmp(matrix_model(cell), "prefork") == 0 &&
	       standby_possible() && ledger_works();
}

static void
write_files(const char *types, const char *page)
{
	tree_file(&tree, "types", types);
	tree_file(&tree, "404.new", page);
}

/* Starts a server of those files; one option more may be NULL. */
static void
begin_files(int cell, const char *more)
{
	char page[160];

	make_root();
	tree_file(&tree, "root/a.new", "a\n");
	write_files(TYPES("one"), "page one\n");
	(void)snprintf(
	    page, sizeof(page), "404=%s", tree_path(&tree, "404.new"));
	server_run_in(&server, cell, "-w", "1", "--traceable", "-r",
	    tree_path(&tree, "root"), "--error-page", page, "--mime-types",
	    tree_path(&tree, "types"), more);
}

/* Is that what is answered now: a file of that type, and that page? */
static bool
answers(const char *type, const char *page)
{
	bool is;

	ask("GET", "/a.new", "");
	ck_assert_int_eq(r.status, 200);
	is = field_is("Content-Type", type);
	ask("GET", "/nothing", "");
	ck_assert_int_eq(r.status, 404);
	/* A page has the type of its name. */
	return is && field_is("Content-Type", type) &&
	       strcmp(r.body, page) == 0;
}

/* So often that it comes from the cache, where there is one. */
static void
must_answer(const char *type, const char *page)
{
	int i;

	for (i = 0; i < 4; i++)
		ck_assert_msg(answers(type, page), "'%s'", r.body);
}

static void
await_answer(const char *type, const char *page)
{
	int64_t until = deadline();

	while (!answers(type, page))
		ck_assert_msg(clock_now() < until, "'%s'", r.body);
}

/* Returns when the worker that serves now began after the order. */
static void
hup(int cell)
{
	server_signal(&server, SIGHUP);
	(void)server_expect_log(&server, "renewing all workers");
	(void)server_expect_log(&server,
	    has_standbys(cell) ? "worker 0 * took over" : "* serves, pid");
}

START_TEST(hup_reads_pages_and_types_again)
{
	begin_files(_i, NULL);
	must_answer(TYPE("one"), "page one\n");
	write_files(TYPES("other"), "another page\n");
	must_answer(TYPE("one"), "page one\n");
	hup(_i);
	await_answer(TYPE("other"), "another page\n");
	/* The old one of other models may still have met somebody. */
	if (has_standbys(_i))
		must_answer(TYPE("other"), "another page\n");
	write_files(TYPES("third"), "");
	hup(_i);
	await_answer(TYPE("third"), "");
	/* A page may be a file again that was renamed into its place. */
	tree_file(&tree, "new", "renamed\n");
	ck_assert_int_eq(
	    rename(tree_path(&tree, "new"), tree_path(&tree, "404.new")), 0);
	hup(_i);
	await_answer(TYPE("third"), "renamed\n");
	end();
}
END_TEST

/* Each says that the file is bad, and is followed by a HUP with a good one. */
static void
must_be_told(int cell, const char *what)
{
	hup(cell);
	(void)server_expect_log(&server, what);
}

START_TEST(what_is_bad_by_then_is_told_and_not_taken)
{
	static const char held[] = "what was read before holds";
	char line[128];

	begin_files(_i, NULL);
	write_files(TYPES("two") "bad\n", "page two\n");
	(void)snprintf(
	    line, sizeof(line), "MIME types */types: line 2: *; %s", held);
	must_be_told(_i, line);
	/* Its type is what the types say that hold. */
	await_answer(TYPE("one"), "page two\n");
	write_files(TYPES("three"), "page three\n");
	ck_assert_int_eq(unlink(tree_path(&tree, "404.new")), 0);
	(void)snprintf(line, sizeof(line),
	    "error page */404.new: No such file or directory; %s", held);
	must_be_told(_i, line);
	/* Who starts afresh has the page of the start. */
	await_answer(
	    TYPE("three"), has_standbys(_i) ? "page two\n" : "page one\n");
	tree_pattern(&tree, "404.new", PAGE_MOST + 1);
	(void)snprintf(line, sizeof(line),
	    "error page */404.new: more than 32768 bytes; %s", held);
	must_be_told(_i, line);
	tree_file(&tree, "404.new", "page four\n");
	hup(_i);
	await_answer(TYPE("three"), "page four\n");
	end();
}
END_TEST

static void
kill_worker(void)
{
	pid_t pid;

	server_await_workers(&server, &pid, 1);
	ck_assert_int_eq(kill(pid, SIGKILL), 0);
}

/* Twice, since the standby that is there was made before. */
static void
must_survive_kills(const char *type, const char *page)
{
	int i;

	for (i = 0; i < 2; i++) {
		kill_worker();
		(void)server_expect_log(&server, "worker 0 * took over");
		must_answer(type, page);
	}
}

START_TEST(a_takeover_goes_on_with_what_was_read)
{
	const char *const more[] = {NULL, "--no-exec"};
	int k;

	if (!has_standbys(_i) || !proc_visible())
		return;
	for (k = 0; k < 2; k++) {
		begin_files(_i, more[k]);
		write_files(TYPES("two"), "page two\n");
		/* Nobody has asked for it to be read. */
		must_survive_kills(TYPE("one"), "page one\n");
		hup(_i);
		must_answer(TYPE("two"), "page two\n");
		write_files("bad\n", "page three\n");
		ck_assert_int_eq(unlink(tree_path(&tree, "404.new")), 0);
		must_survive_kills(TYPE("two"), "page two\n");
		end();
	}
}
END_TEST

START_TEST(who_starts_afresh_after_a_hup_reads_too)
{
	if (!proc_visible())
		return;
	begin_files(_i, without_standby());
	write_files(TYPES("two"), "page two\n");
	server_signal(&server, SIGHUP);
	(void)server_expect_log(&server, "renewing all workers");
	(void)server_expect_log(&server, "* serves, pid");
	await_answer(TYPE("two"), "page two\n");
	kill_worker();
	(void)server_expect_log(&server, "* was killed by SIGKILL");
	(void)server_expect_log(&server, "* serves, pid");
	await_answer(TYPE("two"), "page two\n");
	end();
}
END_TEST

START_TEST(whoever_is_served_meanwhile_goes_on)
{
	int c, d;

	if (!has_standbys(_i))
		return;
	begin_files(_i, NULL);
	c = client_open_narrow(&server);
	send_text(c, "GET /big HTTP/1.1\r\nHost: x\r\n\r\n");
	http_read_head(c, &r);
	d = client_open(&server);
	http_get(d, "/nothing", &r);
	ck_assert_str_eq(r.body, "page one\n");
	write_files(TYPES("two"), "page two\n");
	hup(_i);
	http_get(d, "/nothing", &r);
	ck_assert_str_eq(r.body, "page two\n");
	expect_pattern(c, 0, BIG);
	http_get(c, "/a.new", &r);
	ck_assert(field_is("Content-Type", TYPE("two")));
	client_close(c);
	client_close(d);
	end();
}
END_TEST

/* Types of several lengths. */
static void
hup_with_other_types(void)
{
	static int turn;
	char types[64];

	(void)snprintf(
	    types, sizeof(types), TYPES("%0*d"), turn % 2 ? 1 : 20, turn);
	turn++;
	write_files(types, "page\n");
	hup(0);
}

/* The length of the whole is announced with the first of them. */
START_TEST(parts_have_the_type_with_which_they_began)
{
	static const struct part part[] = {
	    {0, LONG / 4}, {LONG / 4 + 9, LONG / 2}, {LONG / 2 + 9, LONG - 1}};
	static const struct whole whole = {TYPE("one"), LONG, pattern_byte};
	char fields[96];
	int c;

	if (!has_standbys(_i))
		return;
	begin_files(_i, NULL);
	tree_pattern(&tree, "root/long.new", LONG);
	(void)snprintf(fields, sizeof(fields), "Range: bytes=0-%d,%d-%d,%d-",
	    LONG / 4, LONG / 4 + 9, LONG / 2, LONG / 2 + 9);
	c = client_open_narrow(&server);
	send_text(c, "GET /long.new HTTP/1.1\r\nHost: x\r\n");
	send_text(c, fields);
	send_text(c, "\r\n\r\n");
	http_read_head(c, &r);
	ck_assert_int_eq(r.status, 206);
	expect_parts(c, &r, &whole, part, 3, hup_with_other_types);
	http_get(c, "/nothing", &r);
	ck_assert_str_eq(r.body, "page\n");
	client_close(c);
	end();
}
END_TEST

static const char *
long_page(int turn)
{
	static char page[PAGE_MOST];

	memset(page, 'a' + turn % 26, sizeof(page) - 1);
	return page;
}

/* A long list of types, and a long page. */
static void
write_much(int turn)
{
	static char types[TYPES_LINES * 40];
	size_t n = 0;
	int i;

	for (i = 0; i < TYPES_LINES; i++)
		n += (size_t)snprintf(types + n, sizeof(types) - n,
		    "text/x-t%d-%d n%d\n", turn, i, i);
	(void)snprintf(types + n, sizeof(types) - n, "text/x-t%d new\n", turn);
	write_files(types, long_page(turn));
}

static void
hup_much(int cell, int hups)
{
	char type[64];
	int i;

	for (i = 0; i < hups; i++) {
		write_much(i);
		hup(cell);
	}
	(void)snprintf(type, sizeof(type), "text/x-t%d; charset=utf-8", i - 1);
	await_answer(type, long_page(i - 1));
}

static struct proc_memory
memory(void)
{
	struct proc_memory m;

	ck_assert_int_eq(proc_memory(server.pid, &m), 0);
	return m;
}

START_TEST(many_hups_cost_no_memory)
{
	const char *const more[] = {NULL, "--no-exec"};
	int64_t begun, before, until;
	int k;

	if (SANITIZED || !proc_visible())
		return;
	for (k = 0; k < (has_standbys(_i) ? 2 : 1); k++) {
		begin_files(_i, more[k]);
		begun = memory().pss;
		hup_much(_i, HUPS);
		ck_assert_int_lt(memory().pss - begun, FIRST_KIB);
		before = memory().made;
		hup_much(_i, HUPS);
		/* The last who left may not be gone yet. */
		until = deadline();
		while (memory().made - before >= GROWN_KIB)
			ck_assert_msg(clock_now() < until,
			    "%lld KiB where there were %lld",
			    (long long)memory().made, (long long)before);
		end();
	}
}
END_TEST

START_TEST(without_the_right_to_read_what_was_read_holds)
{
	const struct passwd *nobody = getpwnam("nobody");
	int i;

	if (geteuid() != 0 || nobody == NULL)
		return;
	make_root();
	ck_assert_int_eq(chmod(tree.path, 0755), 0);
	tree_file(&tree, "root/a.new", "a\n");
	write_files(TYPES("one"), "page one\n");
	ck_assert_int_eq(chmod(tree_path(&tree, "types"), 0600), 0);
	ck_assert_int_eq(chmod(tree_path(&tree, "404.new"), 0600), 0);
	ck_assert_int_eq(chdir(tree.path), 0);
	server_run_in(&server, _i, "-w", "1", "-u", "nobody", "-r", "root",
	    "--error-page", "404=404.new", "--mime-types", "types");
	/* It is not touched as long as it is what it was. */
	hup(_i);
	must_answer(TYPE("one"), "page one\n");
	write_files(TYPES("other"), "another page\n");
	for (i = 0; i < 2; i++) {
		hup(_i);
		(void)server_expect_log(&server,
		    "MIME types types: Permission denied; what was read before "
		    "holds");
		(void)server_expect_log(&server,
		    "error page 404.new: Permission denied; what was read "
		    "before holds");
		must_answer(TYPE("one"), "page one\n");
	}
	end();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("reread");
	TCase *tc = suite_case(suite, "reread");

	in_all_cells(tc, hup_reads_pages_and_types_again);
	in_all_cells(tc, what_is_bad_by_then_is_told_and_not_taken);
	in_all_cells(tc, a_takeover_goes_on_with_what_was_read);
	in_all_cells(tc, who_starts_afresh_after_a_hup_reads_too);
	in_all_cells(tc, whoever_is_served_meanwhile_goes_on);
	in_all_cells(tc, parts_have_the_type_with_which_they_began);
	in_all_cells(tc, many_hups_cost_no_memory);
	in_all_cells(tc, without_the_right_to_read_what_was_read_holds);
	server_look_for_no_leaks();
	return suite_run(suite);
}
