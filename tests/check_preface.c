/*
 * check_preface - the PROXY protocol, both versions: what is accepted, what is
 * refused, and at which byte.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "check_main.h"
#include "http/preface.h"

enum { MOST = PREFACE_MAX + 64 };

static char bytes[MOST];

/* The address that it names, as text of its own; "-": none. NULL: refused. */
static const char *
address_of(const char *data, size_t len)
{
	static char text[64];
	struct preface p;
	const uint8_t *a = p.address;
	int i, n = 0;

	if (preface_parse(&p, data, len) != 1)
		return NULL;
	if (p.family == 0)
		return "-";
	if (p.family == 4)
		(void)snprintf(text, sizeof(text), "%u.%u.%u.%u:%u", a[0], a[1],
		    a[2], a[3], p.port);
	for (i = 0; p.family == 6 && i < 16; i++)
		n += snprintf(text + n, sizeof(text) - (size_t)n, "%02x", a[i]);
	if (p.family == 6)
		(void)snprintf(
		    text + n, sizeof(text) - (size_t)n, ":%u", p.port);
	return text;
}

/* It is whole at its last byte and not before, whatever follows. */
static void
expect_whole(const char *data, size_t len, const char *address)
{
	const char *found;
	struct preface p;
	size_t i;

	ck_assert_uint_lt(len, MOST - 1);
	memcpy(bytes, data, len);
	for (i = 0; i < len; i++)
		ck_assert_msg(preface_parse(&p, bytes, i) == 0,
		    "'%s' is not open after %zu bytes", data, i);
	for (i = 0; i < 256; i += 51) {
		bytes[len] = (char)i;
		found = address_of(bytes, len + (i != 0));
		ck_assert_msg(found != NULL, "'%s' is refused", data);
		ck_assert_str_eq(found, address);
	}
	ck_assert_int_eq(preface_parse(&p, bytes, len), 1);
	ck_assert_uint_eq(p.len, len);
}

/* It is refused, at the latest at its end and then for good. */
static void
expect_refused(const char *data, size_t len)
{
	struct preface p;
	int now, is = 0;
	size_t i;

	for (i = 0; i <= len; i++) {
		now = preface_parse(&p, data, i);
		ck_assert_msg(now <= 0 && now <= is,
		    "'%s' is %d after %zu bytes", data, now, i);
		is = now;
	}
	ck_assert_msg(is == -1, "'%s' is not refused", data);
}

static const struct {
	const char *line, *address;
} lines[] = {
    {"PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\r\n", "192.0.2.1:56324"},
    {"PROXY TCP4 0.0.0.0 255.255.255.255 0 65535\r\n", "0.0.0.0:0"},
    {"PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n",
	"255.255.255.255:65535"},
    {"PROXY TCP6 2001:db8::1 ::1 1 2\r\n",
	"20010db8000000000000000000000001:1"},
    {"PROXY TCP6 ffff:f:ffff:ffff:ffff:ffff:ffff:ffff "
     "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n",
	"ffff000fffffffffffffffffffffffff:65535"},
    {"PROXY UNKNOWN\r\n", "-"},
    {"PROXY UNKNOWN anything at all\r\n", "-"},
    {"PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535\r\n", "-"},
};

START_TEST(a_line_is_read_at_every_split)
{
	size_t i;

	for (i = 0; i < LENGTH(lines); i++)
		expect_whole(
		    lines[i].line, strlen(lines[i].line), lines[i].address);
}
END_TEST

