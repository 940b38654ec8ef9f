/*
 * check_forwarded - for whom a proxy asks: the last address that is not a
 * trusted proxy's.
 */
#include <stdio.h>
#include <string.h>

#include "check_main.h"
#include "http/forwarded.h"

#define XFF "X-Forwarded-For: "
#define FWD "Forwarded: "
#define TRUSTED "10.0.0.0/8,2001:db8::/32"

static const struct {
	const char *fields, *client; /* NULL: none */
} rows[] = {
    {"", NULL},
    {"X-Forwarded-Fort: 192.0.2.1\r\n", NULL},
    {XFF "192.0.2.1\r\n", "192.0.2.1"},
    {"x-forwarded-for:192.0.2.1\t \r\n", "192.0.2.1"},
    {XFF "192.0.2.1\n", "192.0.2.1"},
    {XFF "192.0.2.1:65535\r\n", "192.0.2.1"},
    {XFF "::1\r\n", "::1"},
    {XFF "[::1]\r\n", "::1"},
    {XFF "[::1]:80\r\n", "::1"},
    /* From the right, past those that are trusted. */
    {XFF "6.6.6.6, 192.0.2.1\r\n", "192.0.2.1"},
    {XFF "6.6.6.6, 192.0.2.1, 10.1.2.3, 2001:db8::7\r\n", "192.0.2.1"},
    {XFF "6.6.6.6\r\nHost: x\r\n" XFF "192.0.2.1\r\n" XFF "10.0.0.1\r\n",
	"192.0.2.1"},
    {XFF "10.9.9.9, 10.1.1.1\r\n", "10.9.9.9"},
    {XFF " ,, 192.0.2.1 , ,\r\n", "192.0.2.1"},
    /* What is broken ends what is believed. */
    {XFF "192.0.2.1, unknown\r\n", NULL},
    {XFF "192.0.2.1, unknown, 10.1.1.1\r\n", "10.1.1.1"},
    {XFF "unknown, 192.0.2.1\r\n", "192.0.2.1"},
    {XFF "192.0.2.1, 192.0.2.256\r\n", NULL},
    {XFF "192.0.2.1, 192.0.2.01x\r\n", NULL},
    {XFF "192.0.2.1:x\r\n", NULL},
    {XFF "192.0.2.1:\r\n", NULL},
    {XFF "192.0.2.1:123456\r\n", NULL},
    {XFF "[::1\r\n", NULL},
    {XFF "[]\r\n", NULL},
    {XFF "[\r\n", NULL},
    {XFF "[::1]x\r\n", NULL},
    {XFF "[192.0.2.1]\r\n", NULL},
    {XFF "\"192.0.2.1\"\r\n", NULL},
    /* The other spelling, which counts before it. */
    {FWD "for=192.0.2.1\r\n", "192.0.2.1"},
    {FWD "For=\"192.0.2.1\"\r\n", "192.0.2.1"},
    {FWD "proto=https; for=192.0.2.1 ;by=10.0.0.1\r\n", "192.0.2.1"},
    {FWD "for=\"[2001:dead::1]:4711\"\r\n", "2001:dead::1"},
    {FWD "for=6.6.6.6, for=192.0.2.1, for=10.0.0.1\r\n", "192.0.2.1"},
    {FWD "for=192.0.2.1;by=\"a,for=6.6.6.6\"\r\n", "192.0.2.1"},
    {FWD "for=192.0.2.1;by=\"\\\",for=6.6.6.6\"\r\n", "192.0.2.1"},
    {FWD "for=192.0.2.1, for=_hidden\r\n", NULL},
    {FWD "for=192.0.2.1, by=10.0.0.1\r\n", NULL},
    /* A quote that a client leaves open hides what its proxy adds. */
    {FWD "for=6.6.6.6;by=\", for=192.0.2.1\r\n", NULL},
    {FWD "for=6.6.6.6;by=\"\\, for=\"192.0.2.1\"\r\n", NULL},
    {FWD "for=\r\n", NULL},
    {FWD "for=\"\"\r\n", NULL},
    {FWD "for=\"192.0.2.1\r\n", NULL},
    {FWD "\r\n", NULL},
    {XFF "6.6.6.6\r\n" FWD "for=192.0.2.1\r\n", "192.0.2.1"},
    {XFF "6.6.6.6\r\n" FWD "for=unknown\r\n", NULL},
};

START_TEST(the_last_address_that_is_not_trusted_is_the_clients)
{
	struct networks trusted;
	struct peer client;
	char head[512], text[PEER_TEXT];
	size_t i;
	bool named;

	ck_assert(networks_parse(&trusted, TRUSTED));
	for (i = 0; i < LENGTH(rows); i++) {
		(void)snprintf(head, sizeof(head),
		    "GET /" XFF "6.6.6.6 HTTP/1.1\r\n%s\r\n", rows[i].fields);
		named = forwarded_client(&client, head, strlen(head), &trusted);
		peer_address(text, &client);
		ck_assert_msg(named == (rows[i].client != NULL), "%s: %s",
		    rows[i].fields, named ? text : "none");
		if (named)
			ck_assert_str_eq(text, rows[i].client);
	}
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, the_last_address_that_is_not_trusted_is_the_clients);
}

int
main(void)
{
	return check_main("forwarded", add_tests);
}
