/* What people expect of a static file: ranges and encodings; in every model and
 * with every poller. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "matrix.h"
#include "multipart.h"
#include "peer.h"
#include "server.h"
#include "site.h"
#include "suite.h"
#include "tree.h"

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
    {"/empty", "bytes=0-", 200, NULL},
    {"/empty", "bytes=0-0", 200, NULL},
    {"/empty", "bytes=5-9", 200, NULL},
    {"/empty", "bytes=-1", 200, NULL},
    {"/empty", "bytes=-0", 200, NULL},
    {"/empty", "bytes=0-0,-1,5-9", 200, NULL},
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
		/* That there are ranges is told wherever there are. */
		ck_assert_msg(
		    field_is("Accept-Ranges", "bytes") == (t->status < 300),
		    "%s %s: Accept-Ranges", t->path, t->range);
	}
	ask("GET", "/empty", "Range: bytes=0-\r\nIf-Match: \"x\"\r\n");
	ck_assert_int_eq(r.status, 412);
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

/* As those ask who have an old file, and fetch what is new in it. */
START_TEST(two_hundred_ranges_come_as_parts)
{
	static const struct whole big = {
	    "application/octet-stream", BIG, pattern_byte};
	enum { MANY = 200 };
	static struct part parts[MANY];
	char fields[8192];
	size_t n;
	int i, c;

	begin(_i);
	c = client_open(&server);
	n = (size_t)snprintf(fields, sizeof(fields), "Range: bytes=0-0");
	for (i = 1; i < MANY; i++) {
		parts[i].first = i * 5000;
		parts[i].last = i * 5000 + (i % 3 == 0 ? 4000 : i);
		n += (size_t)snprintf(fields + n, sizeof(fields) - n,
		    ",%lld-%lld", (long long)parts[i].first,
		    (long long)parts[i].last);
	}
	(void)snprintf(fields + n, sizeof(fields) - n, "\r\n");
	send_text(c, "GET /big HTTP/1.1\r\nHost: x\r\n");
	send_text(c, fields);
	send_text(c, "\r\n");
	http_read_head(c, &r);
	ck_assert_int_eq(r.status, 206);
	expect_parts(c, &r, &big, parts, MANY, NULL);
	/* One more, and there are none. */
	(void)snprintf(fields + n, sizeof(fields) - n, ",9-9\r\n");
	http_ask(c, "GET", "/hello.txt", fields, &r);
	ck_assert_int_eq(r.status, 200);
	ck_assert_str_eq(r.body, "hello, world\n");
	client_close(c);
	end();
}
END_TEST