static const char *const bad_lines[] = {
    "GET / HTTP/1.1\r\n",
    "proxy TCP4 192.0.2.1 192.0.2.2 1 2\r\n",
    "PROXY\r\n",
    "PROXY \r\n",
    "PROXY  TCP4 192.0.2.1 192.0.2.2 1 2\r\n",
    "PROXY TCP4\r\n",
    "PROXY TCP4 \r\n",
    "PROXY TCP4 192.0.2.1\r\n",
    "PROXY TCP4 192.0.2.1 192.0.2.2 1\r\n",
    "PROXY TCP4 192.0.2.1 192.0.2.2 1 \r\n",
    "PROXY TCP4 192.0.2.1 192.0.2.2 1 2 \r\n",
    "PROXY TCP4 192.0.2.1 192.0.2.2 1 2 3\r\n",
    "PROXY TCP4  192.0.2.1 192.0.2.2 1 2\r\n",
    "PROXY TCP4 192.0.2.1\t192.0.2.2 1 2\r\n",
    "PROXY TCP4 192.0.2.01 192.0.2.2 1 2\r\n",
    "PROXY TCP4 192.0.2 192.0.2.2 1 2\r\n",
    "PROXY TCP4 192.0.2.256 192.0.2.2 1 2\r\n",
    "PROXY TCP4 192.0.2.1 192.0.2.2. 1 2\r\n",
    "PROXY TCP4 0x7f.0.0.1 192.0.2.2 1 2\r\n",
    "PROXY TCP4 ::1 ::1 1 2\r\n",
    "PROXY TCP6 192.0.2.1 192.0.2.2 1 2\r\n",
    "PROXY TCP6 ::1 ::1%lo 1 2\r\n",
    "PROXY TCP6 [::1] ::1 1 2\r\n",
    "PROXY TCP6 :::1 ::1 1 2\r\n",
    "PROXY TCP4 192.0.2.1 192.0.2.2 01 2\r\n",
    "PROXY TCP4 192.0.2.1 192.0.2.2 1 00\r\n",
    "PROXY TCP4 192.0.2.1 192.0.2.2 +1 2\r\n",
    "PROXY TCP4 192.0.2.1 192.0.2.2 -1 2\r\n",
    "PROXY TCP4 192.0.2.1 192.0.2.2 65536 2\r\n",
    "PROXY TCP4 192.0.2.1 192.0.2.2 1 99999999999\r\n",
    "PROXY TCP4 192.0.2.1 192.0.2.2 1 2x\r\n",
    "PROXY UDP4 192.0.2.1 192.0.2.2 1 2\r\n",
    "PROXY TCP5 192.0.2.1 192.0.2.2 1 2\r\n",
    "PROXY unknown\r\n",
    "PROXY UNKNOWNS\r\n",
    "PROXY UNKNOWN\rx\n",
    "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\rx\n",
    "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\n\r\n",
    ("PROXY UNKNOWN 45678901234567890123456789012345678901234567890123456789"
     "01234567890123456789012345678901234567890123\r\n"),
};

static const char with_nul[] = "PROXY TCP4 192.0.2.1\0 192.0.2.2 1 2\r\n";

START_TEST(a_line_of_another_form_is_refused)
{
	size_t i;

	for (i = 0; i < LENGTH(bad_lines); i++)
		expect_refused(bad_lines[i], strlen(bad_lines[i]));
	expect_refused(with_nul, sizeof(with_nul) - 1);
}
END_TEST

START_TEST(a_line_has_107_bytes_at_most)
{
	char line[128];

	memset(line, 'x', sizeof(line));
	memcpy(line, "PROXY UNKNOWN ", 14);
	memcpy(line + 105, "\r\n", 2);
	expect_whole(line, 107, "-");
	memset(line, 'x', sizeof(line));
	memcpy(line, "PROXY UNKNOWN ", 14);
	memcpy(line + 106, "\r\n", 2);
	expect_refused(line, 108);
}
END_TEST

/* --- version 2 --- */

static char head[MOST];

/* Builds one; extra: what follows the addresses. Returns its length. */
static size_t
build(int command, int family, const char *address, size_t n, const char *extra,
    size_t extras)
{
	const size_t len = n + extras;

	memcpy(head, "\r\n\r\n\0\r\nQUIT\n", 12);
	head[12] = (char)command;
	head[13] = (char)family;
	head[14] = (char)(len >> 8);
	head[15] = (char)(len & 0xff);
	memcpy(head + 16, address, n);
	memcpy(head + 16 + n, extra, extras);
	return 16 + len;
}

static const char four[] = "\300\0\2\1\300\0\2\2\334\4\1\273";
static const char six[] = "\x20\1\r\xb8\0\0\0\0\0\0\0\0\0\0\0\1"
			  "\x20\1\r\xb8\0\0\0\0\0\0\0\0\0\0\0\2\334\4\1\273";

