/* What people expect of static files: ranges, encodings, listings and the
 * options about them; in every model and with every poller. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "matrix.h"
#include "multipart.h"
#include "peer.h"
#include "server.h"
#include "suite.h"
#include "tree.h"

enum { BIG = 1 << 20 };

static struct server server;
static struct tree tree;
static struct response r;

static void
make_root(void)
{
	tree_make(&tree);
	tree_dir(&tree, "root");
	tree_dir(&tree, "root/dir");
	tree_file(&tree, "root/hello.txt", "hello, world\n");
	tree_file(&tree, "root/empty", "");
	tree_file(&tree, "root/dir/index.html", "<p>index</p>\n");
	tree_pattern(&tree, "root/big", BIG);
}

/* Starts the server in a cell, with these options. */
#define begin_with(cell, ...)                                 \
	do {                                                  \
		make_root();                                  \
		server_run_in(&server, cell, "-w", "1", "-r", \
		    tree_path(&tree, "root"), __VA_ARGS__);   \
	} while (0)
#define begin(cell) begin_with(cell, NULL)

static void
end(void)
{
	server_finish(&server);
	tree_remove(&tree);
}

/* The answer to a request on a connection of its own. */
static void
ask(const char *method, const char *path, const char *fields)
{
	int c = client_open(&server);

	http_ask(c, method, path, fields, &r);
	client_close(c);
}

static bool
field_is(const char *name, const char *value)
{
	const char *field = http_field(&r, name);

	return field != NULL && strcmp(field, value) == 0;
}

/* Range fields, and what comes back: the range that Content-Range tells. */
static const struct ranged {
	const char *path;
	const char *range;
	int status;
	const char *told;
} ranged[] = {
    {"/hello.txt", "bytes=0-0", 206, "bytes 0-0/13"},
    {"/hello.txt", "bytes=12-", 206, "bytes 12-12/13"},
    {"/hello.txt", "bytes=5-400", 206, "bytes 5-12/13"},
    {"/hello.txt", "bytes=-400", 206, "bytes 0-12/13"},
    {"/hello.txt", "bytes=0-4,3-8", 206, "bytes 0-8/13"},
    {"/hello.txt", "bytes=0-4,99-", 206, "bytes 0-4/13"},
    {"/hello.txt", "bytes=1-99999999999999999999", 206, "bytes 1-12/13"},
    {"/hello.txt", "bytes=13-", 416, "bytes */13"},
    {"/hello.txt", "bytes=-0", 416, "bytes */13"},
    {"/hello.txt", "bytes=99999999999999999999-", 416, "bytes */13"},
    {"/hello.txt", "bytes=9-5", 200, NULL},
    {"/hello.txt", "bytes=", 200, NULL},
    {"/hello.txt", "0-4", 200, NULL},
    {"/hello.txt",
	"bytes=0-0,2-2,4-4,6-6,8-8,10-10,12-12,0-0,0-0,0-0,0-0,"
	"0-0,0-0,0-0,0-0,0-0,0-0",
	200, NULL},
    {"/empty", "bytes=0-", 416, "bytes */0"},
    {"/empty", "bytes=-1", 200, NULL},
};

enum { RANGED = sizeof(ranged) / sizeof(ranged[0]) };

START_TEST(one_range_is_given_as_it_is)
{
	char fields[512];
	int i;

	begin(_i);
	for (i = 0; i < RANGED; i++) {
		const struct ranged *t = &ranged[i];

		(void)snprintf(
		    fields, sizeof(fields), "Range: %s\r\n", t->range);
		ask("GET", t->path, fields);
		ck_assert_msg(r.status == t->status, "%s %s: %d", t->path,
		    t->range, r.status);
		ck_assert_msg(t->told == NULL
				  ? http_field(&r, "Content-Range") == NULL
				  : field_is("Content-Range", t->told),
		    "%s %s: not %s", t->path, t->range, t->told);
	}
	/* Of HEAD no range is defined. */
	ask("HEAD", "/hello.txt", "Range: bytes=0-0\r\n");
	ck_assert_int_eq(r.status, 200);
	ck_assert_int_eq(r.length, 13);
	end();
}
END_TEST