/* Of the parts behind a long one, too, whose heads are made when it is sent. */
START_TEST(parts_of_an_index_have_its_type)
{
	static const struct part parts[] = {{0, BIG / 2}, {BIG - 9, BIG - 1}};
	static const struct whole page = {
	    "text/html; charset=utf-8", BIG, pattern_byte};
	int c;

	begin(_i);
	tree_pattern(&tree, "root/dir/index.html", BIG);
	c = client_open_narrow(&server);
	send_text(c, "GET /dir/ HTTP/1.1\r\nHost: x\r\n"
		     "Range: bytes=0-524288,-9\r\n\r\n");
	http_read_head(c, &r);
	ck_assert_int_eq(r.status, 206);
	expect_parts(c, &r, &page, parts, 2, NULL);
	client_close(c);
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

/* What a client accepts, and whether it gets the file or which encoding. */
static const struct accepted {
	const char *accept; /* NULL: the field is not sent */
	const char *path;
	const char *coding; /* NULL: the file as it is */
} accepted[] = {
    {NULL, "/all.css", NULL},
    {"", "/all.css", NULL},
    {"gzip", "/all.css", "gzip"},
    {"x-gzip", "/all.css", "gzip"},
    {"GZIP", "/all.css", "gzip"},
    {"br", "/all.css", "br"},
    {"zstd", "/all.css", "zstd"},
    {"gzip, deflate, br, zstd", "/all.css", "br"},
    {"gzip, zstd", "/all.css", "zstd"},
    {"gzip;q=1, br;q=0.5, zstd;q=0.7", "/all.css", "gzip"},
    {"gzip;q=0.2, br;q=0, zstd;q=0.7", "/all.css", "zstd"},
    {"*", "/all.css", "br"},
    {"*;q=0.5, br;q=0", "/all.css", "zstd"},
    {"gzip;q=0", "/all.css", NULL},
    {"identity", "/all.css", NULL},
    {"gzip;q=0.5, identity", "/all.css", NULL},
    {"gzip;q=0.5, identity;q=0.5", "/all.css", "gzip"},
    {"identity;q=0", "/all.css", NULL},
    {"deflate, compress", "/all.css", NULL},
    {"gzip;q=broken", "/all.css", NULL},
    {"br, zstd, gzip", "/one.css", "gzip"},
    {"br, zstd", "/one.css", NULL},
    {"gzip", "/dir/", "gzip"},
    {"gzip", "/old.css", NULL},
    {"gzip", "/odd.css", NULL},
    {"gzip", "/out.css", NULL},
    {"gzip", "/hello.txt", NULL},
    {"gzip", "/all.css.gz", NULL},
};

enum { ACCEPTED = sizeof(accepted) / sizeof(accepted[0]) };

/* Starts it with these files and their encodings. */
static void
begin_encoded(int cell)
{
	struct timespec old[2] = {{1000000000, 0}, {1000000000, 0}};

	make_root();
	tree_file(&tree, "secret.gz", "SECRET");
	tree_file(&tree, "root/all.css", "as it is");
	tree_file(&tree, "root/all.css.gz", "in gzip");
	tree_file(&tree, "root/all.css.br", "in br");
	tree_file(&tree, "root/all.css.zst", "in zstd");
	tree_file(&tree, "root/one.css", "as it is");
	tree_file(&tree, "root/one.css.gz", "in gzip");
	tree_file(&tree, "root/dir/index.html.gz", "in gzip");
	tree_file(&tree, "root/old.css.gz", "of another");
	ck_assert_int_eq(
	    utimensat(AT_FDCWD, tree_path(&tree, "root/old.css.gz"), old, 0),
	    0);
	tree_file(&tree, "root/old.css", "as it is");
	tree_file(&tree, "root/odd.css", "as it is");
	tree_dir(&tree, "root/odd.css.gz");
	tree_file(&tree, "root/out.css", "as it is");
	tree_link(&tree, "root/out.css.gz", "../secret.gz");
	server_run_in(&server, cell, "-w", "1", "-r", tree_path(&tree, "root"));
}

START_TEST(an_encoding_is_given_to_who_accepts_it)
{
	char fields[512];
	int i, head;

	begin_encoded(_i);
	for (i = 0; i < 2 * ACCEPTED; i++) {
		const struct accepted *a = &accepted[i / 2];

		head = i % 2;
		fields[0] = '\0';
		if (a->accept != NULL)
			(void)snprintf(fields, sizeof(fields),
			    "Accept-Encoding: %s\r\n", a->accept);
		ask(head ? "HEAD" : "GET", a->path, fields);
		ck_assert_int_eq(r.status, 200);
		ck_assert_msg(a->coding == NULL
				  ? http_field(&r, "Content-Encoding") == NULL
				  : field_is("Content-Encoding", a->coding),
		    "%s of %s", fields, a->path);
		if (a->coding != NULL && !head)
			ck_assert_str_eq(r.body + 3, a->coding);
		ck_assert(field_is("Vary", "Accept-Encoding"));
		if (strcmp(a->path, "/all.css") == 0)
			ck_assert(field_is(
			    "Content-Type", "text/css; charset=utf-8"));
	}
	ask("GET", "/all.css.gz", "");
	ck_assert(field_is("Content-Type", "application/gzip"));
	end();
}
END_TEST

/* It has no other form: whoever accepts what. */
START_TEST(a_compressed_drawing_says_so)
{
	static const char *const accepts[] = {"",
	    "Accept-Encoding: gzip, br\r\n", "Accept-Encoding: identity\r\n",
	    "Accept-Encoding: gzip;q=0\r\n"};
	size_t i;

	begin(_i);
	tree_file(&tree, "root/a.svgz", "(gzip)");
	tree_file(&tree, "root/a.svgz.br", "(br)");
	for (i = 0; i < sizeof(accepts) / sizeof(accepts[0]); i++) {
		ask("GET", "/a.svgz", accepts[i]);
		ck_assert_int_eq(r.status, 200);
		ck_assert_str_eq(r.body, "(gzip)");
		ck_assert(field_is("Content-Encoding", "gzip"));
		ck_assert(field_is("Content-Type", "image/svg+xml"));
	}
	ask("GET", "/a.svgz", "Range: bytes=1-4\r\n");
	ck_assert_int_eq(r.status, 206);
	ck_assert_str_eq(r.body, "gzip");
	ck_assert(field_is("Content-Encoding", "gzip"));
	/* An error is no drawing. */
	ask("GET", "/a.svgz", "Range: bytes=9-\r\n");
	ck_assert_int_eq(r.status, 416);
	ck_assert_ptr_null(http_field(&r, "Content-Encoding"));
	end();
}
END_TEST

START_TEST(each_encoding_has_a_tag_of_its_own)
{
	static const char gzip[] = "Accept-Encoding: gzip\r\n";
	char plain[128], tag[128], fields[512];

	begin_encoded(_i);
	ask("GET", "/all.css", "");
	(void)snprintf(plain, sizeof(plain), "%s", http_field(&r, "ETag"));
	ask("GET", "/all.css", gzip);
	(void)snprintf(tag, sizeof(tag), "%s", http_field(&r, "ETag"));
	ck_assert_str_ne(plain, tag);
	ck_assert_int_eq(tag[0], '"');
	(void)snprintf(
	    fields, sizeof(fields), "%sIf-None-Match: %s\r\n", gzip, tag);
	ask("GET", "/all.css", fields);
	ck_assert_int_eq(r.status, 304);
	ck_assert(field_is("ETag", tag) && field_is("Vary", "Accept-Encoding"));
	(void)snprintf(
	    fields, sizeof(fields), "%sIf-None-Match: %s\r\n", gzip, plain);
	ask("GET", "/all.css", fields);
	ck_assert_int_eq(r.status, 200);
	(void)snprintf(
	    fields, sizeof(fields), "%sIf-Match: %s\r\n", gzip, plain);
	ask("GET", "/all.css", fields);
	ck_assert_int_eq(r.status, 412);
	(void)snprintf(fields, sizeof(fields), "If-None-Match: %s\r\n", tag);
	ask("GET", "/all.css", fields);
	ck_assert_int_eq(r.status, 200);
	end();
}
END_TEST

START_TEST(a_range_is_of_the_file_as_it_is)
{
	char fields[512];

	begin_encoded(_i);
	ask("GET", "/all.css", "Accept-Encoding: gzip\r\n");
	ck_assert_ptr_null(http_field(&r, "Accept-Ranges"));
	(void)snprintf(fields, sizeof(fields),
	    "Accept-Encoding: gzip\r\nRange: bytes=3-\r\nIf-Range: %s\r\n",
	    http_field(&r, "ETag"));
	/* Who has a part of the encoding gets the whole file. */
	ask("GET", "/all.css", fields);
	ck_assert_int_eq(r.status, 200);
	ck_assert_str_eq(r.body, "as it is");
	ask("GET", "/all.css", "Accept-Encoding: gzip\r\nRange: bytes=3-\r\n");
	ck_assert_int_eq(r.status, 206);
	ck_assert_str_eq(r.body, "it is");
	ck_assert_ptr_null(http_field(&r, "Content-Encoding"));
	ck_assert(field_is("Vary", "Accept-Encoding"));
	/* Of HEAD a range means nothing. */
	ask("HEAD", "/all.css", "Accept-Encoding: gzip\r\nRange: bytes=3-\r\n");
	ck_assert(field_is("Content-Encoding", "gzip"));
	end();
}
END_TEST

/* Asks for the same file in words that nobody has used before, so that the
 * answer is none that was kept. */
static void
ask_anew(int c, int *asked)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/hello.txt?%d", (*asked)++);
	http_ask(c, "GET", path, "Accept-Encoding: gzip\r\n", &r);
}