START_TEST(a_head_is_read_at_every_split)
{
	static const char paths[216] = "/run/a";

	expect_whole(
	    head, build(0x21, 0x11, four, 12, "", 0), "192.0.2.1:56324");
	expect_whole(head, build(0x21, 0x21, six, 36, "", 0),
	    "20010db8000000000000000000000001:56324");
	/* Another protocol, a path, nothing that is known: who connected. */
	expect_whole(head, build(0x21, 0x12, four, 12, "", 0), "-");
	expect_whole(head, build(0x21, 0x22, six, 36, "", 0), "-");
	expect_whole(head, build(0x21, 0x31, paths, 216, "", 0), "-");
	expect_whole(head, build(0x21, 0x32, paths, 216, "", 0), "-");
	expect_whole(head, build(0x21, 0x00, "", 0, "", 0), "-");
	expect_whole(head, build(0x21, 0x00, "anything", 8, "", 0), "-");
	expect_whole(head, build(0x21, 0x10, four, 12, "", 0), "-");
	expect_whole(head, build(0x21, 0x01, "", 0, "", 0), "-");
	/* Of a proxy's own connection the length alone matters. */
	expect_whole(head, build(0x20, 0x00, "", 0, "", 0), "-");
	expect_whole(head, build(0x20, 0x11, four, 12, "", 0), "-");
	expect_whole(head, build(0x20, 0xff, "any", 3, "\3\0\1x", 4), "-");
}
END_TEST

START_TEST(extras_are_skipped_by_their_length)
{
	static char much[PREFACE_MAX];

	expect_whole(head,
	    build(0x21, 0x11, four, 12, "\1\0\2h2\4\0\0\xea\0\1x", 12),
	    "192.0.2.1:56324");
	/* As much as there may be, in one. */
	much[0] = 4;
	much[1] = (char)((PREFACE_MAX - 31) >> 8);
	much[2] = (char)((PREFACE_MAX - 31) & 0xff);
	expect_whole(head, build(0x21, 0x11, four, 12, much, PREFACE_MAX - 28),
	    "192.0.2.1:56324");
	expect_refused(
	    head, build(0x21, 0x11, four, 12, much, PREFACE_MAX - 27));
	expect_refused(head, build(0x20, 0, "", 0, much, PREFACE_MAX - 15));
}
END_TEST

/* The sum was computed by another program (python3, table by table). */
START_TEST(a_checksum_must_be_right)
{
	char extra[] = "\3\0\4\0\0\0\0\4\0\1x";
	const size_t len = build(0x21, 0x11, four, 12, extra, 11);
	size_t i;

	memcpy(head + 16 + 12 + 3, "\300\307\126\130", 4);
	expect_whole(head, len, "192.0.2.1:56324");
	/* But for the byte that says that there is one. */
	for (i = 16; i < len; i += i == 27 ? 2 : 1) {
		head[i] ^= 1;
		ck_assert_msg(address_of(head, len) == NULL, "byte %zu", i);
		head[i] ^= 1;
	}
	expect_refused(head, build(0x21, 0x11, four, 12, "\3\0\3\0\0\0", 6));
	expect_refused(
	    head, build(0x21, 0x11, four, 12, "\3\0\5\0\0\0\0\0", 8));
}
END_TEST

START_TEST(a_head_of_another_form_is_refused)
{
	expect_refused(head, build(0x11, 0x11, four, 12, "", 0));
	expect_refused(head, build(0x31, 0x11, four, 12, "", 0));
	expect_refused(head, build(0x22, 0x11, four, 12, "", 0));
	expect_refused(head, build(0x2f, 0x11, four, 12, "", 0));
	expect_refused(head, build(0x21, 0x41, four, 12, "", 0));
	expect_refused(head, build(0x21, 0x13, four, 12, "", 0));
	expect_refused(head, build(0x21, 0x11, four, 11, "", 0));
	expect_refused(head, build(0x21, 0x11, "", 0, "", 0));
	expect_refused(head, build(0x21, 0x21, six, 35, "", 0));
	expect_refused(head, build(0x21, 0x31, six, 36, "", 0));
	/* Extras that are cut. */
	expect_refused(head, build(0x21, 0x11, four, 12, "\4", 1));
	expect_refused(head, build(0x21, 0x11, four, 12, "\4\0", 2));
	expect_refused(head, build(0x21, 0x11, four, 12, "\4\0\1", 3));
	expect_refused(head, build(0x21, 0x11, four, 12, "\4\377\377x", 4));
	(void)build(0x21, 0x11, four, 12, "", 0);
	head[11] = '\r';
	expect_refused(head, 28);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, a_line_is_read_at_every_split);
	tcase_add_test(tc, a_line_of_another_form_is_refused);
	tcase_add_test(tc, a_line_has_107_bytes_at_most);
	tcase_add_test(tc, a_head_is_read_at_every_split);
	tcase_add_test(tc, extras_are_skipped_by_their_length);
	tcase_add_test(tc, a_checksum_must_be_right);
	tcase_add_test(tc, a_head_of_another_form_is_refused);
}

int
main(void)
{
	return check_main("preface", add_tests);
}