START_TEST(several_ranges_come_as_parts)
{
	static const struct part few[] = {{0, 4}, {7, 11}};
	static const struct part many[] = {
	    {BIG / 2, BIG - 1}, {0, 9}, {20, 29}, {1000, 99999}, {12, 12}};
	static const struct whole big = {
	    "application/octet-stream", BIG, pattern_byte};
	int c, d;

	begin(_i);
	c = client_open(&server);
	d = client_open_narrow(&server);
	http_ask(c, "GET", "/hello.txt", "Range: bytes=0-4, 7-11\r\n", &r);
	ck_assert_int_eq(r.status, 206);
	ck_assert_ptr_null(http_field(&r, "Content-Range"));
	ck_assert_ptr_nonnull(
	    strstr(r.body, "\r\nContent-Type: text/plain; charset=utf-8\r\n"
			   "Content-Range: bytes 7-11/13\r\n\r\nworld\r\n--"));
	/* Two of them and another request behind, in one piece. */
	send_text(d, "GET /big HTTP/1.1\r\nHost: x\r\n"
		     "Range: bytes=524288-,0-9,20-29,1000-99999,12-12\r\n\r\n"
		     "GET /big HTTP/1.1\r\nHost: x\r\n"
		     "Range: bytes=0-4,7-11\r\n\r\n"
		     "GET /hello.txt HTTP/1.1\r\nHost: x\r\n\r\n");
	http_read_head(d, &r);
	ck_assert_int_eq(r.status, 206);
	expect_parts(d, &r, &big, many, 5, NULL);
	http_read_head(d, &r);
	ck_assert_int_eq(r.status, 206);
	expect_parts(d, &r, &big, few, 2, NULL);
	http_read(d, &r);
	ck_assert_str_eq(r.body, "hello, world\n");
	client_close(c);
	client_close(d);
	end();
}
END_TEST

START_TEST(parts_of_an_index_have_its_type)
{
	begin(_i);
	tree_pattern(&tree, "root/dir/index.html", BIG);
	ask("GET", "/dir/", "Range: bytes=0-99,200-299\r\n");
	ck_assert_int_eq(r.status, 206);
	ck_assert_ptr_nonnull(
	    strstr(r.body, "\r\nContent-Type: text/html; charset=utf-8\r\n"));
	end();
}
END_TEST

START_TEST(a_range_is_given_if_the_file_is_the_same)
{
	char fields[512], etag[128];

	begin(_i);
	ask("GET", "/hello.txt", "");
	(void)snprintf(etag, sizeof(etag), "%s", http_field(&r, "ETag"));
	(void)snprintf(fields, sizeof(fields),
	    "Range: bytes=0-1,4-5\r\nIf-Range: %s\r\n", etag);
	ask("GET", "/hello.txt", fields);
	ck_assert_int_eq(r.status, 206);
	(void)snprintf(fields, sizeof(fields),
	    "Range: bytes=0-1,4-5\r\nIf-Range: W/%s\r\n", etag);
	ask("GET", "/hello.txt", fields);
	ck_assert_int_eq(r.status, 200);
	ask("GET", "/hello.txt", "Range: bytes=99-\r\nIf-Range: \"other\"\r\n");
	ck_assert_int_eq(r.status, 200);
	/* The conditions come first. */
	(void)snprintf(fields, sizeof(fields),
	    "Range: bytes=0-1,4-5\r\nIf-None-Match: %s\r\n", etag);
	ask("GET", "/hello.txt", fields);
	ck_assert_int_eq(r.status, 304);
	ask("GET", "/hello.txt", "Range: bytes=99-\r\nIf-Match: \"x\"\r\n");
	ck_assert_int_eq(r.status, 412);
	end();
}
END_TEST

START_TEST(beyond_four_gibibytes_ranges_are_exact)
{
	int fd;

	begin(_i);
	fd = open(tree_path(&tree, "root/far"), O_WRONLY | O_CREAT, 0644);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(pwrite(fd, "above", 5, 4294967296), 5);
	ck_assert_int_eq(pwrite(fd, "end.\n", 5, 5368709120), 5);
	(void)close(fd);
	ask("GET", "/far", "Range: bytes=4294967296-4294967300\r\n");
	ck_assert_str_eq(r.body, "above");
	ck_assert(field_is(
	    "Content-Range", "bytes 4294967296-4294967300/5368709125"));
	ask("GET", "/far", "Range: bytes=-5\r\n");
	ck_assert_str_eq(r.body, "end.\n");
	ask("GET", "/far", "Range: bytes=-5,4294967296-4294967300\r\n");
	ck_assert_int_eq(r.status, 206);
	ck_assert_ptr_nonnull(strstr(r.body, "\r\n\r\nend.\n\r\n--"));
	ck_assert_ptr_nonnull(strstr(r.body, "\r\n\r\nabove\r\n--"));
	ask("HEAD", "/far", "");
	ck_assert_int_eq(r.length, 5368709125);
	end();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("answers");
	TCase *tc = suite_case(suite, "answers");

	in_all_cells(tc, one_range_is_given_as_it_is);
	in_all_cells(tc, several_ranges_come_as_parts);
	in_all_cells(tc, parts_of_an_index_have_its_type);
	in_all_cells(tc, a_range_is_given_if_the_file_is_the_same);
	in_all_cells(tc, beyond_four_gibibytes_ranges_are_exact);
	return suite_run(suite);
}