START_TEST(an_encoding_that_comes_to_be_is_found)
{
	int64_t until = deadline();
	int c, i = 0;

	begin(_i);
	c = client_open(&server);
	/* Often enough for its absence to be remembered. */
	while (i < 100) {
		ask_anew(c, &i);
		ck_assert_str_eq(r.body, "hello, world\n");
	}
	tree_file(&tree, "root/hello.txt.gz", "in gzip");
	do
		ask_anew(c, &i);
	while (
	    http_field(&r, "Content-Encoding") == NULL && clock_now() < until);
	ck_assert_str_eq(r.body, "in gzip");
	ck_assert_int_eq(unlink(tree_path(&tree, "root/hello.txt.gz")), 0);
	ask_anew(c, &i);
	ck_assert_str_eq(r.body, "hello, world\n");
	client_close(c);
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
	in_all_cells(tc, two_hundred_ranges_come_as_parts);
	in_all_cells(tc, parts_of_an_index_have_its_type);
	in_all_cells(tc, a_range_is_given_if_the_file_is_the_same);
	in_all_cells(tc, beyond_four_gibibytes_ranges_are_exact);
	in_all_cells(tc, an_encoding_is_given_to_who_accepts_it);
	in_all_cells(tc, a_compressed_drawing_says_so);
	in_all_cells(tc, each_encoding_has_a_tag_of_its_own);
	in_all_cells(tc, a_range_is_of_the_file_as_it_is);
	in_all_cells(tc, an_encoding_that_comes_to_be_is_found);
	return suite_run(suite);
}
